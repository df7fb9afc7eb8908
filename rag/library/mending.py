"""The files of a library, checked against what is known of them, and repaired from one another.

What a file held is told by the journal, by its own footer, or by the papers themselves. Nothing
that could be the only copy is deleted: what is replaced is moved into the folder ``aside``. This
knows files; whether papers and vectors agree is `checking`'s business.
"""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.errors import LibraryError
from rag.library import damage, disk, journal, near, opening, salvage, segments
from rag.library.merging import merged, told
from rag.library.records import Record
from rag.library.segments import MANAGED, META, Segment

if TYPE_CHECKING:
    from rag.models.embedding import Embedding

ASIDE = "aside"
"""Folder of a library in which lies what a repair replaced."""

_SAME = 0.99  # cosine from which two vectors are of one text; see `checking.SAME`
_COMPARED = 3  # papers that show whether a model is the one of an index


def mend(path: Path, embedding: "Embedding") -> list[str]:
    """Mend the files of a library, as far as they can be; nobody else may write meanwhile.

    Parameters
    ----------
    path
        Of the library.
    embedding
        The model that it was built with, which shows what its identity was.

    Returns
    -------
    list of str
        What was done, each in a few words.

    Raises
    ------
    LibraryError
        If what is lost cannot be made again.
    """
    if not damage.found(path):
        return []
    return _Mending(path, embedding).mend()


def free_locks(path: Path) -> list[str]:
    """Put aside what lies in the place of a lock and cannot be one; returns what was done.

    Nobody can be writing: what cannot be locked keeps everybody out.
    """
    if not opening.is_writable(path):
        return []
    wrong = disk.no_locks(path)
    for name in wrong:
        set_aside(path, path / name)
    return [f"what lay in the place of {name} was put aside" for name in wrong]


class _Mending:
    """The mending of one library."""

    def __init__(self, path: Path, embedding: "Embedding") -> None:
        self._path, self._words, self._embedding = path, path / "words", embedding
        self._known = journal.read(path)
        self._identity = self._known.identity if self._known else {}
        self._done: list[str] = []
        self._aside: Path | None = None

    def mend(self) -> list[str]:
        """Do it, and return what was done."""
        if not self._words.exists() and (self._path / disk.NEW_WORDS / META).exists():
            (self._path / disk.NEW_WORDS).rename(
                self._words
            )  # a repair was cut off in its last step
        if journal.file(self._path).is_dir():
            self._put_aside(journal.file(self._path))
        self._words.mkdir(exist_ok=True)
        if not damage.is_list(self._words / MANAGED):
            self._mend_list()
        self._mend_papers()
        if damage.wrong_identity(self._path, journal.read(self._path)):
            self._mend_identity()
        for name in near.damaged(self._path):
            if (self._path / name).is_dir():
                self._put_aside(self._path / name)
            else:
                (self._path / name).unlink()
            self._done.append(f"{name} was made again from the papers")
        opening.let_read(self._path)
        if self._aside:
            self._done.append(f"what was replaced is kept in {self._aside}")
        return self._done

    def _mend_list(self) -> None:
        """List the files anew: those that are in no list are never cleared away, no more."""
        if os.path.lexists(self._words / MANAGED):
            self._put_aside(self._words / MANAGED)
        names = [f.name for f in self._words.iterdir() if not f.name.startswith(".")]
        disk.write_whole(self._words / MANAGED, json.dumps(sorted(names)))
        self._done.append(f"words/{MANAGED} was made again")

    def _mend_papers(self) -> None:
        meta, wrong = damage.meta_of(self._words, self._known)
        if wrong and self._known and damage.all_there(self._words, self._known.meta):
            self._restore_meta(self._known.meta)
            meta, wrong = damage.meta_of(self._words, self._known)
        nameless = not self._identity_known()  # then it is not known either how words are filed
        if wrong or meta is None or nameless or damage.wrong_files(self._words, meta, self._known):
            self._write_again()
        journal.settle(self._path, _count(self._words), self._identity_known())

    def _restore_meta(self, text: str) -> None:
        if (self._words / META).exists():
            self._put_aside(self._words / META)
        disk.write_whole(self._words / META, text)
        self._done.append(f"words/{META} was made again")

    def _write_again(self) -> None:
        """Make the papers' index again from the records that can still be read."""
        new = self._path / disk.NEW_WORDS
        if new.exists():  # of a repair that was cut off
            self._put_aside(new)
        new.mkdir()
        writer = disk.new_words(new).writer(disk.WRITER_MEMORY, 1)
        found = _Found(self._words, self._all_segments(), self._dimensions())
        for record in found.records():
            writer.add_document(disk.to_document(record))
        for record in found.doubled.values():
            writer.delete_documents_by_term("id", record.id)
            writer.add_document(disk.to_document(record))
        writer.commit()
        writer.wait_merging_threads()
        had = self._known.fewest if self._known else found.read + found.unreadable
        most = self._known.most if self._known else had
        if had and not found.read:
            shutil.rmtree(new)
            raise LibraryError(
                f"No paper of the index at {self._path} can be read any more, and nothing was "
                "changed: `rag restore` brings a backup, `rag index` reads the papers again."
            )
        self._put_aside(self._words)
        new.rename(self._words)
        self._renew()
        self._done.append(f"the words were made again from {found.read:,} papers")
        if lost := max(had - found.read, 0):
            self._done.append(
                f"{lost:,} papers could not be read, and are lost: `rag index` reads them again"
            )
        if back := max(found.read - most, 0):
            self._done.append(
                f"{back:,} papers are back that had been dropped, as which ones is lost: "
                "`rag list` shows them all, `rag drop` drops them again"
            )

    def _renew(self) -> None:
        """Forget what was known of the old files, and note that words are filed as they are now."""
        if kept := self._identity_known():
            self._identity = disk.renewed(kept)
            if kept != self._identity:
                disk.write_identity(self._path, disk.Identity(**self._identity))
        journal.forget(self._path)
        self._known = None

    def _all_segments(self) -> list[Segment]:
        """Return the segments that hold the papers, as well as can be told."""
        lying = {segment.id: segment for segment in segments.of_folder(self._words)}
        meta, _ = damage.meta_of(self._words, self._known)
        if meta is None and self._known and self._known.becoming is None:
            meta = self._known.meta
        named = segments.of_meta(meta) if meta else []
        if not any(segment.id in lying for segment in named):
            return list(lying.values())
        return [segment for segment in named if segment.id in lying]

    def _dimensions(self) -> int:
        return int(self._identity_known().get("dimensions", self._embedding.dimensions))

    def _identity_known(self) -> dict[str, Any]:
        """Return the identity as the journal or its own file has it; empty: neither does."""
        if self._identity:
            return self._identity
        try:
            return asdict(disk.read_identity(self._path))
        except LibraryError:
            return {}

    def _mend_identity(self) -> None:
        if self._identity:
            identity = disk.Identity(**self._identity)
        else:
            self._check_model()
            identity = disk.identity_of(self._embedding)
        if disk.identity_file(self._path).exists():
            self._put_aside(disk.identity_file(self._path))
        disk.write_identity(self._path, identity)
        journal.settle(self._path, _count(self._words), asdict(identity))
        self._done.append(f"{disk.identity_file(self._path).name} was made again")

    def _check_model(self) -> None:
        """Make sure that it is the model at hand that made the vectors of the papers.

        Raises
        ------
        LibraryError
            If it is not.
        """
        store = opening.now(self._path)
        width, compared = self._embedding.dimensions, 0
        for record in _records(store.searcher, width):
            if not record.packed or not record.spans:
                continue
            fits = len(record.packed) == 2 * width * (len(record.spans) + 1)
            if not fits or not _is_of(record, self._embedding):
                raise LibraryError(
                    f"The index at {self._path} was not built with the embedding model "
                    f"{self._embedding.name}: set RAG_EMBEDDING to the one it was built with, and "
                    "run `rag doctor --repair` again."
                )
            compared += 1
            if compared == _COMPARED:
                return

    def _put_aside(self, place: Path) -> None:
        self._aside = set_aside(self._path, place, self._aside)


