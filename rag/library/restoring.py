"""A library made from a backup: whole or not at all, whenever the program is stopped.

Every digest is compared before anything is in its place. The vectors in Chroma are made again from
the papers, under a name of their own.
"""

import errno
import gc
import hashlib
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from rag.errors import LibraryError, line
from rag.files import parsed
from rag.library import Library, backup, chroma, disk, journal, opening, terms
from rag.library.batches import batches

if TYPE_CHECKING:
    from rag.library.records import Record

_DAMAGED = (
    *(ValueError, KeyError, TypeError, EOFError, RuntimeError, OverflowError),
    *(zipfile.BadZipFile, zlib.error),
)
"""What reading an archive raises where bits of it are others than they were."""

_AT_ONCE = 500  # papers whose vectors are added at once


def restore(
    source: Path,
    path: Path,
    server: str | None = None,
    progress: Callable[[int, int], None] = lambda done, papers: None,
) -> backup.Made:
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
    with backup.writing(path):
        if path.is_symlink() or (path.exists() and (not path.is_dir() or any(path.iterdir()))):
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
        if (tags := folder.with_name(backup.KEPT)).is_file() and not backup.tags_of(path).exists():
            tags.rename(backup.tags_of(path))
    return backup.Made(papers, size)


@contextmanager
def _unpacked(source: Path, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Unpack a backup beside the place where the library is to be, and compare all digests."""
    with backup.writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}-restoring-"))
        try:
            folder = scratch / "library"
            (folder / "words").mkdir(parents=True)
            yield folder, _extract(source, folder)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def _extract(source: Path, folder: Path) -> dict[str, Any]:
    if source.exists() and not source.is_file():  # a pipe would be waited for
        raise LibraryError(f"{source} is no file: name one that `rag backup` wrote.")
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
            listed: dict[str, Any] = parsed(archive.read(backup.LIST))
            if listed["arxiv-rag backup"] != backup.VERSION:
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
        while chunk := member.read(backup.CHUNK):
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
