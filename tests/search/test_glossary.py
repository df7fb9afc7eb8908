"""What people say in everyday words is found under the terms of the field."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from rag.models.embedding import Embedding
from rag.search import glossary
from rag.search.glossary import MOST, senses


def test_each_thing_has_its_terms_and_two_plain_ways_to_say_it() -> None:
    terms, plain = glossary.entries()
    assert len(terms) == len(plain) > 1_000
    assert all(len(ways) >= 2 for ways in plain)
    for texts in (*terms, *plain):
        assert all(text and text == text.strip() and text.isprintable() for text in texts)
        assert len(set(texts)) == len(texts)
    names = Counter(some[0].lower() for some in terms)
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize(
    ("said", "term"),
    [
        ("taking the haze of grainy snapshots away", "image denoising"),
        ("machines that write down what a person says into a microphone", "speech recognition"),
        ("stars that blow up at the end of their lives", "supernovae"),
        ("a company that wants its staff's phones to train a model without sending photos",
         "federated learning"),
        ("guessing tomorrow's rain", "weather forecasting"),
    ],
)  # fmt: skip
def test_everyday_words_lead_to_the_terms(embedding: Embedding, said: str, term: str) -> None:
    found = senses(said, embedding)
    assert any(term in " ".join(sense.terms) for sense in found), [s.terms[0] for s in found]


def test_what_means_nothing_in_particular_has_no_sense(embedding: Embedding) -> None:
    assert senses("what was reported on Tuesday by somebody else", embedding) == ()


def test_senses_are_ranked_and_weighed(embedding: Embedding) -> None:
    found = senses("transformers for tracking", embedding)
    weights = [sense.weight for sense in found]
    assert weights == sorted(weights, reverse=True)
    assert 0 < len(found) <= MOST
    assert all(0 < weight <= 1 for weight in weights)
    for sense in found:
        assert sense.vectors.shape == (len(sense.terms), embedding.dimensions)
        made = embedding.encode(list(sense.terms))
        assert np.allclose((sense.vectors * made).sum(axis=1), 1, atol=0.01)


def kept(folder: Path) -> list[Path]:
    return list((folder / "arxiv-rag" / "glossary").iterdir())


@pytest.mark.slow
def test_the_vectors_are_kept_and_made_again_where_damaged(
    embedding: Embedding, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    some = [("image denoising",), ("supernovae", "exploding stars")], [("a", "b"), ("c", "d")]
    monkeypatch.setattr(glossary, "entries", lambda: some)
    glossary._vectors.cache_clear()
    first = glossary._vectors(embedding)
    assert first.starts.tolist() == [0, 3]
    (file,) = kept(tmp_path)
    whole = file.read_bytes()
    flipped = whole[:60] + bytes([whole[60] ^ 0x40]) + whole[61:]
    for damage in (b"", b"no array", whole[:-9], flipped):
        file.write_bytes(damage)
        glossary._vectors.cache_clear()
        assert np.allclose(glossary._vectors(embedding).all, first.all)
        assert kept(tmp_path) == [file]
        assert file.read_bytes() == whole
    glossary._vectors.cache_clear()
