"""How near every paper is to a question: all passage vectors, mapped from disk and compared.

Beside the words of the papers lies a file for each of their segments, with the vectors in eight
bits (cosines differ by 0.002 at most). A segment never changes, so neither does its file; it is
made of the papers' records by whoever writes, and holds nothing that they do not hold. A file that
is missing or damaged is made up for in memory. Numpy reads 180,000 vectors in 22 ms on one core,
in blocks that stay in its cache; usearch's exact search was no faster (23 ms on two cores).
"""

import json
import struct
import zlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.files import opened, parsed
from rag.library.batches import batches
from rag.library.disk import written_whole
from rag.library.records import Record, unpacked

FOLDER = "near"
"""Of a library: its files are named after the segments of the words."""

MOST_COMPARED = 100_000
"""Papers up to which each is compared with a question: some 0.1 s for their 900,000 vectors. A
larger library has no such files."""

_BLOCK = 1_024  # rows; twice as many leave the cache, and numpy's threads get into each other's way
_AT_ONCE = 500  # papers; bounds what is unpacked at a time to some 10 MB
_MAGIC = b"RAGNEAR1"
_HEAD = struct.Struct("<8sIII")  # magic, dimensions, papers, bytes of the names
_SUM = struct.Struct("<I")  # ends a file: the CRC of all before it
_LEVELS = 127


