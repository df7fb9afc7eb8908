"""Feeds in Atom and RSS: arXiv's query API, its daily feeds old and new, those of others.

The older feeds of arXiv, and what is made of them, put identifier and category behind the title and
the authors into HTML; the newer ones put identifier and kind before the abstract. All that is taken
apart here. The day is that of the publication, where it is given.
"""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from rag.core.identifiers import doi_of
from rag.core.papers import arxiv_version
from rag.listings import people, zotero
from rag.listings.days import day
from rag.listings.entries import Entry, Refused, chosen
from rag.listings.markup import elements, root, text, texts

if TYPE_CHECKING:
    from lxml import etree

FORMAT = "Atom or RSS feed"
ENDINGS = (
    ".xml",
    ".atom",
    ".rss",
)
SIGNS = "<"

_BEHIND_TITLE = re.compile(r"\.?\s*\(arXiv:[^\s()]+\s\[(?P<category>[^\[\]]+)\][^()]*\)\s*$")
_ANCHOR = re.compile(r"<a\b[^<>]*>(?P<name>[^<>]*)</a>", re.IGNORECASE)
_DOIS = ("doi", "DOI", "identifier")  # arXiv's two kinds of feeds, and those of publishers
_VENUES = ("journal_ref", "journal_reference", "publicationName")
_TEXTS = ("summary", "description", "content", "encoded")
# Where publishers tell the issue instead of an abstract, which is then elsewhere or not there.
_IMPRINT = re.compile(
    r"(?:\s|<[^<>]*>)*(?:(?:[\w&.,: -]{1,100}, )?Volume \w+, (?:Issue|Number|Page)"
    r"|Publication date:|[\w&.,: -]{1,100}, (?:Ahead of Print|Early View|EarlyView)).{0,2000}",
    re.IGNORECASE | re.DOTALL,
)
# Where authors work, below their names.
_PLACES = re.compile(r"\n\s*[a-z]\s+[A-Z].*", re.DOTALL)  # where they work
_API_ERROR = "arxiv.org/api/errors"


def matches(head: str) -> bool:
    """Tell whether a text is XML with the outermost element of Atom, RSS 2 or RSS 1."""
    return root(head) in {"feed", "rss", "RDF"} and not zotero.matches(head)


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the papers of a feed, in its order."""
    for found in elements(lines, ("entry", "item"), source):
        if isinstance(found, Refused):
            yield found
            continue
        line, element = found
        if _API_ERROR in text(element, "id"):
            yield Refused(source, line, f"arXiv says: {' '.join(text(element, 'summary').split())}")
        else:
            yield _entry(line, element)


def _entry(line: int, element: "etree._Element") -> Entry:
    title = " ".join(text(element, "title").split())
    behind = _BEHIND_TITLE.search(title)
    categories = [
        *(tag.get("term") or "" for tag in element.iterfind("{*}primary_category")),
        *(tag.get("term") or tag.text or "" for tag in element.iterfind("{*}category")),
    ]
    links = [*filter(None, _links(element))]
    abstract = _first(element, *_TEXTS, unlike=_IMPRINT)
    return Entry(
        line,
        title=title[: behind.start()] if behind else title,
        link=chosen(links),
        abstract=abstract,
        listed=day(_first(element, "published", "pubDate", "date", "updated")),
        categories=(*categories, behind["category"] if behind else ""),
        authors=tuple(_authors(element)),
        updated=day(text(element, "updated")),
        comment=text(element, "comment"),
        version=next(filter(None, map(arxiv_version, (*links, behind[0] if behind else ""))), None),
        links=tuple(link for link in links if doi_of(link)),
        venue=" ".join(_first(element, *_VENUES).split()),
    )


def _first(
    element: "etree._Element", *names: str, unlike: re.Pattern[str] | None = None
) -> str:  # fmt: skip
    """Return the text of the first of some children that has any, and none of a kind."""
    said = (found for name in names if (found := text(element, name)).strip())
    return next((found for found in said if not (unlike and unlike.fullmatch(found))), "")


def _links(element: "etree._Element") -> Iterator[str]:
    for link in element.iterfind("{*}link"):
        if link.get("rel", "alternate") == "alternate":
            yield link.get("href") or link.text or ""
    yield text(element, "id")
    yield text(element, "guid")
    for name in _DOIS:
        yield next(iter(text(element, name).split()), "")


def _authors(element: "etree._Element") -> Iterator[str]:
    creators = list(texts(element, "creator"))
    named = [text(author, "name") or author.text or "" for author in element.iterfind("{*}author")]
    for names in creators or named:
        if anchors := _ANCHOR.findall(names):
            yield from anchors
        elif len(creators) == 1:  # the daily feed: all in one element
            yield from people.one_by_one(" ".join(_PLACES.sub("", names).split()))
        elif "," in names:
            yield from people.names(names)
        else:
            yield names
