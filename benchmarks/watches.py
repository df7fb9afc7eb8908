"""Ask a hundred watches about a day of 600 papers, as `rag new` does.

    python -m benchmarks.watches PAPERS.jsonl.gz [--papers 600] [--watches 100]

The watches are which-papers questions of tests/gold, in people's own words. Prints what they found,
and the seconds that they took, of the clock and of the processor.
"""

import argparse
import tempfile
import time
from itertools import islice
from pathlib import Path

from rag import listings
from rag.assistant import Assistant
from rag.core.papers import Paper
from rag.evaluation.expected import read_file
from rag.library import Library
from rag.models import reranker
from rag.models.embedding import Embedding
from rag.watching import Judging

GOLD = Path(__file__).parents[1] / "tests" / "gold"


def questions(count: int) -> list[str]:
    """Return which-papers questions in people's own words, of one file after the other."""
    files = [read_file(path) for path in sorted(GOLD.glob("*.people.jsonl"))]
    each = [[gold.question for gold in file if gold.kind == "set"] for file in files]
    turns = max(map(len, each))
    return [some[n] for n in range(turns) for some in each if n < len(some)][:count]


def main() -> None:
    """Build a library of its own, ask the watches and print what it took."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("papers", type=Path, help="A file of papers.")
    parser.add_argument("--papers", dest="count", type=int, default=600)
    parser.add_argument("--watches", type=int, default=100)
    options = parser.parse_args()
    entries = (entry for entry in listings.read(options.papers) if isinstance(entry, Paper))
    embedding, judge = Embedding.load(), reranker.load()
    with tempfile.TemporaryDirectory() as folder:
        library = Library.create(Path(folder, "index"), embedding)
        library.put(list(islice(entries, options.count)), embedding)
        judging = Judging(Assistant(library, embedding, None, judge))
        new, watches = library.identifiers(), questions(options.watches)
        clock, processor = time.perf_counter(), time.process_time()
        found = [len(judging(question, new, ())) for question in watches]
        clock, processor = time.perf_counter() - clock, time.process_time() - processor
    print(
        f"{len(watches)} watches over {len(new)} papers: {sum(found)} found, "
        f"{found.count(0)} watches without any; {clock:.1f} s, {processor:.1f} s of the processor"
    )


if __name__ == "__main__":
    main()
