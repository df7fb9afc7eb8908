"""What the collection in Chroma is called and tells, and indexes of before it did."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from chromadb.api.client import Client

from rag.errors import LibraryError
from rag.library import Library, Written, chroma, described, disk, doctor
from rag.library.backup import backup
from rag.library.records import Record
from rag.library.restoring import restore
from tests.library.tiny import Tiny, check_found, check_whole, copied, paper
from tests.library.tiny import python as in_another_process

OLD = f"passages-{'0123456789abcdef' * 2}"
PAPERS = [paper(n, listed=date(2021, 4, 1 + n), categories=("cs.CV",)) for n in range(8)]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    library = Library.create(tmp_path_factory.mktemp("whole") / "library", Tiny())
    library.put(PAPERS, Tiny())
    return library.path


@pytest.fixture
def made(whole: Path, tmp_path: Path) -> Library:
    return copied(whole, tmp_path / "library")


@pytest.fixture
def old(tmp_path: Path) -> Library:
    """An index as the version before made it: vectors alone, under a name that it drew."""
    path = tmp_path / "old"
    Library.create(path, Tiny()).put(PAPERS, Tiny())
    older = {**read(path), "format": 4, "collection": OLD}
    client = opened(path)
    there = client.get_collection("papers", embedding_function=None)
    kept = there.get(include=["embeddings"])
    client.delete_collection("papers")
    client.create_collection(
        OLD, configuration={"hnsw": chroma.GRAPH}, embedding_function=None
    ).add(ids=kept["ids"], embeddings=kept["embeddings"])
    disk.write_identity(path, disk.Identity(**older))
    library = Library.open(path, Tiny())
    library.settle()
    return library


def read(path: Path) -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(disk.identity_file(path).read_text())
    return kept


def opened(path: Path) -> Client:
    """Chroma's client for the folder, past the library's door."""
    client = chroma._on_disk(path / "vectors")
    assert isinstance(client, Client)
    return client


def collections(path: Path) -> list[str]:
    return sorted(collection.name for collection in opened(path).list_collections())


def check_told(library: Library) -> None:
    """The only collection has the plain name, and tells of every passage what it is."""
    assert collections(library.path) == ["papers"]
    for record in library.records(p.id for p in library.papers()).values():
        told = library.store().vectors.told(record.names)
        own = zip(described.documents(record), described.metadata(record), strict=True)
        assert [told[name] for name in record.names] == list(own)


def test_a_new_index_has_a_plain_name_and_tells_its_passages(made: Library) -> None:
    check_told(made)
    told = made.store().vectors.told(made.records([paper(2).id])[paper(2).id].names)
    title, first, _ = told.values()
    assert title == (
        "Paper number 2",
        {
            "id": "2104.00002",
            "title": "Paper number 2",
            "url": paper(2).url,
            "listed": "2021-04-03",
            "day": 20210403,
            "categories": ["cs.CV"],
            "start": 0,
            "end": 0,
        },
    )
    assert first[0] == "The sentence of 2."


@pytest.mark.parametrize("change", [{"categories": ()}, {"listed": None}, {"url": "https://x.y"}])
def test_what_is_told_is_replaced_whole(made: Library, change: dict[str, Any]) -> None:
    record = made.records([paper(2).id])[paper(2).id]
    other = Record.of(replace(record.paper, **change), record.spans, record.packed, 8)
    vectors = made.store().vectors
    before = vectors.read(record.names)
    vectors.describe([other])
    assert [about for _, about in vectors.told(record.names).values()] == described.metadata(other)
    assert (vectors.read(record.names) == before).all()


def without_texts(library: Library, names: list[str]) -> None:
    there = opened(library.path).get_collection("papers", embedding_function=None)
    kept = there.get(ids=names, include=["embeddings"])
    there.delete(ids=names)
    there.add(ids=kept["ids"], embeddings=kept["embeddings"])


def told_otherwise(library: Library, names: list[str]) -> None:
    there = opened(library.path).get_collection("papers", embedding_function=None)
    there.update(ids=names, metadatas=[{"title": "Another"}] * len(names))


@pytest.mark.slow
@pytest.mark.parametrize("damage", [without_texts, told_otherwise])
def test_the_doctor_sees_what_is_told_otherwise_and_mends_it(
    made: Library, damage: Callable[[Library, list[str]], None]
) -> None:
    damage(made, made.records([paper(2).id])[paper(2).id].names)
    found = doctor.examine(made.path, Tiny())
    assert found.undescribed == [paper(2).id]
    assert "1 papers are told of otherwise in Chroma than they are" in found.lines()
    assert doctor.repair(made.path, Tiny())[1].is_whole
    check_told(Library.open(made.path, Tiny()))


# -- indexes of the version before ---------------------------------------------------------------


def test_an_older_index_is_read_as_it_is(old: Library) -> None:
    check_found(old, PAPERS, Tiny())
    assert collections(old.path) == [OLD]
    found = doctor.examine(old.path, Tiny())
    assert not found.is_whole
    assert any("an older version" in line for line in found.lines())
    assert collections(old.path) == [OLD]


@pytest.mark.slow
@pytest.mark.parametrize(
    "write",
    [
        lambda library: library.put([], Tiny()),
        lambda library: library.put([paper(20)], Tiny()),
        lambda library: library.drop([paper(5).id]),
        lambda library: library.repair(Tiny()),
        lambda library: doctor.repair(library.path, Tiny()),
    ],
    ids=["nothing", "put", "drop", "repair", "doctor"],
)
def test_who_writes_renews_it(old: Library, write: Callable[[Library], object]) -> None:
    reader = Library.open(old.path, Tiny())
    check_found(reader, PAPERS[:2], Tiny())
    write(old)
    for library in (reader, Library.open(old.path, Tiny())):
        check_found(library, PAPERS[:3], Tiny())
        assert library.identity.format == disk.FORMAT
        check_told(library)
        check_whole(library)
    assert doctor.examine(old.path, Tiny()).is_whole


@pytest.mark.slow
@pytest.mark.parametrize(
    "point",
    [
        "chroma.ChromaVectors.keep",
        "disk.write_identity",
        "writing.Writer.tell",
        "chroma.ChromaVectors.forget_older",
    ],
)
def test_a_renewal_that_is_killed_is_done_by_the_next(old: Library, point: str) -> None:
    module, _, name = point.partition(".")
    code = f"""
