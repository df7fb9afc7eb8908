"""Volumes of proceedings saved from the web: CVF, PMLR, NeurIPS and the ACL Anthology.

::

    <dt class="ptitle"><br><a href="/content/...">A Title</a></dt>            CVF
    <p class="title">A Title</p><span class="authors">One Name,&nbsp;...      PMLR
    <a title="paper title" href="...">A Title</a> <i>One Name, ...</i>        NeurIPS
    <strong><a class="align-middle" href="/2021.acl-long.1/">A Title</a>      ACL Anthology

Only the last has abstracts; what has none is told in one line.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape

from rag.core.identifiers import arxiv_id
from rag.core.publishers import papers_page
from rag.listings import limits, people, unabstracted
from rag.listings.days import day
from rag.listings.entries import Entry, Refused
from rag.listings.relative import resolved

FORMAT = "volume of the ACL Anthology, saved as HTML"
ENDINGS = (".html", ".htm")
SIGNS = "<"


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a place marks the title of a paper, and below it the link, the authors, the abstract."""

    title: re.Pattern[str]
    authors: re.Pattern[str]
    abstract: re.Pattern[str] | None = None


def _marked(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)


_IN = r"[^<>]{0,1000}"  # the rest of a tag
_TEXT = r"(?P<text>(?:(?!</?(?:p|dt|div|strong|li)\b).){1,2000}?)"
_LAYOUTS = (
    _Layout(
        _marked(rf"<dt\b{_IN}\bptitle\b{_IN}>\s*(?:<br{_IN}>\s*)?<a\b{_IN}>{_TEXT}</a>"),
        _marked(r"\bquery_author[\"'] value\s*=\s*[\"'](?P<text>[^\"']{1,300})"),
    ),
    _Layout(
        _marked(rf"<p class=[\"']?title[\"']?>{_TEXT}</p>(?=\s*<p class=[\"']?details\b)"),
        _marked(r"<span class=[\"']?authors[\"']?>(?P<text>[^<>]{1,20000})</span>"),
    ),
    _Layout(
        _marked(rf"<a\b{_IN}\btitle\s*=\s*[\"']paper title[\"']{_IN}>{_TEXT}</a>"),
        _marked(r"<i>(?P<text>[^<>]{1,20000})</i>"),
    ),
    _Layout(
        _marked(rf"<strong>\s*<a\b{_IN}\balign-middle\b{_IN}>{_TEXT}</a>\s*</strong>"),
        _marked(rf"<a\b{_IN}/people/{_IN}>(?P<text>[^<>]{{1,300}})</a>"),
        _marked(rf"\babstract-collapse\b{_IN}>\s*<div\b{_IN}>(?P<text>.{{1,20000}}?)</div>"),
    ),
)
_LINK = re.compile(r"\bhref\s*=\s*[\"']?(?P<link>https?://[^\"'<>\s]+)", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_FRONT = re.compile(r".*(?:\.0|[A-Z]\d\d-\d?000)/?$")  # what is before the first paper
_YEAR = re.compile(r"anthology\.org/(?:(?P<whole>\d{4})\.|[A-Z](?P<short>\d\d)-)")
_VOLUME = re.compile(r"<h2 id=[\"']?title[\"']?[^<>]*>(?P<text>.{1,2000}?)</h2>", re.DOTALL)
_SINGLE = re.compile(r"<meta\b[^<>]*[\"']citation_title[\"']", re.IGNORECASE)


def matches(head: str) -> bool:
    """Tell whether a text is HTML with the title of a paper as one of the places marks it."""
    single = _SINGLE.search(head)
    return not single and any(layout.title.search(head) for layout in _LAYOUTS)


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the papers of a volume, in its order; then tell of those without an abstract."""
    text = "".join(resolved(lines))[: limits.LONGEST_LINE]
    layout = max(_LAYOUTS, key=lambda each: len(each.title.findall(text)))
    found = [*layout.title.finditer(text)]
    venue = _VOLUME.search(text)
    ends = (*(each.start() for each in found[1:]), len(text))
    lacking = list[str]()
    line, at = 1, 0
    for each, end in zip(found, ends, strict=False):
        line, at = line + text.count("\n", at, each.start()), each.start()
        below = text[each.end() : end]
        links = [unescape(link["link"]) for link in _LINK.finditer(each[0] + below)]
        link = next(filter(papers_page, links), "")
        if _FRONT.match(link):
            continue
        shown = layout.abstract.search(below) if layout.abstract else None
        if shown is None:
            lacking.append(next(filter(None, map(arxiv_id, links)), link))
            continue
        yield _entry(line, each, link, below, layout, shown, _plain(venue["text"] if venue else ""))
    if lacking:
        of = unabstracted.site(text)
        yield Refused(source, 1, unabstracted.said(lacking, of), whole=True)


def _entry(
    line: int, title: re.Match[str], link: str, below: str, layout: _Layout,
    abstract: re.Match[str], venue: str,
) -> Entry:  # fmt: skip
    authors = [_plain(author["text"]) for author in layout.authors.finditer(below)]
    year = _YEAR.search(link)
    told = (year["whole"] or f"20{year['short']}") if year else ""
    if year and year["short"] and int(year["short"]) > 60:  # P79-1001
        told = f"19{year['short']}"
    return Entry(
        line,
        title=_plain(title["text"]),
        link=link,
        abstract=abstract["text"],
        listed=day(told),
        authors=tuple(authors) if len(authors) > 1 else tuple(people.names(", ".join(authors))),
        year=int(told) if told else None,
        venue=venue,
        kind="paper-conference",
    )


def _plain(text: str) -> str:
    return " ".join(unescape(_TAG.sub("", text)).split())
