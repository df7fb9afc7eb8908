"""The name of a topic on the map: a noun phrase that occurs in several of its titles.

A run of words that several titles share is nearly always a phrase that names something; of those
the one is taken that is frequent and near to the group, and not so near to the rest.
"""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.core.papers import Paper
from rag.models.embedding import Embedding
from rag.write.groups import APART, MOST_NAMES, OTHERS, phrases

OFTEN = 0.12
"""What the logarithm of how many titles have a phrase adds to its nearness (set by eye on two
listings: more, and every topic is called by what all papers do)."""

# The last word says what a phrase names, and is no adjective; the first may describe it, but "to
# learn representations" is something done.
_NO_HEAD = re.compile(
    r"(?:\w+(?:al|ive|ous|ful|able|ible|ary|ic|ed|ly|less|ent|ant)"
    r"|\w+-(?:based|aware|driven|free|wise|\w+ed|level|shot|scale|end|time|modal)|multi|semi|self|few|zero|one|more|better|new|novel|via|deep"
    r"|fine|high|low|large|small|robust|joint|dense|sparse|single|multiple|first|second|several)",
    re.IGNORECASE,
)
_HEADS = frozenset(
    "retrieval signal goal proposal removal journal metric topic music traffic logic statistic "
    "critic feed seed speed bed need archive drive hive bitmap content document segment moment "
    "environment alignment agent component variant gradient patient event parent dictionary "
    "boundary vocabulary library summary glossary anatomy family assembly anomaly".split()
)
_DONE = re.compile(
    r"(?:learn|improv|identify|explor|understand|rethink|revisit|activat|leverag|generat|us|toward|"
    r"enhanc|enabl|exploit|bridg|unlock|mitigat|investigat|evaluat|discover|predict|estimat|build|"
    r"boost|reduc|solv|tackl|address|align|adapt|train|design|make|let|go|look|find|see)"
    r"(?:e|es|ing|s|ying|ting)?",
    re.IGNORECASE,
)
_NAMED_SO = re.compile(r"(?:learning|training|generating|understanding)", re.IGNORECASE)


def name(
    members: Sequence[int],
    papers: Sequence[Paper],
    space: NDArray[np.float32],
    embedding: Embedding,
) -> str:
    """Return what a group of papers is called; the parameters are those of `groups.named`."""
    counted = Counter(phrase for n in members for phrase in phrases(papers[n].title))
    fit = {phrase: count for phrase, count in counted.items() if is_name(phrase)}
    several = {phrase: count for phrase, count in fit.items() if count > 1} or fit
    names = sorted(sorted(several), key=lambda phrase: -several[phrase])[:MOST_NAMES]
    if not names:
        return OTHERS
    rest = sorted(set(range(len(papers))) - set(members)) or list(members)
    direction = space[list(members)].mean(axis=0) - APART * space[rest].mean(axis=0)
    often = np.log([several[phrase] for phrase in names])
    return names[int(np.argmax(embedding.encode(names) @ direction + OFTEN * often))]


def is_name(phrase: str) -> bool:
    """Tell whether a run of words can be what something is called.

    >>> [is_name(p) for p in ("object tracking", "activate reasoning", "identifying informative")]
    [True, False, False]
    """
    first, *_, last = phrase.split()
    if last.lower() not in _HEADS and _NO_HEAD.fullmatch(last):
        return False
    if len(last) < 3 or last.isdigit():
        return False
    return not _DONE.fullmatch(first) or (
        bool(_NAMED_SO.fullmatch(first)) and last.lower() in ("data", "algorithm", "algorithms")
    )
