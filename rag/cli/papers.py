"""The commands about the papers of the index: index, show, status."""

from pathlib import Path
from typing import Annotated

import typer

from rag.cli.shared import Json
from rag.errors import RagError


def index(
    paths: Annotated[
        list[Path],
        typer.Argument(help="Files, folders, patterns; - is standard input.", show_default=False),
    ],
) -> None:
    """Add the papers of listings to the index; what is there already is left alone."""
    from rag import listings, terminal
    from rag.embedding import Embedding
    from rag.library import Library
    from rag.papers import Paper
    from rag.settings import Settings

    settings = Settings()
    entries = [entry for path in listings.files(paths) for entry in listings.read(path)]
    papers = [entry for entry in entries if isinstance(entry, Paper)]
    terminal.show_refused([entry for entry in entries if not isinstance(entry, Paper)])
    with terminal.waiting("Loading the embedding model") as say:
        embedding = Embedding.load(settings.embedding, progress=say)
    library = Library.create(settings.index, embedding)
    with terminal.progress("Indexing", len(papers)) as advance:
        written = library.put(papers, embedding, advance)
    terminal.show_written(written, len(entries) - len(papers), library)


def status(json: Json = False) -> None:
    """Say what the index holds and which models are in use."""
    from rag import terminal
    from rag.library import Library
    from rag.settings import Settings

    settings = Settings()
    library = Library.open(settings.index)
    terminal.show_status(library, settings, json)


def show(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="An arXiv identifier or link.")],
    json: Json = False,
) -> None:
    """Show a paper of the index."""
    from rag import terminal
    from rag.library import Library
    from rag.papers import arxiv_id
    from rag.settings import Settings

    library = Library.open(Settings().index)
    paper = library.get(arxiv_id(identifier) or identifier)
    if paper is None:
        raise RagError(f"The index has no paper {identifier}: see `rag search` for what it has.")
    terminal.show_paper(paper, json)
