"""Which papers are one: by what they are known by, else by title, first author and year.

An arXiv identifier or a DOI names one paper. Two papers that arXiv knows apart are never one. An
address may be that of several papers, so their titles have to agree. Nothing here knows how papers
are kept.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from rag.core.identifiers import (
    addresses,
    arxiv_year,
    doi_address,
    doi_of,
    is_address,
    is_arxivs,
    own_address,
)
from rag.core.origins import FEWEST_WORDS, family_key, title_key
from rag.core.papers import Paper

_LONGEST = 200  # characters of a title to find papers by; whether they are one is told by all of it


def names(paper: Paper) -> tuple[str, ...]:
    """Return all that a paper is known by, its own identifier first."""
    return (paper.id, *paper.identifiers)


def title_name(title: str) -> str:
    """Return what a paper is found by beside its names: its title, however that is punctuated.

    >>> title_name("Kites: a View") == title_name("Kites – A view")
    True
    """
    return f"title {title_key(title)}"[:_LONGEST]


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
    same title is it. A paper without a DOI may have the title, first author and year of several,
    each with its own: it is one of them, and does not make them one.
    """
    found = _agreeing(paper, alike)
    on_arxiv = [other for other in found if _arxiv(other)]
    if len(on_arxiv) < 2 or _arxiv(paper):
        return found
    key = title_key(paper.title)
    best = min(on_arxiv, key=lambda other: (title_key(other.title) != key, other.id))
    return [other for other in found if other is best or not _arxiv(other)]


def told_apart(paper: Paper, others: Iterable[Paper]) -> tuple[Paper, list[Paper]]:
    """Return a paper beside others, which are not the same, so that no two have one name.

    Of two papers on arXiv the earlier one keeps what both claim, whichever comes first; elsewhere
    what was there keeps it.

    Returns
    -------
    tuple
        The paper, and those of the others that had to give a name up.
    """
    taken, poorer = set[str](), list[Paper]()
    for other in others:
        common = {*names(paper)} & {*names(other)}
        if common and _arxiv(paper) and _arxiv(other) and _age(paper) < _age(other):
            poorer.append(_without(other, common))
        else:
            taken |= common
    free = _without(paper, taken)
    if paper.id in taken:
        identifier = own_address(paper.id, paper.title)
        url, pdf = addresses(identifier)
        free = replace(free, id=identifier, url=url, pdf=pdf)
    return free, poorer


def _without(paper: Paper, lost: set[str]) -> Paper:
    """Return a paper that goes by some names no longer, and has no DOI from among them."""
    if not lost:
        return paper
    kept = tuple(name for name in paper.identifiers if name not in lost)
    doi = paper.doi
    if doi and doi_address(doi) in lost:
        doi = min(filter(None, map(doi_of, kept)), default="")
    return replace(paper, identifiers=kept, doi=doi)


def _age(paper: Paper) -> tuple[int, str]:
    """Return what orders papers on arXiv: the earlier one first."""
    return arxiv_year(paper.id) or 0, paper.id


def _agreeing(paper: Paper, alike: Iterable[Paper]) -> list[Paper]:
    """Return of the papers that are one with another only by their titles those with one DOI."""
    found = list(alike)
    named = [other for other in found if {*names(paper)} & {*names(other)}]
    dois = {other.doi for other in found if other.doi}
    if len(dois) < 2:
        return found
    kept = min((other.doi for other in named if other.doi), default=min(dois))
    return [other for other in found if other in named or other.doi in ("", kept)]


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
        yield title_name(paper.title)


def _arxiv(paper: Paper) -> set[str]:
    return {name for name in names(paper) if is_arxivs(name)}


def _may_be_shared(name: str) -> bool:
    """Tell whether an identifier is an address, at which several papers may be."""
    return is_address(name) and doi_of(name) is None


def _same_origin(one: Paper, other: Paper) -> bool:
    """Tell whether two papers of one title have the same first author and year."""
    if len(title_key(one.title).split()) < FEWEST_WORDS or not (one.authors and other.authors):
        return False
    years = [paper.year or arxiv_year(paper.id) for paper in (one, other)]
    first, second = (family_key(paper.authors[0]) for paper in (one, other))
    return bool(first) and first == second and years[0] == years[1] is not None
