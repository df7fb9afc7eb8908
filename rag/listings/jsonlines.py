"""JSON lines: an object with title, abstract and link a line, as in arXiv's metadata snapshot.

One line is held at a time, so that the 2.7 million lines of the snapshot take no more memory than a
few. What the fields are called is known in `records.py`.
"""

import json
import re
from collections.abc import Iterable, Iterator

from rag.listings import limits, records
from rag.listings.entries import Entry, Refused

FORMAT = "JSON lines with title, abstract and link (arXiv's metadata snapshot)"
ENDINGS = (".jsonl", ".ndjson", ".json")
SIGNS = "{"

# A first line that is longer than what is seen: its title is in no list.
_OPEN = ("{", "[", ",")
_TITLE = re.compile(r'\{\s*(?:"(?:[^\[{]|\[(?!\s*\{))*?)?"title"\s*:', re.IGNORECASE)


def matches(head: str) -> bool:
    """Tell whether one of the first lines is the object of a paper, or begins like one."""
    if not head.lstrip().startswith("{"):
        return False
    first, *lines = head.lstrip().split("\n")
    if lines and first.rstrip().endswith(_OPEN):  # of a document that goes on below
        return False
    if any(map(_is_paper, (first, *lines))):
        return True
    return bool(not lines and _TITLE.match(first) and not _is_whole(first))


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the papers of a file of JSON lines, in its order."""
    for number, line in limits.numbered(lines):
        if not line.strip():
            continue
        if limits.is_too_long(line):
            said = f"a line of more than {limits.LONGEST_LINE:,} characters"
            yield Refused(source, number, said)
            continue
        try:
            record = _decoded(line.rstrip())
        except ValueError as error:
            reason = getattr(error, "msg", error)  # without the place: that is in this line
            yield Refused(source, number, f"not a JSON object: {reason}")
            continue
        if len(record) > limits.MOST_KEYS:
            yield Refused(source, number, f"more than {limits.MOST_KEYS:,} fields")
        else:
            yield records.entry(number, record)


def _is_whole(line: str) -> bool:
    try:
        return bool(_decoded(line))
    except ValueError:
        return False


def _is_paper(line: str) -> bool:
    try:
        return records.is_paper(records.unwrapped(_decoded(line)))
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
