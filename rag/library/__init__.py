"""Papers and passages on disk, behind one door.

Chroma keeps the passage vectors, tantivy the papers and their words. A paper is in the library
when tantivy has committed it, and not before: its vectors are written first, under identifiers
that carry a digest of its text, so whatever a killed run leaves behind is never found and is
overwritten or swept away by the next writer. One process writes at a time; readers go on reading
and see what was committed as soon as they look again.

The library does not know what a question is; it answers with scores and leaves their meaning to
others.
"""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from functools import wraps
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

from rag.errors import LibraryError
from rag.filters import Filters
from rag.library import disk, selection
from rag.library.disk import Identity, Record
from rag.papers import Paper
from rag.passages import passages

K = TypeVar("K")
T = TypeVar("T")
P = ParamSpec("P")

if TYPE_CHECKING:
    import tantivy
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

    from rag.embedding import Embedding

PAPERS_PER_COMMIT = 200
"""About 2,000 passages: under Chroma's limit of 5,461 a call, and a few seconds of work to lose."""

TITLE_WEIGHT = 0.75
"""What a word gains for standing in the title: BM25 of the title, times this, is added to that of
title and abstract as one text (of 0.25-2, on cranfield and litsearch)."""

PAPERS_IN_MEMORY = 5_000
"""Papers whose text and vectors are kept once read: about 100 MB at nine passages a paper."""

_WRITER_MEMORY = 50_000_000  # bytes; tantivy asks for at least 15 MB a thread
_COLLECTION = "passages"
_LARGEST_CALL = 5_000  # vectors; Chroma refuses to write more than 5,461
_TITLES_TO_COMPARE = 20  # papers whose words are nearest to those of a text that may be a title
_ALL = Filters()


