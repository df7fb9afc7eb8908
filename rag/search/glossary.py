"""What the field calls a thing that people say in everyday words.

"Pictures of the ground taken from far above" is "remote sensing" where it is written about, and
neither the words nor the nearness of meaning get from one to the other for certain. `glossary.tsv`
has some 1,300 things that abstracts of all fields are about: their terms, and at least two ways in
which somebody says it who does not know them. A question is compared with all of these, and the
nearest ones tell by which terms to look for papers as well. It was written from the fields alone,
without any of the questions that this program is measured on.
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.library.disk import written_whole
from rag.models.embedding import Embedding

FILE = Path(__file__).with_name("glossary.tsv")

MOST = 3
"""Things that a question may mean."""

FAINT, CLEAR = 0.4, 0.7
"""Cosines of a question with what is said of a thing, from which it may be that, and surely is."""


@dataclass(frozen=True, slots=True)
class Sense:
    """A thing that a question may mean.

    Attributes
    ----------
    terms
        What the field calls it, the most usual first.
    weight
        How clear it is that the question means it, from 0 to 1.
    vectors
        Of the terms, shape (terms, dimensions).
    """

    terms: tuple[str, ...]
    weight: float
    vectors: NDArray[np.float32]


@lru_cache(maxsize=64)
def senses(text: str, embedding: Embedding) -> tuple[Sense, ...]:
    """Return what a text may mean in the words of the field, the likeliest first; none if unclear.

    >>> [s.terms[0] for s in senses("telling from a photo what is on the plate", embedding)][:1]
    ['food recognition']
    """
    known = _vectors(embedding)
    terms, _ = entries()
    cosines = np.maximum.reduceat(known.all @ embedding.encode_query(text), known.starts)
    found = np.argsort(-cosines, kind="stable")[:MOST]
    weights = np.clip((cosines[found] - FAINT) / (CLEAR - FAINT), 0.0, 1.0)
    return tuple(
        Sense(
            terms[n],
            float(weight),
            known.all[known.starts[n] : known.starts[n] + len(terms[n])],
        )
        for n, weight in zip(found.tolist(), weights.tolist(), strict=True)
        if weight > 0
    )


@lru_cache(maxsize=1)
def entries() -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """Return the terms of each thing, and the everyday ways to say it."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    cells = [line.split("\t") for line in lines]
    return [tuple(first.split("; ")) for first, *_ in cells], [tuple(rest) for _, *rest in cells]


@dataclass(frozen=True, slots=True)
class _Vectors:
    """Of all texts of the glossary, thing by thing, the terms first; and where each begins."""

    all: NDArray[np.float32]
    starts: NDArray[np.int64]


@lru_cache(maxsize=2)
def _vectors(embedding: Embedding) -> _Vectors:
    """Return the vectors of the glossary: kept in the cache, or made now (some seconds)."""
    from platformdirs import user_cache_path

    terms, plain = entries()
    things = [[*one, *other] for one, other in zip(terms, plain, strict=True)]
    texts = [text for thing in things for text in thing]
    starts = np.cumsum([0, *map(len, things)])[:-1]
    digest = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]
    folder = user_cache_path("arxiv-rag") / "glossary"
    file = folder / f"{embedding.fingerprint}-{digest}.vectors"
    made = _kept(file)
    if made is None:
        made = embedding.encode(texts).astype("<f2").tobytes()
        with suppress(OSError):  # what cannot be kept is made again the next time
            folder.mkdir(parents=True, exist_ok=True)
            with written_whole(file) as opened:
                opened.write(hashlib.sha256(made).digest() + made)
    rows = np.frombuffer(made, "<f2").reshape(len(texts), embedding.dimensions)
    return _Vectors(rows.astype(np.float32), starts)


def _kept(file: Path) -> bytes | None:
    """Return what was written to a file behind its SHA-256; None: it is not there, or damaged."""
    with suppress(OSError):
        kept = file.read_bytes()
        size = hashlib.sha256().digest_size
        if hashlib.sha256(kept[size:]).digest() == kept[:size]:
            return kept[size:]
    return None
