"""Listings that were uploaded: where they are, how much of them may wait, and reading them.

A file is read a few papers at a time and never as a whole, whatever it unpacks to.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rag import listings
from rag.core.papers import Paper
from rag.errors import ListingError
from rag.listings import Refused

LARGEST = 50_000_000
"""Bytes of a listing that is uploaded: 20,000 papers; more are for `rag index`."""

WAITING = 500_000_000
"""Bytes of all listings that were uploaded and are not added yet; further ones have to wait."""

MOST = 50_000
"""Papers of one file; more are for `rag index`."""


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
    if path.is_file() and path.stat().st_size > LARGEST:
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
    """Tell whether as much was uploaded as may wait."""
    from gradio.utils import get_upload_folder

    folder = Path(get_upload_folder())
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) > WAITING


def _place(asked: Mapping[str, Any]) -> Path:
    from gradio.utils import get_upload_folder

    path = Path(str(asked.get("file") or "")).resolve()
    folder = Path(get_upload_folder()).resolve()
    if path == folder or not path.is_relative_to(folder):
        raise ListingError("The file was not uploaded here: choose it again.")
    return path
