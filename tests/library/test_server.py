"""The vectors in a real Chroma server: several processes write, others read."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.errors import LibraryError
from rag.library import Library, Written, chroma
from rag.library.scan import Scan
from rag.library.vectors import Vectors
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
    """The address of a `chroma run` of its own."""
    folder, port = tmp_path_factory.mktemp("chroma"), free_port()
    command = Path(sys.executable).with_name("chroma")
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
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


WRITING = """
from rag.library import writing
writing.PAPERS_PER_COMMIT = 10
first, server = int(sys.argv[2]), sys.argv[3]
library = Library.open(path, t.Tiny(), server)
print(library.put([t.paper(n) for n in range(first, first + 200)], t.Tiny()), flush=True)
print(library.put([t.paper(n, f"Changed {n}.") for n in range(first, first + 100)], t.Tiny()))
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
    seen, question = set[int](), read("Paper number 1005")
    try:
        while any(process.poll() is None for process in both):
            found = search(question, reader, Tiny())
            assert all(len(m.record.vectors) == len(m.record.passages) for m in found)
            seen.add(len(reader))
            time.sleep(0.05)
    finally:
        said = [process.communicate(timeout=120) for process in both]
    for out, errors in said:
        assert out.splitlines() == [str(Written(added=200)), str(Written(updated=100))], errors
    assert len(reader) == 400
    assert len(seen) > 2
    everything = list(reader.papers())
    assert [p.id for p in everything if p.abstract.startswith("Changed")] == [
        paper(n).id for n in (*range(1_000, 1_100), *range(2_000, 2_100))
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


def test_a_library_moves_to_a_server_and_back(server: str, tmp_path: Path) -> None:
    Library.create(tmp_path, Tiny()).put([paper(n) for n in range(5)], Tiny())
    for place in (server, None):
        moved = Library.open(tmp_path, Tiny(), place)
        if place:
            with pytest.raises(LibraryError, match=r"lacks 15 of 15 .*RAG_CHROMA"):
                moved.put([paper(9)], Tiny())
        assert moved.repair(Tiny()).is_whole
        check_found(moved, [paper(n) for n in range(5)], Tiny())


def test_disk_server_and_scan_find_the_same(server: str, tmp_path: Path) -> None:
    library = Library.create(tmp_path / "library", Tiny())
    library.put([paper(n) for n in range(20)], Tiny())
    records = list(library.records(paper(n).id for n in range(20)).values())
    shared = chroma.opened(server, "the-same")
    shared.keep(records)
    places: list[Vectors] = [library.store().vectors, shared, Scan(records)]
    query = Tiny().encode_query("Paper number 7")
    first, *others = [place.nearest(query, 5) for place in places]
    assert first[0][0].startswith(paper(7).id)
    for other in others:
        assert [name for name, _ in other] == [name for name, _ in first]
        assert [cosine for _, cosine in other] == pytest.approx([c for _, c in first], abs=0.01)
    assert {len(place) for place in places} == {60}
    assert len({tuple(sorted(place.names())) for place in places}) == 1


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "nonsense", "ftp://x", "http://"])
def test_a_server_that_is_none_is_an_error_of_one_line(address: str, tmp_path: Path) -> None:
    made = Library.create(tmp_path / "library", Tiny(), address)
    with pytest.raises(LibraryError, match="RAG_CHROMA") as error:
        made.put([paper(1)], Tiny())
    assert "\n" not in str(error.value)
    assert len(made) == 0
