"""The candidates of a question on the bundled listing, searched once."""

from collections.abc import Callable

import pytest

from rag.core.questions import Question
from rag.library import Library
from rag.models.embedding import Embedding
from rag.models.reranker import Reranker
from rag.search import retrieval
from rag.search.retrieval import Match

Search = Callable[[Question], list[Match]]


@pytest.fixture(scope="session")
def reranker(remembering: Reranker) -> Reranker:
    """The packaged judge; many tests ask it the same."""
    return remembering


@pytest.fixture(scope="session")
def search(library: Library, embedding: Embedding) -> Search:
    """Return what finds the candidates of a question."""
    found: dict[Question, list[Match]] = {}

    def search(question: Question) -> list[Match]:
        if question not in found:
            found[question] = retrieval.search(question, library, embedding)
        return found[question]

    return search
