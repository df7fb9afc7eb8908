"""The reporter's Markdown: a title, authors, a link and an abstract a paper, with a rule below.

::

    # A Title
    **Authors**: One Name, Another Name
    **Link**: [PDF](https://arxiv.org/pdf/2503.24388)
    **Abstract**: The abstract, in one paragraph or in several.
    ---

A heading, a rule or a label that was there already ends a paper, so that no abstract ends up with
another paper.
"""

import re
from collections.abc import Iterable, Iterator

from rag.listings import limits
from rag.listings.entries import Entry, Refused

FORMAT = "reporter's Markdown (# Title, **Authors**, **Link**, **Abstract**)"
ENDINGS = (".md",)
SIGNS = "#"

_LABEL = re.compile(r"\*\*(?P<name>Authors|Link|Abstract)\*\*\s*:\s*(?P<text>.*)")
_LINK = re.compile(r"^\*\*Link\*\*\s*:", re.MULTILINE)
_OTHERS = re.compile(r"^\*\*(?:Authors|Abstract)\*\*\s*:", re.MULTILINE)
_TITLE = re.compile(r"#\s+(?P<title>.*)")
_RULE = re.compile(r"-{3,}")
_TARGET = re.compile(r"\]\(\s*(?P<address>[^\s()]*)")


def matches(head: str) -> bool:
    """Tell whether a text has the label of a link, and that of authors or of an abstract."""
    return bool(_LINK.search(head) and _OTHERS.search(head))


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the papers of the reporter's Markdown, in its order."""
    return (_entry(*section) for section in _sections(lines))


def _sections(lines: Iterable[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the first line of each paper and what stands under its labels, "Title" among them."""
    start, fields, under, first = 0, dict[str, str](), "", True
    for number, line in limits.numbered(lines):
        text = line.strip()
        title, label = _TITLE.fullmatch(text), _LABEL.fullmatch(text)
        if title or _RULE.fullmatch(text) or (label and label["name"] in fields):
            if fields and not (first and fields.keys() == {"Title"}):  # that of the whole listing
                yield start, fields
            start, fields, under, first = 0, {}, "", first and not fields
        if title or label:
            start = start or number
            under = label["name"] if label else "Title"
            fields[under] = label["text"] if label else title["title"] if title else ""
        elif under == "Abstract" and len(fields[under]) <= limits.LONGEST_TEXT:
            fields[under] += f" {text}"
    if fields:
        yield start, fields


def _entry(line: int, fields: dict[str, str]) -> Entry:
    link = fields.get("Link", "")
    target = _TARGET.search(link)
    return Entry(
        line,
        title=fields.get("Title", ""),
        link=target["address"] if target else link,
        abstract=fields.get("Abstract", ""),
        authors=tuple(fields.get("Authors", "").split(",")),
    )
