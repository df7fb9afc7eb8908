"""Whether a sentence and what it rests on point the same way: better or worse, with or without.

Each clause of the sentence is held against the sentence of the abstract that shares most with
it. A clause that says "worse" where that one says "better" and nothing of the other kind is against
it; so is one that denies what is affirmed there, or affirms what is denied. One that compares has
to find which way it goes in what it rests on, since "faster" is as easily said as "slower"; other
words that neither side has tell nothing.
"""

import re
from collections.abc import Sequence

from rag.text.words import same, stem, words
from rag.write import denials, details

_Sides = tuple[frozenset[str], frozenset[str]]


def _side(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in text.split())


# Of each pair one side speaks for more or better, the other for less or worse: stems, so that
# "improves" and "improvement" are one.
_SIDES = tuple(
    (_side(up), _side(down))
    for up, down in (
        (
            "better best improve superior superiority outperform surpass exceed beat beating ahead "
            "gain win won boost enhance favorable favorably stronger promising sota "
            "state-of-the-art well successful successfully effective effectively excel",
            "worse worst worsen inferior underperform degrade lose lost behind lag poor poorly "
            "weaker badly hurt harm impair deteriorate suffer fail unsatisfactory",
        ),
        (
            "more most higher highest increase increment rise raise greater greatest grow above "
            "exceed lift boost improve gain up",
            "less least fewer fewest lower lowest lowering reduce reduction decrease cut below "
            "drop save saving decline compress minimize alleviate down loss",
        ),
        (
            "faster fastest quicker quickest speedup speed-up accelerate rapid rapidly fast "
            "real-time quick",
            "slower slowest slow slowly slowdown",
        ),
        (
            "cheaper cheap reduction reduce affordable inexpensive saving",
            "costlier expensive dearer costly",
        ),
        ("longer long", "shorter short"),
        ("easier easy", "harder hard difficult"),
        ("larger largest big bigger", "smaller smallest tiny"),
        (
            "keep maintain preserve retain",
            "sacrifice abandon suffer lose forfeit",
        ),
        ("fixed constant bounded", "grow growing unbounded"),
        ("same identical agree agreement", "differ differing separate disagree disagreement"),
    )
)
# Who comes off worse is told rarely, and has to be told by the abstract with such a word.
_WORSE = re.compile(
    r"\b(?:worse|worst|inferior|behind|los(?:es?|ing) (?:to|out|against|\d)|slower|costlier|fewer|"
    r"(?:falls?|lags?) (?:short|behind)|underperform\w*|less (?!than\b)\w+|not as \w+)\b",
    re.IGNORECASE,
)
_NO_WORSE = re.compile(
    r"\b(?:no|not|never|nor|neither|hardly|without being)(?: any)? $", re.IGNORECASE
)
_BOUND = (
    r"(?P<{low}>under|below|less than|fewer than|up to|at most|within|no more than|as few as)"
    r"|(?P<{high}>over|above|more than|at least|exceeding|no less than|no fewer than|>)"
)
_BOUNDED = re.compile(
    rf"(?:{_BOUND.format(low='low', high='high')})[ ]*(?:a |an )?$", re.IGNORECASE
)
_BOUNDS = re.compile(
    r"\b(?:less|fewer|more|no less|no more) than\b(?=[^,;:]{0,12}\d| (?:an? )?(?:half|third|"
    r"quarter|tenth|one|two|three|four|five|ten|hundred|thousand))|\bup to\b|\bat (?:least|most)\b"
)
# Whom one is compared with does not say which way it goes: "worse than state-of-the-art methods".
_RIVALS = re.compile(
    r"\b(?:state-of-the-art|SOTA)(?= (?:[\w-]+ ){0,3}?(?:methods?|models?|approach|approaches|"
    r"works?|algorithms?|baselines?|techniques?|systems?|competitors?|rivals?)\b)",
    re.IGNORECASE,
)
_THAN = re.compile(
    r"\b(?:(?P<less>less|lower|smaller|fewer|worse|weaker|slower|shorter)|more|higher|greater|larger|"
    r"better|stronger|faster|longer)\b(?: [\w-]+){0,3}? than\b",
    re.IGNORECASE,
)
# Of one stem with a word of a side, and not on it: the noun "effect", not "effective".
_BESIDE = frozenset("effect effects cost costs success successes minimal minimally".split())
_PHRASES = (
    (re.compile(r"\bg[ia]v(?:e|es|ing|en) up\b", re.IGNORECASE), "abandon"),
    (
        re.compile(r"\bf[ae]ll(?:s|ing)? (?:\w+ly )?(?:short|behind|below)\b", re.IGNORECASE),
        "underperform",
    ),
    (re.compile(r"\b(?:keep|prevent|stop|protect)(?:s|ed|ing)? (?:[\w-]+ ){1,3}from \w+ing\b"), ""),
)
_TOKEN = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)*")
_PARTS = re.compile(r"[,;:]|\b(?:and|while|but|whereas)\b")
# Words that say which way a comparison goes.
_COMPARES = re.compile(
    r"(?:more|less|fewer|better|best|worse|worst|\w{3,}er|outperform\w*|surpass\w*|exceed\w*|"
    r"beat\w*)",
    re.IGNORECASE,
)
_SAME_WAY = {0: (0, 1, 2, 3), 1: (0, 1, 2, 3)}
"""Pairs that tell the way of another: "improves the accuracy", "a higher accuracy"."""

