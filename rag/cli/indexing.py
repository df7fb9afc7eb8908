"""The command that adds papers: index."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol, TextIO

import typer

from rag.cli.shared import Since, Until
from rag.errors import ListingError, RagError

if TYPE_CHECKING:
    from rag.cli.terminal import Bar
    from rag.core.papers import Paper
    from rag.library import Library, Outcome
    from rag.listings import Refused

    class Read(Protocol):
        """Reads a file, here or on a cluster."""

        def __call__(
            self, file: Path, /, *, progress: Callable[[int], None] | None
        ) -> Iterator[Paper | Refused]:
            """Yield its papers and the entries that had to be refused."""


MOST_SHOWN = 20
"""Refused entries that are named on the screen; `--report` has them all."""


def index(
    paths: Annotated[
        list[Path],
        typer.Argument(help="Files, folders, patterns; - is standard input.", show_default=False),
    ],
    category: Annotated[
        list[str],
        typer.Option(help="Only papers in it (cs.CV, or cs for all of it); may be repeated."),
    ] = [],  # noqa: B006 - typer copies it
    since: Since = None,
    until: Until = None,
    report: Annotated[
        Path | None,
        typer.Option(
            help="Write what became of each paper to FILE, as JSON lines.", metavar="FILE"
        ),
    ] = None,
    ray: Annotated[
        str | None,
        typer.Option(
            help="Read and embed on a Ray cluster: HOST:PORT, auto, or local to start one here.",
            metavar="ADDRESS",
        ),
    ] = None,
) -> None:
    """Add the papers of listings to the index; what is there already is left alone."""
    from rag import listings
    from rag.cli import terminal
    from rag.library import Library
    from rag.models.embedding import Embedding
    from rag.settings import Settings

    wanted = listings.Wanted(tuple(category), since, until)
    files = listings.files(paths)
    for file in files:
        listings.check(file)
    settings = Settings()
    with ExitStack() as stack:
        if ray:
            from rag import cluster

            with terminal.waiting("Joining the Ray cluster"):
                stack.enter_context(cluster.connected(ray))
        with terminal.waiting("Loading the embedding model") as say:
            embedding = Embedding.load(settings.embedding, progress=say)
        told = _Report(stack.enter_context(_written(report)) if report else None)
        library = Library.create(settings.index, embedding, settings.chroma)
        read: Read = partial(listings.read, wanted=wanted)
        if ray:
            spread = cluster.Spread(files, wanted, library, embedding)
            read, embedding = spread.read, spread.embedding
        with terminal.bar("Indexing", listings.size(files)) as bar:
            told.bar = bar
            library.put(told.papers(files, read), embedding, told.outcomes)
        told.end(library)


@dataclass
class _Report:
    """What became of each paper: counted, shown where it was refused, and written to a file."""

    file: TextIO | None
    bar: "Bar | None" = None
    counts: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    _sources: dict[str, str] = field(default_factory=dict)  # files of the papers in hand

    def papers(self, files: Iterable[Path], read: "Read") -> Iterator["Paper"]:
        """Yield the papers of files, and take down what is refused.

        A file that breaks off is named in the end; those after it are read all the same.
        """
        from rag.core.papers import Paper

        for file in files:
            try:
                for entry in read(file, progress=self.bar.read if self.bar else None):
                    if isinstance(entry, Paper):
                        self._sources[entry.id] = str(file)
                        yield entry
                    else:
                        self.refuse(entry)
            except ListingError as error:
                self.failed.append(str(error))

    def refuse(self, entry: "Refused") -> None:
        """Take down an entry that could not be read."""
        from rag.cli import terminal

        self.counts["refused"] += 1
        self._write(outcome="refused", file=entry.source, line=entry.line, why=entry.reason)
        if self.counts["refused"] <= MOST_SHOWN:
            terminal.note(f"{entry.source}, line {entry.line}: left out, {entry.reason}")

    def outcomes(self, outcomes: "Sequence[Outcome]") -> None:
        """Take down what became of a batch."""
        for outcome in outcomes:
            self.counts[outcome.change] += 1
            source = self._sources.get(outcome.id, "")
            self._write(id=outcome.id, outcome=outcome.change, file=source, why=outcome.why)
        self._sources.clear()
        if self.file:
            with _reporting(self.file.name):
                self.file.flush()
        if self.bar:
            self.bar.done(len(outcomes))

    def end(self, library: "Library") -> None:
        """Say what was changed.

        Raises
        ------
        ListingError
            If a file broke off.
        """
        from rag.cli import terminal

        if (more := self.counts["refused"] - MOST_SHOWN) > 0:
            terminal.note(f"{more:,} more were left out: `--report FILE` names all.")
        terminal.show_written(self.counts, library)
        if self.failed:
            *before, last = self.failed
            for said in before:
                terminal.note(said)
            raise ListingError(last)

    def _write(self, **row: object) -> None:
        from rag.cli import terminal

        if self.file:
            with _reporting(self.file.name):
                self.file.write(terminal.line({k: v for k, v in row.items() if v != ""}) + "\n")


def _written(path: Path) -> TextIO:
    with _reporting(str(path)):
        return path.open("w", encoding="utf-8", errors="replace")


@contextmanager
def _reporting(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RagError(
            f"{name} cannot be written ({error.strerror}): give --report another file."
        ) from error
