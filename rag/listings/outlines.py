"""Exports of outlines in JSON: Roam Research and Logseq, where each page is a tree of blocks.

::

    [{"title": "@roe2021", "children": [{"string": "Title:: A Title"},
      {"string": "Authors:: [[Ann Roe]], [[Bob Poe]]"}, {"string": "URL:: https://arxiv.org/..."},
      {"string": "Abstract::", "children": [{"string": "The abstract."}]}]}]

A page is a paper if it has an abstract, or a link to a paper beside a title or authors. What else
is on it is its owner's, as are other pages.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from rag.core.identifiers import known_by
from rag.listings import limits, notes, people, records
from rag.listings.entries import Entry, Refused
from rag.listings.fields import as_text
from rag.listings.jsontext import JsonText, members
from rag.listings.labels import meaning

FORMAT = "JSON export of Roam Research or Logseq"
ENDINGS = (".json",)
SIGNS = "[{"

_ROAM = re.compile(r'\s*\[\s*\{(?=[^\0]*"(?:string|children|uid)"\s*:)[^\0]*?"title"\s*:')
_BLOCK = re.compile(r'"string"\s*:')
_LOGSEQ = re.compile(r'\s*\{(?=[^\0]*"page-name"\s*:)[^\0]{0,200}?"blocks"\s*:')
_FIELD = re.compile(r"[*_]{0,3}(?P<name>[^\s:*_][^:\n]{0,39}?)[*_]{0,3}::[*_]{0,3}(?P<said>[^\n]*)")
_HEADING = re.compile(r"[#*_\s^]{0,9}(?:\[\[)?(?P<name>[A-Za-z][\w ]{2,30}?)(?:\]\])?[*_:\s^]{0,9}")
_LINK = re.compile(r"\[(?P<text>[^\[\]]*)\]\((?P<address>[^()\s]+)\)")
_MARKS = re.compile(r"\*\*|\^\^|__")
_PAGE = re.compile(rf"#?\[\[{notes.CODE}(?P<name>[^\[\]]+)\]\]")
_DEEPEST = 20
_MOST_BLOCKS = 5_000  # of a page that are looked at


def matches(head: str) -> bool:
    """Tell whether a text begins like an export of Roam's or of Logseq's."""
    return bool((_ROAM.match(head) and _BLOCK.search(head)) or _LOGSEQ.match(head))


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the papers among the pages, in their order."""
    text = JsonText(lines, limits.LONGEST_LINE)
    try:
        if text.peek() == "{":
            text.skip()
            for name in members(text, "}"):
                if name == "blocks" and text.peek() == "[":
                    yield from _pages(text, source)
                else:
                    text.value()
        else:
            yield from _pages(text, source)
    except ValueError as error:
        said = f"broken JSON, from here on nothing is read: {error}"
        yield Refused(source, text.line, said)


def _pages(text: JsonText, source: str) -> Iterator[Entry | Refused]:
    text.skip()
    for _ in members(text, "]"):
        line, page = text.line, text.value()
        if isinstance(page, dict) and (entry := _entry(line, page)):
            yield entry


def _entry(line: int, page: Mapping[str, object]) -> Entry | None:
    """Return what a page says of a paper; None if it is of none."""
    named = as_text(page.get("title")) or as_text(page.get("page-name"))
    told = _told(page)
    link = next(filter(known_by, _addresses(told.get("link", ""))), "")
    if not told.get("abstract") and not (link and told.keys() & {"title", "authors"}):
        return None
    names = _PAGE.findall(told.get("authors", "")) or people.names(_plain(told.get("authors", "")))
    return records.entry(
        line,
        {
            "title": _plain(told.get("title", "") or named).removeprefix("@"),
            "authors": names,
            "abstract": _plain(told.get("abstract", "")),
            "date": _plain(told.get("listed", "")),
            "journal": _plain(told.get("venue", "")),
            "url": link,
        },
    )


def _told(page: Mapping[str, object]) -> dict[str, str]:
    """Return what the fields of a page say, under the names of the facts."""
    told, left = dict[str, str](), [_MOST_BLOCKS]
    fields = page.get("properties")
    for name, value in fields.items() if isinstance(fields, dict) else ():
        said = ", ".join(map(as_text, value)) if isinstance(value, list) else as_text(value)
        _keep(told, name, said)
    _read(page, told, left, 0)
    return told


def _read(block: Mapping[str, object], told: dict[str, str], left: list[int], depth: int) -> None:
    inside = block.get("children")
    for one in inside if isinstance(inside, list) and depth < _DEEPEST else ():
        left[0] -= 1
        if not isinstance(one, dict) or left[0] < 0:
            continue
        said = _said(one)
        fields = [*_FIELD.finditer(said)]
        below = " ".join(_below(one, left, depth))
        for field in fields:
            _keep(told, field["name"], field["said"] or (below if len(fields) == 1 else ""))
        if not fields and below and (heading := _HEADING.fullmatch(said)):
            _keep(told, heading["name"], below)
        _read(one, told, left, depth + 1)


def _keep(told: dict[str, str], name: str, said: str) -> None:
    fact = meaning(name)
    if fact == "link":
        told[fact] = f"{told.get(fact, '')} {said}".strip()
    elif fact and said.strip():
        told.setdefault(fact, said.strip())


def _below(block: Mapping[str, object], left: list[int], depth: int) -> Iterator[str]:
    """Yield what is said below a block, without the fields there."""
    inside = block.get("children")
    for one in inside if isinstance(inside, list) and depth < _DEEPEST else ():
        left[0] -= 1
        if isinstance(one, dict) and left[0] >= 0 and not _FIELD.search(said := _said(one)):
            yield said
            yield from _below(one, left, depth + 1)


def _said(block: Mapping[str, object]) -> str:
    return as_text(block.get("string")) or as_text(block.get("content"))


def _addresses(text: str) -> Iterator[str]:
    yield from (found["address"] for found in _LINK.finditer(text))
    yield from (word.strip("<>[]()") for word in _LINK.sub(" ", text).split())


def _plain(text: str) -> str:
    shown = _PAGE.sub(lambda found: found["name"], text)
    return _MARKS.sub("", _LINK.sub(lambda found: found["text"], shown)).strip()
