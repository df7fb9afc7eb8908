"""A paper, and the arXiv identifiers and links it is known by.

This is the only place that knows how an arXiv identifier is written and which addresses belong to
it. It knows nothing of where papers come from or where they are kept.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

# The archives that existed before April 2007, when identifiers still began with their names
# (https://info.arxiv.org/help/arxiv_identifier.html); without the list any "word/1234567" would do.
_ARCHIVES = (
    "acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas|"
    "cond-mat|cs|dg-ga|funct-an|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|math|math-ph|mtrl-th|nlin|"
    "nucl-ex|nucl-th|patt-sol|physics|plasm-ph|q-alg|q-bio|quant-ph|solv-int|supr-con"
)
_MONTH = r"(?:0[1-9]|1[0-2])"
# Year, month and a number: four digits until 2014, five from 2015 on.
_NEW_STYLE = rf"(?:0[7-9]|1[0-4]){_MONTH}\.\d{{4}}|(?:1[5-9]|[2-9]\d){_MONTH}\.\d{{5}}"
_OLD_STYLE = rf"(?P<archive>{_ARCHIVES})(?:\.[a-z-]+)?/(?P<number>\d\d{_MONTH}\d{{3}})"
_ARXIV_ID = re.compile(
    rf"(?:(?<=arxiv\.)|(?<![a-z0-9.]))(?:(?P<new>{_NEW_STYLE})|(?<!-){_OLD_STYLE})"
    r"(?:v(?P<version>\d{1,4}))?(?![a-z0-9]|\.\d)",
    re.IGNORECASE | re.ASCII,
)


STANDARD_INPUT = "standard input"
"""What a paper names as its source that came through a pipe: it may have been any."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What is known of a paper: text cleaned, identifier without its version.

    Attributes
    ----------
    id
        The arXiv identifier without a version (``2104.00194``, ``cond-mat/0612198``).
    title, abstract
        Cleaned text on one line each; passage offsets count characters of this abstract.
    url, pdf
        The abstract page and the PDF.
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

    def to_dict(self) -> dict[str, Any]:
        """Return the paper as JSON can say it, the same fields in the same order for all."""
        kept = {name: getattr(self, name) for name in _FIELDS}
        for name in _DAYS:
            kept[name] = kept[name].isoformat() if kept[name] else None
        return kept

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> "Paper":
        """Return the paper that `to_dict` was called on."""
        days = {name: date.fromisoformat(d) if (d := kept[name]) else None for name in _DAYS}
        return cls(**{**kept, **days, **{name: tuple(kept[name]) for name in _LISTS}})


_FIELDS = tuple(field.name for field in fields(Paper))
_DAYS, _LISTS = ("listed", "updated"), ("categories", "authors", "sources")


def arxiv_id(text: str) -> str | None:
    """Find the first arXiv identifier in a text, link or DOI.

    It is returned in the form that arXiv prefers, so that a paper has one identifier only: without
    a version, and in the old style without the subject class.

    >>> arxiv_id("https://arxiv.org/pdf/2104.00194v2.pdf")
    '2104.00194'
    >>> arxiv_id("10.48550/arXiv.2104.00194")
    '2104.00194'
    >>> arxiv_id("cond-mat/0612198v1")
    'cond-mat/0612198'
    >>> arxiv_id("math.GT/0309136")
    'math/0309136'
    """
    found = _ARXIV_ID.search(text)
    if found is None:
        return None
    return found["new"] or f"{found['archive'].lower()}/{found['number']}"


def arxiv_version(text: str) -> int | None:
    """Find the version behind the first arXiv identifier in a text, if it names one.

    >>> arxiv_version("https://arxiv.org/pdf/2104.00194v2.pdf"), arxiv_version("2104.00194")
    (2, None)
    """
    found = _ARXIV_ID.search(text)
    return int(found["version"]) if found and found["version"] else None


def abstract_page(identifier: str) -> str:
    """Return the address of the abstract page of an arXiv identifier."""
    return f"https://arxiv.org/abs/{identifier}"


def pdf_link(identifier: str) -> str:
    """Return the address of the PDF of an arXiv identifier."""
    return f"https://arxiv.org/pdf/{identifier}"
