"""Whether a sentence and what it rests on point the same way: better or worse, with or without.

Each clause of the sentence is held against the sentence of the abstract that shares most with it.
A clause that says "worse" where that one says "better" and nothing of the other kind is against it;
so is one that denies what is affirmed there, or affirms what is denied. Words that neither side has
tell nothing: it finds what is turned, and does not prove what is not.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from rag.text.words import Word, same, words
from rag.write import details


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Of each pair one side speaks for more or better, the other for less or worse.
_SIDES = (
    (
        _words("""
            better best improve improves improved improving improvement improvements
            superior superiority outperform outperforms outperformed outperforming
            surpass surpasses surpassed surpassing exceed exceeds exceeded exceeding
            beat beats beating ahead gain gains gained win wins winning boost boosts
            boosting enhance enhances enhanced enhancing favorable favorably stronger
            promising sota state-of-the-art well successful"""),
        _words("""
            worse worst inferior underperform underperforms underperformed degrade
            degrades degraded degrading lose loses losing behind lag lags poor poorly
            weaker badly fall falls short hurt hurts suffer suffers fail fails failed"""),
    ),
    (
        _words("""
            more most higher highest increase increases increased increasing increment
            increments rise rises rising raise raises raised raising greater greatest
            grow grows above exceed exceeds lift lifts boost boosts boosting improve
            improves improved improving improvement improvements gain gains gained up"""),
        _words("""
            less least fewer fewest lower lowest lowers lowering reduce reduces reduced
            reducing reduction decrease decreases decreased decreasing cut cuts below
            drop drops dropped save saves saved saving savings decline declines compress
            compresses compressing minimize minimizes alleviate alleviates down loss"""),
    ),
    (
        _words("""
            faster fastest quicker quickest speedup speedups speed-up accelerate
            accelerates accelerated accelerating rapid rapidly fast real-time quick"""),
        _words("slower slowest slow slowly slowdown"),
    ),
    (
        _words("cheaper cheap reduction reductions reduce reduces affordable inexpensive saving"),
        _words("costlier expensive dearer costly"),
    ),
    (_words("longer long"), _words("shorter short")),
    (_words("easier easy"), _words("harder hard difficult")),
    (_words("larger largest big bigger"), _words("smaller smallest tiny")),
)
_DENIES = re.compile(
    r"\b(?:no|not(?! only\b)|never|none|neither|nor|cannot|without|fails? to|failed to|lacks?|"
    r"lacking|free of|free from|instead of|rather than|unable to|\w+n't|\w+n’t)\b|\b\w+-free\b",
    re.IGNORECASE,
)
# What is denied in other words: "may not", "only half", "beyond", "remains unclear".
_HALF_DENIES = re.compile(
    r"\b(?:un(?!ivers|if|i[qt]|der|til)\w{3,}|in(?:capable|sufficient|dependent(?:ly)?|ability)|"
    r"only|alone|solely|avoid\w*|eliminat\w+|prevent\w*|remov\w+|redundant|zero|zero-shot|"
    r"limited|limits?|suffer\w*|struggl\w+|challeng\w+|difficult\w*|overlook\w*|miss\w*|despite|"
    r"unlike|less|fewer|few|little|beyond|replac\w+|mitigat\w+|overcom\w+|lossless\w*|frozen|"
    r"non\w*|locked|self-supervised|still|maintain\w*|keep\w*|preserv\w+|contrast|exclud\w+|"
    r"negative|alleviat\w+|comparable|consistently|minimal\w*|hardly|barely|free)\b",
    re.IGNORECASE,
)
# Who comes off worse is told rarely, and has to be told by the abstract with such a word.
_WORSE = re.compile(
    r"\b(?:worse|worst|inferior|behind|los(?:es?|ing) (?:to|out|against|\d)|slower|costlier|fewer|"
    r"(?:falls?|lags?) (?:short|behind)|underperform\w*|less (?!than\b)\w+|not as \w+)\b",
    re.IGNORECASE,
)
_BOUND = (
    r"(?P<{low}>under|below|less than|fewer than|up to|at most|within|no more than|as few as)"
    r"|(?P<{high}>over|above|more than|at least|exceeding|no less than|no fewer than|>)"
)
_BOUNDED = re.compile(
    rf"(?:{_BOUND.format(low='low', high='high')})[ ]*(?:a |an )?$", re.IGNORECASE
)
_BOUNDS = re.compile(r"\b(?:less|fewer|more|no less|no more) than\b(?=[^,;:]{0,12}\d)|\bup to\b")
_PARTS = re.compile(r"[,;:]|\b(?:and|while|but|whereas)\b")
_BEFORE, _NEAR = 8, 4
"""Words beside a number that say which way it goes."""

_REACH = 5
"""Words behind a "not" that it denies (3 to 7 tried on tests/gold/claims.jsonl)."""

_CLAUSE = re.compile(
    r"[;:]\s|,\s|\s(?=(?:and|but|while|whereas|although|though|which|because|yet)\s)"
)
_LEAST = 2  # words that a clause and its sentence share, for it to be held against it


def against(sentence: str, sentences: Sequence[str]) -> str:
    """Say where a sentence points another way than the abstract; nothing if it does nowhere.

    Parameters
    ----------
    sentence
        One sentence, without bracket numbers.
    sentences
        Those of the abstract, in whole: one may take back what another says.
    """
    sources = [details.plain(source) for source in sentences]
    said = details.plain(sentence)
    if reason := _numbers_turned(said, sources):
        return reason
    earlier = before = ""
    for clause in _clauses(said):
        earlier, before = before, clause
        source = _resting_on(clause, sources) or _resting_on(f"{earlier} {clause}", sources)
        if not source:
            continue
        if reason := _turned(clause, source) or _worse(clause, source):
            return reason
    return ""


def _clauses(sentence: str) -> list[str]:
    return [part for part in _CLAUSE.split(sentence) if len(part.split()) > 2] or [sentence]


def _resting_on(clause: str, sources: Sequence[str]) -> str:
    """Return the sentence that shares most with a clause, numbers and names counting twice."""
    best, most = "", _LEAST - 1.0
    said = _stems(clause)
    for source in sources:
        there = _stems(source)
        shared = sum(w for stem, w in said.items() if any(same(stem, other) for other in there))
        if shared > most:
            best, most = source, shared
    return best


def _stems(text: str) -> dict[str, float]:
    found = {}
    for word in words(text):
        if word.text.lower() not in details.EMPTY:
            telling = any(map(str.isdigit, word.text)) or any(map(str.isupper, word.text[1:]))
            found[word.stem] = 2.0 if telling else 1.0
    return found


def _turned(clause: str, source: str) -> str:
    said, there = _tokens(_BOUNDS.sub(" ", clause)), _tokens(_BOUNDS.sub(" ", source))
    for up, down in _SIDES:
        for own, other in ((up, down), (down, up)):
            if said & own and not said & other and there & other and not there & own:
                return f"{min(said & own)!r} against {min(there & other)!r} in the abstract"
    return ""


def _worse(clause: str, source: str) -> str:
    worse = _WORSE.search(clause)
    if not worse or _WORSE.search(source):
        return ""
    down = frozenset[str]().union(*(down for _, down in _SIDES))
    if _tokens(source) & down or _DENIES.search(source):
        return ""
    return f"{worse[0]!r} where the abstract says nothing is worse"


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
    if all(bounds):
        return bounds[0] != bounds[1]
    ways = [_way(text, number) for text, number in (one, other)]
    return ways[0] * ways[1] < 0


def _bound(text: str, number: details.Number) -> str:
    found = _BOUNDED.search(text[: number.start])
    return (found.lastgroup or "") if found else ""


def _way(text: str, number: details.Number) -> int:
    """Return 1 where what stands beside a number says more or better, -1 for less or worse."""
    before = _PARTS.split(text[: number.start])[-1].split()[-_BEFORE:]
    after = _PARTS.split(text[number.end :])[0].split()[:_NEAR]
    beside = _tokens(" ".join([*before, "/", *after]))
    up, down = (any(beside & sides[n] for sides in _SIDES[:3]) for n in (0, 1))
    return int(up) - int(down)


def _tokens(text: str) -> set[str]:
    return set(re.findall(r"[a-z]+(?:-[a-z]+)*", text.lower()))
