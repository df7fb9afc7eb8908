"""Whether the papers of a library and their vectors in Chroma agree, and how that is repaired.

Its files come first (`mending`): what is damaged there is not opened. Then the papers are what
counts: whatever is wrong in Chroma is made again from the vectors that they
keep. A paper whose own vectors are damaged is embedded again; one that cannot be read at all is
lost, and said to be.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from rag.errors import LibraryError
from rag.library import chroma, damage, described, mending, opening
from rag.library.batches import batches
from rag.library.chroma import ChromaVectors
from rag.library.records import Record, digest, place
from rag.library.writing import Writer

if TYPE_CHECKING:
    from rag.library import Library
    from rag.models.embedding import Embedding

SOUGHT = 1_000
"""Vectors that are looked for in Chroma, evenly spread: some seconds."""

LOST = 0.01
"""Share of them that it may miss: the search is an approximate one, and one in a thousand vectors
cannot be reached in a graph that is whole. Two writers at once lose one in thirty."""

EMBEDDED_AGAIN = 5
"""Papers whose vectors are compared with what the model makes of them now."""

SAME = 0.99
"""Cosine from which two vectors are of one text: half precision and rounding cost less."""

_AT_ONCE = 500  # papers
_APART = 0.002  # what a number of a unit vector may differ by from the same in Chroma: rounding


@dataclass
class Findings:
    """What was found in a library.

    Attributes
    ----------
    papers, passages
        How many there are, by the papers themselves.
    unreadable
        How many papers cannot be read.
    spoiled
        Identifiers of papers whose vectors do not fit their text or the model.
    missing, orphaned
        Identifiers of vectors that Chroma lacks, and of those that no paper refers to.
    unfound, sought
        How many vectors the search in Chroma did not find, of how many.
    closed
        Why Chroma cannot be opened at all; empty if it can.
    differing
        How many vectors are others in Chroma than the papers have them.
    undescribed
        Identifiers of papers of which Chroma tells something else, or nothing.
    is_older
        Whether Chroma has the passages as an older version put them there.
    near
        Files of vectors that are missing, or have others than the papers.
    files
        What is wrong with the files, in words; then nothing else was looked at.
    reads_chroma
        Whether Chroma was looked at: it cannot be where the folder may not be written.
    """

    papers: int = 0
    passages: int = 0
    unreadable: int = 0
    spoiled: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    orphaned: list[str] = field(default_factory=list)
    unfound: int = 0
    sought: int = 0
    closed: str = ""
    differing: int = 0
    undescribed: list[str] = field(default_factory=list)
    is_older: bool = False
    near: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    reads_chroma: bool = True

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong."""
        papers = (self.files, self.unreadable, self.spoiled)
        chroma = (self.missing, self.orphaned, self.closed, self.differing, self.undescribed)
        return not any((*papers, *chroma, self.is_older, self.near)) and not self.is_lossy

    @property
    def is_lossy(self) -> bool:
        """Whether the search in Chroma misses more than it may."""
        return self.unfound > LOST * self.sought

    def lines(self) -> list[str]:
        """Return what was found, in words."""
        if self.files:
            return [*self.files, "nothing else was looked at"]
        said = [f"{self.papers:,} papers with {self.passages:,} passages can be read"]
        for count, what in (
            (self.unreadable, "papers cannot be read, and are lost"),
            (len(self.spoiled), "papers have vectors that do not fit them"),
            (len(self.missing), "vectors are missing in Chroma"),
            (len(self.orphaned), "vectors in Chroma belong to no paper"),
            (self.differing, "vectors are others in Chroma than in the papers"),
            (len(self.undescribed), "papers are told of otherwise in Chroma than they are"),
            (
                self.unfound if self.is_lossy else 0,
                f"of {self.sought:,} vectors are not found by the search",
            ),
        ):
            if count:
                said.append(f"{count:,} {what}")
        if self.near:
            said.append(f"{', '.join(self.near)}: missing, or not what the papers have")
        if self.is_older:
            said.append("Chroma has the vectors alone, by the name that an older version gave them")
        if not self.reads_chroma:
            said.append("Chroma was not looked at: the folder may not be written")
        elif self.closed:
            said.append(f"Chroma cannot be opened: {self.closed}")
        elif not (self.missing or self.orphaned or self.differing or self.is_lossy):
            found = self.sought - self.unfound
            said.append(f"Chroma has them all, and finds {found:,} of {self.sought:,} sought")
        return said


