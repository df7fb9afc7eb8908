"""Chats copied or exported as text (Slack, Discord, Teams, WhatsApp), with links and their pages.

::

    Ann Roe
      10:12 AM
    neat: https://arxiv.org/abs/2104.00194
    arXiv.org
    A Title
    The abstract.

A paper is a line with a link to one and, below it, its title and its abstract. Of what is only
named the identifiers of arXiv are told.
"""

import re
from collections.abc import Iterable, Iterator

from rag.core.identifiers import arxiv_id, doi_of, known_by
from rag.core.publishers import papers_page
from rag.listings import limits, mentions
from rag.listings.entries import Entry, Refused

FORMAT = "chat of Slack, Discord, Teams or WhatsApp as text"
ENDINGS = (".txt",)
SIGNS = "[="

_SAID = re.compile(
    r"\s*\d{1,2}:\d{2}(?::\d{2})?(?:\s?[AaPp]\.?[Mm]\.?)?\s*"  # Slack
    # Discord, Teams, WhatsApp
    r"|\[\d{1,4}[-./]\w{1,3}[-./]\d{1,4},? \d{1,2}:\d{2}(?::\d{2})?(?:\s[AP]M)?\] ?.*"
    r"|\d{1,2}[./]\d{1,2}[./]\d{2,4},? \d{1,2}:\d{2}(?:\s[AP]M)? - .*"  # WhatsApp on Android
)
_BESIDE = re.compile(r"\s*|\{\w+\}|(?:https?://)?[\w-]+(?:\.[\w-]+)+|https?://\S+|e-Print archive")
_FIRST_LINES = 40
_LONGEST_TITLE, _FEWEST = 300, 100
_CUT = re.compile(r"(?:…|\.\.\.)\s*$")


def matches(head: str) -> bool:
    """Tell whether one of the first lines says when it was said, and a link leads to a paper."""
    lines = head.split("\n")
    return any(map(_SAID.fullmatch, lines[:_FIRST_LINES])) and any(map(_link, lines))


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the papers that are shown, in their order, then tell what else is named."""
    seen, there = dict[str, int](), set[str]()
    link, title, at = "", "", 0
    for number, line in limits.numbered(lines):
        text = line.strip()
        for name in mentions.mentioned([text]):
            if len(seen) < limits.MOST_REFUSED:
                seen.setdefault(name, number)
        found = _link(text)
        if found or _SAID.fullmatch(text):
            link, title, at = found, "", number
        elif link and not _BESIDE.fullmatch(text):
            if not title and len(text) <= _LONGEST_TITLE:
                title = text
                continue
            known = known_by(link) or ""
            if len(text) >= _FEWEST and title and not _CUT.search(text) and known not in there:
                there.add(known)
                yield Entry(at, title=title, link=link, abstract=text, only_named=True)
            link = title = ""
    if rest := tuple(name for name in seen if name not in there):
        yield Refused(source, seen[rest[0]], mentions.said(rest), whole=True)


def _link(text: str) -> str:
    """Return the last link to a paper in a line."""
    words = (word.strip("<>()[],;") for word in text.split() if "http" in word)
    papers = (w for w in words if len(w) < limits.LONGEST_LINK)
    found = [w for w in papers if arxiv_id(w) or doi_of(w) or papers_page(w)]
    return found[-1] if found else ""
