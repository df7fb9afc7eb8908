"""Which parts of a question a paper has: "transformers", "tracking".

A part of few words is a term: a paper has it in words, or in what comes near to it. A longer part
is a clause, of which no paper has the words.
"""

from collections.abc import Sequence

from rag.core.questions import Question
from rag.judge.wording import Wording
from rag.models.embedding import Embedding
from rag.search.retrieval import Match

TERM = 3
"""Words of a part up to which it is a term."""

HOLDS, MEANS = 0.75, 0.62
"""Share of a term's words, and its cosine with the best passage, from which a paper has it."""

COVERED = 0.42
"""Cosine of a clause with the paper's best passage from which the paper has it."""


def held(
    question: Question, matches: Sequence[Match], wording: Wording, embedding: Embedding
) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return for each paper the parts of the question that it has, and those that it lacks."""
    if not matches or not question.parts:
        return [((), ()) for _ in matches]
    vectors = embedding.encode(list(question.parts))
    words = [wording.of_phrase_anywhere(part) for part in question.parts]
    found = []
    for match in matches:
        cosines = (match.record.vectors @ vectors.T).max(axis=0).tolist()
        shares = [float(share[wording.number(match)]) for share in words]
        has = {
            part: _has(part, cosine, share)
            for part, cosine, share in zip(question.parts, cosines, shares, strict=True)
        }
        found.append((tuple(p for p in has if has[p]), tuple(p for p in has if not has[p])))
    return found


def lacking(
    question: Question, matches: Sequence[Match], wording: Wording, embedding: Embedding
) -> list[tuple[str, ...]]:
    """Return for each paper the terms of the question that it lacks.

    A paper on transformers says nothing of whether they help tracking.
    """
    return [
        tuple(part for part in lacks if is_term(part))
        for _, lacks in held(question, matches, wording, embedding)
    ]


def is_term(part: str) -> bool:
    """Tell whether a part of a question is a term, and no clause."""
    return len(part.split()) <= TERM


def _has(part: str, cosine: float, share: float) -> bool:
    if not is_term(part):
        return cosine >= COVERED
    return cosine >= MEANS or share >= HOLDS
