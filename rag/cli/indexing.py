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
from rag.errors import EmptyListingError, ListingError, RagError

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


LEFT_OUT = 1
"""Exit status where some of what was given is not in the index."""

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
    """Add the papers of listings to the index; what is there already is left alone.

    What cannot be read is named and passed over; the exit status is then 1, and 0 if all was read.
    """
    from rag import listings
    from rag.cli import terminal
    from rag.library import Library
    from rag.models.embedding import Embedding
    from rag.settings import Settings

    wanted = listings.Wanted(tuple(category), since, until)
    files, failed = _readable(listings.files(paths))
    settings = Settings()
    with ExitStack() as stack:
        if ray:
            from rag import cluster

            with terminal.waiting("Joining the Ray cluster"):
                stack.enter_context(cluster.connected(ray))
        with terminal.waiting("Loading the embedding model") as say:
            embedding = Embedding.load(settings.embedding, progress=say)
        told = _Report(stack.enter_context(_written(report)) if report else None, failed=failed)
        library = Library.create(settings.index, embedding, settings.chroma)
        read: Read = partial(listings.read, wanted=wanted)
        if ray:
            spread = stack.enter_context(cluster.Spread(files, wanted, library, embedding))
            read, embedding = spread.read, spread.embedding
        with terminal.bar("Indexing", listings.size(files)) as bar:
            told.bar = bar
            library.put(told.papers(files, read), embedding, told.outcomes)
        _take_in(files, library)
        told.end(library)


@dataclass
class _Report:
    """What became of each paper: counted, shown where it was refused, and written to a file."""

    file: TextIO | None
    bar: "Bar | None" = None
    counts: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    told: int = 0  # entries that were refused, but for those that are told together
    _sources: dict[str, str] = field(default_factory=dict)  # files of the papers in hand

    def papers(self, files: Iterable[Path], read: "Read") -> Iterator["Paper"]:
        """Yield the papers of files, and take down what is refused.

        A file that breaks off is named at once; those after it are read all the same.
        """
        from rag.cli import terminal
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
                terminal.note(str(error))
                self.failed.append(str(error))

    def refuse(self, entry: "Refused") -> None:
        """Take down an entry that could not be read."""
        from rag.cli import terminal

        outcome = "unchanged" if entry.again else "refused"
        self.counts[outcome] += 1
        self._write(outcome=outcome, file=entry.source, line=entry.line, why=entry.reason)
        if entry.again or entry.grouped:
            return
        self.told += 1
        if self.told <= MOST_SHOWN:
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
        """Say what was changed, and end with status 1 if anything was left out."""
        from rag.cli import terminal

        if (more := self.told - MOST_SHOWN) > 0:
            terminal.note(f"{more:,} more were left out: `--report FILE` names all.")
        terminal.show_written(self.counts, library)
        if self.failed or self.counts["refused"]:
            raise typer.Exit(LEFT_OUT)

    def _write(self, **row: object) -> None:
        from rag.cli import terminal

        if self.file:
            with _reporting(self.file.name):
                self.file.write(terminal.line({k: v for k, v in row.items() if v != ""}) + "\n")


def _take_in(files: Iterable[Path], library: "Library") -> None:
    """Take in the tags and watches of exports."""
    from rag.collections import Collections
    from rag.listings import exported

    for file in files:
        for kept in exported.kept_beside(file):
            Collections(library.path).add(kept)


def _readable(files: Sequence[Path]) -> tuple[list[Path], list[str]]:
    """Return the files that list papers, as far as their beginnings tell, and what the rest lacks.

    Raises
    ------
    ListingError
        If one does not exist, or none can be read.
    """
    from rag import listings
    from rag.cli import terminal

    good, errors = list[Path](), list[ListingError]()
    for file in files:
        try:
            listings.check(file)
            good.append(file)
        except EmptyListingError as error:
            errors.append(error)
        except ListingError as error:
            if not file.exists():
                raise
            errors.append(error)
    if not good and not all(isinstance(error, EmptyListingError) for error in errors):
        raise errors[-1]
    failed = [str(error) for error in errors]
    for said in failed:
        terminal.note(said)
    if not good:
        raise typer.Exit(LEFT_OUT)
    return good, failed


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
