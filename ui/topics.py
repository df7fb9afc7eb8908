"""The names of the topics on the map: noun phrases that occur in many of their titles.

A run of words that several titles share is nearly always a phrase that names something; of those
the one is taken that is frequent in the topic, rare elsewhere, and near to its papers.
"""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.models.embedding import Embedding
from rag.write.groups import APART, MOST_NAMES, OTHERS, phrases

MANY = 0.3
"""How often a name occurs in the titles of its topic, at least, against its commonest phrase."""

WHOLE = 0.7
"""A longer phrase is the name where it is this often what a shorter one is part of."""

OFTEN, OWN, MOST_OWN = 0.1, 0.05, 3.0
"""What is added to the nearness of a name: of the logarithm of how many titles have it, and of how
much commoner it is than elsewhere, up to a bound (set by eye on 108 and on 3,000 papers: with more,
topics are called by what all papers do, or by what three have)."""

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


def names(
    groups: Sequence[Sequence[int]],
    titles: Sequence[str],
    space: NDArray[np.float32],
    embedding: Embedding,
) -> list[str]:
    """Return what each group of papers is called, no two alike unless nothing else is left.

    Parameters
    ----------
    groups
        The positions of the papers of each.
    titles, space
        Of each paper its title, and its unit vector, shape (papers, dimensions).
    """
    held = [{phrase for phrase in phrases(title) if is_name(phrase)} for title in titles]
    everywhere = Counter(phrase for some in held for phrase in some)
    total, taken = space.sum(axis=0), list[str]()
    for group in groups:
        counted = Counter(phrase for n in group for phrase in held[n])
        shares = {phrase: count / len(group) for phrase, count in counted.items()}
        others = max(len(titles) - len(group), 1)
        fit = _frequent(counted, taken)
        if not fit:
            taken.append(OTHERS)
            continue
        inside = space[list(group)].sum(axis=0)
        direction = inside / len(group) - APART * (total - inside) / others
        own = [shares[name] * others / (everywhere[name] - counted[name] + 1) for name in fit]
        often = np.log([counted[name] for name in fit])
        score = embedding.encode(fit) @ direction
        score = score + OFTEN * often + OWN * np.minimum(np.log(own), MOST_OWN)
        taken.append(_whole(fit[int(np.argmax(score))], counted))
    return taken


def _frequent(counted: Counter[str], taken: Sequence[str]) -> list[str]:
    """Return the phrases that may name a group: common ones, and none that another one has."""
    free = {
        phrase: count
        for phrase, count in counted.items()
        if not any(phrase in name or name in phrase for name in taken)
    }
    least = max(2.0, MANY * max(free.values(), default=0))
    common = {phrase: count for phrase, count in free.items() if count >= least} or free
    return sorted(sorted(common), key=lambda phrase: -common[phrase])[:MOST_NAMES]


def _whole(name: str, counted: Counter[str]) -> str:
    """Return the longer phrase that a name is nearly always part of, or the name."""
    longer = [phrase for phrase in counted if f" {name} " in f" {phrase} " and phrase != name]
    best = max(sorted(longer), key=lambda phrase: counted[phrase], default=name)
    return best if counted[best] >= max(2, WHOLE * counted[name]) else name


def is_name(phrase: str) -> bool:
    """Tell whether a run of words can be what something is called.

    >>> [is_name(p) for p in ("object tracking", "activate reasoning", "identifying informative")]
    [True, False, False]
    """
    first, *_, last = phrase.split()
    if last.lower() not in _HEADS and _NO_HEAD.fullmatch(last):
        return False
    if len(last) < 3 or last.isdigit() or phrase.lower().endswith("large language"):
        return False
    return not _DONE.fullmatch(first) or (
        bool(_NAMED_SO.fullmatch(first)) and last.lower() in ("data", "algorithm", "algorithms")
    )