def examine(library: "Library", embedding: "Embedding") -> Findings:
    """Read every paper of a library, and compare with what Chroma has."""
    found, names = Findings(files=damage.found(library.path)), list[str]()
    if found.files:
        return found
    found.is_older = chroma.is_older(library.identity.collection)
    step = max(len(library) // EMBEDDED_AGAIN, 1)
    for number, record in enumerate(_records(library, found)):
        found.papers += 1
        found.passages += record.count
        names += record.names
        if not _fits(record) or (number % step == 0 and not _is_current(record, embedding)):
            found.spoiled.append(record.id)
    if not found.unreadable:
        found.near = library.store().wrong_near()
    if library.server is None and not opening.is_writable(library.path):
        found.reads_chroma = False
        return found
    if not _has_chroma(library):
        found.missing = names
        return found
    try:
        vectors = library.store().vectors
        stored = set(vectors.names())
    except LibraryError as error:
        found.closed = str(error)
        return found
    found.orphaned = sorted(stored.difference(names))
    found.missing = [name for name in names if name not in stored]
    try:
        _compare(found, library, vectors, stored)
        _seek(found, library, vectors, [name for name in names if name in stored])
    except LibraryError as error:
        found.closed = str(error)
    return found


def repair(library: "Library", embedding: "Embedding") -> None:
    """Make a library whole again, but for papers that cannot be read; nobody else may write."""
    found = examine(library, embedding)
    if found.files:
        mending.mend(library.path, embedding)
        library.reopen()
        found = examine(library, embedding)
    try:
        _mend(library, embedding, found)
    except LibraryError:  # Chroma may be damaged where only writing comes by
        if library.server is not None or not _has_chroma(library):
            raise
        mending.set_aside(library.path, library.path / "vectors")
        library.reopen()
        _mend(library, embedding, examine(library, embedding))


def _mend(library: "Library", embedding: "Embedding", found: Findings) -> None:
    """Bring papers and Chroma together again; the files of the papers are whole."""
    if library.server is None and (found.closed or not _has_chroma(library)):
        shutil.rmtree(library.path / "vectors", ignore_errors=True)
        if not found.is_older:
            chroma.opened(library.path / "vectors", library.identity.collection)
        library.reopen()
    if found.is_older:
        Writer(library).renew()
        found = examine(library, embedding)
    if found.spoiled:
        spoiled = library.records(found.spoiled).values()
        Writer(library).embed_again([record.paper for record in spoiled], embedding)
        found = examine(library, embedding)
    vectors = library.store().vectors
    vectors.forget_older()
    if found.closed or found.is_lossy or found.differing:
        vectors.clear()
        for some in batches(_records(library, Findings()), _AT_ONCE):
            vectors.keep(some)
    else:
        vectors.delete(found.orphaned)
        missing = {place(name)[0] for name in found.missing} | set(found.undescribed)
        for identifiers in batches(sorted(missing), _AT_ONCE):
            vectors.keep(list(library.records(identifiers).values()))
    for name in found.near:
        (library.path / name).unlink(missing_ok=True)
    Writer(library).tell()


def _has_chroma(library: "Library") -> bool:
    return library.server is not None or (library.path / "vectors" / "chroma.sqlite3").exists()


def _records(library: "Library", found: Findings) -> Iterator[Record]:
    store = library.store()
    for address in store.addresses():
        try:
            record = store.read(address)
            _ = record.passages
        except (LibraryError, ValueError, KeyError, TypeError, IndexError):
            found.unreadable += 1
            continue
        if record.is_intact:
            yield record
        else:
            found.unreadable += 1


def _compare(found: Findings, library: "Library", vectors: ChromaVectors, stored: set[str]) -> None:
    """Compare what is in Chroma with what the papers have."""
    for some in batches(_records(library, Findings()), _AT_ONCE):
        if not found.is_older:
            told = vectors.told([name for record in some for name in record.names])
            found.undescribed += [r.id for r in some if not _is_described(r, told, stored)]
        pairs = [(n, v) for r in some for n, v in zip(r.names, r.vectors, strict=True)]
        there = [(name, own) for name, own in pairs if name in stored]
        if there:
            other = vectors.read([name for name, _ in there])
            apart = np.abs(other - np.array([own for _, own in there])).max(axis=1)
            found.differing += int((~(apart <= _APART)).sum())


def _is_described(
    record: Record, told: Mapping[str, tuple[object, object]], stored: set[str]
) -> bool:
    """Tell whether Chroma tells of a paper what it is, wherever it has a vector of it."""
    own = zip(described.documents(record), described.metadata(record), strict=True)
    pairs = zip(record.names, own, strict=True)
    return all(told.get(name) == (text, about) for name, (text, about) in pairs if name in stored)


def _fits(record: Record) -> bool:
    """Tell whether a record has a vector of the right length for each of its passages."""
    expected = 0 if record.paper.withdrawn else len(record.spans)
    return record.count == expected and record.digest == digest(record.paper)


def _is_current(record: Record, embedding: "Embedding") -> bool:
    """Tell whether the model makes the same vectors of a paper as it did."""
    if not record.count:
        return True
    now = embedding.encode([passage.text for passage in record.passages])
    return bool(((now * record.vectors).sum(axis=1) >= SAME).all())


def _seek(
    found: Findings, library: "Library", vectors: ChromaVectors, names: Sequence[str]
) -> None:
    step = max(len(names) // SOUGHT, 1)
    for name in names[::step]:
        identifier, number = place(name)
        own = library.records([identifier])[identifier].vectors[number]
        nearest = vectors.nearest(own, 1)
        found.sought += 1
        found.unfound += not (nearest and nearest[0][1] >= SAME)
