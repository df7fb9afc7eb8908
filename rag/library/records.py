"""A paper as the library keeps it: its text, its passages, and their vectors.

A search reads the vectors of hundreds of papers and the text of a few, so the text is taken apart
only when it is asked for. Vectors are kept as the upper halves of single-precision numbers
(bfloat16): half the room, twice as fast to read as IEEE half precision, and cosines that differ
from those of the model by less than 0.001.
"""

import hashlib
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.core.papers import Paper
from rag.core.passages import Passage
from rag.errors import LibraryError
from rag.files import parsed

_BYTES = 2  # of a number
_HALF = 0x8000  # rounds to the nearest


@dataclass(frozen=True)
class Record:
    """A paper with its passages.

    Attributes
    ----------
    id
        Of the paper.
    text
        The paper, where its passages begin and end, and the digest of its text, as JSON.
    packed
        The vector of the paper as a whole and those of its passages; empty for a withdrawn paper.
    dimensions
        Length of a vector.
    """

    id: str
    text: bytes
    packed: bytes
    dimensions: int

    @classmethod
    def of(
        cls, paper: Paper, spans: Sequence[tuple[int, int]], packed: bytes, dimensions: int
    ) -> "Record":
        """Return the record of a paper whose passages have these spans and vectors."""
        kept = paper.to_dict() | {"spans": spans, "digest": digest(paper)}
        text = json.dumps(kept, ensure_ascii=False).encode()
        return cls(paper.id, _sealed(text, packed), packed, dimensions)

    @cached_property
    def paper(self) -> Paper:
        """The paper itself."""
        try:
            return Paper.from_dict({k: v for k, v in self._kept.items() if k not in _BESIDE})
        except (KeyError, TypeError) as error:
            raise damaged(self.id) from error

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Start and end of each passage; a withdrawn paper has none."""
        return [(start, end) for start, end in self._kept["spans"]]

    @property
    def digest(self) -> str:
        """The digest of the text, which the vectors are filed under."""
        return str(self._kept["digest"])

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """The title and the sentences of the abstract."""
        paper = self.paper
        return tuple(
            Passage(paper.id, start, end, paper.abstract[start:end] if end else paper.title)
            for start, end in self.spans
        )

    @property
    def is_intact(self) -> bool:
        """Whether text and vectors are those that were written, bit by bit, as far as can be told.

        Records of before there were checksums have only the digest of their text.
        """
        if _SEAL in self.text:
            return not self.is_broken
        try:
            return self.digest == digest(self.paper)
        except (LibraryError, ValueError, KeyError, TypeError):
            return False

    @property
    def is_broken(self) -> bool:
        """Whether the checksum says that it is not what was written; quick, and without parsing."""
        head, mark, kept = self.text.rpartition(_SEAL)
        return bool(mark) and kept != _sum(head, self.packed)

    @property
    def count(self) -> int:
        """Number of passages."""
        return max(len(self.packed) // (_BYTES * self.dimensions) - 1, 0)

    @property
    def vectors(self) -> NDArray[np.float32]:
        """The unit vectors of the passages, shape (passages, dimensions)."""
        return unpacked([self])[1:]

    @property
    def whole(self) -> NDArray[np.float32]:
        """The unit vector of the whole paper, see `centroid`."""
        return np.asarray(unpacked([self])[0])

    @property
    def names(self) -> list[str]:
        """What the vectors are filed under, in the order of the passages."""
        return [f"{self.id}@{self.digest}#{n}" for n in range(self.count)]

    @cached_property
    def _kept(self) -> dict[str, Any]:
        try:
            kept: dict[str, Any] = parsed(self.text)
        except ValueError as error:
            raise damaged(self.id) from error
        return kept


def damaged(identifier: str) -> LibraryError:
    """Return the error of a paper whose record is not what was written."""
    return LibraryError(
        f"The index keeps a damaged record of the paper {identifier}: `rag doctor` says what else "
        "is damaged, and `rag doctor --repair` mends it."
    )


def place(name: str) -> tuple[str, int]:
    """Return the identifier of the paper that a vector is filed under, and its place in it.

    >>> place("https://example.org/@author/paper@0123456789ab#3")
    ('https://example.org/@author/paper', 3)
    """
    identifier, _, rest = name.rpartition("@")
    return identifier, int(rest.partition("#")[2])


_BESIDE = {"spans", "digest", "sum"}  # what is kept beside the fields of the paper
_SEAL = b', "sum": '  # begins the end of a record's text: the checksum of the rest, as JSON


def _sealed(text: bytes, packed: bytes) -> bytes:
    """Put the checksum of a record's text and vectors into the text, as the last of its JSON."""
    head = text.removesuffix(b"}")
    return head + _SEAL + _sum(head, packed)


def _sum(head: bytes, packed: bytes) -> bytes:
    return b'"%08x"}' % zlib.crc32(packed, zlib.crc32(head))


def digest(paper: Paper) -> str:
    """Return a short digest of the text that is embedded."""
    return hashlib.sha256(f"{paper.title}\n{paper.abstract}".encode()).hexdigest()[:12]


def centroid(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the unit vector of a whole paper: the direction of the mean of its passages.

    It takes the place of a vector of the whole abstract, which would need a second pass over the
    text and is cut off at the model's longest input.
    """
    mean = vectors.mean(axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), dtype=np.float32)


def pack(vectors: NDArray[np.float32]) -> bytes:
    """Return the vectors of a paper's passages, shape (passages, dimensions), as they are kept."""
    if not len(vectors):
        return b""
    bits = np.vstack([centroid(vectors), vectors]).astype("<f4").view("<u4")
    return ((bits + _HALF) >> 16).astype("<u2").tobytes()


def unpacked(records: Sequence[Record]) -> NDArray[np.float32]:
    """Return what was packed: for each record the whole paper first, then its passages.

    The shape is (records + passages, dimensions); a record without vectors has no row.
    """
    width = records[0].dimensions if records else 1
    upper = np.frombuffer(b"".join(record.packed for record in records), "<u2")
    bits = upper.astype(np.uint32)
    bits <<= 16
    return bits.view(np.float32).reshape(-1, width)
