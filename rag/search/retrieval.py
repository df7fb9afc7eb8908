"""From a question to ranked papers, each with both of its scores.

Candidates come from both sides: papers with a passage near the question, and papers that hold its
words. Then every candidate gets both scores, and the standardised scores are added. Sums of scores
keep what rank fusion throws away, how far ahead a paper is; on the development questions and on
three collections they beat it and each side alone. The words of the best papers then count for all
candidates: they say what a subject is called besides what the question calls it.

Retrieval ranks. Whether a paper answers the question is for the evidence to decide.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.core.filters import Filters
from rag.core.papers import Paper
from rag.core.questions import Question
from rag.library import Library
from rag.library.records import Record, unpacked
from rag.models.embedding import Embedding

SMALL_LIBRARY = 150
"""Papers up to which all of them are candidates: a search for candidates would bring up the same
ones, only later and not for certain."""

NEAREST_PASSAGES = 1_000
"""Passages to look at on the dense side of a larger library: 200 papers and more."""

MATCHING_PAPERS = 150
"""Papers to look at on the lexical side."""

MOST_PASSAGES = 3_000
"""Passages to look at on the dense side where filters let few of their papers pass."""

ALL = Filters()

LEXICAL_WEIGHT = 0.8
"""Weight of the standardised BM25 score against the dense one. This and the following constants
were set together on cranfield and litsearch (`rag eval bench`), 0.4-1.0 tried here."""

FEEDBACK_PAPERS = 6
"""Papers whose words are taken to be on the subject, the best ones (4-15 tried)."""

FEEDBACK_TERMS = 40
"""Terms that are taken from them (15-40 tried)."""

FEEDBACK_WEIGHT = 0.8
"""Weight of the standardised score by those terms (0-1 tried; 0 costs cranfield 0.025)."""


_K1, _B = 1.2, 0.75  # BM25 as tantivy has it


@dataclass(frozen=True, slots=True)
class Match:
    """A paper found, with the scores that it was ranked by.

    Attributes
    ----------
    record
        The paper and its passages.
    score
        Sum of the standardised scores; comparable within one question only.
    direct
        The same without what the words of the best papers add: it tells better which papers
        answer, and worse which come first.
    dense
        Cosine of the best passage with the question.
    whole
        Cosine of the paper as a whole with the question.
    lexical
        BM25 of the question's words, 0 if the paper holds none.
    centroid
        Unit vector of the paper as a whole, shape (dimensions,).
    vectors
        Unit vectors of the passages, shape (passages, dimensions).
    """

    record: Record
    score: float
    direct: float
    dense: float
    whole: float
    lexical: float
    centroid: NDArray[np.float32]
    vectors: NDArray[np.float32]

    @property
    def paper(self) -> Paper:
        """The paper itself."""
        return self.record.paper


def search(
    question: Question,
    library: Library,
    embedding: Embedding,
    filters: Filters = ALL,
    k: int | None = None,
) -> list[Match]:
    """Return the candidates for a question, best first; k of them, or all.

    Of the papers that pass the filters: all if they are few, else those that either side brings
    up. What does not pass is scored beside them and then left out: scores are standardised, and
    what they say of a paper must not depend on what restricts the search. A question without
    concepts is answered by whatever passes, see `newest`.
    """
    query = embedding.encode_query(question.text)
    candidates, passing = _candidates(question, query, library, filters)
    found = library.records(candidates)
    records = {i: r for i, r in found.items() if r.packed}  # one may have been withdrawn just now
    among = [] if len(records) == len(library) else list(records)
    lexical = library.matching(question.topic, len(records), among)
    kept = list(records.values())
    rows = unpacked(kept)
    starts = np.cumsum([0, *(record.count + 1 for record in kept)])
    best, whole = _cosines(rows, starts[:-1], query)
    words = _in_order(lexical, records)
    direct = _standard(best + whole) + LEXICAL_WEIGHT * _standard(words)
    terms = _feedback(kept, direct, library)
    again = _in_order(library.matching(terms, len(records), among), records)
    score = direct + FEEDBACK_WEIGHT * _standard(again)
    those = (n for n in range(len(kept)) if kept[n].id in passing)
    return [
        Match(
            kept[n],
            score=float(score[n]),
            direct=float(direct[n]),
            dense=float(best[n]),
            whole=float(whole[n]),
            lexical=float(words[n]),
            centroid=rows[starts[n]],
            vectors=rows[starts[n] + 1 : starts[n + 1]],
        )
        for n in sorted(those, key=lambda n: (-score[n], kept[n].id))[:k]
    ]


def _in_order(scores: Mapping[str, float], records: Iterable[str]) -> NDArray[np.float64]:
    return np.array([scores.get(identifier, 0.0) for identifier in records])


def _feedback(
    records: Sequence[Record], score: NDArray[np.float64], library: Library
) -> dict[str, float]:
    """Return the terms that tell the best papers from the rest, and their weights.

    Pseudo-relevance feedback in the manner of RM3 (Abdul-Jaleel et al., UMass at TREC 2004): each
    of the best papers counts by its score, each of its terms by its BM25 weight in it. The square
    root keeps a term that one paper repeats from outweighing all others.
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