def set_aside(path: Path, place: Path, folder: Path | None = None) -> Path:
    """Move a file or folder of a library where it is in nobody's way.

    Parameters
    ----------
    path
        Of the library.
    place
        Of it, what is to be moved.
    folder
        Where other things were put by the same repair; None: a new one is made.

    Returns
    -------
    Path
        The folder in which it lies now.
    """
    if folder is None:
        taken = [int(f.name) for f in (path / ASIDE).glob("*") if f.name.isdecimal()]
        folder = path / ASIDE / str(max(taken, default=0) + 1)
        folder.mkdir(parents=True)
    place.replace(folder / place.name)
    return folder


class _Found:
    """The records of some segments; what is there twice is told apart from the rest."""

    def __init__(self, words: Path, parts: list[Segment], dimensions: int) -> None:
        self._words, self._parts, self._dimensions = words, parts, dimensions
        self._papers: dict[str, int] = {}
        self.doubled: dict[str, Record] = {}
        self.unreadable = 0

    @property
    def read(self) -> int:
        """How many papers could be read."""
        return len(self._papers)

    def records(self) -> Iterator[Record]:
        """Yield the record of each paper where it is met first."""
        for number, part in enumerate(self._parts):
            for record in salvage.papers(self._words, part, self._dimensions):
                if record is None:
                    self.unreadable += 1
                elif record.id in self._papers:
                    self._join(record)
                else:
                    self._papers[record.id] = number
                    yield record

    def _join(self, record: Record) -> None:
        """Keep of two records of a paper the one whose text counts."""
        before = self.doubled.get(record.id) or self._first(record.id)
        if before is None:
            self.doubled[record.id] = record
            return
        joined = merged({*told(before.paper), *told(record.paper)})
        texts = (joined.title, joined.abstract)
        of_old = texts == (before.paper.title, before.paper.abstract)
        self.doubled[record.id] = before if of_old else record

    def _first(self, identifier: str) -> Record | None:
        part = self._parts[self._papers[identifier]]
        read = salvage.papers(self._words, part, self._dimensions)
        return next((r for r in read if r and r.id == identifier), None)


def _records(searcher: Any, dimensions: int) -> Iterator[Record]:  # noqa: ANN401 - tantivy's
    import tantivy

    hits = searcher.search(tantivy.Query.all_query(), limit=10 * _COMPARED, count=False).hits
    for _, address in hits:
        yield disk.from_document(searcher.doc(address), dimensions)


def _is_of(record: Record, embedding: "Embedding") -> bool:
    now = embedding.encode([passage.text for passage in record.passages])
    return bool(((now * record.vectors).sum(axis=1) >= _SAME).all())


def _count(words: Path) -> int:
    """Return how many papers an index has that has just been mended."""
    import tantivy

    with disk.told(words.parent, "read"):
        index = tantivy.Index.open(str(words))
        return int(index.searcher().num_docs)
