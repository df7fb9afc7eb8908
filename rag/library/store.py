"""A library as of one commit: the papers in tantivy, and Chroma, opened when it is needed.

What was read of the commit is kept in memory, up to a bound. A store never changes: whoever holds
one goes on reading the same papers, whatever is written meanwhile.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from rag.core.papers import Paper
from rag.errors import LibraryError
from rag.library import chroma, disk, near, opening, terms
from rag.library.chroma import ChromaVectors
from rag.library.disk import Identity
from rag.library.near import Near
from rag.library.near_files import NearFiles
from rag.library.records import Record, damaged
from rag.library.sameness import looked_for

if TYPE_CHECKING:
    import tantivy

MOST_ALIKE = 2_000
"""Papers of the titles of a batch to look at: "Introduction" is that of thousands."""

PAPERS_IN_MEMORY = 25_000
"""Papers that are kept once read: about 250 MB at ten passages a paper."""

MOST_CATEGORIES = 1_000
"""Categories that are counted; arXiv has some 150."""

FEW = 1_000
"""Papers that are read sooner than it is told what all papers are called."""

SAMPLED = 500
"""Papers that stand for the whole library where it is asked how near papers are in general."""


@dataclass
class _Opened:
    """Chroma, once it is open."""

    vectors: ChromaVectors | None = None
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
    whole
        Names of files that were found to be whole before.
    """

    def __init__(
        self,
        path: Path,
        identity: Identity,
        server: str | None,
        before: "Store | None" = None,
        whole: set[str] | None = None,
    ) -> None:
        self.path, self._identity, self._server = path, identity, server
        self._whole: set[str] = set() if whole is None else whole
        opened = opening.now(path, before.words if before else None, self._whole)
        self.words: tantivy.Index = opened.words
        self.searcher: tantivy.Searcher = opened.searcher
        self.stamp, self._segments = opened.stamp, opened.segments
        self._near_lock = Lock()
        self._near: Near | None = None
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
        if not written and self.stamp == opening.stamp(self.path):
            return self
        before = self if written or self.is_shared else None
        return Store(self.path, self._identity, self._server, before, self._whole)

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

    @cached_property
    def days(self) -> tuple[date | None, date | None]:
        """The oldest and the newest day of a listing, None where no day is known."""
        import tantivy

        asked = {end: {end: {"field": "listed"}} for end in ("min", "max")}
        found = self.searcher.aggregate(tantivy.Query.all_query(), asked)
        first, last = (found[end]["value"] for end in ("min", "max"))
        return _day(first), _day(last)

    @cached_property
    def categories(self) -> Mapping[str, int]:
        """How many papers each category has, the largest first."""
        import tantivy

        asked = {"all": {"terms": {"field": "category", "size": MOST_CATEGORIES}}}
        found = self.searcher.aggregate(tantivy.Query.all_query(), asked)
        return {bucket["key"]: int(bucket["doc_count"]) for bucket in found["all"]["buckets"]}

    @property
    def vectors(self) -> ChromaVectors:
        """The passage vectors in Chroma, opened when they are first asked for.

        Raises
        ------
        LibraryError
            If they are lost; they are not made anew by looking for them.
        """
        with self._chroma.lock:
            if self._chroma.vectors is None:
                folder = self.path / "vectors"
                there = self._server or (folder / "chroma.sqlite3").exists()
                if not there and disk.count_passages(self.searcher):
                    raise LibraryError(lost(self.path, "all"))
                self._chroma.vectors = chroma.opened(
                    self._server or folder, self._identity.collection
                )
            return self._chroma.vectors

    @property
    def compares_all(self) -> bool:
        """Whether there are so few papers that all are compared with each question."""
        return self.size <= near.MOST_COMPARED

    @property
    def near(self) -> Near:
        """The vectors of all papers, to be compared with a question; opened when first asked for.

        Files that are missing or damaged are made up for, in memory, from the papers' records.
        """
        with self._near_lock:
            if self._near is None:
                self._near = self._near_files().opened()
            return self._near

    def keep_near(self) -> None:
        """Write the vectors of segments that have no file yet, and remove those of others.

        A library that does not compare all has no such files.
        """
        files = self._near_files()
        if self.compares_all:
            files.keep()
        else:
            files.clear()

    def wrong_near(self) -> list[str]:
        """Return the names of the files of vectors that are missing or not what they should be."""
        return self._near_files().wrong() if self.compares_all else []

    def _near_files(self) -> NearFiles:
        return NearFiles(self.path, self._segments, self._identity.dimensions, self)

    def identifiers(self, addresses: "Iterable[tantivy.DocAddress]") -> list[str]:
        """Return the identifiers of papers that are not withdrawn; many are not read for that."""
        addresses = list(addresses)
        if len(addresses) <= FEW or not self.compares_all:
            return [self.record(address).id for address in addresses]
        here = self.near
        return [here.ids[here.place(address.segment_ord, address.doc)] for address in addresses]

    @property
    def is_shared(self) -> bool:
        """Whether other processes may write to Chroma while this one has it open."""
        return self._server is not None

    def terms(self, text: str) -> list[str]:
        """Return the words of a text as they stand in the index (stemmed, lower case)."""
        return terms.reading(self._identity.format)(text)

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
        """Return the record at an address, past the memory.

        Raises
        ------
        LibraryError
            If it is not what was written.
        """
        record = disk.from_document(self.searcher.doc(address), self._identity.dimensions)
        if record.is_broken:
            raise damaged(record.id)
        return record

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

    def kin(self, papers: Sequence[Paper]) -> dict[str, Record]:
        """Return the records of papers that are known by a name or under the title of one.

        And of those that are so to these, and so on.
        """
        found = dict[str, Record]()
        asked, near = set[str](), list(papers)
        while near and len(found) < MOST_ALIKE:
            names = looked_for(near) - asked
            records = self._alike(names, near) if names else []
            near = [record.paper for record in records if record.id not in found]
            found |= {record.id: record for record in records}
            asked |= names
        return dict(sorted(found.items()))

    def _alike(self, names: set[str], papers: Sequence[Paper]) -> list[Record]:
        import tantivy

        schema = self.words.schema
        bare = {disk.heading(paper.title).rstrip(" .") for paper in papers}
        # As an index of before has them, and with the full stop that some end all of them with.
        titles = sorted({*bare, *(f"{title}." for title in bare)})
        wanted = [
            (tantivy.Occur.Should, tantivy.Query.term_set_query(schema, field, terms))
            for field, terms in (("id", sorted(names)), ("heading", titles))
        ]
        most = MOST_ALIKE + len(names)
        query = tantivy.Query.boolean_query(wanted)
        hits = self.searcher.search(query, limit=most, count=False).hits
        return [self.record(address) for _, address in hits]

    def resolved(self, names: Iterable[str]) -> dict[str, str]:
        """Return for each name that a paper is known by the paper's own identifier."""
        import tantivy

        wanted = set(names)
        query = tantivy.Query.term_set_query(self.words.schema, "id", sorted(wanted))
        hits = self.searcher.search(query, limit=max(len(wanted), 1), count=False).hits
        papers = [self.record(address).paper for _, address in hits]
        return {n: p.id for p in papers for n in (p.id, *p.identifiers) if n in wanted}

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


def _day(number: float | None) -> date | None:
    return date.fromordinal(int(number)) if number else None


def lost(path: Path, count: str) -> str:
    """Return what to say where vectors are missing in Chroma."""
    return (
        f"The index at {path} lacks {count} of its vectors: `rag doctor --repair` makes them again "
        "(RAG_CHROMA names a server that has them)."
    )
