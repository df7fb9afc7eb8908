"""The table of an answer as HTML: all papers that match down, what they say across."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from html import escape

from rag.core.answers import Answer
from rag.core.filters import short_name
from rag.core.tables import COLUMNS, Cell, Row, Table
from ui.sources import opener, star
from ui.text import words

OFFERED = (*COLUMNS, "task", "metric", "authors", "date", "category", "link")
"""Columns that can be ticked; any other is typed."""

MOST = 500
"""Rows on the page: 2 s of work and 0.7 MB. The CSV has all."""

_TITLE = "paper"


def first(answer: Answer, left: Iterable[str] | None) -> tuple[Answer, str]:
    """Return an answer with as many of its papers as the table shows, and what is said of it.

    Parameters
    ----------
    left
        The papers that facets leave; None: all.
    """
    if len(answer.matching) <= MOST:
        return answer, ""
    those = set(answer.matching if left is None else left)
    each = zip(answer.matching, answer.numbers, strict=True)
    wanted = [pair for pair in each if pair[0] in those]
    names = tuple(name for name, _ in wanted[:MOST])
    numbers = tuple(number for _, number in wanted[:MOST])
    said = f"The {len(wanted)} papers that are left."
    if len(wanted) == 1:
        said = "The 1 paper that is left."
    if len(wanted) > MOST:
        said = (
            f"The best {MOST} of {len(wanted):,} papers, also when sorted or filtered: narrow the "
            "answer for others. The CSV has all that match."
        )
    return replace(answer, matching=names, numbers=numbers), said


def render(
    table: Table,
    typed: Sequence[str] = (),
    numbers: Mapping[str, int] | None = None,
    said: str = "",
) -> str:
    """Return a table whose headings sort and filter it, with what chooses its columns.

    A title opens its paper, and so does what is quoted, marked in its place. Columns that are
    blank throughout are left out and named below. Ticked papers can be set side by side.

    Parameters
    ----------
    typed
        Columns that were typed in, beside those that are offered.
    numbers
        The bracket numbers of the papers that the conversation cites. The others show none: the
        next question may give it to another paper.
    said
        Which papers they are, where they are not all that match; made anew for other facets then.
    """
    filled = [n for n in range(len(table.columns)) if any(row.cells[n].text for row in table.rows)]
    blank = [name for n, name in enumerate(table.columns) if n not in filled]
    heads = '<th scope="col"><button type="button" data-sort="0">No.</button></th>'
    heads += "".join(_head(n, table.columns[at]) for n, at in enumerate(filled, start=1))
    rows = "".join(
        _row(table, row, filled, (numbers or {}).get(row.paper.id)) for row in table.rows
    )
    none = f'<p class="blank-columns">Blank throughout: {words(", ".join(blank))}.</p>'
    return (
        _tools(table.columns, typed)
        + (f'<p class="bounded">{words(said)}</p>' if said else "")
        + '<div class="rows" tabindex="0" role="group" aria-label="Table of the papers">'
        f'<table class="of-papers"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody>'
        "</table></div>"
        f"{none if blank else ''}"
        '<div class="acts"><button type="button" class="quiet" data-act="csv">Download as CSV'
        "</button></div>"
        '<div class="side-by-side" hidden></div>'
    )


def _tools(columns: Sequence[str], typed: Sequence[str]) -> str:
    """Return what is above the table: the columns to choose, and the ticked papers."""
    offered = "".join(
        f'<label><input type="checkbox" name="column" value="{escape(name)}"'
        f"{' checked' if name in columns else ''}> {escape(_named(name))}</label>"
        for name in (*OFFERED, *(name for name in typed if name not in OFFERED))
    )
    return (
        '<div class="table-tools"><details class="columns"><summary>Columns</summary>'
        f'<form class="choose-columns"><div class="offered">{offered}</div>'
        '<label class="other">Another <input type="text" name="other" autocomplete="off" '
        'placeholder="loss function" maxlength="60"></label>'
        '<button type="submit">Make the table</button></form></details>'
        '<button type="button" class="quiet" data-act="compare" disabled>Compare ticked</button>'
        '<span class="left" role="status"></span></div>'
    )


def _head(n: int, column: str) -> str:
    name = escape(_named(column))
    return (
        f'<th scope="col"><button type="button" data-sort="{n}">{name}</button>'
        f'<input type="search" data-filter="{n}" placeholder="Filter" '
        f'aria-label="Filter {name}" autocomplete="off"></th>'
    )


def _named(column: str) -> str:
    return f"{column[:1].upper()}{column[1:]}"


def _row(table: Table, row: Row, shown: Sequence[int], number: int | None) -> str:
    cells = "".join(
        f"<td>{opener(row.paper) if table.columns[n] == _TITLE else _cell(row.cells[n])}</td>"
        for n in shown
    )
    named = f"paper {number}" if number else f"“{escape(short_name(row.paper))}”"
    tick = (
        f'<label class="tick"><input type="checkbox" data-tick aria-label="Tick {named}"> '
        f"{number or ''}</label> {star(row.paper)}"
    )
    return f'<tr data-number="{row.number}"><td>{tick}</td>{cells}</tr>'


def _cell(cell: Cell) -> str:
    if not cell.text:
        return '<span class="hidden">not stated</span>'
    if not cell.is_quoted:
        return words(cell.text)
    return (
        f'<button type="button" class="opens quoted" data-paper="{escape(cell.paper_id)}" '
        f'data-span="{cell.start}-{cell.end}">{words(cell.text)}</button>'
    )
