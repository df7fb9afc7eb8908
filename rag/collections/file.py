"""The one small SQLite file of what people keep about an index: its form, opening and closing it.

Reading never makes the file, nor brings an older one into the form of today: it is read as it is,
from a copy in memory. Writing does. Everybody who logs in has rows of their own; without a login
they belong to nobody, and so do those of the command line.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import CollectionError, line

VERSION = 2
"""The form of the file: 2 has rows for each user and saved papers."""

_WAIT = 10.0  # seconds for another process to finish writing: it takes a few milliseconds
_SAVED = """
CREATE TABLE saved (
    user TEXT NOT NULL, paper TEXT NOT NULL, starred INTEGER NOT NULL DEFAULT 0,
    read INTEGER NOT NULL DEFAULT 0, note TEXT NOT NULL DEFAULT '', added TEXT NOT NULL,
    PRIMARY KEY (user, paper)
) WITHOUT ROWID;
"""
_TABLES = f"""
CREATE TABLE tags (
    user TEXT NOT NULL, name TEXT NOT NULL, paper TEXT NOT NULL, PRIMARY KEY (user, name, paper)
) WITHOUT ROWID;
CREATE TABLE watches (
    number INTEGER PRIMARY KEY, user TEXT NOT NULL, question TEXT NOT NULL,
    categories TEXT NOT NULL, added TEXT NOT NULL, asked TEXT, UNIQUE (user, question, categories)
);
CREATE TABLE known (
    user TEXT NOT NULL, paper TEXT NOT NULL, PRIMARY KEY (user, paper)
) WITHOUT ROWID;
CREATE TABLE told (
    watch INTEGER NOT NULL REFERENCES watches ON DELETE CASCADE, paper TEXT NOT NULL,
    PRIMARY KEY (watch, paper)
) WITHOUT ROWID;
{_SAVED}"""
_FROM_1 = f"""
ALTER TABLE tags RENAME TO tags_1;
ALTER TABLE known RENAME TO known_1;
CREATE TABLE watches_2 (
    number INTEGER PRIMARY KEY, user TEXT NOT NULL, question TEXT NOT NULL,
    categories TEXT NOT NULL, added TEXT NOT NULL, asked TEXT, UNIQUE (user, question, categories)
);
CREATE TABLE tags (
    user TEXT NOT NULL, name TEXT NOT NULL, paper TEXT NOT NULL, PRIMARY KEY (user, name, paper)
) WITHOUT ROWID;
CREATE TABLE known (
    user TEXT NOT NULL, paper TEXT NOT NULL, PRIMARY KEY (user, paper)
) WITHOUT ROWID;
INSERT INTO tags SELECT '', name, paper FROM tags_1;
INSERT INTO known SELECT '', paper FROM known_1;
INSERT INTO watches_2 SELECT number, '', question, categories, added, asked FROM watches;
DROP TABLE tags_1;
DROP TABLE known_1;
DROP TABLE watches;
ALTER TABLE watches_2 RENAME TO watches;
{_SAVED}"""


def beside(index: Path) -> Path:
    """Return where the collections of the index at a path are kept."""
    return index.parent / f"{index.name}.collections.sqlite"


class File:
    """The file, and whose rows of it are meant.

    Parameters
    ----------
    index
        Folder of the index; it need not be there.
    user
        Who is logged in; empty where nobody has to.

    Raises
    ------
    CollectionError
        By every method: if the file is damaged, or cannot be written.
    """

    def __init__(self, index: Path, user: str = "") -> None:
        self.file = beside(index)
        self.user = user

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        there = self.file.exists()
        with _told(self.file, "read"):
            if there:
                address = f"{self.file.absolute().as_uri()}?mode=ro"
                base = sqlite3.connect(address, uri=True)
            else:
                base = sqlite3.connect(":memory:")
            base.text_factory = _text
        try:
            with _told(self.file, "read", ValueError, TypeError):  # rows that are damaged
                if not there or _version(base, self.file) != VERSION:
                    base = _copied(base)
                    _form(base, self.file)
                yield base
        finally:
            base.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with _told(self.file, "written"):
            self.file.parent.mkdir(parents=True, exist_ok=True)
            base = sqlite3.connect(self.file, timeout=_WAIT, isolation_level=None)
            base.text_factory = _text
            try:
                if _version(base, self.file) != VERSION:
                    base.execute("BEGIN IMMEDIATE")
                    _form(base, self.file)
                    base.execute("COMMIT")
                # Only now: dropping a table would take with it what refers to its rows.
                base.execute("PRAGMA foreign_keys = ON")
                base.execute("BEGIN IMMEDIATE")
                yield base
                base.execute("COMMIT")
            finally:
                base.close()  # what was not committed is undone


def _version(base: sqlite3.Connection, file: Path) -> int:
    version = int(base.execute("PRAGMA user_version").fetchone()[0])
    if version > VERSION:
        raise CollectionError(
            f"{file} was written by a newer version of this program (form {version}, known here: "
            f"{VERSION}): update arxiv-rag."
        )
    return version


def _form(base: sqlite3.Connection, file: Path) -> None:
    """Bring an open file into the form of today; another process may have done it meanwhile."""
    version = _version(base, file)
    if version == VERSION:
        return
    for statement in filter(str.strip, (_FROM_1 if version else _TABLES).split(";")):
        base.execute(statement)
    base.execute(f"PRAGMA user_version = {VERSION}")


def _copied(base: sqlite3.Connection) -> sqlite3.Connection:
    """Return a copy in memory, and close what it is a copy of."""
    copy = sqlite3.connect(":memory:", isolation_level=None)
    copy.text_factory = _text
    base.backup(copy)
    base.close()
    return copy


def _text(kept: bytes) -> str:
    """Return a text of the file; what is damaged in it is shown as such."""
    return kept.decode(errors="replace")


@contextmanager
def _told(file: Path, done: str, *more: type[Exception]) -> Iterator[None]:
    # What SQLite says of damage may be no text itself.
    told: tuple[type[Exception], ...] = (sqlite3.Error, OSError, UnicodeDecodeError, *more)
    try:
        yield
    except told as error:
        remedy = "make room, or allow it" if done == "written" else "move it aside to begin anew"
        raise CollectionError(f"{file} cannot be {done} ({line(error)}): {remedy}.") from error
