"""The words of a text: cut, stemmed and compared, one word in all its spellings.

"CIFAR10" and "CIFAR-10", "Schrödinger" and "Schroedinger", "LLMs" and "LLM", "modelling" and
"modeling" are the same here, and so they are for everybody: an index files the words of papers
under the stems that are made here, and whoever compares texts compares these.
"""

import re
import threading
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise

from rag.text import compounds, spelling

_TOKEN = re.compile(r"[\w'’+\-\u2010\u2011–\u0300-\u036f\u00ad]+")  # one class: it is twice as fast
_POSSESSIVE = re.compile(r"['’][sS]$")
_JOINS = str.maketrans(dict.fromkeys("-\u2010\u2011– "))

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
    """Cut a text into words, each spelling into the same ones.

    "Semi-supervised" is one word, "real-time" two and "CIFAR10" as well, see `rag.text.compounds`.

    >>> [(word.text, word.stem) for word in words("Re-identification on CIFAR10")]
    [('Re-identification', 'reidentif'), ('on', 'on'), ('CIFAR', 'cifar'), ('10', '10')]
    """
    return [
        Word(part := text[start + a : start + b], stem(part), start + a, start + b)
        for start, end in _spans(text)
        for a, b in compounds.cut(text[start:end])
    ]


def forms(text: str) -> list[tuple[str, str]]:
    """Return the words of a text and their stems, for who needs no offsets: it is much faster."""
    return list(chain.from_iterable(map(_forms, _tokens(text))))


@lru_cache(maxsize=TEXTS_IN_MEMORY)
def stems(text: str) -> tuple[str, ...]:
    """Return the stems of the words of a text, in their order.

    >>> stems("Modelling colours") == stems("modeling colors")
    True
    """
    return tuple(chain.from_iterable(map(_stems, _tokens(text))))


def filed(text: str) -> list[str]:
    """Return the stems that a text may be found by beside `stems`, each once.

    Of "multi-view" that is "view", of "key-value" "keyvalue", and of Chinese each character. What
    the text has as a word of its own is not among them, so that they weigh little.
    """
    beside = dict.fromkeys(chain.from_iterable(map(_filed, _tokens(text))))
    held = frozenset(stems(text)) if beside else frozenset()
    return [found for found in beside if found not in held]


def name(text: str) -> tuple[str, ...]:
    """Return the words of a person's name for comparing; "Xiao-Ming" is "Xiaoming".

    >>> name("Jürgen Müller") == name("Jurgen Mueller"), name("Xiao-Ming Wang")
    (True, ('xiaom', 'wang'))
    """
    return stems(compounds.without_hyphens(text))


def _spans(text: str) -> list[tuple[int, int]]:
    """Return where the tokens of a text are: words, or what hyphens and compounds join."""
    found: list[tuple[int, int]] = []
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        if found and text[(before := found[-1])[1] : start] == " ":
            last = text[before[0] : before[1]].rpartition(" ")[2]
            if last in compounds.BEGINNINGS and compounds.begins(last, match[0]):
                found[-1] = before[0], end
                continue
        found.append((start, end))
    return found


def _tokens(text: str) -> list[str]:
    """Return the tokens of a text; without their places, and so much faster."""
    found: list[str] = _TOKEN.findall(text)
    if compounds.BEGINNINGS.isdisjoint(found):
        return found
    for first, second in pairwise(found):
        if first in compounds.BEGINNINGS and compounds.begins(first, second):
            return [text[start:end] for start, end in _spans(text)]
    return found


@lru_cache(maxsize=200_000)
def _forms(token: str) -> tuple[tuple[str, str], ...]:
    return tuple((part := token[a:b], stem(part)) for a, b in compounds.cut(token))


@lru_cache(maxsize=200_000)
def _stems(token: str) -> tuple[str, ...]:
    return tuple(found for _, found in _forms(token))


@lru_cache(maxsize=200_000)
def _filed(token: str) -> tuple[str, ...]:
    found = _stems(token)
    parts = compounds.parts(token)
    if len(parts) == 1:
        return tuple(c for c in compounds.characters(token) if c not in found)
    alone = [part for word, _ in _forms(token) for part in compounds.meaning(word)]
    beside = [stem(part) for part in alone]
    if len(parts) == 2:
        beside += joined if len(joined := _stems("".join(parts))) == 1 else ()
    return tuple(dict.fromkeys(s for s in beside if s not in found))


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Return the English Snowball stem of a word, in its one spelling; hyphens are left out.

    The stemmer is Porter's second one. What an index files words under is made by it, too.
    """
    return _stem(spelling.spelled(_POSSESSIVE.sub("", word).translate(_JOINS)))


@lru_cache(maxsize=100_000)
def _stem(plain: str) -> str:
    """Return the stem of a spelling: "Networks" and "networks" have one."""
    if plain in _OF_THEIR_OWN:
        return plain.removesuffix("s")
    return spelling.without_umlauts(str(_stemmer().stemWord(plain)))


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
