"""Which numbers and names of a sentence do not stand in what it cites.

This is the examiner's own check: it shares nothing with `rag.write.check`, which decides what is
shown, so that a hole in one does not hide in the other. It compares tokens and knows no grammar.

What counts as a number: digits, with a decimal part ("37", "5.8", "10,000"), and the words from
"two" to "twelve", "hundred", "thousand", "million" and "billion". A percent sign counts with its
number: "8%" is not borne out by "8 frames".

What counts as a name: a word with a capital inside ("TransMOT", "GANs"), a word with a digit
("MOT17", "3D"), and a capitalised word that does not begin a sentence. The first word of a sentence
has a capital anyway, so an invented name there is seen only if it has another capital or a digit.

What stands on both sides of a hyphen belongs together: "ResNet-50" is borne out by "ResNet 50" and
"ResNet50", not by "ResNet-18" and "50 epochs". The kind of dash, commas in numbers, capitals and
the plural of a name make no difference.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import groupby

_DASHES = (*range(0x2010, 0x2016), 0x2212)  # hyphens, dashes, the minus sign
_MARKS = dict.fromkeys(_DASHES, "-") | {ord("×"): "x", ord("’"): "'"}
_COMMA = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_PERCENT = re.compile(r"(?<=\d)\s*(?:\\?%|per ?cent\b)", re.IGNORECASE)
_WORDS = {
    word: str(number)
    for number, word in enumerate(
        "two three four five six seven eight nine ten eleven twelve".split(), start=2
    )
} | {"hundred": "100", "thousand": "1000", "million": "1000000", "billion": "1000000000"}
_NUMBER_WORD = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b", re.IGNORECASE)

_COMPOUND = re.compile(r"[^\W_]+(?:(?:[-+']|\.(?=\d))[^\W_]+)*%?")
_PART = re.compile(r"\d+(?:\.\d+)*(?:[^\W\d_]+\d*)*%?|[^\W\d_][^\W_]*(?:\.\d+)*")
_PIECE = re.compile(r"\d+(?:\.\d+)*%?|[^\W\d_]+")  # "ResNet50" has two
_BEGINS = re.compile(r"(?:^|[.!?:]\s)[^\w]*$")
_UNITS = r"(?:x|fps|hz|ms|gb|mb)"  # these follow a number without a space: "37FPS"


def unsupported(sentence: str, source: str) -> list[str]:
    """Return the numbers and names of a sentence that do not stand in a text.

    Parameters
    ----------
    sentence
        What is said, without bracket numbers.
    source
        Everything that may support it: titles and abstracts of what is cited.

    >>> unsupported("It runs at 37 FPS on COCO.", "A tracker that runs at 37 FPS.")
    ['COCO']
    >>> unsupported("It needs 1000 images and ResNet50.", "ResNet-50 needs 1,000 images")
    []
    """
    there = _plain(source)
    found = dict.fromkeys(_details(_plain(sentence)))
    return [detail for detail in found if not _stands(detail, there)]


def _plain(text: str) -> str:
    """Write what may be written in several ways in one way."""
    text = unicodedata.normalize("NFKC", text.translate(_MARKS)).translate(_MARKS)
    text = _NUMBER_WORD.sub(lambda word: _WORDS[word[0].lower()], text)
    return _PERCENT.sub("%", _COMMA.sub("", text))


def _details(sentence: str) -> Iterator[str]:
    """Yield the numbers and names of a sentence, each compound's as far as they belong together."""
    for compound in _COMPOUND.finditer(sentence):
        begins = bool(_BEGINS.search(sentence[: compound.start()]))
        parts = [part for part in _PART.findall(compound[0].removesuffix("'s")) if part]
        special = [_counts(part, begins and n == 0) for n, part in enumerate(parts)]
        numbers_alone = all(part[0].isdigit() and _number(part) for part in parts)
        for counts, run in groupby(zip(special, parts, strict=True), key=lambda pair: pair[0]):
            if not counts:
                continue
            if numbers_alone:  # "5-10" may be borne out by "5 to 10"
                yield from (part for _, part in run)
            else:
                yield "-".join(part for _, part in run)


def _number(part: str) -> bool:
    return re.fullmatch(rf"\d+(?:\.\d+)*(?:%|{_UNITS})?", part, re.IGNORECASE) is not None


def _counts(part: str, begins: bool) -> bool:
    """Tell whether a word is a number or a name; one that begins a sentence needs more signs."""
    if re.search(r"\d", part):
        return True
    if part in {"I", "A"}:
        return False
    return any(map(str.isupper, part[1:])) or (not begins and part[0].isupper())


def _stands(detail: str, source: str) -> bool:
    """Tell whether a number or name stands in a text, its pieces joined or apart."""
    pieces = _PIECE.findall(detail)
    if _number(detail) and pieces[-1].lower() == "x":  # "5.8x" is "5.8 times" too
        pieces.pop()
    first, last = pieces[0], pieces[-1]
    before = r"(?<![^\W_])(?<!\d\.)" if first[0].isdigit() else r"(?<![^\W\d_])"
    if last[-1].isdigit():
        after = rf"(?!\d|\.\d)(?:{_UNITS})?(?![^\W_])"
    elif last[-1] == "%":
        after = ""
    else:
        pieces[-1] = re.sub(r"(?<=.{2})s$", "", last)
        after = r"s?(?![^\W_])"
    joined = r"[-\s+']*".join(re.escape(piece) for piece in pieces)
    return re.search(before + joined + after, source, re.IGNORECASE) is not None
