"""The passages in Chroma, for the approximate search and for other programs.

They are in the library's folder or on a server, in a collection named `COLLECTION`: each with its
vector, its text and what is told of its paper (`rag.library.described`). Chroma holds nothing that
the papers do not hold too: all of it can be made again from them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from rag.errors import LibraryError, RagError, line
from rag.library import described
from rag.library.batches import batches
from rag.library.disk import OLDER_COLLECTION, told
from rag.library.opening import check_are_files
from rag.library.records import Record, unpacked

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

COLLECTION = "papers"
"""The name under which others find the passages. On a server it is that of the library that came
first; the next ones go by the names that their identities hold."""

_OWNER = "library"  # what a collection is marked with: the name that its library's identity holds
_LARGEST_CALL = 5_000  # vectors; Chroma refuses to write more than 5,461
_PORTS = {"http": 80, "https": 443}


class ChromaVectors:
    """The passages of one library in a collection of Chroma; see `opened`.

    Parameters
    ----------
    connect
        Returns the client.
    told
        Turns Chroma's errors into a `LibraryError`; takes what could not be done.
    name
        What the identity of the library holds.
    is_shared
        Whether other libraries may have their passages in the same Chroma.

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
        is_shared: bool,
    ) -> None:
        self._told = told
        self._name, self._is_shared = name, is_shared
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

    def told(self, names: Sequence[str]) -> dict[str, tuple[str | None, Mapping[str, Any] | None]]:
        """Return the text of passages and what is told of each, by name, of those that are there.

        None stands for what is missing.
        """
        with self._told("read"):
            found = self._asked(
                lambda collection: collection.get(
                    ids=list(names), include=["documents", "metadatas"]
                )
            )
        texts, about = found["documents"] or [], found["metadatas"] or []
        return dict(zip(found["ids"], zip(texts, about, strict=True), strict=True))

    def write(
        self,
        names: Sequence[str],
        vectors: NDArray[np.float32],
        texts: Sequence[str] | None = None,
        about: Sequence[Mapping[str, Any]] | None = None,
    ) -> None:
        """Add vectors, shape (names, dimensions); what has the same name is replaced.

        Parameters
        ----------
        texts, about
            The passages, and what is told of each; None leaves what is there.
        """
        with self._told("written"):
            for start in range(0, len(names), _LARGEST_CALL):
                some = slice(start, start + _LARGEST_CALL)
                more: dict[str, Any] = {}
                if texts is not None and about is not None:
                    more = {"documents": list(texts[some]), "metadatas": list(about[some])}
                self._asked(partial(_put, list(names[some]), vectors[some], more))

    def keep(self, records: Sequence[Record]) -> None:
        """Add the passages of papers."""
        filled = [record for record in records if record.count]
        if names := [name for record in filled for name in record.names]:
            wholes = np.cumsum([0, *(record.count + 1 for record in filled[:-1])])
            texts = [text for record in filled for text in described.documents(record)]
            about = [told for record in filled for told in described.metadata(record)]
            self.write(names, np.delete(unpacked(filled), wholes, axis=0), texts, about)

    def describe(self, records: Sequence[Record]) -> None:
        """Put anew what is told of papers, and leave the vectors and texts that are there."""
        names = [name for record in records for name in record.names]
        about = [told for record in records for told in described.metadata(record)]
        with self._told("written"):
            for start in range(0, len(names), _LARGEST_CALL):
                some = names[start : start + _LARGEST_CALL]
                before = self.told(some)
                # None takes a key away; what is not named would stay.
                whole = [
                    {**dict.fromkeys(before[name][1] or ()), **told}
                    for name, told in zip(some, about[start:], strict=False)
                    if name in before
                ]
                there = [name for name in some if name in before]
                self._asked(partial(_describe, there, whole))

    def delete(self, names: Iterable[str]) -> None:
        """Remove vectors; what is not there is passed over."""
        with self._told("written"):
            for some in batches(names, _LARGEST_CALL):
                self._collection.delete(ids=some)

    def clear(self) -> None:
        """Remove all vectors, and the graph that they were found by."""
        with self._told("written"):
            self._client.delete_collection(self._collection.name)
            self._collection = self._opened()

    def forget_older(self) -> None:
        """Remove what versions of before had in Chroma of this library, under another name."""
        number = self._name.partition("-")[2]
        with self._told("written"):
            for name in [collection.name for collection in self._client.list_collections()]:
                if is_older(name) and (not self._is_shared or name.endswith(number)):
                    self._client.delete_collection(name)

    def _asked(self, ask: "Callable[[Collection], T]") -> T:
        """Ask the collection; if another process has cleared it since, the new one."""
        from chromadb.errors import NotFoundError

        try:
            return ask(self._collection)
        except NotFoundError:
            self._collection = self._opened()
            return ask(self._collection)

    def _opened(self) -> "Collection":
        """Open the collection of the library, and make it where there is none.

        That of an older version is read until a writer replaces it, and never made.
        """
        if is_older(self._name):
            return self._client.get_collection(self._name, embedding_function=None)
        if self._is_shared and (own := self._own()):
            return own
        found = self._made(COLLECTION)
        is_own = (found.metadata or {}).get(_OWNER) == self._name
        return found if is_own or not self._is_shared else self._made(self._name)

    def _own(self) -> "Collection | None":
        from chromadb.errors import NotFoundError

        try:
            return self._client.get_collection(self._name, embedding_function=None)
        except NotFoundError:
            return None

    def _made(self, name: str) -> "Collection":
        return self._client.get_or_create_collection(
            name,
            configuration={"hnsw": GRAPH},
            metadata={_OWNER: self._name},
            embedding_function=None,
        )


def is_older(name: str) -> bool:
    """Tell whether an identity holds a name of before passages were told by more than vectors."""
    return OLDER_COLLECTION.fullmatch(name) is not None


def opened(place: Path | str, name: str) -> ChromaVectors:
    """Open a collection, and make it where there is none.

    Parameters
    ----------
    place
        A folder, or the address of a Chroma server (``http://host:port``).
    name
        What the identity of the library holds as the name of its collection.

    Raises
    ------
    LibraryError
        If the folder cannot be read or written, or the server does not answer.
    """
    if isinstance(place, Path):
        check_are_files(place.parent, place.rglob("*"))
        return ChromaVectors(partial(_on_disk, place), partial(told, place.parent), name, False)
    return ChromaVectors(partial(_on_server, place), partial(_server_told, place), name, True)


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


def _put(
    names: list[str], vectors: NDArray[np.float32], more: dict[str, Any], collection: "Collection"
) -> None:
    collection.upsert(ids=names, embeddings=vectors, **more)


def _describe(names: list[str], about: list[dict[str, Any]], collection: "Collection") -> None:
    if names:
        collection.update(ids=names, metadatas=about)  # type: ignore[arg-type]


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
