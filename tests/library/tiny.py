"""A library of small parts, and what looks at one past its door."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rag.core.papers import Paper, abstract_page, pdf_link
from rag.library import Library
from rag.models.embedding import Embedding
from tests import warm

ROOT = Path(__file__).parents[2]
LISTING = ROOT / "index" / "listings" / "2021-04-02.cs.CV.md"

TINY = 8  # dimensions of the embedding that is none

if TYPE_CHECKING:  # what follows stands for an Embedding wherever one is wanted
    Stand = Any
else:
    Stand = object


class Counting(Stand):
    """The real embedding, with a count of the texts that it was given."""

    def __init__(self, embedding: Embedding) -> None:
        self._embedding = embedding
        self.texts = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._embedding, name)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.texts += len(texts)
        return self._embedding.encode(texts)


class Tiny(Stand):
    """Another model: quick, and of no use but to tell texts apart."""

    name, fingerprint, dimensions = "tiny-test-model", "f" * 32, TINY

    def __init__(self, before: Callable[[], None] = lambda: None) -> None:
        self._before = before

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self._before()
        seeds = [int.from_bytes(text.encode()[:64], "little") for text in texts]
        rows = [np.random.default_rng(seed).normal(size=TINY) for seed in seeds]
        return np.array([r / np.linalg.norm(r) for r in rows], np.float32).reshape(-1, TINY)

    def encode_query(self, text: str) -> NDArray[np.float32]:
        row: NDArray[np.float32] = self.encode([text])[0]
        return row

    def in_context(self, text: str, spans: Sequence[tuple[int, int]]) -> None:
        """It reads nothing in its context."""

    def is_word(self, word: str) -> bool:
        return True

    def fits(self, text: str) -> bool:
        return len(text) < 1_000


def paper(number: int, abstract: str | None = None, **more: Any) -> Paper:
    identifier = f"2104.{number:05}"
    if abstract is None:
        abstract = f"The sentence of {number}. Another one of {number}."
    title = more.pop("title", f"Paper number {number}")
    return Paper(
        identifier, title, abstract, abstract_page(identifier), pdf_link(identifier), **more
    )


def copied(whole: Path, place: Path) -> Library:
    """A library of one's own, like one that was made before: making one takes long."""
    shutil.copytree(whole, place)
    return Library.open(place, Tiny())


def vector_ids(library: Library) -> list[str]:
    """What Chroma holds, past the library's door."""
    return sorted(Library.open(library.path).store().vectors.names())


def check_whole(library: Library) -> None:
    """Every passage of every paper has its vector, and nothing else has."""
    records = library.records(p.id for p in library.papers())
    assert vector_ids(library) == sorted(n for record in records.values() for n in record.names)
    for record in records.values():
        assert record.vectors.shape == (len(record.passages), library.identity.dimensions)


def check_found(library: Library, papers: Sequence[Paper], embedding: Any) -> None:
    """Every paper holds the words of its title, and is the nearest to it.

    Chroma builds its graph anew from its log whenever it is opened, and after many updates now and
    then leaves a few vectors out of reach until the next opening (1 opening of 40, 1 to 5 vectors
    of 112 in it): of such a paper Chroma has to hold the right vectors, and few papers may be such.
    """
    unreached = []
    for p in papers:
        query = embedding.encode_query(p.title)
        assert p.id in library.matching(p.title, 5)
        if next(iter(library.nearest(query, 5)), "") == p.id:
            continue
        unreached.append(p.id)
        record = library.records([p.id])[p.id]
        held = library.store().vectors.read(record.names)
        assert ((held * record.vectors).sum(axis=1) > 0.99).all()
        assert float(record.vectors[0] @ query) > 0.99
    assert len(unreached) <= max(1, len(papers) // 20), unreached


def python(code: str, *arguments: object, **more: Any) -> "subprocess.CompletedProcess[str]":
    """Run code in another process that has this module as `t`."""
    return warm.run([sys.executable, "-c", PRELUDE + code, *arguments], **more)


PRELUDE = """
import dataclasses, os, sys, time
from pathlib import Path
from tests.library import tiny as t
from rag.library import Library
path = Path(sys.argv[1])
"""


def many(path: Path, count: int = 60) -> Library:
    """Make a library of so many papers in three commits, of which one is dropped again."""
    library = Library.create(path, Tiny())
    for start in range(0, count, count // 3):
        library.put([paper(n) for n in range(start, start + count // 3)], Tiny())
    library.drop([paper(3).id])
    return library
