"""Zotero RDF, what Zotero exports unless another format is chosen.

An item names its journal, which stands in it or is the next element, and which has the DOI:

::

    <bib:Article rdf:about="https://example.org/1">
      <z:itemType>journalArticle</z:itemType>
      <dcterms:isPartOf rdf:resource="urn:issn:1476-4687"/>
      <dc:title>A Title</dc:title><dcterms:abstract>The abstract.</dcterms:abstract>
    </bib:Article>
    <bib:Journal rdf:about="urn:issn:1476-4687">
      <dc:title>A Journal</dc:title><dc:identifier>DOI 10.1000/1</dc:identifier>
    </bib:Journal>

Attachments and notes are no papers.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rag.core.identifiers import doi_of
from rag.listings import limits, records
from rag.listings.entries import Entry, Refused
from rag.listings.markup import elements, root, text, texts

if TYPE_CHECKING:
    from lxml import etree

FORMAT = "Zotero RDF"
ENDINGS = (".rdf", ".xml")
SIGNS = "<"

_MARK = "zotero.org/namespaces/export"
_ITEMS = ("Article", "Description", "Document", "Book", "BookSection", "Thesis", "Report")
_NO_PAPERS = ("attachment", "note", "annotation")
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_MOST_JOURNALS = 10_000


@dataclass(frozen=True, slots=True)
class _Item:
    """What an item says, the line it begins in, and the journal that it names."""

    line: int
    said: Mapping[str, Any]
    journal: str


def matches(head: str) -> bool:
    """Tell whether a text is RDF with the names of Zotero."""
    return root(head) == "RDF" and _MARK in head


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the papers of an export, in its order."""
    journals, inside, held = dict[str, dict[str, str]](), dict[str, str](), None
    for found in elements(lines, (*_ITEMS, "Journal"), source):
        if isinstance(found, Refused):
            yield found
            continue
        line, element = found
        if element.tag.endswith("}Journal"):
            about, inside = element.get(f"{_RDF}about") or "", _journal(element)
            if about and len(journals) < _MOST_JOURNALS:
                journals[about] = inside
            if held and held.journal == about:
                yield _entry(held, inside)
                held, inside = None, {}
            continue
        if held:
            yield _entry(held, {})
            held = None
        if item := _item(line, element):
            if item.journal and item.journal not in journals:
                held = item
            else:
                yield _entry(item, journals.get(item.journal, inside))
        inside = {}
    if held:
        yield _entry(held, {})


def _entry(item: _Item, journal: Mapping[str, str]) -> Entry | Refused:
    told = {name: said for name, said in item.said.items() if said or name == "abstractNote"}
    return records.entry(item.line, {**journal, **told})


def _item(line: int, element: "etree._Element") -> _Item | None:
    """Return what an element says, if it is a paper's."""
    kind = text(element, "itemType")
    part = element.find("{*}isPartOf")
    if kind in ("", *_NO_PAPERS) or not text(element, "title").strip():
        return None
    people = element.iterfind("{*}authors//{*}Person")
    said = {
        "title": text(element, "title"),
        "abstractNote": text(element, "abstract"),
        "itemType": kind,
        "date": text(element, "date").strip(),
        "creators": [
            {"lastName": text(person, "surname"), "firstName": text(person, "givenName")}
            for person in people
        ][: limits.MOST_AUTHORS + 1],
        "url": [" ".join(said.split()) for said in texts(element, "identifier")],
        "DOI": _doi(element),
        "extra": text(element, "description"),
        "conferenceName": "".join(element.xpath(".//*[local-name()='Conference']//text()")).strip(),
    }
    return _Item(line, said, (part.get(f"{_RDF}resource") or "") if part is not None else "")


def _journal(element: "etree._Element") -> dict[str, str]:
    told = {"publicationTitle": text(element, "title").strip(), "DOI": _doi(element)}
    return {name: said for name, said in told.items() if said}


def _doi(element: "etree._Element") -> str:
    """Return the DOI among the identifiers of an element: DOI 10.1000/1, beside ISSN 1476-4687."""
    names = (said.strip().removeprefix("DOI ").strip() for said in texts(element, "identifier"))
    return next(filter(doi_of, names), "")
