"""The files of the papers' index, looked at without the engine that wrote them.

Tantivy panics, or answers wrongly, when it opens what is damaged; so whether its files are whole is
found out here first. Every file of a segment ends with a footer that holds the CRC of the rest.
`Salvage` reads the papers of a segment of which nothing but the stored records is needed. What is
read here is the format of tantivy 0.27 (index format 7).
"""

import json
import os
import shutil
import struct
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.library import disk
from rag.library.records import Record

if TYPE_CHECKING:
    import tantivy

META, MANAGED = "meta.json", ".managed.json"
STORE, NORMS = "store", "fieldnorm"
PARTS = ("fast", NORMS, "idx", "pos", STORE, "term")
"""The kinds of file that every segment has; one with deleted papers has ``.N.del`` as well."""

_MAGIC = 1337  # ends every footer of tantivy
_END = struct.Struct("<II")  # length of the footer, magic number
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
            for kept in json.loads(text)["segments"]
        ]
    except (KeyError, TypeError) as error:
        raise ValueError("it does not name the segments") from error


def of_folder(words: Path) -> list[Segment]:
    """Return the segments of which the stored papers lie in a folder, named or not."""
    found = []
    for store in sorted(words.glob(f"*.{STORE}")):
        marks = [int(f.name.split(".")[1]) for f in words.glob(f"{store.stem}.*.del")]
        found.append(Segment(store.stem, max(marks, default=None), _documents(words, store.stem)))
    return found


def files_of(meta: str) -> list[str]:
    """Return the names of the files that a ``meta.json`` names."""
    return [name for segment in of_meta(meta) for name in segment.files]


def is_whole(file: Path) -> bool:
    """Tell whether a file of a segment is what its own footer says."""
    try:
        with file.open("rb") as opened:
            size = opened.seek(0, os.SEEK_END)
            opened.seek(max(size - _END.size, 0))
            length, magic = _END.unpack(opened.read())
            left = size - _END.size - length
            if magic != _MAGIC or left < 0:
                return False
            opened.seek(left)
            expected = json.loads(opened.read(length))["crc"]
            opened.seek(0)
            found = 0
            while left and (chunk := opened.read(min(left, _CHUNK))):
                found, left = zlib.crc32(chunk, found), left - len(chunk)
    except (OSError, ValueError, KeyError, TypeError, struct.error):
        return False
    return bool(found == expected)


class Salvage:
    """Reads the papers of a segment of which only the stored records can be trusted.

    An index of as many empty documents is made, and its stored records are exchanged for those of
    the segment: nothing else of the segment is then opened. Use it in a ``with`` statement.

    Parameters
    ----------
    words
        The folder of the papers' index; it is not changed.
    segment
        Of it.
    """

    def __init__(self, words: Path, segment: Segment) -> None:
        self._words, self._segment = words, segment
        self._scratch = tempfile.TemporaryDirectory(prefix="rag-salvage-")

    def __enter__(self) -> "Salvage":
        return self

    def __exit__(self, *_: object) -> None:
        self.__dict__.pop("_searcher", None)  # lets go of the files
        self._scratch.cleanup()

    def papers(self, dimensions: int) -> Iterator[Record | None]:
        """Yield the record of each paper that is not deleted, None where it cannot be read."""
        documents = self._segment.documents or _documents(self._words, self._segment.id) or 0
        alive = _alive(self._words, self._segment)
        for number in range(documents):
            if alive is None or alive[number]:
                yield self._read(number, dimensions)

    def _read(self, number: int, dimensions: int) -> Record | None:
        import tantivy

        try:
            with disk.told(self._words, "read"):
                document = self._searcher.doc(tantivy.DocAddress(0, number))
                record = disk.from_document(document, dimensions)
        except Exception:  # whatever the damage made of it
            return None
        return record if record.is_intact else None

    @cached_property
    def _searcher(self) -> "tantivy.Searcher":
        import tantivy

        folder = Path(self._scratch.name)
        index = tantivy.Index(disk.schema(), path=str(folder))
        writer = index.writer(disk.WRITER_MEMORY, 1)
        for _ in range(self._segment.documents or _documents(self._words, self._segment.id) or 0):
            writer.add_document(tantivy.Document())
        writer.commit()
        writer.wait_merging_threads()
        (stand_in,) = folder.glob(f"*.{STORE}")
        stand_in.unlink()
        _with_footer(self._words / f"{self._segment.id}.{STORE}", stand_in)
        opened = tantivy.Index.open(str(folder))
        return opened.searcher()


def _with_footer(source: Path, target: Path) -> None:
    """Copy a file of a segment; its footer is made anew, as it may be what is damaged."""
    shutil.copyfile(source, target)
    if is_whole(source):
        return
    with target.open("r+b") as opened:
        size = opened.seek(0, os.SEEK_END)
        opened.seek(max(size - 200, 0))
        tail = opened.read()
        begin = tail.rfind(b'{"version"')
        length, magic = _END.unpack(tail[-_END.size :])
        end = size - _END.size - length if magic == _MAGIC and length < len(tail) else size
        if begin >= 0:
            end = size - len(tail) + begin
        version = {"major": 0, "minor": 27, "patch": 0, "index_format_version": 7}
        footer = json.dumps({"version": version, "crc": 0}, separators=(",", ":")).encode()
        opened.truncate(end)
        opened.seek(end)
        opened.write(footer + _END.pack(len(footer), _MAGIC))


def _alive(words: Path, segment: Segment) -> Any:  # noqa: ANN401 - an array of booleans
    """Return which papers of a segment are not deleted; None: all, as far as can be told."""
    import numpy as np

    if segment.deletes is None:
        return None
    file = words / f"{segment.id}.{segment.deletes}.del"
    if not is_whole(file):
        return None
    content = _payload(file)
    (documents,) = struct.unpack_from("<I", content)
    bits = np.frombuffer(content[4:], np.uint8)
    return np.unpackbits(bits, bitorder="little", count=documents).astype(bool)


def _documents(words: Path, segment: str) -> int | None:
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
    length, _ = _END.unpack(content[-_END.size :])
    return content[: -_END.size - length]
