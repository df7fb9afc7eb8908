"""Which papers match a question, and the sentences that decide.

A paper matches when it covers every concept of the question; a concept that few papers have weighs
more than one that most have. A question for a detail needs one paper, and in it the sentence that
has the form of the answer. Where nothing covers the question there is no evidence, and nothing will
be written.

Judges candidates one by one; it does not know how they were found or what will be said of them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rag.core.papers import Paper
from rag.core.passages import Passage
from rag.core.questions import Question
from rag.judge import facts, sentences
from rag.judge.coverage import Covered, Reader, together
from rag.library import Library
from rag.library.records import Record
from rag.models.embedding import Embedding
from rag.search.retrieval import Match

COVERAGE, TOPIC, DIRECT, BIAS = 7.4, 2.78, 0.68, -8.65
"""Logistic regression of "this paper matches" on the coverage of the concepts, the nearness of the
whole question and the direct score of the retrieval. Fitted on the 79 which-papers and 30
unanswerable questions of tests/gold, each question weighing the same
(`python -m benchmarks.matching`, which also leaves one question out at a time)."""

MATCHES = 0.35
"""Strength from which a paper matches (0.3 to 0.4 tried, leaving out one question at a time)."""

TOUCHED = 0.05
"""Coverage below which a concept is not touched at all; then a paper is a near miss at best: one
that only tracks does not use transformers for it (0 to 0.3 tried; more costs recall)."""

TELLING = 0.5
"""Weight of a concept, against the most telling one, from which it has to be touched."""

BESIDE_BEST = 0.3
"""Share of the strongest paper's strength that any other has to reach (0 to 0.3 are as good)."""

HIGHEST_DIRECT = 8.0
"""Direct score that counts in full; a large library has higher ones that say no more."""

TOPIC_FLOOR, TOPIC_SPAN = 0.17, 0.5
"""Cosines from which, and over which, the nearness of the whole question counts."""

JUDGED_AT_ONCE = 150
"""Candidates judged before it is looked whether any of them matched; if none did, that was all."""

COVERED = 0.39
"""Coverage from which a near miss does not lack a concept."""

HOLDS_FACT = 0.36
"""Strength from which a sentence is taken to answer a question for a detail."""

MOST_NEAR = 3
"""Near misses shown."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A paper and the sentences of its abstract that decide, strongest first.

    ``strength`` is in [0, 1], how likely the paper matches; ``covers`` and ``missing`` name the
    concepts that are covered and those that are not.
    """

    record: Record
    passages: tuple[Passage, ...]
    strength: float
    covers: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def paper(self) -> Paper:
        """The paper itself."""
        return self.record.paper


@dataclass(frozen=True, slots=True)
class Findings:
    """The papers that match, strongest first, and the nearest of those that do not."""

    matched: tuple[Evidence, ...]
    near: tuple[Evidence, ...]


def gather(
    question: Question, matches: Sequence[Match], library: Library, embedding: Embedding
) -> Findings:
    """Judge each candidate.

    Returns
    -------
    Findings
        For a fact one paper at most; otherwise all papers that match. Empty where nothing does.
    """
    if question.kind == "fact":
        few = matches[:JUDGED_AT_ONCE]
        return _fact(question, few, Reader(question, few, library, embedding), embedding)
    judged: list[_Judged] = []
    for start in range(0, len(matches), JUDGED_AT_ONCE):
        some = matches[start : start + JUDGED_AT_ONCE]
        new = _judge(question, some, Reader(question, some, library, embedding))
        judged += new
        if all(j.strength < MATCHES for j in new):  # what ranks lower matches even less
            break
    if not judged:
        return Findings((), ())
    judged.sort(key=lambda j: (-j.strength, j.match.paper.id))
    enough = max(MATCHES, BESIDE_BEST * judged[0].strength)
    count = sum(j.strength >= enough for j in judged)
    shown = [_evidence(question, j) for j in judged[: count + MOST_NEAR]]
    return Findings(tuple(shown[:count]), tuple(shown[count:]))


@dataclass(frozen=True, slots=True)
class _Judged:
    """A candidate, what it covers, how likely it matches, and who has read it."""

    match: Match
    covered: list[Covered]
    strength: float
    reader: Reader


def _judge(question: Question, matches: Sequence[Match], reader: Reader) -> list[_Judged]:
    return [
        _Judged(match, covered, _strength(question, match, covered, reader), reader)
        for match in matches
        for covered in (reader.read(match),)
    ]


def deciding(
    question: Question, matches: Sequence[Match], library: Library, embedding: Embedding
) -> dict[str, tuple[Passage, ...]]:
    """Return the sentences of each candidate that say most on a question, by identifier."""
    reader = Reader(question, matches, library, embedding)
    return {m.paper.id: sentences.deciding(m, reader.read(m), reader) for m in matches}


def _strength(
    question: Question, match: Match, covered: Sequence[Covered], reader: Reader
) -> float:
    """Return how likely a paper matches, in [0, 1]."""
    coverage, topic, direct = features(match, covered, reader)
    strength = coverage  # of what an abstract does or does not: nearness says nothing of it
    if not all(concept.aspect for concept in question.concepts):
        odds = COVERAGE * coverage + TOPIC * topic + DIRECT * direct + BIAS
        strength = 1 / (1 + math.exp(-odds))
    telling = (c for c, weight in zip(covered, reader.weights, strict=True) if weight >= TELLING)
    if any(c.value < TOUCHED for c in telling):
        strength = min(strength, MATCHES / 2)
    return strength


def _evidence(question: Question, judged: _Judged) -> Evidence:
    match, covered = judged.match, judged.covered
    both: tuple[list[str], list[str]] = ([], [])
    for concept, c in zip(question.concepts, covered, strict=True):
        both[c.value < COVERED].append(concept.alternatives[0])
    covers, missing = map(tuple, both)
    passages = sentences.deciding(match, covered, judged.reader)
    return Evidence(match.record, passages, judged.strength, covers, missing)


def features(
    match: Match, covered: Sequence[Covered], reader: Reader
) -> tuple[float, float, float]:
    """Return what tells whether a paper matches: coverage, nearness of the whole, direct score."""
    whole = match.centroid @ reader.topic
    near = (float((match.vectors @ reader.topic).max()) + float(whole)) / 2
    return (
        together([c.value for c in covered], reader.weights),
        min(max((near - TOPIC_FLOOR) / TOPIC_SPAN, 0.0), 1.0),
        min(match.direct, HIGHEST_DIRECT),
    )


def _fact(
    question: Question, matches: Sequence[Match], reader: Reader, embedding: Embedding
) -> Findings:
    """Find the paper that the question is about and the sentence that holds the detail."""
    asked = embedding.encode_query(question.text)
    judged = sorted(
        (Evidence(match.record, *facts.judge(question, match, reader, asked)) for match in matches),
        key=lambda e: (-e.strength, e.paper.id),
    )
    found = tuple(judged[:1]) if judged and judged[0].strength >= HOLDS_FACT else ()
    return Findings(found, tuple(judged[len(found) : len(found) + MOST_NEAR]))
