"""What a subject is called besides what the question calls it: the words of the best papers.

Pseudo-relevance feedback in the manner of RM3 (Abdul-Jaleel et al., UMass at TREC 2004): each of
the best papers counts by its score, each of its terms by its BM25 weight in it.
"""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.library import Library
from rag.library.records import Record

FEEDBACK_PAPERS = 6
"""Papers whose words are taken to be on the subject, the best ones (4-15 tried)."""

FEEDBACK_TERMS = 40
"""Terms that are taken from them (15-40 tried)."""

_K1, _B = 1.2, 0.75  # BM25 as tantivy has it


def feedback(
    records: Sequence[Record], score: NDArray[np.float64], library: Library
) -> dict[str, float]:
    """Return the terms that tell the best papers from the rest, and their weights.

    The square root keeps a term that one paper repeats from outweighing all others.

    Parameters
    ----------
    records, score
        The papers, and what each was scored, shape (papers,).
    """
    best = np.argsort(-score, kind="stable")[:FEEDBACK_PAPERS]
    texts = [Counter(library.words(f"{(p := records[n].paper).title} {p.abstract}")) for n in best]
    mean = sum(map(Counter.total, texts)) / max(len(texts), 1)
    weights: dict[str, float] = {}
    for n, text in zip(best, texts, strict=True):
        share = math.exp(score[n] - score[best[0]])
        norm = _K1 * (1 - _B + _B * text.total() / mean)
        for term, times in text.items():
            weights[term] = weights.get(term, 0.0) + share * times / (times + norm)
    size = len(library)  # another process may have written since the papers were read
    for term, here in zip(weights, library.frequencies(weights), strict=True):
        weights[term] *= math.log(1 + max(size - here + 0.5, 0.5) / (here + 0.5))
    best_terms = sorted(weights, key=lambda term: (-weights[term], term))[:FEEDBACK_TERMS]
    return {term: math.sqrt(weights[term]) for term in best_terms}
