"""The clause of a sentence that says what was asked, cut at clause boundaries.

Abstracts open with "To overcome this limitation, we" and trail off into "which in turn". A clause
leaves out such an opening, and an end that nothing of the question is in. What is left is still a
run of the sentence's own characters, so that it can be quoted by its offsets.
"""

import re
from collections.abc import Callable

from rag.core.passages import Passage
from rag.core.questions import Question
from rag.text import genres
from rag.text.words import same, stems
from rag.write import subjects

SHORTEST = 7
"""Words of a clause at least; fewer say nothing."""

LONG = 18
"""Words up to which the end of a sentence is left on: it is read at a glance."""

_SUBJECT = (
    r"(?:we|our|this (?:paper|work|study|article|survey|report|project)|the (?:proposed|presented|"
    r"resulting) \w+|it|I)\b"
)
# What may stand before the subject and restricts nothing: an adverb, or a phrase up to a comma.
_OPENING = re.compile(
    r"^(?:(?:[A-Z][a-z]+ly|Last but not least|Moreover|Furthermore|However|Therefore|Thus|Hence|"
    r"First|Second|Third|Next|Then|Besides|Here|Also|"
    r"In (?:addition|particular|contrast|short|summary|detail)|As a result|"
    r"[Ii]n (?:this|the present) (?:paper|work|study|article|report|project|letter)),? "
    r"|(?:To|Towards?|Inspired by|Motivated by|Based on|Building on|For this (?:purpose|reason)|"
    r"With this in mind|[Ll]everaging|[Uu]sing|By [a-z]+ing|Observing|Considering)\b[^.;:]*?, )+?"
    rf"(?={_SUBJECT})"
)
# An aim restricts nothing, whatever its words; "using only ten labels" does.
_AIM = re.compile(r"(?:However,? )?(?:To|Towards?)\b")
_WEIGHED = re.compile(r"^(?:However|In contrast|Last but not least),? ?")
# Who asks for a number need not be told by which experiments it was found.
_FINDING = re.compile(
    r"^(?:(?:Extensive|Experimental|Empirical|Quantitative|Comprehensive|Our|The|Experiments?|"
    r"Results?|Evaluations?|We)\b[^.;:]*?|)\b(?:show|demonstrate|prove|find|confirm|verify|indicate)s?"
    r" that,? (?:with(?:out| few)(?: any)? bells and whistles, )?"
    r"(?=(?:we|our|the proposed|[A-Z]\w*[A-Z]\w*\+*)\b)"
)
# Where a clause may end: what follows hangs on it. A bare comma may stand in a list.
_ENDS = re.compile(
    r"; |: | (?:--?|–|—) | (?=so that\b)"
    r"|, (?=(?:which|where|whereas|while|thus|thereby|because|since|so|such that|as well as|"
    r"in order|especially|particularly|namely|including|such as|resulting|"
    r"leading|making|allowing|enabling|achieving|outperforming|improving|yielding|producing|"
    r"surpassing|demonstrating|showing|providing|reducing|bringing|giving|leveraging|using|"
    r"and (?:then |thus |also |further |therefore |hence )?(?:we|it|our|this|that|is|are|can|"
    r"shows?|demonstrates?|proposes?|achieves?|outperforms?|introduces?|presents?|uses?|obtains?|"
    r"provides?|designs?|develops?|improves?|runs|applies|apply))\b)"
)
# No clause ends with one of these: what it announces would be missing.
_ANNOUNCES = re.compile(
    r"\b(?:that|which|by|of|to|and|or|as|with|for|in|on|is|are|than|from|follows|following|e\.g\.|"
    r"i\.e\.|vs\.|the|an?)$",
    re.IGNORECASE,
)
_OPEN_PAIR = re.compile(r"[(\[{“]")
_CLOSE_PAIR = re.compile(r"[)\]}”]")

_COUNTED = ("number", "speed")  # what is asked for is told by a number


