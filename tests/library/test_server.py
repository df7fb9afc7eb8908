"""The vectors in a real Chroma server: several processes write, others read."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rag.errors import LibraryError
from rag.library import Library, Written, chroma, disk
from rag.question.parsing import read
from rag.search.retrieval import search
from tests.library.tiny import PRELUDE, ROOT, Tiny, check_found, paper

STARTED = 60  # seconds to wait for the server


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a `chroma run` that several tests share."""
    with chroma_server(tmp_path_factory.mktemp("chroma")) as address:
        yield address


@contextmanager
def chroma_server(folder: Path) -> Iterator[str]:
    """The address of a `chroma run` of its own."""
    folder.mkdir(exist_ok=True)
    port, command = free_port(), Path(sys.executable).with_name("chroma")
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [command, "run", "--path", folder / "data", "--host", "127.0.0.1", "--port", str(port)],
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, "CHROMA_ANONYMIZED_TELEMETRY": "false"},
        )
    try:
        ended = time.monotonic() + STARTED
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert process.poll() is None, (folder / "log").read_text()
                assert time.monotonic() < ended, "the server does not start"
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


WRITING = """
from rag.library import writing
writing.PAPERS_PER_COMMIT = 10
first, server = int(sys.argv[2]), sys.argv[3]
library = Library.open(path, t.Tiny(), server)
print(library.put([t.paper(n) for n in range(first, first + 60)], t.Tiny()), flush=True)
print(library.put([t.paper(n, f"Changed {n}.") for n in range(first, first + 30)], t.Tiny()))
"""


def writer(path: Path, first: int, server: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", PRELUDE + WRITING, str(path), str(first), server],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
def test_two_processes_write_and_one_reads(server: str, tmp_path: Path) -> None:
    path = tmp_path / "library"
    reader = Library.create(path, Tiny(), server)
    assert not (path / "vectors").exists()
    both = [writer(path, first, server) for first in (1_000, 2_000)]
    seen, question = list[int](), read("Paper number 1005")
    try:
        while any(process.poll() is None for process in both):
            found = search(question, reader, Tiny())
            assert all(len(m.record.vectors) == len(m.record.passages) for m in found)
            seen.append(len(reader))
            time.sleep(0.05)
    finally:
        said = [process.communicate(timeout=120) for process in both]
    for out, errors in said:
        assert out.splitlines() == [str(Written(added=60)), str(Written(updated=30))], errors
    assert len(reader) == 120
    assert seen == sorted(seen)  # what was there once stays
    everything = list(reader.papers())
    assert [p.id for p in everything if p.abstract.startswith("Changed")] == [
        paper(n).id for n in (*range(1_000, 1_030), *range(2_000, 2_030))
    ]
    check_found(reader, everything, Tiny())
    assert reader.examine(Tiny()).is_whole


def test_libraries_on_one_server_do_not_mix(server: str, tmp_path: Path) -> None:
    one = Library.create(tmp_path / "one", Tiny(), server)
    two = Library.create(tmp_path / "two", Tiny(), server)
    one.put([paper(1)], Tiny())
    two.put([paper(2)], Tiny())
    assert list(one.nearest(Tiny().encode_query(paper(2).title), 9)) == [paper(1).id]
    assert one.examine(Tiny()).is_whole
    assert two.drop([paper(2).id]) == 1
    assert one.examine(Tiny()).passages == 3


@pytest.mark.slow
def test_the_first_library_of_a_server_has_the_plain_name(tmp_path: Path) -> None:
    with chroma_server(tmp_path / "chroma") as server:
        libraries = [Library.create(tmp_path / name, Tiny(), server) for name in ("one", "two")]
        for number, library in enumerate(libraries):
            library.put([paper(number)], Tiny())
        client: Any = chroma._on_server(server)
        names = {collection.name for collection in client.list_collections()}
        assert names == {"papers", libraries[1].identity.collection}
        for number, name in enumerate(("papers", libraries[1].identity.collection)):
            there = client.get_collection(name, embedding_function=None).get()
            assert {about["id"] for about in there["metadatas"]} == {paper(number).id}
            assert there["documents"][0] == paper(number).title
        client.delete_collection("papers")  # the name is free: the second keeps its own
        two = Library.open(tmp_path / "two", Tiny(), server)
        assert list(two.nearest(Tiny().encode_query("anything"), 3)) == [paper(1).id]
        assert libraries[0].repair(Tiny()).is_whole
        check_found(libraries[0], [paper(0)], Tiny())


@pytest.mark.slow
def test_an_older_library_on_a_server_is_renewed_there(server: str, tmp_path: Path) -> None:
    library = Library.create(tmp_path, Tiny(), server)
    library.put([paper(1)], Tiny())
    old = f"passages-{'fedcba9876543210' * 2}"
    client, records = chroma._on_server(server), library.records([paper(1).id]).values()
    there = client.create_collection(old, embedding_function=None)
    for record in records:
        there.add(ids=record.names, embeddings=record.vectors)
    identity = replace(library.identity, format=4, collection=old)
    disk.write_identity(tmp_path, identity)
    older = Library.open(tmp_path, Tiny(), server)
    check_found(older, [paper(1)], Tiny())
    assert older.put([paper(2)], Tiny()) == Written(added=1)
    assert old not in {collection.name for collection in client.list_collections()}
    for renewed in (older, Library.open(tmp_path, Tiny(), server)):
        check_found(renewed, [paper(1), paper(2)], Tiny())
    assert older.examine(Tiny()).is_whole


@pytest.mark.slow
def test_a_library_moves_to_a_server_and_back(server: str, tmp_path: Path) -> None:
    Library.create(tmp_path, Tiny()).put([paper(n) for n in range(5)], Tiny())
    for place in (server, None):
        moved = Library.open(tmp_path, Tiny(), place)
        if place:
            with pytest.raises(LibraryError, match=r"lacks 15 of 15 .*RAG_CHROMA"):
                moved.put([paper(9)], Tiny())
        assert moved.repair(Tiny()).is_whole
        check_found(moved, [paper(n) for n in range(5)], Tiny())


def test_disk_server_and_all_vectors_compared_find_the_same(server: str, tmp_path: Path) -> None:
    library = Library.create(tmp_path / "library", Tiny())
    library.put([paper(n) for n in range(20)], Tiny())
    records = list(library.records(paper(n).id for n in range(20)).values())
    shared = chroma.opened(server, "the-same")
    shared.keep(records)
    query = Tiny().encode_query("Paper number 7")
    first, other = (place.nearest(query, 5) for place in (library.store().vectors, shared))
    compared = library.store().near.nearest_passages(query, 5)
    assert [name for name, _ in other] == [name for name, _ in first]
    assert compared[0][0] == paper(7).id
    assert [i for i, _ in compared] == [name.partition("@")[0] for name, _ in first]
    for found in (other, compared):
        assert [c for _, c in found] == pytest.approx([c for _, c in first], abs=0.01)
    assert len(library.store().vectors) == len(shared) == 60


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "nonsense", "ftp://x", "http://"])
def test_a_server_that_is_none_is_an_error_of_one_line(address: str, tmp_path: Path) -> None:
    made = Library.create(tmp_path / "library", Tiny(), address)
    with pytest.raises(LibraryError, match="RAG_CHROMA") as error:
        made.put([paper(1)], Tiny())
    assert "\n" not in str(error.value)
    assert len(made) == 0
