"""Fit what decides whether papers match, and what it is worth on corpora it was not fitted on.

    python -m benchmarks.calibration NAME=LISTING:GOLD[,GOLD...] ... [--write]

Each NAME is a corpus: a listing, and gold files on it (`rag eval gold`). The figures of each
question's candidates are computed by the program itself; then each regression is fitted with one
corpus left out and judged on that one, corpus by corpus, and at last on all of them. Whether a
question has an answer is also learned from those of which the answer was taken away. --write puts
the weights fitted on all into rag/judge/calibration.json; --answers asks each corpus with weights
fitted on the others and writes what its answers are worth. What the judge said is kept in
build/calibration, so that a second run is quick.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from benchmarks.cases import SENTENCE, Abstract, Case, Decision, abstracts_of, cases_of
from benchmarks.judged import Corpus, opened
from rag.assistant import Assistant
from rag.evaluation.expected import read_file
from rag.evaluation.gold import figures as figures_of
from rag.evaluation.gold import run
from rag.evaluation.report import gold_rows
from rag.judge import answering, calibration, figures
from rag.judge.calibration import how_many

ROOT = Path(__file__).resolve().parents[1]

SCORES = (
    "near", "near_whole", "near_z", "near_whole_z", "words", "words_title", "words_sentence",
    "bm25", "genre", "part_near_z", "part_words", "lacks_part", "lacks_part_if_brief",
    "parts_if_brief", "term_near_z", "term_words", "overview",
)  # fmt: skip
JUDGED = (*SCORES, "judge_sentence", "judge_both", *(
    f"{name}{against}"
    for name in ("judge", "title", "says")
    for against in ("", "_below_best", "_best", "_median")
))  # fmt: skip
LEVEL = tuple(name for name in JUDGED if not name.startswith(("title", "says")))
"""Figures of the log odds that tell whether a question has an answer: the bi-encoder tells papers
from one another, but not whether any of them answers."""
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
SPREADS = (0.0, 0.7, 1.0, 1.5)
SPREAD = 1.0
"""The spread that is written: more finds a little more, and shows more that is wrong."""
BOUNDS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.5)

MADE = 0.3
"""What a question counts whose answer was taken away, beside one that people wrote."""

Array = NDArray[np.float64]


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
            _write(calibration.FILE, fitted(cases, abstracts))
        if given.answers:
            given.answers.write_text(answers(corpora, cases, abstracts), encoding="utf-8")


def report(cases: Sequence[Case]) -> None:
    """Print what each regression is worth on the corpus that is left out of its fit."""
    for kind, names in (("scores", SCORES), ("judged", JUDGED)):
        worth(cases, kind, names)
    for title, some, names in singles(cases):
        decided(title, some, names)


def fitted(cases: Sequence[Case], abstracts: Sequence[Abstract]) -> dict[str, Any]:
    """Return all regressions, fitted on these cases and abstracts."""
    sets = [case for case in cases if case.is_set]
    found: dict[str, Any] = {}
    for kind, names in (("scores", SCORES), ("judged", JUDGED), ("level", LEVEL)):
        rows, labels = table(sets, kind, names)
        weights, bias = fit(*_flat(rows, labels, [n for n, c in enumerate(sets) if not c.made]))
        found[kind] = {"weights": _named(names, weights), "bias": round(bias, 4), "spread": SPREAD}
    for title, some, names in singles(cases):
        weights, bias = fit(*_arrays(some, names))
        found[title] = {"weights": _named(names, weights), "bias": round(bias, 4)}
    weights, bias = fit(*_sentences(abstracts))
    found["sentence"] = {"weights": _named(SENTENCE, weights), "bias": round(bias, 4)}
    return found


def singles(
    cases: Sequence[Case],
) -> Iterator[tuple[str, list[Decision], Sequence[str]]]:
    """Yield each decision on whole questions: its name, its cases, the names of its figures."""
    yield "answerable_scores", answerable(cases, "scores", SCORES), ANSWERABLE_SCORES
    yield "answerable_judged", answerable(cases, "judged", LEVEL), ANSWERABLE_JUDGED
    yield "fact_scores", stated(cases, "scores"), FACT_SCORES
    yield "fact", stated(cases, "judged"), FACT


def answers(corpora: Sequence[Corpus], cases: Sequence[Case], abstracts: Sequence[Abstract]) -> str:
    """Return the figures of the answers on each corpus, with weights fitted on the others."""
    columns = {}
    with TemporaryDirectory() as folder:
        for corpus in corpora:
            others = Path(folder) / f"{corpus.name}.json"
            rest = [case for case in cases if case.corpus != corpus.name]
            _write(others, fitted(rest, [a for a in abstracts if a.corpus != corpus.name]))
            calibration.FILE = others
            calibration.regressions.cache_clear()
            assistant = Assistant(corpus.library, corpus.embedding, None, corpus.judge)
            for file in corpus.gold:
                results = run(read_file(file), assistant)
                columns[file.name.removesuffix(".jsonl")] = gold_rows(figures_of(results))
                sys.stderr.write(f"{file.name}: {len(results)} questions asked\n")
            corpus.judge.keep()
    heads = ["", *columns]
    lines = [
        [rows[0][0], *(f"{value} ({of})" if of else value for _, value, of in rows)]
        for rows in zip(*columns.values(), strict=True)
        if not rows[0][0].startswith("seconds")  # what the judge said is kept from run to run
    ]
    body = "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, ["---"] * len(heads), *lines))
    return (
        "# Answers on corpora that nothing was fitted on\n\n"
        "Written by `python -m benchmarks.calibration ... --answers FILE`: each corpus is asked "
        "with weights that were fitted on the others, without a language model. In brackets, of "
        f"how many.\n\n{body}\n"
    )


def _write(file: Path, what: dict[str, Any]) -> None:
    file.write_text(json.dumps(what, indent=1) + "\n", encoding="utf-8")


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
    rows, labels = table(sets, "scores", SCORES)
    for _, left_out, weights, bias in without_each(sets, rows, labels):
        for n in left_out:
            likely = sets[n].said.likely(rows[n] @ weights + bias)
            sets[n].judged = figures.judged(sets[n].scores, likely, len(rows[n]))


def without_each(
    sets: Sequence[Case], rows: Sequence[Array], labels: Sequence[Array]
) -> Iterator[tuple[str, list[int], Array, float]]:
    """Yield each corpus, where its questions are, and weights and bias fitted on the others."""
    for corpus in dict.fromkeys(case.corpus for case in sets):
        train = [n for n, one in enumerate(sets) if one.corpus != corpus and not one.made]
        left_out = [n for n, case in enumerate(sets) if case.corpus == corpus]
        yield corpus, left_out, *fit(*_flat(rows, labels, train))


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


def worth(cases: Sequence[Case], kind: str, names: Sequence[str]) -> None:
    """Print the F1 of which papers match, on each corpus left out of the fit."""
    sets = [case for case in cases if case.is_set]
    rows, labels = table(sets, kind, names)
    means: list[list[float]] = []
    sys.stdout.write(f"{kind}: F1, each corpus left out of the fit (spreads {SPREADS})\n")
    for corpus, left_out, weights, bias in without_each(sets, rows, labels):
        asked = [n for n in left_out if sets[n].gold.kind == "set"]
        means.append(
            [
                float(np.mean([_f1(sets[n], rows[n] @ weights + bias, spread) for n in asked]))
                for spread in SPREADS
            ]
        )
        line = "  ".join(f"{mean:.3f}" for mean in means[-1])
        sys.stdout.write(f"  {corpus:12} {len(asked):4}  {line}\n")
    line = "  ".join(f"{mean:.3f}" for mean in np.mean(means, axis=0))
    sys.stdout.write(f"  mean               {line}\n")


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


def answerable(cases: Sequence[Case], kind: str, names: Sequence[str]) -> list[Decision]:
    """Return for each question for papers its figures and whether it has an answer.

    The strongest paper is judged by a regression that was fitted without the corpus.
    """
    sets = [case for case in cases if case.is_set]
    rows, labels = table(sets, kind, names)
    found = []
    for corpus, left_out, weights, bias in without_each(sets, rows, labels):
        for n in left_out:
            case = sets[n]
            if case.question and case.wording:
                values = case.scores if kind == "scores" else case.judged
                measured = answering.of_question(
                    case.question,
                    values,
                    rows[n] @ weights + bias,
                    case.wording,
                    case.weakest,
                )
                right = int(case.gold.kind == "set")
                found.append(Decision(corpus, case.made, measured, right))
    return found


def stated(cases: Sequence[Case], kind: str) -> list[Decision]:
    """Return for each question for a detail its figures and whether the paper found states it."""
    return [
        Decision(case.corpus, case.made, case.fact[kind], int(case.found in case.gold.relevant))
        for case in cases
        if case.fact
    ]


def decided(title: str, cases: Sequence[Decision], names: Sequence[str]) -> None:
    """Print how a decision on whole questions does on each corpus left out of the fit."""
    rows, labels, counts = _arrays(cases, names)
    corpora, made = [one.corpus for one in cases], np.array([one.made for one in cases])
    places = {c: np.array([c == one for one in corpora]) for c in dict.fromkeys(corpora)}
    odds = np.zeros(len(labels))
    for inside in places.values():
        weights, bias = fit(rows[~inside], labels[~inside], counts[~inside])
        odds[inside] = calibration.likelihood(rows[inside] @ weights + bias)
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


def _named(names: Sequence[str], weights: Array) -> dict[str, float]:
    return {name: round(float(w), 4) for name, w in zip(names, weights, strict=True)}


if __name__ == "__main__":
    main()
