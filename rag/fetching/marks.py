"""How far papers have been fetched from arXiv, kept in a file beside the index.

A mark never says more than what the index holds: whoever fetches writes it after the papers were
committed. It knows when papers were submitted, not what is in them.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from rag.errors import FetchError
from rag.files import parsed_file

LATE = timedelta(days=7)
"""How long after its submission arXiv may show a paper: mostly a day, over a weekend four, and
longer if its moderators look at it first."""

CLOCKS_APART = timedelta(days=1)
"""What a mark may lie ahead of the clock; beyond, the clock was ahead when it was written, and what
was submitted since would be passed over."""

_FILE = "fetched.json"


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a request has been fetched.

    Attributes
    ----------
    since
        The first day that was asked for.
    reached
        A minute (UTC): of what was submitted from the first day on and before it, the index holds
        all that arXiv showed.
    seen
        What was submitted from that minute on and is in the index as well, as arXiv names it.
    unsettled
        From this minute on papers were asked for so soon that more may appear; there the next round
        begins, once this one is at its end. None: nowhere.
    """

    since: date
    reached: datetime
    seen: tuple[str, ...] = ()
    unsettled: datetime | None = None

    def after(self, papers: Iterable[tuple[str, datetime]], now: datetime) -> "Mark":
        """Return the mark once papers, in the order of their submission, are in the index too.

        Papers that turn out to be in another order are remembered by their names.
        """
        found = [(name, minute(submitted)) for name, submitted in papers]
        minutes = [at for _, at in found]
        last = max(minutes, default=self.reached)
        if minutes != sorted(minutes) or last <= self.reached:
            return replace(self._as_of(last, now), seen=(*self.seen, *(name for name, _ in found)))
        return replace(
            self._as_of(last, now),
            reached=last,
            seen=tuple(name for name, at in found if at == last),
        )

    def ended(self, end: datetime, now: datetime) -> "Mark":
        """Return the mark once there are no more papers until a minute."""
        return Mark(self.since, self._as_of(end, now).unsettled or end)

    def _as_of(self, last: datetime, now: datetime) -> "Mark":
        """Note what was asked for too soon, if what was submitted last is among it."""
        settled = minute(now - LATE)
        if self.unsettled or last <= settled:
            return self
        return replace(self, unsettled=max(self.reached, settled))


def minute(moment: datetime) -> datetime:
    """Return the minute that a moment is in, as arXiv counts them (UTC)."""
    return moment.astimezone(UTC).replace(second=0, microsecond=0)


def start(folder: Path, asked: str, since: date | None) -> Mark:
    """Return the mark to go on from.

    It is the one that was kept, if the first day lies between its own and the minute that it has
    reached, or is not given; else the beginning of the first day.

    Raises
    ------
    FetchError
        If there is neither a mark nor a first day, the mark is one of days to come, or the file
        cannot be read.
    """
    kept = _read(folder).get(asked)
    if kept and kept.reached > datetime.now(UTC) + CLOCKS_APART:
        if since is None:
            raise FetchError(
                f"This was fetched until {kept.reached:%Y-%m-%d}, which is still to come: a clock "
                "was or is wrong. Set it right, and say with --since DAY from which day on."
            )
        kept = None
    if kept and (since is None or kept.since <= since <= kept.reached.date()):
        return kept
    if since is None:
        raise FetchError("This was not fetched before: say from which day on, with --since DAY.")
    return Mark(since, datetime(since.year, since.month, since.day, tzinfo=UTC))


def keep(folder: Path, asked: str, mark: Mark) -> None:
    """Write a mark in one step, so that the file is there whole or not at all.

    Raises
    ------
    FetchError
        If the file cannot be read or written.
    """
    marks = _read(folder) | {asked: mark}
    text = json.dumps({name: _plain(kept) for name, kept in marks.items()}, indent=2)
    draft = folder / f"{_FILE}.new"
    try:
        draft.write_text(text + "\n", encoding="utf-8")
        draft.replace(folder / _FILE)
    except OSError as error:
        raise FetchError(
            f"{folder / _FILE} cannot be written ({error.strerror}): make room or allow it; the "
            "papers are in the index, and what is there is not added again."
        ) from error


def _read(folder: Path) -> dict[str, Mark]:
    file = folder / _FILE
    try:
        kept = parsed_file(file)
        return {name: _mark(**mark) for name, mark in kept.items()}
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise FetchError(
            f"{file} cannot be read: move it away and give --since again; what is in the index "
            "stays."
        ) from error


def _plain(mark: Mark) -> dict[str, object]:
    return {
        "since": mark.since.isoformat(),
        "reached": mark.reached.isoformat(),
        "seen": list(mark.seen),
        "unsettled": mark.unsettled.isoformat() if mark.unsettled else None,
    }


def _mark(since: str, reached: str, seen: list[str], unsettled: str | None) -> Mark:
    return Mark(
        date.fromisoformat(since),
        minute(datetime.fromisoformat(reached)),
        tuple(seen),
        minute(datetime.fromisoformat(unsettled)) if unsettled else None,
    )
