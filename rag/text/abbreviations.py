"""The abbreviations that texts define, and a text with them spelt out.

Found as Schwartz and Hearst do ("A simple algorithm for identifying abbreviation definitions in
biomedical text", PSB 2003): a short form in parentheses behind its long form, or the other way
round, and all letters of the short form in the long one, in order, the first at the beginning of a
word. Where the initials of words spell the short form, those words are taken. Several long forms of
one short form stay apart: what "SAM" stands for in a question is not for this module to say.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.text.words import TEXTS_IN_MEMORY, stems, words

SHORTEST, LONGEST = 2, 10
"""Characters of a short form, as Schwartz and Hearst have it."""

MOST_WORDINGS = 8
"""Wordings of one text that are returned, the most frequent long forms first."""

RARE = 0.02
"""Share of the most frequent long form below which another one is taken for a slip."""

_IN_PARENTHESES = re.compile(r"[(\[]([^()\[\]]{2,100})[)\]]")
_ENDS = re.compile(r"[,;:]|\s(?:e\.g|i\.e|short|from)\b")
_SHORT = re.compile(r"(?=.*[A-Z])[^\W_](?:[\w+/&.-]*[\w+])?")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_CLAUSE = re.compile(r"[.;:!?()\[\]](?:\s|$)|,\s")
_MARKS = "\"'“”\u2018’"
_LETTER = re.compile(r"[^\W_]")
_NOT_FIRST = frozenset("a an and as at by for from in of on or the to via with".split())


@dataclass(frozen=True, slots=True)
class Definition:
    """A short form and what it stands for, as one text has it: "NAS", "neural architecture search".

    Attributes
    ----------
    stems
        Of the long form.
    """

    short: str
    long: str
    stems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LongForm:
    """A long form and its short form, each as it is mostly written.

    Attributes
    ----------
    times
        How many texts define it so.
    is_word
        Whether the short form in small letters is a word of these texts, as "clip" is.
    """

    text: str
    short: str
    stems: tuple[str, ...]
    times: int
    is_word: bool


Definitions = Mapping[str, Sequence[LongForm]]
"""Short form in lower case to its long forms, the most frequent first."""


def abbreviations(texts: Iterable[str]) -> dict[str, set[tuple[str, ...]]]:
    """Find the abbreviations that texts define, as in "neural architecture search (NAS)".

    Returns
    -------
    dict
        Abbreviation in lower case to its expansions, each as a tuple of stems.

    >>> abbreviations(["We study neural architecture search (NAS)."])
    {'nas': {('neural', 'architectur', 'search')}}
    """
    found: dict[str, set[tuple[str, ...]]] = {}
    for text in texts:
        for one in defined(text):
            found.setdefault(one.short.lower(), set()).add(one.stems)
    return found


def definitions(texts: Iterable[str]) -> dict[str, tuple[LongForm, ...]]:
    """Collect the abbreviations of texts for `expanded`: see `Definitions`.

    Long forms that differ in spelling or number only are one.
    """
    texts = list(texts)
    counts = Counter(one for text in texts for one in defined(text))
    shorts = {one.short.lower() for one in counts}
    in_small = {short for text in texts for short in shorts.intersection(text.split())}
    grouped: dict[str, dict[tuple[str, ...], Counter[Definition]]] = {}
    for one, times in counts.items():
        forms = grouped.setdefault(one.short.lower(), {})
        forms.setdefault(one.stems, Counter())[one] += times
    return {
        short: tuple(
            _usual(some, short in in_small)
            for _, some in sorted(forms.items(), key=lambda item: (-item[1].total(), item[0]))
        )
        for short, forms in grouped.items()
    }


def _usual(some: Counter[Definition], is_word: bool) -> LongForm:
    one = max(some, key=lambda d: (some[d], d.long))
    return LongForm(one.long, one.short, one.stems, some.total(), is_word)


def expanded(text: str, known: Definitions) -> list[str]:
    """Return the wordings of a text: abbreviations spelt out, and long forms abbreviated.

    Parameters
    ----------
    text
        A question or a phrase. What it defines itself counts as known.
    known
        What the corpus defines.

    Returns
    -------
    list of str
        Without the text itself, `MOST_WORDINGS` at most; several long forms of one abbreviation
        give a wording each.

    >>> known = definitions(["We study neural architecture search (NAS)."])
    >>> expanded("efficient NAS on phones", known)
    ['efficient neural architecture search on phones']
    >>> expanded("which papers tune Low-Rank Adaptation (LoRA)?", {})
    ['which papers tune Low-Rank Adaptation?', 'which papers tune LoRA?']
    """
    own = defined(text)
    found: list[str] = []
    texts = _each_once(text, own) if own else [text]
    found += texts if own else []
    stated = {one.short.lower() for one in own}
    for wording in texts:
        found += _spelt_out(wording, known, stated)
        found += _abbreviated(wording, known)
    return [w for w in dict.fromkeys(found) if w != text][:MOST_WORDINGS]


@lru_cache(maxsize=TEXTS_IN_MEMORY)
def defined(text: str) -> tuple[Definition, ...]:
    """Return the abbreviations that one text defines, in its order."""
    if "(" not in text and "[" not in text:
        return ()
    found = []
    for match in _IN_PARENTHESES.finditer(text):
        inside = match[1].strip()
        before = text[max(0, match.start() - 150) : match.start()].rstrip()
        one = _short_inside(inside, before) or _long_inside(inside, before)
        if one:
            found.append(one)
    return tuple(dict.fromkeys(found))


def _short_inside(inside: str, before: str) -> Definition | None:
    """Read "long form (SHORT)", also with more behind it: "(SHORT, 2019)", "(SHORTs)"."""
    short = _singular(_ENDS.split(inside, maxsplit=1)[0].strip(_MARKS + " "))
    if not _is_short(short):
        return None
    long = _long_form(short, _CLAUSE.split(before)[-1])
    return _definition(short, long) if long else None


def _long_inside(inside: str, before: str) -> Definition | None:
    """Read "SHORT (long form)"."""
    short = _singular(before.rpartition(" ")[2].strip(_MARKS))
    if " " not in inside or not _is_short(short):
        return None
    long = _long_form(short, inside)
    if not long or len(inside) - len(long) > 4:  # an article may stand before it
        return None
    return _definition(short, long)


def _definition(short: str, long: str) -> Definition | None:
    meant = stems(long)
    return None if short.lower() in long.lower().split() else Definition(short, long, meant)


def _singular(short: str) -> str:
    return short[:-1] if re.search(r"[A-Z\d]s$", short) else short


def _is_short(text: str) -> bool:
    return (
        SHORTEST <= len(text) <= LONGEST
        and bool(_SHORT.fullmatch(text))
        and not re.fullmatch(r"[A-Z][a-z]+|[IVX]+|[\d.]+[A-Za-z]", text)  # a name, a number
    )


def _long_form(short: str, before: str) -> str | None:
    """Return the end of a text that a short form stands for, None if there is none."""
    letters = [c.lower() for c in short if _LETTER.match(c)]
    if len(letters) < SHORTEST:
        return None
    found = list(_WORD.finditer(before))[-min(len(letters) + 5, 2 * len(letters)) :]
    start = _by_initials(letters, found)
    if start is None:
        start = _by_letters(letters, before, found)
    if start is None:
        return None
    long = before[start:].strip(_MARKS + " ,*{}")
    return long if len(long) > len(short) and len(_WORD.findall(long)) > 1 else None


def _by_initials(letters: Sequence[str], found: Sequence[re.Match[str]]) -> int | None:
    """Return where the last words begin whose initials are the letters, small words left out."""
    for count in range(len(letters), min(len(letters) + 2, len(found)) + 1):
        some = found[-count:]
        initials = [m[0][0].lower() for m in some]
        telling = [m[0][0].lower() for m in some if m[0].lower() not in _NOT_FIRST]
        if list(letters) in (initials, telling) and initials[0] == letters[0]:
            return some[0].start()
    return None


def _by_letters(letters: Sequence[str], before: str, found: Sequence[re.Match[str]]) -> int | None:
    """Return where a long form begins, by the algorithm of Schwartz and Hearst.

    From right to left each letter is looked for; the first has to begin a word ("explainable" for
    X, too), and half of them have to: else words that happen to hold the letters would do.
    """
    if not found:
        return None
    at = len(before)
    for letter in reversed(letters[1:]):
        at = before.lower().rfind(letter, found[0].start(), at)
        if at < 0:
            return None
    for match in reversed(found):
        word, start = match[0], match.start()
        if start >= at:
            continue
        begins = word[0].lower() == letters[0]
        if begins or (letters[0] == "x" and word[:2].lower() == "ex"):
            initials = [m[0][0].lower() for m in found if m.start() >= start]
            told = 2 * _in_order(letters, initials) >= len(letters)
            return start if told and word.lower() not in _NOT_FIRST else None
    return None


def _in_order(letters: Sequence[str], initials: Sequence[str]) -> int:
    """Count the initials of words that are among the letters, in their order."""
    count = at = 0
    for initial in initials:
        if initial in letters[at:]:
            at = letters.index(initial, at) + 1
            count += 1
    return count


def _each_once(text: str, own: Sequence[Definition]) -> list[str]:
    """Return a text that defines abbreviations with only their long forms, and only the short."""
    both = []
    for use_short in (False, True):
        wording = text
        for one in own:
            short, long = re.escape(one.short), re.escape(one.long)
            kept = one.short if use_short else one.long
            pattern = (
                rf"{long}\s*[(\[]\s*{short}s?\b[^)\]]*[)\]]|{short}s?\s*[(\[][^)\]]*{long}[)\]]"
            )
            wording = re.sub(pattern, _literal(kept), wording, flags=re.IGNORECASE)
        both.append(wording)
    return both


def _literal(text: str) -> str:
    return text.replace("\\", r"\\")


def _spelt_out(text: str, known: Definitions, stated: set[str]) -> list[str]:
    found = []
    for word in _candidates(text):
        key = _singular(word).lower()
        if key in stated:
            continue
        for one in _usual_ones(known.get(key, ())):
            if one.is_word and word.islower():
                continue  # "a short clip" asks for no CLIP
            found.append(re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", _literal(one.text), text))
    return found


def _usual_ones(forms: Sequence[LongForm]) -> list[LongForm]:
    """Leave out long forms that are rare beside another one: slips, mostly."""
    return [one for one in forms if one.times >= RARE * forms[0].times]


def _candidates(text: str) -> list[str]:
    """Return what may be an abbreviation in a text."""
    return list(dict.fromkeys(re.findall(r"[^\W_](?:[\w+/&-]*[\w+])?", text)))


def _abbreviated(text: str, known: Definitions) -> list[str]:
    """Return a text with each long form that it holds, in any spelling, by its short form."""
    read = words(text)
    held = tuple(word.stem for word in read)
    found: list[tuple[int, int, str]] = []
    for forms in known.values():
        for one in _usual_ones(forms):
            size = len(one.stems)
            for n in range(len(held) - size + 1):
                if held[n] == one.stems[0] and held[n : n + size] == one.stems:
                    found.append((n, n + size, one.short))
    return [
        text[: read[start].start] + short + text[read[end - 1].end :]
        for start, end, short in found
        if not any(a <= start and end <= b and end - start < b - a for a, b, _ in found)
    ]
