# ruff: noqa: E501 - the patterns read best with what belongs together on a line
"""What papers say to a yes-or-no question: for it, against it, or both.

The sentences that answer are found by the judge. One that limits ("fails on", "degrades", "is not
sufficient") speaks against, any other for. Nothing is concluded from silence: a paper none of whose
sentences answers says nothing.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from rag.core.answers import Verdict
from rag.core.passages import Passage

ANSWERING = 6.0
"""Logits behind a paper's best sentence up to which another one answers as well."""

_LIMITS = re.compile(
    r"\b(?:fail(?:s|ed|ing|ures?)?|struggl\w+|degrad\w+|limit(?:s|ed|ations?)|poor(?:ly)?|worse|"
    r"insufficient\w*|unsatisf\w+|fall(?:s|ing)? short|suboptimal|sub-optimal|inferior|unreliabl\w+|"
    r"vulnerab\w+|susceptib\w+|cannot|can not|unable|drop(?:s|ped)?|declin\w+|hinder\w*|suffer\w*|"
    r"not (?:\w+ ){0,2}(?:work|help|improve|generali[sz]e|enough|sufficient|effective|able|robust|"
    r"reliable|better|significant\w*|match|reach|transfer|lead|beneficial)|no (?:\w+ )?(?:improvement|"
    r"benefit|gain|advantage|effect)|little (?:improvement|benefit|gain|effect)|hardly|barely|"
    r"performance gap|los(?:e|es|ing) (?:its|their|the) \w+|lag(?:s|ging)? behind|far from|challenging for|difficult\w* (?:for|with|in))\b",
    re.IGNORECASE,
)
_ASKS_OF_LIMITS = re.compile(
    r"\b(?:fail|struggle|worse|limited|vulnerable|suffer|degrade|susceptible|unreliable|hurt|harm)\w*\b",
    re.IGNORECASE,
)
_OVERCOMES = re.compile(
    r"\b(?:overcom\w+|address\w*|mitigat\w+|alleviat\w+|solv\w+|tackl\w+|without|avoid\w*|reduc\w+|"
    r"prevent\w*|robust to)\b[^.;]{0,60}$|,? (?:where|in which)\b[^.;,]{1,60}$",
    re.IGNORECASE,
)
"""What may stand before a limit that is overcome, or is that of others: "areas where detectors fail"."""


def limits(text: str) -> bool:
    """Tell whether a sentence says that something does not work, or works badly.

    >>> limits("It fails on medical images."), limits("It overcomes the limitations of others.")
    (True, False)
    >>> limits("It matches in areas where feature detectors struggle.")
    False
    """
    return any(not _OVERCOMES.search(text[: m.start()]) for m in _LIMITS.finditer(text))


def stance(
    question: str, passages: Sequence[Passage], logits: Mapping[int, float]
) -> tuple[tuple[Passage, ...], Verdict]:
    """Return the sentences of a paper that answer, and what they say.

    Parameters
    ----------
    logits
        What the judge says of the sentences that it read, by their position.

    Returns
    -------
    tuple
        One sentence, or one for and one against, and the verdict.
    """
    best = max(logits.values(), default=0.0)
    order = sorted((n for n in logits if logits[n] >= best - ANSWERING), key=lambda n: -logits[n])
    against = [n for n in order if limits(passages[n].text)]
    favour = [n for n in order if n not in against]
    if _ASKS_OF_LIMITS.search(question):
        against, favour = favour, against
    if against and favour:
        return (passages[favour[0]], passages[against[0]]), "mixed"
    chosen = (favour or against)[:1]
    return tuple(passages[n] for n in chosen), "no" if against else "yes"


def verdict(stances: Sequence[Verdict]) -> Verdict:
    """Return what several papers say together; empty if none says anything."""
    counted = Counter(stance for stance in stances if stance)
    if not counted:
        return ""
    return next(iter(counted)) if len(counted) == 1 else "mixed"
