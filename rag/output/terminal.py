"""An answer at a terminal: bold titles, links that can be clicked, quotations in italics."""

from collections.abc import Iterable

from rich.box import SIMPLE_HEAD
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from rag.core.answers import Answer, Claim
from rag.core.papers import Paper
from rag.core.tables import Table
from rag.output.screen import Screen
from rag.output.table import to_markdown
from rag.output.text import (
    count_line,
    heading,
    named,
    read_line,
    rest_line,
    said,
    summary_line,
    titled,
)

_NARROW = ("year", "first author", "code")

INDENT = 4
"""Columns by which what is said of a paper stands under its title."""

console = Screen(highlight=False, soft_wrap=False)
"""Standard output; nothing is drawn where it is no terminal."""


def show_answer(answer: Answer) -> None:
    """Print an answer: what is said, then the sources with their links."""
    show_head(answer)
    for claim in answer.claims:
        show_claim(answer, claim)
    show_rest(answer)
    if answer.citations:
        console.print()
        show_sources(answer)
    show_near(answer)


def show_sources(answer: Answer) -> None:
    """Print the cited papers with their links."""
    for citation in answer.citations:
        console.print(source(f"[{citation.number}] ", citation.paper), soft_wrap=True)


def show_head(answer: Answer) -> None:
    """Print how the question was read and how many papers match."""
    if read := read_line(answer):
        console.print(Text(read, style="dim"))
        console.print()
    if first := count_line(answer):
        console.print(Text(first, style="bold"))
        if answer.citations:
            console.print()
    show_summary(answer)


def show_summary(answer: Answer) -> None:
    """Print the paragraph on top, if there is one."""
    if answer.summary:
        console.print(Text(summary_line(answer)))
        console.print()


def show_rest(answer: Answer) -> None:
    """Print which of the matching papers are shown, where not all are."""
    if rest := rest_line(answer):
        console.print()
        console.print(Text(rest, style="dim"))


def show_near(answer: Answer) -> None:
    """Print the papers that nearly match."""
    if answer.near_misses:
        console.print()
        heading = "Nearest papers" if answer.abstained else "Near misses"
        console.print(Text(heading, style="dim"))
        for near in answer.near_misses:
            line_ = source("  - ", near.paper, style="dim")
            console.print(line_.append(f"  {near.why}", style="dim italic"), soft_wrap=True)


def show_claim(answer: Answer, claim: Claim) -> None:
    """Print a claim, under the title of its paper where that is new."""
    if above := heading(answer, claim):
        console.print(
            Text(f"\n{above}\n" if claim is not answer.claims[0] else f"{above}\n", "bold")
        )
    paper = titled(answer, claim)
    marks = "".join(f"[{n}]" for n in claim.citations)
    text = Text(said(claim), style="italic" if claim.support == "quote" else "")
    if name := named(answer, claim):
        console.print(Text(f"{marks} {name}: ", style="cyan").append(text))
        return
    if paper is None:
        alone = answer.kind in ("fact", "record", "index", "talk")
        indent = 0 if alone else INDENT  # under the title of its paper
        console.print(Padding(text.append(f" {marks}", style="cyan"), (0, 0, 0, indent)))
        return
    title = Text(f"{marks} ", style="cyan").append(paper.title, style=linking("bold", paper))
    console.print(title)
    console.print(Padding(text, (0, 0, 0, INDENT)))


def show_table(table: Table) -> None:
    """Print a table of evidence; as Markdown where there is no terminal to fit it to."""
    if not console.is_terminal:
        console.file.write(to_markdown(table))
        return
    drawn = Grid(box=SIMPLE_HEAD, pad_edge=False, show_lines=True)
    drawn.add_column("")
    for name in table.columns:
        drawn.add_column(name, overflow="fold", ratio=1 if name in _NARROW else 3)
    for row in table.rows:
        mark = Text(f"[{row.number}]", style=linking("cyan", row.paper))
        drawn.add_row(mark, *(Text(cell.text) for cell in row.cells))
    console.print(drawn)


def show_mentions(papers: Iterable[Paper]) -> None:
    """Print papers that mention what was asked."""
    console.print()
    console.print(Text("Mentioned in", style="dim"))
    for paper in papers:
        console.print(source("  - ", paper, style="dim"), soft_wrap=True)


def source(mark: str, paper: Paper, style: str = "") -> Text:
    """Return the line of a paper: a mark, its title and its link."""
    text = Text(mark, style=style or "cyan")
    text.append(paper.title, style=style).append("  ")
    return text.append(paper.place, style=linking("blue", paper) if paper.url else "dim")


def linking(style: str, paper: Paper) -> str:
    """Return a style that leads to a paper, where there is a link to it."""
    return f"{style} link {paper.url}".strip() if paper.url else style
