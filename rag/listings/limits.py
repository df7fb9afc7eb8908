"""How much of anything a listing may hold: no file takes more memory or time than that.

The bounds are far above what real listings have; what is over one is refused by name, and reading
goes on behind it. Nothing here knows a format.
"""

from collections.abc import Iterable, Iterator

LONGEST_LINE = 2_000_000
"""Characters of a line, and of one paper in JSON or XML: the longest line of arXiv's metadata
snapshot, with some three thousand authors twice, has 300,000."""

LONGEST_TEXT = 20_000
"""Characters of a title and an abstract, as they stand in the file; arXiv takes 1,920, other places
a page. What is longer is a paper, or a file whose quotation marks or braces do not close."""

LONGEST_LINK = 2_000
"""Characters of a link; browsers take no longer ones, and no index a term of that length."""

LONGEST_FIELD = 2_000
"""Characters of any other field: a name, a journal, a category."""

MOST_AUTHORS = 10_000
"""Of one paper: the largest collaboration so far had 5,154."""

MOST_KEYS = 1_000
"""Fields of one record: exports of Scopus and Web of Science have some seventy."""

MOST_NAMES = 200
"""Categories, and further identifiers, of one paper."""

MOST_REFUSED = 20_000
"""Entries that may be refused one after the other before a file is taken for something else."""

UNPACKED_FREELY = 64_000_000
"""Bytes that a compressed file may unpack to whatever its size."""

MOST_UNPACKED = 100
"""Beyond that, bytes for each of the packed ones: listings shrink to a quarter, repeated bytes to
a thousandth."""


def numbered(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Yield the number of each line, from 1, and the line; of one that is too long the beginning.

    The beginning is one character longer than a line may be; see `is_too_long`.

    Parameters
    ----------
    lines
        Lines, of which a long one may come in pieces: only the last one of these has its end.
    """
    number, held = 1, ""
    for piece in lines:
        if len(held) <= LONGEST_LINE:
            held += piece
            held = held if len(held) <= LONGEST_LINE else held[: LONGEST_LINE + 1].rstrip("\n")
        if piece.endswith("\n"):
            yield number, held
            number, held = number + 1, ""
    if held:
        yield number, held


def is_too_long(line: str) -> bool:
    """Tell whether of a line `numbered` gave only the beginning."""
    return len(line.rstrip("\n")) > LONGEST_LINE


class Held:
    """The lines below a heading, up to more characters than any paper may have.

    What comes beyond is dropped: the paper is refused for its length.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._left = LONGEST_TEXT * 5

    def add(self, line: str) -> None:
        """Take one more line, while there is room."""
        if self._left > 0:
            self.lines.append(line[: self._left])
            self._left -= len(line) + 1
