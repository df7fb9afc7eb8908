"""Papers of an overview put into groups of like ones, each named by what most of its papers have.

Papers are alike when their abstracts are near in meaning. What has no name that is true of it is no
group: its papers stand with the others. Why the papers were chosen is not known.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.core.papers import Paper
from rag.models.embedding import Embedding
from rag.text.sentences import sentences
from rag.text.words import stems
from rag.write.naming import heads

MOST_GROUPS = 3
"""Groups of an overview; eight papers in more would be a list again."""

FEWEST = 4
"""Papers from which an overview is worth dividing."""

FEWEST_NAMED = 3
"""An overview is divided where one in so many papers, at least, is in a group with a name."""

OTHERS = "other papers"
"""What papers are put under that go with no other, or have no name in common."""

MOST = 0.6
"""Share of a group that has what it is called by, at least."""

TRUE = 0.3
"""What the share of a group that has its name, less that of the rest, counts beside nearness."""

APART = 0.7
"""What nearness to the other groups takes from a name against nearness to its own (0.5-1 read)."""


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
    space, found = np.stack(vectors), dict[str, list[int]]()
    said = [_said(paper) for paper in papers]
    for cluster in joined if len(clusters) > 1 else ():
        if name := named(cluster, papers, said, space, embedding, topic):
            found.setdefault(name, []).extend(cluster)
    if FEWEST_NAMED * sum(map(len, found.values())) < len(papers):
        return [Group("", tuple(range(len(papers))))]
    groups = [Group(name, tuple(sorted(members))) for name, members in found.items()]
    groups.sort(key=lambda group: -len(group.members))
    alone = sorted(set(range(len(papers))).difference(*found.values()))
    return [*groups, Group(OTHERS, tuple(alone))] if alone else groups


def named(
    members: Sequence[int],
    papers: Sequence[Paper],
    said: Sequence[Sequence[frozenset[str]]],
    space: NDArray[np.float32],
    embedding: Embedding,
    topic: str,
) -> str:
    """Return what tells a group best from the rest and is true of it; empty if nothing is.

    That is how a run of words in one of its titles ends ("protoplanetary disks"), where most of
    the group have these words in a sentence, and more of it than of the rest. One word
    alone has to be in two titles, and in most of them if it is one that everybody uses.

    Parameters
    ----------
    members
        Positions of the group in the papers.
    said
        Of each paper the stems of its title and of each sentence.
    space
        The unit vector of each paper, shape (papers, dimensions).
    topic
        What all papers have in common; no group is named by it.
    """
    rest = sorted(set(range(len(papers))) - set(members))
    inside, outside = ([said[n] for n in some] for some in (members, rest))
    names, ahead = [], []
    for name in sorted({name for n in members for name in heads(papers[n].title, topic)}):
        words = frozenset(stems(name))
        have, others = _have(words, inside), _have(words, outside) / max(len(rest), 1)
        share = have / len(members)
        is_true = have > 1 and share >= MOST and share > others
        titles = sum(words <= sentences_of[0] for sentences_of in inside)
        known = titles >= MOST * len(members) or not embedding.is_word(name)
        if is_true and (" " in name or (titles > 1 and known)):
            names.append(name)
            ahead.append(share - others)
    if not names:
        return ""
    direction = space[list(members)].mean(axis=0) - APART * space[rest or list(members)].mean(
        axis=0
    )
    scores = embedding.encode(names) @ direction + TRUE * np.array(ahead)
    return names[int(np.argmax(scores))]


def _said(paper: Paper) -> list[frozenset[str]]:
    """Return the stems of the title and of each sentence."""
    spans = sentences(paper.abstract)
    return [
        frozenset(stems(text)) for text in (paper.title, *(paper.abstract[a:b] for a, b in spans))
    ]


def _have(words: frozenset[str], papers: Sequence[Sequence[frozenset[str]]]) -> int:
    """Return how many papers have all these words in one sentence."""
    return sum(any(words <= said for said in paper) for paper in papers)
