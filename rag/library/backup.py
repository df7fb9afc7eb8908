"""A library in one file, made while others read and write, and a library made from it again.

The file is a ZIP archive of the papers' index as of one commit, of what else lies in the folder
(how far papers were fetched), of the tags and watches beside it, and of a list with the digest of
each. Chroma's files are left
out: they change while they are read, and hold nothing that the papers do not hold too; `restore`
makes them again. A backup or a library is there whole or not at all, whenever the program is
stopped.
"""

import contextlib
import errno
import gc
import hashlib
import io
import json
import os
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Any

from rag.errors import LibraryError, line
from rag.library import Library, chroma, disk, journal, opening, segments, terms
from rag.library.batches import batches

if TYPE_CHECKING:
    from rag.library.records import Record

LIST = "backup.json"
"""Name of the list in the archive."""

VERSION = 1
_TRIES = 20  # somebody else may clear away files that this is about to open
_CHUNK = 1 << 20  # bytes
_AT_ONCE = 500  # papers whose vectors are added at once
_DAMAGED = (
    *(ValueError, KeyError, TypeError, EOFError, RuntimeError, OverflowError),
    *(zipfile.BadZipFile, zlib.error),
)
"""What reading an archive raises where bits of it are others than they were."""

_SQLITE = b"SQLite format 3\x00"
_KEPT = "collections.sqlite"  # what the name of the file of tags and watches, beside it, ends with
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
        If there is no library, it is damaged, or the file cannot be written.
    """
    identity = disk.read_identity(path)
    if target.exists() and not _is_backup(target):
        raise LibraryError(f"{target} is there already and is no backup: give another name.")
    with disk.told(path, "read"):
        opening.now(path)  # a library that has lost papers is told so
    draft = target.with_name(f"{target.name}.part")
    with _writing(target):
        try:
            with zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
                papers = _fill(archive, path, identity)
            with draft.open("rb") as opened:
                os.fsync(opened.fileno())
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
    return Made(papers, target.stat().st_size)


def restore(
    source: Path,
    path: Path,
    server: str | None = None,
    progress: Callable[[int, int], None] = lambda done, papers: None,
) -> Made:
    """Make a library from a backup.

    Parameters
    ----------
    source
        The file.
    path
        Where the library is to be; there must be none.
    server
        Address of the Chroma server that is to have the vectors; None: they are in the folder.
    progress
        Is told how many papers of how many have their vectors in Chroma.

    Raises
    ------
    LibraryError
        If the file is no backup or damaged, or there is something at the path. Tags that are
        there already are left as they are.
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise LibraryError(
            f"There is something at {path}: move it away, or set RAG_INDEX to a new folder."
        )
    with _unpacked(source, path) as (folder, listed):
        library = _made(folder, listed, server, progress)
        papers = int(library.store().searcher.num_docs)
        del library
        gc.collect()  # Chroma has files open, and refers to itself
        size = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())
        if path.exists():
            path.rmdir()
        folder.rename(path)
        if (tags := folder.with_name(_KEPT)).is_file() and not _tags(path).exists():
            tags.rename(_tags(path))
    return Made(papers, size)


def _tags(path: Path) -> Path:
    return path.with_name(f"{path.name}.{_KEPT}")


def _fill(archive: zipfile.ZipFile, path: Path, identity: disk.Identity) -> int:
    """Write all members of an archive; return how many papers there are."""
    sums: dict[str, str] = {}
    # Before the papers: a mark of how far they were fetched must not say more than they hold.
    for file in sorted(path.iterdir()):
        if file.name not in _OWN and not file.name.endswith((".lock", ".new")) and file.is_file():
            name = f"beside/{file.name}"
            sums[name] = _put(archive, name, io.BytesIO(_content(file)))
    if (tags := _tags(path)).is_file():
        sums[f"kept/{_KEPT}"] = _put(archive, f"kept/{_KEPT}", io.BytesIO(_content(tags)))
    with ExitStack() as stack:
        meta, opened = _commit(path / "words", stack)
        known = journal.read(path)
        name = f"words/{segments.META}"
        sums[name] = _put(archive, name, io.BytesIO(meta.encode()))
        for file_name, stream in opened.items():
            name = f"words/{file_name}"
            sums[name] = _put(archive, name, stream)
            expected = known.files.get(file_name, sums[name]) if known else sums[name]
            if expected != sums[name]:
                raise LibraryError(
                    f"{path / name} is damaged, and no backup was made: `rag doctor --repair` "
                    "mends it."
                )
    papers = sum(_living(part) for part in json.loads(meta)["segments"])
    kept = {
        "arxiv-rag backup": VERSION,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "papers": papers,
        "identity": asdict(identity),
        "sha256": sums,
    }
    archive.writestr(LIST, json.dumps(kept, indent=1))
    return papers