_FROM_TO = re.compile(
    r"\bfrom (?P<one>[^,;:.]{3,60}?) (?:to|towards?|into) (?P<other>[^,;:.]{3,60})", re.IGNORECASE
)
_BEFORE, _NEAR = 8, 4
"""Words beside a number that say which way it goes."""

TURNED = 2
"""Words behind a "not" that it turns round: "does not work well"."""

_CLAUSE = re.compile(
    r"[;:]\s|,\s|\s(?=(?:and|but|while|whereas|although|though|which|because|yet)\s)"
)
_LEAST = 2  # words that a clause and its sentence share, for it to be held against it


def against(sentence: str, sentences: Sequence[str]) -> str:
    """Say where a sentence points another way than the abstract; nothing if it does nowhere.

    Parameters
    ----------
    sentence
        One sentence, without bracket numbers, in its plain form.
    sentences
        Those of the abstract, in theirs.
    """
    if reason := _numbers_turned(sentence, sentences):
        return reason
    earlier = before = ""
    for clause in _clauses(sentence):
        earlier, before = before, clause
        rests = _resting_on(clause, sentences) or _resting_on(f"{earlier} {clause}", sentences)
        reasons = [
            _turned(clause, source) or _compared(clause, source) or _worse(clause, source)
            for source in rests
        ]
        if any(reasons):
            return next(filter(None, reasons))
        if reason := _unsaid(clause, [*rests, *_resting_on(sentence, sentences)]):
            return reason
    return _moved(sentence, sentences)


def _clauses(sentence: str) -> list[str]:
    return [part for part in _CLAUSE.split(sentence) if len(part.split()) > 2] or [sentence]


def _resting_on(clause: str, sources: Sequence[str]) -> list[str]:
    """Return the sentences that share most with a clause, numbers and names counting twice."""
    said = _stems(clause)
    shared = [
        sum(w for root, w in said.items() if any(same(root, other) for other in _stems(source)))
        for source in sources
    ]
    most = max(shared, default=0.0)
    return [s for s, w in zip(sources, shared, strict=True) if w == most] if most >= _LEAST else []


def _stems(text: str) -> dict[str, float]:
    found = {}
    for word in words(text):
        if word.text.lower() not in details.EMPTY:
            telling = any(map(str.isdigit, word.text)) or any(map(str.isupper, word.text[1:]))
            found[word.stem] = 2.0 if telling else 1.0
    return found


def _turned(clause: str, source: str) -> str:
    """Say which word of a clause points the other way than all of its pair in a source."""
    said, there = (_pointing(_BOUNDS.sub(" ", _RIVALS.sub(" ", t))) for t in (clause, source))
    for pair in range(len(_SIDES)):
        for own, other in ((0, 1), (1, 0)):
            here, source_has = said[pair], there[pair]
            if here[own] and source_has[other] and not (here[other] or source_has[own]):
                return f"{here[own][0]!r} against {source_has[other][0]!r} in the abstract"
    return ""


def _pointing(text: str) -> list[tuple[list[str], list[str]]]:
    """Return the words of a text on the two sides of each pair; one that is denied, on the other.

    Of what a "not" reaches only the next words count: "not better", "may not be effective".
    """
    for phrase, word in _PHRASES:
        text = phrase.sub(word, text)
    denied = {word.start for reach in denials.reaches(text) for word in reach.words[:TURNED]}
    found: list[tuple[list[str], list[str]]] = [([], []) for _ in _SIDES]
    for match in _TOKEN.finditer(text):
        root = "" if match[0].lower() in _BESIDE else stem(match[0].lower())
        for sides, held in zip(_SIDES, found, strict=True):
            for n in (0, 1):
                if root in sides[n]:
                    held[1 - n if match.start() in denied else n].append(match[0])
    return found


