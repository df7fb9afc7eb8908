"""Which papers are one: by what they are known by, else by title, first author and year.

An arXiv identifier or a DOI names one paper. Two papers that arXiv knows apart are never one. An
address may be that of several papers, so their titles have to agree. Nothing here knows how papers
are kept.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace

from rag.core.identifiers import addresses, arxiv_year, doi_of, is_address, own_address
from rag.core.papers import Paper

_FEWEST_WORDS = 3
"""Of a title that tells a paper: "Introduction" and "Book review" are many."""


def names(paper: Paper) -> tuple[str, ...]:
    """Return all that a paper is known by, its own identifier first."""
    return (paper.id, *paper.identifiers)


def title_key(title: str) -> str:
    """Return the letters and digits of a title.

    >>> title_key("Kites: a View")
    'kites a view'
    """
    return " ".join(re.findall(r"\w+", title.casefold()))


def are_one(one: Paper, other: Paper) -> bool:
    """Tell whether two papers are the same."""
    if one.id == other.id and not _may_be_shared(one.id):
        return True
    mine, theirs = _arxiv(one), _arxiv(other)
    if mine and theirs:
        return bool(mine & theirs)
    titled = title_key(one.title) == title_key(other.title)
    common = {*names(one)} & {*names(other)}
    if any(titled or not _may_be_shared(name) for name in common):
        return True
    if one.doi and other.doi and one.doi != other.doi:
        return False
    return titled and _same_origin(one, other)


def of_one(paper: Paper, alike: Iterable[Paper]) -> list[Paper]:
    """Return which of the papers that are the same as another can be so all at once.

    What is on arXiv may be claimed by a source that takes two papers for one: then that with the
    same title is it.
    """
    found = list(alike)
    on_arxiv = [other for other in found if _arxiv(other)]
    if len(on_arxiv) < 2 or _arxiv(paper):
        return found
    key = title_key(paper.title)
    best = min(on_arxiv, key=lambda other: (title_key(other.title) != key, other.id))
    return [other for other in found if other is best or not _arxiv(other)]


def told_apart(paper: Paper, others: Iterable[Paper]) -> Paper:
    """Return a paper without the names that others have, which are not the same paper."""
    taken = {name for other in others for name in names(other)}
    free = tuple(name for name in paper.identifiers if name not in taken)
    if paper.id not in taken:
        return paper if free == paper.identifiers else replace(paper, identifiers=free)
    identifier = own_address(paper.id, paper.title)
    url, pdf = addresses(identifier)
    return replace(paper, id=identifier, url=url, pdf=pdf, identifiers=free)


class Known:
    """Papers, found by what they are known by and by their titles."""

    def __init__(self, papers: Iterable[Paper]) -> None:
        self.papers: dict[str, Paper] = {}
        self._named: dict[str, set[str]] = {}
        for paper in papers:
            self.add(paper)

    def add(self, paper: Paper) -> None:
        """Take in a paper, or what has become of it."""
        self.remove(paper.id)
        self.papers[paper.id] = paper
        for name in self._keys(paper):
            self._named.setdefault(name, set()).add(paper.id)

    def remove(self, identifier: str) -> None:
        """Forget a paper."""
        paper = self.papers.pop(identifier, None)
        for name in self._keys(paper) if paper else ():
            self._named[name].discard(identifier)

    def near(self, paper: Paper) -> list[Paper]:
        """Return the papers that share a name or the title with one, in order."""
        found = {i for name in self._keys(paper) for i in self._named.get(name, ())}
        return [self.papers[identifier] for identifier in sorted(found)]

    def _keys(self, paper: Paper) -> Iterator[str]:
        yield from names(paper)
        yield f"title {title_key(paper.title)}"


def _arxiv(paper: Paper) -> set[str]:
    return {name for name in names(paper) if not is_address(name)}


def _may_be_shared(name: str) -> bool:
    """Tell whether an identifier is an address, at which several papers may be."""
    return is_address(name) and doi_of(name) is None


def _same_origin(one: Paper, other: Paper) -> bool:
    """Tell whether two papers of one title have the same first author and year."""
    if len(title_key(one.title).split()) < _FEWEST_WORDS or not (one.authors and other.authors):
        return False
    years = [paper.year or arxiv_year(paper.id) for paper in (one, other)]
    first, second = (_family(paper.authors[0]) for paper in (one, other))
    return bool(first) and first == second and years[0] == years[1] is not None


def _family(name: str) -> str:
    """Return the family name of a person, in small letters without accents."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    words = re.findall(r"[^\W\d_]+", "".join(c for c in plain if not unicodedata.combining(c)))
    words = [
        word for word in words if len(word) > 1 and word not in ("jr", "sr", "ii", "iii", "iv")
    ]
    return words[-1] if words else ""
