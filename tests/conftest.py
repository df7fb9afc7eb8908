"""The real parts, opened once a session: they take seconds, and no test may change them."""

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from rag import listings
from rag.assistant import Assistant
from rag.core.papers import Paper
from rag.library import Library
from rag.models import language as models
from rag.models import reranker as judges
from rag.models.embedding import Embedding
from rag.models.reranker import Reranker

ROOT = Path(__file__).parents[1]
LISTING = ROOT / "index" / "listings" / "2021-04-02.cs.CV.md"

hypothesis.settings.register_profile("rag", deadline=None)  # times differ from machine to machine
hypothesis.settings.load_profile("rag")


@pytest.fixture(scope="session", autouse=True)
def _no_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the settings of whoever runs the tests out of them, and their proxy off this machine."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("NO_PROXY", "no_proxy"):
            patch.setenv(name, "127.0.0.1,localhost")
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
        for name in [name for name in os.environ if name.startswith("RAG_")]:
            patch.delenv(name)
        yield


@pytest.fixture(scope="session")
def embedding() -> Embedding:
    """The packaged embedding model."""
    return Embedding.load()


@pytest.fixture(scope="session")
def papers() -> list[Paper]:
    """The 108 papers of the bundled listing."""
    found = [entry for entry in listings.read(LISTING) if isinstance(entry, Paper)]
    assert len(found) == 108
    return found


@pytest.fixture(scope="session")
def library(
    papers: list[Paper], embedding: Embedding, tmp_path_factory: pytest.TempPathFactory
) -> Library:
    """The 108 papers, indexed; to be read only."""
    made = Library.create(tmp_path_factory.mktemp("index") / "library", embedding)
    made.put(papers, embedding)
    return made


@pytest.fixture(scope="session")
def reranker() -> Reranker:
    """The packaged judge."""
    loaded = judges.load()
    assert loaded is not None, "the package of the judge is not installed"
    return loaded


@pytest.fixture(scope="session")
def assistant(library: Library, embedding: Embedding, reranker: Reranker) -> Assistant:
    """An assistant that answers in quotations alone."""
    return Assistant(library, embedding, None, reranker)


@pytest.fixture(scope="session")
def assistant_without_judge(library: Library, embedding: Embedding) -> Assistant:
    """An assistant that answers in quotations, by words and nearness alone."""
    return Assistant(library, embedding, None)


@pytest.fixture(scope="session")
def assistant_with_model(library: Library, embedding: Embedding, reranker: Reranker) -> Assistant:
    """An assistant that writes with the packaged language model."""
    return Assistant(library, embedding, models.load(), reranker)
