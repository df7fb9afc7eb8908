"""The collection as other programs open it: chromadb and langchain_chroma find the papers."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import chromadb
import numpy as np
import pytest
from chromadb.config import Settings
from langchain_chroma import Chroma

from rag.core.filters import Filters
from rag.core.papers import Paper
from rag.integrations.chroma import PaperEmbeddingFunction
from rag.integrations.embeddings import PaperEmbeddings
from rag.library import Library
from rag.models.embedding import Embedding

QUESTIONS = (
    "which papers use transformers for tracking",
    "point cloud completion",
    "medical image segmentation with few labels",
)
MANY = 40  # passages


@pytest.fixture(scope="module")
def folder(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the index: Chroma writes where it reads."""
    return Path(shutil.copytree(library.path, tmp_path_factory.mktemp("copy") / "index"))


@pytest.fixture(scope="module")
def collection(folder: Path) -> Any:
    client: Any = chromadb.PersistentClient(
        str(folder / "vectors"), settings=Settings(anonymized_telemetry=False)
    )
    return client.get_collection("papers", embedding_function=PaperEmbeddingFunction())


def opened(path: Path, embedding: Embedding) -> Chroma:
    """The collection as LangChain opens it."""
    folder = str(path / "vectors")
    return Chroma(
        collection_name="papers",
        embedding_function=PaperEmbeddings(embedding),
        client_settings=Settings(
            anonymized_telemetry=False, is_persistent=True, persist_directory=folder
        ),
    )


def found(collection: Any, question: str, k: int, **more: Any) -> list[dict[str, Any]]:
    """What chromadb finds, a dictionary a passage."""
    answer = collection.query(query_texts=[question], n_results=k, **more)
    rows = zip(answer["documents"][0], answer["metadatas"][0], answer["distances"][0], strict=True)
    return [{**told, "text": text, "cosine": 1 - distance} for text, told, distance in rows]


@pytest.mark.parametrize("question", QUESTIONS)
def test_chromadb_finds_what_the_library_finds(
    collection: Any, library: Library, embedding: Embedding, question: str
) -> None:
    nearest = library.nearest_passages(embedding.encode_query(question), MANY)
    there = found(collection, question, MANY)
    assert [passage["id"] for passage in there] == [identifier for identifier, _ in nearest]
    assert np.allclose([p["cosine"] for p in there], [c for _, c in nearest], atol=0.01)


@pytest.mark.parametrize("question", QUESTIONS)
def test_langchain_finds_what_the_library_finds(
    folder: Path, library: Library, embedding: Embedding, question: str
) -> None:
    nearest = library.nearest_passages(embedding.encode_query(question), MANY)
    store = opened(folder, embedding)
    documents = store.similarity_search_with_relevance_scores(question, MANY)
    assert [d.metadata["id"] for d, _ in documents] == [identifier for identifier, _ in nearest]
    assert np.allclose([score for _, score in documents], [c for _, c in nearest], atol=0.01)


def test_every_passage_has_its_text_and_tells_its_paper(
    collection: Any, library: Library, papers: list[Paper]
) -> None:
    by_id = {paper.id: paper for paper in papers}
    everything = collection.get(include=["documents", "metadatas"])
    assert len(everything["ids"]) == sum(r.count for r in library.records(by_id).values())
    for text, told in zip(everything["documents"], everything["metadatas"], strict=True):
        paper = by_id[told["id"]]
        assert (told["title"], told["url"]) == (paper.title, paper.url)
        start, end = told["start"], told["end"]
        assert text == (paper.abstract[start:end] if end else paper.title)
        assert date.fromisoformat(told["listed"]) == paper.listed
        assert told["day"] == 20210402


KINDS = (
    {"listed": date(2021, 4, 2), "categories": ("cs.CV",)},
    {"listed": date(2021, 4, 1), "categories": ("cs.CV", "cs.LG")},
    {"listed": None, "categories": ()},
)


@pytest.fixture(scope="module")
def mixed(
    papers: list[Paper], embedding: Embedding, tmp_path_factory: pytest.TempPathFactory
) -> Library:
    """Papers of two days and none, and of different categories."""
    made = Library.create(tmp_path_factory.mktemp("mixed") / "library", embedding)
    made.put([replace(p, **KINDS[n % 3]) for n, p in enumerate(papers[:12])], embedding)
    return made


@pytest.mark.parametrize(
    ("where", "filters", "count"),
    [
        ({"id": "2104.00683"}, Filters(ids=("2104.00683",)), 1),
        ({"day": {"$gte": 20210402}}, Filters(since=date(2021, 4, 2)), 4),
        ({"day": {"$lte": 20210401}}, Filters(until=date(2021, 4, 1)), 4),
        ({"listed": "2021-04-01"}, Filters(until=date(2021, 4, 1)), 4),
        ({"categories": {"$contains": "cs.LG"}}, Filters(categories=("cs.LG",)), 4),
        (
            {"$and": [{"categories": {"$contains": "cs.CV"}}, {"day": {"$gt": 20210401}}]},
            Filters(categories=("cs.CV",), since=date(2021, 4, 2)),
            4,
        ),
    ],
    ids=["id", "since", "until", "day", "category", "both"],
)
def test_filters_let_the_same_papers_pass(
    mixed: Library, embedding: Embedding, where: dict[str, Any], filters: Filters, count: int
) -> None:
    query = embedding.encode_query(QUESTIONS[0])
    passing = set(mixed.select(filters))
    assert len(passing) == count
    wanted = [i for i in mixed.nearest(query, 2_000) if i in passing]
    documents = opened(mixed.path, embedding).similarity_search(QUESTIONS[0], 2_000, filter=where)
    assert list(dict.fromkeys(d.metadata["id"] for d in documents)) == wanted


def test_what_is_known_anew_of_a_paper_is_told(mixed: Library, embedding: Embedding) -> None:
    first = next(p for p in mixed.papers() if not p.categories)
    assert mixed.put([replace(first, categories=("cs.RO",))], embedding).updated == 1
    documents = opened(mixed.path, embedding).similarity_search(
        first.title, 3, filter={"categories": {"$contains": "cs.RO"}}
    )
    assert {d.metadata["id"] for d in documents} == {first.id}
    assert mixed.examine(embedding).is_whole
