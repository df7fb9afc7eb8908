"""From what a listing says of a paper to a paper, the same way for every format.

A reader hands over its entries as they stand in the file; here their text is cleaned, and an entry
that names no title, no arXiv identifier or no abstract, or a paper that was there before, is
refused with its line and the reason. Nothing here knows how a format is written.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from rag.listings.text import clean
from rag.papers import Paper, abstract_page, arxiv_id, pdf_link


@dataclass(frozen=True, slots=True)
class Refused:
    """An entry that could not be read: the file, its line (from 1) and why."""

    source: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What a listing says of one paper, not yet cleaned; `link` is any text with the identifier."""

    line: int
    title: str
    link: str
    abstract: str
    listed: date | None = None
    categories: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()


class Reader(Protocol):
    """What the module of a format offers."""

    FORMAT: str
    """The name of the format, as an error message says it."""

    def matches(self, head: str) -> bool:
        """Tell from the first few thousand characters whether a text is in this format."""

    def read(self, lines: Iterable[str], source: str) -> Iterator[Paper | Refused]:
        """Read the papers of a listing; `source` is what a refusal names as its file."""


def papers(entries: Iterable[Entry | Refused], source: str) -> Iterator[Paper | Refused]:
    """Turn entries into papers, or refuse them; of a paper named twice the first entry counts."""
    lines: dict[str, int] = {}
    for entry in entries:
        if isinstance(entry, Refused):
            yield entry
            continue
        paper = _paper(entry)
        if isinstance(paper, str):
            yield Refused(source, entry.line, paper)
        elif paper.id in lines:
            before = lines[paper.id]
            yield Refused(source, entry.line, f"{paper.id} is already there in line {before}")
        else:
            lines[paper.id] = entry.line
            yield paper


def _paper(entry: Entry) -> Paper | str:
    """Return the paper of an entry, or what it lacks."""
    title, abstract = clean(entry.title), clean(entry.abstract)
    identifier = arxiv_id(entry.link)
    if not title:
        return "no title"
    if not entry.link.strip():
        return "no link"
    if identifier is None:
        return f"no arXiv identifier in {entry.link.strip()}"
    if not abstract:
        return "no abstract"
    return Paper(
        id=identifier,
        title=title,
        abstract=abstract,
        url=abstract_page(identifier),
        pdf=pdf_link(identifier),
        listed=entry.listed,
        categories=entry.categories,
        authors=tuple(name for author in entry.authors if (name := clean(author))),
    )
