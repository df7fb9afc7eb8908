"""The list of papers as one looks through it: by what was typed, sorted, a page at a time."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from rag.core.filters import Filters
from rag.core.papers import Paper
from rag.library import filtering, selection, word_search
from rag.library.store import Store
from rag.library.terms import unfinished

if TYPE_CHECKING:
    import tantivy

Sorting = Literal["listed", "title", "id", "relevance"]
"""What papers may be sorted by; by relevance the best comes first, whatever the direction."""

_ABOVE_WORDS = 100.0  # whose author is named comes before whose words score best
_INITIALS = re.compile(r"\b[A-Z]\.? \w|, [A-Z]\b")  # "I. Goodfellow", "Goodfellow, I."


def listing(
    store: Store,
    words: str,
    filters: Filters,
    sort: Sorting,
    descending: bool,
    skip: int,
    k: int,
) -> tuple[int, list[Paper]]:
    """Return a page of a list of papers, and how many are in the list; also withdrawn ones.

    Parameters
    ----------
    words
        The papers hold all of them, in title, abstract or authors; the last may be cut off. Or
        they are in the category that the words name, or have the identifier that they begin.
    filters
        The papers pass them.
    sort, descending
        The order; papers without a day come last. Without words nothing is more relevant than
        something else, and the newest come first.
    skip, k
        How many to leave out at the front, and how many to return at most.
    """
    import tantivy

    schema = store.words.schema
    within, rest = _categories_in(store, words)
    query = filtering.passing(store, filters, withdrawn=True)
    if within:
        query = selection.both(query, selection.within(schema, within))
    if terms := store.terms(rest):
        named = categories_named(store, rest)
        query = selection.both(query, _typed(store, rest.strip(), terms, named))
    field = {"title": "heading", "relevance": None}.get(sort, sort)
    if sort == "relevance":
        scored = [word_search.scoring(store, rest), *_initialled(store, rest)]
        query = selection.ranked(schema, query, [each for each in scored if each], terms)
        if not terms or named or selection.begins_identifier(rest):
            field, descending = "listed", True
    found: Any = store.searcher.search(
        query,
        limit=max(k, 1),
        offset=skip,
        order_by_field=field,
        order=tantivy.Order.Desc if descending else tantivy.Order.Asc,
    )
    hits = found.hits[: max(k, 0)]
    return int(found.count), [store.record(address).paper for _, address in hits]


def _categories_in(store: Store, text: str) -> tuple[list[str], str]:
    """Return the categories among some words, as "cs.RO" is, and the other words."""
    words = text.split()
    there = {name.lower(): name for name in store.categories} if "." in text else {}
    within = [there[word.lower()] for word in words if "." in word and word.lower() in there]
    rest = [word for word in words if word.lower() not in there] if within else words
    return within, " ".join(rest)


def _typed(store: Store, text: str, terms: Sequence[str], named: Sequence[str]) -> "tantivy.Query":
    """Return what matches papers by a text that was typed, see `selection.typed`."""
    searcher, last = store.searcher, terms[-1]
    roots = [] if searcher.doc_freq("text", last) else unfinished(last)
    roots = [root for root in roots if searcher.doc_freq("text", root)]
    typed = selection.typed(store.words.schema, text, terms, roots, named)
    return selection.any_of([typed, *_initialled(store, text)])


def _initialled(store: Store, text: str) -> "list[tantivy.Query]":
    """Return what matches the papers of an author who is named by an initial, if one is."""
    import tantivy

    by = [filtering.by(store, text)] if _INITIALS.search(text) else []
    return [tantivy.Query.boost_query(query, _ABOVE_WORDS) for query in by]


def categories_named(store: Store, text: str) -> tuple[str, ...]:
    """Return the categories that a text is: one, or all of an archive ("cs": cs.CV, cs.RO)."""
    small = text.strip().lower().rstrip(".*")
    if not small or " " in small:
        return ()
    there = [(name, name.lower()) for name in store.categories]
    same = [name for name, plain in there if plain == small]
    return (*same, *(name for name, plain in there if plain.startswith(f"{small}.")))
