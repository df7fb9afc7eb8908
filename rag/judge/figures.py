"""What tells whether a paper matches, in figures: nearness, words, and what the judge says.

Each figure means the same in an index of a hundred papers and of a hundred thousand: cosines are
also given against those of a sample of the index, BM25 against the best that any paper has. The
judge reads the sentences nearest to what is asked, of the most promising papers only; what it says
is also given against its best for this question, because its level differs with the manner of
asking.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.core.questions import Question
from rag.judge.wording import Wording
from rag.library.records import Record, unpacked
from rag.models.embedding import Embedding
from rag.models.reranker import Reranker
from rag.search.retrieval import Match, sought
from rag.text import genres, lists

JUDGED = 60
"""Papers that the judge reads for one question, whatever the size of the index."""

READ_AGAIN = 20
"""Of these, the ones of which it reads a second sentence."""

DEAF = -9.0
"""Logit below which the judge tells no more: everyday words can bring it down that far."""

BRIEF, LONGEST_COUNTED = 6.5, 14
"""Words of a topic around which a question turns from terms to everyday words, and those that
count."""

MEMBERS = 4
"""Members of a list in a question that are looked for one by one."""

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
    embedding: Embedding,
    among: Sequence[Record],
) -> dict[str, Array]:
    """Return the figures that need no judge, each of shape (matches,).

    Parameters
    ----------
    among
        Papers of the index that tell how near papers are in general.
    """
    sample = sampled(among, embedding.encode_query(sought(question)))
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
        **_weakest(question, matches, wording, embedding, among),
    }


def _weakest(
    question: Question,
    matches: Sequence[Match],
    wording: Wording,
    embedding: Embedding,
    among: Sequence[Record],
) -> dict[str, Array]:
    """Return how well a paper has the part of the question that it has least.

    "Transformers for tracking" wants both. Of a list ("denoising or super-resolution") one member
    is enough. Nearness is against that of papers in general, words are shares of a part's words.
    """
    near, words = [], []
    for part in question.parts or (question.topic,):
        some = lists.members(part)[:MEMBERS]
        best_near, best_words = [], []
        for member, vector in zip(some, embedding.encode(list(some)), strict=True):
            sample = sampled(among, vector)[:, 0]
            best = np.array([float((m.record.vectors @ vector).max()) for m in matches])
            best_near.append((best - sample.mean()) / (sample.std() + 1e-6))
            best_words.append(np.array([wording.of_phrase(member, m) for m in matches]))
        near.append(np.max(best_near, axis=0))
        words.append(np.max(best_words, axis=0))
    return {"part_near_z": np.min(near, axis=0), "part_words": np.min(words, axis=0)}


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


def of_question(
    question: Question, named: dict[str, Array], logits: Array, wording: Wording
) -> dict[str, Array]:
    """Return what tells whether a question has an answer at all, each of shape (1,).

    In few words people use the field's own, and an unknown one or a judge who says no tells much;
    in many they use everyday ones, and nearness has to tell.

    Parameters
    ----------
    named, logits
        The figures of the candidates, and the log odds that each matches.
    """
    length = len(question.topic.split())
    brief = 1 / (1 + math.exp(length - BRIEF))
    near = float(named["near_z"].max(initial=0.0))
    found = {
        "strongest": float(logits.max(initial=UNREAD)),
        "length": float(min(length, LONGEST_COUNTED)),
        "brief": brief,
        "unknown_if_brief": wording.unknown_share * brief,
        "near_z": near,
        "near_z_if_long": near * (1 - brief),
    }
    if "judge" in named:
        heard = np.maximum(named["judge"], DEAF)
        best = float(heard.max(initial=DEAF))
        found |= {
            "judge": best,
            "judge_if_brief": best * brief,
            "judge_and_near": float((heard / 3 + named["near_z"]).max(initial=DEAF)),
        }
    return {name: np.array([value]) for name, value in found.items()}


def read(
    question: Question, matches: Sequence[Match], embedding: Embedding, reranker: Reranker
) -> Judged:
    """Let the judge read the nearest sentences of the first matches, title before each.

    Where a question is a list ("mirrors, glass or water") a sentence is read for the member that it
    is nearest to as well, since the judge wants all that it is asked for.
    """
    text, members = sought(question), _members(question)
    vectors = embedding.encode(list(members)) if members else None
    wanted = []
    for position, match in enumerate(matches[:JUDGED]):
        some = nearest(match)[: 2 if position < READ_AGAIN else 1]
        wanted += [(position, passage, text) for passage in some]
        if vectors is not None:
            near = match.record.vectors @ vectors.T
            place = np.unravel_index(int(near.argmax()), near.shape)
            wanted.append((position, int(place[0]), members[int(place[1])]))
    pairs = [(asked, sentence(matches[n].record, passage)) for n, passage, asked in wanted]
    logits: dict[int, dict[int, float]] = {}
    for (n, passage, _), logit in zip(wanted, reranker.score(pairs).tolist(), strict=True):
        said = logits.setdefault(n, {})
        said[passage] = max(said.get(passage, UNREAD), logit)
    return Judged(logits)


def _members(question: Question) -> tuple[str, ...]:
    """Return the members of a question that is nothing but a list; none if it is no list."""
    found = lists.members(question.topic)[:MEMBERS] if len(question.parts) < 2 else ()
    return found if len(found) > 1 else ()


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
