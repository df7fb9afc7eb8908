"""Names of people as papers write them: initials, middle names, accents, one spelling or another.

"Ian Goodfellow", "I. Goodfellow" and "Ian J Goodfellow" may be one, and so may "Müller", "Mueller"
and "Muller". It is told from the names alone; two people of one name are one here.
"""

import re
import unicodedata
from functools import lru_cache
from itertools import product

_WORD = re.compile(r"[^\W\d_]+")
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])['’\u02bc](?=[^\W\d_])")  # O’Neill
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u2010\u2011](?=[^\W\d_])")  # Xiao-Ming
_INITIALS = re.compile(r"[A-Z]{2,3}")
_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "æ": "a", "œ": "o", "ł": "l", "đ": "d", "\u0131": "i"}
)
_MOST_SPELLINGS = 16  # of one word; the dotted letters of more than four are left as they stand


def fold(word: str) -> str:
    """Return a word of a name without its accents; "ae", "oe" and "ue" are one letter.

    >>> fold("Müller"), fold("Mueller"), fold("Ødegård")
    ('muller', 'muller', 'odegard')
    """
    plain = unicodedata.normalize("NFKD", word.lower().translate(_LETTERS))
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"(?<=[aou])e(?=[^\Waeiou\d_])", "", letters)


def spellings(word: str) -> list[str]:
    """Return the ways in which a word of a name may be written without its accents."""
    ways = [[c, f"{c}e"] if c in "aou" else [c] for c in fold(word)]
    if 2 ** sum(len(way) > 1 for way in ways) > _MOST_SPELLINGS:
        return list(dict.fromkeys([fold(word), word.lower()]))
    return ["".join(way) for way in product(*ways)]


@lru_cache(maxsize=10_000)
def parts(name: str) -> tuple[str, ...]:
    """Return the words of a name, folded, initials one by one, the family name last."""
    name = _APOSTROPHE.sub("", name)
    family, comma, given = name.partition(",")
    words = _WORD.findall(f"{given} {family}" if comma else name)
    split = [
        letter
        for n, word in enumerate(words)
        for letter in (word if _INITIALS.fullmatch(word) and n < len(words) - 1 else [word])
    ]
    return tuple(fold(word) for word in split)


def same_person(said: str, author: str) -> bool:
    """Tell whether a name, or part of one, may be that of an author.

    >>> same_person("I. Goodfellow", "Ian J. Goodfellow"), same_person("Ann Lee", "Bo Lee")
    (True, False)
    >>> same_person("Xiaoming Wang", "Xiao-Ming Wang"), same_person("ONeill", "Ann O’Neill")
    (True, True)
    """
    return any(_agree(parts(a), parts(b)) for a in readings(said) for b in readings(author))


def readings(name: str) -> tuple[str, ...]:
    """Return a name, and the same with what a hyphen joins written as one, if it has any."""
    return tuple(dict.fromkeys([name, _HYPHEN.sub("", name)]))


def _agree(asked: tuple[str, ...], has: tuple[str, ...]) -> bool:
    if len(asked) < 2 or len(has) < 2:
        return bool(asked) and asked[-1] in has if len(asked) < 2 else asked[-1:] == has
    return any(
        _is(asked[0], has[first])
        and asked[-1] == has[last]
        and _hold(asked[1:-1], has[first + 1 : last])
        for first in range(len(has))
        for last in range(first + 1, len(has))
    )


def _is(a: str, b: str) -> bool:
    """Tell whether two words are one, or one the initial of the other."""
    return a == b or (1 in (len(a), len(b)) and a[:1] == b[:1])


def _hold(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Tell whether the longer of two rows of middle names holds the shorter, in its order."""
    few, many = sorted((a, b), key=len)
    rest = iter(many)
    return all(any(_is(one, other) for other in rest) for one in few)
