"""What tells whether a paper matches, in figures: nearness, words, and what the judge says.

Each figure means the same in an index of a hundred papers and of a hundred thousand: cosines are
also given against those of a sample of the index, BM25 against the best that any paper has. The
judge reads the sentences nearest to what is asked, of the most promising papers only; what it says
is also given against its best for this question, because its level differs with the manner of
asking.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.core.questions import Question
from rag.judge.wording import Wording
from rag.library.records import Record, unpacked
from rag.models.reranker import Reranker
from rag.search.retrieval import Match
from rag.text import genres

JUDGED = 60
"""Papers that the judge reads for one question, whatever the size of the index."""

READ_AGAIN = 20
"""Of these, the ones of which it reads a second sentence."""

UNREAD = -11.0
"""Logit of a sentence that says nothing of what is asked: that of the judge on unrelated texts."""

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judged:
    """What the judge said of the sentences that it read.

    Attributes
    ----------
    logits
        By the position of the match, and of the passage in it.
    """

    logits: dict[int, dict[int, float]]

    def best(self, position: int) -> float:
        """Return its highest logit for a match."""
        return max(self.logits.get(position, {}).values(), default=UNREAD)


def scores(
    question: Question,
    matches: Sequence[Match],
    wording: Wording,
    sample: NDArray[np.float64],
) -> dict[str, Array]:
    """Return the figures that need no judge, each of shape (matches,).

    Parameters
    ----------
    sample
        Cosines of papers of the index with what is asked, best passage and whole, shape (n, 2).
    """
    best = np.array([m.dense for m in matches])
    whole = np.array([m.whole for m in matches])
    words = np.array([m.lexical for m in matches])
    held = [wording.shares(m) for m in matches]
    middle, spread = sample.mean(axis=0), sample.std(axis=0) + 1e-6
    asked = genres.asked(question.text)
    return {
        "near": best,
        "near_whole": whole,
        "near_z": (best - middle[0]) / spread[0],
        "near_whole_z": (whole - middle[1]) / spread[1],
        "words": np.array([wording.whole(m) for m in matches]),
        "words_title": np.array([shares[0] for shares in held]),
        "words_sentence": np.array([shares.max() for shares in held]),
        "bm25": words / max(float(words.max(initial=0.0)), 1e-6),
        "genre": np.array([_of_genres(asked, m) for m in matches]),
    }


def judged(scored: dict[str, Array], said: Judged, count: int) -> dict[str, Array]:
    """Return the figures with those of the judge, for the first ``count`` matches.

    Parameters
    ----------
    scored
        Of `scores`, in the order of the matches.
    said
        What the judge said of each of them.
    """
    logits = np.array([said.best(position) for position in range(count)])
    first = {name: values[:count] for name, values in scored.items()}
    best = float(logits.max(initial=UNREAD))
    return first | {
        "judge": logits,
        "judge_below_best": logits - best,
        "judge_best": np.full(count, best),
        "judge_median": np.full(count, float(np.median(logits)) if count else UNREAD),
    }


def of_question(named: dict[str, Array], wording: Wording) -> dict[str, Array]:
    """Return what tells whether a question has an answer at all: its best figures, shape (1,)."""
    found = {
        f"best_{name}": np.array([values.max(initial=-12.0)]) for name, values in named.items()
    }
    return found | {
        "unknown": np.array([wording.unknown_share]),
        "terms": np.array([float(wording.count)]),
    }


def read(text: str, matches: Sequence[Match], reranker: Reranker, first: int = JUDGED) -> Judged:
    """Let the judge read the nearest sentences of the first matches, title before each.

    Parameters
    ----------
    text
        What is asked.
    """
    wanted = [
        (position, passage)
        for position, match in enumerate(matches[:first])
        for passage in nearest(match)[: 2 if position < READ_AGAIN else 1]
    ]
    pairs = [(text, sentence(matches[position].record, passage)) for position, passage in wanted]
    logits: dict[int, dict[int, float]] = {}
    for (position, passage), logit in zip(wanted, reranker.score(pairs), strict=True):
        logits.setdefault(position, {})[passage] = float(logit)
    return Judged(logits)


def _of_genres(names: Sequence[str], match: Match) -> float:
    """Return how far a paper is of the genres asked for: -1 of none to 1 of all, 0 if none is."""
    if not names:
        return 0.0
    passages = match.record.passages
    there = sum(any(genres.shown(name, p.text, p.is_title) for p in passages) for name in names)
    return 2 * there / len(names) - 1


def nearest(match: Match) -> list[int]:
    """Return the positions of a paper's sentences, the nearest first; the title if it is alone."""
    order = [int(n) for n in np.argsort(-match.cosines, kind="stable")]
    return [n for n in order if not match.record.passages[n].is_title] or order


def sentence(record: Record, passage: int) -> str:
    """Return a sentence as the judge reads it: its paper's title tells what "it" is."""
    found = record.passages[passage]
    return found.text if found.is_title else f"{record.paper.title}: {found.text}"


def sampled(records: Sequence[Record], query: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return for each paper the cosine of its best passage and as a whole, shape (papers, 2)."""
    kept = [record for record in records if record.packed]
    if not kept:
        return np.zeros((1, 2))
    starts = np.cumsum([0, *(record.count + 1 for record in kept)])[:-1]
    cosines = (unpacked(kept) @ query).astype(np.float64)
    whole = cosines[starts]
    cosines[starts] = -1.0
    return np.stack([np.maximum.reduceat(cosines, starts), whole], axis=1)
