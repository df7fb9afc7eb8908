"""From what a listing says of a paper to a paper, the same way for every format.

A reader hands over its entries as they stand in the file; here their text is cleaned, and an entry
that names no title, no link or no abstract, or a paper that was there before, is refused with its
line and the reason. A paper that is not on arXiv is known by its own link. Nothing here knows how a
format is written.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from rag.listings.text import clean
from rag.papers import Paper, abstract_page, arxiv_id, pdf_link

LONGEST = 20_000
"""Characters of an abstract, as it stands in the file; arXiv takes 1,920, other places a page. What
is longer is a paper, or a file whose quotation marks or braces do not close."""

_REMEMBERED = 100_000
"""Papers back to which one that comes again is noticed: so many take about 20 MB, however long the
listing is."""

_SHOWN = 80
"""Characters of a link to show in a message."""

_ADDRESS = re.compile(r"https?://[^\s<>\"{}|\\^`\x00-\x1f\x7f]+", re.IGNORECASE)
_DOI = re.compile(
    r"(?:doi:\s*|(?:https?://)?(?:dx\.|www\.)?doi\.org/)?(?P<doi>10\.\d{4,9}/[^\s<>\"{}|\\^`]+)",
    re.IGNORECASE | re.ASCII,
)
# arXiv's names: cs.CV, math-ph, cond-mat.mtrl-sci; not the I.2.10 and 68T07 of other schemes, which
# its feeds name as well.
_CATEGORY = re.compile(r"[a-z]+(?:-[a-z]+)*(?:\.[A-Za-z-]+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Refused:
    """An entry that could not be read: the file, its line (from 1) and why."""

    source: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What a listing says of one paper, not yet cleaned.

    `link` is any text with an arXiv identifier, or the web address or DOI of a paper elsewhere.
    """

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
            if len(lines) == _REMEMBERED:
                del lines[next(iter(lines))]
            lines[paper.id] = entry.line
            yield paper


def known_by(link: str) -> str | None:
    """Return the identifier of the paper behind a link: that of arXiv, else the link itself.

    >>> known_by("arXiv:2104.00194v2"), known_by("doi:10.1109/X.2025.3644148"), known_by("p. 17")
    ('2104.00194', 'https://doi.org/10.1109/x.2025.3644148', None)
    """
    link = link.strip()
    doi = _DOI.fullmatch(link)
    if doi and "arxiv" not in link.lower():  # what else is in a DOI may look like an identifier
        return f"https://doi.org/{doi['doi'].lower()}"
    if identifier := arxiv_id(link):
        return identifier
    return link if _ADDRESS.fullmatch(link) and link.isprintable() else None


def chosen(links: Iterable[str]) -> str:
    """Return the link to know a paper by: the first to arXiv, else to anywhere, else any at all."""
    found = [link.strip() for link in links if link.strip()]
    known = [(link, known_by(link)) for link in found]
    arxiv = [link for link, identifier in known if identifier and ":" not in identifier]
    anywhere = [link for link, identifier in known if identifier]
    return next(iter([*arxiv, *anywhere, *found]), "")


def _paper(entry: Entry) -> Paper | str:
    """Return the paper of an entry, or what it lacks."""
    if len(entry.title) + len(entry.abstract) > LONGEST:
        return f"longer than {LONGEST:,} characters, which is no title and abstract"
    title, abstract = clean(entry.title), clean(entry.abstract)
    link = entry.link.strip()
    identifier = known_by(link)
    if not title:
        return "no title"
    if not link:
        return "no link"
    if identifier is None:
        shown = link if len(link) <= _SHOWN else f"{link[:_SHOWN]}..."
        return f"no arXiv identifier or web address in {clean(shown)}"
    if not abstract:
        return "no abstract"
    elsewhere = identifier.lower().startswith("http")
    return Paper(
        id=identifier,
        title=title,
        abstract=abstract,
        url=identifier if elsewhere else abstract_page(identifier),
        pdf=_pdf(identifier) if elsewhere else pdf_link(identifier),
        listed=entry.listed,
        categories=tuple(dict.fromkeys(filter(_CATEGORY.fullmatch, entry.categories))),
        authors=tuple(name for author in entry.authors if (name := clean(author))),
    )


def _pdf(address: str) -> str:
    return address if address.lower().endswith(".pdf") else ""
