"""Which papers match a question: decided paper by paper, over all candidates.

First by nearness and words alone, which costs no model; then the judge reads the most promising and
those in doubt, a bounded number whatever the size of the index. How many match is decided for the
question as a whole, and so is whether any does. What the question excludes is excluded last.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.core.questions import Question
from rag.judge import answering, figures, parts, sentences, trees
from rag.judge.calibration import FAINTEST, how_many, likelihood, regressions
from rag.judge.evidence import Evidence, Findings
from rag.judge.excluding import does
from rag.judge.wording import Wording
from rag.library import Library
from rag.models.embedding import Embedding
from rag.models.reranker import Reranker
from rag.search.retrieval import LOOKED_AT, Match
from rag.text import genres

SURE = 20
"""Papers that the judge always reads, the most promising ones; the rest of its reading goes to
those in doubt."""

DOUBT = (-4.0, 3.0)
"""Log odds, by the scores alone, between which a paper is in doubt."""

MOST_NEAR = 3
"""Near misses shown; none is fainter than what counts at all (`FAINTEST`): where the index has
nothing on a question, such papers have nothing to do with it."""

SURELY, PERHAPS = 4.0, 0.0
"""Log odds of a paper that cannot but match, and of one of a genre that is not surely told."""

TITLED = 1.0
"""Log odds, at least, of a paper whose title has all words of the question."""

ANSWERS = 0.4
"""Probability from which a question is taken to have an answer here: below one half, since a paper
withheld does more harm than one too many among those that are shown with their sentence. With each
of 29 corpora left out 820 of 850 questions with an answer are answered and 191 of 227 without one
are refused, before what `HEARD` adds; at 0.35 it is 822 and 185."""

USUAL, TENFOLD = 300, 1.1
"""Papers up to which `ANSWERS` holds, those of the corpora that it was set on; and the log odds
that it takes more for each tenfold of them, since among more papers more merely come near. Of 40
questions of other fields 19 instead of 10 are refused among 3,000 papers of computer vision, of 80
of its own field 2 instead of 1 (`benchmarks.foreign`)."""

HEARD = 4.0
"""Logit of the judge, on a sentence that has all words of the question and on the whole paper, from
which there is an answer: so in 88 of 415 questions for papers of fourteen corpora, and in none of
93 without an answer."""

BEHIND, BEHIND_IN_OVERVIEW = 3.0, 5.0
"""How far in log odds a paper may lie behind the best one and still match; an account of a field
has more of what is less about it."""

LIKELY = 0.4
"""Log odds from which a paper matches however far behind the best one it lies."""

MOST_DOUBTFUL = 5
"""Papers that match where not even the best one is that likely: of more most miss the point."""


@dataclass(frozen=True, slots=True)
class Decided:
    """The candidates as they were decided, best first.

    Attributes
    ----------
    logits
        Log odds that a candidate matches, shape (matches,).
    count
        How many of them match; 0: the question has no answer here.
    """

    matches: list[Match]
    logits: NDArray[np.float64]
    count: int
    wording: Wording


def which(
    question: Question,
    matches: Sequence[Match],
    library: Library,
    embedding: Embedding,
    reranker: Reranker | None,
    page: slice,
    all_of_them: bool = False,
    unlikely: float = figures.UNLIKELY,
) -> Findings:
    """Find the papers that match, and the sentences that show it for a page of them.

    Parameters
    ----------
    matches
        The candidates, of `rag.search.retrieval.search`.
    all_of_them
        Whether all candidates match, since nothing is asked that they could lack.
    page
        Which of the matching papers are to be shown: only these get sentences.
    unlikely
        Log odds by the scores alone below which the judge does not read a paper.
    """
    if not matches:
        return Findings((), ())
    if all_of_them:
        decided = _all(question, matches, library)
    else:
        decided = decide(question, matches, library, embedding, reranker, unlikely)
    ranked, odds = decided.matches, likelihood(decided.logits)
    excluded = does(question.excluded, ranked, decided.count, embedding, reranker, library.sample())
    taken = [n for n in range(decided.count) if n not in excluded]
    if question.newest:
        taken.sort(key=lambda n: -(day.toordinal() if (day := ranked[n].paper.listed) else 0))
    shown = dict.fromkeys(taken[page])
    faintest = int((decided.logits >= FAINTEST).sum())
    near = [n for n in range(decided.count, faintest) if n not in excluded][:MOST_NEAR]
    passages = [
        sentences.deciding(question, ranked[n], decided.wording, question.genres) for n in shown
    ]
    found = dict(zip(shown, passages, strict=True))
    covered: list[tuple[tuple[str, ...], tuple[str, ...]]] = [((), ())] * len(near)
    if len(question.parts) > 1:
        covered = parts.held(question, [ranked[n] for n in near], decided.wording, embedding)
    return Findings(
        tuple(Evidence(ranked[n].record, found.get(n, ()), float(odds[n])) for n in taken),
        tuple(
            Evidence(ranked[n].record, (), float(odds[n]), *covers)
            for n, covers in zip(near, covered, strict=True)
        ),
        left_out=decided.count - len(taken),
        unknown=decided.wording.unknown,
        order=tuple(match.paper.id for match in ranked),
    )


def decide(
    question: Question,
    matches: Sequence[Match],
    library: Library,
    embedding: Embedding,
    reranker: Reranker | None,
    unlikely: float = figures.UNLIKELY,
) -> Decided:
    """Decide which candidates match."""
    wording = Wording(question, matches, library)
    scored = figures.scores(question, matches, wording, embedding, library.sample())
    fitted = regressions()
    logits = fitted["scores"].logits(scored)
    order = reading_order(logits)
    ranked = [matches[n] for n in order]
    scored = {name: values[order] for name, values in scored.items()}
    logits = logits[order]
    bound = least_odds(len(matches) if len(matches) < LOOKED_AT else len(library))
    if reranker is None:
        answered = answering.of_question(question, scored, logits, wording)
        has = float(fitted["answerable_scores"].logits(answered)[0]) >= bound
    else:
        said = figures.read(question, ranked, embedding, reranker, logits, unlikely)
        count = min(len(ranked), figures.JUDGED)
        judged = figures.judged(scored, said, count)
        logits[:count] = trees.fitted("matching").logits(judged)
        spelt = (judged["words_sentence"] >= 1.0 - 1e-9) & (judged["judge_both"] >= HEARD)
        has = bool(spelt.any()) or _answers(
            answering.of_question(question, judged, logits[:count], wording),
            bound,
            lambda: answering.weakest_part(question, ranked, embedding, reranker),
        )
    titled = scored["words_title"] >= 1.0 - 1e-9  # it is called as what is asked for
    logits[titled] = np.maximum(logits[titled], TITLED)
    final = np.argsort(-logits, kind="stable")
    count = how_many(logits) if titled.any() or has else 0
    best = float(logits.max())
    behind = BEHIND_IN_OVERVIEW if question.kind == "overview" else BEHIND
    count = min(count, int((logits >= min(LIKELY, best - behind)).sum()))
    if best < LIKELY and question.kind != "count":
        count = min(count, MOST_DOUBTFUL)
    return Decided([ranked[n] for n in final], logits[final], count, wording)


def least_odds(papers: int) -> float:
    """Return the log odds from which a question has an answer among so many papers."""
    return math.log(ANSWERS / (1 - ANSWERS)) + TENFOLD * math.log10(max(papers / USUAL, 1))


def _answers(
    answered: dict[str, figures.Array], bound: float, weakest_part: Callable[[], float]
) -> bool:
    """Tell whether a question has an answer; its weakest part is read only where that decides."""

    def has(weakest: float) -> bool:
        whole = answered | {"weakest_part": np.array([weakest])}
        return float(trees.fitted("answerable").logits(whole)[0]) >= bound

    at_worst, at_best = has(answering.LEAST), has(answering.MOST)
    return at_worst if at_worst == at_best else has(weakest_part())


def _all(question: Question, matches: Sequence[Match], library: Library) -> Decided:
    """Decide that all candidates match, the nearest first."""
    ranked = sorted(matches, key=lambda match: (-match.dense, match.paper.id))
    sure = len(genres.sure(question.genres)) == len(question.genres)
    odds = np.full(len(ranked), SURELY if sure else PERHAPS)
    return Decided(ranked, odds, len(ranked), Wording(question, ranked, library))


def of_genres(names: Sequence[str], matches: Sequence[Match]) -> list[Match]:
    """Return the candidates that are of all these genres."""
    return [match for match in matches if all(figures.is_of(name, match.record) for name in names)]


def deciding(question: Question) -> tuple[str, ...]:
    """Return the genres of which a paper has to be to match.

    All that are asked for, where nothing else is; beside a topic only those that are surely told,
    the others are one figure among others.
    """
    return question.genres if not question.parts else genres.sure(question.genres)


def reading_order(logits: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the candidates in the order in which the judge reads them: sure ones, doubts, rest."""
    ranked = np.argsort(-logits, kind="stable")
    rest = ranked[SURE:]
    doubtful = (logits[rest] > DOUBT[0]) & (logits[rest] < DOUBT[1])
    return np.concatenate([ranked[:SURE], rest[doubtful], rest[~doubtful]])
