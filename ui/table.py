"""The table of an answer as HTML: all papers that match down, what they say across."""

from html import escape

from rag.core.tables import Cell, Row, Table
from ui.sources import opener
from ui.text import words

_TITLE = "paper"


def render(table: Table) -> str:
    """Return a table whose headings sort it, and whose titles open the paper."""
    heads = "".join(
        f'<th scope="col"><button type="button" data-sort="{n}">{escape(_named(name))}</button>'
        "</th>"
        for n, name in enumerate(("", *table.columns))
    )
    rows = "".join(_row(table, row) for row in table.rows)
    return (
        '<div class="rows" tabindex="0" role="group" aria-label="Table of the papers">'
        f'<table class="of-papers"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody>'
        "</table></div>"
        '<button type="button" class="quiet" data-act="csv">Download as CSV</button>'
    )


def _named(column: str) -> str:
    return f"{column[:1].upper()}{column[1:]}" if column else "No."


def _row(table: Table, row: Row) -> str:
    cells = "".join(
        f"<td>{opener(row.paper) if name == _TITLE else _cell(cell)}</td>"
        for name, cell in zip(table.columns, row.cells, strict=True)
    )
    return f"<tr><td>{row.number}</td>{cells}</tr>"


def _cell(cell: Cell) -> str:
    if not cell.text:
        return '<span class="hidden">not stated</span>'
    return f"<q>{words(cell.text)}</q>" if cell.is_quoted else words(cell.text)
