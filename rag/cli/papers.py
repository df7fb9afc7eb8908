"""The commands about the papers of the index: list, show, drop, export, status, doctor."""

import csv
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from rag.cli.shared import Day, Json
from rag.errors import LibraryError, RagError

if TYPE_CHECKING:
    from rag.core.filters import Filters
    from rag.core.papers import Paper
    from rag.library import Library

ON_SCREEN = 50
"""Papers in a table, where no number is asked for."""

_PAGE = 1_000  # papers read at once

Sort = Literal["listed", "title", "id"]


def list_(
    words: Annotated[
        str, typer.Argument(help="Only papers with these words.", show_default=False)
    ] = "",
    category: Annotated[list[str], typer.Option(help="Only papers in it; may be repeated.")] = [],  # noqa: B006
    since: Annotated[datetime | None, Day] = None,
    until: Annotated[datetime | None, Day] = None,
    author: Annotated[list[str], typer.Option(help="Only papers by all of these.")] = [],  # noqa: B006
    sort: Annotated[Sort, typer.Option(help="What to sort by; days begin with the newest.")] = (
        "listed"
    ),
    json: Json = False,
    csv_: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    k: Annotated[
        int | None, typer.Option("-k", min=1, help="How many papers.", show_default=False)
    ] = None,
) -> None:
    """List papers: a table of some, or all of them as JSON lines or CSV."""
    from rag.cli import terminal
    from rag.core.filters import Filters

    filters = Filters(
        since=since.date() if since else None,
        until=until.date() if until else None,
        categories=tuple(category),
        authors=tuple(author),
    )
    library = _open()
    most = k if k or json or csv_ else ON_SCREEN
    total, papers = _pages(library, words, filters, sort, most)
    if json:
        for paper in papers:
            terminal.out(terminal.line(paper.to_dict()))
    elif csv_:
        _print_csv(papers)
    else:
        terminal.show_papers(list(papers), total)


def _pages(
    library: "Library", words: str, filters: "Filters", sort: Sort, most: int | None
) -> tuple[int, Iterator["Paper"]]:
    """Return how many papers there are, and those of a list, read page by page."""
    from itertools import islice

    total, _ = library.listing(words, filters, k=1)

    def read() -> Iterator["Paper"]:
        for skip in range(0, total, _PAGE):
            down = sort == "listed"
            yield from library.listing(words, filters, sort, down, skip, _PAGE)[1]

    return total, islice(read(), most)


def _print_csv(papers: Iterator["Paper"]) -> None:
    names = (
        "id", "title", "url", "listed", "version", "withdrawn", "categories", "authors", "abstract",
    )  # fmt: skip
    rows = csv.writer(sys.stdout, lineterminator="\n")
    rows.writerow(names)
    for paper in papers:
        kept = paper.to_dict()
        rows.writerow(
            "; ".join(kept[name]) if isinstance(kept[name], tuple) else kept[name] for name in names
        )


def show(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="An arXiv identifier or link.")],
    json: Json = False,
) -> None:
    """Show a paper of the index."""
    from rag.cli import terminal

    paper = _open().get(_known_by(identifier))
    if paper is None:
        raise RagError(f"The index has no paper {identifier}: see `rag list` for what it has.")
    terminal.show_paper(paper, json)


def drop(
    identifiers: Annotated[
        list[str], typer.Argument(metavar="ID...", help="arXiv identifiers or links.")
    ] = [],  # noqa: B006
    before: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DAY", help="All that were listed before."),
    ] = None,
) -> None:
    """Remove papers from the index."""
    from rag.cli import terminal
    from rag.core.filters import Filters

    if not identifiers and before is None:
        raise RagError("Name the papers to drop, or give --before DAY.")
    library = _open()
    wanted = {_known_by(identifier): identifier for identifier in identifiers}
    missing = [name for known, name in wanted.items() if library.get(known) is None]
    if missing:
        raise RagError(f"The index has no paper {missing[0]}, so nothing was dropped.")
    gone = list(wanted)
    if before and before.date() > date.min:
        filters = Filters(until=before.date() - timedelta(days=1))
        gone += [paper.id for paper in _pages(library, "", filters, "id", None)[1]]
    count = library.drop(gone)
    terminal.note(f"{count:,} dropped; {len(library):,} papers in {library.path}")


def export() -> None:
    """Print all papers as JSON lines, from which `rag index` builds the same index elsewhere."""
    from rag.cli import terminal
    from rag.listings import exported

    for paper in _open().papers():
        terminal.out(exported.line(paper))


def status(json: Json = False) -> None:
    """Say what the index holds and which models are in use."""
    from rag.cli import terminal
    from rag.settings import Settings

    terminal.show_status(_open(), Settings(), json)


def doctor(
    repair: Annotated[
        bool, typer.Option("--repair", help="Mend what is wrong, as far as it can be.")
    ] = False,
) -> None:
    """Check that the index is whole: files, papers, vectors, and the model they were made with."""
    from rag.cli import terminal
    from rag.library import doctor
    from rag.models.embedding import Embedding
    from rag.settings import Settings

    settings = Settings()
    path = settings.index
    doctor.look(path)  # a missing index is told before a model is loaded
    with terminal.waiting("Reading the index"):
        embedding = Embedding.load(settings.embedding)
        found = doctor.examine(path, embedding, settings.chroma)
    for line in found.lines():
        terminal.out(line)
    if found.is_whole:
        return
    if not repair:
        raise LibraryError(f"The index at {path} is not whole: run `rag doctor --repair`.")
    with terminal.waiting("Mending the index"):
        done, again = doctor.repair(path, embedding, settings.chroma)
    terminal.out("After the repair:")
    for line in (*done, *again.lines()):
        terminal.out(line)
    if not again.is_whole:
        raise LibraryError(
            f"The index at {path} could not be mended: `rag export` the papers, and build "
            "another index from them in a new folder (RAG_INDEX)."
        )


def _open() -> "Library":
    from rag.library import Library
    from rag.settings import Settings

    settings = Settings()
    return Library.open(settings.index, server=settings.chroma)


def _known_by(identifier: str) -> str:
    from rag.listings.entries import known_by

    return known_by(identifier) or identifier
