"""The nested-details Markdown: papers as a list, each abstract folded away in HTML.

::

    # Papers · 2026-08-21
    - **[A Title](https://arxiv.org/abs/2608.20117)**  `arXiv:2608.20117`  `cs.LG` `cs.CV`
      _One Name, Another Name_
      <details open><summary>Abstract</summary>
      The abstract.
      </details>

A heading that names a day is in force for the papers below it.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from rag.listings import limits
from rag.listings.days import day
from rag.listings.entries import Entry, Refused

FORMAT = "Markdown list with folded abstracts (- **[Title](link)** and <details>)"
ENDINGS = (".md",)
SIGNS = "#-"

_ITEM = re.compile(r"[-*] \*\*\[(?P<title>.*?)\]\(\s*+(?P<link>[^\s()]*+)\s*+\)\*\*(?P<tags>.*)")
_BROKEN = re.compile(r"[-*] \*\*")
_ANY = re.compile(r"^[-*] \*\*\[.*\]\(.*\)\*\*", re.MULTILINE)
_FOLDED = re.compile(r"<details[^<>]*>.*?<summary>", re.DOTALL | re.IGNORECASE)
_ABSTRACT = re.compile(
    r"<details[^<>]*>\s*(?:<summary>[^<]*</summary>)?(?P<text>.*?)(?:</details>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_AUTHORS = re.compile(r"^_(?P<names>.*)_$", re.MULTILINE)
_TAG = re.compile(r"`([^`]*)`")
_DAY = re.compile(r"#.*?(?P<day>\d{4}-\d\d-\d\d)")


def matches(head: str) -> bool:
    """Tell whether a text has a linked item and a folded part."""
    return bool(_ANY.search(head) and _FOLDED.search(head))


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the papers of a list with folded abstracts, in its order."""
    listed: date | None = None
    for number, heading, body in _sections(lines):
        found = _ABSTRACT.search(body)
        if found_day := _DAY.match(heading):
            listed = day(found_day["day"])
        if item := _ITEM.fullmatch(heading):
            authors = _AUTHORS.search(body)
            yield Entry(
                number,
                item["title"],
                item["link"],
                found["text"] if found else "",
                listed,
                tuple(_TAG.findall(item["tags"])),
                tuple(authors["names"].split(",")) if authors else (),
            )
        elif found:
            yield Refused(source, number, "an abstract without a - **[Title](link)** above it")


def _sections(lines: Iterable[str]) -> Iterator[tuple[int, str, str]]:
    """Yield the line of each item or heading, its text and what is below; first what has none."""
    start, heading, body = 1, "", limits.Held()
    for number, line in limits.numbered(lines):
        text = line.strip()
        if line.startswith("#") or _BROKEN.match(line):
            yield start, heading, "\n".join(body.lines)
            start, heading, body = number, text, limits.Held()
        else:
            body.add(text)
    yield start, heading, "\n".join(body.lines)
