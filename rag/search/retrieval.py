"""From a question to ranked papers, each with the scores of both sides.

Candidates come from both sides: papers with a passage near the question, and papers that hold its
words. For a complete answer every paper of the index is looked at, up to 100,000 of them; a search
for the best few takes those that Chroma and tantivy bring up. What the field calls a thing that is
asked for in everyday words brings up candidates too. Then every candidate gets both scores, and the
standardised scores are added. Sums of scores keep what rank fusion throws away, how far ahead a
paper is; on the development questions and on three collections they beat it and each side alone.
The words of the best papers then count for all candidates, see `rag.search.feedback`.

Retrieval ranks. Whether a paper answers the question is for the judge to decide.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.core.filters import Filters
from rag.core.papers import Paper
from rag.core.questions import Question
from rag.library import Library
from rag.library.records import Record, unpacked
from rag.library.vector_search import Looked
from rag.models.embedding import Embedding
from rag.search import glossary
from rag.search.feedback import feedback
from rag.search.glossary import Sense

SMALL_LIBRARY = 300
"""Papers up to which all of them are candidates: a search for candidates would bring up the same
ones, only later and not for certain."""

NEAREST_PASSAGES = 1_000
"""Passages to look at on the dense side of a larger library: 200 papers and more."""

MATCHING_PAPERS = 150
"""Papers to look at on the lexical side."""

LOOKED_AT = 1_500
"""Papers that are scored in full for a complete answer, the best of all by both sides."""

MEANT = 0.5
"""Weight from which a thing that a question may mean is looked for, see `rag.search.glossary`."""

OF_A_SENSE = 200
"""Papers that are scored in full for each thing that a question may mean."""

MOST_PASSAGES = 3_000
"""Passages to look at on the dense side where filters let few of their papers pass."""

ALL = Filters()

LEXICAL_WEIGHT = 0.8
"""Weight of the standardised BM25 score against the dense one. This and the following constant
were set together on cranfield and litsearch (`rag eval bench`), 0.4-1.0 tried here."""

FEEDBACK_WEIGHT = 0.8
"""Weight of the standardised score by the words of the best papers (0-1 tried; 0 costs cranfield
0.025)."""


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
        Cosine of the best passage with what is asked.
    whole
        Cosine of the paper as a whole with what is asked.
    lexical
        BM25 of the question's words, 0 if the paper holds none.
    cosines
        Of each passage with what is asked, shape (passages,).
    """

    record: Record
    score: float
    dense: float
    whole: float
    lexical: float
    cosines: NDArray[np.float32]

    @property
    def paper(self) -> Paper:
        """The paper itself."""
        return self.record.paper

    def to_dict(self) -> dict[str, Any]:
        """Return the paper's identifier, title and link, and the scores; see docs/python.md.

        Of a paper without a link the names of the files that told of it.
        """
        kept_in = {} if self.paper.url else {"sources": list(self.paper.sources)}
        return {
            "id": self.paper.id,
            "title": self.paper.title,
            "url": self.paper.url,
            **kept_in,
            "score": round(self.score, 4),
            "dense": round(self.dense, 4),
            "lexical": round(self.lexical, 4),
        }


def sought(question: Question) -> str:
    """Return what is searched for: the topic, or the whole question where one paper is asked for.

    A topic is nearer to its papers without what only frames it; a detail is asked for by the words
    around it.
    """
    whole = question.kind in ("fact", "explain", "compare") or not question.topic
    return question.text if whole else question.topic


def search(
    question: Question,
    library: Library,
    embedding: Embedding,
    filters: Filters = ALL,
    k: int | None = None,
) -> list[Match]:
    """Return the candidates for a question, best first; k of them, or all.

    Of the papers that pass the filters: all if they are few, else those that either side brings
    up; where all candidates are asked for, every paper is looked at for that. What does not pass is
    scored beside them and then left out: scores are standardised, and what they say of a paper must
    not depend on what restricts the search. A question without a topic is answered by whatever
    passes, see `newest`.
    """
    text = sought(question)
    query = embedding.encode_query(text)
    candidates, passing = _candidates(text, query, library, filters, complete=k is None)
    if k is None and text == question.topic and len(library) > SMALL_LIBRARY:
        meant = [s for s in glossary.senses(text, embedding) if s.weight >= MEANT]
        also = dict.fromkeys(name for s in meant for name in _of_sense(s, library))
        passing |= set(library.select(filters, among=list(also)) if filters else also)
        candidates = list(dict.fromkeys([*candidates, *also]))
    found = library.records(candidates)
    records = {i: r for i, r in found.items() if r.packed}  # one may have been withdrawn just now
    among = [] if len(records) == len(library) else list(records)
    kept = list(records.values())
    cosines, starts = _cosines(kept, query)
    best, whole = _best(cosines, starts)
    words = _in_order(library.matching(text, len(records), among), records)
    direct = _standard(best + whole) + LEXICAL_WEIGHT * _standard(words)
    terms = feedback(kept, direct, library)
    again = _in_order(library.matching(terms, len(records), among), records)
    score = direct + FEEDBACK_WEIGHT * _standard(again)
    those = (n for n in range(len(kept)) if kept[n].id in passing)
    return [
        Match(
            kept[n],
            score=float(score[n]),
            dense=float(best[n]),
            whole=float(whole[n]),
            lexical=float(words[n]),
            cosines=cosines[starts[n] + 1 : starts[n] + 1 + kept[n].count],
        )
        for n in sorted(those, key=lambda n: (-score[n], kept[n].id))[:k]
    ]


