"""A JSON document with a list of papers, as programs hand it out: the list, or an object around it.

The list is read object by object, so that each has its line and what comes before a break in the
text is kept. What the fields are called is known in `records.py`.
"""

import json
import re
from collections.abc import Iterable, Iterator

from rag.listings import records
from rag.listings.entries import Entry, Refused

FORMAT = "JSON document with a list of papers"

_START = re.compile(r'\s*(?:\[\s*(?:\{|\])|\{\s*(?:"|\}))')
_SPACE = re.compile(r"[\s,]*")
_COLON = re.compile(r"\s*:\s*")
_LIST = re.compile(r"\[\s*(?=\{)")
_DECODER = json.JSONDecoder(parse_float=str)  # an identifier that is a number keeps its digits


def matches(head: str) -> bool:
    """Tell whether a text begins like a JSON list of objects, or like an object."""
    return bool(_START.match(head))


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the papers of a JSON document, in its order."""
    return _entries("".join(lines), source)


def _entries(text: str, source: str) -> Iterator[Entry | Refused]:
    line, at = 1, 0
    try:
        for start, value in _objects(text):
            line += text.count("\n", at, start)
            at = start
            if isinstance(value, dict):
                yield records.entry(line, value)
            else:
                yield Refused(source, line, "not an object with the fields of a paper")
    except json.JSONDecodeError as error:
        yield Refused(
            source, error.lineno, f"broken JSON, from here on nothing is read: {error.msg}"
        )
    except (RecursionError, ValueError) as error:
        yield Refused(source, line, f"what follows is no JSON of papers: {error}")


def _objects(text: str) -> Iterator[tuple[int, object]]:
    """Yield each paper that stands by itself, or what is in the list of papers, and its place."""
    at = _end(_SPACE, text, 0)
    inside = None
    while at < len(text) and inside is None:
        inside = _list(text, at)
        if inside is None:
            value, end = _DECODER.raw_decode(text, at)
            yield at, value
            at = _end(_SPACE, text, end)
    while inside is not None and not text.startswith("]", inside):
        value, end = _DECODER.raw_decode(text, inside)
        yield inside, value
        inside = _end(_SPACE, text, end)


def _list(text: str, at: int) -> int | None:
    """Return where the first paper of a list is: of this list, or of the first in this object.

    An object that has a title and an abstract is a paper itself.
    """
    if text[at] == "[":
        return _end(_SPACE, text, at + 1)
    if text[at] != "{":
        return None
    names, inside = set[str](), None
    try:
        at = _end(_SPACE, text, at + 1)
        while text.startswith('"', at):
            name, at = _DECODER.raw_decode(text, at)
            names.add(records.plain_name(name))
            at = _end(_COLON, text, at)
            if inside is None and _LIST.match(text, at):
                inside = _end(_SPACE, text, at + 1)
            _, at = _DECODER.raw_decode(text, at)
            at = _end(_SPACE, text, at)
    except ValueError:  # it is met again where it is read
        pass
    return None if "title" in names and names & {*records.ABSTRACTS} else inside


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    if found is None:
        raise json.JSONDecodeError("a colon is missing", text, at)
    return found.end()
