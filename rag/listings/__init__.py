"""Listings: files that name papers, each read by the module that knows its format.

The format is told by the content of a file, not by its name. A new format is one module here and
its name in `READERS`.
"""

from collections.abc import Iterator
from pathlib import Path

from rag.errors import ListingError
from rag.listings import daily
from rag.listings.entries import Reader, Refused
from rag.papers import Paper

__all__ = ["READERS", "Refused", "read"]

READERS: tuple[Reader, ...] = (daily,)

_HEAD = 4096  # characters: enough for the preamble of a feed, and read at once


def read(path: Path) -> Iterator[Paper | Refused]:
    """Read the papers of a listing one by one, and with them the entries that had to be refused.

    Raises
    ------
    ListingError
        At once if the file is missing, no file, empty or in no known format; while reading, if it
        turns out not to be text, or in the end if there was not one paper in it.
    """
    head = _head(path)
    if not head.strip():
        raise ListingError(f"{path} is empty; give a file that lists papers")
    for reader in READERS:
        if reader.matches(head):
            return _read(path, reader)
    known = ", ".join(reader.FORMAT for reader in READERS)
    raise ListingError(f"{path} is in no format known here; give one of: {known}")


def _head(path: Path) -> str:
    if path.is_dir():
        raise ListingError(f"{path} is a folder; name the files in it")
    try:
        with path.open(encoding="utf-8-sig") as file:
            return file.read(_HEAD)
    except FileNotFoundError:
        raise ListingError(f"{path} does not exist; check the path") from None
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from error


def _read(path: Path, reader: Reader) -> Iterator[Paper | Refused]:
    count, first = 0, None
    try:
        with path.open(encoding="utf-8-sig") as file:
            for item in reader.read(file, str(path)):
                if isinstance(item, Paper):
                    count += 1
                elif first is None:
                    first = item
                yield item
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from error
    if not count and first is None:
        raise ListingError(f"{path} lists no papers; give a listing that has some")
    if not count and first is not None:
        raise ListingError(
            f"{path} has no paper that can be read (line {first.line}: {first.reason}); "
            f"correct it or give another listing"
        )


def _unreadable(path: Path, error: OSError | UnicodeDecodeError) -> ListingError:
    if isinstance(error, OSError):
        return ListingError(f"{path} cannot be read ({error.strerror}); check its permissions")
    return ListingError(f"{path} is not UTF-8 text; save it as UTF-8")
