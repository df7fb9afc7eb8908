"""Which papers pass filters, and whom the names in them stand for.

`selection` writes the queries; what a title or an author's name stands for is looked up here.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rag.core.filters import Filters
from rag.core.papers import Paper
from rag.library import selection, word_search
from rag.library.store import Store
from rag.text import people
from rag.text.likeness import likeness

if TYPE_CHECKING:
    import tantivy

_TITLES_TO_COMPARE = 20  # papers whose words are nearest to those of a text that may be a title


def passing(
    store: Store, filters: Filters, among: Sequence[str] = (), withdrawn: bool = False
) -> "tantivy.Query":
    """Return what matches the papers that pass.

    Parameters
    ----------
    among
        If given, only these identifiers.
    withdrawn
        Whether withdrawn papers pass as well.
    """
    authors = {*filters.authors, *filters.any_authors, *filters.not_authors}
    resolved = selection.Resolved(
        [paper.id for title in filters.titles for paper in titled(store, title)],
        [paper.id for title in filters.not_titles for paper in titled(store, title)],
        {name: by(store, name) for name in authors},
    )
    return selection.query(store.words.schema, filters, resolved, among, withdrawn)


def count(store: Store, filters: Filters) -> int:
    """Return how many papers pass."""
    found: Any = store.searcher.search(passing(store, filters), limit=1)
    return int(found.count)


def select(
    store: Store, filters: Filters, among: Sequence[str] = (), skip: int = 0, k: int | None = None
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
    query, most = passing(store, filters, among), max(int(store.searcher.num_docs), 1)
    hits = store.searcher.search(
        query, limit=most if k is None else k, count=False, offset=skip, order_by_field="listed"
    ).hits
    return store.identifiers(address for _, address in hits)


def titled(store: Store, text: str) -> list[Paper]:
    """Return the papers that a text is the title of, or its part before the colon."""
    found = store.records(word_search.matching(store, text, _TITLES_TO_COMPARE)).values()
    sure = [likeness(text, record.paper.title) for record in found]
    best = max(sure, default=0.0)
    return [r.paper for r, alike in zip(found, sure, strict=True) if alike == best > 0]


def by(store: Store, name: str) -> "tantivy.Query":
    """Return what matches the papers of an author."""
    import tantivy

    query, schema = selection.author(store.words.schema, name), store.words.schema
    if len(people.parts(name)) < 2:
        return query
    near = store.searcher.search(query, limit=max(store.size, 1), count=False).hits
    records = [store.record(address) for _, address in near]
    found = [r.id for r in records if any(people.same_person(name, a) for a in r.paper.authors)]
    return tantivy.Query.term_set_query(schema, "id", found)


def has_author(store: Store, name: str) -> bool:
    """Tell whether a name, or part of one, is that of an author: "I. Goodfellow", "Mueller"."""
    return bool(store.searcher.search(by(store, name), limit=1, count=False).hits)


def names_authors(store: Store) -> bool:
    """Tell whether the authors of any paper are known."""
    known = selection.authored(store.words.schema)
    return bool(store.searcher.search(known, limit=1, count=False).hits)
