"""Google Scholar's alerts: a page or a mail with papers, each with the beginning of its text.

::

    <h3><a href="http://scholar.google.com/scholar_url?url=https://..." class="gse_alrt_title">A
    Title</a></h3><div>A Roe, B Poe - Journal of Kites, 2020 - Publisher</div>
    <div class="gse_alrt_sni">The first lines, which break off …</div>

The lines count as a summary. Of what is on arXiv the abstract is to be had there.
"""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from urllib.parse import parse_qs, urlsplit

from rag.core.identifiers import arxiv_id
from rag.listings import limits, people
from rag.listings.days import day
from rag.listings.entries import Entry, Refused

FORMAT = "alert of Google Scholar's"
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
_TAG = re.compile(r"<(?P<breaks>br\b)?[^<>]*>", re.IGNORECASE)
_APPEARED = re.compile(r"(?:(?P<venue>.+?),\s*)?(?P<year>(?:19|20)\d\d)")


def matches(head: str) -> bool:
    """Tell whether a text has a title as Google Scholar marks it."""
    return bool(_TITLE.search(head))


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the papers of an alert, in its order."""
    text = "".join(lines)[: limits.LONGEST_LINE]
    found = [*_TITLE.finditer(text)]
    ends = (*(each.start() for each in found[1:]), len(text))
    for each, end in zip(found, ends, strict=False):
        yield _entry(text.count("\n", 0, each.start()) + 1, each, text[each.end() : end])


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
