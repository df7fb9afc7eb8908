"""Whether a question has an answer in this index at all, in figures of the question as a whole."""

from collections.abc import Mapping, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from rag.core.questions import Question
from rag.judge import figures
from rag.judge.calibration import likelihood
from rag.judge.figures import UNREAD, Array, brevity
from rag.judge.wording import Wording
from rag.models.embedding import Embedding
from rag.models.reranker import Reranker
from rag.search.retrieval import Match

LONGEST = 14
"""Words of a topic that count."""

DEAF = -9.0
"""Logit below which the judge tells no more: everyday words can bring it down that far."""

TERMS = (
    "term_near_z", "term_words", "clear", "clear_and_held", "clear_unheld", "best_has_term",
    "several",
)  # fmt: skip
"""Figures by the glossary, and by the best papers together. How clear it is what the question means
counts where that is here, where it is not, and in both: the fit shrinks each weight, and so the
difference between the two less."""

PART_READ = 6
"""Papers nearest to a part of a question of which the judge reads a sentence for that part."""

PARTS_READ = 24
"""Sentences that it reads so for all parts, and members of lists, together."""

LEAST, MOST = -12.0, 12.0
"""Between these lies whatever the judge says."""

SEVERAL = 3
"""Best papers whose log odds together tell whether a question has an answer."""

OUTSTANDING = (
    "stands_out", "ahead", "expected", "likely", "words", "best_near_whole_z", "best_words_title",
)  # fmt: skip
"""Figures by how the best papers stand out: what answers a question is further from the rest than
what is merely nearest to it."""

REST = 20
"""Best papers in the middle of which the rest is taken to lie."""


def of_question(
    question: Question,
    named: dict[str, Array],
    logits: Array,
    wording: Wording,
    weakest: float = UNREAD,
) -> dict[str, Array]:
    """Return what tells whether a question has an answer at all, each of shape (1,).

    In few words people use the field's own, and an unknown one or a judge who says no tells much;
    in many they use everyday ones, and nearness has to tell.

    Parameters
    ----------
    named, logits
        The figures of the candidates, and the log odds that each matches.
    weakest
        Of `weakest_part`; it counts where there is a judge.
    """
    length, brief = len(question.topic.split()), brevity(question)
    near = float(named["near_z"].max(initial=0.0))
    order = np.argsort(-logits, kind="stable")
    found = {
        "strongest": float(logits.max(initial=UNREAD)),
        "length": float(min(length, LONGEST)),
        "brief": brief,
        "unknown_if_brief": wording.unknown_share(figures.parts_of(question)) * brief,
        "near_z": near,
        "near_z_if_long": near * (1 - brief),
        **_of_terms(named, logits, order),
        **_of_the_best(named, logits, order[: figures.JUDGED]),
    }
    if "judge" in named:
        heard = np.maximum(named["judge"], DEAF)
        best = float(heard.max(initial=DEAF))
        found |= {
            "judge": best,
            "judge_if_brief": best * brief,
            "judge_and_near": float((heard / 3 + named["near_z"]).max(initial=DEAF)),
            "weakest_part": weakest,
        }
    return {name: np.array([value]) for name, value in found.items()}


def weakest_part(
    question: Question, matches: Sequence[Match], embedding: Embedding, reranker: Reranker
) -> float:
    """Return the judge's best logit for that part of a question of which the papers have least.

    "Robot policies trained with federated learning" has no answer among papers on robot policies of
    which none is on federated learning, however well they match as a whole. Of a list one member is
    enough.
    """
    parts = figures.parts_of(question)
    members = list(dict.fromkeys(member for some in parts for member in some))
    records = [match.record for match in matches]
    vectors = embedding.encode(members)
    best, _ = figures.best_and_whole(records, vectors)
    each = max(1, min(PART_READ, PARTS_READ // len(members)))
    pairs = []
    for member, vector, column in zip(members, vectors, best.T, strict=True):
        for n in np.argsort(-column, kind="stable")[:each]:
            place = int((records[n].vectors @ vector).argmax())
            pairs.append((member, figures.sentence(records[n], place)))
    logits = iter(reranker.score(pairs).tolist())
    count = len(pairs) // len(members)
    heard = {member: max(islice(logits, count), default=UNREAD) for member in members}
    weakest = min(max(heard[member] for member in some) for some in parts)
    return float(np.clip(weakest, LEAST, MOST))


def _of_the_best(
    named: Mapping[str, Array], logits: Array, order: NDArray[np.intp]
) -> dict[str, float]:
    """Return how the best papers, in this order, stand out from the rest."""
    if not len(order):
        return dict.fromkeys(OUTSTANDING, 0.0)
    ranked, best = logits[order], order[0]
    return {
        "stands_out": float(ranked[0] - np.median(ranked[:REST])),
        "ahead": float(ranked[0] - ranked[min(1, len(ranked) - 1)]),
        "expected": float(np.log1p(likelihood(ranked).sum())),
        "likely": float(np.log1p((ranked > 0).sum())),
        "words": float(named["words"][order].max()),
        "best_near_whole_z": float(named["near_whole_z"][best]),
        "best_words_title": float(named["words_title"][best]),
    }


def _of_terms(
    named: Mapping[str, Array], logits: Array, best: NDArray[np.intp]
) -> dict[str, float]:
    """Return what the field's terms, and the best papers together, tell of a whole question."""
    if not len(best):
        return dict.fromkeys(TERMS, 0.0)
    clear, held = float(named["clear"][0]), float(named["clear_and_held"][0])
    return {
        "term_near_z": float(named["term_near_z"].max()),
        "term_words": float(named["term_words"].max()),
        "clear": clear,
        "clear_and_held": held,
        "clear_unheld": clear - held,
        "best_has_term": float(named["term_words"][best[0]]),
        "several": float(logits[best[:SEVERAL]].mean()),
    }
