"""Outlines of Org mode, in which each paper has a heading, as Emacs keeps them.

::

    * TODO A Title :tag:
    :PROPERTIES:
    :AUTHOR: One Name and Another Name
    :URL: https://arxiv.org/abs/2601.00001
    :END:
    ** Abstract
    The abstract.

They are read as the Markdown that says the same, line by line.
"""

import re
from collections.abc import Iterable, Iterator

from rag.listings import pages
from rag.listings.entries import Entry, Refused

FORMAT = "Org outline whose headings are papers"
ENDINGS = (".org",)
SIGNS = "*#:"

_SIGNS = re.compile(
    r"^(?:#\+\w+:|:PROPERTIES:|\*+ (?:TODO|DONE|NEXT|WAIT\w*|\[#[A-Z]\]) )"
    r"|\[\[https?:[^\[\]]+\][\]\[]"
    r"|^\*+ .*\s:[\w@:.%#-]+:\s*$",
    re.MULTILINE | re.IGNORECASE,
)
_HEADING = re.compile(
    r"(?P<stars>\*{1,6})\s+(?:[A-Z]{4,10}\s+)?(?:\[#[A-Z]\]\s+)?(?P<text>.*?)(?:\s+:[\w@:.%#-]+:)?\s*"
)
_PROPERTY = re.compile(r"\s*:(?P<name>[\w-]+):\s*(?P<value>.*)")
_KEYWORD = re.compile(r"\s*#\+.*")
_LINKED = re.compile(
    r"\[\[(?P<address>[^\[\]]+)\]\[(?P<text>[^\[\]]+)\]\]|\[\[(?P<bare>[^\[\]]+)\]\]"
)
_WEEKDAY = re.compile(r"(?<=\d{4}-\d\d-\d\d) (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*\b")
_DAY = re.compile(r"[\[<](?P<day>\d{4}-\d\d-\d\d)(?: [^\[\]<>]{0,20})?[\]>]")


def matches(head: str) -> bool:
    """Tell whether a text is an outline of Org's, and a heading in it a paper."""
    headed = re.search(r"^\*+ ", head, re.MULTILINE)
    return bool(headed and _SIGNS.search(head)) and pages.matches("".join(_as_markdown(head)))


def _as_markdown(text: str) -> Iterator[str]:
    yield from map(_turned, text.splitlines(keepends=True))


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the papers of an outline, in its order."""
    yield from pages.read(map(_turned, lines), source)


def _turned(line: str) -> str:
    r"""Return a line of Org's as Markdown has it.

    >>> _turned("** DONE [[https://example.org][A Title]] :cs:")
    '## [A Title](https://example.org)\n'
    """
    if _KEYWORD.match(line):
        return "\n"
    line = _WEEKDAY.sub("", _DAY.sub(lambda found: found["day"], line))
    line = _LINKED.sub(
        lambda found: found["bare"] or f"[{found['text']}]({found['address']})", line
    )
    if heading := _HEADING.fullmatch(line.rstrip("\n")):
        return f"{'#' * len(heading['stars'])} {heading['text']}\n"
    if drawer := _PROPERTY.fullmatch(line.rstrip("\n")):
        return f"**{drawer['name']}:** {drawer['value']}\n" if drawer["value"] else "\n"
    return line
