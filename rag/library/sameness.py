"""Which accounts are of one paper: by what they call it, else by title, first author and year.

An arXiv identifier or a DOI names one paper. Two papers that arXiv knows apart are never one. An
address may be that of several papers, so their titles have to agree. What is one is told of all
accounts together (`grouped`), never of what has become of some: so it does not matter in which
order they come. Nothing here knows how papers are kept.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
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
from rag.library.merging import merged, rank, told

_LONGEST = 200  # characters of a title to find papers by; whether they are one is told by all of it

_NEVER = 9999  # the year of what is not on arXiv

Group = list[Paper]
"""Accounts of one paper."""

Sign = tuple[str, ...]
Signs = Callable[[Paper], Iterator[Sign]]


def names(paper: Paper) -> tuple[str, ...]:
    """Return all that a paper is known by, its own identifier first."""
    return (paper.id, *paper.identifiers)


def title_name(title: str) -> str:
    """Return what a paper is found by beside its names: its title, however that is punctuated.

    >>> title_name("Kites: a View") == title_name("Kites – A view")
    True
    """
    return f"title {title_key(title)}"[:_LONGEST]


def found_by(paper: Paper) -> list[str]:
    """Return under what the library keeps a paper: its names first, which no other paper has.

    Then the titles that its sources gave it, and the names that they called it by and that are
    another paper's.
    """
    each = told(paper)
    titles = {title_name(one.title) for one in (paper, *each)}
    claimed = {name for one in each for name in names(one)}.difference(names(paper))
    return [*names(paper), *sorted(titles), *map(_claim, sorted(claimed))]


def looked_for(papers: Iterable[Paper]) -> set[str]:
    """Return under what the library may keep papers that have to do with some."""
    found = set[str]()
    for paper in papers:
        for one in told(paper):
            found |= {title_name(one.title), *names(one), *map(_claim, names(one))}
    return found


def _claim(name: str) -> str:
    return f"claimed {name}"


def are_one(one: Paper, other: Paper) -> bool:
    """Tell whether two papers are the same, as far as these two tell."""
    return len(grouped([*told(one), *told(other)])) == 1


def grouped(accounts: Iterable[Paper]) -> list[Group]:
    """Return the accounts of each paper, the same whatever the order of the accounts.

    The strongest sign first, and never so that two papers of arXiv's become one: its identifiers;
    DOIs; addresses with the same title; title, first author and year, where the DOIs are not
    others. Of several papers that an account may be of, it is the one with its title, then the
    earliest.
    """
    groups = _Groups(accounts)
    for sharing in _sharing(groups.accounts, _numbers):
        groups.join(sharing)
    for signs in (_unshared, _addressed):
        for sharing in _sharing(groups.accounts, signs):
            groups.join_one(sharing)
    for sharing in _sharing(groups.accounts, _origins):
        groups.join_alike(sharing)
    return groups.all()


def named(groups: Sequence[Group]) -> list[Paper]:
    """Return the papers of groups, of which no two have one name.

    A name that several claim is that of the paper that has no other; of two on arXiv the earlier
    one's; else that of the earliest year, then of the first title.
    """
    claims: dict[str, list[int]] = defaultdict(list)
    for number, group in enumerate(groups):
        for name in {name for one in group for name in names(one)}:
            claims[name].append(number)
    lost: dict[int, set[str]] = defaultdict(set)
    for name, claiming in claims.items():
        if len(claiming) > 1:
            best = min(claiming, key=lambda n: _claimed(name, groups[n]))
            for number in claiming:
                if number != best:
                    lost[number].add(name)
    taken, papers = {*claims}, list[Paper]()
    for number, group in enumerate(groups):
        paper = _without(group, lost[number], taken)
        taken.add(paper.id)
        papers.append(paper)
    return papers


class _Groups:
    """Accounts, and which of them are of one paper as far as that is told."""

    def __init__(self, accounts: Iterable[Paper]) -> None:
        self.accounts = sorted(accounts, key=_order)
        self._of = {id(one): [one] for one in self.accounts}

    def all(self) -> list[Group]:
        """Return the groups, in the order of their first accounts."""
        return self._groups(self.accounts)

    def join(self, sharing: Iterable[Paper]) -> None:
        """Make accounts one."""
        self._join(self._groups(sharing))

    def join_one(self, sharing: Iterable[Paper]) -> None:
        """Make accounts one, with one at most of the papers on arXiv among them."""
        groups = self._groups(sharing)
        others = [group for group in groups if not _arxiv(group)]
        titles = {title_key(one.title) for group in others for one in group}
        if not others:
            return
        on_arxiv = [group for group in groups if _arxiv(group)]
        best = sorted(on_arxiv, key=lambda group: (not titles & _titles(group), _age(group)))[:1]
        self._join([*best, *others])

    def join_alike(self, sharing: Iterable[Paper]) -> None:
        """Make accounts one, but for what has other identifiers of arXiv's or other DOIs."""
        kept = list[tuple[Group, bool, set[str]]]()
        for group in sorted(self._groups(sharing), key=_group_order):
            on_arxiv, dois = bool(_arxiv(group)), {one.doi for one in group if one.doi}
            fitting = (
                n
                for n, (_, theirs_on_arxiv, theirs) in enumerate(kept)
                if not (on_arxiv and theirs_on_arxiv)
                and not (dois and theirs and dois.isdisjoint(theirs))
            )
            if (place := next(fitting, None)) is None:
                kept.append((group, on_arxiv, dois))
            else:
                other, theirs_on_arxiv, theirs = kept[place]
                joined = self._join([other, group])
                kept[place] = joined, on_arxiv or theirs_on_arxiv, dois | theirs

    def _groups(self, accounts: Iterable[Paper]) -> list[Group]:
        return list(
            {id(group): group for one in accounts for group in [self._of[id(one)]]}.values()
        )

    def _join(self, groups: Sequence[Group]) -> Group:
        joined = sorted((one for group in groups for one in group), key=_order)
        for one in joined:
            self._of[id(one)] = joined
        return joined


