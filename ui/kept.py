"""Conversations that are kept: one small SQLite file beside the folder of the index.

Each question is a row that knows the one before it, so a conversation is a tree: asking again or
editing adds a branch and loses nothing. Everybody who logs in has conversations of their own. What
is kept is what was asked and the answer as `Answer.to_dict` returns it; how it is shown is decided
elsewhere. A file that cannot be written stops nothing: `Shelf.trouble` says why nothing is kept.
"""

import json
import logging
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.files import parsed

LONGEST_TITLE = 80
"""Characters of a conversation's name."""

MOST_LISTED = 200
"""Conversations in the list; older ones are found by their words."""

UNDO = 24 * 3600
"""Seconds after which a deleted conversation is gone for good."""

DAMAGED = "What was kept of this answer is damaged: ask again."
_WAIT = 5.0  # seconds for another process to be done writing
_SCHEMA = """
CREATE TABLE IF NOT EXISTS conversations (
  id TEXT PRIMARY KEY, user TEXT NOT NULL, title TEXT NOT NULL, leaf TEXT NOT NULL,
  changed REAL NOT NULL, deleted REAL
);
CREATE TABLE IF NOT EXISTS exchanges (
  id TEXT PRIMARY KEY, conversation TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE,
  parent TEXT NOT NULL, made REAL NOT NULL, question TEXT NOT NULL, kept TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS topics (
  conversation TEXT PRIMARY KEY REFERENCES conversations ON DELETE CASCADE, title TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS of_conversation ON exchanges (conversation, made);
CREATE INDEX IF NOT EXISTS of_user ON conversations (user, changed);
"""
_FIRST = (  # what was asked first in a conversation `c`
    "(SELECT question FROM exchanges e WHERE e.conversation = c.id ORDER BY made, rowid LIMIT 1)"
)
_DAMAGED = (sqlite3.Error, UnicodeDecodeError)  # what SQLite says of damage may be no text itself
_log = logging.getLogger("rag.ui")


@dataclass(frozen=True, slots=True)
class Listed:
    """A conversation in the list.

    Attributes
    ----------
    title
        The name that it was given, or the topic of its first question; that question until it has
        been read.
    changed
        When something was last asked in it, in seconds since 1970.
    question
        The first question as it was asked.
    """

    id: str
    title: str
    changed: float
    question: str


def beside(index: Path) -> Path:
    """Return where the conversations about the index at a path are kept."""
    return index.parent / f"{index.name}.conversations.sqlite"


def new_name() -> str:
    """Return a name that no other conversation has."""
    return secrets.token_hex(4)


