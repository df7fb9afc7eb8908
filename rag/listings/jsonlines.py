"""JSON lines: an object with title, abstract and link a line, as in arXiv's metadata snapshot.

One line is held at a time, so that the 2.7 million lines of the snapshot take no more memory than a
few. What the fields are called is known in `records.py`.
"""

import json
import re
from collections.abc import Iterable, Iterator

from rag.listings import records
from rag.listings.entries import Entry, Refused

FORMAT = "JSON lines with title, abstract and link (arXiv's metadata snapshot)"

# A first line that is longer than what is seen: its title is in no list.
_TITLE = re.compile(r'\{\s*"(?:[^\[]|\[(?!\s*\{))*?"title"\s*:', re.IGNORECASE)


def matches(head: str) -> bool:
    """Tell whether one of the first lines is the object of a paper, or begins like one."""
    if not head.lstrip().startswith("{"):
        return False
    first, *lines = head.lstrip().split("\n")
    return any(map(_is_paper, (first, *lines))) or bool(not lines and _TITLE.match(first))


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the papers of a file of JSON lines, in its order."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield records.entry(number, _decoded(line.rstrip()))
        except ValueError as error:
            reason = getattr(error, "msg", error)  # without the place: that is in this line
            yield Refused(source, number, f"not a JSON object: {reason}")


def _is_paper(line: str) -> bool:
    try:
        return records.is_paper(records.fields(_decoded(line)))
    except ValueError:
        return False


def _decoded(line: str) -> dict[str, object]:
    """Return the object of a line; an identifier that is written as a number keeps its digits."""
    try:
        record = json.loads(line, parse_float=str)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(record, dict):
        raise ValueError(f"{type(record).__name__} instead of fields")
    return record
