"""Reading and embedding spread over a Ray cluster; this process alone writes what comes of it.

Promises the papers, refusals and vectors that reading here would give, in the same order: a worker
that is lost is replaced and its work done again, and what the index holds already is not embedded.
A file is read by one task, which hands over a few papers at a time, and those are embedded wherever
there is room: even one large file keeps all workers busy, in bounded memory. Nothing here knows how
papers are kept: the library is given an embedding that has the workers' vectors at hand.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rag.cluster.joining import connected
from rag.cluster.working import Piece, Worker, mark, read
from rag.core.papers import Paper
from rag.errors import ListingError, RagError
from rag.listings import Refused, Wanted
from rag.models.embedding import Embedding
from rag.models.embedding.sources import INT8, precision

if TYPE_CHECKING:
    from rag.library import Library

__all__ = ["Sent", "Spread", "connected"]

FILES_AT_ONCE = 4
"""Files that are read side by side: each feeds dozens of workers."""

_VECTORS_AT_HAND = 50_000  # 40 MB, and more than the papers have that a library takes in one go


class Spread:
    """Files read and embedded by the workers of the cluster that this process is part of.

    At the end of a ``with`` the workers stop, also in the middle of a file: Ray cannot be left
    while they go on.

    Parameters
    ----------
    files
        Where the workers find them, too.
    wanted
        What else is in them is passed over.
    library
        What it holds already is not embedded.
    embedding
        The model of the library, which every worker loads as well.

    Attributes
    ----------
    embedding
        The same model; vectors that workers sent are not made again.
    embedded
        Number of passages that workers have embedded so far.

    Raises
    ------
    RagError
        If a file is standard input.
    """

    def __init__(
        self, files: Sequence[Path], wanted: Wanted, library: "Library", embedding: Embedding
    ) -> None:
        if Path("-") in files:
            raise RagError("--ray cannot read standard input: give files that all machines see.")
        self.embedding = Sent(embedding)
        self.embedded = 0
        self._pieces = _pieces(files, wanted, library, embedding)

    def __enter__(self) -> "Spread":
        return self

    def __exit__(self, *error: object) -> None:
        self._pieces.close()

    def read(
        self, file: Path, progress: Callable[[int], None] | None = None
    ) -> Iterator[Paper | Refused]:
        """Yield what `listings.read` does; to be called once for each file, in their order.

        Raises
        ------
        ListingError
            As `listings.read` does, though not before the first entry is asked for.
        RagError
            If the cluster is lost, or its workers have not the same model.
        """
        for piece in self._pieces:
            if progress:
                progress(piece.size)
            if piece.vectors is not None:
                self.embedding.take(piece.texts, piece.vectors)
                self.embedded += len(piece.texts)
            for entry in piece.entries:
                yield replace(entry, source=str(file)) if isinstance(entry, Refused) else entry
            if piece.broken:
                raise ListingError(piece.broken.replace(str(file.absolute()), str(file)))
            if piece.ends:
                return


class Sent(Embedding):
    """An embedding model that makes no vector which a worker has sent."""

    def __init__(self, model: Embedding) -> None:
        self.name, self.fingerprint = model.name, model.fingerprint
        self.dimensions, self.words = model.dimensions, model.words
        self._model = model
        self._vectors: dict[str, NDArray[np.float16]] = {}

    def take(self, texts: Sequence[str], vectors: NDArray[np.float16]) -> None:
        """Keep vectors at hand, shape (texts, dimensions), until many others have come."""
        for text, vector in zip(texts, vectors, strict=True):
            self._vectors.pop(text, None)
            self._vectors[text] = vector  # the last that will be forgotten
        while len(self._vectors) > _VECTORS_AT_HAND:
            del self._vectors[next(iter(self._vectors))]

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Do what `Embedding.encode` promises, to half precision for what was sent."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        made = dict(zip(missing, self._model.encode(missing), strict=True)) if missing else {}
        rows = [made[text] if text in made else self._vectors[text] for text in texts]
        return np.array(rows, np.float32).reshape(-1, self.dimensions)

    def encode_query(self, text: str) -> NDArray[np.float32]:
        """Do what `Embedding.encode_query` promises."""
        return self._model.encode_query(text)

    def fits(self, text: str) -> bool:
        """Tell what `Embedding.fits` tells: passages that were sent do."""
        return text in self._vectors or self._model.fits(text)


def _pieces(
    files: Sequence[Path], wanted: Wanted, library: "Library", embedding: Embedding
) -> Generator[Piece, None, None]:
    """Yield the pieces of all files in order; the workers begin when the first is asked for.

    Closed before its end, it ends their work.
    """
    import ray.data

    name = _found_anywhere(embedding.name)
    context = ray.data.DataContext.get_current()
    context.execution_options.preserve_order = True
    context.target_max_block_size = 1  # byte: so that each piece goes on its way at once
    try:
        workers = max(1, int(ray.cluster_resources().get("CPU", 1)))
        known = ray.put(_known(library))
        found = ray.data.from_items(
            [{"path": str(file.absolute())} for file in files], override_num_blocks=len(files)
        )
        entries = found.flat_map(  # no processor of its own: the workers have them all
            read,
            fn_kwargs={"wanted": wanted},
            num_cpus=0,
            concurrency=min(FILES_AT_ONCE, len(files)),
        )
        embedded = entries.map(
            Worker,
            fn_constructor_args=(name, embedding.fingerprint, known),
            num_cpus=1,
            concurrency=workers,
        )
        rows: Any = iter(embedded.iter_rows())
        with closing(rows):
            for row in rows:
                piece = Piece.of(row)
                if piece.failed:
                    raise RagError(f"A worker of the Ray cluster cannot embed: {piece.failed}")
                yield piece
    except RagError:
        raise
    except Exception as error:
        last = (str(error).strip().splitlines() or [type(error).__name__])[-1]
        raise RagError(
            f"The Ray cluster failed ({last}): the index is as the last finished step left it, "
            "run this again to go on."
        ) from error


def _found_anywhere(name: str) -> str:
    """Return the name of a model as workers find it: a folder's from the root on."""
    base, quantised = precision(name)
    folder = Path(base or "").expanduser()
    if not (base and folder.is_dir()):
        return name
    return f"{folder.absolute()}{INT8 if quantised else ''}"


def _known(library: "Library") -> NDArray[np.uint64]:
    """Return what marks the papers that have vectors, in order: eight bytes a paper."""
    marks = (mark(paper) for paper in library.papers() if not paper.withdrawn)
    return np.sort(np.fromiter(marks, np.uint64))