@dataclass(frozen=True, slots=True)
class Written:
    """What a write changed: numbers of papers."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class _Store:
    """The two open halves as of one commit, and what was read of that commit."""

    stamp: tuple[int, int]
    vectors: "Collection"
    words: "tantivy.Index"
    searcher: "tantivy.Searcher"
    names: dict[tuple[int, int], str] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)
    arrays: dict[str, NDArray[np.float32]] = field(default_factory=dict)


def _reading(
    method: Callable[Concatenate["Library", P], T],
) -> Callable[Concatenate["Library", P], T]:
    """Let a method say what Chroma and tantivy cannot read as a `LibraryError`."""

    @wraps(method)
    def told(library: "Library", /, *args: P.args, **kwargs: P.kwargs) -> T:
        with disk.told(library.path, "read"):
            return method(library, *args, **kwargs)

    return told


class Library:
    """Papers on disk. Open one with `Library.open` or `Library.create`.

    Raises
    ------
    LibraryError
        On opening: there is none, it is damaged, or it was built with another model.
    """

    def __init__(self, path: Path, identity: Identity) -> None:
        self.path = path
        self.identity = identity
        self._analyser = disk.analyser()
        self._store = self._open_store()

    @classmethod
    def open(cls, path: Path, embedding: "Embedding | None" = None) -> "Library":
        """Open an existing library; an embedding has to be the one that it was built with."""
        identity = disk.read_identity(path)
        if embedding is not None:
            disk.check(identity, embedding, path)
        return cls(path, identity)

    @classmethod
    def create(cls, path: Path, embedding: "Embedding") -> "Library":
        """Open the library at a path, or make an empty one there."""
        if not disk.identity_file(path).exists():
            identity = Identity(embedding.name, embedding.fingerprint, embedding.dimensions)
            with disk.writing(path):
                if not disk.identity_file(path).exists():
                    (path / "words").mkdir(exist_ok=True)
                    disk.write_identity(path, identity)
        return cls.open(path, embedding)

    @_reading
    def __len__(self) -> int:
        return int(self._current().searcher.num_docs)

    # -- reading ---------------------------------------------------------------------------------

    def get(self, identifier: str) -> Paper | None:
        """Return a paper by its identifier."""
        found = self.records([identifier])
        return found[identifier].paper if found else None

    @_reading
    def records(self, identifiers: Iterable[str]) -> dict[str, Record]:
        """Return the records of the identifiers that are there, in the order asked for."""
        import tantivy

        wanted = list(dict.fromkeys(identifiers))
        store = self._current()
        searcher, kept = store.searcher, store.records
        found = {i: record for i in wanted if (record := kept.get(i)) is not None}
        if missing := [i for i in wanted if i not in found]:
            query = tantivy.Query.term_set_query(store.words.schema, "id", missing)
            hits = searcher.search(query, limit=len(missing), count=False).hits
            read = [disk.from_document(searcher.doc(address)) for _, address in hits]
            self._keep(kept, {record.paper.id: record for record in read})
            found |= {record.paper.id: record for record in read}
        return {i: found[i] for i in wanted if i in found}

    @_reading
    def identifiers(self) -> list[str]:
        """Return the identifiers of all papers, and keep the papers in memory: for small ones."""
        store = self._current()
        if len(store.records) != store.searcher.num_docs:
            self._keep(store.records, {r.paper.id: r for r in self._all_records()})
        return list(store.records)

    def papers(self) -> Iterator[Paper]:
        """Yield all papers in the order of their identifiers."""
        yield from (record.paper for record in self._all_records())

    @_reading
    def nearest(self, query: NDArray[np.float32], k: int) -> dict[str, float]:
        """Find the papers whose passages are nearest to a query.

        Parameters
        ----------
        query
            Unit vector, shape (dimensions,).
        k
            Number of passages to look at; the papers are fewer.

        Returns
        -------
        dict
            Identifier to the cosine of the nearest passage, best first.
        """
        found = self._current().vectors.query(
            query_embeddings=query[None, :], n_results=k, include=["distances"]
        )
        best: dict[str, float] = {}
        for name, distance in zip(found["ids"][0], (found["distances"] or [[]])[0], strict=True):
            best.setdefault(name.partition("@")[0], 1.0 - distance)
        return best

    @_reading
    def matching(
        self,
        words: str | Mapping[str, float],
        k: int,
        among: Sequence[str] = (),
        filters: Filters = _ALL,
    ) -> dict[str, float]:
        """Find the papers that hold words, by BM25 over title and abstract.

        Parameters
        ----------
        words
            Any text; its words are analysed as those of the papers are, and any of them may match.
            Or terms of the index with their weights; then titles count for no more than abstracts.
        k
            Number of papers at most.
        among
            If given, only these identifiers are scored.
        filters
            Only papers that pass are scored.

        Returns
        -------
        dict
            Identifier to score, best first; papers with none of the words are left out.
        """
        import tantivy

        store = self._current()
        searcher, schema = store.searcher, store.words.schema
        weighed = (
            [
                (f, t, w)
                for t in self.terms(words)
                for f, w in (("title", TITLE_WEIGHT), ("text", 1))
            ]
            if isinstance(words, str)
            else [("text", term, weight) for term, weight in words.items()]
        )
        terms = [
            tantivy.Query.boost_query(tantivy.Query.term_query(schema, name, term), weight)
            for name, term, weight in weighed
        ]
        if not terms:
            return {}
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, t) for t in terms])
        if among or filters:
            only = self._passing(filters, among)
            query = tantivy.Query.boolean_query(
                [(tantivy.Occur.Must, only), (tantivy.Occur.Must, query)]
            )
        hits = searcher.search(query, limit=max(k, 1), count=False).hits
        return {self._name(store, address): score for score, address in hits}

    @_reading
    def vectors(self, records: Iterable[Record]) -> dict[str, NDArray[np.float32]]:
        """Return the passage vectors of papers, shape (passages, dimensions) each, unit length.

        Papers that were dropped, or replaced by another text, since their records were read are
        left out.
        """
        store, wanted = self._current(), list(records)
        found = {r.key: kept for r in wanted if (kept := store.arrays.get(r.key)) is not None}
        read = self._read_vectors(store, [r for r in wanted if r.key not in found])
        self._keep(store.arrays, read)
        found |= read
        lost = [record for record in wanted if record.key not in found]
        now = self.records(record.paper.id for record in lost)
        for record in lost:
            if (left := now.get(record.paper.id)) is not None and left.key == record.key:
                raise LibraryError(
                    f"The index at {self.path} lacks vectors of {record.paper.id}: "
                    "delete that folder and build it again with `rag index`."
                )
        return {r.paper.id: found[r.key] for r in wanted if r.key in found}

    @staticmethod
    def _read_vectors(store: _Store, records: Sequence[Record]) -> dict[str, NDArray[np.float32]]:
        """Return by their keys the vectors of those records that have all of theirs."""
        ids = [name for record in records for name in record.vector_ids]
        if not ids:
            return {}
        got = store.vectors.get(ids=ids, include=["embeddings"])
        by_id = dict(zip(got["ids"], np.asarray(got["embeddings"], dtype=np.float32), strict=True))
        return {
            record.key: np.stack([by_id[name] for name in record.vector_ids])
            for record in records
            if all(name in by_id for name in record.vector_ids)
        }

    def words(self, text: str) -> list[str]:
        """Return the words of a text as they stand in the index (stemmed, lower case)."""
        return list(self._analyser.analyze(text))

    def terms(self, text: str) -> list[str]:
        """Return the distinct terms of a text as they stand in the index."""
        return list(dict.fromkeys(self.words(text)))

    @_reading
    def frequencies(self, terms: Iterable[str]) -> list[int]:
        """Return `frequency` of each of many terms."""
        searcher = self._store.searcher
        return [int(searcher.doc_freq("text", term)) for term in terms]

    def frequency(self, term: str) -> int:
        """Return in how many papers, title or abstract, a term stood at the last reading."""
        return self.frequencies([term])[0]

    # -- filters ---------------------------------------------------------------------------------

    @_reading
    def count(self, filters: Filters) -> int:
        """Return how many papers pass."""
        searcher = self._current().searcher
        found: Any = searcher.search(self._passing(filters), limit=1)
        return int(found.count)

    @_reading
    def select(
        self, filters: Filters, among: Sequence[str] = (), skip: int = 0, k: int | None = None
    ) -> list[str]:
        """Return the identifiers of the papers that pass, newest first.

        Parameters
        ----------
        among
            If given, only of these identifiers.
        skip, k
            How many to leave out at the front, and how many to return at most; None: all.
        """
        store = self._current()
        query, most = self._passing(filters, among), max(int(store.searcher.num_docs), 1)
        hits = store.searcher.search(
            query, limit=most if k is None else k, count=False, offset=skip, order_by_field="listed"
        ).hits
        return [self._name(store, address) for _, address in hits]

    @_reading
    def newest(self) -> date | None:
        """Return the newest day of a listing, or None where no day is known."""
        import tantivy

        searcher = self._current().searcher
        most = searcher.aggregate(tantivy.Query.all_query(), {"n": {"max": {"field": "listed"}}})
        last = most["n"]["value"]
        return date.fromordinal(int(last)) if last else None

    @_reading
    def titled(self, text: str) -> list[Paper]:
        """Return the papers that a text is the title of, or its part before the colon."""
        found = self.records(self.matching(text, _TITLES_TO_COMPARE)).values()
        sure = [selection.likeness(text, r.paper.title) for r in found]
        best = max(sure, default=0.0)
        return [r.paper for r, alike in zip(found, sure, strict=True) if alike == best > 0]

    @_reading
    def has_author(self, name: str) -> bool:
        """Tell whether the words of a name stand together in that of an author."""
        store = self._current()
        query = selection.author(store.words.schema, name)
        return bool(store.searcher.search(query, limit=1, count=False).hits)

    def _passing(self, filters: Filters, among: Sequence[str] = ()) -> "tantivy.Query":
        named = [p.id for title in filters.titles for p in self.titled(title)]
        return selection.query(self._store.words.schema, filters, named, among)

    # -- writing ---------------------------------------------------------------------------------

    def put(
        self,
        papers: Iterable[Paper],
        embedding: "Embedding",
        progress: Callable[[int], None] | None = None,
    ) -> Written:
        """Add papers, replace those whose text or metadata changed, leave the rest alone.

        Parameters
        ----------
        papers
            Read lazily, a batch at a time; each batch is committed as a whole.
        embedding
            The model that the library was built with.
        progress
            Called with the number of papers done after each batch.

        Raises
        ------
        LibraryBusyError
            If another process is writing.
        LibraryError
            If the folder cannot be written.
        """
        added = updated = unchanged = 0
        with self._writer() as writer:
            for batch in _batches(papers, PAPERS_PER_COMMIT):
                new = {
                    paper.id: Record(
                        paper, tuple(passages(paper, embedding.fits)), disk.digest(paper)
                    )
                    for paper in batch
                }
                old = self.records(new)
                changed = [r for i, r in new.items() if i not in old or old[i].paper != r.paper]
                self._commit(writer, changed, old, embedding)
                updated += (replaced := sum(r.paper.id in old for r in changed))
                added += len(changed) - replaced
                unchanged += len(batch) - len(changed)
                if progress:
                    progress(len(batch))
        return Written(added, updated, unchanged)

    def drop(self, identifiers: Iterable[str]) -> int:
        """Remove papers; returns how many were there."""
        with self._writer() as writer, disk.told(self.path, "written"):
            gone = self.records(identifiers)
            for identifier in gone:
                writer.delete_documents_by_term("id", identifier)
            writer.commit()
            self._reload()
            self._delete_vectors(name for r in gone.values() for name in r.vector_ids)
        return len(gone)

    def _commit(
        self,
        writer: "tantivy.IndexWriter",
        records: Sequence[Record],
        old: Mapping[str, Record],
        embedding: "Embedding",
    ) -> None:
        """Vectors first, then the papers in one commit, then what they replaced."""
        fresh = [r for r in records if r.paper.id not in old or old[r.paper.id].digest != r.digest]
        encoded = embedding.encode([passage.text for r in fresh for passage in r.passages])
        with disk.told(self.path, "written"):
            self._write_vectors(fresh, encoded)
            self._write_metadata(r for r in records if r not in fresh)
            for record in records:
                writer.delete_documents_by_term("id", record.paper.id)
                writer.add_document(disk.to_document(record))
            if records:
                writer.commit()
                self._reload()
            replaced = [old[r.paper.id] for r in fresh if r.paper.id in old]
            self._delete_vectors(name for record in replaced for name in record.vector_ids)

    def _write_vectors(self, records: Iterable[Record], vectors: NDArray[np.float32]) -> None:
        rows = _filed(records)
        for start in range(0, len(rows), _LARGEST_CALL):
            some = slice(start, start + _LARGEST_CALL)
            ids, metadata = [name for name, _ in rows[some]], [kept for _, kept in rows[some]]
            self._store.vectors.upsert(ids=ids, embeddings=vectors[some], metadatas=metadata)

    def _write_metadata(self, records: Iterable[Record]) -> None:
        for group in _batches(_filed(records), _LARGEST_CALL):
            ids, metadata = [name for name, _ in group], [kept for _, kept in group]
            self._store.vectors.update(ids=ids, metadatas=metadata)

    def _sweep(self) -> None:
        """Remove vectors that no paper refers to: what a killed run left behind."""
        store = self._current()
        if store.vectors.count() == disk.count_passages(store.searcher):
            return
        known = {name for record in self._all_records() for name in record.vector_ids}
        stored = store.vectors.get(include=[])["ids"]
        self._delete_vectors(name for name in stored if name not in known)

    def _delete_vectors(self, names: Iterable[str]) -> None:
        for group in _batches(names, _LARGEST_CALL):
            self._store.vectors.delete(ids=group)

    @contextmanager
    def _writer(self) -> Iterator["tantivy.IndexWriter"]:
        with disk.writing(self.path):
            with disk.told(self.path, "written"):
                self._sweep()
                writer = self._store.words.writer(_WRITER_MEMORY, 1)
            try:
                yield writer
            except BaseException:
                with suppress(Exception):  # a full disk stops this too; nothing was committed
                    writer.rollback()
                raise
            finally:
                with disk.told(self.path, "written"):
                    writer.wait_merging_threads()
                    self._reload()

    # -- the two halves --------------------------------------------------------------------------

    def _open_store(self) -> _Store:
        import tantivy

        with disk.told(self.path, "opened"):
            words = tantivy.Index(disk.schema(), path=str(self.path / "words"))
            words.register_tokenizer(disk.ANALYSER, disk.analyser())
            stamp = self._stamp()  # before the rest: what is committed meanwhile is seen next time
            words.reload()
            vectors = self._open_chroma().get_or_create_collection(
                _COLLECTION,
                configuration={"hnsw": {"space": "cosine", "ef_search": 200}},
                embedding_function=None,
            )
            return _Store(stamp, vectors, words, words.searcher())

    def _open_chroma(self) -> "ClientAPI":
        """Open Chroma anew. Its usual client would share, and so keep, what is open already."""
        from chromadb.api import ServerAPI
        from chromadb.api.client import Client
        from chromadb.config import Settings, System

        settings = Settings(
            is_persistent=True,
            persist_directory=str(self.path / "vectors"),
            anonymized_telemetry=False,
        )
        system = System(settings)
        system.instance(ServerAPI)  # type: ignore[type-abstract]
        system.start()
        return Client.from_system(system)

    def _stamp(self) -> tuple[int, int]:
        """Tell one commit from the next: tantivy replaces this file with each."""
        status = (self.path / "words" / "meta.json").stat()
        return status.st_mtime_ns, status.st_ino

    def _name(self, store: _Store, address: "tantivy.DocAddress") -> str:
        """Return the identifier of a document, from memory if it was seen before."""
        place = (address.segment_ord, address.doc)
        name = store.names.get(place)
        if name is None:
            name = str(store.searcher.doc(address)["id"][0])
            self._keep(store.names, {place: name})
        return name

    @staticmethod
    def _keep(kept: dict[K, T], read: Mapping[K, T]) -> None:
        """Remember what was read, and begin anew when that has become too much."""
        if len(kept) + len(read) > PAPERS_IN_MEMORY:
            kept.clear()
        kept.update(read)

    def _reload(self) -> None:
        """See what this library itself committed."""
        stamp = self._stamp()
        words = self._store.words
        words.reload()
        self._store = _Store(stamp, self._store.vectors, words, words.searcher())

    def _current(self) -> _Store:
        """See what others committed. Chroma keeps an open index of its own: it is opened anew."""
        if self._stamp() != self._store.stamp:
            self._store = self._open_store()
            gc.collect()  # what was open before has files and threads, and refers to itself
        return self._store

    def _all_records(self) -> Iterator[Record]:
        yield from map(disk.from_document, self._all_documents())

    @_reading
    def _all_documents(self) -> "list[tantivy.Document]":
        import tantivy

        searcher = self._current().searcher
        most = max(int(searcher.num_docs), 1)
        hits = searcher.search(tantivy.Query.all_query(), limit=most, count=False).hits
        return sorted((searcher.doc(a) for _, a in hits), key=lambda d: str(d["id"][0]))


def _filed(records: Iterable[Record]) -> list[tuple[str, Any]]:
    """Return the identifier of each vector of papers, and what Chroma keeps beside it."""
    return [(name, disk.metadata(r.paper)) for r in records for name in r.vector_ids]


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
