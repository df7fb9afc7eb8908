"""Listings that were uploaded: where they are, how much of them may wait, and reading them.

A file is read a few papers at a time and never as a whole, whatever it unpacks to. They are in a
folder that is this server's alone: others on this machine neither read them nor put anything there.
"""

import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_ISREG
from typing import Any

from gradio.route_utils import GradioMultiPartParser
from starlette.formparsers import MultiPartException

from rag import listings
from rag.core.papers import Paper
from rag.errors import ListingError
from rag.listings import Refused

LARGEST = 50_000_000
"""Bytes of a listing that is uploaded: 20,000 papers; more are for `rag index`."""

WAITING = 500_000_000
"""Bytes of all listings that were uploaded and are not added yet; further ones have to wait."""

MOST_WAITING = 1_000
"""Files that were uploaded and are not added yet, whatever their sizes."""

MOST = 50_000
"""Papers of one file; more are for `rag index`."""

STALLED = 300.0
"""Seconds after which an upload of which nothing more comes is given up."""


class Parts(GradioMultiPartParser):
    """Reads an upload, whose parts are files: Gradio would hold any other in memory as it comes."""

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        """Take a piece of a part.

        Raises
        ------
        MultiPartException
            If the part is no file.
        """
        if self._current_part.file is None:
            raise MultiPartException("An upload has files, and nothing else.")
        super().on_part_data(data, start, end)


_FOLDER = "GRADIO_TEMP_DIR"  # tells Gradio where to put what is uploaded


@contextmanager
def own_folder() -> Iterator[None]:
    """Have a folder for uploads that nobody else can read, and remove it in the end.

    Gradio would use one that all users of this machine share, under a name that all know. A folder
    that was named in the environment is used as it is.
    """
    if os.environ.get(_FOLDER):
        yield
        return
    with tempfile.TemporaryDirectory(prefix="arxiv-rag-", ignore_cleanup_errors=True) as folder:
        os.environ[_FOLDER] = folder
        try:
            yield
        finally:
            del os.environ[_FOLDER]


def entries(asked: Mapping[str, Any]) -> Iterator[Paper | Refused]:
    """Yield the papers of an uploaded file one by one, and what has to be refused.

    Parameters
    ----------
    asked
        ``file``, where the upload was put.

    Raises
    ------
    ListingError
        If it was not uploaded here, is too large, or is no listing.
    """
    path = _place(asked)
    if path.stat().st_size > LARGEST:
        raise ListingError(f"The file has more than {LARGEST // 1_000_000} MB: use `rag index`.")
    try:
        for count, entry in enumerate(listings.read(path), start=1):
            if count > MOST:
                raise ListingError(f"The file has more than {MOST:,} papers: use `rag index`.")
            yield entry
    except ListingError as error:  # the reader names the file by where it was put
        raise ListingError(str(error).replace(str(path), path.name)) from error


def drop(asked: Mapping[str, Any]) -> None:
    """Remove an uploaded file that nobody needs any more; one that was not uploaded stays."""
    try:
        path = _place(asked)
    except ListingError:
        return
    path.unlink(missing_ok=True)


def are_full() -> bool:
    """Tell whether as much was uploaded as may wait, what is still coming included."""
    sizes = [status.st_size for _, status in _files(_folder())]
    return sum(sizes) > WAITING or len(sizes) >= MOST_WAITING


def sweep(busy: bool) -> None:
    """Clear away what uploads left that were cut off.

    Parameters
    ----------
    busy
        Whether others are going on: then only what nothing has come of for long.
    """
    folder, before = _folder(), time.time() - (STALLED if busy else 0.0)
    for file, status in _files(folder):
        if file.parent == folder and status.st_mtime <= before:  # what is whole has a folder
            with suppress(OSError):
                file.unlink()


def _folder() -> Path:
    from gradio.utils import get_upload_folder

    return Path(get_upload_folder()).resolve()


def _files(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Yield the files below a folder; what goes meanwhile, or is no file, is passed over."""
    for place, _, names in os.walk(folder):
        for name in names:
            file = Path(place, name)
            with suppress(OSError):
                status = file.lstat()
                if S_ISREG(status.st_mode):
                    yield file, status


def _place(asked: Mapping[str, Any]) -> Path:
    folder = _folder()
    try:
        path = Path(str(asked.get("file") or "")).resolve()
    except (OSError, ValueError, RuntimeError):  # no name that there could be, or a circle of links
        path = folder
    if not path.is_relative_to(folder) or not os.path.isfile(path):
        raise ListingError("The file was not uploaded here: choose it again.")
    return path
