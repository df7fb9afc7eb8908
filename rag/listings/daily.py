"""The daily Markdown listing: one arXiv category and day, a heading and a quotation a paper.

::

    # ArXiv cs.CV --Fri, 2 Apr 2021
    ### 12.A Title  [ :arrow_down: ](https://arxiv.org/pdf/2104.00646.pdf)
    >  The abstract, on one line or on several.

A heading that is broken takes the text below it along, so that no abstract ends up with another
paper. A later line with category and day is in force from there on. What an entry must have and
how text is cleaned is not known here.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from email.utils import parsedate_to_datetime

from rag.listings import limits
from rag.listings.entries import Entry, Refused

FORMAT = "daily Markdown listing (# ArXiv cs.CV --Fri, 2 Apr 2021)"
ENDINGS = (".md",)
SIGNS = "#"

_DAY = re.compile(r"^#\s+ArXiv\s+(?P<category>[\w.-]+)\s+--\s*(?P<day>.*?)\s*$", re.MULTILINE)
_PAPER = re.compile(
    r"###\s+\d+\.\s*(?P<title>.*?)\s*(?:\[[^\[\]]*\]\(\s*(?P<link>[^()\s]*)\s*\))?$"
)
_DOWNLOAD = re.compile(r"^###\s.*\[ *:arrow_down: *\]\(", re.MULTILINE)
# What ends an entry: a Markdown heading, or a line that has lost its # but ends with a link.
_HEADING = re.compile(r"^#(?:[#\s]|$)|^(?!>).*\]\([^()\s]*\)\s*$")


def matches(head: str) -> bool:
    """Tell whether a text has the first line of a daily listing, or the heading of a paper."""
    return bool(_DAY.search(head) or _DOWNLOAD.search(head))


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the papers of a daily listing, in its order."""
    listed: date | None = None
    categories: tuple[str, ...] = ()
    for number, heading, body in _sections(lines):
        abstract = _quotation(body)
        if paper := _PAPER.match(heading):
            link = paper["link"] or ""
            yield Entry(number, paper["title"], link, abstract, listed, categories)
            continue
        if day := _DAY.match(heading):
            categories = (day["category"],)
            listed = _date(day["day"])
            if listed is None:
                yield Refused(source, number, f"no date like Fri, 2 Apr 2021: {day['day']}")
        elif heading:
            form = "### 12.Title [ :arrow_down: ](link)"
            yield Refused(source, number, f"not a heading of the form {form}")
            continue
        if abstract:
            first = next(i for i, line in enumerate(body, number + 1) if line.startswith(">"))
            yield Refused(source, first, "an abstract without a heading")


def _sections(lines: Iterable[str]) -> Iterator[tuple[int, str, list[str]]]:
    """Yield each heading with its line number and the lines below; first what has no heading."""
    start, heading, body = 0, "", limits.Held()
    for number, line in limits.numbered(lines):
        text = line.strip()
        if _HEADING.match(text):
            yield start, heading, body.lines
            start, heading, body = number, text, limits.Held()
        else:
            body.add(text)
    yield start, heading, body.lines


def _quotation(lines: Iterable[str]) -> str:
    """Join the quoted lines, and as Markdown does those that follow one without a blank line."""
    quoted: list[str] = []
    inside = False
    for line in lines:
        inside = line.startswith(">") or (inside and bool(line))
        if inside:
            quoted.append(line.removeprefix(">"))
    return " ".join(quoted).strip()


def _date(day: str) -> date | None:
    # Not strptime: its names of days and months follow the locale.
    try:
        return parsedate_to_datetime(f"{day} 00:00:00 +0000").date()
    except ValueError:
        return None
