"""From a question to ranked papers, each with both of its scores.

Candidates come from both sides: papers with a passage near the question, and papers that hold its
words. Then every candidate gets both scores, and the standardised scores are added. Sums of scores
keep what rank fusion throws away, how far ahead a paper is; on the development questions and on
three collections they beat it and each side alone.

Retrieval ranks. Whether a paper answers the question is for the evidence to decide.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.embedding import Embedding
from rag.library import Library
from rag.library.disk import Record
from rag.papers import Paper
from rag.questions import Question

SMALL_LIBRARY = 150
"""Papers up to which all of them are candidates: a search for candidates would bring up the same
ones, only later and not for certain."""

NEAREST_PASSAGES = 1_000
"""Passages to look at on the dense side of a larger library: 200 papers and more."""

MATCHING_PAPERS = 150
"""Papers to look at on the lexical side."""

LEXICAL_WEIGHT = 0.5
"""Weight of the standardised BM25 score against the dense one (measured: 0.5 best of 0.25-1)."""


@dataclass(frozen=True, slots=True)
class Match:
    """A paper found, with the scores that it was ranked by.

    Attributes
    ----------
    record
        The paper and its passages.
    score
        Sum of the standardised scores; comparable within one question only.
    dense
        Cosine of the best passage with the question.
    lexical
        BM25 of the question's words, 0 if the paper holds none.
    vectors
        Unit vectors of the passages, shape (passages, dimensions).
    """

    record: Record
    score: float
    dense: float
    lexical: float
    vectors: NDArray[np.float32]

    @property
    def paper(self) -> Paper:
        """The paper itself."""
        return self.record.paper


def search(question: Question, library: Library, embedding: Embedding) -> list[Match]:
    """Return the candidates for a question, best first.

    All papers of a small library; of a larger one those that either side brings up.
    """
    query = embedding.encode_query(question.topic)
    if len(library) <= SMALL_LIBRARY:
        candidates: Iterable[str] = library.identifiers()
    else:
        near = library.nearest(query, NEAREST_PASSAGES)
        candidates = [*near, *library.matching(question.topic, MATCHING_PAPERS)]
    records, vectors = _read(library, candidates)
    among = [] if len(records) == len(library) else list(records)
    lexical = library.matching(question.topic, len(records), among)
    best, whole = _cosines([vectors[i] for i in records], query)
    words = np.array([lexical.get(i, 0.0) for i in records])
    score = _standard(best + whole) + LEXICAL_WEIGHT * _standard(words)
    kept = list(records.values())
    order = sorted(range(len(kept)), key=lambda n: (-score[n], kept[n].paper.id))
    return [
        Match(kept[n], float(score[n]), float(best[n]), float(words[n]), vectors[kept[n].paper.id])
        for n in order
    ]


def _read(
    library: Library, identifiers: Iterable[str]
) -> tuple[dict[str, Record], dict[str, NDArray[np.float32]]]:
    """Read papers and their vectors of one and the same state of the library."""
    while True:
        records = library.records(identifiers)
        vectors = library.vectors(records.values())
        if len(vectors) == len(records):  # else another process has just replaced a paper
            return records, vectors


def _cosines(
    papers: Sequence[NDArray[np.float32]], query: NDArray[np.float32]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return for each paper the cosine of its best passage and that of its centroid."""
    if not papers:
        return np.zeros(0), np.zeros(0)
    starts = np.cumsum([0, *(len(p) for p in papers[:-1])])
    passages = np.concatenate(papers)
    best = np.maximum.reduceat(passages @ query, starts)
    sums = np.add.reduceat(passages, starts)
    whole = (sums @ query) / np.maximum(np.linalg.norm(sums, axis=1), 1e-9)
    return best.astype(np.float64), whole.astype(np.float64)


def centroid(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the unit vector of a whole paper: the direction of the mean of its passages.

    It takes the place of a vector of the whole abstract, which would need a second pass over the
    text and is cut off at the model's longest input.
    """
    mean = vectors.mean(axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), dtype=np.float32)


def _standard(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scale scores to mean 0 and deviation 1; all 0 where they do not differ."""
    if not len(scores):
        return scores
    spread = float(scores.std())
    return np.asarray((scores - scores.mean()) / spread if spread > 1e-9 else np.zeros_like(scores))