def newest(library: Library, filters: Filters, skip: int, k: int) -> list[Match]:
    """Return k of the papers that pass the filters, the newest first, with scores of 0."""
    records = library.records(library.select(filters, skip=skip, k=k)).values()
    return [Match(r, 0.0, 0.0, 0.0, 0.0, 0.0, r.whole, r.vectors) for r in records if r.packed]


def _candidates(
    question: Question, query: NDArray[np.float32], library: Library, filters: Filters
) -> tuple[list[str], set[str]]:
    """Return the identifiers of the papers to score, and of those among them that pass.

    Where filters let few papers pass, more passages are looked at, up to `MOST_PASSAGES`: a paper
    that has none among so many is not near.
    """
    if len(library) <= SMALL_LIBRARY:
        everything = library.identifiers()
        return everything, set(library.select(filters) if filters else everything)
    topic, wanted, few = question.topic, NEAREST_PASSAGES, list[str]()
    if filters:
        passing = library.count(filters)
        wanted = min(wanted * len(library) // max(passing, 1), MOST_PASSAGES)
        if passing <= SMALL_LIBRARY:
            wanted, few = NEAREST_PASSAGES, library.select(filters)
    near = [identifier for identifier, _ in library.nearest_passages(query, wanted)]
    words = library.matching(topic, MATCHING_PAPERS)
    found = list(dict.fromkeys([*near[:NEAREST_PASSAGES], *words]))
    if not filters:
        return found, set(found)
    passes = dict.fromkeys(library.select(filters, among=list({*near, *found})))
    passes |= dict.fromkeys(library.matching(topic, MATCHING_PAPERS, filters=filters))
    passes |= dict.fromkeys(few)
    return list(dict.fromkeys([*found, *passes])), set(passes)


def _cosines(
    rows: NDArray[np.float32], starts: NDArray[np.int64], query: NDArray[np.float32]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return for each paper the cosine of its best passage and that of the paper as a whole.

    Parameters
    ----------
    rows
        Unit vectors, shape (papers + passages, dimensions): of each paper, then of its passages.
    starts
        Where each paper begins.
    query
        Unit vector, shape (dimensions,).
    """
    if not len(starts):
        return np.zeros(0), np.zeros(0)
    cosines = (rows @ query).astype(np.float64)
    whole = cosines[starts]
    cosines[starts] = -1.0
    return np.maximum.reduceat(cosines, starts), whole


def _standard(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scale scores to mean 0 and deviation 1; all 0 where they do not differ."""
    if not len(scores):
        return scores
    spread = float(scores.std())
    return np.asarray((scores - scores.mean()) / spread if spread > 1e-9 else np.zeros_like(scores))
