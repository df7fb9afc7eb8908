"""The command that asks arXiv itself: fetch."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.leaving import at_once
from rag.cli.shared import MOST, read_day
from rag.core.identifiers import arxiv_id
from rag.errors import FetchError

if TYPE_CHECKING:
    from rag.fetching import Harvested, Page, Request
    from rag.library import Library
    from rag.models.embedding import Embedding
    from rag.settings import Settings


def fetch(
    categories: Annotated[
        list[str],
        typer.Argument(
            metavar="CATEGORY...|ID...",
            help="cs.CV, hep-th, cs.*, ...; or single papers: 2104.00194, https://arxiv.org/abs/...",
        ),
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
        int | None, typer.Option("--max", min=1, max=MOST, help="Stop after so many papers.")
    ] = None,
    oai: Annotated[
        bool | None,
        typer.Option(
            "--oai/--no-oai",
            help="Harvest, or ask the query service; by default whole categories are harvested.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Ask arXiv for papers and add them to the index; going on where the last run stopped."""
    from rag import fetching
    from rag.cli import terminal
    from rag.settings import Settings

    if all(map(arxiv_id, categories)):
        _fetch_singly([i for name in categories if (i := arxiv_id(name))])
        return
    if oai and (query or most):
        raise FetchError("--query and --max are for the query service: leave out --oai.")
    if oai or (oai is None and not query and not most):
        _harvest(fetching.Request(tuple(categories)).categories, since, until)
        return
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


def _fetch_singly(identifiers: Sequence[str]) -> None:
    """Ask for single papers and add them."""
    from rag import fetching
    from rag.cli import terminal
    from rag.core.papers import Paper
    from rag.settings import Settings

    arxiv = fetching.Arxiv(fetching.ADDRESS, terminal.note)
    wanted = list(dict.fromkeys(identifiers))
    with terminal.waiting(f"Asking arXiv for {len(wanted):,} papers"):
        entries = list(arxiv.singly(wanted))
    papers = [entry for entry in entries if isinstance(entry, Paper)]
    there = {paper.id for paper in papers}
    for entry in entries:
        if not isinstance(entry, Paper):
            terminal.note(f"{entry.source}: left out, {entry.reason}")
    missing = [name for name in wanted if name not in there]
    if papers:
        library, embedding = _opened(Settings())
        terminal.show_written(Counter(asdict(library.put(papers, embedding))), library)
    if missing:
        raise FetchError(f"arXiv has no paper {', '.join(missing)}: check the identifiers.")


def _harvest(categories: Sequence[str], since: date | None, until: date | None) -> None:
    """Harvest whole categories, one after the other, and note each time how far that has come."""
    from rag import fetching
    from rag.cli import terminal
    from rag.settings import Settings

    _check(since, until)
    settings = Settings()
    names = {f"oai:{category}": category for category in dict.fromkeys(categories)}
    marks = {name: fetching.start(settings.index, name, since) for name in names}
    harvest = fetching.Harvest(fetching.OAI_ADDRESS, terminal.note)
    counts, opened = Counter[str](), None
    for name, mark in marks.items():
        with terminal.waiting(f"Harvesting {names[name]}") as say:
            for page in harvest.pages(names[name], mark, until):
                if opened is None and (page.entries or settings.index.is_dir()):
                    opened = _opened(settings)
                if opened:
                    counts.update(_put(page, *opened))
                    fetching.keep(settings.index, name, page.mark)
                told = f"{counts['added']:,} added, {page.left:,} records left"
                say(f"Harvesting {names[name]}: {told}" if page.left else "")
    if opened:
        terminal.show_written(counts, opened[0])
    else:
        terminal.note(f"arXiv shows no papers in {', '.join(categories)}.")


def _put(page: "Harvested", library: "Library", embedding: "Embedding") -> dict[str, int]:
    """Put a page into the index; what arXiv has deleted is kept as withdrawn."""
    from dataclasses import replace

    from rag.cli import terminal
    from rag.core.papers import Paper

    known = (library.get(name) for name in page.deleted)
    gone = [replace(paper, withdrawn=True) for paper in known if paper and not paper.withdrawn]
    papers = [entry for entry in page.entries if isinstance(entry, Paper)]
    refused = [entry for entry in page.entries if not isinstance(entry, Paper)]
    for entry in refused:
        terminal.note(f"{entry.source}: left out, {entry.reason}")
    return asdict(library.put([*papers, *gone], embedding)) | {"refused": len(refused)}


def _opened(settings: "Settings") -> "tuple[Library, Embedding]":
    from rag.cli import terminal
    from rag.library import Library
    from rag.models.embedding import Embedding

    with at_once(), terminal.waiting("Loading the embedding model") as say:
        embedding = Embedding.load(settings.embedding, progress=say)
    return Library.create(settings.index, embedding, settings.chroma), embedding


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

    library, embedding = _opened(settings)
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
