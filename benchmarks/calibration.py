"""Fit what decides whether papers match, and what it is worth on corpora it was not fitted on.

    python -m benchmarks.calibration NAME=LISTING:GOLD[,GOLD...] ... [--write]

Each NAME is a corpus: a listing, and gold files on it (`rag eval gold`). The figures of each
question's candidates are computed by the program itself; then each regression is fitted, and the
trees are grown, with one corpus left out and judged on that one, corpus by corpus, and at last on
all of them. Whether a question has an answer is also learned from those of which the answer was
taken away. --write puts what was fitted on all into rag/judge: calibration.json, and the trees in
matching.npz and answerable.npz; --answers asks each corpus with what was fitted on the others and
writes what its answers are worth. What the judge said is kept in build/calibration, so that a
second run is quick.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from benchmarks.cases import SENTENCE, Abstract, Case, Decision, abstracts_of, cases_of
from benchmarks.judged import Corpus, opened
from rag.assistant import Assistant
from rag.evaluation.expected import read_file
from rag.evaluation.gold import figures as figures_of
from rag.evaluation.gold import run
from rag.evaluation.report import gold_rows
from rag.judge import answering, calibration, figures, trees
from rag.judge.calibration import how_many
from rag.judge.trees import Trees

ROOT = Path(__file__).resolve().parents[1]

SCORES = (
    "near", "near_whole", "near_z", "near_whole_z", "words", "words_title", "words_sentence",
    "bm25", "genre", "part_near_z", "part_words", "lacks_part", "lacks_part_if_brief",
    "parts_if_brief", "term_near_z", "term_words", "overview",
)  # fmt: skip
JUDGED = (
    *(name for name in SCORES if name not in ("near", "near_whole")),
    "asked_words", "asked_parts", "judge", "judge_best", "judge_median", "judge_sentence",
    "judge_both",
    *(f"{name}_{how}" for name in figures.RIVALLED for how in figures.AGAINST_RIVALS),
)  # fmt: skip
"""No cosine as it is: what is near differs from field to field, and trees cut at a number."""
ANSWERABLE_SCORES = (
    "strongest", "length", "brief", "unknown_if_brief", "near_z", "near_z_if_long",
    *answering.TERMS, *answering.OUTSTANDING,
)  # fmt: skip
ANSWERABLE_JUDGED = (
    "strongest", "length", "brief", "unknown_if_brief", "near_z_if_long", "judge",
    "judge_if_brief", "judge_and_near", "weakest_part", *answering.TERMS, *answering.OUTSTANDING,
)  # fmt: skip
FACT_SCORES = (
    "near", "words", "words_paper", "names", "asked", "form", "not_asked_of_named", "length",
)  # fmt: skip
FACT = ("judge", "ahead", *FACT_SCORES)

REGULARISATION = 0.3
MATCHING: dict[str, Any] = {
    "max_iter": 150, "learning_rate": 0.06, "max_leaf_nodes": 24, "min_samples_leaf": 100,
    "l2_regularization": 20.0, "max_features": 0.2, "early_stopping": False,
}  # fmt: skip
"""How trees are grown that tell whether a paper matches: of six settings, tried with each corpus
left out, all better than the regression, the one with the highest F1."""
ANSWERABLE: dict[str, Any] = {
    "max_iter": 80, "learning_rate": 0.06, "max_leaf_nodes": 6, "min_samples_leaf": 15,
    "l2_regularization": 5.0, "max_features": 0.4, "early_stopping": False,
    "monotonic_cst": {"weakest_part": 1},
}  # fmt: skip
"""The same for whether a question has an answer, from a thousand questions and not forty times as
many papers. Never less likely the more the papers have of its weakest part, so that this need only
be read where it decides."""
FORESTS = 3
"""Forests that are grown, each from figures drawn by chance of its own; they say the mean."""
PARTS = 5
"""Into how many parts corpora are divided where what is fitted next goes by logits of a fit."""
BOUNDS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.5)

MADE = 0.1
"""What a question counts whose answer was taken away, beside one that people wrote: there are four
times as many of them as people wrote without an answer, and they are harder."""

Array = NDArray[np.float64]
Logits = Callable[[Array], Array]
Learn = Callable[..., Logits]


def main() -> None:
    """Fit and judge; print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", nargs="+", metavar="NAME=LISTING:GOLD[,GOLD...]")
    parser.add_argument("--write", action="store_true", help="write the weights fitted on all")
    parser.add_argument(
        "--answers",
        type=Path,
        metavar="FILE",
        help="ask each corpus with the weights fitted on the others, and write the figures",
    )
    given = parser.parse_args()
    with ExitStack() as folders:
        corpora = [folders.enter_context(opened(text)) for text in given.corpora]
        cases = [case for corpus in corpora for case in cases_of(corpus)]
        abstracts = [one for corpus in corpora for one in abstracts_of(corpus)]
        rule_out(cases)
        report(cases)
        well_chosen(abstracts)
        if given.write:
            write(calibration.FILE.parent, cases, abstracts)
        if given.answers:
            given.answers.write_text(answers(corpora, cases, abstracts), encoding="utf-8")