def newest(library: Library, filters: Filters, skip: int, k: int) -> list[Match]:
    """Return k of the papers that pass the filters, the newest first, with scores of 0."""
    records = library.records(library.select(filters, skip=skip, k=k)).values()
    return [unscored(record) for record in records if record.packed]


def unscored(record: Record) -> Match:
    """Return a paper that was not searched for, with scores of 0."""
    return Match(record, 0.0, 0.0, 0.0, 0.0, np.zeros(record.count, np.float32))


def _in_order(scores: Mapping[str, float], records: Iterable[str]) -> NDArray[np.float64]:
    return np.array([scores.get(identifier, 0.0) for identifier in records])


def _candidates(
    text: str, query: NDArray[np.float32], library: Library, filters: Filters, complete: bool
) -> tuple[list[str], set[str]]:
    """Return the identifiers of the papers to score, and of those among them that pass.

    Where filters let few papers pass, more passages are looked at, up to `MOST_PASSAGES`: a paper
    that has none among so many is not near.
    """
    if len(library) <= SMALL_LIBRARY:
        everything = library.identifiers()
        return everything, set(library.select(filters) if filters else everything)
    if complete and (looked := library.look(query, text)) is not None:
        return _best_of_all(looked, set(library.select(filters)) if filters else None)
    wanted, few = NEAREST_PASSAGES, list[str]()
    if filters:
        passing = library.count(filters)
        wanted = min(wanted * len(library) // max(passing, 1), MOST_PASSAGES)
        if passing <= SMALL_LIBRARY:
            wanted, few = NEAREST_PASSAGES, library.select(filters)
    near = [identifier for identifier, _ in library.nearest_passages(query, wanted)]
    words = library.matching(text, MATCHING_PAPERS)
    found = list(dict.fromkeys([*near[:NEAREST_PASSAGES], *words]))
    if not filters:
        return found, set(found)
    passes = dict.fromkeys(library.select(filters, among=list({*near, *found})))
    passes |= dict.fromkeys(library.matching(text, MATCHING_PAPERS, filters=filters))
    passes |= dict.fromkeys(few)
    return list(dict.fromkeys([*found, *passes])), set(passes)


def _of_sense(sense: Sense, library: Library) -> list[str]:
    """Return the papers nearest to what the field calls a thing that a question may mean."""
    vector, term = sense.vectors[0], sense.terms[0]
    looked = library.look(vector, term)
    if looked is not None:
        return _best_of_all(looked, None)[0][:OF_A_SENSE]
    near = [identifier for identifier, _ in library.nearest_passages(vector, OF_A_SENSE)]
    return [*near, *library.matching(term, OF_A_SENSE)]


def _best_of_all(looked: Looked, passing: set[str] | None) -> tuple[list[str], set[str]]:
    """Return the best of all papers by both sides, and of those that pass; and what passes."""
    score = _standard(looked.best.astype(np.float64) + looked.whole)
    score += LEXICAL_WEIGHT * _standard(looked.lexical.astype(np.float64))
    order = np.argsort(-score, kind="stable")
    found = [looked.ids[n] for n in order[:LOOKED_AT]]
    if passing is None:
        return found, set(found)
    passes = [name for n in order if (name := looked.ids[n]) in passing][:LOOKED_AT]
    return list(dict.fromkeys([*found, *passes])), set(passes)


def _cosines(
    records: Sequence[Record], query: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return the cosines with a query, of each paper as a whole and then of its passages.

    Parameters
    ----------
    query
        Unit vector, shape (dimensions,).

    Returns
    -------
    tuple
        Shape (papers + passages,), and where each paper begins, shape (papers,).
    """
    starts = np.cumsum([0, *(record.count + 1 for record in records)])[:-1]
    return unpacked(records) @ query if records else np.zeros(0, np.float32), starts


def _best(
    cosines: NDArray[np.float32], starts: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return for each paper the cosine of its best passage and that of the paper as a whole."""
    if not len(starts):
        return np.zeros(0), np.zeros(0)
    passages = cosines.astype(np.float64)
    whole = passages[starts]
    passages[starts] = -1.0
    return np.maximum.reduceat(passages, starts), whole


def _standard(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scale scores to mean 0 and deviation 1; all 0 where they do not differ."""
    if not len(scores):
        return scores
    spread = float(scores.std())
    return np.asarray((scores - scores.mean()) / spread if spread > 1e-9 else np.zeros_like(scores))