class Shelf:
    """The conversations about one index.

    Parameters
    ----------
    file
        Where they are kept; None: nowhere.
    """

    def __init__(self, file: Path | None) -> None:
        self.file = file
        self.trouble = ""
        self._making = threading.Lock()
        self._made = False

    @property
    def keeps(self) -> bool:
        """Whether conversations are kept."""
        return self.file is not None and not self.trouble

    def put(
        self,
        user: str,
        conversation: str,
        exchange: str,
        parent: str,
        kept: Mapping[str, Any],
        topic: str = "",
    ) -> None:
        """Keep a question, new or grown; its conversation is at a new one.

        Parameters
        ----------
        kept
            ``question`` and whatever else `load` is to return, as JSON takes it.
        topic
            What the conversation is about, as far as that is known; it is called by it unless
            somebody has named it.
        """
        now, question = time.time(), str(kept["question"])
        title = _folded(question)
        with self._writing() as base:
            known = base.execute("SELECT 1 FROM exchanges WHERE id = ?", (exchange,)).fetchone()
            base.execute(
                "INSERT INTO conversations VALUES (?, ?, ?, ?, ?, NULL) ON CONFLICT (id) DO UPDATE "
                "SET leaf = CASE WHEN ? THEN leaf ELSE excluded.leaf END, "
                "changed = excluded.changed WHERE user = excluded.user",
                (conversation, user, title, exchange, now, known is not None),
            )
            base.execute(
                "INSERT INTO exchanges VALUES (?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (id) DO UPDATE SET kept = excluded.kept",
                (exchange, conversation, parent, now, question, json.dumps(kept)),
            )
            if topic := _folded(topic):
                _call(base, user, conversation, topic)

    def choose(self, user: str, conversation: str, leaf: str) -> None:
        """Keep at which of its questions a conversation is."""
        with self._writing() as base:
            base.execute(
                "UPDATE conversations SET leaf = ? WHERE id = ? AND user = ?",
                (leaf, conversation, user),
            )

    def load(self, user: str, conversation: str) -> tuple[str, list[dict[str, Any]]] | None:
        """Return at which question a conversation is, and all of them; None if there is no such.

        Each has ``name`` and ``parent`` and what was kept of it, the earliest first; of one whose
        row is damaged that is the question.
        """
        own: tuple[str] | None = None
        found: list[tuple[str, str, str, str]] = []
        with self._reading() as base:
            own = base.execute(
                "SELECT leaf FROM conversations WHERE id = ? AND user = ? AND deleted IS NULL",
                (conversation, user),
            ).fetchone()
            found = base.execute(
                "SELECT id, parent, question, kept FROM exchanges WHERE conversation = ? "
                "ORDER BY made, rowid",
                (conversation,),
            ).fetchall()
        if own is None:
            return None
        rows = [{**_kept(asked, kept), "name": n, "parent": p} for n, p, asked, kept in found]
        return str(own[0]), rows

    def list(self, user: str, words: str = "") -> list[Listed]:
        """Return the conversations of somebody with all these words, the latest first."""
        sought = [f"%{_literal(word)}%" for word in words.split()]
        has = (
            " AND (title LIKE ? ESCAPE '!' OR EXISTS (SELECT 1 FROM exchanges e WHERE "
            "e.conversation = c.id AND (e.question LIKE ? ESCAPE '!' OR e.kept LIKE ? ESCAPE '!')))"
        )
        listed: list[Listed] = []
        with self._reading() as base:
            found = base.execute(
                f"SELECT id, title, changed, {_FIRST} FROM conversations c "
                "WHERE user = ? AND deleted IS NULL"
                f"{has * len(sought)} ORDER BY changed DESC LIMIT {MOST_LISTED}",
                (user, *(word for word in sought for _ in range(3))),
            )
            listed = [Listed(n, title, at, asked or title) for n, title, at, asked in found]
        return listed

    def rename(self, user: str, conversation: str, title: str) -> None:
        """Give a conversation another name; an empty one changes nothing."""
        if short := _folded(title):
            with self._writing() as base:
                base.execute(
                    "UPDATE conversations SET title = ? WHERE id = ? AND user = ?",
                    (short, conversation, user),
                )

    def delete(self, user: str, conversation: str, undo: bool = False) -> None:
        """Delete a conversation, or take that back within a day."""
        with self._writing() as base:
            base.execute(
                "UPDATE conversations SET deleted = ? WHERE id = ? AND user = ?",
                (None if undo else time.time(), conversation, user),
            )

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Open the file to write; what goes wrong is told once, and nothing is kept from then on.

        Without a file what is written goes nowhere.
        """
        with self._reading() as base:
            try:
                with base:
                    yield base
            except _DAMAGED as error:
                self._fail(error)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """Open the file to read; what cannot be read is not there, and nothing is kept then."""
        try:
            base = self._open()
        except _DAMAGED as error:
            self._fail(error)
            base = _empty()
        with closing(base):
            try:
                yield base
            except _DAMAGED as error:
                self._fail(error)

    def _fail(self, error: Exception) -> None:
        if not self.trouble:
            _log.warning("Conversations are not kept: %s: %s", self.file, error)
        self.trouble = f"Conversations are not kept: {error}."

    def _open(self) -> sqlite3.Connection:
        if self.file is None or self.trouble:
            return _empty()
        with self._making:
            base = sqlite3.connect(self.file, timeout=_WAIT)
            base.text_factory = _text
            base.execute("PRAGMA foreign_keys = ON")
            if not self._made:
                base.executescript(f"PRAGMA journal_mode = WAL; {_SCHEMA}")
                before = time.time() - UNDO
                base.execute("DELETE FROM conversations WHERE deleted < ?", (before,))
                base.commit()
                self.file.chmod(0o600)  # what somebody asks is nobody else's business
                self._made = True
            return base


def _call(base: sqlite3.Connection, user: str, conversation: str, topic: str) -> None:
    """Call a conversation by a topic, unless somebody has named it."""
    found = base.execute(
        f"SELECT c.title, t.title, {_FIRST} FROM conversations c LEFT JOIN topics t "
        "ON t.conversation = c.id WHERE c.id = ? AND c.user = ?",
        (conversation, user),
    ).fetchone()
    title, called, asked = found or (None, "", "")
    if title != (called or _folded(str(asked))):
        return
    base.execute("INSERT OR REPLACE INTO topics VALUES (?, ?)", (conversation, topic))
    base.execute("UPDATE conversations SET title = ? WHERE id = ?", (topic, conversation))


def _folded(title: str) -> str:
    """Return a text on one line, as long as a name may be."""
    short = " ".join(title.split())
    return short if len(short) <= LONGEST_TITLE else short[: LONGEST_TITLE - 1].rstrip() + "…"


def _empty() -> sqlite3.Connection:
    base = sqlite3.connect(":memory:")
    base.executescript(_SCHEMA)
    return base


def _text(kept: bytes) -> str:
    """Return a text of the file; what is damaged in it is shown as such."""
    return kept.decode(errors="replace")


def _kept(question: str, kept: str) -> dict[str, Any]:
    """Return what was kept of a question; the question alone, where that cannot be read."""
    try:
        return dict(parsed(kept))
    except (ValueError, TypeError):
        failed = {"question": question, "state": "failed", "note": DAMAGED}
        return {**failed, "total": 0, "filters": None, "answer": None, "suggestions": []}


def _literal(word: str) -> str:
    return word.replace("!", "!!").replace("%", "!%").replace("_", "!_")
