"""Reading a library: papers by name, by nearness, by words, by filters, and in lists.

Whoever reads goes on reading while others write, and sees what was committed at the next call.
Withdrawn papers are kept, and nothing that searches finds them. What a question is, is not known
here: scores are returned, and their meaning is left to others.
"""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, Literal, ParamSpec, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from rag.core.filters import Filters
from rag.core.papers import Paper
from rag.errors import LibraryError
from rag.library import disk, opening, selection, terms
from rag.library.disk import Identity
from rag.library.records import Record, place
from rag.library.store import Store, lost
from rag.text import people
from rag.text.likeness import likeness

if TYPE_CHECKING:
    import tantivy

    from rag.models.embedding import Embedding

T = TypeVar("T")
P = ParamSpec("P")

Sorting = Literal["listed", "title", "id"]
"""What papers may be sorted by."""

TITLE_WEIGHT = 0.75
"""What a word gains for standing in the title: BM25 of the title, times this, is added to that of
title and abstract as one text (of 0.25-2, on cranfield and litsearch)."""

_TITLES_TO_COMPARE = 20  # papers whose words are nearest to those of a text that may be a title
_MOST_CATEGORIES = 1_000  # arXiv has some 150
_ALL = Filters()


def _reading(
    method: Callable[Concatenate["Reader", P], T],
) -> Callable[Concatenate["Reader", P], T]:
    """Turn tantivy's errors in a method into a `LibraryError`."""

    @wraps(method)
    def told(reader: "Reader", /, *args: P.args, **kwargs: P.kwargs) -> T:
        with disk.told(reader.path, "read"):
            return method(reader, *args, **kwargs)

    return told


@dataclass(frozen=True, slots=True)
class Looked:
    """All papers of a library, looked at for one question.

    Attributes
    ----------
    ids
        Of the papers, but for the withdrawn ones.
    best, whole
        Cosines of each paper's best passage and of the paper as a whole, shape (papers,).
    lexical
        BM25 of the question's words, shape (papers,).
    """

    ids: Sequence[str]
    best: NDArray[np.float32]
    whole: NDArray[np.float32]
    lexical: NDArray[np.float32]


