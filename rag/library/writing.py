"""Writing to a library: all or nothing, batch by batch, one process at a time.

The order is what keeps it whole: vectors to Chroma, then the papers in one commit of tantivy, then
what they replaced out of Chroma. A run that is killed leaves at most vectors that no paper refers
to; they are swept away when somebody writes again.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from rag.core.papers import Paper, scrubbed
from rag.errors import LibraryError
from rag.library import chroma, described, disk, journal, terms
from rag.library.batches import batches
from rag.library.joining import Outcome, joined
from rag.library.passages import passages
from rag.library.records import Record, digest, pack
from rag.library.store import lost

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    import tantivy

    from rag.library import Library
    from rag.models.embedding import Embedding

PAPERS_PER_COMMIT = 200
"""About 2,000 passages: under Chroma's limit of 5,461 a call, and a few seconds of work to lose."""

PATIENCE = 120.0
"""Seconds that a writer to a shared server waits for its turn: another one's takes a few."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a write changed: numbers of papers."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a batch comes to: the papers to write, what they replace, and what is said of each."""

    papers: Mapping[str, Paper]
    old: Mapping[str, Record]
    outcomes: Sequence[Outcome]
    joined: Sequence[str] = ()
    """Identifiers under which papers were kept that have become part of others."""


class Writer:
    """Writes to one library."""

    def __init__(self, library: "Library") -> None:
        self._library = library
        self._path = library.path

    def put(
        self,
        papers: Iterable[Paper],
        embedding: "Embedding",
        progress: Callable[[Sequence[Outcome]], None] | None = None,
    ) -> Written:
        """Do what `Library.put` promises."""
        counts: Counter[str] = Counter()
        with self._alone():
            with self._turn():
                self.renew()
            for batch in batches(map(scrubbed, papers), PAPERS_PER_COMMIT):
                outcomes = self._put(batch, embedding)
                counts.update(outcome.change for outcome in outcomes)
                if progress:
                    progress(outcomes)
        return Written(**counts)

    def drop(self, identifiers: Iterable[str]) -> int:
        """Remove papers; returns how many were there."""
        with self._alone(), self._turn():
            self.renew()
            return self._drop(identifiers)

    def _drop(self, identifiers: Iterable[str]) -> int:
        with self._writer() as writer:
            self._sweep()
            gone = self._library.records(identifiers)
            self._announce(-len(gone))
            for identifier in gone:
                writer.delete_documents_by_term("id", identifier)
            writer.commit()
            self._library.wrote()
            self._delete_vectors(gone.values())
        return len(gone)

    def embed_again(self, papers: Sequence[Paper], embedding: "Embedding") -> None:
        """Replace the vectors of papers, under a lock that the caller holds."""
        self.renew()
        ready: dict[str, Record] = {}
        self._embed(_Plan({paper.id: paper for paper in papers}, {}, ()), ready, embedding)
        self._commit(list(ready.values()), {})

    def _put(self, batch: Sequence[Paper], embedding: "Embedding") -> Sequence[Outcome]:
        ready: dict[str, Record] = {}
        stamp = self._library.store().stamp
        plan = self._plan(batch)
        self._embed(plan, ready, embedding)
        with self._turn():
            if self._library.store().stamp != stamp:  # another process wrote while this embedded
                plan = self._plan(batch)
                self._embed(plan, ready, embedding)
            if plan.papers:
                self._sweep()
                self._commit([ready[i] for i in plan.papers], plan.old, plan.joined)
        return plan.outcomes

    def _plan(self, batch: Sequence[Paper]) -> _Plan:
        old = self._library.kin(batch)
        found, outcomes = joined([record.paper for record in old.values()], batch)
        papers = {paper.id: paper for paper in found}
        changed = {i: p for i, p in papers.items() if i not in old or old[i].paper != p}
        return _Plan(changed, old, outcomes, [i for i in old if i not in papers])

    def _embed(self, plan: _Plan, ready: dict[str, Record], embedding: "Embedding") -> None:
        """Make the records of a plan; only texts that are new to the library are embedded."""
        width = self._library.identity.dimensions
        fresh: list[tuple[Paper, list[tuple[int, int]]]] = []
        texts: list[str] = []
        for identifier, paper in plan.papers.items():
            known = ready.get(identifier) or plan.old.get(identifier)
            if known and known.digest == digest(paper) and known.paper.withdrawn == paper.withdrawn:
                ready[identifier] = Record.of(paper, known.spans, known.packed, width)
                continue
            cut = [] if paper.withdrawn else passages(paper, embedding.fits)
            fresh.append((paper, [(p.start, p.end) for p in cut]))
            texts += [passage.text for passage in cut]
        rows = iter(embedding.encode(texts)) if texts else iter(())
        for paper, spans in fresh:
            packed = pack(np.array([next(rows) for _ in spans], np.float32))
            ready[paper.id] = Record.of(paper, spans, packed, width)

    def _commit(
        self, records: Sequence[Record], old: Mapping[str, Record], joined: Sequence[str] = ()
    ) -> None:
        """Vectors first, then the papers in one commit, then what they replaced."""
        kept = {name for record in records for name in record.names}
        known = {i: set(record.names) for i, record in old.items()}
        fresh = [r for r in records if not known.get(r.id, set()) >= set(r.names)]
        replaced = [old[i] for i in (*(r.id for r in records), *joined) if i in old]
        new = {r.id for r in fresh}
        told = [
            record
            for record in records
            if record.id in old
            and record.id not in new
            and described.metadata(record) != described.metadata(old[record.id])
        ]
        with self._writer() as writer:
            vectors = self._library.store().vectors
            vectors.keep(fresh)
            vectors.describe(told)
            there = len(self._library.records(r.id for r in records)) + len(joined)
            self._announce(len(records) - there)
            for identifier in joined:
                writer.delete_documents_by_term("id", identifier)
            for record in records:
                writer.delete_documents_by_term("id", record.id)
                writer.add_document(disk.to_document(record))
            writer.commit()
            self._library.wrote()
            self._delete_vectors(replaced, kept)

    def renew(self) -> None:
        """Bring an index of an older format up to date, under a lock that the caller holds.

        All is made of its own records. The identity tells the new format when all is there, and a
        last commit tells the readers. A run that is killed before is done once more.
        """
        before = self._library.identity
        if before.format == disk.FORMAT:
            return
        after = disk.Identity(**disk.renewed(asdict(before)))
        if before.format == terms.OLDER_FORMAT:
            self._renew_words()
        vectors = self._renew_vectors(after)
        self._library.identity = after
        disk.write_identity(self._path, after)
        self._library.reopen()
        self.tell()
        vectors.forget_older()

    def _renew_words(self) -> None:
        store = self._library.store()
        with self._writer() as writer:
            self._announce(0)
            writer.delete_all_documents()
            for address in store.addresses():
                writer.add_document(disk.to_document(store.read(address)))
            writer.commit()

    def _renew_vectors(self, identity: disk.Identity) -> chroma.ChromaVectors:
        """Put the passages into Chroma again, as the identity names them; what was there stays."""
        vectors = chroma.opened(self._library.server or self._path / "vectors", identity.collection)
        vectors.clear()
        store = self._library.store()
        for some in batches(map(store.read, store.addresses()), PAPERS_PER_COMMIT):
            vectors.keep(some)
        return vectors

    def _announce(self, more: int) -> None:
        """Note in the journal how many papers there are, and how many more are about to be."""
        papers = int(self._library.store().searcher.num_docs)
        journal.begin(self._path, papers, papers + more)

    def _delete_vectors(self, records: Iterable[Record], kept: Iterable[str] = ()) -> None:
        names = {name for record in records for name in record.names}
        if gone := sorted(names.difference(kept)):
            self._library.store().vectors.delete(gone)

    @contextmanager
    def only(self) -> Iterator[None]:
        """Be the only writer, wherever the vectors are."""
        with self._alone(), self._turn():
            yield

    def tell(self) -> None:
        """Make those who read open everything anew: an empty commit."""
        with self._writer() as writer:
            writer.commit()

    def _alone(self) -> "AbstractContextManager[None]":
        """Be the only writer of the whole run: what another wrote to Chroma would not be seen."""
        return self._lock(shared=False)

    def _turn(self) -> "AbstractContextManager[None]":
        """Be the only writer of a batch, where others may write to the same server between."""
        return self._lock(shared=True)

    def _lock(self, shared: bool) -> "AbstractContextManager[None]":
        if self._library.store().is_shared != shared:
            return nullcontext()
        return disk.writing(self._path, PATIENCE if shared else 0)

    @contextmanager
    def _writer(self) -> Iterator["tantivy.IndexWriter"]:
        with disk.told(self._path, "written"):
            writer = self._library.store().words.writer(disk.WRITER_MEMORY, 1)
            try:
                yield writer
            except BaseException:
                with suppress(Exception):  # a full disk stops this too; nothing was committed
                    writer.rollback()
                raise
            finally:
                writer.wait_merging_threads()
                self._library.wrote()
            self._library.settle()

    def _sweep(self) -> None:
        """Remove vectors that no paper refers to: what a killed run left behind."""
        store = self._library.store()
        stored, known = len(store.vectors), disk.count_passages(store.searcher)
        if stored < known:
            raise LibraryError(lost(self._path, f"{known - stored:,} of {known:,}"))
        if stored > known:
            names = {name for address in store.addresses() for name in store.record(address).names}
            there = set(store.vectors.names())
            if missing := len(names - there):
                raise LibraryError(lost(self._path, f"{missing:,} of {known:,}"))
            store.vectors.delete(sorted(there - names))
