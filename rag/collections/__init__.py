"""What people keep about an index: tags of papers, watches, and what each of these has told.

It is in one small SQLite file beside the folder of the index, so that it outlives an index that is
built again. Reading never makes the file. Papers are known here by their identifiers alone; what
one of them has since become is for the library to say.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rag.errors import CollectionError, line

__all__ = ["Collections", "Watch", "beside"]

LONGEST_NAME = 60
"""Characters of a tag."""

_VERSION = 1
_WAIT = 10.0  # seconds for another process to finish writing: it takes a few milliseconds
_TABLES = """
CREATE TABLE tags (
    name TEXT NOT NULL, paper TEXT NOT NULL, PRIMARY KEY (name, paper)
) WITHOUT ROWID;
CREATE TABLE watches (
    number INTEGER PRIMARY KEY, question TEXT NOT NULL, categories TEXT NOT NULL,
    added TEXT NOT NULL, asked TEXT, UNIQUE (question, categories)
);
CREATE TABLE known (paper TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE told (
    watch INTEGER NOT NULL REFERENCES watches ON DELETE CASCADE, paper TEXT NOT NULL,
    PRIMARY KEY (watch, paper)
) WITHOUT ROWID;
"""


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


def beside(index: Path) -> Path:
    """Return where the collections of the index at a path are kept."""
    return index.parent / f"{index.name}.collections.sqlite"


class Collections:
    """The tags and watches of one index.

    Parameters
    ----------
    index
        Folder of the index; it need not be there.

    Raises
    ------
    CollectionError
        By every method: if the file is damaged, or cannot be written.
    """

    def __init__(self, index: Path) -> None:
        self.file = beside(index)

    # -- tags ------------------------------------------------------------------------------------

    def tags(self) -> dict[str, int]:
        """Return how many papers have each tag, in the order of the names."""
        with self._reading() as base:
            found = base.execute("SELECT name, count(*) FROM tags GROUP BY name ORDER BY name")
            return dict(found.fetchall())

    def tagged(self, name: str) -> list[str]:
        """Return the identifiers of the papers with a tag, whatever its capitals, in order."""
        with self._reading() as base:
            found = base.execute(
                "SELECT DISTINCT paper FROM tags WHERE lower(name) = lower(?) ORDER BY paper",
                (name,),
            )
            return [paper for (paper,) in found]

    def tags_of(self, paper: str) -> list[str]:
        """Return the tags of a paper, in order."""
        with self._reading() as base:
            found = base.execute("SELECT name FROM tags WHERE paper = ? ORDER BY name", (paper,))
            return [name for (name,) in found]

    def tag(self, name: str, papers: Iterable[str]) -> int:
        """Give papers a tag; returns how many did not have it.

        Raises
        ------
        CollectionError
            If the name is empty, too long or not on one line.
        """
        name = named(name)
        with self._writing() as base:
            rows = [(name, paper) for paper in papers]
            return base.executemany("INSERT OR IGNORE INTO tags VALUES (?, ?)", rows).rowcount

    def untag(self, name: str, papers: Sequence[str] = ()) -> int:
        """Take a tag from papers, from all if none are given; returns how many had it."""
        with self._writing() as base:
            if not papers:
                return base.execute("DELETE FROM tags WHERE name = ?", (name,)).rowcount
            rows = [(name, paper) for paper in papers]
            return base.executemany("DELETE FROM tags WHERE name = ? AND paper = ?", rows).rowcount

    # -- watches ---------------------------------------------------------------------------------

    def watches(self) -> list[Watch]:
        """Return the watches in the order of their numbers."""
        with self._reading() as base:
            found = base.execute(
                "SELECT number, question, categories, asked FROM watches ORDER BY number"
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
            if not base.execute("SELECT 1 FROM watches LIMIT 1").fetchone():
                _remember(base, known)
            base.execute(
                "INSERT OR IGNORE INTO watches (question, categories, added) VALUES (?, ?, ?)",
                (question, said, _now().isoformat()),
            )
            row = base.execute(
                "SELECT number, question, categories, asked FROM watches "
                "WHERE question = ? AND categories = ?",
                (question, said),
            ).fetchone()
            return _watch(*row)

    def unwatch(self, number: int) -> bool:
        """Remove a watch; tells whether there was one."""
        with self._writing() as base:
            return base.execute("DELETE FROM watches WHERE number = ?", (number,)).rowcount > 0

    def unknown(self, papers: Iterable[str]) -> list[str]:
        """Return those of some papers that were not there when the watches were last asked."""
        with self._reading() as base:
            known = {paper for (paper,) in base.execute("SELECT paper FROM known")}
            return [paper for paper in papers if paper not in known]

    def told(self, watch: int, papers: Iterable[str]) -> set[str]:
        """Return those of some papers that a watch has told of before."""
        with self._reading() as base:
            rows = base.execute("SELECT paper FROM told WHERE watch = ?", (watch,))
            return {paper for (paper,) in rows} & set(papers)

    def tell(self, told: Mapping[int, Iterable[str]], known: Iterable[str]) -> None:
        """Remember in one step what watches have told, and which papers they were asked about."""
        with self._writing() as base:
            _remember(base, known)
            for number, papers in told.items():
                rows = [(number, paper) for paper in papers]
                base.executemany("INSERT OR IGNORE INTO told VALUES (?, ?)", rows)
            base.execute("UPDATE watches SET asked = ?", (_now().isoformat(),))

    # -- all of it -------------------------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as JSON can say it; empty if there is nothing."""
        with self._reading() as base:
            tags: dict[str, list[str]] = {}
            for name, paper in base.execute("SELECT name, paper FROM tags ORDER BY name, paper"):
                tags.setdefault(name, []).append(paper)
            watches = [
                {"question": question, "categories": json.loads(categories), "asked": asked,
                 "told": [p for (p,) in base.execute(
                     "SELECT paper FROM told WHERE watch = ? ORDER BY paper", (number,))]}
                for number, question, categories, asked in base.execute(
                    "SELECT number, question, categories, asked FROM watches ORDER BY number"
                ).fetchall()
            ]  # fmt: skip
            known = [p for (p,) in base.execute("SELECT paper FROM known ORDER BY paper")]
        kept = {"tags": tags, "watches": watches, "known": known if watches else []}
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
                    rows = [(named(name), str(paper)) for paper in papers]
                    base.executemany("INSERT OR IGNORE INTO tags VALUES (?, ?)", rows)
                for watch in kept.get("watches", []):
                    _take_in(base, watch)
                _remember(base, map(str, kept.get("known", [])))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise CollectionError(
                f"The tags and watches of this export cannot be read ({line(error)}): export them "
                "again; the papers are not touched by it."
            ) from error

    # -- the file --------------------------------------------------------------------------------

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        if not self.file.exists():
            with _told(self.file, "read"):
                base = sqlite3.connect(":memory:")
                base.executescript(_TABLES)
        else:
            with _told(self.file, "read"):
                base = sqlite3.connect(f"{self.file.absolute().as_uri()}?mode=ro", uri=True)
        try:
            with _told(self.file, "read"):
                yield base
        finally:
            base.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with _told(self.file, "written"):
            self.file.parent.mkdir(parents=True, exist_ok=True)
            base = sqlite3.connect(self.file, timeout=_WAIT, isolation_level=None)
            try:
                base.execute("PRAGMA foreign_keys = ON")
                base.execute("BEGIN IMMEDIATE")
                if base.execute("PRAGMA user_version").fetchone()[0] == 0:
                    for statement in filter(str.strip, _TABLES.split(";")):
                        base.execute(statement)
                    base.execute(f"PRAGMA user_version = {_VERSION}")
                yield base
                base.execute("COMMIT")
            finally:
                base.close()  # what was not committed is undone


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


@contextmanager
def _told(file: Path, done: str) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        remedy = "make room, or allow it" if done == "written" else "move it aside to begin anew"
        raise CollectionError(f"{file} cannot be {done} ({line(error)}): {remedy}.") from error


def _remember(base: sqlite3.Connection, papers: Iterable[str]) -> None:
    base.executemany("INSERT OR IGNORE INTO known VALUES (?)", ((paper,) for paper in papers))


def _take_in(base: sqlite3.Connection, watch: Mapping[str, Any]) -> None:
    question, categories = str(watch["question"]), json.dumps(list(watch["categories"]))
    asked = datetime.fromisoformat(watch["asked"]).isoformat() if watch["asked"] else None
    base.execute(
        "INSERT OR IGNORE INTO watches (question, categories, added, asked) VALUES (?, ?, ?, ?)",
        (question, categories, _now().isoformat(), asked),
    )
    (number,) = base.execute(
        "SELECT number FROM watches WHERE question = ? AND categories = ?", (question, categories)
    ).fetchone()
    rows = [(number, str(paper)) for paper in watch["told"]]
    base.executemany("INSERT OR IGNORE INTO told VALUES (?, ?)", rows)


def _watch(number: int, question: str, categories: str, asked: str | None) -> Watch:
    when = datetime.fromisoformat(asked) if asked else None
    return Watch(number, question, tuple(json.loads(categories)), when)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
