"""Where a text is cut into sentences.

Every character that is not a space is in exactly one sentence, and none is cut within maths or
brackets. How texts are cut decides what an index holds, see `rag.library.passages.PASSAGE_RULE`.
"""

import re
from collections.abc import Iterator

from rag.text.maths import MATHS


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# The lists below hold what occurs in 20,000 abstracts of computer vision, in lower case.
# Never the last word of a sentence:
_ABBREVIATIONS = _words("eg ie vs cf viz et approx val dr mr mrs mt prof st incl excl esp")
# Not the last word if a number, a letter or a bracket follows (Fig. 3, Eq. (2), App. A):
_NUMBERED = _words("""
    fig figs eq eqs eqn eqns sec secs sect tab tabs ref refs no nos alg thm lem prop def cor ch
    chap vol ver v p pp par app ex ca avg max min std
    jan feb mar apr jun jul aug sep sept oct nov dec""")
# The last word if a capital follows:
_OPEN_LISTS = _words("al etc")
# The last word only before one that opens sentences, as are initials and acronyms:
_SELDOM_LAST = _words("resp inc corp ltd univ dept")
_OPENERS = _words("""
    a additionally after all also although an and as at based besides both but by code codes
    compared concretely consequently current despite due each existing experimental experiments
    extensive finally first firstly for from furthermore given here hence how however if in
    inspired instead it its moreover most nevertheless on one our overall previous prior recent
    recently results second secondly several since so some specifically such that the their then
    there therefore these they this third those though through thus to unfortunately unlike using
    we what when whereas whether which while with without yet""")
# They open a sentence even where its author forgot the capital:
_SMALL_OPENERS = _words("furthermore however moreover our the these this we")

_OPENING = "([{\"'“‘~$"  # noqa: RUF001
_CLOSING = r"[\"'”’»)\]}$]*"
_STOP = re.compile(rf"(?P<stop>[.!?…]+)(?P<closing>{_CLOSING})\s+")
# A sentence that begins without a space (scenes.Our method): two whole words, no file name.
_RUN_TOGETHER = re.compile(r"(?:(?<![^\s(])[a-z-]{4,}|\))[.?!](?=[A-Z][a-z]*(?:-[a-z]+)?,?\s)")
# No sentence ends within maths or brackets; the bound is for a bracket that was never closed.
_WHOLE = re.compile(
    rf"{MATHS}|\((?:[^()]|\([^()]{{0,100}}\)){{0,400}}\)|\[[^\[\]]{{0,400}}\]", re.DOTALL
)
_ACRONYM = re.compile(r"(?:[A-Za-z]{1,2}\.)*[A-Za-z]|(?:[A-Za-z]{1,2}\.)+[A-Za-z]{1,2}")
_ENUMERATOR = re.compile(rf"(?:^|[:;,.!?]{_CLOSING}\s)\(?\d{{1,2}}$")
_SMALL_ENUMERATOR = re.compile(r"(?:[ivx]+|[a-z])\)")
_NUMBER = re.compile(r"[\d(\[]|(?:[A-Z]|[IVX]+)\b")

_CONTEXT = 60  # characters to either side of a stop that can decide: longer than any word


def sentences(text: str) -> list[tuple[int, int]]:
    """Return the start and the end of each sentence, without the spaces around it."""
    found: list[tuple[int, int]] = []
    start = 0
    for cut in [*_cuts(text), len(text)]:
        span = trimmed(text, start, cut)
        start = cut
        if span is None:
            continue
        if found and not re.search(r"\w", text[span[0] : span[1]]):
            found[-1] = (found[-1][0], span[1])  # stray marks belong to what they follow
        else:
            found.append(span)
    return found


def _cuts(text: str) -> Iterator[int]:
    """Yield where a sentence ends and another one begins."""
    whole = [match.span() for match in _WHOLE.finditer(text)]
    stops = [match for match in _STOP.finditer(text) if _ends(text, match)]
    ends = {match.end() for match in (*stops, *_RUN_TOGETHER.finditer(text))}
    return (end for end in sorted(ends) if not any(a < end < b for a, b in whole))


def _ends(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - _CONTEXT) : match.start()]
    after = text[match.end() : match.end() + _CONTEXT]
    if not after or not _may_begin(after):
        return False
    if match["stop"] in {"!", "?"} or match["closing"].strip("$"):
        return True
    if len(match["stop"]) > 1 or match["stop"] == "…":
        return _opens(after)
    return not _is_abbreviation(before, after)


def _may_begin(after: str) -> bool:
    """Tell whether a sentence may begin so: all but plain small words and closing marks."""
    word = after.split(maxsplit=1)[0]
    if word[0] in ",;:.!?)]}%&*/=+|":
        return False
    if not word[0].islower():
        return True
    return (
        word.strip(",") in _SMALL_OPENERS
        or bool(_SMALL_ENUMERATOR.match(word))
        or "://" in word
        or re.search(r"[A-Z\d]", word) is not None  # a name: iPhone, nnU-Net, pix2pix
    )


def _opens(after: str) -> bool:
    word = re.match(r"\W*([\w-]*)", after)
    return word is not None and word[1].lower() in _OPENERS and not after[0].islower()


def _is_abbreviation(before: str, after: str) -> bool:
    """Tell whether a single stop belongs to the word before it and ends no sentence."""
    *earlier, word = [word.lstrip(_OPENING) for word in before.split()] or [""]
    small = word.lower()
    acronym = _ACRONYM.fullmatch(word) is not None
    if acronym and word.islower() and "." in word:
        return True
    if (acronym and word[0].isupper()) or small in _SELDOM_LAST:
        return after[0].isalpha() and not _opens(after)
    if word.isupper():
        return False  # CF, SR: a name that only looks like an abbreviation
    if small in _NUMBERED:
        return _NUMBER.match(after) is not None
    if small in _OPEN_LISTS:
        return not after[0].isupper()
    if _ENUMERATOR.search(before):
        return not earlier or earlier[-1].lower().rstrip(".") not in _NUMBERED
    return small in _ABBREVIATIONS


def trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return a stretch without the spaces at its ends, or nothing if there is nothing else."""
    part = text[start:end]
    length = len(part.strip())
    start += len(part) - len(part.lstrip())
    return (start, start + length) if length else None
