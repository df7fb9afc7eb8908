"""A listing, indexed for the time of a measurement, and the questions on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from rag import listings
from rag.assistant import Assistant
from rag.core.papers import Paper
from rag.evaluation.expected import Gold, read_file
from rag.library import Library
from rag.models import reranker
from rag.models.embedding import Embedding


@contextmanager
def opened(text: str) -> Iterator[tuple[str, list[Gold], Assistant]]:
    """Index the listing of ``LISTING:GOLD[,GOLD...]`` into a temporary folder.

    Yields
    ------
    tuple
        The name of the listing, the questions of all gold files, and who answers in quotations.
    """
    listing, _, files = text.rpartition(":")
    gold = [one for file in files.split(",") for one in read_file(Path(file))]
    embedding = Embedding.load()
    with TemporaryDirectory() as folder:
        library = Library.create(Path(folder) / "library", embedding)
        papers = (p for p in listings.read(Path(listing)) if isinstance(p, Paper))
        library.put(papers, embedding)
        yield Path(listing).name, gold, Assistant(library, embedding, None, reranker.load())
