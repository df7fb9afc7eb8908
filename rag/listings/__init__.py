"""Listings: files that name papers, each read by the module that knows its format.

The format is told by the content of a file, not by its name; what is compressed with gzip is
unpacked on the way. A new format is one module here and its name in `READERS`.
"""

import glob
import gzip
import io
import os
import zlib
from collections.abc import Callable, Generator, Iterable
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from rag.core.papers import STANDARD_INPUT, Paper
from rag.errors import ListingError
from rag.listings import (
    bibtex,
    chinese,
    daily,
    details,
    exported,
    feed,
    jsonlines,
    oai,
    objects,
    reporter,
    table,
)
from rag.listings.entries import EVERYTHING, Reader, Refused, Wanted, papers

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer as Buffer

__all__ = ["READERS", "Refused", "Wanted", "files", "read"]

READERS: tuple[Reader, ...] = (
    daily, reporter, details, chinese, feed, oai, exported, jsonlines, objects, bibtex, table,
)  # fmt: skip
"""The formats, in the order in which they are tried."""

_HEAD = 4096  # characters: enough for the preamble of a feed, and read at once
_GZIP = b"\x1f\x8b"  # RFC 1952, 2.3.1
_PIPE = Path("-")
_FAILURES = (OSError, EOFError, zlib.error, UnicodeDecodeError)


def files(paths: Iterable[Path]) -> list[Path]:
    """Return the files that paths stand for: files, folders, patterns like `*.md`, and `-`.

    In a folder these are all files, in those within it too, but not what is hidden; in order.

    Raises
    ------
    ListingError
        If a folder has no files or a pattern matches none. A file need not exist.
    """
    return [file for path in paths for file in _files(path)]


def _files(path: Path) -> list[Path]:
    found = [path]
    if path != _PIPE and not path.exists() and glob.has_magic(str(path)):
        found = _matching(path)
        if not found:
            raise ListingError(f"{path} matches no files; check the pattern")
    if not any(each.is_dir() for each in found):
        return found
    listed = [file for each in found for file in (_inside(each) if each.is_dir() else [each])]
    if not listed:
        raise ListingError(f"{path} is a folder without files; name one that has some")
    return listed


def _matching(pattern: Path) -> list[Path]:
    folder = Path(pattern.anchor)  # Path.glob, unlike glob, does not run in circles of links
    try:
        found = list(folder.glob(str(pattern.relative_to(folder))))
    except ValueError:  # two stars next to a name
        return []
    return sorted(path for path in found if not _hidden(set(path.parts) - {*pattern.parts}))


def _inside(folder: Path) -> list[Path]:
    return sorted(
        file
        for file in folder.rglob("*")
        if file.is_file() and not _hidden(file.relative_to(folder).parts)
    )


def _hidden(parts: Iterable[str]) -> bool:
    return any(part.startswith(".") for part in parts)


def read(
    path: Path, wanted: Wanted = EVERYTHING, progress: Callable[[int], None] | None = None
) -> Generator[Paper | Refused, None, None]:
    """Read the papers of a listing one by one, and with them the entries that had to be refused.

    Parameters
    ----------
    path
        A file; `-` is standard input.
    wanted
        What else is in the file is passed over.
    progress
        Called with the number of bytes read since the last call, as they are on the disk.

    Raises
    ------
    ListingError
        At once if the file is missing, no file, empty or in no known format; while reading, if it
        turns out not to be text or to be cut off, or in the end if there was not one paper in it.
    """
    name = _shown(path)
    try:
        file = _opened(path, progress)
        head = file.read(_HEAD)
        head += file.readline()  # so that the head ends where a line does
    except _FAILURES as error:
        raise _unreadable(name, error) from error
    if not head.strip():
        raise ListingError(f"{name} is empty; give a file that lists papers")
    for reader in READERS:
        if reader.matches(head[:_HEAD]):
            return _read(head, file, path, reader, wanted)
    known = ", ".join(reader.FORMAT for reader in READERS)
    raise ListingError(f"{name} is in no format known here; give one of: {known}")


class _Told(io.RawIOBase):
    """A file that tells how many bytes were read."""

    def __init__(self, file: io.FileIO, progress: Callable[[int], None]) -> None:
        self._file = file
        self._progress = progress

    def readable(self) -> bool:
        """Return true: it is there to be read."""
        return True

    def readinto(self, buffer: "Buffer", /) -> int | None:
        """Read into a buffer."""
        count = self._file.readinto(buffer)
        self._progress(count or 0)
        return count

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()


def _shown(path: Path) -> str:
    return STANDARD_INPUT if path == _PIPE else str(path)


def _source(path: Path) -> str:
    """Return what a paper names as its source: the file and its folder, wherever they are."""
    if path == _PIPE:
        return STANDARD_INPUT
    return os.fsencode("/".join(path.absolute().parts[-2:])).decode("utf-8", "replace")


def check(path: Path) -> None:
    """Make sure that a file can be read and lists papers, as far as its beginning tells.

    A pipe is not looked at: what is read of it is gone.

    Raises
    ------
    ListingError
        As `read` does.
    """
    if path != _PIPE and (path.is_file() or path.is_dir() or not path.exists()):
        entries = read(path)
        next(entries, None)
        entries.close()


def size(paths: Iterable[Path]) -> int | None:
    """Return the number of bytes of files; None if that cannot be known."""
    try:
        return sum(path.stat().st_size for path in paths)
    except OSError:
        return None


def _opened(path: Path, progress: Callable[[int], None] | None) -> io.TextIOWrapper:
    """Open a file as text, or standard input, unpacked if it is compressed."""
    if path.is_dir():
        raise ListingError(f"{path} is a folder; name the files in it")
    raw = os.fdopen(os.dup(0), "rb", buffering=0) if path == _PIPE else path.open("rb", buffering=0)
    binary = io.BufferedReader(_Told(raw, progress) if progress else raw)
    if binary.peek(len(_GZIP)).startswith(_GZIP):
        return io.TextIOWrapper(gzip.GzipFile(fileobj=binary), "utf-8-sig")
    return io.TextIOWrapper(binary, "utf-8-sig")


def _read(
    head: str, rest: TextIO, path: Path, reader: Reader, wanted: Wanted
) -> Generator[Paper | Refused, None, None]:
    name, count, first = _shown(path), 0, None
    try:
        with rest:
            entries = reader.read(chain(io.StringIO(head), rest), name)
            for item in papers(entries, name, wanted, _source(path)):
                if isinstance(item, Paper):
                    count += 1
                elif first is None:
                    first = item
                yield item
    except _FAILURES as error:
        raise _unreadable(name, error) from error
    if not count and first is None and wanted == EVERYTHING:
        raise ListingError(f"{name} lists no papers; give a listing that has some")
    if not count and first is not None and wanted == EVERYTHING:
        raise ListingError(
            f"{name} has no paper that can be read (line {first.line}: {first.reason}); "
            f"correct it or give another listing"
        )


def _unreadable(name: str, error: Exception) -> ListingError:
    if isinstance(error, FileNotFoundError):
        return ListingError(f"{name} does not exist; check the path")
    if isinstance(error, UnicodeDecodeError):
        return ListingError(f"{name} is not UTF-8 text; save it as UTF-8")
    if isinstance(error, OSError) and not isinstance(error, gzip.BadGzipFile):
        return ListingError(f"{name} cannot be read ({error.strerror}); check its permissions")
    return ListingError(f"{name} cannot be unpacked, it is cut off or damaged; fetch it again")
