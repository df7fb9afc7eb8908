"""A page of arXiv's that lists papers, of a day or of what was searched for, saved as HTML.

::

    <dt><a name="item1">[1]</a> <a href="/abs/2104.00194">arXiv:2104.00194</a> [pdf, other]</dt>
    <dd><div class="list-title"><span class="descriptor">Title:</span> A Title</div> ...</dd>

It is read as the text that one would copy from it.
"""

import re
from collections.abc import Iterable, Iterator

from rag.listings import limits, webpage
from rag.listings.entries import Entry, Refused

FORMAT = "page of arXiv's that lists papers, saved as HTML"
ENDINGS = (".html", ".htm")
SIGNS = "<"

_LISTED = re.compile(r"<div\b[^<>]*\bclass\s*=\s*[\"']list-title\b", re.IGNORECASE)
_BEGIN = re.compile(r"<(?:dt|h\d)\b", re.IGNORECASE)  # of a paper, or of a day
_AUTHORS = re.compile(
    r"<div\b[^<>]*\blist-authors\b[^<>]*>\s*(?:<span\b[^<>]*>\s*Authors?:\s*</span>)?",
    re.IGNORECASE,
)
_BREAK = re.compile(r"</?(?:dt|dd|div|p|h\d|dl|ul|li|br)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>|&nbsp;")


def matches(head: str) -> bool:
    """Tell whether a text is HTML with the title of a paper in a list of arXiv's."""
    return bool(_LISTED.search(head))


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the papers of a page, in its order."""
    yield from webpage.read(_copied(lines), source)


def _copied(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines of the text; each paper begins in the line of the page that it begins in."""
    held, written = limits.Held(), 1
    for number, line in limits.numbered(lines):
        if _BEGIN.search(line):
            text = _text(held.lines)
            yield from text
            written += len(text)
            yield from ["\n"] * max(number - written, 0)
            held, written = limits.Held(), max(number, written)
        held.add(line)
    yield from _text(held.lines)


def _text(held: Iterable[str]) -> list[str]:
    page = _AUTHORS.sub("\nAuthors: ", " ".join(" ".join(held).split()))
    parts = (_TAG.sub(" ", part) for part in _BREAK.sub("\n", page).split("\n"))
    plain = (re.sub(r" (?=[,;\]])|(?<=\[) ", "", " ".join(part.split())) for part in parts)
    return [f"{part}\n" for part in plain if part]
