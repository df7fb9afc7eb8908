"""Ask the page's own API from many clients at once, while one process adds papers.

One client first, then many, for as long each: every answer has to be one to the question that its
client asked, some clients leave in the middle, and the server's memory is read all the while.
Without a language model by default; `--llm PATH` (or `packaged`) for one. An index of the first
papers of the file can be given; it is copied, and not changed.

    python -m benchmarks.load PAPERS.jsonl.gz --papers 3000 --clients 16 --minutes 10 [--index DIR]
"""

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from benchmarks.browser import serving
from benchmarks.pipeline import questions
from rag import listings
from rag.core.papers import Paper
from rag.library import Library
from rag.models.embedding import Embedding

LEAVING = 0.05
"""Share of the questions whose client goes away before the answer is whole."""

ADDED = 100
"""Papers that the writer adds at a time, a day of them."""

PATIENCE = 120.0
"""Seconds that a client waits for anything to come."""

LOOK = 5.0
"""Seconds between two readings of the server's memory."""

_WRITES = """
import sys
from pathlib import Path
from rag.library import Library
from rag.models.embedding import Embedding
from rag.listings import read
from rag.core.papers import Paper
embedding = Embedding.load()
papers = [p for p in read(Path(sys.argv[2])) if isinstance(p, Paper)]
Library.open(Path(sys.argv[1]), embedding).put(papers, embedding)
"""


@dataclass
class Seen:
    """What the clients of one round met."""

    seconds: list[float] = field(default_factory=list)
    left: int = 0
    errors: list[str] = field(default_factory=list)
    mixed_up: list[str] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)  # minutes, MB
    held: threading.Lock = field(default_factory=threading.Lock)


def main() -> None:
    """Print what one client and many clients met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("papers_file", type=Path)
    parser.add_argument("--papers", type=int, default=3_000)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--llm", default="none")
    parser.add_argument("--index", type=Path)
    given = parser.parse_args()
    some = (p for p in listings.read(given.papers_file) if isinstance(p, Paper))
    with tempfile.TemporaryDirectory() as folder:
        embedding, index = Embedding.load(), Path(folder) / "library"
        first = islice(some, given.papers)
        if given.index:
            shutil.copytree(given.index, index)
            list(first)  # the papers of a day are those after them
        else:
            Library.create(index, embedding).put(first, embedding)
        days = list(_days(some, Path(folder)))
        os.environ["RAG_LLM"] = "" if given.llm == "packaged" else given.llm
        with serving(index) as (address, _, pid):
            _answered(address, "which papers are about tracking")  # what is loaded once is loaded
            alone = round_(address, pid, 1, given.minutes, index, [])
            many = round_(address, pid, given.clients, given.minutes, index, days)
    report(f"1 client, {given.minutes:g} minutes", alone)
    report(f"{given.clients} clients, {given.minutes:g} minutes, a writer beside them", many)
    faults = len(alone.errors) + len(many.errors) + len(alone.mixed_up) + len(many.mixed_up)
    sys.exit(1 if faults else 0)


def round_(
    address: str, pid: int, clients: int, minutes: float, index: Path, days: list[Path]
) -> Seen:
    """Let so many clients ask for so long, and a writer add a day now and then."""
    seen, ends = Seen(), time.monotonic() + 60 * minutes
    threads = [
        threading.Thread(target=_client, args=(address, ends, seen, random.Random(n)))
        for n in range(clients)
    ]
    threads += [threading.Thread(target=_writer, args=(index, days, ends, seen))]
    threads += [threading.Thread(target=_memory, args=(pid, ends, seen))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


def report(name: str, seen: Seen) -> None:
    """Print what one round met."""
    print(f"\n{name}")
    took = sorted(seen.seconds)
    print(f"  answers {len(took)}, left in the middle {seen.left}")
    print(f"  errors {len(seen.errors)}, answers to another's question {len(seen.mixed_up)}")
    if len(took) > 1:
        p50, p95 = statistics.median(took), took[int(0.95 * (len(took) - 1))]
        print(f"  seconds an answer: p50 {p50:.2f}, p95 {p95:.2f}, ratio {p95 / p50:.2f}")
    minutes = range(int(seen.memory[-1][0]) + 1)
    most = [max(mb for minute, mb in seen.memory if int(minute) == n) for n in minutes]
    print(f"  memory, the most of each minute, MB: {', '.join(f'{mb:.0f}' for mb in most)}")
    later = [reading for reading in seen.memory if reading[0] >= 1]
    if len(later) > 2:
        slope = statistics.linear_regression(*zip(*later, strict=True)).slope
        print(f"  after the first minute it grows by {slope:+.1f} MB a minute")
    for line in (seen.errors + seen.mixed_up)[:5]:
        print(f"  ! {line}")


def _client(address: str, ends: float, seen: Seen, chance: random.Random) -> None:
    asked = questions()
    while time.monotonic() < ends:
        question, leaves = chance.choice(asked), chance.random() < LEAVING
        began = time.perf_counter()
        try:
            answer = _answered(address, question, leaves)
        except Exception as error:
            with seen.held:
                seen.errors.append(f"{question}: {type(error).__name__}: {error}")
            time.sleep(0.2)
            continue
        with seen.held:
            if answer is None:
                seen.left += 1
            elif answer.get("question") != question:
                seen.mixed_up.append(f"{question}: {answer.get('question') or answer}")
            else:
                seen.seconds.append(time.perf_counter() - began)


def _answered(address: str, question: str, leaves: bool = False) -> dict[str, object] | None:
    """Return the last answer that streams in; None if the client leaves at the first one."""
    call = f"{address}/gradio_api/call/ask"
    body = json.dumps({"data": [question, None, 0]}).encode()
    request = urllib.request.Request(call, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=PATIENCE) as started:
        event = json.load(started)["event_id"]
    found: dict[str, object] = {}
    with urllib.request.urlopen(f"{call}/{event}", timeout=PATIENCE) as stream:
        for kind, data in _events(stream):
            if kind == "error":
                raise RuntimeError(str(data))
            if kind in ("generating", "complete") and data:
                found = data[0]
                if leaves:
                    return None
    if not found:
        raise RuntimeError("no answer came")
    return found


def _events(stream: Iterator[bytes]) -> Iterator[tuple[str, list[dict[str, object]] | None]]:
    kind = ""
    for line in stream:
        name, _, value = line.decode().strip().partition(": ")
        if name == "event":
            kind = value
        elif name == "data":
            yield kind, json.loads(value)


def _writer(index: Path, days: list[Path], ends: float, seen: Seen) -> None:
    for day in days:
        if time.monotonic() > ends:
            return
        done = subprocess.run(
            [sys.executable, "-c", _WRITES, str(index), str(day)], capture_output=True, text=True
        )
        if done.returncode:
            with seen.held:
                seen.errors.append(f"writer: {done.stderr.strip().splitlines()[-1]}")
        time.sleep(20)


def _memory(pid: int, ends: float, seen: Seen) -> None:
    began = time.monotonic()
    while (now := time.monotonic()) < ends:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                seen.memory.append(((now - began) / 60, int(line.split()[1]) / 1024))
        time.sleep(LOOK)


def _days(some: Iterator[Paper], folder: Path) -> Iterator[Path]:
    """Write files of papers that are not in the index yet, as the readers take them."""
    for number in range(20):
        day = list(islice(some, ADDED))
        if not day:
            return
        path = folder / f"day{number}.jsonl"
        path.write_text("".join(json.dumps(p.to_dict()) + "\n" for p in day), encoding="utf-8")
        yield path


if __name__ == "__main__":
    main()
