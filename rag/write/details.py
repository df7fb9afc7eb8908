"""The details of a sentence that have to stand in what it cites: numbers with units, and names.

A number is written in digits or as a word; "37 FPS" is not borne out by "37 layers", and where a
clause of the sentence puts a number beside a name, some sentence of the abstract has to do so too.
A name is a word with a capital or a digit inside, or one with a capital that does not begin the
sentence. Nothing here knows grammar, or decides whether a sentence is true: what it finds missing
is wrong, what it does not find may still be.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

_MARKS = dict.fromkeys((*range(0x2010, 0x2016), 0x2212), "-") | {
    ord("×"): "x", ord("’"): "'", ord("$"): None, ord("{"): None, ord("}"): None,
}  # fmt: skip
_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty"
).split()
_TENS = "thirty forty fifty sixty seventy eighty ninety".split()
_VALUES = (
    {word: float(n) for n, word in enumerate(_SMALL)}
    | {word: float(10 * n) for n, word in enumerate(_TENS, start=3)}
    | {"dozen": 12.0, "half": 0.5, "twice": 2.0, "double": 2.0, "doubled": 2.0, "doubles": 2.0,
       "triple": 3.0, "thrice": 3.0}
)  # fmt: skip
_SCALES = {
    "hundred": 1e2, "k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "b": 1e9, "billion": 1e9,
    "trillion": 1e12,
}  # fmt: skip
# Units that say the same are one; the first one is its name.
_UNITS = {
    word: group[0]
    for group in (
        ("%", "percent", "per cent", "percentage", "points", "point", "pp"),
        ("fps", "frames per second", "frames a second", "frames/s", "frame per second"),
        ("x", "times", "fold", "-fold"),
        ("ms", "milliseconds", "millisecond"),
        ("s", "sec", "seconds", "second"),
        ("min", "minutes", "minute"),
        ("h", "hours", "hour", "-hour"),
        ("days", "day"), ("years", "year"),
        ("kb",), ("mb",), ("gb",), ("tb",),
        ("mm",), ("cm",), ("km",), ("db",), ("hz",), ("khz",), ("mhz",), ("ghz",), ("w",), ("kg",),
        ("degrees", "degree", "°"),
        ("parameters", "parameter"), ("flops",), ("layers", "layer"), ("epochs", "epoch"),
        ("images", "image"), ("videos", "video"), ("frames", "frame"),
        ("datasets", "dataset"), ("benchmarks", "benchmark"), ("classes", "class"),
    )
    for word in group
}  # fmt: skip
_UNIT = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_SCALE = "|".join(_SCALES)
_WORD = "|".join(sorted(_VALUES, key=len, reverse=True))
_NUMBER = re.compile(
    rf"(?<![\w.])(?<![^\W\d]-)(?P<digits>\d+(?:\.\d+)?)(?:[ -]?(?P<scale>{_SCALE})\b)?"
    rf"(?:(?:[ -]|(?=[a-z%°-]))(?:(?P<percent>%)|(?P<unit>{_UNIT})(?!\w)))?"
    r"(?:(?<=%)|(?![.]?\d)(?!\w))"
    rf"|(?<![\w-])(?P<word>{_WORD})(?:[ -](?P<scale2>hundred|thousand|million|billion)\b)?"
    rf"(?:[ -](?P<unit2>{_UNIT})(?!\w))?(?!\w)",
    re.IGNORECASE,
)
# A factor may be told without "times", and what is counted with another word or none.
_COMPATIBLE = frozenset("x degrees parameters layers epochs images videos frames datasets "
                        "benchmarks classes days years".split())  # fmt: skip
JOINED = re.compile(r"\s*(?:-|to|and|or|/|,|, and|vs\.?|~)\s*", re.IGNORECASE)
_PART = re.compile(r"[^\W_]+(?:(?:[-/.+'&]|\.(?=\d))[^\W_]+)*\+*")
_BEGINS = re.compile(r"(?:^|[.!?:]\s)[^\w]*$")
PLAIN_CAPITALS = frozenset(
    "I A An The In On At By For With From To It Its They Their This These That We Our".split()
)
_LIKE = re.compile(r"-(?:like|alike|based|style|type|inspired|level|free|aware|wise)$")
EMPTY = frozenset(
    """
    a an the of to in on at by for with from as and or but that which this these those it its they
    their is are was were be been has have had than then so up about around over under more less
    only just even also both each while when where respectively approximately roughly nearly almost
    least most we our""".split()
)
_CALLED = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Number:
    """A number as a text has it: its value, its unit ("" for none), and where it stands."""

    value: float
    unit: str
    start: int
    end: int


def plain(text: str) -> str:
    """Write what may be written in several ways in one way, before details are looked for."""
    text = re.sub(r"\\times\b", "x", text).replace("\\%", "%").replace("\\pm", "±")
    text = text.translate(_MARKS)
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    return re.sub(r"\bper ?cent\b", "%", text, flags=re.IGNORECASE)


def numbers(text: str) -> list[Number]:
    """Return the numbers of a text that are no part of a name, each with its unit.

    One without a unit takes that of the number it is joined to: "4-5%", "0.9% and 4.1%".

    >>> [(n.value, n.unit) for n in numbers("two to 4.5% of 29k frames per second")]
    [(2.0, '%'), (4.5, '%'), (29000.0, 'fps')]
    """
    found = []
    for match in _NUMBER.finditer(text):
        if match["word"] and match["word"].lower() == "one":
            continue  # mostly a pronoun
        scale = (match["scale"] or match["scale2"] or "").lower()
        value = float(match["digits"]) if match["digits"] else _VALUES[match["word"].lower()]
        unit = _UNITS.get((match["percent"] or match["unit"] or match["unit2"] or "").lower(), "")
        found.append(Number(value * _SCALES.get(scale, 1.0), unit, match.start(), match.end()))
    for place in range(len(found) - 2, -1, -1):
        one, two = found[place], found[place + 1]
        if not one.unit and two.unit and JOINED.fullmatch(text[one.end : two.start]):
            found[place] = Number(one.value, two.unit, one.start, one.end)
    return found


def names(text: str) -> list[tuple[str, int]]:
    """Return the names of a text and where they stand, numbers alone left out.

    >>> [name for name, _ in names("On KITTI, ResNet-50 beats the others with Adam at 12 FPS.")]
    ['KITTI', 'ResNet-50', 'Adam']
    """
    found = []
    for match in _PART.finditer(text):
        word = re.sub(r"'s?$", "", match[0])
        if re.fullmatch(_UNIT, word, re.IGNORECASE) or not re.search(r"[^\W\d_]", word):
            continue
        if _NUMBER.fullmatch(word) or word in PLAIN_CAPITALS:
            continue
        inside = re.search(r"[^\W\d_].*[A-Z\d]|\d.*[A-Z]", word) is not None
        begins = _BEGINS.search(text[: match.start()]) is not None
        if inside or (word[0].isupper() and not begins):
            found.append((word, match.start()))
    return found


def missing(sentence: str, title: str, abstract: str, also: str = "") -> str:
    """Say which detail of a sentence does not stand in a paper; nothing if all of them do.

    Parameters
    ----------
    sentence
        One sentence, without bracket numbers.
    title, abstract
        The paper's.
    also
        Names that may be said beside the paper's: those of others that the sentence cites, too.
    """
    said, source = plain(sentence), plain(f"{title}. {abstract}")
    there = numbers(source)
    for number in numbers(said):
        if not any(agree(number, other) for other in there):
            return f"{said[number.start : number.end]!r} is not in the abstract"
    known = {bare(part) for text in (source, plain(also)) for part in _parts(text)}
    for name, _ in names(said):
        if not _stands(name, known, source):
            return f"{name!r} is not in the abstract"
    return ""


def agree(said: Number, there: Number) -> bool:
    """Tell whether a number of an abstract bears out one of a sentence: value and unit."""
    if abs(said.value - there.value) > 1e-9 * max(1.0, abs(there.value)):
        return False
    return not said.unit or said.unit == there.unit or (not there.unit and said.unit in _COMPATIBLE)


def _stands(name: str, known: set[str], source: str) -> bool:
    """Tell whether a name stands in a text, joined or apart, or spelt out where it is initials."""
    alone = bare(_LIKE.sub("", name))
    if alone in known or alone.removesuffix("s") in known or f"{alone}s" in known:
        return True
    pieces = [piece for piece in re.split(r"[-/+'&]", name) if piece]
    if len(pieces) > 1 and all(_stands(piece, known, source) for piece in pieces):
        return True
    return _spelt_out(name, source)


def _spelt_out(name: str, source: str) -> bool:
    letters = re.sub(r"s$", "", name)
    if not re.fullmatch(r"[A-Z]{2,6}", letters):
        return False
    initials = r"[\s-]+".join(rf"{letter}[a-z]+" for letter in letters.lower())
    found = re.finditer(rf"(?<!\w){initials}", source.lower())
    return any(EMPTY.isdisjoint(re.split(r"[\s-]+", match[0])) for match in found)


def _parts(text: str) -> Iterator[str]:
    """Yield the words of a text, compounds whole and in pieces, and pairs that may be one name."""
    words = [match[0] for match in _PART.finditer(text)]
    for word in words:
        yield word
        yield from re.split(r"[-/+'&]", word)
        yield from re.findall(r"[^\W\d_]+|\d+(?:\.\d+)?", word)
    for one, two in pairwise(words):
        yield one + two


def bare(word: str) -> str:
    """Return a name as it is compared: "CIFAR-10" and "CIFAR10" are one."""
    return _CALLED.sub("", re.sub(r"'s$", "", word)).casefold()