from rag.library import chroma, disk, writing
import rag.library.{module} as module
def die(*arguments, **more):
    os._exit(9)
holder = module
*holders, last = {name!r}.split(".")
for part in holders:
    holder = getattr(holder, part)
setattr(holder, last, die)
Library.open(path, t.Tiny()).put([t.paper(20)], t.Tiny())
"""
    assert in_another_process(code, old.path).returncode == 9
    check_found(Library.open(old.path, Tiny()), PAPERS, Tiny())
    again = Library.open(old.path, Tiny())
    assert again.put([paper(20)], Tiny()) == Written(added=1)
    assert doctor.repair(old.path, Tiny())[1].is_whole
    check_told(Library.open(old.path, Tiny()))


def test_a_lost_chroma_of_an_older_index_is_made_as_it_is_now(old: Library) -> None:
    opened(old.path).delete_collection(OLD)
    with pytest.raises(LibraryError, match="rag doctor"):
        Library.open(old.path, Tiny()).nearest(Tiny().encode_query("anything"), 3)
    assert doctor.repair(old.path, Tiny())[1].is_whole
    check_told(Library.open(old.path, Tiny()))


def test_a_backup_of_an_older_index_is_restored_as_it_is_now(old: Library, tmp_path: Path) -> None:
    backup(old.path, tmp_path / "file")
    restore(tmp_path / "file", tmp_path / "new")
    library = Library.open(tmp_path / "new", Tiny())
    check_told(library)
    assert library.identity.format == disk.FORMAT
    assert doctor.examine(tmp_path / "new", Tiny()).is_whole


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    import gc

    gc.collect()  # clients keep files and threads open
