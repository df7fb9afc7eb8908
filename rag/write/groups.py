"""Papers of an overview put into groups of like ones, each named by words of its own titles.

Papers are alike when their abstracts are near in meaning; a group is named by the phrase that is
nearest to it as a whole, and not so near to the others. Why the papers were chosen is not known.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.core.papers import Paper
from rag.models.embedding import Embedding
from rag.question.phrases import framing
from rag.text.words import stems

MOST_GROUPS = 3
"""Groups of an overview; eight papers in more would be a list again."""

FEWEST = 4
"""Papers from which an overview is worth dividing."""

LONGEST_NAME = 3
"""Words in the name of a group."""

MOST_NAMES = 120
"""Phrases tried as the name of a group, the most frequent ones: all that eight titles have."""

OTHERS = "other approaches"
"""What papers are put under that go with no other."""

APART = 0.7
"""What nearness to the other groups takes from a name against nearness to its own (0.5-1 read)."""

_PARTS = re.compile(r"[.;:,()!?]| -+ ")
_WORD = re.compile(r"\d*[^\W\d_]+(?:-[^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Group:
    """Papers that go together, by their positions, and what they have in common."""

    name: str
    members: tuple[int, ...]


def grouped(
    papers: Sequence[Paper],
    vectors: Sequence[NDArray[np.float32]],
    topic: str,
    embedding: Embedding,
) -> list[Group]:
    """Put papers into groups, the largest first, their order kept within each.

    Parameters
    ----------
    papers
        Best first.
    vectors
        Of each paper its unit vector, shape (dimensions,).
    topic
        What they have in common anyway; no group is named by it.
    """
    if len(papers) < FEWEST:
        return [Group("", tuple(range(len(papers))))]
    from scipy.cluster.hierarchy import fcluster, linkage

    tree = linkage(np.stack(vectors), method="average", metric="cosine")
    labels = fcluster(tree, min(MOST_GROUPS, len(papers) // 2), criterion="maxclust")
    clusters = [np.flatnonzero(labels == label).tolist() for label in dict.fromkeys(labels)]
    joined = sorted((c for c in clusters if len(c) > 1), key=lambda c: (-len(c), c[0]))
    alone = sorted(n for c in clusters if len(c) == 1 for n in c)
    if not joined or (len(joined) == 1 and not alone):
        return [Group("", tuple(range(len(papers))))]
    space = np.stack(vectors)
    found = [Group(named(c, papers, space, embedding, topic), tuple(c)) for c in joined]
    return [*found, Group(OTHERS, tuple(alone))] if alone else found


def named(
    members: Sequence[int],
    papers: Sequence[Paper],
    space: NDArray[np.float32],
    embedding: Embedding,
    topic: str = "",
) -> str:
    """Return the phrase of the titles that tells a group best from the rest.

    Parameters
    ----------
    members
        Positions of the group in the papers.
    space
        The unit vector of each paper, shape (papers, dimensions).
    topic
        What all papers have in common; no group is named by it.
    """
    counted = Counter(name for n in members for name in phrases(papers[n].title, topic))
    names = sorted(sorted(counted), key=lambda name: -counted[name])[:MOST_NAMES]
    if not names:
        return OTHERS
    names.sort()
    rest = sorted(set(range(len(papers))) - set(members))
    direction = space[list(members)].mean(axis=0) - APART * space[rest or list(members)].mean(
        axis=0
    )
    return names[int(np.argmax(embedding.encode(names) @ direction))]


def phrases(title: str, topic: str = "") -> set[str]:
    """Return the runs of two and three words of a title that name something beside the topic."""
    known, found = set(stems(topic)), set[str]()
    for part in _PARTS.split(title):
        for run in _runs(_WORD.findall(part)):
            for length in (2, LONGEST_NAME):
                for start in range(len(run) - length + 1):
                    some = run[start : start + length]
                    if not set(stems(" ".join(some))) <= known:
                        found.add(
                            " ".join(w if re.search(r"\w[A-Z]", w) else w.lower() for w in some)
                        )
    return found


def _runs(tokens: Sequence[str]) -> list[list[str]]:
    """Return the runs of words between those that only link them."""
    runs: list[list[str]] = [[]]
    for token in tokens:
        if framing(token):
            runs.append([])
        else:
            runs[-1].append(token)
    return runs
