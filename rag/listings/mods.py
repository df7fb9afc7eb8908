"""Records in MODS, as libraries and repositories hand them out.

::

    <modsCollection xmlns="http://www.loc.gov/mods/v3"><mods>
      <titleInfo><title>A Title</title></titleInfo>
      <name type="personal"><namePart type="family">Roe</namePart>...</name>
      <abstract>The abstract.</abstract>
      <identifier type="doi">10.1000/1</identifier>
    </mods></modsCollection>

Of what the record is related to only its host is looked at, for the name of the journal.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING

from rag.core.identifiers import known_by
from rag.core.names import is_suffix
from rag.listings import people, published
from rag.listings.days import day
from rag.listings.entries import Entry, Refused, chosen
from rag.listings.markup import elements, root, told

if TYPE_CHECKING:
    from lxml import etree

FORMAT = "MODS XML"
ENDINGS = (".xml", ".mods")
SIGNS = "<"

_AUTHORS = ("aut", "author", "creator", "cre")
_DATES = ("dateIssued", "dateCreated", "copyrightDate", "dateOther")


def matches(head: str) -> bool:
    """Tell whether a text is XML with the outermost element of MODS."""
    return root(head) in ("modsCollection", "mods")


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the records, in their order."""
    for found in elements(lines, ("mods",), source):
        yield found if isinstance(found, Refused) else entry_of(*found)


def entry_of(line: int, record: "etree._Element") -> Entry:
    """Return what an element tells of its paper; what OAI-PMH hands out has it too."""
    links = [*_links(record)]
    listed = _day(record)
    host = next((e for e in _at(record, "relatedItem") if e.get("type") == "host"), None)
    venue = "" if host is None else _title(host)
    listed = listed or (None if host is None else _day(host) or _day(host, "part/date"))
    kinds = (published.csl_kind(told(genre)) for genre in _at(record, "genre"))
    return Entry(
        line,
        title=_title(record),
        link=chosen(links),
        abstract=next(filter(None, map(told, _at(record, "abstract"))), ""),
        listed=listed,
        authors=tuple(filter(None, map(_person, _at(record, "name")))),
        links=tuple(links),
        venue="" if venue.lower().startswith("arxiv") else venue,
        year=listed.year if listed else None,
        kind=next(filter(None, kinds), ""),
        may_lack_link=True,
    )


def _at(element: "etree._Element", path: str) -> "Iterator[etree._Element]":
    yield from element.iterfind("/".join(f"{{*}}{name}" for name in path.split("/")))


def _title(element: "etree._Element") -> str:
    """Return the title that is no abbreviation or translation, with its article and subtitle."""
    infos = [info for info in _at(element, "titleInfo") if not info.get("type")]
    for info in infos:
        parts = [next(map(told, _at(info, name)), "") for name in ("nonSort", "title", "subTitle")]
        whole = " ".join(filter(None, parts[:2]))
        return f"{whole}: {parts[2]}" if parts[2] else whole
    return ""


def _links(record: "etree._Element") -> Iterator[str]:
    for found in _at(record, "identifier"):
        said, kind = told(found), (found.get("type") or "").lower()
        if kind == "arxiv" and said:
            yield said if "arxiv" in said.lower() else f"arXiv:{said}"
        elif kind in ("doi", "uri", "url", "hdl", "") and known_by(said):
            yield said
    yield from (said for said in map(told, _at(record, "location/url")) if known_by(said))


def _person(found: "etree._Element") -> str:
    """Return the name of an author; empty if the person or body has another part in it."""
    roles = [told(role).lower() for role in _at(found, "role/roleTerm")]
    if roles and not {*roles} & {*_AUTHORS}:
        return ""
    parts = {part.get("type") or "": told(part) for part in _at(found, "namePart")}
    if "family" in parts:
        suffix = parts.get("termsOfAddress", "")
        named = (parts.get("given"), parts["family"], suffix if is_suffix(suffix) else "")
        return " ".join(filter(None, named))
    whole = parts.get("", "")
    return whole if found.get("type") == "corporate" else people.one(whole)


def _day(element: "etree._Element", path: str = "") -> date | None:
    paths = [path] if path else [f"originInfo/{name}" for name in _DATES]
    days = (day(told(found)) for each in paths for found in _at(element, each))
    return next(filter(None, days), None)
