"""Articles in JATS, as PubMed Central, bioRxiv and many publishers hand them out.

::

    <article><front>
      <journal-meta>...</journal-meta>
      <article-meta>
        <article-id pub-id-type="doi">10.1000/1</article-id>
        <title-group><article-title>A Title</article-title></title-group>
        <abstract><p>The abstract.</p></abstract>
      </article-meta>
    </front><body>...</body></article>

What is told of the paper is in its front; the body, what it refers to, and abstracts for another
reader (a teaser, a translation) are left out.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING

from rag.listings.days import day
from rag.listings.entries import Entry, Refused, chosen
from rag.listings.markup import elements, root, told

if TYPE_CHECKING:
    from lxml import etree

FORMAT = "JATS XML (PubMed Central, bioRxiv)"
ENDINGS = (".xml", ".nxml")
SIGNS = "<"

_ROOTS = ("article", "articles", "pmc-articleset")
_FRONT = re.compile(r"<front[\s>]")
_YEAR = re.compile(r"[0-9]{4}")
_NOTES = ("xref", "fn", "tex-math", "label", "graphic")  # in a title or an abstract, not of it
_PARTS = ("title", "sec", "p", "list")  # of an abstract
_ADDRESSES = {
    "pmid": "https://pubmed.ncbi.nlm.nih.gov/{}/",
    "pmc": "https://pmc.ncbi.nlm.nih.gov/articles/PMC{}/",
    "pmcid": "https://pmc.ncbi.nlm.nih.gov/articles/PMC{}/",
    "doi": "https://doi.org/{}",
    "arxiv": "arXiv:{}",
}
_ELECTRONIC = ("epub", "electronic", "pub", "preprint")
_ABSTRACTS = ("", "abstract", "section", "structured")


def matches(head: str) -> bool:
    """Tell whether a text is XML of articles with a front, or of a set of them."""
    name = root(head)
    return name == "pmc-articleset" or (name in _ROOTS and bool(_FRONT.search(head)))


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the articles, in their order."""
    for found in elements(lines, ("article",), source):
        yield found if isinstance(found, Refused) else entry_of(*found)


def entry_of(line: int, article: "etree._Element") -> Entry:
    """Return what an element tells of its paper; what OAI-PMH hands out has it too."""
    links = [*_links(article)]
    published = sorted(filter(None, map(_day, _of(article, "article-meta/pub-date"))))
    years = [told(year) for year in _of(article, "article-meta/pub-date/year")]
    is_preprint = article.get("article-type") == "preprint"
    return Entry(
        line,
        title=_title(article),
        link=chosen(links),
        abstract=_abstract(article),
        listed=published[0] if published else None,
        authors=tuple(filter(None, map(_person, _authors(article)))),
        links=tuple(links),
        venue="" if is_preprint else _journal(article),
        year=min((int(year) for year in years if _YEAR.fullmatch(year)), default=None),
        kind="article" if is_preprint else "article-journal",
        may_lack_link=True,
    )


def _journal(article: "etree._Element") -> str:
    return next((told(name) for name in article.iterfind("{*}front//{*}journal-title")), "")


def _of(article: "etree._Element", path: str) -> "Iterator[etree._Element]":
    """Yield what is at a path in the front of an article."""
    steps = "/".join(f"{{*}}{name}" for name in path.split("/"))
    yield from article.iterfind(f"{{*}}front/{steps}")


def _links(article: "etree._Element") -> Iterator[str]:
    for found in _of(article, "article-meta/article-id"):
        said, kind = told(found), (found.get("pub-id-type") or "").lower()
        if said and kind in _ADDRESSES:
            yield _ADDRESSES[kind].format(said.removeprefix("PMC") if "pmc" in kind else said)


def _title(article: "etree._Element") -> str:
    group = "article-meta/title-group"
    parts = (*_of(article, f"{group}/article-title"), *_of(article, f"{group}/subtitle"))
    return ": ".join(filter(None, (told(part, _NOTES) for part in parts)))


def _abstract(article: "etree._Element") -> str:
    for found in _of(article, "article-meta/abstract"):
        if (found.get("abstract-type") or "") in _ABSTRACTS and (said := " ".join(_parts(found))):
            return said
    return ""


def _parts(element: "etree._Element") -> Iterator[str]:
    """Yield the paragraphs of an abstract, and before the first one of a part its name.

    One whose text stands in no paragraph is one.
    """
    name = ""
    if not any(str(child.tag).rpartition("}")[2] in _PARTS for child in element):
        yield from filter(None, (told(element, _NOTES),))
        return
    for child in element:
        tag = str(child.tag).rpartition("}")[2]
        if tag == "title":
            name = told(child, _NOTES).rstrip(":.")
            name = "" if name.lower() in ("abstract", "summary") else name
        elif tag == "sec":
            yield from _parts(child)
        elif said := told(child, _NOTES):
            yield f"{name}: {said}" if name else said
            name = ""


def _authors(article: "etree._Element") -> "Iterator[etree._Element]":
    for found in _of(article, "article-meta/contrib-group/contrib"):
        if found.get("contrib-type") in (None, "author"):
            yield found


def _person(found: "etree._Element") -> str:
    """Return the name of an author, or of a group of them."""
    name = next(found.iterfind(".//{*}name"), None)
    if name is None:
        name = next(found.iterfind(".//{*}string-name"), None)
    if name is None:
        return next((told(group, _NOTES) for group in found.iterfind(".//{*}collab")), "")
    parts = [
        next((told(part) for part in name.iterfind(f"{{*}}{kind}")), "")
        for kind in ("given-names", "surname", "suffix")
    ]
    return " ".join(filter(None, parts)) or told(name)


def _day(found: "etree._Element") -> date | None:
    """Return the day of a date; None if it is that of a collection, which may be years away."""
    kind = found.get("pub-type") or found.get("date-type") or found.get("publication-format")
    names = ("year", "month", "day")
    said = {
        name: next((told(part) for part in found.iterfind(f"{{*}}{name}")), "") for name in names
    }
    if kind not in (None, "ppub", *_ELECTRONIC) or not said["year"]:
        return None
    parts = [said["year"], said["month"], said["day"] if said["month"] else ""]
    mark = "-" if said["month"].isdecimal() else " "
    return day(mark.join(filter(None, parts)))
