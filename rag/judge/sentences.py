"""The sentences of an abstract that decide: those to show for a paper that matches.

A sentence is good when it shows the concepts of the question, tells of the paper itself and not of
its field, and stands alone. Whether the paper matches is not asked here.
"""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.core.papers import Paper
from rag.core.passages import Passage
from rag.judge.coverage import Covered, Reader, tells_of_paper
from rag.search.retrieval import Match

MOST_SENTENCES = 2
"""Sentences of evidence a paper: the strongest, and one for what it leaves open."""

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

_OF_OTHERS = re.compile(
    r"\b(?:than|unlike|compared (?:to|with)|in contrast|most existing|existing|previous|prior|"
    r"traditional|conventional|typically|has become|despite)\b",
    re.IGNORECASE,
)
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
SERVICE = re.compile(r"https?://|\b(?:code|source code|project page)\b.*\bavailable\b", re.I)
"""Where the code is: no sentence says less of a paper."""


def deciding(match: Match, covered: Sequence[Covered], reader: Reader) -> tuple[Passage, ...]:
    """Choose the sentence that shows most, and one more for a concept that it does not show."""
    shown = np.array([c.passages for c in covered]).reshape(len(covered), -1)
    weights = np.array(reader.weights)[:, None]
    scores = (weights * shown).sum(axis=0) + (match.vectors @ reader.topic).clip(0, 1) / 2
    bonus = OWN_BONUS_NAMED if reader.seeks_name else OWN_BONUS
    scores += [bonus * _standing(p.text, match.paper) for p in match.record.passages]
    scores -= [WORD_COST * max(p.text.count(" ") - EASY_WORDS, 0) for p in match.record.passages]
    order = best_first(match, scores)
    chosen = order[:1]
    for concept in shown:
        left = [n for n in order if concept[n] >= 2 * concept[chosen[0]] and concept[n] >= 0.5]
        if left and len(chosen) < MOST_SENTENCES:
            chosen.append(max(left, key=lambda n: concept[n]))
    return tuple(match.record.passages[n] for n in dict.fromkeys(chosen))


def best_first(match: Match, scores: NDArray[np.float64]) -> list[int]:
    """Return the numbers of the sentences by their scores; that of the title if it is alone."""
    order = [int(n) for n in np.argsort(-scores, kind="stable")]
    return [n for n in order if not match.record.passages[n].is_title] or order


def _standing(text: str, paper: Paper) -> float:
    """Return whether a sentence tells of the paper itself (1) or of others (-1), and how well."""
    if SERVICE.search(text):
        return -1.0
    name, colon, _ = paper.title.partition(":")
    own = tells_of_paper(text) or (bool(colon) and name.lower() in text.lower())
    standing = float(own) - bool(_OF_OTHERS.search(text))
    return standing + PROPOSES * bool(_PROPOSES.search(text)) - LEANS * bool(_LEANS.search(text))