class Reader:
    """A library to be read. Open one with `Reader.open`.

    Raises
    ------
    LibraryError
        On opening: there is none, it is damaged, or it was built with another model.
    """

    def __init__(self, path: Path, identity: Identity, server: str | None = None) -> None:
        self.path = path
        self.identity = identity
        self.server = server
        self.reopen()

    @classmethod
    def open(
        cls, path: Path, embedding: "Embedding | None" = None, server: str | None = None
    ) -> Self:
        """Open an existing library.

        Parameters
        ----------
        path
            Its folder.
        embedding
            If given, it has to be the one that the library was built with.
        server
            Address of the Chroma server that has the vectors; None: they are in the folder.
        """
        identity = disk.read_identity(path)
        if embedding is not None:
            disk.check(identity, embedding, path)
        return cls(path, identity, server)

    @_reading
    def __len__(self) -> int:
        return self.store().size

    def reopen(self) -> None:
        """Close what is open, and open everything again."""
        with disk.told(self.path, "opened"):
            self._store = Store(self.path, self.identity, self.server)

    def store(self) -> Store:
        """Return the library as it is now, with what others committed."""
        now = self._store.now()
        if now is not self._store:
            before, self.identity = self.identity, disk.read_identity(self.path)
            if self.identity != before:  # a writer has raised its format
                now = Store(self.path, self.identity, self.server)
            self._store = now
            gc.collect()  # what was open before has files and threads, and refers to itself
        return now

    # -- reading ---------------------------------------------------------------------------------

    def get(self, identifier: str) -> Paper | None:
        """Return a paper by anything that it is known by, also a withdrawn one."""
        found = self.records([identifier]) or self.records(self.resolved([identifier]).values())
        return next((record.paper for record in found.values()), None)

    @_reading
    def records(self, identifiers: Iterable[str]) -> dict[str, Record]:
        """Return the records of the identifiers that are there, in the order asked for."""
        return self.store().records(identifiers)

    @_reading
    def kin(self, papers: Sequence[Paper]) -> dict[str, Record]:
        """Return the records that share a name or the title with one of some papers."""
        return self.store().kin(papers)

    @_reading
    def resolved(self, names: Iterable[str]) -> dict[str, str]:
        """Return for each name that a paper is known by the paper's own identifier."""
        return self.store().resolved(names)

    @_reading
    def sample(self) -> Sequence[Record]:
        """Return papers from all over the library, a few hundred, the same for each commit."""
        return self.store().sample

    @_reading
    def identifiers(self) -> list[str]:
        """Return the identifiers of all papers that can be found; for small libraries."""
        store = self.store()
        records = map(store.record, store.addresses())
        return [record.id for record in records if record.packed]

    def papers(self) -> Iterator[Paper]:
        """Yield all papers, the withdrawn ones too, in the order of their identifiers."""
        with disk.told(self.path, "read"):
            store = self.store()
            for address in store.addresses():
                yield store.read(address).paper

    def nearest(self, query: NDArray[np.float32], k: int) -> dict[str, float]:
        """Find the papers whose passages are nearest to a query.

        Parameters
        ----------
        query
            Unit vector, shape (dimensions,).
        k
            Number of passages to look at; the papers are fewer.

        Returns
        -------
        dict
            Identifier to the cosine of the nearest passage, best first.
        """
        best: dict[str, float] = {}
        for identifier, cosine in self.nearest_passages(query, k):
            best.setdefault(identifier, cosine)
        return best

    @_reading
    def nearest_passages(self, query: NDArray[np.float32], k: int) -> list[tuple[str, float]]:
        """Return of the k passages nearest to a query their paper and cosine, best first.

        Chroma finds them, which cannot even read in a folder that may not be written: there all
        vectors are compared.
        """
        store = self.store()
        if self.server is None and not opening.is_writable(self.path):
            return _exactly(store, query, k)
        found = store.vectors.nearest(query, k)
        if not found and disk.count_passages(store.searcher):
            raise LibraryError(lost(self.path, "all"))
        return [(place(name)[0], cosine) for name, cosine in found]

    @property
    @_reading
    def compares_all(self) -> bool:
        """Whether there are so few papers that every one is compared with each question."""
        return self.store().compares_all

    @_reading
    def look(self, query: NDArray[np.float32], words: str) -> "Looked | None":
        """Return how near every paper is to a question, and how well it holds its words.

        Parameters
        ----------
        query
            Unit vector, shape (dimensions,).
        words
            Any text, see `matching`.

        Returns
        -------
        Looked or None
            None where there are more papers than are compared, see `near.MOST_COMPARED`.
        """
        store = self.store()
        if not store.compares_all:
            return None
        near, lexical = store.near, np.zeros(len(store.near.ids), np.float32)
        if asked := self._words(store.words.schema, words):
            most = max(int(store.searcher.num_docs), 1)
            for score, address in store.searcher.search(asked, limit=most, count=False).hits:
                lexical[near.place(address.segment_ord, address.doc)] = score
        return Looked(near.ids, *near.cosines(query), lexical)

    def _words(
        self, schema: "tantivy.Schema", words: str | Mapping[str, float]
    ) -> "tantivy.Query | None":
        """Return what scores papers by words, see `matching`; None without any."""
        import tantivy

        weighed = (
            [
                (f, t, w)
                for t in self.terms(words)
                for f, w in (("title", TITLE_WEIGHT), ("text", 1))
            ]
            if isinstance(words, str)
            else [("text", term, weight) for term, weight in words.items()]
        )
        terms = [
            tantivy.Query.boost_query(tantivy.Query.term_query(schema, name, term), weight)
            for name, term, weight in weighed
        ]
        if not terms:
            return None
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, t) for t in terms])

    @_reading
    def matching(
        self,
        words: str | Mapping[str, float],
        k: int,
        among: Sequence[str] = (),
        filters: Filters = _ALL,
    ) -> dict[str, float]:
        """Find the papers that hold words, by BM25 over title and abstract.

        Parameters
        ----------
        words
            Any text; its words are analysed as those of the papers are, and any of them may match.
            Or terms of the index with their weights; then titles count for no more than abstracts.
        k
            Number of papers at most.
        among
            If given, only these identifiers are scored.
        filters
            Only papers that pass are scored.

        Returns
        -------
        dict
            Identifier to score, best first; papers with none of the words are left out.
        """
        import tantivy

        store = self.store()
        searcher, schema = store.searcher, store.words.schema
        query = self._words(schema, words)
        if query is None:
            return {}
        if among or filters:
            only = self._passing(filters, among)
            query = tantivy.Query.boolean_query(
                [(tantivy.Occur.Must, only), (tantivy.Occur.Must, query)]
            )
        hits = searcher.search(query, limit=max(k, 1), count=False).hits
        return {store.record(address).id: score for score, address in hits}

    @_reading
    def naming(
        self, words: Sequence[Sequence[Sequence[str]]], filters: Filters = _ALL
    ) -> list[str]:
        """Return the identifiers of all papers that hold every one of some words, newest first.

        In title or abstract, of the papers that pass the filters.

        Parameters
        ----------
        words
            For each word what stands for it: one or more alternatives, each of one or more terms
            of the index that have to come together.
        """
        if not words:
            return []
        store = self.store()
        query = selection.both(self._passing(filters), selection.holding(store.words.schema, words))
        most = max(int(store.searcher.num_docs), 1)
        hits = store.searcher.search(query, limit=most, count=False, order_by_field="listed").hits
        return store.identifiers(address for _, address in hits)

    def words(self, text: str) -> list[str]:
        """Return the words of a text as they stand in the index (stemmed, lower case)."""
        return terms.reading(self.identity.format)(text)

    def terms(self, text: str) -> list[str]:
        """Return the distinct terms of a text as they stand in the index."""
        return list(dict.fromkeys(self.words(text)))

    @_reading
    def frequencies(self, terms: Iterable[str]) -> list[int]:
        """Return `frequency` of each of many terms."""
        searcher = self.store().searcher
        return [int(searcher.doc_freq("text", term)) for term in terms]

    def frequency(self, term: str) -> int:
        """Return how many papers have a term in title or abstract, as of the last commit read."""
        return self.frequencies([term])[0]

    # -- filters ---------------------------------------------------------------------------------

    @_reading
    def count(self, filters: Filters) -> int:
        """Return how many papers pass."""
        searcher = self.store().searcher
        found: Any = searcher.search(self._passing(filters), limit=1)
        return int(found.count)

    @_reading
    def select(
        self, filters: Filters, among: Sequence[str] = (), skip: int = 0, k: int | None = None
    ) -> list[str]:
        """Return the identifiers of the papers that pass, newest first.

        Parameters
        ----------
        among
            If given, only of these identifiers.
        skip, k
            How many to leave out at the front, and how many to return at most; None: all.
        """
        if k is not None and k < 1:
            return []
        store = self.store()
        query, most = self._passing(filters, among), max(int(store.searcher.num_docs), 1)
        hits = store.searcher.search(
            query, limit=most if k is None else k, count=False, offset=skip, order_by_field="listed"
        ).hits
        return store.identifiers(address for _, address in hits)

    @_reading
    def listing(
        self,
        words: str = "",
        filters: Filters = _ALL,
        sort: Sorting = "listed",
        descending: bool = True,
        skip: int = 0,
        k: int = 50,
    ) -> tuple[int, list[Paper]]:
        """Return a page of a list of papers, and how many are in the list; also withdrawn ones.

        Parameters
        ----------
        words
            The papers hold all of them, in title, abstract or authors; the last may be cut off.
        filters
            The papers pass them.
        sort, descending
            The order; papers without a day come last.
        skip, k
            How many to leave out at the front, and how many to return at most.
        """
        import tantivy

        store = self.store()
        query = self._passing(filters, withdrawn=True)
        if terms := self.words(words):
            typed = selection.named(store.words.schema, terms)
            query = tantivy.Query.boolean_query(
                [(tantivy.Occur.Must, query), (tantivy.Occur.Must, typed)]
            )
        found: Any = store.searcher.search(
            query,
            limit=max(k, 1),
            offset=skip,
            order_by_field={"title": "heading"}.get(sort, sort),
            order=tantivy.Order.Desc if descending else tantivy.Order.Asc,
        )
        hits = found.hits[: max(k, 0)]
        return int(found.count), [store.record(address).paper for _, address in hits]

    def newest(self) -> date | None:
        """Return the newest day of a listing, or None where no day is known."""
        return self.days()[1]

    @_reading
    def days(self) -> tuple[date | None, date | None]:
        """Return the oldest and the newest day of a listing, None where no day is known."""
        import tantivy

        asked = {end: {end: {"field": "listed"}} for end in ("min", "max")}
        found = self.store().searcher.aggregate(tantivy.Query.all_query(), asked)
        first, last = (found[end]["value"] for end in ("min", "max"))
        return _day(first), _day(last)

    @_reading
    def categories(self) -> dict[str, int]:
        """Return how many papers each category has, the largest first."""
        import tantivy

        asked = {"all": {"terms": {"field": "category", "size": _MOST_CATEGORIES}}}
        found = self.store().searcher.aggregate(tantivy.Query.all_query(), asked)
        return {bucket["key"]: int(bucket["doc_count"]) for bucket in found["all"]["buckets"]}

    @_reading
    def titled(self, text: str) -> list[Paper]:
        """Return the papers that a text is the title of, or its part before the colon."""
        found = self.records(self.matching(text, _TITLES_TO_COMPARE)).values()
        sure = [likeness(text, r.paper.title) for r in found]
        best = max(sure, default=0.0)
        return [r.paper for r, alike in zip(found, sure, strict=True) if alike == best > 0]

    @_reading
    def has_author(self, name: str) -> bool:
        """Tell whether a name, or part of one, is that of an author: "I. Goodfellow", "Mueller"."""
        query = self._by(name)
        return bool(self.store().searcher.search(query, limit=1, count=False).hits)

    @_reading
    def names_authors(self) -> bool:
        """Tell whether the authors of any paper are known."""
        store = self.store()
        known = selection.authored(store.words.schema)
        return bool(store.searcher.search(known, limit=1, count=False).hits)

    def _by(self, name: str) -> "tantivy.Query":
        """Return what matches the papers of an author."""
        import tantivy

        store = self.store()
        query, schema = selection.author(store.words.schema, name), store.words.schema
        if len(people.parts(name)) < 2:
            return query
        near = store.searcher.search(query, limit=max(store.size, 1), count=False).hits
        records = [store.record(address) for _, address in near]
        found = [r.id for r in records if any(people.same_person(name, a) for a in r.paper.authors)]
        return tantivy.Query.term_set_query(schema, "id", found)

    def _passing(
        self, filters: Filters, among: Sequence[str] = (), withdrawn: bool = False
    ) -> "tantivy.Query":
        authors = {*filters.authors, *filters.any_authors, *filters.not_authors}
        resolved = selection.Resolved(
            [p.id for title in filters.titles for p in self.titled(title)],
            [p.id for title in filters.not_titles for p in self.titled(title)],
            {name: self._by(name) for name in authors},
        )
        return selection.query(self.store().words.schema, filters, resolved, among, withdrawn)


def _exactly(store: Store, query: NDArray[np.float32], k: int) -> list[tuple[str, float]]:
    """Return the k nearest passages by the papers' own vectors, of those near in eight bits."""
    some = dict.fromkeys(name for name, _ in store.near.nearest_passages(query, 2 * k))
    found = [
        (record.id, float(cosine))
        for record in store.records(some).values()
        for cosine in record.vectors @ query
    ]
    return sorted(found, key=lambda pair: -pair[1])[:k]


def _day(number: float | None) -> date | None:
    return date.fromordinal(int(number)) if number else None
