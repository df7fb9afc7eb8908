"""The passage vectors in Chroma, for the approximate search.

They are in the library's folder or on a server. Chroma holds nothing that the papers do not hold
too: each keeps its own vectors, and what is here can be made again from them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from rag.errors import LibraryError, RagError, line
from rag.library.disk import told
from rag.library.records import Record, unpacked
from rag.library.vectors import batches

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.collection_configuration import CreateHNSWConfiguration
    from chromadb.api.models.Collection import Collection
    from chromadb.config import Settings

T = TypeVar("T")

GRAPH: "CreateHNSWConfiguration" = {
    "space": "cosine",
    "ef_search": 200,
    "ef_construction": 200,
    "sync_threshold": 2_000,
}
"""How Chroma builds and searches its graph. Twice its usual candidates at construction cost a few
milliseconds a paper and bring recall@10 over 0.99 (`python -m benchmarks.scale`). The graph is put
on the disk every 2,000 vectors, about once a commit: more would be added anew at each opening."""

_LARGEST_CALL = 5_000  # vectors; Chroma refuses to write more than 5,461
_PORTS = {"http": 80, "https": 443}


class ChromaVectors:
    """The vectors of one library in a collection of Chroma; see `opened`.

    Parameters
    ----------
    connect
        Returns the client.
    told
        Turns Chroma's errors into a `LibraryError`; takes what could not be done.
    name
        Of the collection.

    Raises
    ------
    LibraryError
        Here and below: the folder cannot be read or written, or the server does not answer.
    """

    def __init__(
        self,
        connect: "Callable[[], ClientAPI]",
        told: Callable[[str], AbstractContextManager[None]],
        name: str,
    ) -> None:
        self._told = told
        self._name = name
        with told("opened"):
            self._client = connect()
            self._collection = self._opened()

    def __len__(self) -> int:
        with self._told("read"):
            return self._asked(lambda collection: collection.count())

    def nearest(self, query: NDArray[np.float32], k: int) -> list[tuple[str, float]]:
        """Return identifier and cosine of the k vectors nearest to a unit vector, best first."""
        with self._told("read"):
            found = self._asked(
                lambda collection: collection.query(
                    query_embeddings=query[None, :], n_results=k, include=["distances"]
                )
            )
        distances = (found["distances"] or [[]])[0]
        return [(name, 1.0 - d) for name, d in zip(found["ids"][0], distances, strict=True)]

    def names(self) -> list[str]:
        """Return the identifiers of all vectors."""
        with self._told("read"):
            return self._asked(lambda collection: collection.get(include=[])["ids"])

    def read(self, names: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors of names, shape (names, dimensions); all have to be there."""
        with self._told("read"):
            found = self._asked(
                lambda collection: collection.get(ids=list(names), include=["embeddings"])
            )
        rows = dict(zip(found["ids"], np.asarray(found["embeddings"], np.float32), strict=True))
        return np.array([rows[name] for name in names], np.float32)

    def write(self, names: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Add vectors, shape (names, dimensions); what has the same name is replaced."""
        with self._told("written"):
            for start in range(0, len(names), _LARGEST_CALL):
                some = slice(start, start + _LARGEST_CALL)
                self._asked(partial(_put, list(names[some]), vectors[some]))

    def keep(self, records: Sequence[Record]) -> None:
        """Add the vectors of papers."""
        filled = [record for record in records if record.count]
        if names := [name for record in filled for name in record.names]:
            wholes = np.cumsum([0, *(record.count + 1 for record in filled[:-1])])
            self.write(names, np.delete(unpacked(filled), wholes, axis=0))

    def delete(self, names: Iterable[str]) -> None:
        """Remove vectors; what is not there is passed over."""
        with self._told("written"):
            for some in batches(names, _LARGEST_CALL):
                self._collection.delete(ids=some)

    def clear(self) -> None:
        """Remove all vectors, and the graph that they were found by."""
        with self._told("written"):
            self._client.delete_collection(self._name)
            self._collection = self._opened()

    def _asked(self, ask: "Callable[[Collection], T]") -> T:
        """Ask the collection; if another process has cleared it since, the new one."""
        from chromadb.errors import NotFoundError

        try:
            return ask(self._collection)
        except NotFoundError:
            self._collection = self._opened()
            return ask(self._collection)

    def _opened(self) -> "Collection":
        return self._client.get_or_create_collection(
            self._name,
            configuration={"hnsw": GRAPH},
            embedding_function=None,
        )


def opened(place: Path | str, name: str) -> ChromaVectors:
    """Open a collection, and make it where there is none.

    Parameters
    ----------
    place
        A folder, or the address of a Chroma server (``http://host:port``).
    name
        Of the collection.

    Raises
    ------
    LibraryError
        If the folder cannot be read or written, or the server does not answer.
    """
    if isinstance(place, Path):
        return ChromaVectors(partial(_on_disk, place), partial(told, place.parent), name)
    return ChromaVectors(partial(_on_server, place), partial(_server_told, place), name)


@contextmanager
def _server_told(address: str, _done: str) -> Iterator[None]:
    try:
        yield
    except RagError:
        raise
    except Exception as error:
        raise LibraryError(
            f"The Chroma server at {address} cannot be used ({line(error)}): "
            "see that it runs and that RAG_CHROMA names it."
        ) from error


def _put(names: list[str], vectors: NDArray[np.float32], collection: "Collection") -> None:
    collection.upsert(ids=names, embeddings=vectors)


def _on_disk(folder: Path) -> "ClientAPI":
    """Open Chroma anew. Its usual client would share, and so keep, what is open already."""
    from chromadb.api import ServerAPI
    from chromadb.api.client import Client
    from chromadb.config import System

    system = System(_settings(folder))
    system.instance(ServerAPI)  # type: ignore[type-abstract]
    system.start()
    return Client.from_system(system)


def _on_server(address: str) -> "ClientAPI":
    import chromadb

    url = urlsplit(address)
    if url.scheme not in _PORTS or not url.hostname:
        raise LibraryError(
            f"RAG_CHROMA is {address}, which is no address: give one like http://localhost:8000"
        )
    return chromadb.HttpClient(
        host=url.hostname,
        port=url.port or _PORTS[url.scheme],
        ssl=url.scheme == "https",
        settings=_settings(),
    )


def _settings(folder: Path | None = None) -> "Settings":
    from chromadb.config import Settings

    if folder is None:
        return Settings(anonymized_telemetry=False)
    return Settings(anonymized_telemetry=False, is_persistent=True, persist_directory=str(folder))
