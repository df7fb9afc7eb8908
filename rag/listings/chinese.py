"""The Markdown with Chinese labels, in a section for the new papers and one for the updated.

::

    #### [new 001] A Title
    - **分类: cs.CV; cs.AI**
    - **简介: A summary in Chinese.**
    - **链接: [http://arxiv.org/pdf/2506.03171v1](http://arxiv.org/pdf/2506.03171v1)**
    > **作者:** One Name; Another Name
    > **备注:** A comment.
    > **摘要:** The abstract, in English.
    ---

The summary in Chinese was written by a machine, and is left out like the comment.
"""

import re
from collections.abc import Iterable, Iterator

from rag.listings import limits
from rag.listings.entries import Entry, Refused

FORMAT = "Markdown with Chinese labels (#### [new 001] Title, 链接, 摘要)"
ENDINGS = (".md",)
SIGNS = "#"

_TITLE = re.compile(r"####\s+\[[a-z]+ \d+\]\s*(?P<title>.*)")
_LABEL = re.compile(
    r"(?:-|>) ?\*\*(?P<name>[^\s:\uff1a*]{1,8})\s*[:\uff1a](?:\*\*)?\s*(?P<text>.*)"
)
_TARGET = re.compile(r"\]\(\s*(?P<address>[^\s()]*)")
_LINK, _CATEGORIES, _AUTHORS, _ABSTRACT = "链接", "分类", "作者", "摘要"
_ANY = re.compile(
    rf"^[->] ?\*\*(?:{_LINK}|{_CATEGORIES}|{_AUTHORS}|{_ABSTRACT})\s*[:\uff1a]", re.MULTILINE
)


def matches(head: str) -> bool:
    """Tell whether a text has one of the labels at the start of a line."""
    return bool(_ANY.search(head))


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the new and the updated papers, in their order."""
    for number, heading, fields in _sections(lines):
        title = _TITLE.fullmatch(heading)
        if title:
            yield _entry(number, title["title"], fields)
        elif fields.keys() & {_LINK, _ABSTRACT}:
            yield Refused(source, number, "not under a heading of the form #### [new 1] Title")


def _sections(lines: Iterable[str]) -> Iterator[tuple[int, str, dict[str, str]]]:
    """Yield the line of each heading or rule, its text and what stands under the labels below."""
    start, heading, fields, under = 1, "", dict[str, str](), ""
    for number, line in limits.numbered(lines):
        text = line.strip()
        if text.startswith("#") or text == "---":
            yield start, heading, fields
            start, heading, fields, under = number, text, {}, ""
        elif label := _LABEL.fullmatch(text):
            under = label["name"]
            fields[under] = label["text"]
        elif under and text.startswith(">") and len(fields[under]) <= limits.LONGEST_TEXT:
            fields[under] += f" {text.removeprefix('>')}"
    yield start, heading, fields


def _entry(line: int, title: str, fields: dict[str, str]) -> Entry:
    link = fields.get(_LINK, "")
    target = _TARGET.search(link)
    return Entry(
        line,
        title,
        target["address"] if target else link.rstrip("*"),
        fields.get(_ABSTRACT, ""),
        categories=tuple(re.split(r"[;,\s]+", fields.get(_CATEGORIES, "").strip("* "))),
        authors=tuple(fields.get(_AUTHORS, "").split(";")),
    )
