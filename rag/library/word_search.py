"""Papers by the words of their titles and abstracts: scored by BM25, or holding all that are named.

What narrows a search to some of the papers is given as a query, see `filtering.passing`.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from rag.library import selection
from rag.library.store import Store
from rag.text import slips
from rag.text.words import forms

if TYPE_CHECKING:
    import tantivy

SPELT_BY = 2
"""Papers that spell a word so from which it is no slip itself."""

LOOKED_AT = 20
"""Papers with the stem of a word in which it is looked for as it is written."""

TITLE_WEIGHT = 0.75
"""What a word gains for standing in the title: BM25 of the title, times this, is added to that of
title and abstract as one text (of 0.25-2, on cranfield and litsearch)."""


def scoring(store: Store, words: str | Mapping[str, float]) -> "tantivy.Query | None":
    """Return what scores papers by words, see `Reader.matching`; None without any."""
    import tantivy

    schema = store.words.schema
    weighed = (
        [
            (field, term, weight)
            for term in dict.fromkeys(store.terms(words))
            for field, weight in (("title", TITLE_WEIGHT), ("text", 1.0))
        ]
        if isinstance(words, str)
        else [("text", term, weight) for term, weight in words.items()]
    )
    terms = [
        tantivy.Query.boost_query(tantivy.Query.term_query(schema, field, term), weight)
        for field, term, weight in weighed
    ]
    return selection.any_of(terms) if terms else None


def matching(
    store: Store,
    words: str | Mapping[str, float],
    k: int,
    passing: "tantivy.Query | None" = None,
) -> dict[str, float]:
    """Find the papers that hold words, by BM25 over title and abstract.

    Parameters
    ----------
    words
        Any text; its words are analysed as those of the papers are, and any of them may match. Or
        terms of the index with their weights; then titles count for no more than abstracts.
    k
        Number of papers at most.
    passing
        If given, only papers that it matches are scored.

    Returns
    -------
    dict
        Identifier to score, best first; papers with none of the words are left out.
    """
    query = scoring(store, words)
    if query is None:
        return {}
    if passing is not None:
        query = selection.both(passing, query)
    hits = store.searcher.search(query, limit=max(k, 1), count=False).hits
    return {store.record(address).id: score for score, address in hits}


def naming(
    store: Store, words: Sequence[Sequence[Sequence[str]]], passing: "tantivy.Query"
) -> list[str]:
    """Return the identifiers of all papers that hold every one of some words, newest first.

    In title or abstract.

    Parameters
    ----------
    words
        For each word what stands for it: one or more alternatives, each of one or more terms of
        the index that have to come together.
    passing
        Only papers that it matches are looked at.
    """
    query = selection.both(passing, selection.holding(store.words.schema, words))
    most = max(int(store.searcher.num_docs), 1)
    hits = store.searcher.search(query, limit=most, count=False, order_by_field="listed").hits
    return store.identifiers(address for _, address in hits)


def nearly(store: Store, word: str, first: Collection[str] = ()) -> str:
    """Return the word of which a slip makes another one; empty if there is none.

    Of several words of papers the one that most have.

    Parameters
    ----------
    word
        What came of the slip, in lower case; no paper has it.
    first
        Words that come before those of the papers.
    """

    def count(term: str) -> int:
        return int(store.searcher.doc_freq("text", term))

    spellings: dict[str, list[str]] = {}
    for before in slips.before(word):
        if before in first:
            return before
        if len(term := store.terms(before)) == 1:
            spellings.setdefault(term[0], []).append(before)
    counts = {stem: n for stem in spellings if (n := count(stem)) >= SPELT_BY}
    for stem in sorted(counts, key=lambda stem: -counts[stem]):
        there = _written(store, stem)
        if spelt := next((each for each in spellings[stem] if each in there), ""):
            return spelt
    return ""


def _written(store: Store, term: str) -> set[str]:
    """Return how some papers write the words of a stem, in lower case."""
    papers = store.records(matching(store, {term: 1.0}, LOOKED_AT)).values()
    texts = (text for record in papers for text in (record.paper.title, record.paper.abstract))
    return {form.lower() for text in texts for form, stem in forms(text) if stem == term}
