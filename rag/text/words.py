"""The words of a text: cut, stemmed, compared, and their abbreviations as the texts define them.

Retrieval reads words through the library's own analyser. Here they are read one by one, with their
offsets, by whoever has to tell whether one text says what another does.
"""

import re
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+(?:['’][a-z]+\b)?\+*", re.UNICODE)
_DEFINITION = re.compile(r"\(\s*([A-Za-z][\w-]*?[A-Z][\w-]*?)s?\s*[),;]")
_LONGEST_EXPANSION = 8  # words; "simultaneous localization and mapping" has four

SHORTEST_ROOT = 5
"""Letters that two stems must share to count as one word: "detect" and "detector", not "art"."""

LONGEST_ENDING = 3
"""Letters that the longer of the two may have more: "detect" and "detector"."""


TEXTS_IN_MEMORY = 50_000
"""Sentences whose stems are kept once read: those of some 5,000 papers, about 30 MB."""

_own = threading.local()
_OF_THEIR_OWN = frozenset({"transformer", "transformers"})  # an architecture, not what transforms


@dataclass(frozen=True, slots=True)
class Word:
    """A word as written, its stem, and where it stands in its text."""

    text: str
    stem: str
    start: int
    end: int


def words(text: str) -> list[Word]:
    """Cut a text into words; hyphens and slashes divide ("semi-supervised" is two words)."""
    return [Word(m[0], stem(m[0]), m.start(), m.end()) for m in _WORD.finditer(text)]


def forms(text: str) -> list[tuple[str, str]]:
    """Return the words of a text and their stems, for who needs no offsets: it is much faster."""
    return [(word, stem(word)) for word in _WORD.findall(text)]


@lru_cache(maxsize=TEXTS_IN_MEMORY)
def stems(text: str) -> tuple[str, ...]:
    """Return the stems of the words of a text, in their order."""
    return tuple(stem for _, stem in forms(text))


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Return the English Snowball stem of a word, in lower case.

    The stemmer is Porter's second one, the same that the library's words are filed under.
    """
    if word.lower() in _OF_THEIR_OWN:
        return word.lower().removesuffix("s")
    return str(_stemmer().stemWord(word.lower().replace("’", "'").removesuffix("'s")))


def _stemmer() -> "snowballstemmer.stemmer":  # type: ignore[name-defined]  # noqa: F821
    """Return this thread's stemmer: it keeps the word that it is at work on."""
    if not hasattr(_own, "stemmer"):
        import snowballstemmer

        _own.stemmer = snowballstemmer.stemmer("english")
    return _own.stemmer


def same(a: str, b: str) -> bool:
    """Tell whether two stems are of one word: equal, or one is the other with a short ending."""
    if a == b or a in _OF_THEIR_OWN or b in _OF_THEIR_OWN:
        return a == b
    short, long = sorted((a, b), key=len)
    return (
        len(short) >= SHORTEST_ROOT
        and len(long) - len(short) <= LONGEST_ENDING
        and long.startswith(short)
    )


def abbreviations(texts: Iterable[str]) -> dict[str, set[tuple[str, ...]]]:
    """Find the abbreviations that texts define, as in "neural architecture search (NAS)".

    Returns
    -------
    dict
        Abbreviation in lower case to its expansions, each as a tuple of stems.
    """
    found: dict[str, set[tuple[str, ...]]] = {}
    for text in texts:
        for short, long in _defined(text):
            found.setdefault(short, set()).add(long)
    return found


@lru_cache(maxsize=TEXTS_IN_MEMORY)
def _defined(text: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the abbreviations of one text, each with its expansion."""
    found = []
    for match in _DEFINITION.finditer(text):
        long = _expansion(match[1], text[max(0, match.start() - 120) : match.start()])
        if long:
            found.append((match[1].lower(), long))
    return tuple(found)


def _expansion(short: str, before: str) -> tuple[str, ...] | None:
    """Return the stems of the last words whose initials spell the abbreviation."""
    letters = [c.lower() for c in short if c.isalpha()]
    earlier = words(before)[-_LONGEST_EXPANSION:]
    for count in range(2, min(len(letters) + 2, len(earlier)) + 1):
        long = earlier[-count:]
        initials = [w.text[0].lower() for w in long]
        if len(letters) < 2 or initials[0] != letters[0]:
            continue
        if _in_order(letters, initials):
            return tuple(w.stem for w in long)
    return None


def _in_order(letters: Sequence[str], initials: Sequence[str]) -> bool:
    rest = iter(initials)
    return all(letter in rest for letter in letters)
