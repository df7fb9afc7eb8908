"""Which file of vectors belongs to which segment of a commit, and whether it is the right one.

A file that is missing, damaged or of other papers is made up for from the papers' records. What is
in a file, and how it is compared with a question, is told in `near`.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from rag.library import near
from rag.library.near import Near, Part
from rag.library.records import Record

if TYPE_CHECKING:
    import tantivy


class Papers(Protocol):
    """The papers of one commit, as `Store` has them."""

    searcher: "tantivy.Searcher"

    def addresses(self) -> "Sequence[tantivy.DocAddress]":
        """Return where all papers are, in the order of their identifiers."""

    def record(self, address: "tantivy.DocAddress") -> Record:
        """Return the record at an address."""

    def read(self, address: "tantivy.DocAddress") -> Record:
        """Return the record at an address, past the memory."""


class NearFiles:
    """The files of the vectors of one commit.

    Parameters
    ----------
    path
        Of the library.
    segments
        The names of its segments, in their order; none where they are not known.
    dimensions
        Of a vector.
    papers
        What the vectors are of.
    """

    def __init__(
        self, path: Path, segments: Sequence[str], dimensions: int, papers: Papers
    ) -> None:
        self._path, self._segments = path, segments
        self._dimensions, self._papers = dimensions, papers

    def opened(self) -> Near:
        """Return the vectors of all papers, to be compared with a question."""
        parts = list(self._parts())
        return Near([part for part, _ in parts], [alive for _, alive in parts])

    def keep(self) -> None:
        """Write what has no file yet, and remove the files of other segments."""
        if not self._is_known:
            return
        files = [near.place(self._path, segment) for segment in self._segments]
        if not all(file.exists() for file in files):
            for file, addresses in zip(files, self._by_segment(), strict=True):
                if not file.exists():
                    near.write(file, self._made(addresses))
        near.clear(self._path, self._segments)

    def clear(self) -> None:
        """Remove all files."""
        if self._is_known:
            near.clear(self._path, ())

    @property
    def _is_known(self) -> bool:
        """Whether the names of the segments are known."""
        return len(self._segments) == self._papers.searcher.num_segments

    def wrong(self) -> list[str]:
        """Return the names of the files that are missing or not what they should be."""
        pairs = zip(self._segments, enumerate(self._by_segment()), strict=False)
        return [
            f"{near.FOLDER}/{near.place(self._path, segment).name}"
            for segment, (number, addresses) in pairs
            if (part := self._kept(number, addresses)) is None or not self._fits(part, addresses)
        ]

    def _parts(self) -> "Iterator[tuple[Part, list[int]]]":
        """Yield the vectors of each segment, and where its papers are that are not deleted."""
        for number, addresses in enumerate(self._by_segment()):
            yield self._kept(number, addresses) or self._made(addresses), _documents(addresses)

    def _by_segment(self) -> "list[list[tantivy.DocAddress]]":
        found: list[list[tantivy.DocAddress]] = [
            [] for _ in range(self._papers.searcher.num_segments)
        ]
        for address in self._papers.addresses():
            found[address.segment_ord].append(address)
        return [sorted(some, key=lambda address: address.doc) for some in found]

    def _made(self, addresses: "Sequence[tantivy.DocAddress]") -> Part:
        records = map(self._papers.read, addresses)
        return near.made(_documents(addresses), records, self._dimensions)

    def _kept(self, number: int, alive: "Sequence[tantivy.DocAddress]") -> Part | None:
        """Return the vectors of a segment as its file has them; None where it has not all."""
        if not self._is_known:
            return None
        part = near.read(near.place(self._path, self._segments[number]), self._dimensions)
        if part is None or not alive:
            return part
        wanted = np.array([address.doc for address in alive], np.uint32)
        places = np.searchsorted(part.documents, wanted)
        if places[-1] >= len(part.documents) or (part.documents[places] != wanted).any():
            return None
        ends = ((alive[n], part.ids[int(places[n])]) for n in (0, -1))
        same = all(self._papers.record(address).id == name for address, name in ends)
        return part if same else None

    def _fits(self, part: Part, addresses: "Sequence[tantivy.DocAddress]") -> bool:
        """Tell whether the vectors of a segment are those of its papers."""
        made, chosen = self._made(addresses), np.isin(part.documents, _documents(addresses))
        rows = np.repeat(chosen, part.counts)
        return (
            [name for name, is_alive in zip(part.ids, chosen, strict=True) if is_alive] == made.ids
            and bool((part.counts[chosen] == made.counts).all())
            and bool((part.scales[rows] == made.scales).all())
            and bool((part.codes[rows] == made.codes).all())
        )


def _documents(addresses: "Sequence[tantivy.DocAddress]") -> list[int]:
    return [address.doc for address in addresses]