# Numbers and coined names: one of them may be the fact that was asked for.
_DETAIL = re.compile(r"\d+(?:[.,]\d+)*|\w+[A-Z]\w*")
# Where a number is asked for, those that are part of no name: not "OTB-2015" or "3D".
_NUMBER = re.compile(
    r"(?<![\w.-])\d+(?:[.,]\d+)*(?: ?[%x×]|[kKMB]|ms|s|fps|FPS|GB|MB|Hz|h)?(?!\w|-[A-Za-z])"
    r"|\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|dozens?|hundreds?|thousands?|"
    r"[mb]illions?)\b",
    re.IGNORECASE,
)


def cut(question: Question, passage: Passage) -> Passage:
    """Return the clause of a sentence that is to be quoted; the sentence itself if none is better.

    The clause has all words of the question that the sentence has, and where a fact is asked for,
    all numbers and names; where that is a number, all numbers.
    """
    text = passage.text
    keeps = keeper(question, text)
    openings = (*((_FINDING,) if question.wants in _COUNTED else ()), _OPENING)
    starts = (_begins(text, opening) for opening in openings)
    start = next((start for start in starts if start and keeps(text[start:])), 0)
    end = _ends(text, start, keeps)
    return Passage(passage.paper_id, passage.start + start, passage.start + end, text[start:end])


def around(passage: Passage, span: tuple[int, int]) -> Passage:
    """Return the clause of a sentence that holds a stretch of it; the sentence if none does.

    Parameters
    ----------
    span
        Start and end of what must not be lost, in characters of the sentence.
    """
    text = passage.text

    def keeps(part: str) -> bool:
        return start + len(part) >= span[1]

    starts = (_begins(text, opening) for opening in (_FINDING, _OPENING))
    start = next((start for start in starts if 0 < start <= span[0]), 0)
    end = _ends(text, start, keeps)
    return Passage(passage.paper_id, passage.start + start, passage.start + end, text[start:end])


def keeper(question: Question, text: str) -> Callable[[str], bool]:
    """Return what tells whether a part of a sentence shows what the sentence is quoted for."""
    there = stems(text)
    terms = stems(" ".join(question.terms))
    asked = {a for a in terms if any(same(a, b) for b in there)}
    of = [genre for genre in question.genres if genres.shown(genre, text, False)]
    detail = _NUMBER if question.wants in _COUNTED else _DETAIL
    details = set(detail.findall(text)) if question.kind == "fact" else set()

    def keeps(part: str) -> bool:
        held = stems(part)
        return (
            all(any(same(a, b) for b in held) for a in asked)
            and all(genres.shown(genre, part, False) for genre in of)
            and details <= set(detail.findall(part))
        )

    return keeps


def _begins(text: str, pattern: re.Pattern[str]) -> int:
    """Return where a sentence begins behind an opening that restricts nothing, or 0."""
    opening = pattern.match(text)
    if opening is None or len(text[opening.end() :].split()) < SHORTEST:
        return 0
    said = opening[0].rstrip(" ,")
    restricts = subjects.SUPPOSED.search(said) or (
        not _AIM.match(said) and not subjects.stands_alone(_WEIGHED.sub("", f"{said},"))
    )
    ends_well = pattern is _FINDING or _whole(said)
    return opening.end() if ends_well and not restricts else 0


def _ends(text: str, start: int, keeps: Callable[[str], bool]) -> int:
    if len(text[start:].split()) <= LONG:
        return len(text)
    for end in _ENDS.finditer(text, start):
        part = text[start : end.start()]
        if len(part.split()) >= SHORTEST and _whole(part) and keeps(part):
            return end.start()
    return len(text)


def _whole(part: str) -> bool:
    """Tell whether no bracket, formula or announcement is broken off."""
    if _ANNOUNCES.search(part):
        return False
    pairs = len(_OPEN_PAIR.findall(part)) == len(_CLOSE_PAIR.findall(part))
    return pairs and part.count("$") % 2 == 0 and part.count('"') % 2 == 0
