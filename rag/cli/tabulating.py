"""What the commands print of all papers that match: tables, references, counts, mentions."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from rag.cli import terminal
from rag.core.answers import Answer
from rag.core.papers import Paper, links
from rag.core.tables import Table
from rag.errors import RagError
from rag.output import references
from rag.output import table as tables
from rag.output import terminal as shown
from rag.output.text import count_line

if TYPE_CHECKING:
    from rag.assistant import Assistant

Form = Literal["text", "json", "markdown", "bibtex", "table", "csv"]

MENTIONS_SHOWN = 30
"""Papers in a page of those that mention what was asked."""


def form(
    json: bool, markdown: bool, bibtex: bool, table: bool, csv: bool, columns: str | None
) -> Form:
    """Return the one form in which an answer is printed.

    Raises
    ------
    RagError
        If two forms are asked for that exclude each other.
    """
    asked: list[Form] = []
    asked += ["json"] if json else []
    asked += ["markdown"] if markdown else []
    asked += ["bibtex"] if bibtex else []
    asked += ["csv"] if csv else []
    if len(asked) > 1:
        raise RagError(f"--{asked[0]} and --{asked[1]} exclude each other: give one of them.")
    if (table or columns is not None) and asked and asked[0] in ("markdown", "bibtex"):
        raise RagError(f"--{asked[0]} prints no table: give --table alone, --csv, or --json.")
    return asked[0] if asked else "table" if table or columns is not None else "text"


def show(answer: Answer, table: Table | None, printed: Form) -> None:
    """Print a table, or why there is none."""
    if table is None or not len(table):
        terminal.note(count_line(answer) or "This question asks for no papers: there is no table.")
    if table is None:
        return
    if printed == "csv":
        terminal.out(tables.to_csv(table))
    elif len(table):
        terminal.note(count_line(answer))
        shown.show_table(table)


def told(
    assistant: "Assistant", answer: Answer, table: Table | None, mentions: bool
) -> dict[str, Any]:
    """Return an answer as JSON says it, with its table and the papers that mention it if asked."""
    entry = answer.to_dict() | ({"table": table.to_dict()} if table else {})
    if mentions:
        entry["mentions"] = [links(paper) for paper in mentioning(assistant, answer)]
    return entry


def mentioning(assistant: "Assistant", answer: Answer) -> list[Paper]:
    """Return the page of papers that mention what was asked, behind those that are about it."""
    first = max(answer.skipped - answer.matched, 0)
    return _papers(assistant, answer.mentioned[first : first + MENTIONS_SHOWN])


def bibtex(assistant: "Assistant", answer: Answer, every: bool) -> str:
    """Return the papers cited, or all that match, as BibTeX."""
    if not every:
        return answer.to_bibtex()
    return references.bibtex(_papers(assistant, answer.matching))


def counted_csv(counts: Mapping[str, Mapping[str, int]], by: str | None) -> str:
    """Return counts as CSV: with a column for what is counted by, unless that is one thing."""
    if by:
        lines = [[by, "papers"], *([k, str(n)] for k, n in counts.get(by, {}).items())]
    else:
        lines = [["by", "value", "papers"]]
        lines += [[name, k, str(n)] for name, some in counts.items() for k, n in some.items()]
    return tables.csv_of(lines)


def show_counts(answer: Answer, counts: Mapping[str, Mapping[str, int]]) -> None:
    """Print how many papers match, and how many there are of each kind."""
    terminal.out(count_line(answer).split(" By ")[0])
    for name, some in counts.items():
        width = max(map(len, some), default=0)
        terminal.out(f"\nBy {name}:" if some else f"\nBy {name}: not known")
        for key, number in some.items():
            terminal.out(f"  {key:{width}}  {number:,}")


def _papers(assistant: "Assistant", identifiers: tuple[str, ...]) -> list[Paper]:
    found = assistant.library.records(identifiers)
    return [found[name].paper for name in identifiers if name in found]
