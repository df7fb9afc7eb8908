"""The reading list: papers with a star, which of them were read, and a note on each.

It is in the file of the tags, beside the index. A paper that has only a note, or was only marked as
read, is kept too; it has no star.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from rag.collections.file import File
from rag.errors import CollectionError

LONGEST_NOTE = 5_000
"""Characters of a note."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What is kept of a paper besides its tags.

    Attributes
    ----------
    paper
        Its identifier.
    starred, read
        Whether it has a star, and was marked as read.
    note
        In whoever's own words; empty: none.
    added
        When it was first kept, in UTC.
    """

    paper: str
    starred: bool
    read: bool
    note: str
    added: datetime


class ReadingList(File):
    """The saved papers of one index, of whoever is meant; see `File`."""

    def all(self) -> list[Saved]:
        """Return all that is kept, the latest first."""
        with self._reading() as base:
            found = base.execute(
                "SELECT paper, starred, read, note, added FROM saved WHERE user = ? "
                "ORDER BY added DESC, paper",
                (self.user,),
            )
            return [_saved(*row) for row in found]

    def of(self, paper: str) -> Saved | None:
        """Return what is kept of a paper; None: nothing."""
        with self._reading() as base:
            row = base.execute(
                "SELECT paper, starred, read, note, added FROM saved WHERE user = ? AND paper = ?",
                (self.user, paper),
            ).fetchone()
            return _saved(*row) if row else None

    def starred(self) -> list[str]:
        """Return the identifiers of the papers with a star, the latest first."""
        return [each.paper for each in self.all() if each.starred]

    def star(self, papers: Iterable[str], on: bool = True) -> None:
        """Give papers a star, or take it from them; notes stay."""
        self._mark("starred", papers, int(on))

    def read(self, papers: Iterable[str], on: bool = True) -> None:
        """Mark papers as read, or as unread."""
        self._mark("read", papers, int(on))

    def note(self, paper: str, text: str) -> None:
        """Keep a note on a paper instead of the one that there is; an empty one removes it.

        Raises
        ------
        CollectionError
            If it is too long.
        """
        text = text.strip()
        if len(text) > LONGEST_NOTE:
            raise CollectionError(
                f"A note has up to {LONGEST_NOTE:,} characters, this one {len(text):,}: shorten it."
            )
        self._mark("note", [paper], text)

    def _mark(self, column: str, papers: Iterable[str], value: int | str) -> None:
        now = datetime.now(UTC).replace(microsecond=0).isoformat()
        with self._writing() as base:
            base.executemany(
                f"INSERT INTO saved (user, paper, {column}, added) VALUES (?, ?, ?, ?) "
                f"ON CONFLICT (user, paper) DO UPDATE SET {column} = excluded.{column}",
                [(self.user, paper, value, now) for paper in papers],
            )
            base.execute(
                "DELETE FROM saved WHERE user = ? AND starred = 0 AND read = 0 AND note = ''",
                (self.user,),
            )


def _saved(paper: str, starred: int, read: int, note: str, added: str) -> Saved:
    return Saved(paper, bool(starred), bool(read), note, datetime.fromisoformat(added))