def report(cases: Sequence[Case]) -> None:
    """Print what each fit is worth on the corpus that is left out of it."""
    sets = [case for case in cases if case.is_set]
    logits = {kind: left_out(sets, kind) for kind in ("scores", "judged")}
    for kind, odds in logits.items():
        worth(kind, sets, odds)
    for title, some, names, trees_as in singles(cases, logits):
        decided(title, some, names, by_trees(names, trees_as) if trees_as else regression)


def write(folder: Path, cases: Sequence[Case], abstracts: Sequence[Abstract]) -> None:
    """Write all regressions and trees, fitted on these cases and abstracts, into a folder."""
    sets = [case for case in cases if case.is_set]
    asked = [n for n, case in enumerate(sets) if not case.made]
    found = {"scores": _named(SCORES, *fit(*_flat(*table(sets, "scores", SCORES), asked)))}
    logits = {kind: left_out(sets, kind, PARTS) for kind in ("scores", "judged")}
    for title, some, names, trees_as in singles(cases, logits):
        if trees_as:
            grown(names, trees_as, *_arrays(some, names)).write(folder / f"{title}.npz")
        else:
            found[title] = _named(names, *fit(*_arrays(some, names)))
    found["sentence"] = _named(SENTENCE, *fit(*_sentences(abstracts)))
    kept = json.dumps(found, indent=1) + "\n"
    (folder / calibration.FILE.name).write_text(kept, encoding="utf-8")
    matching = grown(JUDGED, MATCHING, *_flat(*table(sets, "judged", JUDGED), asked))
    matching.write(folder / "matching.npz")


def singles(
    cases: Sequence[Case], logits: Mapping[str, Sequence[Array]]
) -> Iterator[tuple[str, list[Decision], Sequence[str], Mapping[str, Any]]]:
    """Yield each decision on whole questions: its name, its cases, the names of its figures.

    And how trees are grown for it; nothing where a regression tells it.

    Parameters
    ----------
    logits
        Of `left_out`, by scores alone and as judged.
    """
    yield "answerable_scores", answerable(cases, "scores", logits), ANSWERABLE_SCORES, {}
    yield "answerable", answerable(cases, "judged", logits), ANSWERABLE_JUDGED, ANSWERABLE
    yield "fact_scores", stated(cases, "scores"), FACT_SCORES, {}
    yield "fact", stated(cases, "judged"), FACT, {}


def answers(corpora: Sequence[Corpus], cases: Sequence[Case], abstracts: Sequence[Abstract]) -> str:
    """Return the figures of the answers on each corpus, with what was fitted on the others."""
    asked = {}
    with TemporaryDirectory() as folder:
        trees.FOLDER = Path(folder)
        calibration.FILE = trees.FOLDER / calibration.FILE.name
        for corpus in corpora:
            rest = [case for case in cases if case.corpus != corpus.name]
            chosen = [one for one in abstracts if one.corpus != corpus.name]
            write(trees.FOLDER, rest, chosen)
            calibration.regressions.cache_clear()
            trees.fitted.cache_clear()
            assistant = Assistant(corpus.library, corpus.embedding, None, corpus.judge)
            for file in corpus.gold:
                results = run(read_file(file), assistant)
                asked[file.name.removesuffix(".jsonl")] = gold_rows(figures_of(results))
                sys.stderr.write(f"{file.name}: {len(results)} questions asked\n")
            corpus.judge.keep()
    lines: list[list[str]] = []
    for name, rows in asked.items():
        kept = [row for row in rows if not row[0].startswith("seconds")]  # the judge remembers
        lines = lines or [["", *(title for title, _, _ in kept)], ["---"] * (len(kept) + 1)]
        lines.append([name, *(f"{value} ({of})" if of else value for _, value, of in kept)])
    body = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
    return (
        "# Answers on corpora that nothing was fitted on\n\n"
        "Written by `python -m benchmarks.calibration ... --answers FILE`: each corpus is asked "
        "with what was fitted on the others, without a language model. In brackets, of "
        f"how many.\n\n{body}\n"
    )


