"""How well the cells of evidence tables are filled, against cells that a reader labelled.

tests/gold/cells.jsonl has, for 20 papers of each of three corpora, what a careful reader would put
into the columns method, data, result and code: a cell is right if it holds any of the words of its
label, and wrong if it holds other words or should be blank. Where the abstract only hints ("several
datasets"), blank is right as well. Printed for each column are the precision of what is filled in,
and how much is found of what is there; for all corpora and for each.

    python -m benchmarks.cells [--wrong] LISTING ...
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from benchmarks.pipeline import ROOT
from rag import listings
from rag.core.papers import Paper
from rag.core.questions import Question
from rag.core.tables import Cell
from rag.judge.cells import RULES
from rag.judge.evidence import Evidence
from rag.library.passages import passages
from rag.library.records import Record
from rag.write import table

LABELS = ROOT / "tests" / "gold" / "cells.jsonl"
BUNDLED = ROOT / "index" / "listings" / "2021-04-02.cs.CV.md"


class Counts:
    """How many cells were filled in, right, there, and found."""

    def __init__(self) -> None:
        self.filled = self.right = self.there = self.found = 0

    def add(self, cell: Cell, label: dict[str, object], words: list[str]) -> bool:
        """Count a cell; tell whether it is as it should be."""
        said = cell.text.casefold()
        right = any(word.casefold() in said for word in words)
        self.filled += bool(said)
        self.right += right
        self.there += not label["blank"]
        self.found += right and not label["blank"]
        return right or (not said and bool(label["blank"]))

    @property
    def line(self) -> str:
        """The figures in words."""
        precision = self.right / self.filled if self.filled else 1.0
        found = self.found / self.there if self.there else 1.0
        return (
            f"precision {precision:.2f} ({self.right} of {self.filled} filled in), "
            f"found {found:.2f} ({self.found} of {self.there} there)"
        )


def read(files: Iterable[Path]) -> dict[str, Paper]:
    """Return the papers of listings by their identifiers."""
    entries = (entry for file in files for entry in listings.read(file))
    return {entry.id: entry for entry in entries if isinstance(entry, Paper)}


def filled(paper: Paper) -> dict[str, Cell]:
    """Return the cells of a paper, by column."""
    spans = [(p.start, p.end) for p in passages(paper, lambda text: len(text) < 1000)]
    item = Evidence(Record.of(paper, spans, b"", 1), (), 1.0)
    columns = tuple(RULES)
    made = table.build(columns, [item], {paper.id: 1}, Question("", "papers", ""), None)
    return dict(zip(columns, made.rows[0].cells, strict=True))


def main(arguments: list[str]) -> None:
    """Measure, and print the figures."""
    wrong = "--wrong" in arguments
    files = [Path(a) for a in arguments if a != "--wrong"]
    papers = read([BUNDLED, *files])
    labels = [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]
    counts: dict[tuple[str, str], Counts] = defaultdict(Counts)
    cells = {label["paper"]: None for label in labels}
    made = {i: filled(papers[i]) for i in cells if i in papers}
    for label in labels:
        if label["paper"] not in made:
            continue
        kind, cell = label["kind"], made[label["paper"]][label["kind"]]
        for of in ("all", label["corpus"]):
            good = counts[of, kind].add(cell, label, label["any"])
        if wrong and not good:
            print(f"{label['paper']} {kind}: {cell.text!r}, wanted {label['any']}")
    for (of, kind), counted in sorted(counts.items()):
        print(f"{of:20} {kind:8} {counted.line}")


if __name__ == "__main__":
    main(sys.argv[1:])
