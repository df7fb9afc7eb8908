"""What papers say of themselves: the sentences to quote where nothing in particular is asked for.

"Tell me more about the second one" and "papers in cs.RO since April" name no concept that a
sentence could cover; then those count that say what the paper does.
"""

import re
from collections.abc import Sequence

import numpy as np

from rag.judge.coverage import tells_of_paper
from rag.judge.evidence import Evidence
from rag.search.retrieval import Match

MOST_TOLD = 5
"""Sentences of an account of one paper: most of an abstract, without its background."""

OWN, PROPOSES, RESULT, BACKGROUND, SERVICE = 0.2, 0.3, 0.2, -0.2, -0.5
"""What a sentence gains, beside its nearness to title and abstract, for telling of the paper, of
what it proposes and of its results; what it loses for telling of others, or where the code is."""

_PROPOSES = re.compile(
    r"\b(?:we|(?:this|the|our) (?:paper|work|article|study|survey))\s(?:\w+ly\s|also\s|first\s)?"
    r"(?:propose|present|introduce|develop|describe|study|investigate|address|design|explore|show|"
    r"provide|review)s?\b|\b(?:is|are) (?:proposed|presented|introduced)\b",
    re.IGNORECASE,
)
_RESULT = re.compile(
    r"\b(?:experiment(?:s|al)?|results?|outperforms?|achiev(?:es?|ing)|state-of-the-art)\b", re.I
)
_BACKGROUND = re.compile(
    r"\b(?:recent(?:ly)?|existing|previous(?:ly)?|prior|most|many|traditional|typically|often|"
    r"challenging|challenge|however|despite|although|crucial|important|widely|essential)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"\((?:called\s)?([A-Z][\w-]*[A-Z][\w-]*)\)")
_SERVICE = re.compile(r"https?://|\b(?:code|models?|dataset)\b.*\bavailable\b", re.IGNORECASE)


def account(match: Match, most: int) -> Evidence:
    """Return the sentences that tell what a paper does, in the order of its abstract.

    Parameters
    ----------
    match
        The paper; what it was found by does not matter.
    most
        Number of sentences; 1 is the one that says what the paper proposes.
    """
    passages = match.record.passages
    sentences = [n for n, p in enumerate(passages) if not p.is_title] or [0]
    title = next((n for n, p in enumerate(passages) if p.is_title), 0)
    near = match.vectors @ match.vectors[title] + match.vectors @ match.centroid
    names = _NAME.findall(match.paper.abstract)
    scores = near / 2 + np.array([_standing(p.text, names) for p in passages])
    best = sorted(sentences, key=lambda n: (-scores[n], n))[:most]
    return Evidence(match.record, tuple(passages[n] for n in sorted(best)), 1.0)


def _standing(text: str, names: Sequence[str]) -> float:
    """Return what a sentence gains or loses by its wording."""
    if _SERVICE.search(text):
        return SERVICE
    gain = PROPOSES * bool(_PROPOSES.search(text)) + RESULT * bool(_RESULT.search(text))
    if tells_of_paper(text) or any(name in text for name in names):
        return OWN + gain
    return gain + BACKGROUND * bool(_BACKGROUND.search(text))
