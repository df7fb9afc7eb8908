"""A JSON document with papers, as programs hand it out: in lists, or filed under identifiers.

All lists in it are read, wherever they are, object by object, so that each has its line, what comes
before a break in the text is kept, and a long document takes no more memory than one paper. What
the fields are called is known in `records.py`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rag.listings import limits, records
from rag.listings.entries import Entry, Refused
from rag.listings.fields import as_text
from rag.listings.jsontext import JsonText, members

FORMAT = "JSON document with a list of papers"
ENDINGS = (".json",)
SIGNS = "{["

_START = re.compile(r'\s*(?:\[\s*(?:\{|\])|\{\s*(?:"|\}))')
_DEEPEST = 12  # lists and objects around a paper
_FEW = 5  # of a list, to tell whether it is one of papers


def matches(head: str) -> bool:
    """Tell whether a text begins like a JSON list of objects, or like an object."""
    return bool(_START.match(head))


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the papers of a JSON document, in its order."""
    text = JsonText(lines, limits.LONGEST_LINE)
    try:
        while text.peek():
            if text.peek() not in "{[":
                raise ValueError("neither a list nor an object")
            yield from filter(None, _value(text, source, "", 0))
    except ValueError as error:
        line = text.line
        yield Refused(source, line, f"broken JSON, from here on nothing is read: {error}")


@dataclass(frozen=True, slots=True)
class _Shape:
    """What an object is: a paper; something that may hold papers; or what is kept beside one."""

    is_paper: bool
    holds: bool
    is_beside: bool = False


def _value(text: JsonText, source: str, key: str, depth: int) -> Iterator[Entry | Refused | None]:
    """Read the papers of the next value, a list or an object; None stands for what is no matter."""
    if depth > _DEEPEST:
        text.value()
        return
    if text.peek() == "[":
        yield from _list(text, source, depth)
        return
    line, found = text.line, text.glance()
    shape = _shape(found) if isinstance(found, dict) else _Shape(is_paper=False, holds=True)
    if shape.is_beside:
        text.value()
        yield None
    elif shape.is_paper and isinstance(found, dict):
        text.value()
        yield _entry(source, line, found, key)
    elif shape.holds:
        text.skip()
        for name in members(text, "}"):
            if text.peek() in ("{", "["):
                yield from _value(text, source, name, depth + 1)
            else:
                text.value()
    else:
        text.value()


def _list(text: JsonText, source: str, depth: int) -> Iterator[Entry | Refused | None]:
    """Read the papers of a list; what else is in a list that has papers is refused."""
    text.skip()
    strange, has_papers, in_a_row = list[Refused](), False, 0
    for _ in members(text, "]"):
        line = text.line
        if text.peek() in ("{", "["):
            count = 0
            for item in _value(text, source, "", depth + 1):
                count += 1
                yield item
            has_papers, in_a_row = has_papers or count > 0, 0 if count else in_a_row
            if count or depth > 1:
                continue
        else:
            text.value()
        in_a_row += 1
        if in_a_row > limits.MOST_REFUSED:
            raise ValueError(f"more than {limits.MOST_REFUSED:,} entries in a row are no papers")
        if len(strange) < limits.MOST_NAMES:
            strange.append(Refused(source, line, "not an object with the fields of a paper"))
    yield from strange if has_papers else ()


def _shape(found: dict[str, object]) -> _Shape:
    """Tell what an object is: one with a title is a paper, unless papers are in it.

    A feed has a title and a description of its own, and papers in a list.
    """
    named = records.unwrapped(found)
    names = named.keys()
    data = named.get("data")
    zotero = {as_text(named.get("itemtype"))} | (
        {as_text(data.get("itemType"))} if isinstance(data, dict) else set()
    )
    if as_text(named.get("replyto")):  # OpenReview: a review or an answer
        return _Shape(is_paper=False, holds=False, is_beside=True)
    if zotero & {"note", "attachment", "annotation"}:
        return _Shape(is_paper=False, holds=False, is_beside=True)
    inside = [value for value in found.values() if isinstance(value, dict | list)]
    if not names & {*records.TITLES}:
        return _Shape(is_paper=False, holds=bool(inside))
    if names & {*records.ABSTRACTS_OF_PAPERS}:
        return _Shape(is_paper=True, holds=False)
    lists = [value for value in inside if isinstance(value, list)]
    papers = any(isinstance(v, dict) and _has_text(v) for values in lists for v in values[:_FEW])
    return _Shape(is_paper=not papers, holds=papers)


def _has_text(record: dict[str, object]) -> bool:
    return records.has_text(records.unwrapped(record))


def _entry(source: str, line: int, record: dict[str, object], key: str) -> Entry | Refused:
    if len(record) > limits.MOST_KEYS:
        return Refused(source, line, f"more than {limits.MOST_KEYS:,} fields")
    return records.entry(line, record, key)
