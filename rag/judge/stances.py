# ruff: noqa: E501 - the patterns read best with what belongs together on a line
"""What papers say to a yes-or-no question.

A cross-encoder that has learned it (`rag.models.reranker`, `settles`) reads the question with
sentences of a paper, and says how surely each settles it, one way or the other. Which way is told
only where it is sure: a paper that does a thing shows that the thing can be done, and a sentence of
limits ("fails on", "degrades", "is not sufficient") is called that. Otherwise the sentence is shown
and speaks for itself. Nothing is concluded from silence: a paper none of whose sentences settles
the question may bear on it, and says nothing.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from rag.core.answers import Verdict
from rag.core.passages import Passage

READ = 8
"""Sentences of a paper that are read."""

SETTLES = 0.3
"""How surely a sentence has to settle a question; `python -m benchmarks.stances` prints what other
bounds would do."""

_ABLE = re.compile(
    r"^(?:\w+ ){0,2}?(?:is it (?:even |at all )?possible|(?:can|could)(?!['’]t)|has (?:any(?:one|body)|some(?:one|body))|is there a way)\b",
    re.IGNORECASE,
)
"""Asks whether something can be done; of 252 sentences that settle such a question, and tell of no
limit, 92 in 100 say yes."""

_DENIES = re.compile(
    r"\b(?:not|no|never|neither|nor|none|nothing|without|impossib\w+|infeasib\w+|necess\w+|requir\w+|need(?:s|ed)?|only)\b|n['’]t\b",
    re.IGNORECASE,
)
"""What a sentence that says yes may not have: it could be what turns it round."""

_ASKS_OF_LIMITS = re.compile(
    r"\b(?:(?:fail|struggl|degrad|suffer)\w*|worse|limited|vulnerable|susceptible|unreliable|hurts?|harm(?:s|ed|ful)?|los(?:e|es|ing)|break(?:s|ing)?)\b",
    re.IGNORECASE,
)
_LIMITS = re.compile(
    r"\b(?:fail(?:s|ed|ing|ures?)?|struggl\w+|degrad\w+|limit(?:s|ed|ations?)|poor(?:ly)?|worse|"
    r"insufficient\w*|weakness\w*|shortcoming\w*|unsatisf\w+|fall(?:s|ing)? short|suboptimal|sub-optimal|inferior|unreliabl\w+|"
    r"vulnerab\w+|susceptib\w+|brittle\w*|fragil\w+|(?<!in)sensitiv\w+ to|over(?:ly|-)optimistic|cannot|can not|unable|drop(?:s|ped)?|declin\w+|hinder\w*|suffer\w*|"
    r"not (?:\w+ ){0,2}(?:work|help|improve|generali[sz]e|enough|sufficient|effective|able|robust|"
    r"reliable|better|significant\w*|match|reach|transfer|lead|beneficial|increase|reduce)|no (?:\w+ )?(?:improvement|"
    r"benefit|gain|advantage|effect)|little (?:improvement|benefit|gain|effect)|hardly|barely|"
    r"performance gap|los(?:e|es|ing) (?:its|their|the) \w+|lag(?:s|ging)? behind|far from|impractical|infeasible|incompatible|low (?:acceptance|accuracy|performance)|"
    r"resist(?:s|ed|ant to)|reluctan\w+|challenging for|difficult\w* (?:for|with|in))\b",
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
    question: str, passages: Sequence[Passage], settling: Mapping[int, float]
) -> tuple[tuple[Passage, ...], Verdict]:
    """Return the sentences of a paper that settle a question, and what they say.

    Parameters
    ----------
    settling
        How surely a passage settles it, in [0, 1], by its place, the most promising first.

    Returns
    -------
    tuple
        One sentence, or one without limits and one of limits, and the verdict. Where none settles
        it, the one that comes nearest to that, and an empty verdict.
    """
    order = sorted(settling, key=lambda n: -settling[n])
    sure = [n for n in order if settling[n] >= SETTLES]
    if not sure:
        return tuple(passages[n] for n in order[:1]), ""
    of_limits = [n for n in sure if limits(passages[n].text)]
    if _ASKS_OF_LIMITS.search(question):
        return (passages[sure[0]],), "told"
    if of_limits:
        others = [n for n in sure if n not in of_limits]
        return tuple(passages[n] for n in (*others[:1], of_limits[0])), "mixed"
    says_yes = _ABLE.match(question) and not _DENIES.search(passages[sure[0]].text)
    return (passages[sure[0]],), "yes" if says_yes else "told"


def counted(stances: Sequence[Verdict]) -> dict[str, int]:
    """Return how many papers say what, without those that do not say."""
    found = Counter(stance for stance in stances if stance)
    return {stance: found[stance] for stance in ("yes", "mixed", "told") if found[stance]}


def verdict(stances: Sequence[Verdict]) -> Verdict:
    """Return what several papers say together; empty if none says anything."""
    said = {stance for stance in stances if stance}
    if not said:
        return ""
    return "mixed" if "mixed" in said else "told" if "told" in said else "yes"
