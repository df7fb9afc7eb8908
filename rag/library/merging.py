"""What several sources say of one paper, merged.

The text is that of the newest version; which is newest is told by the versions, else by the days.
Of the rest the fuller counts. Putting the same sources together again changes nothing any more, as
long as they do not contradict each other in days and versions. Nothing here knows how papers are
kept.
"""

from dataclasses import replace
from datetime import date, timedelta

from rag.core.papers import STANDARD_INPUT, Paper

ANNOUNCED_WITHIN = timedelta(days=7)
"""What may lie between the submission of a version, which sources with versions date, and the
listing that announces it: arXiv announces within days, over holidays within a week."""


def merged(old: Paper, new: Paper) -> Paper:
    """Return what both say of one paper.

    Where neither is newer, a paper that comes from its only source again is what that source now
    says; of two sources the one with a version counts, then the one with the longer abstract.
    """
    corrected = set(new.sources) >= set(old.sources) and STANDARD_INPUT not in new.sources
    decided = is_newer(new, old)
    takes_new = _prefers(new, old, corrected) if decided is None else decided
    text, other = (new, old) if takes_new else (old, new)
    same_text = (text.title, text.abstract) == (other.title, other.abstract)
    listed = min((day for day in (old.listed, new.listed) if day), default=None)
    day = _day(text) or _day(other)
    inherits = same_text and not text.version and bool(other.version)
    return replace(
        text,
        abstract=text.abstract or other.abstract,
        listed=listed,
        updated=text.updated or (day if day != listed else None),
        version=other.version if inherits else text.version,
        withdrawn=text.withdrawn
        or (other.withdrawn and not corrected and (decided is None or inherits)),
        categories=_fuller(old.categories, new.categories, corrected),
        authors=_fuller(old.authors, new.authors, corrected),
        sources=tuple(dict.fromkeys((*old.sources, *new.sources))),
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


def _prefers(new: Paper, old: Paper, corrected: bool) -> bool:
    if corrected:
        return True
    if bool(new.version) != bool(old.version):
        return bool(new.version)
    return len(new.abstract) > len(old.abstract)


def _day(paper: Paper) -> date | None:
    return paper.updated or paper.listed


def _fuller(old: tuple[str, ...], new: tuple[str, ...], corrected: bool) -> tuple[str, ...]:
    if corrected and new:
        return new
    return new if (len(new), len("".join(new))) > (len(old), len("".join(old))) else old
