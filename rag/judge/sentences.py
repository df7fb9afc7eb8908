"""The sentences of an abstract that decide: those to show for a paper that matches.

A good one says, by itself, that and how the paper is what was asked for. One regression on a few
figures of each sentence tells which: how near it is to the question, which of its words it holds,
whether it speaks of the paper's own work or of its field. It was fitted on sentences that people
chose (`tests/gold/sentences.jsonl`) and needs no model to be run. Whether the paper matches is not
asked here.
"""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.core.filters import short_name
from rag.core.passages import Passage
from rag.core.questions import Question
from rag.judge.calibration import regressions
from rag.judge.figures import nearest, sentence
from rag.judge.wording import Wording
from rag.library.records import Record
from rag.models.reranker import Reranker
from rag.question.names import is_coined
from rag.search.retrieval import Match
from rag.text import genres, speech
from rag.text.words import stems

MOST_SENTENCES = 2
"""Sentences of evidence a paper: the strongest, and one for what it leaves open."""

SPEECH = ("own", "result", "proposes", "background", "others", "service", "leans")
"""What a sentence speaks of, see `rag.text.speech`."""

GLANCE = 30.0
"""Words of a sentence from which it gains no more by being longer."""

WITHOUT_JUDGE = 12.0
"""Logits that lie between a cosine of 0 and of 1 where there is no judge."""

_FURTHER = re.compile(
    r"(?:to further|further(?:more)?|moreover|additionally|in addition|besides|also|finally|"
    r"lastly)\b",
    re.IGNORECASE,
)
"""What a sentence begins with that tells of a second thing."""

OPENS = 0.3
"""Share of the question's words that a second sentence has to add to the first."""

SECOND = 2.0
"""How far in logits a second sentence may lie behind the first."""

Array = NDArray[np.float64]


def figures(match: Match, wording: Wording, names: Sequence[str]) -> dict[str, Array]:
    """Return what tells how well each passage of a paper says why it matches, (passages,) each.

    Parameters
    ----------
    wording
        Of the question, in matches with this one among them.
    names
        Genres that are asked for.
    """
    passages, shares = match.record.passages, wording.shares(match)
    cosines = np.asarray(match.cosines, dtype=np.float64)
    said = [speech.read(p.text) for p in passages]
    words = np.array([(p.text.count(" ") + 1) / GLANCE for p in passages])
    bodies = [n for n, p in enumerate(passages) if not p.is_title] or [0]
    before = opening(match.record)
    return {
        "near": cosines,
        "near_below_best": cosines - cosines[bodies].max(),
        "words": shares,
        "words_below_best": shares - shares[bodies].max(),
        **{kind: np.array([float(getattr(one, kind)) for one in said]) for kind in SPEECH},
        "named": np.array([float(speaks_of_it(match.record, p)) for p in passages]),
        "before_own": np.array([float(n in before) for n in range(len(passages))]),
        "further": np.array([float(bool(_FURTHER.match(p.text))) for p in passages]),
        "genre": np.array([float(_shows(names, p.text)) for p in passages]),
        "length": np.minimum(words, 1.0),
        "last": np.array([float(n == bodies[-1]) for n in range(len(passages))]),
    }


def opening(record: Record) -> frozenset[int]:
    """Return the sentences before the first that speaks of the paper itself: the field, a problem.

    Nothing where none speaks of it.
    """
    bodies = [n for n, passage in enumerate(record.passages) if not passage.is_title]
    for place, n in enumerate(bodies):
        passage = record.passages[n]
        if speech.read(passage.text).own or speaks_of_it(record, passage):
            return frozenset(bodies[:place])
    return frozenset()


def speaks_of_it(record: Record, passage: Passage) -> bool:
    """Tell whether a sentence calls the paper's work by its name, as "TransMOT models" does."""
    name = short_name(record.paper)
    return not passage.is_title and is_coined(name) and name in passage.text


def deciding(
    question: Question, match: Match, wording: Wording, names: Sequence[str]
) -> tuple[Passage, ...]:
    """Choose the sentence that shows best why a paper matches, and one for words it lacks.

    The title is chosen where a paper has no abstract.
    """
    passages, shares = match.record.passages, wording.shares(match)
    value, order = _ranked(match, wording, names)
    chosen = order[:1]
    for n in (n for n in order[1:] if not _beside(passages[n].text)):
        both = wording.share({*stems(passages[chosen[0]].text), *stems(passages[n].text)})
        if both - float(shares[chosen[0]]) >= OPENS and value[n] > value[chosen[0]] - SECOND:
            chosen.append(n)
            break
    return tuple(
        passages[n] for n in chosen[: 1 if question.kind == "overview" else MOST_SENTENCES]
    )


def promising(matches: Sequence[Match], wording: Wording, most: int) -> list[list[int]]:
    """Return for each match the positions of so many sentences, the most promising first."""
    return [
        list(dict.fromkeys([*order[: most - 1], nearest(match)[0], *order]))[:most]
        for match in matches
        for _, order in (_ranked(match, wording, ()),)
    ]


def read(
    text: str, matches: Sequence[Match], wording: Wording, reranker: Reranker | None, most: int
) -> list[dict[int, float]]:
    """Return for each match what the judge says of its most promising sentences.

    Parameters
    ----------
    text
        What is asked.
    most
        Sentences of each that it reads.

    Returns
    -------
    list
        For each match its logits, by the position of the passage.
    """
    chosen = promising(matches, wording, most)
    if reranker is None:
        return [
            {n: of_cosine(match.cosines[n]) for n in some}
            for match, some in zip(matches, chosen, strict=True)
        ]
    pairs = [
        (text, sentence(match.record, n))
        for match, some in zip(matches, chosen, strict=True)
        for n in some
    ]
    logits = iter(reranker.score(pairs).tolist())
    return [{n: next(logits) for n in some} for some in chosen]


def of_cosine(cosine: float) -> float:
    """Return the logit that a cosine stands for where there is no judge."""
    return WITHOUT_JUDGE * (float(cosine) - 0.5)


def _ranked(match: Match, wording: Wording, names: Sequence[str]) -> tuple[Array, list[int]]:
    """Return the log odds of each passage, and the positions of the sentences, best first.

    What only tells of the field or of the work of others comes last, however well it suits: it is
    no evidence for what a paper does.
    """
    value = regressions()["sentence"].logits(figures(match, wording, names))
    beside = np.array([_beside(passage.text) for passage in match.record.passages])
    ranked = [int(n) for n in np.lexsort((-value, beside))]
    return value, [n for n in ranked if not match.record.passages[n].is_title] or ranked


def _beside(text: str) -> bool:
    """Tell whether a sentence tells of the field or of others, and not of the paper."""
    said = speech.read(text)
    return (said.background or said.others) and not said.own


def _shows(names: Sequence[str], text: str) -> bool:
    return any(genres.shown(name, text, False) for name in names)
