"""Write benchmarks/SCALE.md: how indexing and searching grow with the number of papers.

The index of each size is grown from a copy of the one before, and searched with the questions of
tests/gold, each in a process of its own. Needs a file with as many papers as the largest size, in
any format that `rag index` reads.

    python -m benchmarks.scale FILE [--sizes 1000,5000,20000] [--folder DIR]

With a folder the indexes are kept there: a second run searches them again, and repeats what the
first said of making them.
"""

import argparse
import json
import multiprocessing
import os
import platform
import resource
import shutil
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[1]
GOLD = ROOT / "tests" / "gold"
SCALE = ROOT / "benchmarks" / "SCALE.md"

WARM_UP = 10  # questions asked before any is timed
ASKED = 120  # questions of tests/gold, evenly among its files
K = 10
CLOSE = 2e-4  # cosines that the vectors, as they are kept, cannot tell apart
FIRST, LAST = date(2024, 1, 1), date(2024, 6, 30)

ROWS = (
    ("papers", "papers", "{:,}"),
    ("passages", "passages", "{:,}"),
    ("papers_a_second", "indexed, papers/s", "{:.1f}"),
    ("written_a_second", "of that without embedding, papers/s", "{:.0f}"),
    ("indexing_memory", "memory of indexing above the models, MB", "{:.0f}"),
    ("vectors_a_paper", "Chroma on disk, bytes a paper", "{:,.0f}"),
    ("words_a_paper", "tantivy on disk, bytes a paper", "{:,.0f}"),
    ("near_a_paper", "all vectors in eight bits on disk, bytes a paper", "{:,.0f}"),
    ("graph_memory", "memory of searching after the first question, MB", "{:.0f}"),
    (
        "searching_memory",
        "the same after all of them, papers being kept, MB",
        "{:.0f}",
    ),
    ("opening", "first search after opening, ms", "{:.0f}"),
    ("search", "search, ms (median / p95)", "{:.0f} / {:.0f}"),
    ("again", "the same questions again", "{:.0f} / {:.0f}"),
    ("filtered", "within half a year", "{:.0f} / {:.0f}"),
    ("complete", "search of all papers, for a complete answer", "{:.0f} / {:.0f}"),
    ("answer", "answer in quotations, ms (median / p95)", "{:.0f} / {:.0f}"),
    ("recall", f"recall@{K} of Chroma's search", "{:.4f}"),
)


def main() -> None:
    """Measure, and write the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--sizes", default="1000,5000,20000")
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    sizes = [int(size) for size in asked.sizes.split(",")]
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.folder or Path(temporary)
        columns, before = [], None
        for size in sizes:
            path = folder / f"library-{size}"
            made = folder / f"library-{size}.json"
            if not made.exists():
                if before and not path.exists():
                    shutil.copytree(before, path)
                made.write_text(json.dumps(alone(index, asked.file.resolve(), path, size)))
            found = json.loads(made.read_text()) | sizes_on_disk(path, size)
            columns.append(found | alone(search, path) | alone(recall, path))
            print(json.dumps(columns[-1]), flush=True)
            before = path
    SCALE.write_text(table(columns), encoding="utf-8")
    print(f"written: {SCALE.relative_to(ROOT)}")


def alone(measure: Callable[..., dict[str, Any]], *arguments: object) -> dict[str, Any]:
    """Call a function in a new process, so that its memory is its own."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
        return process.submit(measure, *arguments).result()


def index(file: Path, path: Path, size: int) -> dict[str, Any]:
    """Bring the index to a size."""
    from rag import listings
    from rag.core.papers import Paper
    from rag.library import Library
    from rag.models.embedding import Embedding

    embedding = Embedding.load()
    embedding.encode(["The models are in memory once they have been used."] * 64)
    embedded = 0.0

    class Timed:
        def __getattr__(self, name: str) -> Any:  # noqa: ANN401
            return getattr(embedding, name)

        def encode(self, texts: list[str]) -> Any:  # noqa: ANN401
            nonlocal embedded
            began = time.perf_counter()
            vectors = embedding.encode(texts)
            embedded += time.perf_counter() - began
            return vectors

    before = peak_memory()
    papers = (entry for entry in listings.read(file) if isinstance(entry, Paper))
    library = Library.create(path, embedding)
    began = time.perf_counter()
    written = library.put(islice(papers, size), Timed())  # type: ignore[arg-type]
    spent = time.perf_counter() - began
    return {
        "papers": len(library),
        "papers_a_second": written.added / spent,
        "written_a_second": written.added / max(spent - embedded, 1e-9),
        "indexing_memory": peak_memory() - before,
    }


