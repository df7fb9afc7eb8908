"""Reading and embedding on a real Ray cluster of two workers, also where one is killed."""

import gzip
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from rag import listings
from rag.cluster import Sent, Spread, _found_anywhere, connected
from rag.cluster.joining import ENDED, STAY
from rag.core.papers import Paper
from rag.errors import ListingError, RagError
from rag.library import Library, Written
from rag.listings import Refused, Wanted
from rag.models.embedding import Embedding

LISTING = Path(__file__).parents[2] / "index" / "listings" / "2021-04-02.cs.CV.md"
EVERYTHING = Wanted()

Entries = list[Paper | Refused | str]


class Counting(Embedding):
    """The real embedding, with a count of the texts that this process embedded."""

    def __init__(self, model: Embedding, fingerprint: str | None = None) -> None:
        self.__dict__.update(model.__dict__)
        self.fingerprint = fingerprint or model.fingerprint
        self.texts = 0

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.texts += len(texts)
        return super().encode(texts)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two machines with a processor each, as far as Ray can tell; what reads for them stays."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        from ray.cluster_utils import Cluster

        each = {"num_cpus": 1, "object_store_memory": 100 * 2**20, "include_dashboard": False}
        stay = {"_system_config": STAY}  # else each file has to wait for a process that starts
        made = Cluster(initialize_head=True, head_node_args=each | stay)
        made.add_node(**each)
        yield made
        made.shutdown()


@pytest.fixture(scope="module")
def joined(cluster: Any) -> Iterator[None]:
    with connected(cluster.address):
        yield


@pytest.fixture
def parts(papers: list[Paper], tmp_path: Path) -> list[Path]:
    """The bundled papers in many files."""
    files = []
    for start in range(0, len(papers), 9):
        files.append(tmp_path / f"{start:03}.jsonl")
        rows = [json.dumps(paper.to_dict()) for paper in papers[start : start + 9]]
        files[-1].write_text("\n".join(rows), encoding="utf-8")
    return files


def put(
    library: Library,
    files: Sequence[Path],
    embedding: Embedding,
    came: Callable[[Paper], None] = lambda _: None,
) -> tuple[Written, int]:
    """Index files as `rag index --ray` does; returns how many texts the workers embedded, too."""
    with Spread(files, EVERYTHING, library, embedding) as spread:

        def papers() -> Iterator[Paper]:
            for file in files:
                for entry in spread.read(file):
                    assert isinstance(entry, Paper)
                    came(entry)
                    yield entry

        return library.put(papers(), spread.embedding), spread.embedded


def told(files: Sequence[Path], read: Callable[[Path], Iterator[Paper | Refused]]) -> Entries:
    """All that is read of files, and why they could not be read to their ends."""
    found: Entries = []
    for file in files:
        try:
            found += read(file)
        except ListingError as error:
            found.append(str(error))
    return found


def cosines(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    found: NDArray[np.float32] = (a * b).sum(axis=1)
    return found / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)


def check_same(made: Library, other: Library, sources: bool = True) -> None:
    ids = [paper.id for paper in other.papers()]
    assert [paper.id for paper in made.papers()] == ids
    ours, theirs = made.records(ids), other.records(ids)
    for one in ids:
        assert not sources or ours[one].paper == theirs[one].paper
        assert ours[one].digest == theirs[one].digest
        assert ours[one].names == theirs[one].names
        assert cosines(ours[one].vectors, theirs[one].vectors) == pytest.approx(1, abs=1e-3)
    assert sorted(made.store().vectors.names()) == sorted(other.store().vectors.names())


def processes(what: str) -> dict[int, int]:
    """The processes whose command line has words in it, and their parents."""
    listed = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True)
    rows = [line.split(maxsplit=2) for line in listed.stdout.splitlines()[1:]]
    return {int(row[0]): int(row[1]) for row in rows if what in row[-1]}


def embedders(cluster: Any) -> list[int]:
    """The processes of this cluster that embed."""
    raylets = [n.all_processes["raylet"][0].process.pid for n in cluster.list_all_nodes()]
    return [pid for pid, parent in processes("Map(Worker)").items() if parent in raylets]


