"""Papers by how near they are to a question: all of them compared, or Chroma's approximate search.

Cosines are returned, and their meaning is left to others.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.errors import LibraryError
from rag.library import disk, opening, word_search
from rag.library.records import place
from rag.library.store import Store, lost


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


def nearest(store: Store, query: NDArray[np.float32], k: int) -> dict[str, float]:
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
    for identifier, cosine in nearest_passages(store, query, k):
        best.setdefault(identifier, cosine)
    return best


def nearest_passages(store: Store, query: NDArray[np.float32], k: int) -> list[tuple[str, float]]:
    """Return of the k passages nearest to a query their paper and cosine, best first.

    Chroma finds them, which cannot even read in a folder that may not be written: there all
    vectors are compared.
    """
    if not store.is_shared and not opening.is_writable(store.path):
        return _exactly(store, query, k)
    found = store.vectors.nearest(query, k)
    if not found and disk.count_passages(store.searcher):
        raise LibraryError(lost(store.path, "all"))
    return [(place(name)[0], cosine) for name, cosine in found]


def _exactly(store: Store, query: NDArray[np.float32], k: int) -> list[tuple[str, float]]:
    """Return the k nearest passages by the papers' own vectors, of those near in eight bits."""
    some = dict.fromkeys(name for name, _ in store.near.nearest_passages(query, 2 * k))
    found = [
        (record.id, float(cosine))
        for record in store.records(some).values()
        for cosine in record.vectors @ query
    ]
    return sorted(found, key=lambda pair: -pair[1])[:k]


def look(store: Store, query: NDArray[np.float32], words: str) -> Looked:
    """Return how near every paper is to a question, and how well it holds its words.

    For libraries that compare all, see `near.MOST_COMPARED`.

    Parameters
    ----------
    query
        Unit vector, shape (dimensions,).
    words
        Any text, see `word_search.matching`.
    """
    near, lexical = store.near, np.zeros(len(store.near.ids), np.float32)
    if scoring := word_search.scoring(store, words):
        most = max(int(store.searcher.num_docs), 1)
        for score, address in store.searcher.search(scoring, limit=most, count=False).hits:
            lexical[near.place(address.segment_ord, address.doc)] = score
    return Looked(near.ids, *near.cosines(query), lexical)