def well_chosen(abstracts: Sequence[Abstract]) -> None:
    """Print how often the sentence chosen is one that people chose, each corpus left out."""
    best, fair, count = 0, 0, 0
    for corpus in dict.fromkeys(one.corpus for one in abstracts):
        weights, _ = fit(*_sentences([one for one in abstracts if one.corpus != corpus]))
        for one in abstracts:
            if one.corpus == corpus and one.chosen.max() == 1:
                taken = one.chosen[int(np.argmax(one.figures @ weights))]
                best, fair, count = best + (taken == 1), fair + (taken > 0), count + 1
    sys.stdout.write(f"sentence: best {best} of {count}, best or fair {fair} of {count}\n")


def _sentences(abstracts: Sequence[Abstract]) -> tuple[Array, Array]:
    """Return the figures of all sentences, and whether each is the best of its abstract."""
    labels = np.concatenate([one.chosen == 1 for one in abstracts]).astype(int)
    return np.concatenate([one.figures for one in abstracts]), labels


def rule_out(cases: Sequence[Case]) -> None:
    """Take away what the judge said of papers that scores fitted on the other corpora rule out."""
    sets = [case for case in cases if case.is_set]
    for case, odds in zip(sets, left_out(sets, "scores"), strict=True):
        case.judged = figures.judged(case.scores, case.said.likely(odds), len(odds))


def left_out(sets: Sequence[Case], kind: str, parts: int = 0) -> list[Array]:
    """Return the log odds of each question's candidates by a fit on other corpora.

    Parameters
    ----------
    parts
        Into how many parts the corpora are divided, of which one is left out at a time; 0: as many
        as there are corpora.
    """
    names: Sequence[str] = SCORES
    learn: Learn = regression
    if kind == "judged":
        names, learn = JUDGED, by_trees(JUDGED, MATCHING)
    rows, labels = table(sets, kind, names)
    corpora = list(dict.fromkeys(case.corpus for case in sets))
    found: dict[int, Array] = {}
    for first in range(parts or len(corpora)):
        out = corpora[first :: parts or len(corpora)]
        others = [n for n, one in enumerate(sets) if one.corpus not in out and not one.made]
        logits = learn(*_flat(rows, labels, others))
        found |= {n: logits(rows[n]) for n, case in enumerate(sets) if case.corpus in out}
    return [found[n] for n in range(len(sets))]


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


def fit(rows: Array, labels: Array, counts: Array | None = None) -> tuple[Array, float]:
    """Return weights and bias of a logistic regression on figures as they are.

    Parameters
    ----------
    counts
        What each row counts, shape (rows,); None: all the same.
    """
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    model = LogisticRegression(C=REGULARISATION, max_iter=5000)
    model.fit((rows - mean) / spread, labels, sample_weight=counts)
    weights = model.coef_[0] / spread
    return weights, float(model.intercept_[0] - weights @ mean)


def regression(rows: Array, labels: Array, counts: Array | None = None) -> Logits:
    """Return what tells log odds by a logistic regression."""
    weights, bias = fit(rows, labels, counts)
    return lambda some: np.asarray(some @ weights + bias)


def by_trees(names: Sequence[str], how: Mapping[str, Any]) -> Learn:
    """Return what learns to tell log odds by trees, of figures of these names."""

    def learn(*given: Array) -> Logits:
        found = grown(names, how, *given)
        return lambda some: found.logits(dict(zip(names, some.T, strict=True)))

    return learn


def grown(
    names: Sequence[str],
    how: Mapping[str, Any],
    rows: Array,
    labels: Array,
    counts: Array | None = None,
) -> Trees:
    """Return trees grown on figures; the leaves of each forest are added up, and the mean taken.

    Parameters
    ----------
    how
        Of scikit-learn's histogram-based gradient boosting.
    rows
        Shape (rows, names).
    counts
        What each row counts, shape (rows,); None: all the same.
    """
    rising = how.get("monotonic_cst", {})
    grow = {**how, "monotonic_cst": [rising.get(name, 0) for name in names]}
    nodes: list[Any] = []
    roots: list[int] = []
    base = 0.0
    for seed in range(FORESTS):
        model = HistGradientBoostingClassifier(random_state=seed, **grow)
        model.fit(rows, labels, sample_weight=counts)
        base += float(model._baseline_prediction.item()) / FORESTS  # told in no other way
        for [tree] in model._predictors:
            first = sum(map(len, nodes))
            kept = tree.nodes.copy()
            here = first + np.arange(len(kept))
            leaf = kept["is_leaf"].astype(bool)
            kept["left"] = np.where(leaf, here, first + kept["left"])
            kept["right"] = np.where(leaf, here, first + kept["right"])
            kept["value"] *= leaf / FORESTS
            nodes.append(kept)
            roots.append(first)
    every = np.concatenate(nodes)
    return Trees(
        tuple(names),
        every["feature_idx"].astype(np.intp),
        every["num_threshold"].astype(np.float64),
        every["left"].astype(np.intp),
        every["right"].astype(np.intp),
        every["value"].astype(np.float64),
        np.array(roots),
        base,
    )


