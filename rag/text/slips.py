"""What a word was before a finger slipped: one letter more, less, other or changed over."""

from collections.abc import Iterator
from string import ascii_lowercase

SHORTEST = 6
"""Letters from which a word with one of them wrong is still told from others: of the words of four
or five letters most have a neighbour that means something else."""


def before(word: str) -> Iterator[str]:
    """Yield the words of which one slip makes this one, each once; the first letter stands.

    Two letters changed over come first, as the slip that leaves the letters alone.

    >>> "tracking" in before("trackign"), "tracking" in before("trackng")
    (True, True)
    >>> len(list(before("tracks")))
    296
    """
    cuts = [(word[:n], word[n:]) for n in range(1, len(word) + 1)]
    found = {f"{a}{b[1]}{b[0]}{b[2:]}": None for a, b in cuts if len(b) > 1}
    found |= {f"{a}{b[1:]}": None for a, b in cuts if b}
    found |= {f"{a}{c}{b[1:]}": None for a, b in cuts if b for c in ascii_lowercase}
    found |= {f"{a}{c}{b}": None for a, b in cuts for c in ascii_lowercase}
    found.pop(word, None)
    yield from found
