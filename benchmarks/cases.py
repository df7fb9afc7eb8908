"""Questions of gold files with the figures from which their answers are decided.

The figures are computed by the program itself. Each question with an answer is also taken as it
would be had the corpus none (`benchmarks.unanswered`).
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.judged import SETS, Corpus, manner
from benchmarks.unanswered import unanswered, without_papers, without_sentences
from rag.core.questions import Question
from rag.errors import QuestionError
from rag.evaluation.expected import Gold, read_file
from rag.judge import answering, facts, figures, reasons, sentences
from rag.judge.papers import deciding, of_genres, reading_order
from rag.judge.wording import Wording
from rag.library import Library
from rag.question import reading
from rag.search import retrieval
from rag.search.retrieval import Match

CHOSEN = Path(__file__).resolve().parents[1] / "tests" / "gold" / "sentences.jsonl"
"""Sentences that people chose: for a question of a gold file and a paper that answers it, the
offsets of those that say best why it does, and of others that would do."""

SENTENCE = (
    "near", "near_below_best", "words", "words_below_best", *sentences.SPEECH, "named",
    "before_own", "further", "genre", "length", "last",
)  # fmt: skip

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


def cases_of(corpus: Corpus) -> list[Case]:
    """Return the questions of a corpus with their figures."""
    cases = [
        case for file in corpus.gold for gold in read_file(file) for case in measured(corpus, gold)
    ]
    corpus.judge.keep()
    return cases


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
