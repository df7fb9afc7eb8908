# ruff: noqa: E501 - the patterns read best with what belongs together on a line
"""What papers say to a yes-or-no question: for it, against it, or both.

The sentences that answer are found by the judge. Which sentence can answer depends on what is
asked. Whether something helps, works or is good is told by a sentence on how well it went; whether
one thing is better than another by one that compares the two; whether something can be done by any
paper that does it. A sentence that limits ("fails on", "degrades", "is not sufficient") speaks
against, any other for. Nothing is concluded from silence: a paper none of whose sentences answers
may bear on the question, and says nothing.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from rag.core.answers import Verdict
from rag.core.passages import Passage
from rag.core.questions import Question
from rag.judge.wording import Wording
from rag.search.retrieval import Match
from rag.text import speech
from rag.text.words import same, stems

READ = 8
"""Sentences of a paper that the judge reads: one for it is often far from one against."""

ANSWERING = 6.0
"""Logits behind a paper's best sentence up to which another one answers as well."""

CONCERNS = 0.4
"""Share of the question's words, by weight, that a sentence has to hold with its paper's title."""

NAMED = 0.4
"""Share of the question's words, by weight, that a sentence on the work of others has to hold by
itself: "existing methods fall short" only says why the paper was written."""

NEAR = 0.5
"""Cosine with what is asked from which a sentence concerns it, whatever words it has."""

HEARD = 0.0
"""Logit from which the judge knows that a sentence answers, whatever words it has, and also of a
paper that lacks a term."""

ANSWERS = 5.0
"""Logit from which the judge is sure that a sentence answers."""

_COMPARED = re.compile(
    r"\b(?:than|beats?|outperforms?|surpass(?:es)?|exceeds?|as \w+ as|superior|inferior|(?:match|rival)(?:es|s)?)\b",
    re.IGNORECASE,
)
_COMPARES = re.compile(
    r"\b(?:than|beat\w*|outperform\w*|surpass\w*|exceed\w*|superior\w*|inferior\w*|compar\w+|competitive|"
    r"on par|match(?:es|ed|ing)?|rival\w*|in contrast|worse|better|fewer|faster|lag\w*)\b",
    re.IGNORECASE,
)
_ABLE = re.compile(
    r"^(?:(?:is|was) it possible|(?:can|could|may|might|has|have|had|is|are|was|were|do|does|did)\b.*"
    r"\b(?:used|applied|possible|able|capable|exist|there)\b)",
    re.IGNORECASE,
)
_FOUND = re.compile(
    r"\b(?:improv(?:es?|ed|ements?)|outperform\w*|boost(?:s|ed)?|benefits?|benefited|gain(?:s|ed)?|better|best|"
    r"superior\w*|reduc(?:es?|ed|tions?)|increas(?:es?|ed)|decreas(?:es?|ed)|surpass\w*|success\w*|robust\w*|"
    r"achiev(?:es?|ed|ing)|attain(?:s|ed)?|competitive|comparable|significant(?:ly)?|effective(?:ly|ness)?|accuracy|"
    r"(?:show|suggest|reveal|demonstrat|indicat|confirm|prov)\w* that|we (?:find|found|show|observe)|findings|"
    r"conclu(?:des?|ded|sions?)|state-of-the-art|enough|sufficient|helps?|helped|works? well|\d ?\\?%)",
    re.IGNORECASE,
)
"""What was found, or how well something went."""

_VARIES = re.compile(
    r"\b(?:depend(?:s|ed|ing|ent)? (?:\w+ )?(?:up)?on|var(?:y|ies|ied) (?:across|with|by|between)|trade-?offs?|mixed (?:results|"
    r"evidence)|inconclusive|in some (?:cases|settings)|only (?:when|if|for|under)|not always|less clear)\b",
    re.IGNORECASE,
)
"""What says that it is so here and not there."""

