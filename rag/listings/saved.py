"""A page that was saved from the web and is of one paper, as its own tags say it.

::

    <meta name="citation_title" content="A Title">
    <meta name="citation_author" content="Roe, Ann">
    <meta name="citation_abstract" content="The abstract.">

These are the tags by which Google Scholar reads arXiv, OpenReview and the publishers. Where they
hold no abstract, it is what the page calls so, else its description.
"""

import re
from collections.abc import Iterable, Iterator
from html import unescape

from rag.listings import limits, records
from rag.listings.entries import Entry, Refused
from rag.listings.fields import plain_name

FORMAT = "page of one paper saved from the web (citation_title)"
ENDINGS = (".html", ".htm", ".xhtml")
SIGNS = "<"

_LONGEST = 2 * limits.LONGEST_LINE
_META = re.compile(r"<meta\b(?P<said>[^<>]{1,30000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"\b(name|property|content)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE
)
_TITLED = re.compile(r"<meta\b[^<>]*[\"']citation_title[\"']", re.IGNORECASE)
_ABSTRACT = re.compile(
    r"<(?P<tag>section|div|blockquote|p)\b[^<>]*\b(?:class|id)\s*=\s*[\"'][^\"']*\babstract\b[^\"']*"
    r"[\"'][^<>]*>(?P<text>.{1,20000}?)</(?P=tag)>",
    re.IGNORECASE | re.DOTALL,
)
_HEADING = re.compile(
    r"^\s*(?:<h\d\b[^<>]*>.{0,40}?</h\d>|<span\b[^<>]*>\s*Abstract:?\s*</span>)", re.I
)
_NAMES = {
    "citationtitle": "title", "citationabstract": "abstract", "citationdoi": "doi",
    "citationjournaltitle": "journal", "citationconferencetitle": "conferencename",
    "citationinbooktitle": "booktitle", "citationarxivid": "arxiv", "citationpmid": "pmid",
    "citationpublicationdate": "date", "citationdate": "date", "citationonlinedate": "onlinedate",
    "citationabstracthtmlurl": "url", "citationpdfurl": "pdfurl", "citationpublichtmlurl": "url",
    "dcdescription": "abstract", "dctermsabstract": "abstract",
}  # fmt: skip
_DESCRIPTIONS = ("ogdescription", "description", "twitterdescription")


def matches(head: str) -> bool:
    """Tell whether a text is HTML with the title of a paper in a tag of its own."""
    return bool(_TITLED.search(head))


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the paper of a page."""
    held, size = list[str](), 0
    for _, line in limits.numbered(lines):
        size += len(line)
        if size > _LONGEST:
            break  # what a page says of itself stands at its beginning
        held.append(line)
    text = "".join(held)
    found, described, authors = dict[str, object](), "", list[str]()
    for tag in _META.finditer(text):
        said = {n.lower(): unescape(a or b) for n, a, b in _ATTRIBUTE.findall(tag["said"])}
        name = plain_name(said.get("name") or said.get("property") or "")
        if name in ("citationauthor", "citationauthors"):
            authors.append(said.get("content", ""))
        elif name in _DESCRIPTIONS:
            described = described or said.get("content", "")
        elif name in _NAMES:
            found.setdefault(_NAMES[name], said.get("content", ""))
    if not found.get("abstract"):
        shown = _ABSTRACT.search(text)
        found["abstract"] = _HEADING.sub("", shown["text"]) if shown else described
    yield records.entry(1, {**found, "authors": authors})
