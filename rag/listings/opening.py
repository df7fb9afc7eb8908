"""A file, or standard input, as text: unpacked, in whatever encoding it is, and not without end.

The encoding is the one that the file declares (a mark at its beginning, an XML declaration), else
UTF-8 if it is that, else it is guessed from the beginning. Nothing here knows a format.
"""

import codecs
import gzip
import io
import os
import re
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rag.core.papers import STANDARD_INPUT
from rag.errors import ListingError
from rag.listings import limits, office
from rag.text.visible import visible

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer as Buffer

PIPE = Path("-")
"""What stands for standard input."""

_GZIP = b"\x1f\x8b"  # RFC 1952, 2.3.1
_LOOKED_AT = 1 << 18
"""Bytes at the beginning by which the encoding is told: some 200 papers."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_DECLARED = re.compile(rb"\s*<\?xml[^>]{1,100}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_OTHERS = (
    (b"%PDF", "a PDF"), (b"\xd0\xcf\x11\xe0", "a document of an older office program"),
    (b"\x89PNG", "a picture"), (b"\xff\xd8\xff", "a picture"), (b"GIF8", "a picture"),
    (b"SQLite format 3", "a database"),
    (b"\x7fELF", "a program"), (b"BZh", "packed with bzip2"), (b"\xfd7zXZ", "packed with xz"),
    (b"\x28\xb5\x2f\xfd", "packed with zstd"),
)  # fmt: skip
_USUAL = ("cp1251", "koi8-r", "gb18030", "shift_jis", "euc-kr", "cp1253", "cp1252")
_FEWEST_WIDE = 40  # bytes by which UTF-16 without a mark can be told
_LONG_RUN = 3  # bytes above 127 one after the other: no Western letters in an English text


class TooMuchError(Exception):
    """What was packed unpacks to more than any listing does."""


FAILURES = (OSError, EOFError, zlib.error, UnicodeError, TooMuchError)
"""What opening and reading may raise; `unreadable` says it in one line."""


def opened(path: Path, progress: Callable[[int], None] | None = None) -> io.TextIOWrapper:
    """Open a file as text, or standard input, unpacked if it is compressed.

    Parameters
    ----------
    progress
        Called with the number of bytes read since the last call, as they are on the disk.

    Raises
    ------
    ListingError
        If it is a folder or plainly no text.
    """
    if path.is_dir():
        raise ListingError(f"{path} is a folder; name the files in it")
    raw = os.fdopen(os.dup(0), "rb", buffering=0) if path == PIPE else path.open("rb", buffering=0)
    told = _Told(raw, progress)
    binary: io.BufferedReader = io.BufferedReader(told, _LOOKED_AT)
    try:
        if binary.peek(len(_GZIP)).startswith(_GZIP):
            binary = io.BufferedReader(_Unpacked(binary, told), _LOOKED_AT)
        if binary.peek(len(office.BEGINNING)).startswith(office.BEGINNING):
            with binary:
                return _text(office.text(binary, _shown(path)))
        head = _head(binary)
        encoding = encoding_of(head)
    except BaseException:
        binary.close()
        raise
    if encoding is None:
        binary.close()
        what = next((what for mark, what in _OTHERS if head.startswith(mark)), "not text")
        raise ListingError(f"{_shown(path)} is {what}, no listing; give a file that lists papers")
    return io.TextIOWrapper(binary, encoding, errors=_ERRORS if encoding == "utf-8" else "replace")


def _text(text: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(text.encode("utf-8", "replace")), "utf-8")


def unreadable(name: str, error: Exception) -> ListingError:
    """Return what to say where opening or reading failed."""
    if isinstance(error, FileNotFoundError):
        return ListingError(f"{name} does not exist; check the path")
    if isinstance(error, TooMuchError):
        return ListingError(f"{name} {error}; the rest of it is left out")
    if isinstance(error, UnicodeError):
        return ListingError(f"{name} is not text in the encoding it declares; save it as UTF-8")
    if isinstance(error, OSError) and not isinstance(error, gzip.BadGzipFile):
        return ListingError(f"{name} cannot be read ({error.strerror}); check its permissions")
    return ListingError(f"{name} cannot be unpacked, it is cut off or damaged; fetch it again")


def encoding_of(head: bytes) -> str | None:
    """Return the encoding of a text by its first bytes; None if it is no text.

    >>> encoding_of("Café".encode()), encoding_of("Café kites".encode("cp1252"))
    ('utf-8', 'cp1252')
    """
    if any(head.startswith(mark) for mark, _ in _OTHERS):
        return None
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if b"\0" in head:
        return _wide(head)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, final=False)
    except UnicodeDecodeError:
        return _declared(head) or _guessed(head)
    declared = _declared(head)
    return "utf-8" if declared is None or head.isascii() is False else declared


def _wide(head: bytes) -> str | None:
    """Return which UTF-16 a text without a mark is in, by where the zeros of its letters stand."""
    half = len(head) // 2 * 0.7
    for at, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if (
            len(head) >= _FEWEST_WIDE
            and head[at::2].count(0) > half
            and not head[1 - at :: 2].count(0)
        ):
            return encoding
    return None


def _declared(head: bytes) -> str | None:
    """Return the encoding that XML declares, if what declares it is read alike in it."""
    found = _DECLARED.match(head)
    if not found:
        return None
    try:
        name = codecs.lookup(found[1].decode()).name
        if found[0].decode(name) != found[0].decode("ascii"):
            return None
    except (LookupError, UnicodeError):  # there is none of that name, or not of text
        return None
    # ISO 8859-1 is what people declare and Windows-1252 what they write, as HTML 5 has it too.
    return {"iso8859-1": "cp1252", "utf-8": None, "ascii": None}.get(name, name)


def _guessed(head: bytes) -> str | None:
    runs = re.findall(rb"[\x80-\xff]+", head)
    control = len(re.findall(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]", head))
    if control * 100 > len(head):
        return None
    if max(map(len, runs)) < _LONG_RUN:
        return "cp1252"
    from charset_normalizer import from_bytes

    guesses = [match.encoding for match in from_bytes(head)]
    return next((name for name in (*guesses, *_USUAL) if _reads_as_text(head, name)), None)


def _reads_as_text(head: bytes, encoding: str) -> bool:
    """Tell whether bytes are text in an encoding: small letters are the rule in every alphabet.

    The Cyrillic encodings have the capitals of one where another has the small ones.
    """
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(head, final=False)
    except (UnicodeError, LookupError):
        return False
    return sum(map(str.isupper, text)) <= sum(map(str.islower, text))


def _western(error: UnicodeError) -> tuple[str, int]:
    """Read a byte that is no UTF-8, far below the beginning of a file, as Windows would."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.start + 1]
    return wrong.decode("cp1252", "replace"), error.start + 1


