"""What comes of the papers of a library and of a batch of accounts from outside.

It is told of all accounts together, so that the order in which they come does not matter. Nothing
here knows how papers are kept.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from rag.core.origins import title_key
from rag.core.papers import STANDARD_INPUT, Paper
from rag.library.merging import corrected, is_newer, merged, told
from rag.library.sameness import grouped, may_be_shared, named

Change = Literal["added", "updated", "unchanged"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a paper that was put into a library, and why, where that is not plain."""

    id: str
    change: Change
    why: str = ""


def joined(before: Sequence[Paper], batch: Iterable[Paper]) -> tuple[list[Paper], list[Outcome]]:
    """Return the papers that come of some and of a batch, and what became of each of the batch.

    Parameters
    ----------
    before
        All that have to do with the batch, with one another, and with these.
    """
    was = {_told_as(one): one for paper in before for one in told(paper)}
    batch, now = list(batch), dict(was)
    for new in (one for paper in batch for one in told(paper)):
        _tell(now, new)
    groups = grouped(now.values())
    place = {_told_as(one): number for number, group in enumerate(groups) for one in group}
    growing: list[dict[object, Paper]] = [{} for _ in groups]
    for key, one in was.items():
        growing[place[key]][key] = one
    outcomes = []
    for paper in batch:
        accounts = told(paper)
        group = growing[place[_told_as(accounts[0])]]
        earlier = merged(group.values()) if group else None
        for new in accounts:
            _tell(group, new)
        outcomes.append(_outcome(earlier, paper, merged(group.values())))
    return named(groups), outcomes


def _tell(accounts: dict[object, Paper], new: Paper) -> None:
    """Add an account to others; a source that comes again corrects what it told."""
    key = _told_as(new)
    accounts[key] = corrected(accounts[key], new) if key in accounts else new


def _told_as(account: Paper) -> object:
    """Return what two accounts have in common of which the later one corrects the earlier one.

    Of what comes through a pipe the source is not known.
    """
    if STANDARD_INPUT in account.sources:
        return account
    title = title_key(account.title) if may_be_shared(account.id) else ""
    return account.id, account.sources, title


def _outcome(before: Paper | None, paper: Paper, after: Paper) -> Outcome:
    if before is None:
        return Outcome(paper.id, "added")
    if after == before:
        older = is_newer(paper, before) is False
        return Outcome(paper.id, "unchanged", "an older version than is kept" if older else "")
    if after.withdrawn and not before.withdrawn:
        return Outcome(paper.id, "updated", "withdrawn")
    if (after.title, after.abstract) != (before.title, before.abstract):
        return Outcome(paper.id, "updated", "new text")
    return Outcome(paper.id, "updated", "more is known of it")
