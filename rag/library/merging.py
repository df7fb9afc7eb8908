"""What several sources say of one paper, merged.

The text is that of the newest version; which is newest is told by the versions, else by the days.
Of the rest the fuller counts. It does not matter in which order the sources come, nor whether they
contradict each other in days and versions: what a later source could decide otherwise is kept
beside the paper (`Paper.accounts`). Nothing here knows how papers are kept.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from rag.core.identifiers import addresses, doi_of, is_arxivs, is_own
from rag.core.papers import STANDARD_INPUT, Account, Paper

ANNOUNCED_WITHIN = timedelta(days=7)
"""What may lie between the submission of a version, which sources with versions date, and the
listing that announces it: arXiv announces within days, over holidays within a week."""


def merged(old: Paper, new: Paper) -> Paper:
    """Return what both say of one paper.

    Where neither is newer, a paper that comes from its only source again is what that source now
    says; of two sources the one with a version counts, then the one with the longer abstract.
    """
    corrected = (
        set(new.sources) >= set(old.sources)
        and STANDARD_INPUT not in new.sources
        and is_newer(new, old) is None
    )
    first, second = _accounts(old), _accounts(new)
    if corrected:
        first = [account for account in first if not _is_replaced(account, second)]
    versioned = max((a for a in (*first, *second) if a.version), key=_age, default=None)
    unversioned = max((a for a in (*first, *second) if not a.version), key=_age, default=None)
    text, withdrawn = _decided(versioned, unversioned)
    listed = min((day for day in (old.listed, new.listed) if day), key=_earliness, default=None)
    accounts = tuple(account for account in (versioned, unversioned) if account)
    identifier = min((old.id, new.id), key=_rank)
    url, pdf = (old.url, old.pdf) if identifier == old.id else (new.url, new.pdf)
    venue, kind, year = _publication(old, new, corrected)
    found = replace(
        old,
        id=identifier,
        url=url if identifier in (old.id, new.id) else addresses(identifier)[0],
        pdf=pdf,
        title=text.title,
        abstract=text.abstract or next((a.abstract for a in accounts if a.abstract), old.abstract),
        listed=listed,
        updated=text.day if text.day != listed else None,
        version=text.version,
        withdrawn=withdrawn,
        categories=_fuller(old.categories, new.categories, corrected),
        authors=_fuller(old.authors, new.authors, corrected),
        sources=tuple(sorted({*old.sources, *new.sources})),
        doi=min(filter(None, (old.doi, new.doi)), default=""),
        venue=venue,
        kind=kind,
        year=year,
        identifiers=tuple(
            sorted({old.id, new.id, *old.identifiers, *new.identifiers} - {identifier})
        ),
        accounts=(),
    )
    return found if accounts == tuple(_accounts(found)) else replace(found, accounts=accounts)


def is_newer(new: Paper, old: Paper) -> bool | None:
    """Tell whether a paper is of a newer version than another; None where that is not known."""
    if new.version and old.version:
        return None if new.version == old.version else new.version > old.version
    day, before = _day(new), _day(old)
    if day is None or before is None:  # what nobody has dated counts as the oldest
        known, was = bool(new.version or day), bool(old.version or before)
        return None if known == was else known
    apart = ANNOUNCED_WITHIN if new.version or old.version else timedelta(0)
    return day > before if abs(day - before) > apart else None


def _accounts(paper: Paper) -> list[Account]:
    """Return the texts that were told of a paper: the best with a version, the best without."""
    own = Account(paper.title, paper.abstract, paper.version, _day(paper), paper.withdrawn)
    return list(paper.accounts) or [own]


def _is_replaced(account: Account, by: Iterable[Account]) -> bool:
    return any(bool(account.version) == bool(new.version) for new in by)


def _age(account: Account) -> tuple[object, ...]:
    """Return what orders the texts of one sort: no two different ones are alike."""
    return (
        account.version or 0,
        account.day or date.min,
        account.withdrawn,
        len(account.abstract),
        account.abstract,
        account.title,
    )


def _decided(versioned: Account | None, unversioned: Account | None) -> tuple[Account, bool]:
    """Return which of two texts counts, and whether the paper is withdrawn."""
    if versioned is None or unversioned is None:
        only = versioned or unversioned
        assert only is not None
        return only, only.withdrawn
    same = (versioned.title, versioned.abstract) == (unversioned.title, unversioned.abstract)
    days = versioned.day, unversioned.day
    apart = days[1] - days[0] if days[0] and days[1] else timedelta(0)
    if apart > ANNOUNCED_WITHIN and not same:
        return unversioned, unversioned.withdrawn
    told_late = unversioned.withdrawn and apart >= -ANNOUNCED_WITHIN
    text = replace(versioned, day=max(filter(None, days))) if same and any(days) else versioned
    return text, versioned.withdrawn or told_late


def _earliness(day: date) -> tuple[int, bool, date]:
    """Return what orders first days; of one year its first day comes last: it stands for a year."""
    return day.year, (day.month, day.day) == (1, 1), day


def _day(paper: Paper) -> date | None:
    return paper.updated or paper.listed


def _rank(identifier: str) -> tuple[int, str]:
    """Return what orders identifiers: those of arXiv, DOIs, other addresses, the paper's own."""
    if is_arxivs(identifier):
        return 0, identifier
    if is_own(identifier):
        return 3, identifier
    return (1, identifier) if doi_of(identifier) else (2, identifier)


def _publication(old: Paper, new: Paper, corrected: bool) -> tuple[str, str, int | None]:
    """Return where, as what and when a paper appeared, all from one source."""
    told = [(paper.venue, paper.kind, paper.year) for paper in (old, new)]
    if corrected and any(told[1]):
        return told[1]
    return max(told, key=lambda t: (bool(t[0]), bool(t[1]), bool(t[2]), -(t[2] or 0), t[0], t[1]))


def _fuller(old: tuple[str, ...], new: tuple[str, ...], corrected: bool) -> tuple[str, ...]:
    if corrected and new:
        return new
    return max(old, new, key=lambda names: (len(names), len("".join(names)), names))
