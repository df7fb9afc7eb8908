"""Papers and passages on disk: what reads them (`reading`), and with it what writes them.

Tantivy keeps the papers, their words and the vectors of their passages; Chroma the same vectors for
the approximate search, in the library's folder or on a server. A paper is in the library when
tantivy has committed it, and not before: its vectors go to Chroma first, under identifiers that
carry a digest of its text, so what a killed run leaves behind is never found as a paper, and the
next writer overwrites or removes it. One process writes at a time; readers go on reading and see
what was committed at their next search.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from rag.core.papers import Paper
from rag.errors import LibraryError
from rag.library import disk, journal, opening
from rag.library.browsing import Sorting
from rag.library.disk import Identity
from rag.library.joining import Outcome
from rag.library.reading import Reader
from rag.library.records import Record
from rag.library.writing import Writer, Written

if TYPE_CHECKING:
    from rag.library.checking import Findings
    from rag.models.embedding import Embedding

__all__ = ["Library", "Outcome", "Reader", "Record", "Sorting", "Written"]


class Library(Reader):
    """A library to be read and written. Open one with `Library.open` or `Library.create`.

    Raises
    ------
    LibraryError
        On opening: there is none, it is damaged, or it was built with another model.
    """

    @classmethod
    def create(cls, path: Path, embedding: "Embedding", server: str | None = None) -> "Library":
        """Open the library at a path, or make an empty one there."""
        with disk.told(path, "written"):
            there = disk.identity_file(path).exists()
        if not there:
            with disk.writing(path):
                if not disk.identity_file(path).exists():
                    cls._make(path, disk.identity_of(embedding))
        return cls.open(path, embedding, server)

    @staticmethod
    def _make(path: Path, identity: Identity) -> None:
        """Make an empty library; the identity is written last: it marks a folder as a library."""
        if opening.holds_papers(path):
            raise LibraryError(disk.nameless(path))
        with disk.told(path, "written"):
            opening.make(path)
            journal.note_identity(path, asdict(identity))
            disk.write_identity(path, identity)

    def put(
        self,
        papers: Iterable[Paper],
        embedding: "Embedding",
        progress: Callable[[Sequence[Outcome]], None] | None = None,
    ) -> Written:
        """Add papers, bring those up to date of which more or newer is known, leave the rest alone.

        Parameters
        ----------
        papers
            Read lazily, a batch at a time; each batch is committed as a whole.
        embedding
            The model that the library was built with.
        progress
            Called after each batch with what became of its papers.

        Raises
        ------
        LibraryBusyError
            If another process is writing.
        LibraryError
            If the folder cannot be written.
        """
        return Writer(self).put(papers, embedding, progress)

    def drop(self, identifiers: Iterable[str]) -> int:
        """Remove papers; returns how many were there."""
        return Writer(self).drop(identifiers)

    def examine(self, embedding: "Embedding") -> "Findings":
        """Return what is wrong with the library, while nobody writes; see `checking`.

        Raises
        ------
        LibraryBusyError
            Here and below: if another process is writing.
        """
        from rag.library import checking

        alone = Writer(self).only() if opening.is_writable(self.path) else nullcontext()
        with disk.told(self.path, "read"), alone:
            return checking.examine(self, embedding)

    def repair(self, embedding: "Embedding") -> "Findings":
        """Mend what is wrong, but for papers that cannot be read; return what is wrong then."""
        from rag.library import checking

        with disk.told(self.path, "written"), Writer(self).only():
            checking.repair(self, embedding)
            return checking.examine(self, embedding)

    def wrote(self) -> None:
        """See what this process itself committed."""
        self._store = self._store.now(written=True)

    def settle(self) -> None:
        """Note in the journal what this process itself committed, once nothing is merged."""
        if opening.let_read(self.path):
            self.wrote()
        journal.settle(self.path, int(self.store().searcher.num_docs), asdict(self.identity))
        # Papers are found without, only not as quickly; readers and the doctor tell of damage.
        with suppress(OSError, LibraryError):
            self.store().keep_near()
