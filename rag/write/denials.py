"""What a sentence says is there, and what it says is not.

A "no", a "without", an "instead of" denies the words within its reach; an "anchor-free" denies the
anchors. A word of a text is so affirmed, denied, or, where the clause has some other word that
takes things back ("avoids", "unlike", "less"), left open. A statement is against an abstract if it
affirms a thing that the abstract has as absent only, or denies one that the abstract has as present
only. What is left open on either side tells nothing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rag.text.words import Word, same, stem, words
from rag.write.details import EMPTY

REACH = 5
"""Words behind a "not" that it denies (3 to 7 tried on tests/gold/claims.jsonl)."""

RESTS = 4
"""Words that a sentence shares with the one that it rests on, to be held against it alone."""

SHARED = 0.25
"""Of the words that a sentence denies, those that an abstract has to have."""

SHORTEST = 4
"""Letters of a word that names a thing."""

_DENIES = re.compile(
    r"\b(?:(?<!what )(?<!that )(?<!which )no(?! (?:less|more|fewer|longer)\b)|"
    r"not(?! (?:only|just)\b)|no longer|never|none|neither|nor|cannot|without|lacks?|"
    r"lacking|free of|free from|instead of|rather than|"
    r"unable to|fail(?:s|ed)? (?:to|for|on|in|with|under)|\w+n't|"
    r"(?:eliminat|remov|avoid|obviat|circumvent|bypass|spar|reliev)\w* (?:of )?(?:the |any )?"
    r"(?:need|necessity|requirement|reliance|dependence|burden)(?: for| of| on| to)?)\b",
    re.IGNORECASE,
)
_FREE = re.compile(r"\b([^\W\d_][\w-]*?)-(?:free|less)\b", re.IGNORECASE)
_UN = re.compile(r"[Uu]n(?!i[a-z]|der|til|less|like)\w{4,}")  # "unlabeled" may have no labels
_NEEDLESS = re.compile(
    r"\b(?:is|are|was|were|be) (?:not|no longer|never) (?:\w+ )?"
    r"(?:needed|necessary|required|used|available|possible)\b"
    r"|\b(?:is|are) (?:unnecessary|superfluous|absent|missing)\b",
    re.IGNORECASE,
)
# What takes a thing back in other words: "avoids", "beyond", "unlike them".
_OPEN = re.compile(
    r"\b(?:un(?:able|availab\w+|clear\w*|explored|reliab\w+|stable|likely|necessar\w+|solved|"
    r"resolved|affected|satisf\w+|suitable)|in(?:capable|sufficient|dependent(?:ly)?|ability)|"
    r"avoid\w*|eliminat\w+|prevent\w*|remov\w+|zero|zero-shot|drop\w*|limited|limits?|"
    r"limitations?|suffer\w*|struggl\w+|challeng\w+|difficult\w*|overlook\w*|miss\w*|despite|"
    r"unlike|less|fewer|few|little|beyond|replac\w+|mitigat\w+|overcom\w+|lossless\w*|non\w*|"
    r"locked|contrast|exclud\w+|negative|alleviat\w+|comparable|minimal\w*|hardly|"
    r"barely|scarce\w*|free|skip\w*|reduc\w+|sav\w+|however|although|though|yet|instead|issues?|"
    r"problems?|need for|costly|maintain\w*|keep\w*|preserv\w+|robust\w*|withstand\w*|invarian\w+|"
    r"resist\w*|spar(?:es?|ing)|forgo\w*|dispens\w+|obviat\w+|circumvent\w*|bypass\w*)\b",
    re.IGNORECASE,
)
# What is said of others, or of something compared: a paper that has it need not say so itself.
_OF_OTHERS = re.compile(
    r"\b(?:existing|previous|prior|earlier|traditional\w*|conventional\w*|most|current|often|"
    r"typically|still|than|over|against|compared)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"[;:]\s|,\s|\s(?=(?:and|but|while|whereas|although|though|which|because|yet)\s)"
)
_COMPARED = re.compile(
    r"\b(?:than|behind|ahead of|over|against|compared (?:with|to)|relative to)(?: [\w-]+){0,4} $"
)
_ENDS = re.compile(
    r"[.;:](?=\s|$)|,? (?:but|while|whereas|although|though|because|since|yet)\b"
    r"|,? and (?:is|are|was|were|has|have|had|can|will|it|they|we|then|thus|so)\b"
    r"|,(?! (?:[\w-]+,? ){0,4}(?:or|nor)\b)"
)
# These only say how much, which or when: a text that denies them denies what follows.
_MODIFIERS = frozenset(
    """
    additional additionally extra further furthermore explicit explicitly any new more other prior
    first human large small high highly single same single specific different special full whole
    entire direct directly existing available need needs needed require requires required
    requiring necessary rely relies relying depend depends use uses used using access provide
    provided make makes made having able having significant significantly much many several
    various long longer method methods approach approaches model models paper work
    """.split()
)  # fmt: skip

AFFIRMED, OF_OTHERS, OPEN, DENIED = 2, 1, 0, -1


@dataclass(frozen=True, slots=True)
class Said:
    """A word of a text that names something, and whether it is there."""

    word: Word
    there: int


@dataclass(frozen=True, slots=True)
class Reach:
    """The words that one denial of a text denies.

    ``contrast``: it has others in their place; ``compared``: it is what is compared with that has
    them not: "better than the model without memory".
    """

    words: tuple[Word, ...]
    contrast: bool = False
    compared: bool = False


def said(text: str) -> list[Said]:
    """Return the telling words of a sentence, each affirmed, denied or left open.

    >>> [(s.word.text, s.there) for s in said("The tracker runs without anchors, at low cost.")]
    [('tracker', 2), ('runs', 2), ('anchors', -1), ('low', 2), ('cost', 2)]
    """
    telling = _telling(text)
    denied = {word for reach in reaches(text) for word in reach.words}
    spans = list(clauses(text))
    cues = [
        (cue, match.span(), span)
        for cue, pattern in ((OPEN, _OPEN), (OF_OTHERS, _OF_OTHERS))
        for span in spans
        for match in pattern.finditer(text, *span)
    ]

    def there(word: Word) -> int:
        if word in denied:
            return DENIED
        for cue, (start, end), (first, last) in cues:
            if first <= word.start < last and not start <= word.start < end:
                return cue
        return AFFIRMED

    without = [
        Said(replace(word, stem=stem(word.text[2:])), OPEN)
        for word in telling
        if _UN.fullmatch(word.text)
    ]
    return [*(Said(word, there(word)) for word in telling), *without]


def reaches(text: str) -> list[Reach]:
    """Return what each denial of a text denies."""
    telling, found = _telling(text), []
    needless = [match.span() for match in _NEEDLESS.finditer(text)]
    for match in _DENIES.finditer(text):
        if any(start <= match.start() < end for start, end in needless):
            continue
        beside = _COMPARED.search(text[: match.start()]) is not None
        ends = _ENDS.search(text, match.end())
        last = ends.start() if ends else len(text)
        within = [w for w in telling if match.end() <= w.start < last][:REACH]
        instead = match[0].lower() in ("instead of", "rather than")
        found.append(Reach(tuple(within), instead, beside))
    found += [Reach(tuple([w for w in telling if w.end <= at][-REACH:])) for at, _ in needless]
    for match in _FREE.finditer(text):
        start, end = match.span(1)
        found.append(Reach(tuple(w for w in telling if start <= w.start and w.end <= end)))
    return found


def clauses(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the clauses of a sentence start and end."""
    start = 0
    for match in _CLAUSE.finditer(text):
        yield start, match.start()
        start = match.end()
    yield start, len(text)


