"""A table of evidence as CSV, as Markdown, and as a pandas DataFrame."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rag.core.tables import Table
from rag.errors import RagError
from rag.output.markdown import escaped

if TYPE_CHECKING:
    from pandas import DataFrame

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""


def rows(table: Table) -> list[list[str]]:
    """Return the cells of each paper as text, a blank one empty."""
    return [[cell.text for cell in row.cells] for row in table.rows]


def to_csv(table: Table) -> str:
    """Return a table as CSV: number, its columns, identifier and link of each paper."""
    head = ["number", *table.columns, "id", "link"]
    body = (
        [str(row.number), *(cell.text for cell in row.cells), row.paper.id, row.paper.url]
        for row in table.rows
    )
    return csv_of([head, *body])


def to_markdown(table: Table) -> str:
    """Return a table in Markdown, each paper with its number and its link."""
    lines = [["", *table.columns], ["---"] * (len(table.columns) + 1)]
    for row in table.rows:
        cells = [escaped(cell.text) for cell in row.cells]
        number = f"[[{row.number}]]({row.paper.url})" if row.paper.url else f"\\[{row.number}\\]"
        lines.append([number, *cells])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def csv_of(lines: Iterable[Sequence[str]]) -> str:
    """Return lines as CSV in which no cell is a formula: an apostrophe stands before it.

    >>> print(csv_of([["=1+1", "a, b"]]), end="")
    '=1+1,"a, b"
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for line in lines:
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in line])
    return out.getvalue()


def frame(table: Table) -> "DataFrame":
    """Return a table as a pandas DataFrame, its index the numbers of the papers.

    Raises
    ------
    RagError
        If pandas is not installed.
    """
    try:
        from pandas import DataFrame, Index
    except ImportError as error:
        raise RagError(
            "A DataFrame needs pandas: pip install pandas, or take the table as CSV or JSON."
        ) from error
    numbers = Index([row.number for row in table.rows], name="number")
    return DataFrame(rows(table), columns=list(table.columns), index=numbers, dtype=str)
