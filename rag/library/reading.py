"""Reading a library: papers by name, by nearness, by words, by filters, and in lists.

Whoever reads goes on reading while others write, and sees what was committed at the next call. This
opens the library, again where it has changed, and tells of what cannot be read; how papers are
found stands in `store` (by name), `vector_search`, `word_search`, `filtering` and `browsing`.

Withdrawn papers are kept, and nothing that searches finds them. What a question is, is not known
here: scores are returned, and their meaning is left to others.
"""

import gc
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from rag.core.filters import Filters
from rag.core.papers import Paper
from rag.library import browsing, disk, filtering, vector_search, word_search
from rag.library.browsing import Sorting
from rag.library.disk import Identity
from rag.library.records import Record
from rag.library.store import Store
from rag.library.vector_search import Looked

if TYPE_CHECKING:
    from rag.models.embedding import Embedding

T = TypeVar("T")
P = ParamSpec("P")

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

    # -- by name ---------------------------------------------------------------------------------

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

    # -- by nearness -----------------------------------------------------------------------------

    @_reading
    def nearest(self, query: NDArray[np.float32], k: int) -> dict[str, float]:
        """Return the papers whose passages are nearest to a query, and how near, best first.

        See `vector_search.nearest`.
        """
        return vector_search.nearest(self.store(), query, k)

    @_reading
    def nearest_passages(self, query: NDArray[np.float32], k: int) -> list[tuple[str, float]]:
        """Return of the k passages nearest to a query their paper and cosine, best first.

        See `vector_search.nearest_passages`.
        """
        return vector_search.nearest_passages(self.store(), query, k)

    @property
    @_reading
    def compares_all(self) -> bool:
        """Whether there are so few papers that every one is compared with each question."""
        return self.store().compares_all

    @_reading
    def wholes(self) -> tuple[Sequence[str], NDArray[np.float32]]:
        """Return all papers but the withdrawn ones, and of each its unit vector as a whole.

        For libraries that compare all; the second has the shape (papers, dimensions).
        """
        store = self.store()
        return store.near.ids, store.near.wholes()

    @_reading
    def look(self, query: NDArray[np.float32], words: str) -> Looked | None:
        """Return how near every paper is to a question, and how well it holds its words.

        See `vector_search.look`; None where there are more papers than are compared.
        """
        store = self.store()
        return vector_search.look(store, query, words) if store.compares_all else None

    # -- by words --------------------------------------------------------------------------------

    @_reading
    def matching(
        self,
        words: str | Mapping[str, float],
        k: int,
        among: Sequence[str] = (),
        filters: Filters = _ALL,
    ) -> dict[str, float]:
        """Return the papers that hold any of some words: identifier to score by BM25, best first.

        See `word_search.matching`; only papers that pass the filters, and of these identifiers.
        """
        store = self.store()
        only = filtering.passing(store, filters, among) if among or filters else None
        return word_search.matching(store, words, k, only)

    @_reading
    def naming(
        self, words: Sequence[Sequence[Sequence[str]]], filters: Filters = _ALL
    ) -> list[str]:
        """Return the identifiers of all papers that hold every one of some words, newest first.

        See `word_search.naming`; only papers that pass the filters.
        """
        if not words:
            return []
        store = self.store()
        return word_search.naming(store, words, filtering.passing(store, filters))

    def words(self, text: str) -> list[str]:
        """Return the words of a text as they stand in the index (stemmed, lower case)."""
        return self._store.terms(text)

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

    def has_word(self, word: str) -> bool:
        """Tell whether a paper has a word, in any of its forms."""
        return any(self.frequencies(self.words(word)))

    @_reading
    def nearly(self, word: str, first: Collection[str] = ()) -> str:
        """Return the word of which a slip makes another one, see `word_search.nearly`."""
        return word_search.nearly(self.store(), word, first)

    # -- filters ---------------------------------------------------------------------------------

    @_reading
    def count(self, filters: Filters) -> int:
        """Return how many papers pass."""
        return filtering.count(self.store(), filters)

    @_reading
    def select(
        self, filters: Filters, among: Sequence[str] = (), skip: int = 0, k: int | None = None
    ) -> list[str]:
        """Return the identifiers of the papers that pass, newest first, see `filtering.select`."""
        return filtering.select(self.store(), filters, among, skip, k)

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

        See `browsing.listing`.
        """
        return browsing.listing(self.store(), words, filters, sort, descending, skip, k)

    def newest(self) -> date | None:
        """Return the newest day of a listing, or None where no day is known."""
        return self.days()[1]

    @_reading
    def days(self) -> tuple[date | None, date | None]:
        """Return the oldest and the newest day of a listing, None where no day is known."""
        return self.store().days

    @_reading
    def categories(self) -> dict[str, int]:
        """Return how many papers each category has, the largest first."""
        return dict(self.store().categories)

    @_reading
    def categories_named(self, text: str) -> tuple[str, ...]:
        """Return the categories that a text is: one, or all of an archive ("cs": cs.CV, cs.RO)."""
        return browsing.categories_named(self.store(), text)

    @_reading
    def titled(self, text: str) -> list[Paper]:
        """Return the papers that a text is the title of, or its part before the colon."""
        return filtering.titled(self.store(), text)

    @_reading
    def has_author(self, name: str) -> bool:
        """Tell whether a name, or part of one, is that of an author: "I. Goodfellow", "Mueller"."""
        return filtering.has_author(self.store(), name)

    @_reading
    def names_authors(self) -> bool:
        """Tell whether the authors of any paper are known."""
        return filtering.names_authors(self.store())
