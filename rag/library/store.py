"""A library as of one commit: the papers in tantivy, and Chroma, opened when it is needed.

What was read of the commit is kept in memory, up to a bound. A store never changes: whoever holds
one goes on reading the same papers, whatever is written meanwhile.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from rag.library import disk
from rag.library.disk import Identity
from rag.library.records import Record
from rag.library.vectors import Vectors

if TYPE_CHECKING:
    import tantivy

PAPERS_IN_MEMORY = 25_000
"""Papers that are kept once read: about 250 MB at ten passages a paper."""

SAMPLED = 500
"""Papers that stand for the whole library where it is asked how near papers are in general."""


@dataclass
class _Opened:
    """Chroma, once it is open."""

    vectors: Vectors | None = None
    lock: Lock = field(default_factory=Lock)


_Address = tuple[int, int]  # segment and place in it: what tantivy.DocAddress says, but hashable


class Store:
    """The open halves, as of the commit that was the last when it was made; see `now`.

    Parameters
    ----------
    path
        Of the library.
    identity
        Of the library.
    server
        Address of the Chroma server that has the vectors; None: they are in the library's folder.
    before
        An earlier one, of which this process has seen all since: what it has open is kept open.
    """

    def __init__(
        self, path: Path, identity: Identity, server: str | None, before: "Store | None" = None
    ) -> None:
        import tantivy

        self._path, self._identity, self._server = path, identity, server
        if before is None:
            self.words = tantivy.Index(disk.schema(), path=str(path / "words"))
            self.words.register_tokenizer(disk.ANALYSER, disk.analyser())
        else:
            self.words = before.words
        self.stamp = stamp(path)  # before the rest: what comes meanwhile is seen next time
        self.words.reload()
        self.searcher = self.words.searcher()
        self._chroma: _Opened = before._chroma if before else _Opened()
        self._records: dict[_Address, Record] = {}
        self._addresses: dict[str, _Address] = {}

    def now(self, written: bool = False) -> "Store":
        """Return what is committed now; itself if that is the same.

        Parameters
        ----------
        written
            This process wrote it. What another one wrote to the folder, an open Chroma does not
            see: it is opened anew; a server knows it.
        """
        if not written and self.stamp == stamp(self._path):
            return self
        before = self if written or self.is_shared else None
        return Store(self._path, self._identity, self._server, before)

    @cached_property
    def size(self) -> int:
        """Number of papers that can be found: all but the withdrawn ones."""
        return int(self.searcher.num_docs) - self.withdrawn

    @cached_property
    def withdrawn(self) -> int:
        """Number of withdrawn papers."""
        import tantivy

        query = tantivy.Query.term_query(self.words.schema, "withdrawn", 1)
        found: Any = self.searcher.search(query, limit=1)
        return int(found.count)

    @property
    def vectors(self) -> Vectors:
        """The passage vectors in Chroma, opened when they are first asked for."""
        with self._chroma.lock:
            if self._chroma.vectors is None:
                place = self._server or self._path / "vectors"
                self._chroma.vectors = Vectors(place, self._identity.collection)
            return self._chroma.vectors

    @property
    def is_shared(self) -> bool:
        """Whether other processes may write to Chroma while this one has it open."""
        return self._server is not None

    def record(self, address: "tantivy.DocAddress") -> Record:
        """Return the record at an address."""
        place = (address.segment_ord, address.doc)
        record = self._records.get(place)
        if record is None:
            record = self.read(address)
            if len(self._records) >= PAPERS_IN_MEMORY:
                self._records, self._addresses = {}, {}
            self._records[place], self._addresses[record.id] = record, place
        return record

    def read(self, address: "tantivy.DocAddress") -> Record:
        """Return the record at an address, past the memory."""
        return disk.from_document(self.searcher.doc(address), self._identity.dimensions)

    def records(self, identifiers: Iterable[str]) -> dict[str, Record]:
        """Return the records of the identifiers that are there, in the order asked for."""
        import tantivy

        wanted = list(dict.fromkeys(identifiers))
        found = {i: record for i in wanted if (record := self._known(i)) is not None}
        if missing := [i for i in wanted if i not in found]:
            query = tantivy.Query.term_set_query(self.words.schema, "id", missing)
            hits = self.searcher.search(query, limit=len(missing), count=False).hits
            found |= {(r := self.record(address)).id: r for _, address in hits}
        return {i: found[i] for i in wanted if i in found}

    @cached_property
    def sample(self) -> "Sequence[Record]":
        """Papers from all over the library, `SAMPLED` at most, always the same of one commit."""
        addresses = self.addresses()
        step = max(len(addresses) / SAMPLED, 1.0)
        chosen = (addresses[int(n * step)] for n in range(min(len(addresses), SAMPLED)))
        return [record for record in map(self.record, chosen) if record.packed]

    def _known(self, identifier: str) -> Record | None:
        place = self._addresses.get(identifier)
        return self._records.get(place) if place else None

    def addresses(self) -> "Sequence[tantivy.DocAddress]":
        """Return where all papers are, in the order of their identifiers."""
        import tantivy

        most = max(int(self.searcher.num_docs), 1)
        hits = self.searcher.search(
            tantivy.Query.all_query(),
            limit=most,
            count=False,
            order_by_field="id",
            order=tantivy.Order.Asc,
        ).hits
        return [address for _, address in hits]


def stamp(path: Path) -> tuple[int, int]:
    """Tell one commit from the next: tantivy replaces this file with each."""
    status = (path / "words" / "meta.json").stat()
    return status.st_mtime_ns, status.st_ino
