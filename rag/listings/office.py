"""Documents and tables of office programs (.xlsx, .ods, .docx, .odt) as the text that is in them.

A table becomes CSV, with what its cells link to in a column of its own; a document becomes
Markdown, with its headings, lists, links and tables. What that says of papers is read by the
readers of such text. Nothing in the file is fetched, calculated or expanded, and no more is
unpacked than a listing may hold.
"""

import io
import zipfile
from typing import IO

from rag.errors import ListingError
from rag.listings import excel, limits, opendocument, word
from rag.listings.packed import Parts, TooLargeError

BEGINNING = b"PK\x03\x04"
"""First bytes of such a file, as of any zip archive."""

_LARGEST = 100_000_000
"""Bytes of such a file: it is read whole, and a hundred thousand papers are in less."""


def text(packed: IO[bytes], name: str) -> str:
    """Return the text of a document.

    Parameters
    ----------
    packed
        The file, to be read from its beginning.
    name
        What an error calls it.

    Raises
    ------
    ListingError
        If it is another archive, damaged, locked with a password, or unpacks to too much.
    """
    held = packed.read(_LARGEST + 1)
    if len(held) > _LARGEST:
        raise ListingError(f"{name} is larger than {_LARGEST:,} bytes; save it as CSV or Markdown")
    try:
        with zipfile.ZipFile(io.BytesIO(held)) as archive:
            parts = Parts(archive, limits.UNPACKED_FREELY + limits.MOST_UNPACKED * len(held))
            for part, read in (
                (excel.WORKBOOK, excel.read),
                (word.DOCUMENT, word.read),
                (opendocument.CONTENT, opendocument.read),
            ):
                if part in parts.names:
                    return read(parts)
    except TooLargeError as error:
        raise ListingError(f"{name} unpacks to far more than a listing; save it as CSV") from error
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, KeyError, SyntaxError) as error:
        raise ListingError(f"{name} is damaged or cut off; save it anew") from error
    except (RuntimeError, NotImplementedError) as error:  # what zipfile says of a password
        raise ListingError(f"{name} is locked with a password; save it without") from error
    raise ListingError(f"{name} is an archive, no listing; unpack it and give its files")
