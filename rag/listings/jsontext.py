"""A JSON text read value by value, however long it is; what the values mean is not known here.

No more than one value, up to a bound, is held at a time.
"""

import json
import re
from collections.abc import Iterable, Iterator

_DECODER = json.JSONDecoder(parse_float=str)  # an identifier that is a number keeps its digits
_BETWEEN = re.compile(r"[\s,]*")
_COLON = re.compile(r"\s*:\s*")
_STEP = 1 << 15  # characters to read ahead at first; doubled until a value is whole


class JsonText:
    """A text that is read as it comes, with a place in it.

    Parameters
    ----------
    pieces
        The text.
    longest
        Characters of a value to be returned whole.
    """

    def __init__(self, pieces: Iterable[str], longest: int) -> None:
        self._pieces = iter(pieces)
        self._longest = longest
        self._text = ""
        self._at = 0
        self._ended = False
        self.line = 1

    def peek(self) -> str:
        """Return the next character that is no space or comma; "" at the end."""
        while True:
            self._move(self._matched(_BETWEEN))
            if self._at < len(self._text) or not self._more(1):
                return self._text[self._at : self._at + 1]

    def skip(self) -> None:
        """Go past one character."""
        self._move(self._at + 1)

    def key(self) -> str:
        """Read a name and the colon behind it.

        Raises
        ------
        ValueError
            If there is none, or it is too long.
        """
        name = self.value()
        if not isinstance(name, str):
            raise ValueError("a name is missing")
        self._more(1)
        found = _COLON.match(self._text, self._at)
        while found is None and self._more(len(self._text) - self._at + 1):
            found = _COLON.match(self._text, self._at)
        if found is None:
            raise ValueError("a colon is missing")
        self._move(found.end())
        return name

    def value(self) -> object:
        """Read a value, and go past it.

        Raises
        ------
        ValueError
            If it is broken, cut off or too long; the place is where it begins.
        """
        found, end = self._decoded()
        self._move(end)
        return found

    def glance(self) -> object:
        """Return the next value without going past it, or None if it is broken or too long."""
        try:
            return self._decoded()[0]
        except ValueError:
            return None

    def _decoded(self) -> tuple[object, int]:
        wanted = _STEP
        while True:
            self._more(wanted)
            try:
                found, end = _DECODER.raw_decode(self._text, self._at)
                if end < len(self._text) or self._ended or isinstance(found, dict | list | str):
                    return found, end
            except RecursionError:
                raise ValueError("it is nested too deeply") from None
            except json.JSONDecodeError as error:
                if self._ended:
                    raise ValueError(error.msg) from error
            if wanted > self._longest:
                raise ValueError(f"a value of more than {self._longest:,} characters")
            wanted *= 2

    def _matched(self, pattern: re.Pattern[str]) -> int:
        found = pattern.match(self._text, self._at)
        return found.end() if found else self._at

    def _move(self, to: int) -> None:
        self.line += self._text.count("\n", self._at, to)
        self._at = to

    def _more(self, wanted: int) -> bool:
        """See to it that so many characters are there; tell whether any more came."""
        there = len(self._text) - self._at
        if there >= wanted or self._ended:
            return False
        parts = [self._text[self._at :]]
        for piece in self._pieces:
            parts.append(piece)
            there += len(piece)
            if there >= wanted:
                break
        else:
            self._ended = True
        self._text, self._at = "".join(parts), 0
        return len(parts) > 1


def members(text: JsonText, end: str) -> Iterator[str]:
    """Yield before each member of the list or object that the text is in; its name, if it has one.

    Whoever asks reads the value meanwhile.

    Raises
    ------
    ValueError
        If a name is broken, or the text ends before the list or object does.
    """
    while (mark := text.peek()) != end:
        if not mark:
            raise ValueError("it is cut off")
        yield text.key() if end == "}" else ""
    text.skip()
