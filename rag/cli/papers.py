"""The commands about the papers of the index: list, show, drop, status, doctor."""

import csv
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.choosing import Authors, Categories, Sort, Tag, chosen, pages
from rag.cli.shared import MOST, Json, Since, Until, read_day
from rag.errors import LibraryError, RagError

if TYPE_CHECKING:
    from rag.core.papers import Paper
    from rag.library import Library

ON_SCREEN = 50
"""Papers in a table, where no number is asked for."""


def list_(
    words: Annotated[
        str, typer.Argument(help="Only papers with these words.", show_default=False)
    ] = "",
    category: Categories = [],  # noqa: B006
    since: Since = None,
    until: Until = None,
    author: Authors = [],  # noqa: B006
    tag: Tag = "",
    sort: Annotated[Sort, typer.Option(help="What to sort by; days begin with the newest.")] = (
        "listed"
    ),
    json: Json = False,
    csv_: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    k: Annotated[
        int | None,
        typer.Option("-k", min=1, max=MOST, help="How many papers.", show_default=False),
    ] = None,
) -> None:
    """List papers: a table of some, or all of them as JSON lines or CSV."""
    from rag.cli import terminal

    library = _open()
    filters = chosen(library, since, until, category, author, tag)
    most = k if k or json or csv_ else ON_SCREEN
    total, papers = pages(library, words, filters, sort, most)
    if json:
        for paper in papers:
            terminal.out(terminal.line(paper.to_dict()))
    elif csv_:
        _print_csv(papers)
    else:
        terminal.show_papers(list(papers), total)


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
    from rag.library import lookup

    terminal.show_paper(lookup.find(_open(), identifier), json)


def drop(
    identifiers: Annotated[
        list[str], typer.Argument(metavar="ID...", help="arXiv identifiers or links.")
    ] = [],  # noqa: B006
    before: Annotated[
        date | None,
        typer.Option(parser=read_day, metavar="DAY", help="All that were listed before."),
    ] = None,
) -> None:
    """Remove papers from the index."""
    from rag.cli import terminal
    from rag.core.filters import Filters
    from rag.library import lookup

    if not identifiers and before is None:
        raise RagError("Name the papers to drop, or give --before DAY.")
    library = _open()
    try:
        gone = list({lookup.find(library, name).id: None for name in identifiers})
    except LibraryError as error:
        raise LibraryError(f"{error} (nothing was dropped)") from error
    if before and before > date.min:
        filters = Filters(until=before - timedelta(days=1))
        gone += [paper.id for paper in pages(library, "", filters, "id")[1]]
    count = library.drop(gone)
    terminal.note(f"{count:,} dropped; {len(library):,} papers in {library.path}")


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


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")],
) -> None:
    """Write the whole index into one file, also while others ask and index."""
    from rag.cli import terminal
    from rag.library.backup import backup
    from rag.settings import Settings

    path = Settings().index
    with terminal.waiting(f"Copying {path}"):
        made = backup(path, file)
    terminal.note(f"{made.papers:,} papers of {path} in {file} ({made.bytes:,} bytes)")


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `rag backup` wrote.")],
) -> None:
    """Make the index again from a backup; where it is to be (RAG_INDEX) there must be none."""
    from rag.cli import terminal
    from rag.library.restoring import restore
    from rag.settings import Settings

    settings = Settings()
    with terminal.waiting(f"Restoring {file}") as say:
        made = restore(
            file,
            settings.index,
            settings.chroma,
            lambda done, papers: say(f"Restoring {file}: {done:,} of {papers:,} papers"),
        )
    terminal.note(f"{made.papers:,} papers in {settings.index}")


def _open() -> "Library":
    from rag.library import Library
    from rag.settings import Settings

    settings = Settings()
    return Library.open(settings.index, server=settings.chroma)
