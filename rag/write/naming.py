"""What things are called in titles: runs of words that name something."""

import re
from collections.abc import Sequence

from rag.question.phrases import framing
from rag.text.words import stems

LENGTHS = (2, 3)
"""Words of a name."""

_PARTS = re.compile(r"[.;:,()!?]| -+ ")
_WORD = re.compile(r"\d*[^\W\d_]+(?:-[^\W_]+)*")

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


def phrases(title: str, topic: str = "") -> set[str]:
    """Return the runs of two and three words of a title that name something beside the topic."""
    known = set(stems(topic))
    found = (
        _written(run[start : start + length])
        for run in _runs_of(title)
        for length in LENGTHS
        for start in range(len(run) - length + 1)
    )
    return {name for name in found if not set(stems(name)) <= known}


def heads(title: str, topic: str = "") -> set[str]:
    """Return what ends the runs of a title and can be a name, of up to three words.

    The last word of a run says what it names: of "machine learning interatomic potentials" that
    are potentials.
    """
    known = set(stems(topic))
    found = (
        _written(run[-length:])
        for run in _runs_of(title)
        for length in (1, *LENGTHS)
        if length <= len(run)
    )
    return {name for name in found if is_name(name) and not set(stems(name)) <= known}


def _runs_of(title: str) -> list[list[str]]:
    return [run for part in _PARTS.split(title) for run in _runs(_WORD.findall(part)) if run]


def _written(words: Sequence[str]) -> str:
    """Return words in small letters, but for those that have capitals within."""
    return " ".join(w if re.search(r"\w[A-Z]", w) else w.lower() for w in words)


def _runs(tokens: Sequence[str]) -> list[list[str]]:
    """Return the runs of words between those that only link them."""
    runs: list[list[str]] = [[]]
    for token in tokens:
        if framing(token):
            runs.append([])
        else:
            runs[-1].append(token)
    return runs


def is_name(phrase: str) -> bool:
    """Tell whether a word, or a run of words, can be what something is called.

    >>> [is_name(p) for p in ("object tracking", "activate reasoning", "identifying informative")]
    [True, False, False]
    """
    first, last = phrase.split()[0], phrase.split()[-1]
    if last.lower() not in _HEADS and _NO_HEAD.fullmatch(last):
        return False
    if len(last) < 3 or last.isdigit() or phrase.lower().endswith("large language"):
        return False
    return not _DONE.fullmatch(first) or (
        bool(_NAMED_SO.fullmatch(first)) and last.lower() in ("data", "algorithm", "algorithms")
    )
