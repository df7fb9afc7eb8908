"""What the last commit left: how many papers, which files, and what was in them.

The engine that keeps the papers takes a folder whose files are gone for an empty one. The journal
knows better: it is written before each commit and after it, so it always says how many papers
there have to be, and a library with fewer is not whole. It holds copies of the two files that
nothing else can replace, and a digest of every other one. It is an aid: without it, or with one
that an older version left, a library is read all the same.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from rag.files import opened, parsed_file, text_of
from rag.library import disk, segments

_FILE = "journal.json"


@dataclass(frozen=True, slots=True)
class Journal:
    """The state of a library.

    Attributes
    ----------
    papers
        How many were committed, the withdrawn ones too.
    becoming
        How many there are once the commit that is going on has been made; None: there is none.
    identity
        The library's, as `rag.library.disk.Identity` holds it.
    meta
        The text of tantivy's ``meta.json``.
    files
        The SHA-256 of each file of the segments.
    """

    papers: int = 0
    becoming: int | None = None
    identity: dict[str, Any] = field(default_factory=dict)
    meta: str = ""
    files: dict[str, str] = field(default_factory=dict)

    @property
    def fewest(self) -> int:
        """How many papers a whole library has at least."""
        return self.papers if self.becoming is None else min(self.papers, self.becoming)

    @property
    def most(self) -> int:
        """How many papers a library has at most that nobody has written to since."""
        return self.papers if self.becoming is None else max(self.papers, self.becoming)


def file(path: Path) -> Path:
    """Return where the journal of the library at a path is kept."""
    return path / _FILE


def read(path: Path) -> Journal | None:
    """Return the journal of a library; None where there is none, or it is damaged."""
    try:
        kept = parsed_file(file(path))
        if kept.pop("sha256") != _digest_of(kept):
            return None
        return Journal(**kept)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def begin(path: Path, papers: int, becoming: int) -> None:
    """Note that a commit is about to make another number of papers of one."""
    _write(path, replace(read(path) or Journal(), papers=papers, becoming=becoming))


def settle(path: Path, papers: int, identity: dict[str, Any]) -> None:
    """Note what a commit has left; nobody else may write meanwhile."""
    words = path / "words"
    before = read(path) or Journal()
    meta = text_of(words / segments.META)
    # A file of a segment never changes, so what is known is not read again.
    files = {
        name: before.files.get(name) or digest(words / name) for name in segments.files_of(meta)
    }
    _write(path, Journal(papers, None, identity, meta, files))


def note_identity(path: Path, identity: dict[str, Any]) -> None:
    """Note the identity of a library that has just been made."""
    _write(path, replace(read(path) or Journal(), identity=identity))


def forget(path: Path) -> None:
    """Forget all, before what the library has now is noted."""
    file(path).unlink(missing_ok=True)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits."""
    with opened(path) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _write(path: Path, journal: Journal) -> None:
    kept = asdict(journal)
    disk.write_whole(file(path), json.dumps({**kept, "sha256": _digest_of(kept)}) + "\n")


def _digest_of(kept: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()
