"""EndNote's XML: records with titles, an abstract, contributors and an electronic resource number.

Its texts stand in `style` elements, which say how they are printed.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from rag.listings import people
from rag.listings.days import day
from rag.listings.entries import Entry, Refused, chosen
from rag.listings.markup import elements, root
from rag.listings.published import csl_kind

if TYPE_CHECKING:
    from lxml import etree

FORMAT = "EndNote XML"
ENDINGS = (".xml",)
SIGNS = "<"


def matches(head: str) -> bool:
    """Tell whether a text is XML with the outermost elements of EndNote."""
    return root(head) in {"xml", "records"} and "<record" in head


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the papers of an export of EndNote, in its order."""
    for found in elements(lines, ("record",), source):
        yield found if isinstance(found, Refused) else _entry(*found)


def _entry(line: int, record: "etree._Element") -> Entry:
    year = _said(record, "dates/year")
    links = [
        _said(record, "electronic-resource-num"),
        *("".join(url.itertext()).strip() for url in record.iterfind("urls//url")),
    ]
    kind, told = record.find("ref-type"), _said(record, "dates/pub-dates/date")
    return Entry(
        line,
        title=_said(record, "titles/title"),
        link=chosen(links),
        abstract=_said(record, "abstract"),
        listed=next(filter(None, map(day, (told, f"{told} {year}", year))), None),
        authors=tuple(
            people.one("".join(author.itertext()))
            for author in record.iterfind("contributors/authors/author")
        ),
        links=tuple(links),
        venue=_said(record, "periodical/full-title") or _said(record, "titles/secondary-title"),
        year=int(year) if year.isdecimal() and len(year) < 5 else None,
        kind=csl_kind(kind.get("name") or "") if kind is not None else "",
        may_lack_link=True,
    )


def _said(record: "etree._Element", path: str) -> str:
    found = record.find(path)
    return "" if found is None else " ".join("".join(found.itertext()).split())
