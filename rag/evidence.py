"""Which papers match a question, and the sentences that decide.

A paper matches when it covers every concept of the question; a concept that few papers have weighs
more than one that most have. A question for a detail needs one paper, and in it the sentence that
has the form of the answer. Where nothing covers the question there is no evidence, and nothing will
be written.

Judges candidates one by one; it does not know how they were found or what will be said of them.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.coverage import Covered, Reader, tells_of_paper, together
from rag.embedding import Embedding
from rag.library import Library
from rag.library.disk import Record
from rag.papers import Paper
from rag.passages import Passage
from rag.questions import Question
from rag.retrieval import Match, centroid
from rag.words import stems

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

FORM_BONUS = 0.25
"""What having the form of the answer (a number, names) adds to a sentence."""

NAME_BONUS = 0.15
"""What holding a name that the question does not hold adds, where a name may be asked for."""

MOST_SENTENCES = 2
"""Sentences of evidence a paper: the strongest, and one for what it leaves open."""

MOST_NEAR = 3
"""Near misses shown."""

OWN_BONUS = 0.8
"""What telling of the paper itself adds to a sentence: background shows nothing of the paper."""

OWN_BONUS_NAMED = 0.2
"""The same where a name was asked for, which the sentence has to hold."""

PROPOSES, LEANS = 0.25, 0.4
"""What saying what the paper proposes adds to that, and what leaning on the sentence before ("these
semantics") takes away; read on the development questions."""

EASY_WORDS = 25
"""Words of a sentence that are read at a glance; each more costs it `WORD_COST`."""

WORD_COST = 0.01

FEWEST_NAMES = 2
"""Names from which a sentence may list datasets."""

CLOSE_SECOND = 0.8
"""Share of the best sentence's score from which a second one is shown beside it."""

_NUMBER = re.compile(
    r"(?<![A-Za-z\d-])\d+(?:[.,]\d+)*(?![\d]*[A-Zd]\b)"
    r"|\b(?:two|three|four|five|six|seven|eight|nine|ten|hundred|thousand|million|billion)\b"
)
_NAMES = re.compile(r"\b(?:[A-Z]{2,}[\w-]*|\w*[a-z]+[A-Z\d][\w-]*|(?<=[a-z,] )[A-Z]\w+)\b")
_DATASET = re.compile(r"\b(?:datasets?|benchmarks?|corpus|data sets?)\b", re.IGNORECASE)
_SEVERAL = re.compile(r"\b(?:datasets|benchmarks|corpora|data sets)\b", re.IGNORECASE)
_COUNTS = ("two", "three", "four", "five")
_COUNT = re.compile(rf"\b(?:{'|'.join(_COUNTS)})\b", re.IGNORECASE)
_OF_OTHERS = re.compile(
    r"\b(?:than|unlike|compared (?:to|with)|in contrast|most existing|existing|previous|prior|"
    r"traditional|conventional|typically|has become|despite)\b",
    re.IGNORECASE,
)
_COINED = re.compile(r"\b\w*[a-z]\w*[A-Z]\w*")  # TransMOT, AlphaFold: a name of one thing only
_PROPOSES = re.compile(
    r"\b(?:we|paper|work|article|study)\s(?:\w+ly\s|also\s|first\s|further\s)?(?:propose|present|introduce|"
    r"develop|design|describe|study|investigate|address|tackle|explore|compare|survey|review)s?\b"
    r"|\b(?:is|are) (?:proposed|presented|introduced)\b",
    re.IGNORECASE,
)
# What only the sentence before explains.
_LEANS = re.compile(
    r"^\W?\(?\d\)|\b(?:these|those|such an?|the (?:former|latter|above)|both (?:of|are|can))\b"
    r"|\bthis(?! (?:paper|work|study|article|survey|report|end|task|problem|purpose)\b)",
    re.IGNORECASE,
)
_SERVICE = re.compile(r"https?://|\b(?:code|source code|project page)\b.*\bavailable\b", re.I)


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
    return {m.paper.id: _deciding(m, reader.read(m), reader) for m in matches}


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
    passages = _deciding(match, covered, judged.reader)
    return Evidence(match.record, passages, judged.strength, covers, missing)


def features(
    match: Match, covered: Sequence[Covered], reader: Reader
) -> tuple[float, float, float]:
    """Return what tells whether a paper matches: coverage, nearness of the whole, direct score."""
    whole = centroid(match.vectors) @ reader.topic
    near = (float((match.vectors @ reader.topic).max()) + float(whole)) / 2
    return (
        together([c.value for c in covered], reader.weights),
        min(max((near - TOPIC_FLOOR) / TOPIC_SPAN, 0.0), 1.0),
        min(match.direct, HIGHEST_DIRECT),
    )


def _deciding(match: Match, covered: Sequence[Covered], reader: Reader) -> tuple[Passage, ...]:
    """Choose the sentence that shows most, and one more for a concept that it does not show."""
    shown = np.array([c.passages for c in covered]).reshape(len(covered), -1)
    weights = np.array(reader.weights)[:, None]
    scores = (weights * shown).sum(axis=0) + (match.vectors @ reader.topic).clip(0, 1) / 2
    bonus = OWN_BONUS_NAMED if reader.seeks_name else OWN_BONUS
    scores += [bonus * _standing(p.text, match.paper) for p in match.record.passages]
    scores -= [WORD_COST * max(p.text.count(" ") - EASY_WORDS, 0) for p in match.record.passages]
    order = _best_first(match, scores)
    chosen = order[:1]
    for concept in shown:
        left = [n for n in order if concept[n] >= 2 * concept[chosen[0]] and concept[n] >= 0.5]
        if left and len(chosen) < MOST_SENTENCES:
            chosen.append(max(left, key=lambda n: concept[n]))
    return tuple(match.record.passages[n] for n in dict.fromkeys(chosen))


def _best_first(match: Match, scores: NDArray[np.float64]) -> list[int]:
    """Return the numbers of the sentences by their scores; that of the title if it is alone."""
    order = [int(n) for n in np.argsort(-scores, kind="stable")]
    return [n for n in order if not match.record.passages[n].is_title] or order


def _standing(text: str, paper: Paper) -> float:
    """Return whether a sentence tells of the paper itself (1) or of others (-1), and how well."""
    if _SERVICE.search(text):
        return -1.0
    name, colon, _ = paper.title.partition(":")
    own = tells_of_paper(text) or (bool(colon) and name.lower() in text.lower())
    standing = float(own) - bool(_OF_OTHERS.search(text))
    return standing + PROPOSES * bool(_PROPOSES.search(text)) - LEANS * bool(_LEANS.search(text))


def _fact(
    question: Question, matches: Sequence[Match], reader: Reader, embedding: Embedding
) -> Findings:
    """Find the paper that the question is about and the sentence that holds the detail."""
    asked = embedding.encode_query(question.text)
    judged = sorted(
        (_judge_fact(question, match, reader, asked) for match in matches),
        key=lambda e: (-e.strength, e.paper.id),
    )
    found = tuple(judged[:1]) if judged and judged[0].strength >= HOLDS_FACT else ()
    return Findings(found, tuple(judged[len(found) : len(found) + MOST_NEAR]))


def _judge_fact(
    question: Question, match: Match, reader: Reader, asked: NDArray[np.float32]
) -> Evidence:
    wanted = list(dict.fromkeys(stems(question.topic)))
    texts = [stems(p.text) for p in match.record.passages]
    held = {stem for text in texts for stem in text}
    everywhere = reader.share(wanted, held)
    named = stems(" ".join(_COINED.findall(question.text)))
    if any(not reader.share([name], held) for name in named):  # it is about something else
        everywhere = 0.0
    open_ = [w for w in wanted if w not in texts[0]] or wanted  # the title only says which paper
    cosines = match.vectors @ asked
    scores = np.array(
        [
            float(cosine) + reader.share(open_, text) / 2 + _form(question, passage.text)
            for cosine, text, passage in zip(cosines, texts, match.record.passages, strict=True)
        ]
    )
    order = _best_first(match, scores)
    strength = (everywhere + min(max(float(cosines.max()), 0.0), 1.0)) / 2 if everywhere else 0.0
    close = [n for n in order[:MOST_SENTENCES] if scores[n] >= CLOSE_SECOND * scores[order[0]]]
    close.sort(key=lambda n: -_form(question, match.record.passages[n].text))  # the fact first
    return Evidence(match.record, tuple(match.record.passages[n] for n in close), strength)


def _form(question: Question, text: str) -> float:
    """Return what the form of a sentence adds to it, if it holds what is asked for."""
    if _SERVICE.search(text):
        return -FORM_BONUS
    if question.wants == "number":
        asked = set(_NUMBER.findall(question.text))
        return FORM_BONUS if set(_NUMBER.findall(text)) - asked else 0.0
    named = {name for name in _NAMES.findall(text) if name not in question.text}
    if question.wants == "dataset":
        fewest = FEWEST_NAMES if _SEVERAL.search(question.text) else 1
        told = len(named) >= FEWEST_NAMES or (_DATASET.search(text) and len(named) >= fewest)
        return FORM_BONUS if told else 0.0
    return NAME_BONUS if len(named) >= _how_many(question.text) else 0.0


def _how_many(question: str) -> int:
    """Return how many names a question asks for: "Which two networks"."""
    found = _COUNT.search(question)
    return _COUNTS.index(found[0].lower()) + 2 if found else 1
