"""Alerts of Google Scholar's and Semantic Scholar's: papers with the beginning or gist of each.

::

    <h3><a href="http://scholar.google.com/scholar_url?url=https://..." class="gse_alrt_title">A
    Title</a></h3><div>A Roe, B Poe - Journal of Kites, 2020 - Publisher</div>
    <div class="gse_alrt_sni">The first lines, which break off …</div>

The lines count as a summary. Of what is on arXiv the abstract is to be had there. Semantic
Scholar's have no marks; there a title is what links to a paper, and what is below it is told by
what it is::

    <a href="https://www.semanticscholar.org/paper/..."><strong>A Title</strong></a>
    <div>A. Roe, B. Poe, +3 authors C. Doe</div><div>ArXiv</div><div>1 April 2021</div>
    <div><b>TLDR</b> What is new in it.</div>
"""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from urllib.parse import parse_qs, urlsplit

from rag.core.identifiers import arxiv_id
from rag.core.publishers import papers_page
from rag.listings import bylines, limits, people
from rag.listings.days import day
from rag.listings.entries import Entry, Refused

FORMAT = "alert of Google Scholar's or Semantic Scholar's"
ENDINGS = (".html", ".eml")
SIGNS = "<"

_TITLE = re.compile(
    r"<a\b(?=[^<>]*\bclass\s*=\s*[\"']gse_alrt_title[\"'])[^<>]*\bhref\s*=\s*[\"'](?P<link>[^\"'<>]+)"
    r"[\"'][^<>]*>(?P<title>.{1,2000}?)</a>",
    re.IGNORECASE | re.DOTALL,
)
_BLOCK = re.compile(
    r"<div\b(?P<said>[^<>]*)>(?P<text>(?:(?!</?div\b).){0,4000})</div>", re.IGNORECASE | re.DOTALL
)
_GIST = re.compile(
    r"<a\b[^<>]{0,1000}\bhref\s*=\s*[\"'](?P<link>https?://(?:www\.)?semanticscholar\.org/paper/[^\"'<>]+)"
    r"[\"'][^<>]{0,1000}>(?P<title>.{1,2000}?)</a>",
    re.IGNORECASE | re.DOTALL,
)
_BREAK = re.compile(r"</?(?:div|p|td|tr|li|h\d|br|table|ul|ol)\b[^<>]*>", re.IGNORECASE)
_MORE_AUTHORS = re.compile(r",?\s*\+\s?\d+ (?:more )?authors?,?")
_SUMMARY = re.compile(r"(?P<called>TL;?DR|Abstract)\b[:.]?\s*", re.IGNORECASE)
_FEWEST_WORDS = 8  # of a summary that nothing announces
_MOST_WORDS = 15  # of the name of a venue
_TAG = re.compile(r"<(?P<breaks>br\b)?[^<>]*>", re.IGNORECASE)
_APPEARED = re.compile(r"(?:(?P<venue>.+?),\s*)?(?P<year>(?:19|20)\d\d)")


def matches(head: str) -> bool:
    """Tell whether a text has a title as Google Scholar marks it, or several of Semantic Scholar's.

    Their pages link to papers as well, but tell no gist of them.
    """
    if _TITLE.search(head):
        return True
    return bool(_GIST.search(head)) and bool(re.search(r">\s*TL;?DR\b", head, re.IGNORECASE))


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the papers of an alert, in its order."""
    text = "".join(lines)[: limits.LONGEST_LINE]
    marked = [*_TITLE.finditer(text)]
    found = marked or [title for title in _GIST.finditer(text) if _is_title(title["title"])]
    ends = (*(each.start() for each in found[1:]), len(text))
    for each, end in zip(found, ends, strict=False):
        line, below = text.count("\n", 0, each.start()) + 1, text[each.end() : end]
        yield (_entry if marked else _unmarked)(line, each, below)


def _is_title(shown: str) -> bool:
    return len(_plain(shown).split()) > 1 and not re.match(r"(?:read|view|open)\b", shown, re.I)


def _unmarked(line: int, title: re.Match[str], below: str) -> Entry:
    """Return the paper of a title of which only its kind tells what each text below it is."""
    said = {"authors": "", "day": "", "abstract": "", "venue": ""}
    for text in filter(None, map(_plain, _BREAK.split(below))):
        names, summary = _MORE_AUTHORS.sub(", ", text), _SUMMARY.match(text)
        if summary or (len(text.split()) >= _FEWEST_WORDS and text.endswith((".", "…"))):
            said["abstract"] = said["abstract"] or (text[summary.end() :] if summary else text)
        elif day(text):
            said["day"] = said["day"] or text
        elif not said["authors"] and bylines.are_names(names.strip(" ,·")):
            said["authors"] = names
        elif not said["venue"] and not said["abstract"] and len(text.split()) <= _MOST_WORDS:
            said["venue"] = text
    listed = day(said["day"])
    address = unescape(title["link"])
    return Entry(
        line,
        title=_plain(title["title"]),
        link=papers_page(address) or address,
        abstract=said["abstract"],
        authors=tuple(people.names(said["authors"].strip(" ,·"))),
        listed=listed,
        year=listed.year if listed else None,
        venue="" if said["venue"].lower().startswith("arxiv") else said["venue"],
        only_named=True,
    )


def _entry(line: int, title: re.Match[str], below: str) -> Entry:
    blocks = [(found["said"], _plain(found["text"])) for found in _BLOCK.finditer(below)]
    said = next((text for mark, text in blocks if "gse_alrt_sni" in mark), "")
    names, _, rest = next((text for _, text in blocks if " - " in text), "").partition(" - ")
    appeared = _APPEARED.fullmatch(rest.partition(" - ")[0].strip())
    venue = (appeared["venue"] or "") if appeared else ""
    address = unescape(title["link"])
    link = next(iter(parse_qs(urlsplit(address).query).get("url", ())), address)
    return Entry(
        line,
        title=_plain(title["title"]),
        link=link,
        abstract="" if arxiv_id(link) else said,
        authors=tuple(name for name in people.names(names.rstrip("… ")) if "…" not in name),
        listed=day(appeared["year"]) if appeared else None,
        year=int(appeared["year"]) if appeared else None,
        venue="" if venue.lower().startswith("arxiv") else venue,
        only_named=True,
    )


def _plain(text: str) -> str:
    shown = _TAG.sub(lambda found: " " if found["breaks"] else "", text)
    return " ".join(unescape(shown).split())
