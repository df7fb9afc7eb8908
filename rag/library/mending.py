"""The files of a library, checked against what is known of them, and mended from one another.

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

from rag.core.papers import Paper
from rag.errors import LibraryError
from rag.library import disk, journal, opening, segments, terms
from rag.library.journal import Journal
from rag.library.merging import merged
from rag.library.records import Record
from rag.library.segments import MANAGED, META, Salvage, Segment

if TYPE_CHECKING:
    from rag.models.embedding import Embedding

ASIDE = "aside"
"""Folder of a library in which lies what a repair replaced."""

_SAME = 0.99  # cosine from which two vectors are of one text; see `checking.SAME`
_COMPARED = 3  # papers that show whether a model is the one of an index
_NEW = "words.new"


def damage(path: Path) -> list[str]:
    """Return what is wrong with the files of a library, each in a few words; empty: nothing.

    Raises
    ------
    LibraryError
        If there is no library.
    """
    if not opening.holds_papers(path) and not disk.identity_file(path).exists():
        disk.read_identity(path)
    known = journal.read(path)
    found = []
    if known is None and opening.holds_papers(path):
        there = journal.file(path).exists()
        found.append(f"{journal.file(path).name} is {'damaged' if there else 'missing'}")
    if wrong := _wrong_identity(path, known):
        found.append(wrong)
    words = path / "words"
    if (words / MANAGED).exists() and not _is_list(words / MANAGED):
        found.append(f"words/{MANAGED} is damaged")
    meta, wrong = _meta(words, known)
    if wrong:
        found.append(wrong)
    if meta is not None:
        found += _wrong_files(words, meta, known)
    return found


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
    if not damage(path):
        return []
    return _Mending(path, embedding).mend()


class _Mending:
    """The mending of one library."""

    def __init__(self, path: Path, embedding: "Embedding") -> None:
        self._path, self._words, self._embedding = path, path / "words", embedding
        self._known = journal.read(path)
        self._done: list[str] = []
        self._aside: Path | None = None

    def mend(self) -> list[str]:
        """Do it, and return what was done."""
        if not self._words.exists() and (self._path / _NEW / META).exists():
            (self._path / _NEW).rename(self._words)  # a repair was cut off in its last step
        self._words.mkdir(exist_ok=True)
        if not _is_list(self._words / MANAGED):
            self._mend_list()
        self._mend_papers()
        if _wrong_identity(self._path, self._known):
            self._mend_identity()
        opening.let_read(self._path)
        if self._aside:
            self._done.append(f"what was replaced is kept in {self._aside}")
        return self._done

    def _mend_list(self) -> None:
        """List the files anew: those that are in no list are never cleared away, no more."""
        if (self._words / MANAGED).exists():
            self._put_aside(self._words / MANAGED)
        names = [f.name for f in self._words.iterdir() if not f.name.startswith(".")]
        disk.write_whole(self._words / MANAGED, json.dumps(sorted(names)))
        self._done.append(f"words/{MANAGED} was made again")

    def _mend_papers(self) -> None:
        meta, wrong = _meta(self._words, self._known)
        if wrong and self._known and _all_there(self._words, self._known.meta):
            self._restore_meta(self._known.meta)
            meta, wrong = _meta(self._words, self._known)
        if wrong or meta is None or _wrong_files(self._words, meta, self._known):
            self._write_again()
            journal.forget(self._path)
            self._known = None
        papers = _count(self._words)
        kept = self._known.identity if self._known else {}
        journal.settle(self._path, papers, kept or self._identity_now())

    def _restore_meta(self, text: str) -> None:
        if (self._words / META).exists():
            self._put_aside(self._words / META)
        disk.write_whole(self._words / META, text)
        self._done.append(f"words/{META} was made again")

    def _write_again(self) -> None:
        """Make the papers' index again from the records that can still be read."""
        import tantivy

        new = self._path / _NEW
        if new.exists():  # of a repair that was cut off
            self._put_aside(new)
        new.mkdir()
        index = tantivy.Index(disk.schema(), path=str(new))
        index.register_tokenizer(terms.TOKENIZER, terms.tokenizer())
        writer = index.writer(disk.WRITER_MEMORY, 1)
        found = _Found(self._words, self._all_segments(), self._dimensions())
        for record in found.records():
            writer.add_document(disk.to_document(record))
        for record in found.doubled.values():
            writer.delete_documents_by_term("id", record.id)
            writer.add_document(disk.to_document(record))
        writer.commit()
        writer.wait_merging_threads()
        had = self._known.fewest if self._known else found.read + found.unreadable
        if had and not found.read:
            shutil.rmtree(new)
            raise LibraryError(
                f"No paper of the index at {self._path} can be read any more, and nothing was "
                "changed: `rag restore` brings a backup, `rag index` reads the papers again."
            )
        self._put_aside(self._words)
        new.rename(self._words)
        self._done.append(f"the words were made again from {found.read:,} papers")
        if lost := max(had - found.read, 0):
            self._done.append(
                f"{lost:,} papers could not be read, and are lost: `rag index` reads them again"
            )

    def _all_segments(self) -> list[Segment]:
        """Return the segments that hold the papers, as well as can be told."""
        lying = {segment.id: segment for segment in segments.of_folder(self._words)}
        meta, _ = _meta(self._words, self._known)
        if meta is None and self._known and self._known.becoming is None:
            meta = self._known.meta
        named = segments.of_meta(meta) if meta else []
        if not any(segment.id in lying for segment in named):
            return list(lying.values())
        return [segment for segment in named if segment.id in lying]

    def _dimensions(self) -> int:
        return int(self._identity_now()["dimensions"])

    def _identity_now(self) -> dict[str, Any]:
        if self._known and self._known.identity:
            return self._known.identity
        try:
            return asdict(disk.read_identity(self._path))
        except LibraryError:
            return asdict(disk.identity_of(self._embedding))

    def _mend_identity(self) -> None:
        kept = self._known.identity if self._known else {}
        if kept:
            identity = disk.Identity(**kept)
        else:
            self._check_model()
            identity = disk.identity_of(self._embedding, _collection(self._path))
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
        if self._aside is None:
            taken = [int(f.name) for f in (self._path / ASIDE).glob("*") if f.name.isdecimal()]
            self._aside = self._path / ASIDE / str(max(taken, default=0) + 1)
            self._aside.mkdir(parents=True)
        os.replace(place, self._aside / place.name)


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
            with Salvage(self._words, part) as salvage:
                for record in salvage.papers(self._dimensions):
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
        joined: Paper = merged(before.paper, record.paper)
        texts = (joined.title, joined.abstract)
        of_old = texts == (before.paper.title, before.paper.abstract)
        self.doubled[record.id] = before if of_old else record

    def _first(self, identifier: str) -> Record | None:
        with Salvage(self._words, self._parts[self._papers[identifier]]) as salvage:
            found = (r for r in salvage.papers(self._dimensions) if r and r.id == identifier)
            return next(found, None)