@dataclass(frozen=True, slots=True)
class Part:
    """The papers of one segment.

    Attributes
    ----------
    documents
        Where each paper is in its segment, ascending, shape (papers,).
    ids
        Of the papers.
    counts
        How many vectors each has: the paper as a whole first, then its passages; 0: withdrawn.
    scales, codes
        Of each vector: its numbers are ``codes * scale``, shapes (vectors,), (vectors, dimensions).
    """

    documents: NDArray[np.uint32]
    ids: Sequence[str]
    counts: NDArray[np.uint16]
    scales: NDArray[np.float32]
    codes: NDArray[np.int8]

    def cosines(self, query: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the cosine of each vector with a unit vector, shape (vectors,)."""
        found = np.empty(len(self.codes), np.float32)
        for start in range(0, len(self.codes), _BLOCK):
            some = slice(start, start + _BLOCK)
            found[some] = self.codes[some].astype(np.float32) @ query
        return np.asarray(found * self.scales)


class Near:
    """The papers of one commit that can be found, and how near each is to a question.

    Parameters
    ----------
    parts
        Of its segments, in their order.
    alive
        Where the papers of each segment are that were not deleted, ascending.

    Attributes
    ----------
    ids
        Of the papers.
    """

    def __init__(self, parts: Sequence[Part], alive: Sequence[Sequence[int]]) -> None:
        self._parts = parts
        self.ids: list[str] = []
        self._starts: list[NDArray[np.int64]] = []  # the rows at which papers begin
        self._chosen: list[NDArray[np.intp]] = []  # of these papers, those that can be found
        self._places: list[NDArray[np.int32]] = []  # from a place in a segment to one in `ids`
        for part, living in zip(parts, alive, strict=True):
            filled = np.flatnonzero(part.counts)
            starts = np.cumsum([0, *part.counts[filled].astype(np.int64)])[:-1]
            chosen = np.flatnonzero(np.isin(part.documents[filled], np.array(living, np.uint32)))
            places = np.full(int(part.documents.max(initial=0)) + 1, -1, np.int32)
            found = filled[chosen]
            places[part.documents[found]] = len(self.ids) + np.arange(len(found))
            self.ids += [part.ids[n] for n in found]
            self._starts.append(starts)
            self._chosen.append(chosen)
            self._places.append(places)

    def place(self, segment: int, document: int) -> int:
        """Return where a paper is in `ids`; -1: it is not, as it is withdrawn."""
        places = self._places[segment]
        return int(places[document]) if document < len(places) else -1

    def cosines(
        self, query: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the cosine of each paper's best passage with a unit vector, and of it as a whole.

        Both have the shape (papers,).
        """
        best, whole = [np.zeros(0, np.float32)], [np.zeros(0, np.float32)]
        for part, starts, chosen in zip(self._parts, self._starts, self._chosen, strict=True):
            if len(chosen):
                found = part.cosines(query)
                whole.append(found[starts][chosen])
                found[starts] = -1.0
                best.append(np.maximum.reduceat(found, starts)[chosen])
        return np.concatenate(best), np.concatenate(whole)

    def wholes(self) -> NDArray[np.float32]:
        """Return of each paper in `ids` the unit vector as a whole, (papers, dimensions)."""
        found = []
        for part, starts, chosen in zip(self._parts, self._starts, self._chosen, strict=True):
            rows = starts[chosen]
            found.append(part.codes[rows].astype(np.float32) * part.scales[rows, None])
        return np.concatenate(found) if found else np.zeros((0, 0), np.float32)

    def nearest_passages(self, query: NDArray[np.float32], k: int) -> list[tuple[str, float]]:
        """Return of the k passages nearest to a unit vector their paper and cosine, best first."""
        cosines, owners, before = [np.zeros(0, np.float32)], [np.zeros(0, np.intp)], 0
        for part, starts, chosen in zip(self._parts, self._starts, self._chosen, strict=True):
            found = part.cosines(query)
            owner = np.full(len(starts), -1, np.intp)
            owner[chosen] = before + np.arange(len(chosen))
            owner = np.repeat(owner, np.diff([*starts, len(found)]))
            owner[starts] = -1  # a paper as a whole is no passage
            cosines.append(found[owner >= 0])
            owners.append(owner[owner >= 0])
            before += len(chosen)
        every, whose = np.concatenate(cosines), np.concatenate(owners)
        order = np.lexsort((np.arange(len(every)), -every))[:k]  # of equals the first
        return [(self.ids[whose[n]], float(every[n])) for n in order]


def made(documents: Sequence[int], records: Iterable[Record], dimensions: int) -> Part:
    """Return the part that some records of a segment make.

    Parameters
    ----------
    documents
        Where each record is in its segment, ascending.
    """
    ids: list[str] = []
    counts: list[int] = []
    scales, codes = [np.zeros(0, np.float32)], [np.zeros((0, dimensions), np.int8)]
    for some in batches(records, _AT_ONCE):
        ids += [record.id for record in some]
        counts += [record.count + 1 if record.packed else 0 for record in some]
        rows = unpacked([record for record in some if record.packed])
        if len(rows):
            scale = np.maximum(np.abs(rows).max(axis=1), np.float32(1e-9)) / _LEVELS
            scales.append(scale.astype(np.float32))
            codes.append(np.rint(rows / scale[:, None]).astype(np.int8))
    return Part(
        np.array(documents, np.uint32),
        ids,
        np.array(counts, np.uint16),
        np.concatenate(scales),
        np.concatenate(codes),
    )


def write(file: Path, part: Part) -> None:
    """Write a part in one step, so that it is there whole or not at all."""
    names = json.dumps(part.ids).encode()
    fields = (part.documents, part.counts, part.scales, part.codes)
    head = _HEAD.pack(_MAGIC, part.codes.shape[1], len(part.ids), len(names))
    check = 0
    file.parent.mkdir(exist_ok=True)
    with written_whole(file) as opened:
        for piece in (head, names, *(field.tobytes() for field in fields)):
            check = zlib.crc32(piece, check)
            opened.write(piece)
        opened.write(_SUM.pack(check))


def read(file: Path, dimensions: int) -> Part | None:
    """Map a part from disk; None if it is not there, or not what was written."""
    kept = _mapped(file)
    if kept is None:
        return None
    magic, width, papers, length = _HEAD.unpack(bytes(kept[: _HEAD.size]))
    if (magic, width) != (_MAGIC, dimensions):
        return None
    place = _HEAD.size
    ids = parsed(bytes(kept[place : place + length]))
    place += length
    documents = np.frombuffer(bytes(kept[place : place + 4 * papers]), "<u4")
    place += 4 * papers
    counts = np.frombuffer(bytes(kept[place : place + 2 * papers]), "<u2")
    place += 2 * papers
    rows = int(counts.sum(dtype=np.int64))
    scales = np.frombuffer(bytes(kept[place : place + 4 * rows]), "<f4")
    codes = kept[place + 4 * rows : -_SUM.size].view(np.int8).reshape(rows, width)
    return Part(documents, ids, counts, scales, codes)


def damaged(path: Path) -> list[str]:
    """Return the names of the files of a library that are not what was written."""
    files = sorted((path / FOLDER).glob("*.near"))
    return [f"{FOLDER}/{file.name}" for file in files if _mapped(file) is None]


def _mapped(file: Path) -> "np.memmap[tuple[int], np.dtype[np.uint8]] | None":
    """Map a file whose checksum is right."""
    try:
        with opened(file) as stream:
            kept = np.memmap(stream, np.uint8, "r")
    except (OSError, ValueError):  # an empty file cannot be mapped, either
        return None
    if len(kept) < _HEAD.size + _SUM.size:
        return None
    (check,) = _SUM.unpack(bytes(kept[-_SUM.size :]))
    return kept if zlib.crc32(kept[: -_SUM.size].data) == check else None


def place(path: Path, segment: str) -> Path:
    """Return where the file of a segment is."""
    return path / FOLDER / f"{segment}.near"


def clear(path: Path, segments: Iterable[str]) -> None:
    """Remove the files of all segments but these; who has one open goes on reading it."""
    kept = {place(path, segment).name for segment in segments}
    for file in (path / FOLDER).glob("*"):
        if file.name not in kept:
            with suppress(OSError):  # Windows keeps what somebody reads: the next one removes it
                file.unlink()
