"""What the machines of the cluster do: read files piece by piece, and embed the pieces.

Promises that the pieces hold what `listings.read` gives, in its order, and that what cannot be read
or embedded travels back as a line of text. It does not know where the vectors go.
"""

import hashlib
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag import listings
from rag.core.papers import Paper
from rag.errors import ListingError, RagError
from rag.library.passages import passages
from rag.library.records import digest
from rag.listings import Refused, Wanted
from rag.models.embedding import Embedding

ENTRIES_AT_ONCE = 32
"""What a worker embeds in one go: half a second of work."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Piece:
    """A few entries of a file on their way, later with the vectors of what is new among them.

    Attributes
    ----------
    size
        Bytes read since the piece before.
    ends
        Whether this is the last piece of its file.
    broken
        Why the file could not be read further, if so.
    failed
        Why the worker can embed nothing, if so.
    texts, vectors
        Passages, and their vectors in half precision, more than the library keeps.
    """

    entries: Sequence[Paper | Refused]
    size: int
    ends: bool = False
    broken: str = ""
    failed: str = ""
    texts: Sequence[str] = ()
    vectors: NDArray[np.float16] | None = None

    def row(self) -> Row:
        """Return the piece as Ray Data carries it."""
        return {"piece": pickle.dumps(self)}

    @classmethod
    def of(cls, row: Row) -> "Piece":
        """Return the piece that `row` was called on."""
        piece: Piece = pickle.loads(row["piece"])
        return piece


def read(row: Row, wanted: Wanted) -> Iterator[Row]:
    """Read a file, piece by piece."""
    entries: list[Paper | Refused] = []
    size, broken = 0, ""

    def told(count: int) -> None:
        nonlocal size
        size += count

    try:
        for entry in listings.read(Path(row["path"]), wanted, told):
            entries.append(entry)
            if len(entries) == ENTRIES_AT_ONCE:
                yield Piece(entries, size).row()
                entries, size = [], 0
    except ListingError as error:
        broken = str(error)
    yield Piece(entries, size, ends=True, broken=broken).row()


class Worker:
    """Cuts and embeds the papers of pieces; each has loaded the model once."""

    def __init__(self, model: str, fingerprint: str, known: Any) -> None:  # noqa: ANN401
        import ray

        self._known: NDArray[np.uint64] = ray.get(known)
        self._failed = ""
        try:
            self._embedding = Embedding.load(model)
            if self._embedding.fingerprint != fingerprint:
                self._failed = f"its embedding model {model} is another one; install the same"
        except RagError as error:
            self._failed = str(error)

    def __call__(self, row: Row) -> Row:
        """Add the vectors of what is not in the index."""
        piece = Piece.of(row)
        if self._failed:
            return replace(piece, failed=self._failed).row()
        papers = [e for e in piece.entries if isinstance(e, Paper) and self._is_new(e)]
        texts = [p.text for paper in papers for p in passages(paper, self._embedding.fits)]
        vectors = self._embedding.encode(texts).astype(np.float16) if texts else None
        return replace(piece, texts=texts, vectors=vectors).row()

    def _is_new(self, paper: Paper) -> bool:
        marked = mark(paper)
        place = np.searchsorted(self._known, marked)
        there = place < len(self._known) and self._known[place] == marked
        return not there and not paper.withdrawn


def mark(paper: Paper) -> np.uint64:
    """Return 64 bits that tell a paper and its text from all others."""
    whole = f"{paper.id}@{digest(paper)}".encode()
    return np.uint64(int.from_bytes(hashlib.blake2b(whole, digest_size=8).digest()))