def _living(part: dict[str, Any]) -> int:
    deleted = part["deletes"]["num_deleted_docs"] if part["deletes"] else 0
    return int(part["max_doc"]) - int(deleted)


def _commit(words: Path, stack: ExitStack) -> tuple[str, dict[str, IO[bytes]]]:
    """Open all files of one commit at once: whoever writes may clear them away afterwards."""
    for left in reversed(range(_TRIES)):
        meta = (words / segments.META).read_text(encoding="utf-8")
        with ExitStack() as attempt:
            try:
                opened: dict[str, IO[bytes]] = {
                    name: attempt.enter_context((words / name).open("rb"))
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
            return meta, opened
    raise AssertionError("unreachable")


def _content(file: Path) -> bytes:
    """Return what a file beside the papers holds; a database as of one moment."""
    with file.open("rb") as opened:
        head = opened.read(len(_SQLITE))
        if head != _SQLITE:
            return head + opened.read()
    with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        return database.serialize()


def _put(archive: zipfile.ZipFile, name: str, stream: IO[bytes]) -> str:
    """Copy a stream into an archive; return its SHA-256."""
    found = hashlib.sha256()
    with archive.open(name, "w", force_zip64=True) as member:
        while chunk := stream.read(_CHUNK):
            found.update(chunk)
            member.write(chunk)
    return found.hexdigest()


def _is_backup(file: Path) -> bool:
    try:
        with zipfile.ZipFile(file) as archive:
            return LIST in archive.namelist()
    except (OSError, zipfile.BadZipFile):
        return False


@contextmanager
def _writing(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise LibraryError(
            f"{target} cannot be written ({line(error)}): make room or give another place."
        ) from error


@contextmanager
def _unpacked(source: Path, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Unpack a backup beside the place where the library is to be, and compare all digests."""
    with _writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}-restoring-"))
        try:
            folder = scratch / "library"
            (folder / "words").mkdir(parents=True)
            yield folder, _extract(source, folder)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def _extract(source: Path, folder: Path) -> dict[str, Any]:
    try:
        archive = zipfile.ZipFile(source)
    except OSError as error:
        raise LibraryError(
            f"{source} cannot be read ({line(error)}): name a file that `rag backup` wrote."
        ) from error
    except _DAMAGED as error:
        raise LibraryError(
            f"{source} is no backup, or was cut off: name a file that `rag backup` wrote."
        ) from error
    with archive:
        try:
            listed: dict[str, Any] = json.loads(archive.read(LIST))
            if listed["arxiv-rag backup"] != VERSION:
                raise LibraryError(f"{source} was written by another version: update arxiv-rag.")
            for name, expected in listed["sha256"].items():
                if _take(archive, name, folder) != expected:
                    raise ValueError(f"{name} is not what it was")
        except _DAMAGED as error:
            raise LibraryError(
                f"{source} is damaged ({line(error)}), and nothing was restored: take another."
            ) from error
        except OSError as error:
            if error.errno != errno.EINVAL:  # a place in the file that there is not
                raise
            raise LibraryError(
                f"{source} is damaged, and nothing was restored: take another."
            ) from error
    return listed


def _take(archive: zipfile.ZipFile, name: str, folder: Path) -> str:
    """Unpack a member into a folder; return its SHA-256."""
    kind, _, plain = name.partition("/")
    places = {"words": folder / "words", "beside": folder, "kept": folder.parent}
    if kind not in places or PurePosixPath(plain).name != plain or "\\" in plain:
        raise ValueError(f"{name} belongs nowhere")
    target = places[kind] / plain
    found = hashlib.sha256()
    with archive.open(name) as member, target.open("xb") as opened:
        while chunk := member.read(_CHUNK):
            found.update(chunk)
            opened.write(chunk)
    return found.hexdigest()


def _made(
    folder: Path,
    listed: dict[str, Any],
    server: str | None,
    progress: Callable[[int, int], None],
) -> Library:
    """Make a library of what was unpacked: its name in Chroma is a new one, and its vectors too."""
    identity = replace(disk.Identity(**listed["identity"]), collection=disk.new_collection())
    if identity.format != terms.OLDER_FORMAT:  # but for its words it is as it would be made now
        identity = replace(identity, format=disk.FORMAT)
    disk.write_identity(folder, identity)
    journal.forget(folder)
    opening.let_read(folder)
    papers = int(listed["papers"])
    journal.settle(folder, papers, asdict(identity))
    vectors = chroma.opened(server or folder / "vectors", identity.collection)
    library = Library(folder, identity, server)
    done = 0
    for some in batches(_records(library), _AT_ONCE):
        vectors.keep(some)
        done += len(some)
        progress(done, papers)
    library.settle()
    return library


def _records(library: Library) -> "Iterator[Record]":
    store = library.store()
    return (store.read(address) for address in store.addresses())
