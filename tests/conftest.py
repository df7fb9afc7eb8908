"""The real parts, opened once a session: they take seconds, and no test may change them.

With `pytest -n 2` each worker opens its own, but for the index, which one makes and each copies.
"""

import gc
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from filelock import FileLock

from rag import listings
from rag.assistant import Assistant
from rag.core.papers import Paper
from rag.library import Library
from rag.models import language as models
from rag.models import onnx
from rag.models import reranker as judges
from rag.models.embedding import Embedding
from rag.models.reranker import Remembering, Reranker

ROOT = Path(__file__).parents[1]
LISTING = ROOT / "index" / "listings" / "2021-04-02.cs.CV.md"

LONG = {"browser", "cluster", "assistant_with_model", "writing"}  # Chromium, Ray, llama.cpp

# The files that take longest, the longest first: what is begun last should be over soon, or other
# workers wait for it. Whatever the order is, the tests are the same.
FIRST = (
    "cluster/test_cluster.py", "library/test_damage.py", "models/test_embedding.py",
    "ui/test_chat.py", "ui/test_looks.py", "test_assistant.py", "library/test_steps.py",
    "ui/test_narrowing.py", "cli/test_reliability.py", "models/test_models.py",
    "write/test_writing.py", "ui/test_many.py", "evaluation/test_evaluation.py",
    "cli/test_papers.py", "cli/test_refusals.py", "ui/test_map.py", "ui/test_kept.py",
    "ui/test_table.py", "ui/test_restart.py", "listings/test_limits.py", "ui/test_saved.py",
    "ui/test_guard.py", "ui/test_parts.py", "question/test_conversation.py",
    "library/test_interruptions.py", "fetching/test_fetching.py", "listings/test_readers.py",
    "question/test_topics.py", "ui/test_programs.py", "models/test_server.py",
    "cli/test_collecting.py", "library/test_backup.py", "ui/test_library.py", "ui/test_keys.py",
    "write/test_trial.py", "library/test_writing.py", "cli/test_indexing.py", "cli/test_users.py",
    "library/test_sameness.py", "ui/test_adding.py", "library/test_server.py",
    "library/test_processes.py", "library/test_collection.py", "write/test_synthesis.py",
    "write/test_support.py", "cli/test_starting.py", "models/test_int8.py",
    "question/test_filters.py", "test_imports.py", "test_documents.py",
)  # fmt: skip

# Temporary folders are in memory where there is room: libraries are made, damaged and mended by the
# hundred, and half of the time they would wait for the disk. A killed process leaves the same.
MEMORY, ROOM = Path("/dev/shm"), 4 * 2**30
if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))

hypothesis.settings.register_profile("rag", deadline=None)  # times differ from machine to machine
hypothesis.settings.load_profile("rag")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what needs one of the parts that take long whatever is tested with them.

    And let the files that take longest come first.
    """
    for item in items:
        if LONG.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)
    rank = {ROOT / "tests" / name: place for place, name in enumerate(FIRST)}
    items.sort(key=lambda item: rank.get(item.path, len(FIRST)))


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over what was imported: the library collects after writing."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _interruptible() -> None:
    """Let the processes that tests interrupt heed it, also where a shell runs all this beside it.

    A shell lets its background jobs ignore Ctrl-C, and they hand that on.
    """
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _no_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the settings of whoever runs the tests out of them, and their proxy off this machine.

    Processes that tests start have the same, and as many threads as are one worker's share.
    """
    with pytest.MonkeyPatch.context() as patch:
        if workers := int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "0")):
            patch.setenv("OMP_NUM_THREADS", str(max(1, onnx.cores() // workers)))
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
    """The papers of the bundled listing."""
    found = [entry for entry in listings.read(LISTING) if isinstance(entry, Paper)]
    assert len(found) == LISTING.read_text().count("\n### ")
    return found


@pytest.fixture(scope="session")
def library(
    papers: list[Paper], embedding: Embedding, tmp_path_factory: pytest.TempPathFactory
) -> Library:
    """The papers of the bundled listing, indexed; to be read only."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    with FileLock(shared / "indexed.lock"):
        if not (indexed := shared / "indexed").exists():
            making = tmp_path_factory.mktemp("making") / "library"
            Library.create(making, embedding).put(papers, embedding)
            making.rename(indexed)
    path = tmp_path_factory.mktemp("index") / "library"
    shutil.copytree(indexed, path)
    return Library.open(path, embedding)


@pytest.fixture(scope="session")
def packaged_judge() -> Reranker:
    """The packaged judge."""
    loaded = judges.load()
    assert loaded is not None, "the package of the judge is not installed"
    return loaded


@pytest.fixture(scope="session")
def reranker(packaged_judge: Reranker) -> Reranker:
    """The packaged judge; where tests ask it the same, a folder may have one that remembers."""
    return packaged_judge


@pytest.fixture(scope="session")
def remembering(packaged_judge: Reranker) -> Reranker:
    """The packaged judge, which reads no pair twice in the whole session: its scores are the same.

    That a pair has its score whatever is beside it is tested with the judge itself.
    """
    return Remembering(packaged_judge)


@pytest.fixture(scope="session")
def assistant(library: Library, embedding: Embedding, remembering: Reranker) -> Assistant:
    """An assistant that answers in quotations alone."""
    return Assistant(library, embedding, None, remembering)


@pytest.fixture(scope="session")
def assistant_without_judge(library: Library, embedding: Embedding) -> Assistant:
    """An assistant that answers in quotations, by words and nearness alone."""
    return Assistant(library, embedding, None)


@pytest.fixture(scope="session")
def assistant_with_model(library: Library, embedding: Embedding, reranker: Reranker) -> Assistant:
    """An assistant that writes with the packaged language model."""
    return Assistant(library, embedding, models.load(), reranker)
