"""What several sources say of one paper, merged.

The text is that of the newest version; which is newest is told by the versions, else by the days.
Of the rest the fuller counts. What each source told is kept beside what comes of it (`Paper.told`),
and all is made of these anew whenever there is one more: so it does not matter in which order the
sources come, nor whether they contradict each other. Nothing here knows how papers are kept.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from rag.core.identifiers import doi_of, is_arxivs, is_own
from rag.core.papers import Paper

ANNOUNCED_WITHIN = timedelta(days=7)
"""What may lie between the submission of a version, which sources with versions date, and the
listing that announces it: arXiv announces within days, over holidays within a week."""

MOST_TOLD = 50
"""Sources of one paper that are kept, those with the newest texts first."""

_MAY_LACK = ("categories", "authors", "doi", "venue", "year", "kind")


def told(paper: Paper) -> tuple[Paper, ...]:
    """Return what each source told of a paper."""
    return paper.told or (paper,)


def corrected(old: Paper, new: Paper) -> Paper:
    """Return what a source tells of a paper that told of it before.

    The text is the new one, unless that is of an older version. What it no longer tells is kept.
    """
    if old == new:
        return old
    return _completed(old, new) if is_newer(new, old) is False else _completed(new, old)


def merged(papers: Iterable[Paper]) -> Paper:
    """Return what sources say of one paper, each having told it once."""
    each = sorted(papers, key=_order, reverse=True)[:MOST_TOLD]
    if len(each) == 1:
        return each[0]
    versioned = next((one for one in each if one.version), None)
    unversioned = next((one for one in each if not one.version), None)
    text, day, withdrawn = _decided(versioned, unversioned)
    listed = _first_day(each)
    identifier = min((one.id for one in each), key=rank)
    url, pdf = max((one.url, one.pdf) for one in each if one.id == identifier)
    venue, kind, year = max(((p.venue, p.kind, p.year) for p in each), key=_fullness)
    names = {name for one in each for name in (one.id, *one.identifiers)}
    return Paper(
        identifier,
        text.title,
        text.abstract or next((one.abstract for one in each if one.abstract), ""),
        url,
        pdf,
        listed=listed,
        updated=day if day != listed else None,
        version=text.version,
        withdrawn=withdrawn,
        categories=_fullest(one.categories for one in each),
        authors=_fullest(one.authors for one in each),
        sources=tuple(sorted({source for one in each for source in one.sources})),
        doi=min(filter(None, (one.doi for one in each)), default=""),
        venue=venue,
        kind=kind,
        year=year,
        identifiers=tuple(sorted(names - {identifier})),
        told=tuple(each),
    )


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


def rank(identifier: str) -> tuple[int, str]:
    """Return what orders identifiers: those of arXiv, DOIs, other addresses, the paper's own."""
    if is_arxivs(identifier):
        return 0, identifier
    if is_own(identifier):
        return 3, identifier
    return (1, identifier) if doi_of(identifier) else (2, identifier)


def _completed(paper: Paper, by: Paper) -> Paper:
    """Return a paper with what only another account of the same source told."""
    lacking = {name: getattr(by, name) for name in _MAY_LACK if not getattr(paper, name)}
    day, listed = _day(paper), _first_day([paper, by])
    return replace(
        paper,
        **lacking,
        listed=listed,
        updated=day if day != listed else None,
        identifiers=tuple(sorted({*paper.identifiers, *by.identifiers})),
    )


def _first_day(papers: Iterable[Paper]) -> date | None:
    return min((one.listed for one in papers if one.listed), key=_earliness, default=None)


def _order(paper: Paper) -> tuple[object, ...]:
    """Return what orders accounts by the age of their texts: no two different ones are alike."""
    return (
        paper.version or 0,
        _day(paper) or date.min,
        paper.withdrawn,
        len(paper.abstract),
        paper.abstract,
        paper.title,
        json.dumps(paper.to_dict()),
    )


def _decided(versioned: Paper | None, unversioned: Paper | None) -> tuple[Paper, date | None, bool]:
    """Return which of two texts counts, its day, and whether the paper is withdrawn."""
    if versioned is None or unversioned is None:
        only = versioned or unversioned
        assert only is not None
        return only, _day(only), only.withdrawn
    same = (versioned.title, versioned.abstract) == (unversioned.title, unversioned.abstract)
    days = _day(versioned), _day(unversioned)
    apart = days[1] - days[0] if days[0] and days[1] else timedelta(0)
    if apart > ANNOUNCED_WITHIN and not same:
        return unversioned, days[1], unversioned.withdrawn
    told_late = unversioned.withdrawn and apart >= -ANNOUNCED_WITHIN
    day = max(filter(None, days)) if same and any(days) else days[0]
    return versioned, day, versioned.withdrawn or told_late


def _earliness(day: date) -> tuple[int, bool, date]:
    """Return what orders first days; of one year its first day comes last: it stands for a year."""
    return day.year, (day.month, day.day) == (1, 1), day


def _day(paper: Paper) -> date | None:
    return paper.updated or paper.listed


def _fullness(published: tuple[str, str, int | None]) -> tuple[object, ...]:
    """Return what orders where, as what and when a paper appeared, all from one source."""
    venue, kind, year = published
    return bool(venue), bool(kind), bool(year), -(year or 0), venue, kind


def _fullest(told: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return max(told, key=lambda names: (len(names), len("".join(names)), names))
