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

from rag.core.papers import Paper, abstract_page, arxiv_id, arxiv_version, pdf_link
from rag.listings.text import clean

LONGEST = 20_000
"""Characters of an abstract, as it stands in the file; arXiv takes 1,920, other places a page. What
is longer is a paper, or a file whose quotation marks or braces do not close."""

LONGEST_LINK = 2_000
"""Characters of a link; browsers take no longer ones, and no index a term of that length."""

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


_WORK = r"(?:paper|article|manuscript|submission|work|preprint|draft|version|report|note|thesis)"
_IS = r"(?:(?:has|have|had|been|was|is|being|temporarily|now|hereby) )"
_TAKEN_BACK = r"(?:withdrawn|retracted)"
_WITHDRAWN = re.compile(
    rf"\W*(?:(?:this|the|our) (?:\w+ )?{_WORK} {_IS}+{_TAKEN_BACK}\b"
    rf"|(?:{_WORK} )?{_TAKEN_BACK}(?: by\b|[^\w\s]|$))",
    re.IGNORECASE,
)
_WITHDRAWN_COMMENT = re.compile(
    rf"^\W*{_TAKEN_BACK}(?: by\b|[^\w\s]|$)|\b{_WORK} {_IS}*{_TAKEN_BACK}\b"
    rf"|\b{_TAKEN_BACK} by\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Refused:
    """An entry that could not be read: the file, its line (from 1) and why."""

    source: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What a listing says of one paper, not yet cleaned.

    Attributes
    ----------
    link
        Any text with an arXiv identifier, or the web address or DOI of a paper elsewhere.
    listed, updated
        The days of the first version and of this one.
    comment
        What the authors say beside the abstract; that the paper is withdrawn, for one.
    version
        If the link does not name it.
    kept
        The paper itself, where it was cleaned before: what `rag export` writes.
    """

    line: int
    title: str
    link: str
    abstract: str
    listed: date | None = None
    categories: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    updated: date | None = None
    comment: str = ""
    version: int | None = None
    kept: Paper | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which papers of a listing are read: those with one of the categories, of some days.

    A category may be an archive (``cs`` for ``cs.CV`` and the rest). Where a day is asked for, a
    paper without one is not wanted.
    """

    categories: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None

    def takes(self, entry: Entry) -> bool:
        """Tell whether an entry is of a wanted paper."""
        if self.categories and not any(map(self._is_wanted, entry.categories)):
            return False
        if not (self.since or self.until):
            return True
        day = entry.listed
        return day is not None and (self.since or day) <= day <= (self.until or day)

    def _is_wanted(self, category: str) -> bool:
        return any(category == w or category.startswith(f"{w}.") for w in self.categories)


EVERYTHING = Wanted()


class Reader(Protocol):
    """What the module of a format offers."""

    FORMAT: str
    """The name of the format, as an error message says it."""

    def matches(self, head: str) -> bool:
        """Tell from the first few thousand characters whether a text is in this format."""

    def read(self, lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
        """Read the entries of a listing; `source` is what a refusal names as its file."""


def papers(
    entries: Iterable[Entry | Refused], source: str, wanted: Wanted = EVERYTHING, name: str = ""
) -> Iterator[Paper | Refused]:
    """Turn entries into papers, or refuse them; of a paper named twice the first entry counts.

    Unless the second one is of another version: then both are read, and the newer will count.

    Parameters
    ----------
    source
        What a refusal names as its file.
    wanted
        The rest is passed over.
    name
        What a paper names as its source, if it is not the same.
    """
    lines: dict[tuple[str, int | None], int] = {}
    for entry in entries:
        if isinstance(entry, Refused):
            yield entry
            continue
        if not wanted.takes(entry):
            continue
        paper = entry.kept or _paper(entry, name or source)
        if isinstance(paper, str):
            yield Refused(source, entry.line, paper)
        elif (key := (paper.id, paper.version)) in lines:
            before = lines[key]
            yield Refused(source, entry.line, f"{paper.id} is already there in line {before}")
        else:
            if len(lines) == _REMEMBERED:
                del lines[next(iter(lines))]
            lines[key] = entry.line
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


def addresses(identifier: str) -> tuple[str, str]:
    """Return the addresses of a paper's page and of its PDF, empty where that is not known."""
    if identifier.lower().startswith("http"):
        return identifier, identifier if identifier.lower().endswith(".pdf") else ""
    return abstract_page(identifier), pdf_link(identifier)


def _paper(entry: Entry, source: str) -> Paper | str:
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
    if len(link) > LONGEST_LINK:
        return f"a link of more than {LONGEST_LINK:,} characters"
    if identifier is None:
        shown = link if len(link) <= _SHOWN else f"{link[:_SHOWN]}..."
        return f"no arXiv identifier or web address in {clean(shown)}"
    withdrawn = _is_withdrawn(entry.comment, title, abstract)
    if not abstract and not withdrawn:
        return "no abstract"
    url, pdf = addresses(identifier)
    return Paper(
        id=identifier,
        title=title,
        abstract=abstract,
        url=url,
        pdf=pdf,
        listed=entry.listed,
        categories=tuple(dict.fromkeys(filter(_CATEGORY.fullmatch, entry.categories))),
        authors=tuple(name for author in entry.authors if (name := clean(author))),
        version=entry.version or (None if url == identifier else arxiv_version(link)),
        updated=entry.updated if entry.updated != entry.listed else None,
        withdrawn=withdrawn,
        sources=(source,),
    )


def _is_withdrawn(comment: str, title: str, abstract: str) -> bool:
    """Tell whether the authors took a paper back: there is no field for it, they say so in words.

    >>> _is_withdrawn("", "A", "This paper has been withdrawn by the author due to an error.")
    True
    >>> _is_withdrawn("", "A", "We predict which drugs are withdrawn from the market.")
    False
    """
    said = " ".join(comment.split())
    return bool(
        _WITHDRAWN.match(abstract) or _WITHDRAWN.match(title) or _WITHDRAWN_COMMENT.search(said)
    )