def _compared(clause: str, source: str) -> str:
    """Say where a clause has "less than" and its source "greater than", or the other way round."""
    said, there = (
        {"less" if match["less"] else "more" for match in _THAN.finditer(text)}
        for text in (_BOUNDS.sub(" ", clause), _BOUNDS.sub(" ", source))
    )
    if len(said) == len(there) == 1 and said != there:
        return f"'{min(said)} than' against '{min(there)} than' in the abstract"
    return ""


def _worse(clause: str, source: str) -> str:
    worse = _WORSE.search(clause)
    if not worse or _NO_WORSE.search(clause[: worse.start()]) or _WORSE.search(source):
        return ""
    down = frozenset[str]().union(*(down for _, down in _SIDES))
    if _tokens(source) & down or denials.reaches(source):
        return ""
    return f"{worse[0]!r} where the abstract says nothing is worse"


def _unsaid(clause: str, sources: Sequence[str]) -> str:
    """Say which comparison of a clause goes a way that nothing of what it rests on says."""
    here = _pointing(_BOUNDS.sub(" ", _RIVALS.sub(" ", clause)))
    there = [_pointing(_BOUNDS.sub(" ", source)) for source in sources]
    for pair, sides in enumerate(here):
        for own in (0, 1):
            compared = [word for word in sides[own] if _COMPARES.fullmatch(word)]
            alike = _SAME_WAY.get(pair, (pair, 0) if own == 0 else (pair,))
            if compared and not any(found[p][own] for found in there for p in alike):
                return f"{compared[0]!r} is not said in the abstract"
    return ""


def _moved(said: str, sources: Sequence[str]) -> str:
    """Say which "from one to the other" of a sentence goes the other way in the abstract."""
    there = [match for source in sources for match in _FROM_TO.finditer(source)]
    for match in _FROM_TO.finditer(said):
        ways = {way for other in there if (way := _way_of(match, other))}
        if ways == {-1}:
            return f"{match[0]!r} goes the other way in the abstract"
    return ""


def _way_of(match: re.Match[str], other: re.Match[str]) -> int:
    """Return 1 where two go from and to the same, -1 where they are turned round, 0 otherwise."""
    one, two = (set(_stems(match[end])) for end in ("one", "other"))
    begin, end = (set(_stems(other[end])) for end in ("one", "other"))
    straight, turned = bool(one & begin) + bool(two & end), bool(one & end) + bool(two & begin)
    return 1 if straight > turned else -1 if turned == 2 else 0


def _numbers_turned(said: str, sources: Sequence[str]) -> str:
    """Say which number goes another way than in the abstract: over for under, less for more."""
    there = [(number, source) for source in sources for number in details.numbers(source)]
    for number in details.numbers(said):
        equal = [(n, source) for n, source in there if details.agree(number, n)]
        if equal and all(_opposed((said, number), (source, n)) for n, source in equal):
            return f"{said[number.start : number.end]!r} goes the other way in the abstract"
    return ""


def _opposed(one: tuple[str, details.Number], other: tuple[str, details.Number]) -> bool:
    bounds = [_bound(text, number) for text, number in (one, other)]
    if all(bounds) and bounds[0] != bounds[1]:
        return True
    # "Up to twice as fast" and "in up to half of the time" go one way, and not in one word.
    sides = _SIDES[1:2] if all(bounds) else _SIDES[:3]
    ways = [_way(text, number, sides) for text, number in (one, other)]
    return ways[0] * ways[1] < 0


def _bound(text: str, number: details.Number) -> str:
    found = _BOUNDED.search(text[: number.start])
    return (found.lastgroup or "") if found else ""


def _way(text: str, number: details.Number, pairs: Sequence[_Sides]) -> int:
    """Return 1 where what stands beside a number says more or better, -1 for less or worse."""
    before = _PARTS.split(_BOUNDED.sub(" ", text[: number.start]))[-1].split()[-_BEFORE:]
    after = _PARTS.split(text[number.end :])[0].split()[:_NEAR]
    beside = _tokens(" ".join([*before, "/", *after]))
    up, down = (any(beside & sides[n] for sides in pairs) for n in (0, 1))
    return int(up) - int(down)


def _tokens(text: str) -> set[str]:
    return {stem(word) for word in _TOKEN.findall(text.lower())}