def _sharing(accounts: Iterable[Paper], signs: Signs) -> Iterator[list[Paper]]:
    """Yield the accounts that have a sign, in the order of the signs."""
    found: dict[Sign, list[Paper]] = defaultdict(list)
    for one in accounts:
        for sign in signs(one):
            found[sign].append(one)
    for sign in sorted(found):
        if len(found[sign]) > 1:
            yield found[sign]


def _numbers(paper: Paper) -> Iterator[Sign]:
    yield from ((name,) for name in {*names(paper)} if is_arxivs(name))


def _unshared(paper: Paper) -> Iterator[Sign]:
    yield from ((n,) for n in {*names(paper)} if not is_arxivs(n) and not may_be_shared(n))


def _addressed(paper: Paper) -> Iterator[Sign]:
    """Yield each address, without what tells its papers apart, with the title of this one."""
    title = title_key(paper.title)
    for name in {*names(paper)}:
        if may_be_shared(name):
            at, behind = name, own_address("", paper.title)
            yield at.removesuffix(behind), title


def _origins(paper: Paper) -> Iterator[Sign]:
    """Yield title, first author and year, where these tell a paper."""
    title, year = title_key(paper.title), paper.year or arxiv_year(paper.id)
    family = family_key(paper.authors[0]) if paper.authors else ""
    if len(title.split()) >= FEWEST_WORDS and family and year:
        yield title, family, str(year)


def may_be_shared(name: str) -> bool:
    """Tell whether an identifier is an address, at which several papers may be."""
    return is_address(name) and doi_of(name) is None


def _arxiv(group: Group) -> set[str]:
    return {name for one in group for name in names(one) if is_arxivs(name)}


def _titles(group: Group) -> set[str]:
    return {title_key(one.title) for one in group}


def _age(group: Group) -> tuple[int, str]:
    """Return what orders papers: those on arXiv first, the earliest before the others."""
    found = _arxiv(group)
    return min(((arxiv_year(name) or 0, name) for name in found), default=(_NEVER, ""))


def _group_order(group: Group) -> tuple[object, ...]:
    dois = sorted({one.doi for one in group if one.doi})
    return _age(group), not dois, dois, _order(group[0])


def _order(paper: Paper) -> tuple[object, ...]:
    return rank(paper.id), paper.title, json.dumps(paper.to_dict())


def _claimed(name: str, group: Group) -> tuple[object, ...]:
    """Return what orders groups by how much a name is theirs."""
    own = any(one.id == name for one in group)
    year = min((one.appeared for one in group if one.appeared), default=_NEVER)
    return not own, _age(group), year, _order(group[0])


def _without(group: Group, lost: set[str], taken: set[str]) -> Paper:
    """Return the paper of a group that goes by some names no longer, nor has a DOI of these."""
    paper = merged(group)
    if not lost:
        return paper
    kept = {*names(paper)} - lost
    own = min({one.id for one in group} - lost, key=rank, default="")
    if not own:
        first = min(group, key=_order)
        own = own_address(first.id, first.title)
        if own in taken:
            own += f"-{hashlib.sha256(first.title.encode()).hexdigest()[:8]}"
    url, pdf = addresses(own)
    doi = paper.doi
    if doi and doi_address(doi) in lost:
        doi = min(filter(None, map(doi_of, sorted(kept))), default="")
    return replace(
        paper,
        id=own,
        url=paper.url if own == paper.id else url,
        pdf=paper.pdf if own == paper.id else pdf,
        doi=doi,
        identifiers=tuple(sorted(kept - {own})),
        told=told(paper),
    )
