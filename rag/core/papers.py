"""A paper, and what is known of it. It knows nothing of where papers come from or are kept."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from rag.core.identifiers import abstract_page as abstract_page
from rag.core.identifiers import arxiv_id as arxiv_id
from rag.core.identifiers import arxiv_version as arxiv_version
from rag.core.identifiers import arxiv_year, is_arxivs
from rag.core.identifiers import pdf_link as pdf_link
from rag.text.visible import visible

STANDARD_INPUT = "standard input"
"""What a paper names as its source that came through a pipe: it may have been any."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What is known of a paper: text cleaned, identifier without its version.

    Attributes
    ----------
    id
        The arXiv identifier without a version (``2104.00194``, ``cond-mat/0612198``), else the
        address of the DOI, else the address of the paper, else what `own_identifier` makes of first
        author, year and title (``title:roe-2020-kites-120e6ccb``).
    title, abstract
        Cleaned text on one line each; passage offsets count characters of this abstract.
    url, pdf
        The abstract page and the PDF; empty where that is not known.
    listed
        The day on which the listing named the paper, if known.
    categories
        arXiv categories, the primary one first.
    authors
        Names in the order of the paper, if known.
    version
        The version that the text is of, if known.
    updated
        The day of that version, if known.
    withdrawn
        Whether its authors took it back: it is kept, and never found or cited.
    sources
        Names of the files or services that told of it, the earliest first.
    doi
        In small letters, without the address (``10.1145/3292500.3330925``); not that of arXiv.
    venue
        The journal or the conference, if it is known to have appeared in one.
    year
        The year of the paper, where a source tells it; see `appeared`.
    kind
        What sort of publication it is, by CSL's name (``article-journal``), if a source tells it.
    identifiers
        What else it is known by: other arXiv identifiers, DOIs and addresses, as `id` is written.
    told
        What each source told of it, where that is more than one: papers without any of this.
    """

    id: str
    title: str
    abstract: str
    url: str
    pdf: str
    listed: date | None = None
    categories: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    version: int | None = None
    updated: date | None = None
    withdrawn: bool = False
    sources: tuple[str, ...] = ()
    doi: str = ""
    venue: str = ""
    year: int | None = None
    kind: str = ""
    identifiers: tuple[str, ...] = ()
    told: tuple["Paper", ...] = ()

    @property
    def is_on_arxiv(self) -> bool:
        """Whether arXiv has it."""
        return is_arxivs(self.id)

    @property
    def place(self) -> str:
        """Where it is: its link, else the files that told of it."""
        return self.url or (f"(in {', '.join(self.sources)})" if self.sources else "")

    @property
    def appeared(self) -> int | None:
        """The year of the paper: as a source tells it, else its identifier, else its listing."""
        return self.year or arxiv_year(self.id) or (self.listed.year if self.listed else None)

    def to_dict(self) -> dict[str, Any]:
        """Return the paper as JSON can say it, the same fields in the same order for all."""
        kept = {name: getattr(self, name) for name in _FIELDS}
        for name in _DAYS:
            kept[name] = kept[name].isoformat() if kept[name] else None
        each = [one.to_dict() for one in self.told]
        kept["told"] = [
            {k: v for k, v in one.items() if k != "told" and v != kept[k]} for one in each
        ]
        return kept

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> "Paper":
        """Return the paper that `to_dict` was called on; it may have been an earlier version's."""
        days = {name: date.fromisoformat(d) if (d := kept[name]) else None for name in _DAYS}
        lists = {name: tuple(kept.get(name, ())) for name in _LISTS}
        rest = {name: value for name, value in kept.items() if name not in _TOLD}
        told = tuple(map(cls.from_dict, whole_told(kept)))
        return cls(**{**rest, **days, **lists, "told": told})


_FIELDS = tuple(field.name for field in fields(Paper) if field.name != "told")
_TEXTS = ("id", "title", "abstract", "doi", "venue", "kind")
_DAYS, _LISTS = ("listed", "updated"), ("categories", "authors", "sources", "identifiers")
_TOLD = ("told", "accounts")  # the second is what earlier versions kept: texts and their days


def whole_told(kept: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what each source told of a paper that is kept as `Paper.to_dict` has it, in full."""
    each = kept.get("told") or [
        {"updated" if name == "day" else name: value for name, value in account.items()}
        for account in kept.get("accounts", ())
    ]
    return [{**{k: v for k, v in kept.items() if k not in _TOLD}, **one} for one in each]


_WEB = re.compile(r"https?://[^\s<>\"]+", re.I)


def scrubbed(paper: Paper) -> Paper:
    r"""Return a paper without what acts where it is shown.

    Control characters and overrides of direction are taken out of its texts, which stand on one
    line each, and so is a link that leads elsewhere than to the web.

    >>> paper = scrubbed(Paper("1", "A\n \x1b[2JB", "C", "javascript:alert(1)", "https://x.org/1"))
    >>> paper.title, paper.url, paper.pdf
    ('A [2JB', '', 'https://x.org/1')
    """
    made: dict[str, Any] = {name: visible(getattr(paper, name)) for name in _TEXTS}
    made |= {name: tuple(map(visible, getattr(paper, name))) for name in _LISTS}
    for name in ("url", "pdf"):
        made[name] = link if _WEB.fullmatch(link := getattr(paper, name)) else ""
    return replace(paper, told=tuple(map(scrubbed, paper.told)), **made)


def links(paper: Paper) -> dict[str, Any]:
    """Return what has to be told of a paper so that it can be found: identifier, title, links.

    Where nothing links to it, the names of the files that told of it.
    """
    told = {"id": paper.id, "title": paper.title, "url": paper.url, "pdf": paper.pdf}
    return told if paper.url else {**told, "sources": list(paper.sources)}


def linked(kept: Mapping[str, Any]) -> Paper:
    """Return a paper of which `links` is known, and nothing else."""
    identifier, title, url, pdf = (str(kept[name]) for name in ("id", "title", "url", "pdf"))
    sources = tuple(map(str, kept.get("sources", ())))
    return Paper(identifier, title, "", url, pdf, sources=sources)