def _records(searcher: Any, dimensions: int) -> Iterator[Record]:  # noqa: ANN401 - tantivy's
    import tantivy

    hits = searcher.search(tantivy.Query.all_query(), limit=10 * _COMPARED, count=False).hits
    for _, address in hits:
        yield disk.from_document(searcher.doc(address), dimensions)


def _is_of(record: Record, embedding: "Embedding") -> bool:
    now = embedding.encode([passage.text for passage in record.passages])
    return bool(((now * record.vectors).sum(axis=1) >= _SAME).all())


def _collection(path: Path) -> str:
    """Return the name of the only collection that the Chroma of a folder has; empty: unknown."""
    import sqlite3

    file = path / "vectors" / "chroma.sqlite3"
    if not file.exists():
        return ""
    try:
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as opened:
            names = [str(name) for (name,) in opened.execute("SELECT name FROM collections")]
    except sqlite3.Error:
        return ""
    return names[0] if len(names) == 1 else ""


def _wrong_identity(path: Path, known: Journal | None) -> str:
    name = disk.identity_file(path).name
    if not disk.identity_file(path).exists():
        return f"{name} is missing"
    try:
        kept = json.loads(disk.identity_file(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return f"{name} is damaged"
    if known and known.identity:
        return "" if kept == known.identity else f"{name} is not what it was"
    try:
        disk.Identity(**kept)
    except TypeError:
        return f"{name} is damaged"
    return ""


def _is_list(file: Path) -> bool:
    try:
        return isinstance(json.loads(file.read_text(encoding="utf-8")), list)
    except (OSError, ValueError):
        return False


def _meta(words: Path, known: Journal | None) -> tuple[str | None, str]:
    """Return the text that tells the files of the papers, if it can be trusted, and what is wrong.

    While a commit is being made the journal does not know it, and it has to speak for itself.
    """
    file = words / META
    try:
        text = file.read_text(encoding="utf-8")
        named = segments.of_meta(text)
    except FileNotFoundError:
        return None, f"words/{META} is missing"
    except (OSError, ValueError):
        return None, f"words/{META} is damaged"
    if known and known.meta and known.becoming is None:
        return (text, "") if text == known.meta else (None, f"words/{META} is not what it was")
    lying = {segment.id: segment for segment in segments.of_folder(words)}
    if not named and lying and not (known and known.fewest == 0):
        return None, f"words/{META} names no papers, and there are some"
    for segment in named:
        documents = lying[segment.id].documents if segment.id in lying else None
        if documents not in (None, segment.documents):
            return None, f"words/{META} is not what it was"
    return text, ""


def _wrong_files(words: Path, meta: str, known: Journal | None) -> list[str]:
    """Return which files of the papers are missing or not what they were."""
    sums = known.files if known else {}
    found = []
    for name in segments.files_of(meta):
        file = words / name
        if not file.exists():
            found.append(f"words/{name} is missing")
        elif name in sums:
            if journal.digest(file) != sums[name]:
                found.append(f"words/{name} is damaged")
        elif not segments.is_whole(file):
            found.append(f"words/{name} is damaged")
    return found


def _all_there(words: Path, meta: str) -> bool:
    try:
        return all((words / name).exists() for name in segments.files_of(meta))
    except ValueError:
        return False


def _count(words: Path) -> int:
    """Return how many papers an index has that has just been mended."""
    import tantivy

    with disk.told(words.parent, "read"):
        index = tantivy.Index.open(str(words))
        return int(index.searcher().num_docs)
