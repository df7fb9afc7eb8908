"""The table of an answer as HTML: all papers that match down, what they say across."""

from collections.abc import Sequence
from html import escape

from rag.core.tables import Cell, Row, Table
from ui.sources import opener
from ui.text import words

_TITLE = "paper"


def render(table: Table) -> str:
    """Return a table whose headings sort it, without the columns that are blank throughout.

    A title opens its paper, and so does what is quoted, marked in its place.
    """
    shown = [n for n in range(len(table.columns)) if any(row.cells[n].text for row in table.rows)]
    names = ["", *(table.columns[n] for n in shown)]
    heads = "".join(
        f'<th scope="col"><button type="button" data-sort="{n}">{escape(_named(name))}</button>'
        "</th>"
        for n, name in enumerate(names)
    )
    rows = "".join(_row(table, row, shown) for row in table.rows)
    return (
        '<div class="rows" tabindex="0" role="group" aria-label="Table of the papers">'
        f'<table class="of-papers"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody>'
        "</table></div>"
        '<button type="button" class="quiet" data-act="csv">Download as CSV</button>'
    )


def _named(column: str) -> str:
    return f"{column[:1].upper()}{column[1:]}" if column else "No."


def _row(table: Table, row: Row, shown: Sequence[int]) -> str:
    cells = "".join(
        f"<td>{opener(row.paper) if table.columns[n] == _TITLE else _cell(row.cells[n])}</td>"
        for n in shown
    )
    return f"<tr><td>{row.number}</td>{cells}</tr>"


def _cell(cell: Cell) -> str:
    if not cell.text:
        return '<span class="hidden">not stated</span>'
    if not cell.is_quoted:
        return words(cell.text)
    return (
        f'<button type="button" class="opens quoted" data-paper="{escape(cell.paper_id)}" '
        f'data-span="{cell.start}-{cell.end}">{words(cell.text)}</button>'
    )