def sizes_on_disk(path: Path, size: int) -> dict[str, Any]:
    """Return what each part of the index takes on disk, in bytes a paper."""
    return {
        f"{part}_a_paper": sum(f.stat().st_size for f in (path / part).rglob("*") if f.is_file())
        / size
        for part in ("vectors", "words", "near")
    }


def search(path: Path) -> dict[str, Any]:
    """Ask the questions of tests/gold, in milliseconds each."""
    from rag.assistant import Assistant
    from rag.core.filters import Filters
    from rag.library import Library
    from rag.models.embedding import Embedding
    from rag.question import parsing
    from rag.search import retrieval

    embedding = Embedding.load()
    embedding.encode_query("The models are in memory once they have been used.")
    before = peak_memory()
    library = Library.open(path, embedding)
    assistant = Assistant(library, embedding, None)
    some = questions()
    began = time.perf_counter()
    assistant.search(some[0], K)
    opening = time.perf_counter() - began
    graph = peak_memory() - before
    for question in some[:WARM_UP]:
        assistant.search(question, K)
    half_a_year = Filters(since=FIRST, until=LAST)
    asked = some[WARM_UP:]
    found = {
        "opening": 1000 * opening,
        "search": timed(lambda question: assistant.search(question, K), asked),
        "again": timed(lambda question: assistant.search(question, K), asked),
        "filtered": timed(lambda q: assistant.search(q, K, half_a_year), asked),
        "complete": timed(lambda q: retrieval.search(parsing.read(q), library, embedding), asked),
        "graph_memory": graph,
        "searching_memory": peak_memory() - before,
    }
    return found | {"answer": timed(assistant.ask, asked)}


def recall(path: Path) -> dict[str, Any]:
    """Compare the nearest passages of Chroma's search with those of all passages."""
    from rag.library import Library
    from rag.library.records import Record
    from rag.models.embedding import Embedding
    from rag.search.retrieval import NEAREST_PASSAGES

    embedding = Embedding.load()
    library = Library.open(path, embedding)
    store = library.store()
    records: list[Record] = [store.read(address) for address in store.addresses()]
    names = [name for record in records for name in record.names]
    rows = np.concatenate([record.vectors for record in records if record.count])
    places = {name: place for place, name in enumerate(names)}
    shares = []
    for question in questions():
        query = embedding.encode_query(question)
        cosines = rows @ query
        enough = np.partition(cosines, -K)[-K] - CLOSE
        nearest = store.vectors.nearest(query, NEAREST_PASSAGES)[:K]
        shares.append(sum(cosines[places[name]] >= enough for name, _ in nearest) / K)
    return {"recall": float(np.mean(shares)), "passages": len(names)}


def questions() -> list[str]:
    """Return some questions of tests/gold, of all files alike."""
    from rag.evaluation.expected import read_file

    every = [gold.question for file in sorted(GOLD.glob("*.*.jsonl")) for gold in read_file(file)]
    return every[:: max(len(every) // ASKED, 1)]


def timed(ask: Callable[[str], object], asked: list[str]) -> tuple[float, float]:
    """Return median and 95th percentile of the milliseconds that a question takes."""
    taken = []
    for question in asked:
        began = time.perf_counter()
        ask(question)
        taken.append(1000 * (time.perf_counter() - began))
    return float(np.median(taken)), float(np.percentile(taken, 95))


def peak_memory() -> float:
    """Return the most memory that this process has had so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def table(columns: list[dict[str, Any]]) -> str:
    """Return what to write: a row a figure, a column a size."""
    lines = [
        "# Growth",
        "",
        "Written by `make scale PAPERS=FILE` (`python -m benchmarks.scale`), "
        f"{datetime.now(UTC).date()}, {platform.machine()}, {os.cpu_count()} cores. "
        "One run; the machine was shared, so times are upper bounds.",
        "",
    ]
    for number, (key, title, form) in enumerate(ROWS):
        values = [column[key] for column in columns]
        cells = [form.format(*(v if isinstance(v, list | tuple) else (v,))) for v in values]
        lines.append(f"| {title} | {' | '.join(cells)} |")
        if number == 0:
            lines.append(f"|---|{'---:|' * len(columns)}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
