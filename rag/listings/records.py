"""From a record with named fields to an entry: what JSON, JSON lines and CSV have in common.

Fields are known by names that are in use, however they are written (`arXiv ID`, `arxiv_id`). The
day is that of the first version where the versions are there, as in arXiv's metadata snapshot.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache

from rag.listings.days import day
from rag.listings.entries import Entry, chosen

ABSTRACTS = ("abstract", "summary")
LINKS = (
    "arxivid", "arxiv", "id", "url", "link", "absurl", "entryid", "doi", "pdfurl", "pdf",
)  # fmt: skip
_DAYS = (
    "listed", "published", "publicationdate", "created", "submitted", "date", "updated",
    "updatedate", "year",
)  # fmt: skip
_UPDATED = ("updated", "updatedate", "lastupdated", "modified")
_COMMENTS = ("comments", "comment")
_CATEGORIES = ("primarycategory", "categories", "category", "subjects")
_AUTHORS = ("authorsparsed", "authors", "author")


def fields(record: Mapping[str, object]) -> dict[str, object]:
    """Return a record under plain names, small letters and digits only; the first of each counts.

    >>> fields({"arXiv ID": 1, "arxiv_id": 2})
    {'arxivid': 1}
    """
    plain = dict[str, object]()
    for name, value in record.items():
        plain.setdefault(plain_name(name), value)
    return plain


@lru_cache(maxsize=1000)  # a file has the same few names in every record
def plain_name(name: str) -> str:
    """Return the small letters and digits of a name."""
    return re.sub(r"[\W_]", "", name.lower())


def is_paper(names: Iterable[str]) -> bool:
    """Tell whether plain names are those of a paper: its title, an abstract and a link."""
    found = set(names)
    return "title" in found and bool(found & {*ABSTRACTS}) and bool(found & {*LINKS})


def entry(line: int, record: Mapping[str, object]) -> Entry:
    """Return what a record says of a paper; a field that is missing or no text is empty."""
    named = fields(record)
    return Entry(
        line,
        title=_text(named.get("title")),
        link=chosen(_text(named.get(name)) for name in LINKS),
        abstract=next(filter(None, (_text(named.get(name)) for name in ABSTRACTS)), ""),
        listed=_day(named),
        categories=tuple(
            category for name in _CATEGORIES for category in _categories(named.get(name))
        ),
        authors=next(filter(None, (tuple(_authors(named.get(name))) for name in _AUTHORS)), ()),
        updated=_updated(named),
        comment=next(filter(None, (_text(named.get(name)) for name in _COMMENTS)), ""),
        version=_version(named),
    )


def _version(named: Mapping[str, object]) -> int | None:
    """Return the number of the last version, as in arXiv's metadata snapshot (`v2`)."""
    versions = named.get("versions")
    last = versions[-1] if isinstance(versions, list) and versions else named
    said = _text(last.get("version")) if isinstance(last, dict) else ""
    found = re.fullmatch(r"v?([1-9]\d{0,3})", said)
    return int(found[1]) if found else None


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _updated(named: Mapping[str, object]) -> date | None:
    versions = named.get("versions")
    last = versions[-1] if isinstance(versions, list) and versions else None
    created = last.get("created") if isinstance(last, dict) else None
    days = (day(_text(text)) for text in (created, *(named.get(name) for name in _UPDATED)))
    return next(filter(None, days), None)


def _day(named: Mapping[str, object]) -> date | None:
    versions = named.get("versions")
    first = versions[0] if isinstance(versions, list) and versions else None
    created = first.get("created") if isinstance(first, dict) else None
    for value in (created, *(named.get(name) for name in _DAYS)):
        if found := day(_text(value)):
            return found
    return None


def _categories(value: object) -> Iterator[str]:
    for part in value if isinstance(value, list) else [value]:
        yield from (word for word in re.split(r"[\s,;|]+", _text(part)) if word)


def _authors(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield from names(value)
    for author in value if isinstance(value, list) else ():
        if isinstance(author, dict):
            author = author.get("name")
        if isinstance(author, list):  # family name, given name, suffix, affiliations
            family, given, suffix = (*map(_text, author[:3]), "", "", "")[:3]
            author = " ".join(filter(None, (given, family, suffix)))
        if isinstance(author, str) and author.strip():
            yield author


def names(text: str) -> list[str]:
    """Return the names in a text, each with the given name first.

    >>> names("A. Bee, C. Dee and E. Eff"), names("Bee, A. and Dee, C."), names("A Bee; C Dee")
    (['A. Bee', 'C. Dee', 'E. Eff'], ['A. Bee', 'C. Dee'], ['A Bee', 'C Dee'])
    """
    parts = re.split(r" ?; ?|,? and ", " ".join(text.split()))
    turned = [re.fullmatch(r"([^,]+),\s*([^,]+)", part) for part in parts]
    if len(parts) > 1 and all(turned):
        return [f"{found[2]} {found[1]}" for found in turned if found]
    if ";" not in text:
        parts = [name for part in parts for name in part.split(",")]
    return [name.strip() for name in parts if name.strip()]