def against(sentence: str, sentences: Sequence[str]) -> str:
    """Say what a sentence has as present and an abstract as absent, or the other way round.

    Parameters
    ----------
    sentence
        One sentence, in its plain form.
    sentences
        The title and the sentences of the abstract, in theirs.
    """
    own, sources = said(sentence), [said(text) for text in sentences]
    return (
        _lost(own, sources)
        or _lost_here(own, sources)
        or _lost_pair(own, sources)
        or _made(reaches(sentence), sources)
    )


def _lost(own: Sequence[Said], sources: Sequence[Sequence[Said]]) -> str:
    """Say which thing a sentence has that the abstract has as absent only."""
    for item in own:
        word = item.word
        if item.there != AFFIRMED or len(word.text) < SHORTEST or word.text.lower() in _MODIFIERS:
            continue
        there = [s.there for source in sources for s in source if same(s.word.stem, word.stem)]
        if there and set(there) == {DENIED}:
            return f"{word.text!r} is only denied in the abstract"
    return ""


def _lost_here(own: Sequence[Said], sources: Sequence[Sequence[Said]]) -> str:
    """Say which thing a sentence has that the sentence it rests on denies.

    Elsewhere the abstract may have it: others that are "anchor-based".
    """
    here = {item.word.stem for item in own}
    shared = [{s.word.stem for s in source} & here for source in sources]
    best = max(shared, key=len)
    if len(best) < RESTS or sum(len(some) == len(best) for some in shared) > 1:
        return ""
    source = sources[shared.index(best)]
    for item in own:
        word = item.word
        if item.there != AFFIRMED or len(word.text) < SHORTEST or word.text.lower() in _MODIFIERS:
            continue
        there = {s.there for s in source if s.word.stem == word.stem}
        if there == {DENIED}:
            return f"{word.text!r} is denied in the abstract"
    return ""


def _lost_pair(own: Sequence[Said], sources: Sequence[Sequence[Said]]) -> str:
    """Say which two words a sentence has that stand together in the abstract as denied only.

    Each alone may be affirmed elsewhere: "depth", where "ground truth depth" is not needed.
    """
    here = {item.word.stem for item in own if item.there == AFFIRMED}
    for source in sources:
        for one, two in pairwise(source):
            pair = {one.word.stem, two.word.stem}
            if {one.there, two.there} == {DENIED} and len(pair) == 2 and pair <= here:
                others = [{s.word.stem for s in text if s.there != DENIED} for text in sources]
                if not any(pair <= other for other in others):
                    return f"'{one.word.text} {two.word.text}' is denied in the abstract"
    return ""


def _made(denied: Sequence[Reach], sources: Sequence[Sequence[Said]]) -> str:
    """Say what a sentence denies that the abstract has as present only."""
    for reach in denied:
        if reach.compared:
            continue
        things = [word for word in reach.words if word.text.lower() not in _MODIFIERS]
        least = AFFIRMED if reach.contrast else OF_OTHERS
        held = [
            {t.stem: s.there for t in things for s in source if same(s.word.stem, t.stem)}
            for source in sources
        ]
        most = max(map(len, held))
        if not most or most < SHARED * len(things):
            continue
        fullest = [min(h.values()) for h in held if len(h) == most]
        if min(fullest) > DENIED and 2 * sum(h >= least for h in fullest) > len(fullest):
            return f"{things[0].text!r} is not denied in the abstract"
    return ""


def _telling(text: str) -> list[Word]:
    return [word for word in words(text) if word.text.lower() not in EMPTY]