_QUALITY = re.compile(
    r"\b(?:robust|reliable|safe|secure|private|fair|stable|interpretable|scalable|transferable|fast|accurate)\b",
    re.IGNORECASE,
)
"""What a sentence has to name to say of something that it is so, or not."""

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
_ASKS_OF_LIMITS = re.compile(
    r"\b(?:fail|struggle|worse|limited|vulnerable|suffer|degrade|susceptible|unreliable|hurt|harm)\w*\b",
    re.IGNORECASE,
)
_HARMS = re.compile(
    r"\b(?:threat\w*|attack success|success rates?|compromis\w+|expos(?:es?|ed)|leak\w*|mislead\w*|misled|fool\w*)\b",
    re.IGNORECASE,
)
"""What says, beside a limit, that something is harmed."""

_WITHSTANDS = re.compile(
    r"\b(?:robust\w*|resilien\w+|resist\w+|withstand\w*|secur\w+|safe\w*|protect\w*|defen[ds]\w*|insensitive|"
    r"reliab\w+|no (?:\w+ )?(?:degradation|drop|loss)|mitigat\w+|improv\w+|outperform\w*|generali[sz]es? well)\b",
    re.IGNORECASE,
)
"""What says that something holds where it might have failed."""

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
    question: Question,
    match: Match,
    logits: Mapping[int, float],
    wording: Wording,
    lacks: Sequence[str] = (),
) -> tuple[tuple[Passage, ...], Verdict]:
    """Return the sentences of a paper that answer, and what they say.

    Parameters
    ----------
    logits
        What the judge says of the sentences that it read, by their position.
    lacks
        Terms of the question that the paper does not have.

    Returns
    -------
    tuple
        One sentence, or one for and one against, and the verdict. Where none answers, the best
        one, and an empty verdict.
    """
    passages = match.record.passages
    near = sorted(logits, key=lambda n: -logits[n])
    telling = [n for n in near if _tells(question, match, n, logits[n], wording, bool(lacks))]
    if not telling:
        return tuple(passages[n] for n in near[:1]), ""
    order = [n for n in telling if logits[n] >= logits[telling[0]] - ANSWERING]
    if _VARIES.search(passages[order[0]].text):
        return (passages[order[0]],), "mixed"
    against = [n for n in order if limits(passages[n].text)]
    favour = [n for n in order if n not in against]
    if _ASKS_OF_LIMITS.search(question.text):
        favour = [n for n in order if n in against or _HARMS.search(passages[n].text)]
        against = [n for n in order if n not in favour and _WITHSTANDS.search(passages[n].text)]
        if not (against or favour):
            return (passages[order[0]],), ""
        order = [n for n in order if n in against or n in favour]
    if against and favour:
        return (passages[favour[0]], passages[against[0]]), "mixed"
    return (passages[order[0]],), "no" if against else "yes"


def _tells(
    question: Question, match: Match, n: int, logit: float, wording: Wording, lacks: bool
) -> bool:
    """Tell whether a sentence can answer: it concerns what is asked, and has the form of it."""
    text = match.record.passages[n].text
    said, own = speech.read(text), set(stems(text))
    if said.service or said.background:
        return False
    if said.others and not said.own and wording.share(own) < NAMED:
        return False
    share = wording.share({*stems(match.paper.title), *own})
    if logit < HEARD and (lacks or (share < CONCERNS and float(match.cosines[n]) < NEAR)):
        return False
    if _COMPARED.search(question.text):
        sides = [set(stems(part)) for part in question.parts[:2]]
        named = any(any(wording.holds(stem, own) for stem in side) for side in sides)
        return named and bool(_COMPARES.search(text) or _VARIES.search(text))
    if quality := _QUALITY.search(question.text):
        return limits(text) or any(same(stem, one) for stem in stems(quality[0]) for one in own)
    if _ABLE.search(question.text) and not lacks:
        return not said.others or said.own
    return bool(_FOUND.search(text) or _VARIES.search(text)) or limits(text)


def counted(stances: Sequence[Verdict]) -> dict[str, int]:
    """Return how many papers say what, without those that do not say."""
    found = Counter(stance for stance in stances if stance)
    return {stance: found[stance] for stance in ("yes", "no", "mixed") if found[stance]}


def verdict(stances: Sequence[Verdict]) -> Verdict:
    """Return what several papers say together; empty if none says anything."""
    said = {stance for stance in stances if stance}
    if not said:
        return ""
    return said.pop() if len(said) == 1 else "mixed"
