"""The files of the papers' index, looked at without the engine that wrote them.

Tantivy panics, or answers wrongly, when it opens what is damaged; so whether its files are whole is
found out here first. Every file of a segment ends with a footer that holds the CRC of the rest.
What is read here is the format of tantivy 0.27 (index format 7).
"""

import os
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.files import opened, parsed

META, MANAGED = "meta.json", ".managed.json"
STORE, NORMS = "store", "fieldnorm"
PARTS = ("fast", NORMS, "idx", "pos", STORE, "term")
"""The kinds of file that every segment has; one with deleted papers has ``.N.del`` as well."""

MAGIC = 1337  # ends every footer of tantivy
END = struct.Struct("<II")  # length of the footer, magic number
_STOP = 0x80  # marks the last byte of a number of variable length
_CHUNK = 1 << 20  # bytes


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the index: papers that were written together.

    Attributes
    ----------
    id
        32 hexadecimal digits, the beginning of its files' names.
    deletes
        The number in the name of the file that says which papers are deleted; None: there is none.
    documents
        How many papers it has, the deleted ones too; None: not known.
    """

    id: str
    deletes: int | None = None
    documents: int | None = None

    @property
    def files(self) -> list[str]:
        """The names of its files."""
        names = [f"{self.id}.{part}" for part in PARTS]
        return names if self.deletes is None else [*names, f"{self.id}.{self.deletes}.del"]


def of_meta(text: str) -> list[Segment]:
    """Return the segments that a ``meta.json`` names.

    Raises
    ------
    ValueError
        If the text is no such file.
    """
    try:
        return [
            Segment(
                str(kept["segment_id"]).replace("-", ""),
                kept["deletes"]["opstamp"] if kept["deletes"] else None,
                int(kept["max_doc"]),
            )
            for kept in parsed(text)["segments"]
        ]
    except (KeyError, TypeError) as error:
        raise ValueError("it does not name the segments") from error


def of_folder(words: Path) -> list[Segment]:
    """Return the segments of which the stored papers lie in a folder, named or not."""
    found = []
    for store in sorted(words.glob(f"*.{STORE}")):
        marks = [int(f.name.split(".")[1]) for f in words.glob(f"{store.stem}.*.del")]
        found.append(Segment(store.stem, max(marks, default=None), documents(words, store.stem)))
    return found


def files_of(meta: str) -> list[str]:
    """Return the names of the files that a ``meta.json`` names."""
    return [name for segment in of_meta(meta) for name in segment.files]


def is_whole(file: Path) -> bool:
    """Tell whether a file of a segment is what its own footer says."""
    try:
        with opened(file) as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(size - END.size, 0))
            length, magic = END.unpack(stream.read())
            left = size - END.size - length
            if magic != MAGIC or left < 0:
                return False
            stream.seek(left)
            expected = parsed(stream.read(length))["crc"]
            stream.seek(0)
            found = 0
            while left and (chunk := stream.read(min(left, _CHUNK))):
                found, left = zlib.crc32(chunk, found), left - len(chunk)
    except (OSError, ValueError, KeyError, TypeError, struct.error):
        return False
    return bool(found == expected)


def alive(words: Path, segment: Segment) -> Any:  # noqa: ANN401 - an array of booleans
    """Return which papers of a segment are not deleted; None: all, as far as can be told."""
    import numpy as np

    if segment.deletes is None:
        return None
    file = words / f"{segment.id}.{segment.deletes}.del"
    if not is_whole(file):
        return None
    content = _payload(file)
    (count,) = struct.unpack_from("<I", content)
    bits = np.frombuffer(content[4:], np.uint8)
    return np.unpackbits(bits, bitorder="little", count=count).astype(bool)


def documents(words: Path, segment: str) -> int | None:
    """Return how many papers a segment has: it keeps a byte for each paper and field of text."""
    file = words / f"{segment}.{NORMS}"
    if not is_whole(file):
        return None
    content = _payload(file)
    (length,) = struct.unpack("<I", content[-4:])
    begin = len(content) - 4 - length
    fields = content[begin] & ~_STOP
    return begin // fields if fields else 0


def _payload(file: Path) -> bytes:
    content = file.read_bytes()
    length, _ = END.unpack(content[-END.size :])
    return content[: -END.size - length]
