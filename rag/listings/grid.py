"""A table in Markdown: a paper a row, with title, abstract and link.

::

    | Date | Title | Abstract | Link |
    |------|-------|----------|------|
    | 2023-02-01 | A Title | The abstract. | [2302.00001](https://arxiv.org/abs/2302.00001) |

A page may have several, each with its own columns. What these are called is known in `records.py`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from rag.listings import limits, linked, records
from rag.listings.entries import Entry, Refused
from rag.listings.fields import plain_name

FORMAT = "Markdown table with the columns Title, Abstract and Link"
ENDINGS = (".md",)
SIGNS = "#|"

_RULE = re.compile(r"\|?(?:\s*:?-{2,}:?\s*\|)*\s*:?-{2,}:?\s*\|?")
_DIVIDER = re.compile(r"(?<!\\)\|")
_LINKED = re.compile(r"\[(?P<text>[^\[\]]*)\]\(\s*<?(?P<address>[^\s()<>]+)>?[^()]*\)")
_FOLD = re.compile(
    r"<details[^<>]*>\s*(?:<summary[^<>]*>[^<>]*</summary>)?|</details>", re.IGNORECASE
)
_STRONG = re.compile(r"(\*{2}|__|`)(?=\S)(.+?)(?<=\S)\1")


def matches(head: str) -> bool:
    """Tell whether a text has the first two rows of such a table."""
    lines = [line.strip() for line in head.split("\n")]
    return any(
        "|" in line and _RULE.fullmatch(rule) and records.is_paper(_names(line))
        for line, rule in pairwise(lines)
    )


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the papers of the tables of a page, in its order."""
    before, names = "", list[str]()
    for number, line in limits.numbered(lines):
        text = line.strip()
        if limits.is_too_long(line):
            yield Refused(source, number, f"a line of more than {limits.LONGEST_LINE:,} characters")
        elif _RULE.fullmatch(text) and "|" in before:
            found = _names(before)
            names = found if records.is_paper(found) else []
        elif "|" not in text:
            names = []
        elif names:
            cells = _cells(text)
            if len(cells) == len(names):
                yield records.entry(number, _record(names, cells))
            else:
                yield Refused(source, number, f"{len(cells)} columns instead of {len(names)}")
        before = text


def _names(line: str) -> list[str]:
    return [plain_name(strong(cell)) for cell in _cells(line)]


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return [_FOLD.sub("", cell).strip().replace("\\|", "|") for cell in _DIVIDER.split(inner)]


def _record(names: Sequence[str], cells: Sequence[str]) -> dict[str, object]:
    """Return a row as a record: texts without their links, and all links."""
    links = [found["address"] for cell in cells for found in _LINKED.finditer(cell)]
    told: dict[str, object] = {}
    for name, cell in zip(names, cells, strict=True):
        link = _LINKED.search(cell)
        said = strong(_LINKED.sub(lambda found: found["text"], cell))
        told.setdefault(name, link["address"] if link and name in linked.LINKS else said)
    return {**told, "links": links}


def strong(text: str) -> str:
    """Return Markdown without the marks of what is printed in bold or as code.

    >>> strong("Dunes **Learn** to `walk`")
    'Dunes Learn to walk'
    """
    return _STRONG.sub(r"\2", text)