@pytest.mark.usefixtures("joined")
def test_index_entries_and_errors_are_those_without_ray(
    library: Library, embedding: Embedding, parts: list[Path], tmp_path: Path, monkeypatch: Any
) -> None:
    """Of what is in the index, nothing is embedded again: neither here nor by a worker."""
    counting = Counting(embedding)
    made = Library.create(tmp_path / "library", embedding)
    written, embedded = put(made, [LISTING], counting)
    assert written == Written(added=len(library))
    assert embedded >= len(library.store().vectors)
    assert counting.texts == 0
    check_same(made, library)

    whole = gzip.compress(LISTING.read_bytes())
    (tmp_path / "cut.md.gz").write_bytes(whole[: len(whole) // 2])
    lame = parts[0].read_text() + '\n{"id": "2104.00001", "title": "It says nothing"}\n[]\n'
    (tmp_path / "lame.jsonl").write_text(lame)
    (tmp_path / "prose.txt").write_text("No listing at all.\n")
    monkeypatch.chdir(tmp_path)  # where the workers are not
    names = ["lame.jsonl", "cut.md.gz", "prose.txt", "missing.md", parts[1].name]
    files = [*map(Path, names), LISTING]
    sizes: list[int] = []
    spread = Spread(files, EVERYTHING, made, counting)
    found = told(files, lambda file: spread.read(file, progress=sizes.append))
    assert found == told(files, listings.read)
    assert sum(isinstance(entry, Refused) for entry in found) >= 2
    assert sum(isinstance(entry, str) for entry in found) == 3
    assert sum(sizes) >= sum(Path(name).stat().st_size for name in (names[0], names[4]))

    again = [entry for entry in found if isinstance(entry, Paper)][-len(library) :]
    assert made.put(again, spread.embedding) == Written(unchanged=len(library))
    assert spread.embedded == counting.texts == 0


@pytest.mark.slow
@pytest.mark.usefixtures("joined")
def test_a_worker_killed_half_way_loses_nothing(
    cluster: Any,
    library: Library,
    embedding: Embedding,
    parts: list[Path],
    tmp_path: Path,
) -> None:
    """One when the first of many pieces is here, and one at a moment that nobody chose."""
    counting = Counting(embedding)
    made = Library.create(tmp_path / "library", embedding)
    moments = {1, int(np.random.default_rng().integers(2, 80))}
    came, killed = count(1), list[int]()

    def kill(_: Paper) -> None:
        if next(came) in moments and (there := set(embedders(cluster)) - set(killed)):
            killed.append(min(there))
            os.kill(killed[-1], signal.SIGKILL)

    written, embedded = put(made, parts, counting, kill)
    assert killed
    assert written == Written(added=len(library))
    assert embedded >= len(library.store().vectors)
    assert counting.texts == 0
    check_same(made, library, sources=False)


@pytest.mark.usefixtures("joined")
def test_workers_with_another_model_are_an_error(
    embedding: Embedding, parts: list[Path], tmp_path: Path
) -> None:
    other = Counting(embedding, "f" * 32)
    made = Library.create(tmp_path / "library", other)
    with pytest.raises(RagError, match=r"embedding model .* is another one") as error:
        put(made, parts[:1], other)
    assert "\n" not in str(error.value)
    assert len(made) == 0


@pytest.mark.parametrize("ending", ["", ":int8"])
def test_workers_find_a_folder_that_is_named_from_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    (tmp_path / "model").mkdir()
    monkeypatch.chdir(tmp_path)
    assert _found_anywhere(f"model{ending}") == f"{tmp_path / 'model'}{ending}"
    assert _found_anywhere(f"all-MiniLM-L6-v2{ending}") == f"all-MiniLM-L6-v2{ending}"


def test_what_a_worker_has_sent_is_not_embedded_again(embedding: Embedding) -> None:
    counting = Counting(embedding)
    sent = Sent(counting)
    texts = ["A tracker.", "A transformer."]
    sent.take(texts, embedding.encode(texts).astype(np.float16))
    vectors = sent.encode(["A transformer.", "A detector.", "A tracker.", "A detector."])
    assert counting.texts == 1
    wanted = embedding.encode(["A transformer.", "A detector.", "A tracker.", "A detector."])
    assert cosines(vectors, wanted) == pytest.approx(1, abs=1e-3)
    assert sent.encode([]).shape == (0, embedding.dimensions)
    assert sent.encode_query("tracking") == pytest.approx(embedding.encode_query("tracking"))
    assert sent.fits("A tracker.")
    assert not sent.fits("too long " * 1_000)


def test_vectors_are_forgotten_when_others_have_come(
    embedding: Embedding, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.cluster._VECTORS_AT_HAND", 2)
    counting = Counting(embedding)
    sent = Sent(counting)
    row = np.zeros((1, embedding.dimensions), np.float16)
    for text in ("a", "b", "a", "c"):
        sent.take([text], row)
    sent.encode(["a", "c"])
    assert counting.texts == 0
    sent.encode(["b"])
    assert counting.texts == 1


def test_without_ray_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(RagError, match=r"pip install 'arxiv-rag\[ray\]'$"), connected("local"):
        pass


def test_an_address_where_nothing_answers_is_an_error() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(RagError, match=f"No Ray cluster answers at {address}") as error:
        connected(address).__enter__()
    assert "\n" not in str(error.value)


@pytest.fixture(params=[b"", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"], ids=["mute", "web"])
def no_ray(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a server that is none of Ray's: it says nothing, or what a web server says."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    came, _ = listening.accept()
                    open_ones.append(came)
                    came.sendall(request.param)

        open_ones: list[socket.socket] = []
        threading.Thread(target=serve, daemon=True).start()
        yield f"127.0.0.1:{listening.getsockname()[1]}"
        for one in open_ones:
            one.close()


def test_what_answers_and_is_no_cluster_is_an_error(
    no_ray: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ray itself, which would wait for it without end, is not asked to join."""
    monkeypatch.setattr("rag.cluster.joining._PATIENCE", 0.5)
    monkeypatch.setattr("rag.cluster.joining._join", lambda address: pytest.fail("it was joined"))
    with pytest.raises(RagError, match=f"No Ray cluster answers at {no_ray} .* no Ray") as error:
        connected(no_ray).__enter__()
    assert "\n" not in str(error.value)


DRIVEN = """
import faulthandler, sys
faulthandler.dump_traceback_later(240, exit=True)  # if it hangs, it says where
from pathlib import Path
from rag.cluster import connected
from rag.library import Library, writing
from rag.models.embedding import Embedding
from tests.cluster.test_cluster import put

writing.PAPERS_PER_COMMIT = 20
address, path, *files = sys.argv[1:]
embedding = Embedding.load()
with connected(address):
    put(
        Library.open(Path(path), embedding),
        [*map(Path, files)],
        embedding,
        lambda paper: print(paper.id, flush=True),
    )
"""


@pytest.mark.slow
@pytest.mark.usefixtures("joined")
def test_a_driver_interrupted_or_killed_loses_nothing_and_is_continued(
    cluster: Any,
    library: Library,
    embedding: Embedding,
    parts: list[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was committed before is not embedded again, by nobody."""
    monkeypatch.setattr("rag.library.writing.PAPERS_PER_COMMIT", 20)
    path, wanted = tmp_path / "library", [paper.id for paper in library.papers()]
    came = count(1)

    def interrupt(_: Paper) -> None:
        if next(came) == 50:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        put(Library.create(path, embedding), parts, embedding, interrupt)
    before = {paper.id for paper in Library.open(path, embedding).papers()}
    assert len(before) == 40
    random = np.random.default_rng()  # at another moment each time
    with subprocess.Popen(
        [sys.executable, "-c", DRIVEN, cluster.address, path, *parts],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        for _ in range(int(random.integers(1, 100))):
            assert process.stdout.readline()
        time.sleep(random.uniform(0.0, 0.5))
        process.kill()
    again, counting = Library.open(path, embedding), Counting(embedding)
    kept = [paper.id for paper in again.papers()]
    assert len(kept) == len(set(kept))
    assert before <= set(kept) <= set(wanted)
    there = len(again.store().vectors)
    written, embedded = put(again, parts, counting)
    assert written == Written(added=len(wanted) - len(kept), unchanged=len(kept))
    assert embedded <= len(library.store().vectors) <= embedded + there
    assert counting.texts == 0
    check_same(again, library, sources=False)
    assert again.examine(embedding).is_whole


@pytest.mark.parametrize("address", ["", "listing.md", "host", "host:port", "host:99999", ":1"])
def test_what_is_no_address_is_an_error(address: str) -> None:
    with pytest.raises(RagError, match="is no address: give local, auto or HOST:PORT"):
        connected(address).__enter__()


def test_standard_input_cannot_be_spread(library: Library, embedding: Embedding) -> None:
    with pytest.raises(RagError, match="standard input"):
        Spread([Path("-")], EVERYTHING, library, embedding)


@pytest.mark.slow
def test_the_command_starts_a_cluster_and_leaves_nothing_running(
    library: Library, tmp_path: Path
) -> None:
    report = tmp_path / "report.jsonl"
    command = ["index", LISTING, "--ray", "local", "--report", report]
    before = processes("raylet/raylet")
    done = subprocess.run(
        [sys.executable, "-m", "rag", *map(str, command)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=os.environ | {"RAG_INDEX": str(tmp_path / "library")},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(
        f"{len(library)} added, 0 updated, 0 unchanged, 0 refused; {len(library)} papers in"
    )
    told = re.sub(r"^[\d,]+ papers, [\d.]+/s\n", "", done.stderr, flags=re.MULTILINE)
    assert told == ""  # how far it is is told where that takes long, and nothing else
    assert processes("raylet/raylet").keys() == before.keys()
    rows = [json.loads(line) for line in report.read_text(encoding="utf-8").splitlines()]
    read = [entry.id for entry in listings.read(LISTING) if isinstance(entry, Paper)]
    assert [row["id"] for row in rows] == read
    assert {(row["outcome"], row["file"]) for row in rows} == {("added", str(LISTING))}
    check_same(Library.open(tmp_path / "library"), library)


WATCHED = """
import os, sys
from rag.cluster.joining import watched
with watched():
    if sys.argv[1] == "ends":
        os._exit(1)
    if sys.argv[1] == "fails":
        raise SystemExit("rag: Why.")
"""


@pytest.mark.parametrize(
    ("how", "said"), [("ends", ENDED), ("fails", "rag: Why."), ("goes on", "")]
)
def test_a_run_that_ray_ends_is_not_ended_without_a_word(how: str, said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, how],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
    )
    assert done.stderr.strip() == said
    assert done.returncode == (1 if said else 0)
