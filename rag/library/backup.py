"""A library in one file, made while others read and write; `restoring` makes a library of it again.

The file is a ZIP archive of the papers' index as of one commit, of what else lies in the folder
(how far papers were fetched), of the tags and watches beside it, and of a list with the digest of
each. Chroma's files are left out: they change while they are read, and hold nothing that the papers
do not hold too. A backup is there whole or not at all, whenever the program is stopped.
"""

import contextlib
import hashlib
import io
import json
import os
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from rag.errors import LibraryError, line
from rag.files import opened, parsed, text_of
from rag.library import disk, journal, opening, segments

LIST = "backup.json"
"""Name of the list in the archive."""

VERSION = 1
"""Of the archive; another one is not read."""

CHUNK = 1 << 20
"""Bytes that are copied at a time."""

KEPT = "collections.sqlite"
"""What the name of the file of tags and watches, beside the library, ends with."""

_TRIES = 20  # somebody else may clear away files that this is about to open
_SQLITE = b"SQLite format 3\x00"
_OWN = {"identity.json", "journal.json"}  # what is written anew where it is restored


@dataclass(frozen=True, slots=True)
class Made:
    """What a backup holds, or what was made from one."""

    papers: int
    bytes: int


def backup(path: Path, target: Path) -> Made:
    """Write a library into one file; others may read and write meanwhile.

    Parameters
    ----------
    path
        Of the library.
    target
        The file. One that is there is replaced if it is a backup, in one step.

    Raises
    ------
    LibraryError
        If there is no library, it is damaged, or the file cannot be written or is within it.
    """
    identity = disk.read_identity(path)
    with writing(target):
        if target.exists() and not _is_backup(target):
            raise LibraryError(f"{target} is there already and is no backup: give another name.")
        if path.resolve() in target.resolve().parents:  # each would hold those before it
            raise LibraryError(f"{target} lies in the index itself: give a place outside of it.")
    with disk.told(path, "read"):
        opening.now(path)  # a library that has lost papers is told so
    draft = target.with_name(f"{target.name}.part")
    with writing(target):
        try:
            with zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
                papers = _fill(archive, path, identity)
            with draft.open("rb") as written:
                os.fsync(written.fileno())
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
    return Made(papers, target.stat().st_size)


def tags_of(path: Path) -> Path:
    """Return where the tags and watches of the library at a path are kept, beside it."""
    return path.with_name(f"{path.name}.{KEPT}")


def _fill(archive: zipfile.ZipFile, path: Path, identity: disk.Identity) -> int:
    """Write all members of an archive; return how many papers there are."""
    sums: dict[str, str] = {}
    # Before the papers: a mark of how far they were fetched must not say more than they hold.
    for file in sorted(path.iterdir()):
        if file.name not in _OWN and not file.name.endswith((".lock", ".new")) and file.is_file():
            name = f"beside/{file.name}"
            sums[name] = _put(archive, name, io.BytesIO(_content(file)))
    if (tags := tags_of(path)).is_file():
        sums[f"kept/{KEPT}"] = _put(archive, f"kept/{KEPT}", io.BytesIO(_content(tags)))
    with ExitStack() as stack:
        meta, streams = _commit(path / "words", stack)
        known = journal.read(path)
        name = f"words/{segments.META}"
        sums[name] = _put(archive, name, io.BytesIO(meta.encode()))
        for file_name, stream in streams.items():
            name = f"words/{file_name}"
            sums[name] = _put(archive, name, stream)
            expected = known.files.get(file_name, sums[name]) if known else sums[name]
            if expected != sums[name]:
                raise LibraryError(
                    f"{path / name} is damaged, and no backup was made: `rag doctor --repair` "
                    "mends it."
                )
    papers = sum(_living(part) for part in parsed(meta)["segments"])
    kept = {
        "arxiv-rag backup": VERSION,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "papers": papers,
        "identity": asdict(identity),
        "sha256": sums,
    }
    archive.writestr(_member(LIST), json.dumps(kept, indent=1))
    return papers


def _living(part: dict[str, Any]) -> int:
    deleted = part["deletes"]["num_deleted_docs"] if part["deletes"] else 0
    return int(part["max_doc"]) - int(deleted)


def _commit(words: Path, stack: ExitStack) -> tuple[str, dict[str, IO[bytes]]]:
    """Open all files of one commit at once: whoever writes may clear them away afterwards."""
    for left in reversed(range(_TRIES)):
        meta = text_of(words / segments.META)
        with ExitStack() as attempt:
            try:
                streams: dict[str, IO[bytes]] = {
                    name: attempt.enter_context(opened(words / name))
                    for name in segments.files_of(meta)
                }
            except FileNotFoundError as error:
                if not left:
                    raise LibraryError(
                        f"{error.filename} is missing, and no backup was made: "
                        "`rag doctor --repair` mends it."
                    ) from error
                continue
            stack.enter_context(attempt.pop_all())
            return meta, streams
    raise AssertionError("unreachable")


def _content(file: Path) -> bytes:
    """Return what a file beside the papers holds; a database as of one moment."""
    with opened(file) as stream:
        head = stream.read(len(_SQLITE))
        if head != _SQLITE:
            return head + stream.read()
    address = f"{file.absolute().as_uri()}?mode=ro"
    try:
        with contextlib.closing(sqlite3.connect(address, uri=True)) as database:
            return database.serialize()
    except (sqlite3.Error, UnicodeDecodeError) as error:  # what SQLite says may be damaged, too
        raise LibraryError(
            f"{file} is damaged ({line(error)}), and no backup was made: move it aside first."
        ) from error


def _put(archive: zipfile.ZipFile, name: str, stream: IO[bytes]) -> str:
    """Copy a stream into an archive; return its SHA-256."""
    found = hashlib.sha256()
    with archive.open(_member(name), "w", force_zip64=True) as member:
        while chunk := stream.read(CHUNK):
            found.update(chunk)
            member.write(chunk)
    return found.hexdigest()


def _member(name: str) -> zipfile.ZipInfo:
    """Return a member of no time: an archive knows none before 1980, as some clocks have it."""
    return zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))


def _is_backup(file: Path) -> bool:
    if not file.is_file():  # a pipe would be waited for
        return False
    try:
        with zipfile.ZipFile(file) as archive:
            return LIST in archive.namelist()
    except (OSError, zipfile.BadZipFile):
        return False


@contextmanager
def writing(target: Path) -> Iterator[None]:
    """Say what could not be written as a `LibraryError`."""
    try:
        yield
    except OSError as error:
        raise LibraryError(
            f"{target} cannot be written ({line(error)}): make room or give another place."
        ) from error
