"""From what a listing says of a paper to a paper, the same way for every format.

A reader hands over its entries as they stand in the file; here their text is cleaned, and an entry
that names no title, no link or no abstract, or a paper that was there before, is refused with its
line and the reason. A paper that is not on arXiv is known by its own link; what people keep of a
paper themselves may have none, and is known by its title, first author and year. Nothing here knows
how a format is written.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from rag.core.identifiers import (
    addresses,
    arxiv_id,
    arxiv_version,
    doi_address,
    doi_of,
    is_arxivs,
    is_category,
    is_own,
    is_rounded,
    known_by,
    names_no_paper,
)
from rag.core.origins import own_identifier
from rag.core.papers import Paper, scrubbed
from rag.listings import limits
from rag.listings.people import is_others
from rag.listings.seen import Seen
from rag.listings.text import clean
from rag.listings.withdrawals import is_withdrawn
from rag.text.visible import visible

LONGEST = limits.LONGEST_TEXT

_SHOWN = 80
"""Characters of a link to show in a message."""

_NO_ABSTRACT, _NO_TITLE = "no abstract", "no title of"
_BEHIND_NAMES = " *\u2020\u2021\u00a7\u00b6"  # of who did as much as another, or writes letters
_YEARS = range(1400, 2200)
# What arXiv's daily feeds set before an abstract.
_ANNOUNCED = re.compile(r"\AarXiv:\S+ Announce Type: [\w-]+(?: |$)(?:Abstract: ?)?")
_HEADED = re.compile(
    r"\A\s*(?:<(?:div|section|p)\b[^<>]*>\s*){0,3}<(?P<tag>p|h\d|b|strong|span)\b[^<>]*>\s*abstract\s*[:.]?"
    r"\s*</(?P=tag)>",
    re.IGNORECASE,
)
# What pages and search engines leave before one; "Abstract Meaning Representation" is a subject.
_CALLED = re.compile(
    r"\A(?:Abstract|ABSTRACT)(?:\s*[:.\u2014]\s*|\s+(?=(?:Background|BACKGROUND|Objectives?|Purpose|Aims?"
    r"|Introduction|Motivation|Context|Importance|The|We|In|This|A|An|It|Our|These|To|For|Here|As"
    r"|With|Recent|Many|Most|There|Although|While)\b))(?=\S)"
)
_LINKS = re.compile(r"[/:.]")  # what has none of these is a number or a key of the file's own


@dataclass(frozen=True, slots=True)
class Refused:
    """An entry that could not be read: the file, its line (from 1) and why.

    ``again``: it was read, in an earlier line. ``whole``: it is said of all that the file only
    names. ``lacks``: what the paper is known by of which only the abstract is missing.
    ``grouped``: it is told together with others, so that nobody need be told of it alone.
    """

    source: str
    line: int
    reason: str
    again: bool = False
    whole: bool = False
    lacks: str = ""
    grouped: bool = False


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
    links
        Further addresses and DOIs of it, as far as they are known.
    venue, year, kind
        Where and when it appeared and as what, as the fields of `Paper` say it.
    kept
        The paper itself, where it was cleaned before: what `rag export` writes.
    may_lack_link
        Whether it is a paper all the same if nothing links to it; a listing of arXiv's is then cut
        off or damaged.
    only_named
        Whether the source may do no more than name papers, so that what is not there is to be had
        from arXiv.
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
    links: tuple[str, ...] = ()
    venue: str = ""
    year: int | None = None
    kind: str = ""
    kept: Paper | None = None
    may_lack_link: bool = False
    only_named: bool = False


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

    @property
    def ENDINGS(self) -> tuple[str, ...]:  # noqa: N802 - a constant of the module
        """How the names of such files mostly end."""

    SIGNS: str
    """What such files mostly begin with, one of these characters."""

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
    seen = Seen()
    for entry in entries:
        if isinstance(entry, Refused):
            yield entry
            continue
        if not wanted.takes(entry):
            continue
        paper = scrubbed(entry.kept) if entry.kept else _paper(entry, name or source)
        if isinstance(paper, str):
            named = paper.startswith((_NO_ABSTRACT, _NO_TITLE))
            lacks = (entry.link.strip() or entry.title) if named else ""
            yield Refused(source, entry.line, paper, lacks=lacks)
            continue
        paper = seen.told_apart(paper)
        if before := seen.line(paper):
            said = f"{paper.id} is already there in line {before}"
            yield Refused(source, entry.line, said, again=True)
            continue
        seen.add(paper, entry.line)
        yield paper
        if is_own(paper.id) and is_rounded(entry.link):
            said = f"its identifier, of which a spreadsheet left {entry.link.strip()}: correct that"
            yield Refused(source, entry.line, said)


def chosen(links: Iterable[str]) -> str:
    """Return the link to know a paper by: the first to arXiv, else a DOI, else any address at all.

    >>> chosen(["https://x.org/1", "10.1000/1", "arXiv:2104.00001"]), chosen(["17", "https://x.org"])
    ('arXiv:2104.00001', 'https://x.org')
    """
    found = [link.strip() for link in links if link.strip()]
    return min(found, key=_rank, default="")


def _rank(link: str) -> int:
    known = known_by(link[: limits.LONGEST_LINK])
    if known is None:
        return 5
    if is_own(known):
        return 4
    if is_arxivs(known):
        return 0
    return 1 if doi_of(known) else 3 if names_no_paper(known) else 2


def _paper(entry: Entry, source: str) -> Paper | str:
    """Return the paper of an entry, or what it lacks."""
    if too_much := _excess(entry):
        return too_much
    title, abstract = clean(entry.title), _abstract(entry.abstract)
    cleaned = (clean(author).rstrip(_BEHIND_NAMES) for author in entry.authors)
    authors = tuple(name for name in cleaned if name and not is_others(name))
    link = entry.link.strip()
    if not title:
        named = arxiv_id(link)
        return f"{_NO_TITLE} {named}; `rag fetch {named}` brings it" if named else "no title"
    if entry.may_lack_link and (is_rounded(link) or not _LINKS.search(link)):
        link = own_identifier(title, authors, _year(entry), abstract)
    if not link:
        return "no link"
    identifier = known_by(link)
    if identifier is None and not abstract:
        return f"{_NO_ABSTRACT} of {title[:_SHOWN]}" if entry.only_named else _NO_ABSTRACT
    if identifier is None:
        shown = link if len(link) <= _SHOWN else f"{link[:_SHOWN]}..."
        return f"no arXiv identifier or web address in {clean(shown)}"
    withdrawn = is_withdrawn(entry.comment, title, abstract)
    if not abstract and not withdrawn:
        if is_arxivs(identifier):
            return f"{_NO_ABSTRACT} of {title[:_SHOWN]}; `rag fetch {identifier}` brings it"
        return f"{_NO_ABSTRACT} of {title[:_SHOWN]}" if entry.only_named else _NO_ABSTRACT
    url, pdf = addresses(identifier)
    others = _identifiers(identifier, entry.links)
    return Paper(
        id=identifier,
        title=title,
        abstract=abstract,
        url=url,
        pdf=pdf,
        listed=entry.listed,
        categories=tuple(dict.fromkeys(filter(is_category, entry.categories))),
        authors=authors,
        version=entry.version or (arxiv_version(link) if is_arxivs(identifier) else None),
        updated=entry.updated if entry.updated != entry.listed else None,
        withdrawn=withdrawn,
        sources=(source,),
        doi=next(filter(None, map(doi_of, (identifier, *others))), ""),
        venue=clean(entry.venue),
        year=_year(entry) if is_own(identifier) else _told_year(entry),
        kind=""
        if is_arxivs(identifier) and not entry.venue and entry.kind == "article"
        else visible(entry.kind),
        identifiers=others,
    )


def _abstract(said: str) -> str:
    """Return an abstract without what announces it."""
    abstract = clean(_HEADED.sub("", said, count=1))
    return _CALLED.sub("", _ANNOUNCED.sub("", abstract, count=1), count=1)


def _told_year(entry: Entry) -> int | None:
    return entry.year if entry.year in _YEARS else None


def _year(entry: Entry) -> int | None:
    """Return the year of a paper that is in no listing: of its day, if no other is told."""
    return _told_year(entry) or (entry.listed.year if entry.listed else None)


def _excess(entry: Entry) -> str:
    """Return of what an entry has more than a paper can have; empty if of nothing."""
    if len(entry.title) + len(entry.abstract) > limits.LONGEST_TEXT:
        return f"longer than {limits.LONGEST_TEXT:,} characters, which is no title and abstract"
    if len(entry.link.strip()) > limits.LONGEST_LINK:
        return f"a link of more than {limits.LONGEST_LINK:,} characters"
    if len(entry.authors) > limits.MOST_AUTHORS:
        return f"more than {limits.MOST_AUTHORS:,} authors"
    if len(entry.categories) > limits.MOST_NAMES:
        return f"more than {limits.MOST_NAMES:,} categories"
    fields = (*entry.authors, *entry.categories, entry.venue, entry.kind)
    if any(len(field) > limits.LONGEST_FIELD for field in fields):
        return f"a name or another field of more than {limits.LONGEST_FIELD:,} characters"
    return ""


def _identifiers(own: str, links: Iterable[str]) -> tuple[str, ...]:
    """Return what else a paper is known by, sorted so that the order of the fields is no matter."""
    short = (link.strip() for link in links if len(link) <= limits.LONGEST_LINK)
    known = {found for link in short if (found := known_by(link)) and not names_no_paper(found)}
    dois = {doi_address(doi) for link in known if (doi := doi_of(link))}
    return tuple(sorted((known | dois) - {own}))[: limits.MOST_NAMES]
