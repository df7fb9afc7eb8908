"""Whether a large index says that it has nothing on questions of other fields.

The same questions are asked with the bound that grows with the number of papers and, for
comparison, with the one of a small index (`rag.judge.papers.least_odds`).

    python -m benchmarks.foreign INDEX --other GOLD... --own GOLD... [--most N]
"""

import argparse
import random
import sys
from collections.abc import Sequence
from pathlib import Path

from rag.assistant import Assistant
from rag.evaluation.expected import Gold, read_file
from rag.judge import papers

MOST = 12
"""Questions of each file."""


def main() -> None:
    """Ask and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("index", type=Path)
    parser.add_argument("--other", nargs="+", type=Path, required=True, metavar="GOLD")
    parser.add_argument("--own", nargs="+", type=Path, required=True, metavar="GOLD")
    parser.add_argument("--most", type=int, default=MOST)
    given = parser.parse_args()
    assistant = Assistant.open(given.index, llm="none")
    for bound, tenfold in (("growing", papers.TENFOLD), ("of a small index", 0.0)):
        papers.TENFOLD = tenfold
        for whose, files in (("other fields", given.other), ("its own field", given.own)):
            asked = [gold for file in files for gold in _some(file, given.most)]
            refused = sum(assistant.ask(gold.question).abstained for gold in asked)
            sys.stdout.write(f"bound {bound}: {refused} of {len(asked)} refused, of {whose}\n")


def _some(file: Path, most: int) -> Sequence[Gold]:
    """Return questions for papers of a file, drawn by chance but always the same."""
    sets = [gold for gold in read_file(file) if gold.kind == "set"]
    return random.Random(file.name).sample(sets, min(most, len(sets)))


if __name__ == "__main__":
    main()
