"""The command that asks arXiv itself: fetch."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.shared import read_day
from rag.errors import FetchError

if TYPE_CHECKING:
    from rag.fetching import Page, Request
    from rag.settings import Settings


def fetch(
    categories: Annotated[
        list[str], typer.Argument(metavar="CATEGORY...", help="cs.CV, hep-th, cs.*, ...")
    ],
    since: Annotated[
        date | None,
        typer.Option(
            parser=read_day, metavar="DAY", help="First day of submission; once is enough."
        ),
    ] = None,
    until: Annotated[
        date | None,
        typer.Option(parser=read_day, metavar="DAY", help="Last day of submission."),
    ] = None,
    query: Annotated[
        str, typer.Option(help="Only papers with these words, or a query of arXiv's (abs:...).")
    ] = "",
    most: Annotated[
        int | None, typer.Option("--max", min=1, help="Stop after so many papers.")
    ] = None,
) -> None:
    """Ask arXiv for papers and add them to the index; going on where the last run stopped."""
    from rag import fetching
    from rag.cli import terminal
    from rag.settings import Settings

    request = fetching.Request(tuple(categories), query, until)
    _check(since, until)
    settings = Settings()
    mark = fetching.start(settings.index, str(request), since)
    arxiv = fetching.Arxiv(fetching.ADDRESS, terminal.note)
    pages = arxiv.pages(request, mark, most)
    with terminal.waiting(f"Asking arXiv for papers from {mark.reached:%Y-%m-%d %H:%M} UTC on"):
        page = next(pages, None)
    if page is None:
        terminal.note(f"All until {mark.reached:%Y-%m-%d %H:%M} UTC was fetched before.")
    elif not page.entries:
        if settings.index.is_dir():
            fetching.keep(settings.index, str(request), page.mark)
        terminal.note(f"arXiv shows no more papers in {', '.join(categories)}.")
    else:
        _add(request, page, pages, settings, most)


def _check(since: date | None, until: date | None) -> None:
    if since and until and since > until:
        raise FetchError(f"--since {since} is after --until {until}: exchange the two.")
    if since and since > datetime.now(UTC).date():
        raise FetchError(f"--since {since} is still to come: give a day that has begun in UTC.")


def _add(
    request: "Request",
    first: "Page",
    rest: "Iterator[Page]",
    settings: "Settings",
    most: int | None,
) -> None:
    """Put papers into the index page by page, and note each time how far that has come."""
    from itertools import chain

    from rag import fetching
    from rag.cli import terminal
    from rag.core.papers import Paper
    from rag.library import Library
    from rag.models.embedding import Embedding

    with terminal.waiting("Loading the embedding model") as say:
        embedding = Embedding.load(settings.embedding, progress=say)
    library = Library.create(settings.index, embedding, settings.chroma)
    total = len(first.entries) + first.left
    counts = Counter[str]()
    with terminal.progress("Fetching", total if most is None else min(total, most)) as advance:
        for page in chain([first], rest):
            papers = [entry for entry in page.entries if isinstance(entry, Paper)]
            counts.update(asdict(library.put(papers, embedding)))
            fetching.keep(library.path, str(request), page.mark)
            for entry in page.entries:
                if not isinstance(entry, Paper):
                    counts["refused"] += 1
                    terminal.note(f"{entry.source}: left out, {entry.reason}")
            advance(len(page.entries))
    terminal.show_written(counts, library)
