"""What a number is said of: the thing that it counts, the names beside it, the words around it.

"82% on Flowers and 99% on Plants" has four details that all stand in the abstract, and is wrong
where the abstract has them crosswise. So each number of a sentence is held against the same number
of the abstract and against the others of its kind there: what the sentence gives to it may not be
given to another one. Nothing here knows grammar; where the abstract says it in other words, and
nothing of the sentence stands beside another number, nothing is found.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.text.words import same, stem, words
from rag.write import details, surroundings
from rag.write.details import EMPTY, JOINED, Number
from rag.write.surroundings import Name

MOVED, MOVED_LEAST = 1.25, 0.15
"""How much more alike the surroundings of another number have to be than those of the right one
(1.0 to 1.5 and 0 to 0.3 tried on tests/gold/claims.jsonl)."""

LABEL = 3
"""Words before a number that tell of what it is: "raises clean accuracy by 4%"."""

BESIDE = 8
"""Words within which a name may be beside a number."""

COUNTS_WITHIN = 4
"""Words behind a number among which is what it counts: "six state-of-the-art LiDAR detectors"."""

# Units that are things counted: their numbers compete with those of other things.
_COUNTED = frozenset("parameters layers epochs images videos frames datasets benchmarks classes "
                     "days years".split())  # fmt: skip
_MARKER = re.compile(r"\(?\b\d\)")  # of a list: "(1) ..., (2) ..."
_PLURAL = re.compile(r"[a-z-]*[^\W\d_iu]s|people|[A-Za-z]*[A-Z]s", re.ASCII)
_ANY = re.compile(r"\b(?:any|(?:an )?arbitrary) number of", re.IGNORECASE)
_ASIDE = re.compile(r" \([^()]*\)")
_BRACKETS = re.compile(r"[\[\]()]")
_RANGE = re.compile(r"-| to ")
_ON = re.compile(r"(?: [a-z][\w-]*){0,6} (?:on|in|for|over|against)(?: the)? ")
_PHRASE_ENDS = re.compile(r"[^\w\s-]|\b(?:per|across|during|using|via|between)\b")


@dataclass(frozen=True, slots=True)
class _Place:
    """A number where it stands: of what kind it is, what it counts, what is beside it."""

    number: Number
    kind: str
    counted: str
    names: tuple[Name, ...]
    around: dict[str, float]
    label: frozenset[str]


def moved(said: str, sentences: Sequence[str]) -> str:
    """Say which number is given to something that has another one in an abstract.

    Parameters
    ----------
    said
        One sentence, its numbers all in the abstract; both in their plain form.
    sentences
        The title and the sentences of the abstract.
    """
    held = [place for text in sentences for place in _places(text)]
    for number in _free_numbers(said):
        right = [place for place in held if details.agree(number, place.number)]
        kinds = {place.kind for place in right}
        rivals = [
            place for place in held
            if place.kind in kinds and not details.agree(number, place.number)
        ]  # fmt: skip
        own = _place(said, number, [n for n in _free_numbers(said) if _kin(n, number, right)])
        if _crossed(own, right, rivals, sentences):
            return f"{said[number.start : number.end]!r} is said of something else"
    return ""


def _crossed(
    own: _Place, right: Sequence[_Place], rivals: Sequence[_Place], sentences: Sequence[str]
) -> bool:
    """Tell whether what a sentence gives to a number belongs to a rival of it."""
    if own.counted and own.kind == "count":
        if any(_counts(place, own.counted) for place in right):
            return False
        return any(_counts(place, own.counted) for place in rivals) or any(
            _counts_any(text, own.counted) for text in sentences
        )
    if named := _named(own, right, rivals):
        return named > 0
    if any(_labelled(own, place, right) for place in rivals):
        return True
    best = max((surroundings.alike(own.around, place.around) for place in right), default=0.0)
    worst = max((surroundings.alike(own.around, place.around) for place in rivals), default=0.0)
    return worst > MOVED * best + MOVED_LEAST


def _labelled(own: _Place, rival: _Place, right: Sequence[_Place]) -> bool:
    """Tell whether a number has the label of a rival: "clean accuracy by 4% and certified by 3%".

    The label of the right one has to be of the same kind: it shares a word, and has one of its own.
    """
    shared = own.label & rival.label
    return bool(right) and all(
        place.label & shared and shared - place.label and place.label - own.label - rival.label
        for place in right
    )


def _named(own: _Place, right: Sequence[_Place], rivals: Sequence[_Place]) -> int:
    """Tell by the names beside a number whether it is in its place.

    Returns
    -------
    int
        1 if it has the name of a rival and none that is its own alone in the abstract, where it has
        one; -1 if it has one that is its own alone; 0 if names tell nothing.
    """
    its, theirs = ([name for place in some for name in place.names] for some in (right, rivals))
    its_alone = [a for a in its if not any(a.matches(b) for b in theirs)]
    theirs_alone = [b for b in theirs if not any(b.matches(a) for a in its)]
    if any(a.matches(b) for a in own.names for b in its_alone):
        return -1
    return int(bool(its_alone) and any(a.matches(b) for a in own.names for b in theirs_alone))


def _places(text: str) -> list[_Place]:
    free = _free_numbers(text)
    kinds = {number: _kind(number) for number in free}
    return [_place(text, n, [m for m in free if kinds[m] == kinds[n]]) for n in free]


def _place(text: str, number: Number, kin: Sequence[Number]) -> _Place:
    """Return a number with what is around it; ``kin`` are the numbers that share it out."""
    runs = _runs([(n.start, n.end) for n in kin], text)
    run = next((run for run in runs if (number.start, number.end) in run), None)
    names = _beside(text, number, kin, run)
    start, end = (run[0][0], run[-1][1]) if run else (number.start, number.end)
    around = surroundings.around(text, start, end, kin)
    if run and (dealt := _dealt(text, run)):
        own = dealt[run.index((number.start, number.end))]
        around |= {word.stem: 0.0 for a, b in dealt for word in words(text[a:b])}
        around |= {word.stem: 1.0 for word in words(text[own[0] : own[1]])}
    counted = _counted_by(text, end, number)
    return _Place(number, _kind(number), counted, tuple(names), around, _label(text, start, kin))


def _label(text: str, start: int, kin: Sequence[Number]) -> frozenset[str]:
    """Return the stems of what is said to be a number: the words before it in its clause."""
    since = max((n.end for n in kin if n.end <= start), default=0)
    clause = surroundings.FENCES.split(text[since:start])[-1]
    telling = [word.stem for word in words(clause) if word.text.lower() not in EMPTY]
    return frozenset(telling[-LABEL:])


def _kind(number: Number) -> str:
    """Return what a number competes with: percentages, factors, counts, decimals, or its unit."""
    if number.unit and number.unit not in _COUNTED:
        return number.unit
    return "count" if number.unit or number.value == int(number.value) else "decimal"


def _kin(one: Number, other: Number, right: Sequence[_Place]) -> bool:
    kinds = {_kind(other), *(place.kind for place in right)}
    return _kind(one) in kinds


def _free_numbers(text: str) -> list[Number]:
    """Return the numbers that neither belong to a name nor count the parts of a list."""
    markers = [match.span() for match in _MARKER.finditer(text)]
    return [
        n for n in details.numbers(text)
        if not surroundings.in_name(text, n) and not any(a <= n.start < b for a, b in markers)
    ]  # fmt: skip


# -- what is counted -------------------------------------------------------------------------------


def _counted_by(text: str, end: int, number: Number) -> str:
    """Return the stem of what a number counts: its unit, or the first plural that follows."""
    if number.unit in _COUNTED:
        return stem(number.unit)
    if joined := re.match(r"-([a-z]+)", text[end:]):
        return stem(joined[1])
    behind = _ASIDE.sub("", text[end:])
    for word in _PHRASE_ENDS.split(behind, maxsplit=1)[0].split()[:COUNTS_WITHIN]:
        if word.lower() in EMPTY:
            break
        if _PLURAL.fullmatch(word):
            return stem(word)
    return ""


def _counts(place: _Place, counted: str) -> bool:
    return bool(place.counted) and same(place.counted, counted)


def _counts_any(text: str, counted: str) -> bool:
    """Tell whether a text has any number of a thing."""
    for match in _ANY.finditer(text):
        follow = words(text[match.end() :])[:2]
        if any(same(word.stem, counted) for word in follow):
            return True
    return False


# -- names beside a number -------------------------------------------------------------------------


def _beside(
    text: str, number: Number, kin: Sequence[Number], run: Sequence[tuple[int, int]] | None
) -> list[Name]:
    """Return the names that have no other number of a kind nearer than this one.

    Of a run of numbers, each has the names of all, or the one at its place in a run of as many
    names.
    """
    names = surroundings.names(text)
    if run and (dealt := _dealt(text, run)):
        place = dealt[run.index((number.start, number.end))]
        return [name for name in names if (name.start, name.end) == place]
    beside = []
    for name in names:
        nearest = min(
            surroundings.between(text, (name.start, name.end), (n.start, n.end)) for n in kin
        )
        spans = run or [(number.start, number.end)]
        apart = min(surroundings.between(text, (name.start, name.end), span) for span in spans)
        if apart <= min(nearest, BESIDE):
            beside.append(name)
    return beside


def _runs(spans: Sequence[tuple[int, int]], text: str) -> list[list[tuple[int, int]]]:
    """Return the runs of two and more spans that only commas and "and" part."""
    found: list[list[tuple[int, int]]] = []
    for span in spans:
        if found and JOINED.fullmatch(_BRACKETS.sub("", text[found[-1][-1][1] : span[0]])):
            found[-1].append(span)
        else:
            found.append([span])
    return [run for run in found if len(run) > 1]


def _dealt(text: str, run: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the names that are given to a run of numbers, one to each or to each range; or none.

    Where the sentence says "respectively", or "3%, 4% and 5% on A, B and C".
    """
    place = [0]  # of each number, among the numbers and ranges
    for one, two in pairwise(run):
        place.append(place[-1] + (_RANGE.fullmatch(text[one[1] : two[0]]) is None))
    said = text.find("respectively")
    names = [(name.start, name.end) for name in surroundings.names(text)]
    alike = [named for named in _runs(names, text) if len(named) == place[-1] + 1 > 1]
    before = [named for named in alike if named[-1][1] <= said]
    if before:
        return [before[-1][n] for n in place]
    behind = (named for named in alike if _ON.fullmatch(text[run[-1][1] : named[0][0]]))
    listed = "," in text[run[0][1] : run[-1][0]] or " and " in text[run[0][1] : run[-1][0]]
    found = next(behind, []) if listed else []
    return [found[n] for n in place] if found else []
