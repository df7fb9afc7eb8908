"""PubMed's XML, as its search and its E-utilities hand it out: an article, or a chapter of a book.

::

    <PubmedArticleSet><PubmedArticle>
      <MedlineCitation><PMID>1</PMID><Article>...</Article></MedlineCitation>
      <PubmedData><ArticleIdList>...</ArticleIdList></PubmedData>
    </PubmedArticle></PubmedArticleSet>

An abstract in parts has their labels before them, as PubMed's text format has it.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING

from rag.listings.days import day
from rag.listings.entries import Entry, Refused, chosen
from rag.listings.markup import elements, root, told
from rag.listings.published import csl_kind
from rag.listings.text import without_stop

if TYPE_CHECKING:
    from lxml import etree

FORMAT = "PubMed XML"
ENDINGS = (".xml",)
SIGNS = "<"

_ARTICLES = ("PubmedArticle", "PubmedBookArticle")
_ARXIV = re.compile(r"arxiv:\S+", re.IGNORECASE)


def matches(head: str) -> bool:
    """Tell whether a text is XML with the outermost element of PubMed."""
    return root(head) in {"PubmedArticleSet", "PubmedBookArticleSet", *_ARTICLES}


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the papers of an answer of PubMed, in its order."""
    for found in elements(lines, _ARTICLES, source):
        yield found if isinstance(found, Refused) else _entry(*found)


def _entry(line: int, article: "etree._Element") -> Entry:
    links = [*_links(article)]
    kinds = [told(kind) for kind in article.iterfind(".//PublicationType")]
    published = _day(article.find(".//JournalIssue/PubDate")) or _day(
        article.find(".//Book/PubDate")
    )
    first = _day(article.find(".//ArticleDate"))
    venue = _said(article, ".//Journal/Title") or _said(article, ".//Book/BookTitle")
    return Entry(
        line,
        title=without_stop(
            _said(article, ".//ArticleTitle") or _said(article, ".//Book/BookTitle")
        ),
        link=chosen(links),
        abstract=_abstract(article),
        listed=first or published,
        authors=tuple(filter(None, map(_person, article.iterfind(".//AuthorList/Author")))),
        comment="retracted" if "Retracted Publication" in kinds else "",
        links=tuple(links),
        venue="" if venue.lower().startswith("arxiv") else venue,
        year=published.year if published else None,
        kind=_kind(kinds, article),
        may_lack_link=True,
    )


def _kind(kinds: list[str], article: "etree._Element") -> str:
    if article.find(".//BookDocument") is not None:
        return "chapter"
    known = (csl_kind(kind) for kind in sorted(kinds, key=lambda kind: kind != "Preprint"))
    return next(filter(None, known), "article-journal" if kinds else "")


def _links(article: "etree._Element") -> Iterator[str]:
    """Yield the identifiers of an article, and none of what it refers to."""
    for found in article.iterfind(".//ELocationID"):
        said = told(found)
        yield said if found.get("EIdType") == "doi" or _ARXIV.fullmatch(said) else ""
    for path in ("PubmedData/ArticleIdList/ArticleId", "BookDocument/ArticleIdList/ArticleId"):
        for found in article.iterfind(path):
            said, kind = told(found), found.get("IdType")
            if kind == "doi" or _ARXIV.fullmatch(said):
                yield said
            elif kind == "pmc" and re.fullmatch(r"PMC\d+", said):
                yield f"https://pmc.ncbi.nlm.nih.gov/articles/{said}/"
    for path in ("MedlineCitation/PMID", "BookDocument/PMID"):
        if (number := _said(article, path)).isdecimal():
            yield f"https://pubmed.ncbi.nlm.nih.gov/{number}/"


def _abstract(article: "etree._Element") -> str:
    parts = []
    for part in article.iterfind(".//Abstract/AbstractText"):
        label = part.get("Label") or ""
        before = "" if label in ("", "UNLABELLED") else f"{label}: "
        parts.append(f"{before}{told(part)}")
    return " ".join(parts)


def _person(author: "etree._Element") -> str:
    """Return the name of an author, or of a group of them."""
    given = _said(author, "ForeName") or _said(author, "Initials")
    parts = (given, _said(author, "LastName"), _said(author, "Suffix"))
    return " ".join(filter(None, parts)) or _said(author, "CollectiveName")


def _day(found: "etree._Element | None") -> date | None:
    """Return the day of an element with year, month and day, or of a span in words."""
    if found is None:
        return None
    parts = [said for name in ("Year", "Month", "Day") if (said := _said(found, name))]
    mark = "-" if all(map(str.isdecimal, parts)) else " "
    return day(_said(found, "MedlineDate") or mark.join(parts))


def _said(element: "etree._Element", path: str) -> str:
    found = element.find(path)
    return "" if found is None else told(found)
