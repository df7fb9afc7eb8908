"""Which papers match, with thresholds that have not seen the question: leave one question out.

For each which-papers and unanswerable question of tests/gold, the logistic regression of
`rag.judge.evidence` is fitted on all other questions and decides on this one. Printed are the
weights fitted on all of them, which is what `rag.judge.evidence` holds, and mean F1 for each file.

The constants of `rag.judge.coverage` are not left out: they were searched for on all of these.

    python -m benchmarks.matching
"""

import json
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rag.judge.coverage import Reader
from sklearn.linear_model import LogisticRegression

from benchmarks.pipeline import ROOT, papers
from rag.judge.evidence import BESIDE_BEST, MATCHES, features
from rag.library import Library
from rag.models.embedding import Embedding
from rag.question import parsing as questions
from rag.search import retrieval

GOLD = ROOT / "tests" / "gold"


@dataclass
class Case:
    """A question: its file, and each candidate's features and labels."""

    file: str
    relevant: NDArray[np.bool_]
    counts: NDArray[np.bool_]  # what is merely acceptable counts neither way
    values: NDArray[np.float64]


def cases(library: Library, embedding: Embedding) -> list[Case]:
    """Read the questions that ask for papers, and the features of all papers for each."""
    found = []
    for file in sorted(GOLD.glob("*.jsonl")):
        for gold in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
            question = questions.read(gold["question"])
            if gold["kind"] == "fact" or all(c.aspect for c in question.concepts):
                continue
            matches = retrieval.search(question, library, embedding)
            reader = Reader(question, matches, library, embedding)
            ids = [m.paper.id for m in matches]
            found.append(
                Case(
                    file.stem,
                    np.array([i in gold["relevant"] for i in ids]),
                    np.array([i not in gold.get("acceptable", []) for i in ids]),
                    np.array([features(m, reader.read(m), reader) for m in matches]),
                )
            )
    return found


def fitted(some: list[Case]) -> LogisticRegression:
    """Fit the regression; the relevant papers of a question weigh one together."""
    values = np.concatenate([c.values[c.counts] for c in some])
    labels = np.concatenate([c.relevant[c.counts] for c in some])
    weights = np.concatenate([np.full(c.counts.sum(), 1 / max(1, c.relevant.sum())) for c in some])
    return LogisticRegression(C=10).fit(values, labels, weights)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        embedding = Embedding.load()
        library = Library.create(Path(folder), embedding)
        library.put(papers(), embedding)
        known = cases(library, embedding)
    f1: dict[str, list[float]] = {}
    abstains = []
    for number, case in enumerate(known):
        model = fitted(known[:number] + known[number + 1 :])
        strength = model.predict_proba(case.values)[:, 1]
        chosen = strength >= max(MATCHES, BESIDE_BEST * strength.max())
        right, cited = (chosen & case.relevant).sum(), (chosen & case.counts).sum()
        if case.relevant.any():
            value = 2 * right / (cited + case.relevant.sum())
            f1.setdefault(case.file, []).append(float(value))
        else:
            abstains.append(float(not chosen.any()))
    whole = fitted(known)
    weights = ", ".join(f"{w:.2f}" for w in (*whole.coef_[0], *whole.intercept_))
    print(f"coverage, topic, direct, bias: {weights}")
    for file, values in f1.items():
        print(f"{file:32} F1 {statistics.mean(values):.3f}  of {len(values)}")
    print(f"{'unanswerable':32} abstains {statistics.mean(abstains):.3f}  of {len(abstains)}")


if __name__ == "__main__":
    main()
