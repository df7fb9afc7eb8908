"""Records of an OAI-PMH service, as ListRecords answers: of arXiv in its own formats, and oai_dc.

Others hand out articles in JATS (PubMed Central) or MODS (libraries), which are read by the modules
that know these. The day is that of the first version. What was deleted is refused, and so is an
error that the service answers with.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from rag.listings import jats, mods, people
from rag.listings.days import day
from rag.listings.entries import Entry, Refused, chosen
from rag.listings.markup import elements, root, text, texts

if TYPE_CHECKING:
    from lxml import etree

FORMAT = "OAI-PMH records (metadataPrefix=arXiv, arXivRaw, oai_dc, pmc or mods)"
ENDINGS = (".xml",)
SIGNS = "<"


def matches(head: str) -> bool:
    """Tell whether a text is XML with the outermost element of OAI-PMH."""
    return root(head) in {"OAI-PMH", "ListRecords"}


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the papers of an answer, in its order."""
    for found in elements(lines, ("record", "error"), source):
        if isinstance(found, Refused):
            yield found
            continue
        line, element = found
        said = f"{element.get('code') or ''} {element.text or ''}"
        header = element.find("{*}header")
        metadata = element.find("{*}metadata/{*}arXiv")
        raw = element.find("{*}metadata/{*}arXivRaw")
        plain = element.find("{*}metadata/{*}dc")
        if metadata is not None:
            yield _entry(line, metadata)
        elif raw is not None:
            yield _raw(line, raw)
        elif plain is not None:
            yield _plain(line, plain)
        elif (article := element.find("{*}metadata/{*}article")) is not None:
            yield jats.entry_of(line, article)
        elif (work := element.find("{*}metadata//{*}mods")) is not None:
            yield mods.entry_of(line, work)
        elif header is None:
            yield Refused(source, line, f"the service says: {' '.join(said.split())}")
        elif header.get("status") == "deleted":
            yield Refused(source, line, f"{text(header, 'identifier')} is deleted")
        else:
            yield Refused(source, line, "no metadata in a format that is known")


def _plain(line: int, metadata: "etree._Element") -> Entry:
    """Return what a record in Dublin Core says, the format that all services have."""
    said = list(texts(metadata, "description"))
    links = [*texts(metadata, "identifier"), *texts(metadata, "relation")]
    comments = [text for text in said if text.lstrip().startswith("Comment:")]
    days = sorted(filter(None, map(day, texts(metadata, "date"))))
    return Entry(
        line,
        title=text(metadata, "title"),
        link=chosen(links),
        abstract=next((text for text in said if text not in comments), ""),
        listed=days[0] if days else None,
        authors=tuple(people.one(name) for name in texts(metadata, "creator")),
        updated=days[-1] if days else None,
        comment=" ".join(comments).strip().removeprefix("Comment:"),
        links=tuple(links),
    )


def _shared(line: int, metadata: "etree._Element") -> Entry:
    """Return what both formats say in the same way."""
    return Entry(
        line,
        title=text(metadata, "title"),
        link=text(metadata, "id"),
        abstract=text(metadata, "abstract"),
        categories=tuple(text(metadata, "categories").split()),
        comment=text(metadata, "comments"),
        links=tuple(filter(None, text(metadata, "doi").split())),
        venue=text(metadata, "journal-ref"),
    )


def _entry(line: int, metadata: "etree._Element") -> Entry:
    return replace(
        _shared(line, metadata),
        listed=day(text(metadata, "created")) or day(text(metadata, "updated")),
        authors=tuple(
            " ".join(text(author, part) for part in ("forenames", "keyname", "suffix"))
            for author in metadata.iterfind("{*}authors/{*}author")
        ),
        updated=day(text(metadata, "updated")),
    )


def _raw(line: int, metadata: "etree._Element") -> Entry:
    """Return what a record says that has all versions, and the authors in one line."""
    versions = list(metadata.iterfind("{*}version"))
    days = [day(text(version, "date")) for version in versions]
    last = re.fullmatch(r"v([1-9]\d{0,3})", (versions[-1].get("version") or "") if versions else "")
    return replace(
        _shared(line, metadata),
        listed=days[0] if days else None,
        authors=tuple(people.names(people.without_affiliations(text(metadata, "authors")))),
        updated=days[-1] if days else None,
        version=int(last[1]) if last else None,
    )