def worth(kind: str, sets: Sequence[Case], logits: Sequence[Array]) -> None:
    """Print the F1 of which papers match, on each corpus left out of the fit."""
    means = []
    sys.stdout.write(f"{kind}: F1, each corpus left out of the fit\n")
    for corpus in dict.fromkeys(case.corpus for case in sets):
        found = [
            _f1(case, odds)
            for case, odds in zip(sets, logits, strict=True)
            if case.corpus == corpus and case.gold.kind == "set"
        ]
        means.append(float(np.mean(found)))
        sys.stdout.write(f"  {corpus:12} {len(found):4}  {means[-1]:.3f}\n")
    sys.stdout.write(f"  mean               {np.mean(means):.3f}\n")


def _flat(
    rows: Sequence[Array], labels: Sequence[Array], chosen: Iterable[int]
) -> tuple[Array, Array]:
    some = list(chosen)
    counted = [labels[n] >= 0 for n in some]
    return (
        np.concatenate([rows[n][keep] for n, keep in zip(some, counted, strict=True)]),
        np.concatenate([labels[n][keep] for n, keep in zip(some, counted, strict=True)]),
    )


def _f1(case: Case, logits: Array) -> float:
    taken = [case.ids[n] for n in np.argsort(-logits, kind="stable")[: how_many(logits)]]
    cited = set(taken) - case.gold.acceptable
    hits = len(cited & case.gold.relevant)
    return 2 * hits / (len(cited) + len(case.gold.relevant)) if cited else 0.0


def answerable(
    cases: Sequence[Case], kind: str, logits: Mapping[str, Sequence[Array]]
) -> list[Decision]:
    """Return for each question for papers its figures and whether it has an answer."""
    sets = [case for case in cases if case.is_set]
    found = []
    for case, odds in zip(sets, logits[kind], strict=True):
        if case.question and case.wording:
            values = case.scores if kind == "scores" else case.judged
            measured = answering.of_question(
                case.question, values, odds, case.wording, case.weakest
            )
            right = int(case.gold.kind == "set")
            found.append(Decision(case.corpus, case.made, measured, right))
    return found


def stated(cases: Sequence[Case], kind: str) -> list[Decision]:
    """Return for each question for a detail its figures and whether the paper found states it."""
    return [
        Decision(case.corpus, case.made, case.fact[kind], int(case.found in case.gold.relevant))
        for case in cases
        if case.fact
    ]


def decided(title: str, cases: Sequence[Decision], names: Sequence[str], learn: Learn) -> None:
    """Print how a decision on whole questions does on each corpus left out of the fit."""
    rows, labels, counts = _arrays(cases, names)
    corpora, made = [one.corpus for one in cases], np.array([one.made for one in cases])
    places = {c: np.array([c == one for one in corpora]) for c in dict.fromkeys(corpora)}
    odds = np.zeros(len(labels))
    for inside in places.values():
        logits = learn(rows[~inside], labels[~inside], counts[~inside])
        odds[inside] = calibration.likelihood(logits(rows[inside]))
    sys.stdout.write(f"{title}: has an answer and is answered / has none and is refused\n")
    asked = {"all": ~made, "answer taken away": made}
    asked |= {name: inside & ~made for name, inside in places.items()}
    for bound in BOUNDS:
        said, truth = odds > bound, labels == 1
        shares = [
            f"{name} {_share(said & truth, truth, inside)} / "
            f"{_share(~said & ~truth, ~truth, inside)}"
            for name, inside in asked.items()
        ]
        sys.stdout.write(f"  above {bound}: {'   '.join(shares)}\n")


def _arrays(cases: Sequence[Decision], names: Sequence[str]) -> tuple[Array, Array, Array]:
    """Return figures, shape (cases, names), what is right, and what each case counts."""
    rows = [[float(one.figures[name][0]) for name in names] for one in cases]
    counts = [MADE if one.made else 1.0 for one in cases]
    return np.array(rows), np.array([one.right for one in cases]), np.array(counts)


def _share(right: Array, asked: Array, inside: Array) -> str:
    return f"{int((right & inside).sum())} of {int((asked & inside).sum())}"


def _named(names: Sequence[str], weights: Array, bias: float) -> dict[str, Any]:
    named = {name: round(float(w), 4) for name, w in zip(names, weights, strict=True)}
    return {"weights": named, "bias": round(bias, 4)}


if __name__ == "__main__":
    main()
