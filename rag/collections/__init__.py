"""What people keep about an index: tags of papers, saved ones, watches, and what these have told.

It is in one small SQLite file beside the folder of the index, so that it outlives an index that is
built again. Papers are known here by their identifiers alone; what one of them has since become is
for the library to say. Who is logged in has tags, watches and saved papers of their own.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rag.collections.file import File, beside
from rag.errors import CollectionError, line
from rag.files import parsed

__all__ = ["Collections", "Watch", "beside"]

LONGEST_NAME = 60
"""Characters of a tag."""


@dataclass(frozen=True, slots=True)
class Watch:
    """A question that is asked again of what is new.

    Attributes
    ----------
    number
        What it is called by.
    question, categories
        What is asked, and of papers in which categories; all, if there are none.
    asked
        When it was asked last, in UTC; None: never.
    """

    number: int
    question: str
    categories: tuple[str, ...] = ()
    asked: datetime | None = None


class Collections(File):
    """The tags and watches of one index, of whoever is meant; see `File`."""

    # -- tags ------------------------------------------------------------------------------------

    def tags(self) -> dict[str, int]:
        """Return how many papers have each tag, in the order of the names."""
        with self._reading() as base:
            found = base.execute(
                "SELECT name, count(*) FROM tags WHERE user = ? GROUP BY name ORDER BY name",
                (self.user,),
            )
            return dict(found.fetchall())

    def tagged(self, name: str) -> list[str]:
        """Return the identifiers of the papers with a tag, whatever its capitals, in order."""
        with self._reading() as base:
            found = base.execute(
                "SELECT DISTINCT paper FROM tags WHERE user = ? AND lower(name) = lower(?) "
                "ORDER BY paper",
                (self.user, name),
            )
            return [paper for (paper,) in found]

    def tags_of(self, paper: str) -> list[str]:
        """Return the tags of a paper, in order."""
        with self._reading() as base:
            found = base.execute(
                "SELECT name FROM tags WHERE user = ? AND paper = ? ORDER BY name",
                (self.user, paper),
            )
            return [name for (name,) in found]

    def all_tags(self) -> dict[str, list[str]]:
        """Return the tags of every paper that has any, in order."""
        with self._reading() as base:
            found: dict[str, list[str]] = {}
            for name, paper in base.execute(
                "SELECT name, paper FROM tags WHERE user = ? ORDER BY name", (self.user,)
            ):
                found.setdefault(paper, []).append(name)
            return found

    def tag(self, name: str, papers: Iterable[str]) -> int:
        """Give papers a tag; returns how many did not have it.

        Raises
        ------
        CollectionError
            If the name is empty, too long or not on one line.
        """
        name = named(name)
        with self._writing() as base:
            return self._tag(base, name, papers)

    def untag(self, name: str, papers: Sequence[str] = ()) -> int:
        """Take a tag from papers, from all if none are given; returns how many had it."""
        with self._writing() as base:
            if not papers:
                return base.execute(
                    "DELETE FROM tags WHERE user = ? AND name = ?", (self.user, name)
                ).rowcount
            rows = [(self.user, name, paper) for paper in papers]
            return base.executemany(
                "DELETE FROM tags WHERE user = ? AND name = ? AND paper = ?", rows
            ).rowcount

    def _tag(self, base: sqlite3.Connection, name: str, papers: Iterable[str]) -> int:
        rows = [(self.user, name, paper) for paper in papers]
        return base.executemany("INSERT OR IGNORE INTO tags VALUES (?, ?, ?)", rows).rowcount

    # -- watches ---------------------------------------------------------------------------------

    def watches(self) -> list[Watch]:
        """Return the watches in the order of their numbers."""
        with self._reading() as base:
            found = base.execute(
                "SELECT number, question, categories, asked FROM watches WHERE user = ? "
                "ORDER BY number",
                (self.user,),
            )
            return [_watch(*row) for row in found]

    def watch(self, question: str, categories: Sequence[str], known: Iterable[str] = ()) -> Watch:
        """Add a watch, or return the one that there is.

        Parameters
        ----------
        known
            What is in the index; it is not new if this is the first watch.
        """
        question, said = " ".join(question.split()), json.dumps(sorted(set(categories)))
        with self._writing() as base:
            own = (self.user,)
            if not base.execute("SELECT 1 FROM watches WHERE user = ? LIMIT 1", own).fetchone():
                self._remember(base, known)
            base.execute(
                "INSERT OR IGNORE INTO watches (user, question, categories, added) "
                "VALUES (?, ?, ?, ?)",
                (self.user, question, said, _now().isoformat()),
            )
            row = base.execute(
                "SELECT number, question, categories, asked FROM watches "
                "WHERE user = ? AND question = ? AND categories = ?",
                (self.user, question, said),
            ).fetchone()
            return _watch(*row)

    def unwatch(self, number: int) -> bool:
        """Remove a watch; tells whether there was one."""
        with self._writing() as base:
            own = "DELETE FROM watches WHERE number = ? AND user = ?"
            return base.execute(own, (number, self.user)).rowcount > 0

    def unknown(self, papers: Iterable[str]) -> list[str]:
        """Return those of some papers that were not there when the watches were last asked."""
        with self._reading() as base:
            found = base.execute("SELECT paper FROM known WHERE user = ?", (self.user,))
            known = {paper for (paper,) in found}
            return [paper for paper in papers if paper not in known]

    def told(self, watch: int, papers: Iterable[str]) -> set[str]:
        """Return those of some papers that a watch has told of before."""
        with self._reading() as base:
            rows = base.execute("SELECT paper FROM told WHERE watch = ?", (watch,))
            return {paper for (paper,) in rows} & set(papers)

    def tell(self, told: Mapping[int, Iterable[str]], known: Iterable[str]) -> None:
        """Remember in one step what watches have told, and which papers they were asked about."""
        with self._writing() as base:
            self._remember(base, known)
            for number, papers in told.items():
                rows = [(number, paper) for paper in papers]
                base.executemany("INSERT OR IGNORE INTO told VALUES (?, ?)", rows)
            base.execute(
                "UPDATE watches SET asked = ? WHERE user = ?", (_now().isoformat(), self.user)
            )

    def _remember(self, base: sqlite3.Connection, papers: Iterable[str]) -> None:
        rows = ((self.user, paper) for paper in papers)
        base.executemany("INSERT OR IGNORE INTO known VALUES (?, ?)", rows)

    # -- all of it -------------------------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as JSON can say it; empty if there is nothing."""
        with self._reading() as base:
            tags: dict[str, list[str]] = {}
            own = (self.user,)
            for name, paper in base.execute(
                "SELECT name, paper FROM tags WHERE user = ? ORDER BY name, paper", own
            ):
                tags.setdefault(name, []).append(paper)
            watches = [
                {"question": question, "categories": parsed(categories), "asked": asked,
                 "told": [p for (p,) in base.execute(
                     "SELECT paper FROM told WHERE watch = ? ORDER BY paper", (number,))]}
                for number, question, categories, asked in base.execute(
                    "SELECT number, question, categories, asked FROM watches WHERE user = ? "
                    "ORDER BY number", own
                ).fetchall()
            ]  # fmt: skip
            known = [p for (p,) in base.execute(
                "SELECT paper FROM known WHERE user = ? ORDER BY paper", own
            )]  # fmt: skip
            saved = [
                {"paper": paper, "starred": bool(starred), "read": bool(read), "note": note,
                 "added": added}
                for paper, starred, read, note, added in base.execute(
                    "SELECT paper, starred, read, note, added FROM saved WHERE user = ? "
                    "ORDER BY paper", own
                )
            ]  # fmt: skip
        known = known if watches else []
        kept = {"tags": tags, "watches": watches, "known": known, "saved": saved}
        return {name: value for name, value in kept.items() if value}

    def add(self, kept: Mapping[str, Any]) -> None:
        """Take in what `to_dict` returned elsewhere, beside what is there.

        Raises
        ------
        CollectionError
            If it is of another form; nothing is taken in then.
        """
        try:
            with self._writing() as base:
                for name, papers in kept.get("tags", {}).items():
                    self._tag(base, named(name), map(str, papers))
                for watch in kept.get("watches", []):
                    self._take_in(base, watch)
                self._remember(base, map(str, kept.get("known", [])))
                for each in kept.get("saved", []):
                    day = datetime.fromisoformat(each["added"]).isoformat()
                    marks = int(each["starred"]), int(each["read"])
                    base.execute(
                        "INSERT OR IGNORE INTO saved (user, paper, starred, read, note, added) "
                        "VALUES (?, ?, ?, ?, ?, ?)",
                        (self.user, str(each["paper"]), *marks, str(each["note"]), day),
                    )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise CollectionError(
                f"The tags and watches of this export cannot be read ({line(error)}): export them "
                "again; the papers are not touched by it."
            ) from error

    def _take_in(self, base: sqlite3.Connection, watch: Mapping[str, Any]) -> None:
        question, categories = str(watch["question"]), json.dumps(list(watch["categories"]))
        asked = datetime.fromisoformat(watch["asked"]).isoformat() if watch["asked"] else None
        base.execute(
            "INSERT OR IGNORE INTO watches (user, question, categories, added, asked) "
            "VALUES (?, ?, ?, ?, ?)",
            (self.user, question, categories, _now().isoformat(), asked),
        )
        (number,) = base.execute(
            "SELECT number FROM watches WHERE user = ? AND question = ? AND categories = ?",
            (self.user, question, categories),
        ).fetchone()
        rows = [(number, str(paper)) for paper in watch["told"]]
        base.executemany("INSERT OR IGNORE INTO told VALUES (?, ?)", rows)


def named(name: str) -> str:
    """Return the name of a tag as it is kept.

    Raises
    ------
    CollectionError
        If it is empty, too long or not on one line.
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise CollectionError(
            f"A tag is a name of 1 to {LONGEST_NAME} characters, not “{name[:LONGEST_NAME]}”."
        )
    return name


def _watch(number: int, question: str, categories: str, asked: str | None) -> Watch:
    when = datetime.fromisoformat(asked) if asked else None
    return Watch(number, question, tuple(parsed(categories)), when)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
