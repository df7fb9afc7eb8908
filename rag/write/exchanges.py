"""Whether two names of a sentence have changed places.

"A keeps the best plan, B the first ten" is wrong where the abstract has it the other way round,
though each of its words stands there. So of two names each has the words that stand nearer to it
than to the other, and those that the sentence gives to one and the abstract to the other are
counted. Nothing here knows grammar: "A beats B" and "B beats A" are for others to tell apart.
"""

from collections.abc import Sequence
from itertools import combinations

from rag.text.words import words
from rag.write import surroundings
from rag.write.details import EMPTY
from rag.write.surroundings import Name

LEAST, EACH, TIMES = 6, 2, 3
"""Words that have to be exchanged, those of each name among them, and how many times more they
have to be than those in their place (tried on tests/gold/claims.jsonl and on sentences of abstracts
with two names exchanged: of words in other words a few stand crosswise by chance)."""


def exchanged(said: str, sentences: Sequence[str]) -> str:
    """Say which two names of a sentence have each other's place in an abstract; nothing if none.

    Parameters
    ----------
    said
        One sentence, in its plain form.
    sentences
        The sentences of the abstract, in theirs.
    """
    there = [(text, surroundings.names(text)) for text in sentences]
    for one, other in combinations(surroundings.names(said), 2):
        own = _shared_out(said, surroundings.names(said), one, other)
        held = [_shared_out(text, names, one, other) for text, names in there]
        a, b = (set().union(*(pair[n] for pair in held)) for n in (0, 1))
        a, b = a - b, b - a
        in_place = len(own[0] & a) + len(own[1] & b)
        crosswise = len(own[0] & b), len(own[1] & a)
        if min(crosswise) >= EACH and sum(crosswise) >= max(LEAST, TIMES * in_place):
            names = (said[name.start : name.end] for name in (one, other))
            return "{!r} and {!r} have changed places".format(*names)
    return ""


def _shared_out(
    text: str, names: Sequence[Name], one: Name, other: Name
) -> tuple[set[str], set[str]]:
    """Return the stems of a text that stand nearer to one of two names, and to the other.

    Words of names and numbers are left out: what these belong to is told in another way.
    """
    found: tuple[set[str], set[str]] = (set(), set())
    spans = [[(n.start, n.end) for n in names if n.matches(which)] for which in (one, other)]
    if not any(spans):
        return found
    for word in words(text):
        named = any(name.start <= word.start < name.end for name in names)
        if named or word.text.lower() in EMPTY or word.text.isdigit():
            continue
        apart = [
            min((surroundings.between(text, (word.start, word.end), s) for s in some), default=999)
            for some in spans
        ]
        if apart[0] != apart[1]:
            found[int(apart[1] < apart[0])].add(word.stem)
    return found
