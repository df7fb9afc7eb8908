"""Papers read from the stored records of a segment alone, whatever else of it is damaged.

An index of as many empty documents is made, and its stored records are exchanged for those of the
segment: nothing else of the segment is then opened. Damaged records may make tantivy panic, or end
the process it runs in; so they are read in one of their own (`python -m rag.library.salvage`),
which is started again behind the record that it fell over.
"""

import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING

from rag.library import disk, segments
from rag.library.records import Record
from rag.library.segments import END, MAGIC, STORE, Segment

if TYPE_CHECKING:
    import tantivy

_HEAD = struct.Struct("<qIII")  # number of a record, bytes of its identifier, text and vectors
_MOST_FALLS = 200  # records that end the process, before the rest of a segment is given up


def papers(words: Path, segment: Segment, dimensions: int) -> Iterator[Record | None]:
    """Yield the record of each paper that is not deleted, None where it cannot be read.

    Parameters
    ----------
    words
        The folder of the papers' index; it is not changed.
    segment
        Of it.
    dimensions
        Length of a vector.
    """
    count = segment.documents or segments.documents(words, segment.id) or 0
    living = segments.alive(words, segment)
    wanted = [n for n in range(count) if living is None or living[n]]
    store = words / f"{segment.id}.{STORE}"
    if not store.is_file():  # a pipe or a device would have no end
        yield from (None for _ in wanted)
        return
    with tempfile.TemporaryDirectory(prefix="rag-salvage-") as scratch:
        folder = Path(scratch)
        _exchange(folder, store, count)
        if segments.is_whole(store):
            searcher = _opened(folder)
            yield from (_read(searcher, number, dimensions) for number in wanted)
            del searcher  # lets go of the files
        else:
            yield from _apart(folder, wanted, dimensions)


def _exchange(folder: Path, store: Path, count: int) -> None:
    """Make an index of empty documents, with the stored records of another."""
    writer = disk.new_words(folder).writer(disk.WRITER_MEMORY, 1)
    import tantivy

    for _ in range(count):
        writer.add_document(tantivy.Document())
    writer.commit()
    writer.wait_merging_threads()
    for stand_in in folder.glob(f"*.{STORE}"):
        stand_in.unlink()
        _with_footer(store, stand_in)


def _opened(folder: Path) -> "tantivy.Searcher":
    import tantivy

    return tantivy.Index.open(str(folder)).searcher()


def _read(searcher: "tantivy.Searcher", number: int, dimensions: int) -> Record | None:
    import tantivy

    try:
        with disk.told(Path(), "read"):
            record = disk.from_document(searcher.doc(tantivy.DocAddress(0, number)), dimensions)
    except Exception:  # whatever the damage made of it
        return None
    return record if record.is_intact else None


def _apart(folder: Path, wanted: list[int], dimensions: int) -> Iterator[Record | None]:
    """Read records in a process of their own."""
    left = wanted
    for _ in range(_MOST_FALLS):
        reached = 0
        for record in _run(folder, left, dimensions):
            reached += 1
            yield record
        if reached == len(left):
            return
        yield None  # the one that it fell over
        left = left[reached + 1 :]
        if not reached:  # nothing of it can be opened
            break
    yield from (None for _ in left)


def _run(folder: Path, wanted: list[int], dimensions: int) -> Iterator[Record | None]:
    with subprocess.Popen(
        [sys.executable, "-m", "rag.library.salvage", str(folder), str(dimensions)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # what tantivy says of its own
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(wanted).encode())
            process.stdin.close()
        except BrokenPipeError:
            return
        for _ in wanted:
            head = process.stdout.read(_HEAD.size)
            if len(head) < _HEAD.size:
                return
            known, *lengths = _HEAD.unpack(head)
            parts = [process.stdout.read(length) for length in lengths]
            if [len(part) for part in parts] != lengths:
                return
            name, text, packed = parts
            yield Record(name.decode(), text, packed, dimensions) if known else None


def _serve(folder: Path, dimensions: int, asked: IO[bytes], answer: IO[bytes]) -> None:
    """Read the records that are asked for, and write each as soon as it is read."""
    searcher = _opened(folder)
    for number in json.loads(asked.read()):
        record = _read(searcher, number, dimensions)
        parts = (record.id.encode(), record.text, record.packed) if record else (b"",) * 3
        answer.write(_HEAD.pack(record is not None, *map(len, parts)) + b"".join(parts))
        answer.flush()


def _with_footer(source: Path, target: Path) -> None:
    """Copy a file of a segment; its footer is made anew, as it may be what is damaged."""
    shutil.copyfile(source, target)
    if segments.is_whole(source):
        return
    with target.open("r+b") as opened:
        size = opened.seek(0, os.SEEK_END)
        opened.seek(max(size - 200, 0))
        tail = opened.read()
        begin = tail.rfind(b'{"version"')
        length, magic = END.unpack(tail[-END.size :])
        end = size - END.size - length if magic == MAGIC and length < len(tail) else size
        if begin >= 0:
            end = size - len(tail) + begin
        version = {"major": 0, "minor": 27, "patch": 0, "index_format_version": 7}
        footer = json.dumps({"version": version, "crc": 0}, separators=(",", ":")).encode()
        opened.truncate(end)
        opened.seek(end)
        opened.write(footer + END.pack(len(footer), MAGIC))


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), int(sys.argv[2]), sys.stdin.buffer, sys.stdout.buffer)