_ERRORS = "arxiv_rag_western"
codecs.register_error(_ERRORS, _western)


def _head(binary: io.BufferedReader) -> bytes:
    """Return the first bytes without reading past them, as many as come at once."""
    return binary.peek(_LOOKED_AT)[:_LOOKED_AT]


def _shown(path: Path) -> str:
    return STANDARD_INPUT if path == PIPE else visible(str(path))


class _Told(io.RawIOBase):
    """A file that tells how many bytes were read, and knows it itself."""

    def __init__(self, file: io.FileIO, progress: Callable[[int], None] | None) -> None:
        self._file = file
        self._progress = progress
        self.count = 0

    def readable(self) -> bool:
        """Return true: it is there to be read."""
        return True

    def readinto(self, buffer: "Buffer", /) -> int | None:
        """Read into a buffer."""
        count = self._file.readinto(buffer)
        self.count += count or 0
        if self._progress:
            self._progress(count or 0)
        return count

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()


class _Unpacked(io.RawIOBase):
    """What a packed file holds, as long as it is not far more than a listing would."""

    def __init__(self, packed: io.BufferedReader, told: _Told) -> None:
        self._file = gzip.GzipFile(fileobj=packed)
        self._packed = packed
        self._told = told
        self._count = 0

    def readable(self) -> bool:
        """Return true: it is there to be read."""
        return True

    def readinto(self, buffer: "Buffer", /) -> int | None:
        """Read into a buffer."""
        count = self._file.readinto(buffer)
        self._count += count
        if self._count > limits.UNPACKED_FREELY + limits.MOST_UNPACKED * self._told.count:
            raise TooMuchError(f"unpacks to more than {limits.MOST_UNPACKED} times its size")
        return count

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        self._packed.close()
        super().close()
