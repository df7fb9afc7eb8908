"""The topics on the map, made by k-means and named by noun phrases of many of their titles.

A run of words that several titles share is nearly always a phrase that names something; of those
the one is taken that is frequent in the topic, rare elsewhere, and near to its papers.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.models.embedding import Embedding
from rag.write.groups import APART, OTHERS
from rag.write.naming import is_name, phrases

TOPICS = (2, 10)
"""Fewest and most topics; in between, one for every `EACH` papers."""

EACH = 18
"""Papers from which a topic is made, at least: fewer have no phrase in common."""

MOST_GROUPED = 4_000
"""Papers that topics are made of, spread over all; the others are in the topic they are nearest."""

MANY = 0.3
"""How often a name occurs in the titles of its topic, at least, against its commonest phrase."""

WHOLE = 0.7
"""A longer phrase is the name where it is this often what a shorter one is part of."""

OFTEN, OWN, MOST_OWN = 0.1, 0.05, 3.0
"""What is added to the nearness of a name: of the logarithm of how many titles have it, and of how
much commoner it is than elsewhere, up to a bound (set by eye on 108 and on 3,000 papers: with more,
topics are called by what all papers do, or by what three have)."""

MOST_NAMES = 120
"""Phrases tried as the name of a topic, the most frequent ones."""

ENDS = r"(?:$|[:,.?!;]|\s(?:of|for|with|in|by|via|from|using|on|and|under|without)\s)"
"""What stands behind a phrase that ends there, as a regular expression."""


def grouped(space: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return the directions of the topics, and the topic of each paper."""
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    fewest, most = TOPICS
    count = min(max(len(space) // EACH, fewest), most)
    some = space[:: -(-len(space) // MOST_GROUPED)]
    with threadpool_limits(1):
        centres = KMeans(count, n_init=5, random_state=0).fit(some).cluster_centers_
    centres = centres / np.linalg.norm(centres, axis=1, keepdims=True)
    labels = (space @ centres.T.astype(np.float32)).argmax(axis=1)
    used = np.unique(labels)
    return centres[used].astype(np.float32), np.searchsorted(used, labels)


def names(
    groups: Sequence[Sequence[int]],
    titles: Sequence[str],
    space: NDArray[np.float32],
    embedding: Embedding,
) -> list[str]:
    """Return what each group of papers is called, no two alike unless nothing else is left.

    Parameters
    ----------
    groups
        The positions of the papers of each.
    titles, space
        Of each paper its title, and its unit vector, shape (papers, dimensions).
    """
    held = _with_plurals(
        [{phrase for phrase in phrases(title) if is_name(phrase)} for title in titles]
    )
    everywhere = Counter(phrase for some in held for phrase in some)
    total, taken = space.sum(axis=0), list[str]()
    for group in groups:
        counted = Counter(phrase for n in group for phrase in held[n])
        shares = {phrase: count / len(group) for phrase, count in counted.items()}
        others = max(len(titles) - len(group), 1)
        fit = _frequent(counted, taken, [titles[n] for n in group])
        if not fit:
            taken.append(OTHERS)
            continue
        inside = space[list(group)].sum(axis=0)
        direction = inside / len(group) - APART * (total - inside) / others
        own = [shares[name] * others / (everywhere[name] - counted[name] + 1) for name in fit]
        often = np.log([counted[name] for name in fit])
        score = embedding.encode(fit) @ direction
        score = score + OFTEN * often + OWN * np.minimum(np.log(own), MOST_OWN)
        taken.append(_whole(fit[int(np.argmax(score))], counted))
    return taken


def _with_plurals(held: Sequence[set[str]]) -> list[set[str]]:
    """Return the phrases of each title, with the plural of those that only begin various others.

    Of "medical image segmentation" and "medical image analysis" it is said that they are about
    medical images, where any titles have that.
    """
    everywhere = Counter(phrase for some in held for phrase in some)
    ways: dict[str, list[int]] = {}  # how often a phrase goes on in each of its ways
    for phrase, count in everywhere.items():
        ways.setdefault(phrase.rpartition(" ")[0], []).append(count)
    plural = {
        begun: f"{begun}s"
        for begun, counts in ways.items()
        if 2 * max(counts) < everywhere[begun] <= 2 * sum(counts) and everywhere[f"{begun}s"] > 1
    }
    return [some | {plural[phrase] for phrase in some if phrase in plural} for some in held]


def _frequent(counted: Counter[str], taken: Sequence[str], titles: Sequence[str]) -> list[str]:
    """Return the phrases that may name a group: common ones, and none that another one has.

    A phrase that mostly goes on in its titles is only the beginning of a name.
    """
    free = {
        phrase: count
        for phrase, count in counted.items()
        if not any(phrase in name or name in phrase for name in taken)
    }
    least = max(2.0, MANY * max(free.values(), default=0))
    common = {phrase: count for phrase, count in free.items() if count >= least} or free
    whole = {phrase: count for phrase, count in common.items() if stands_alone(phrase, titles)}
    fit = whole or common
    return sorted(sorted(fit), key=lambda phrase: -fit[phrase])[:MOST_NAMES]


def _whole(name: str, counted: Counter[str]) -> str:
    """Return the longer phrase that a name is nearly always part of, or the name."""
    longer = [phrase for phrase in counted if f" {name} " in f" {phrase} " and phrase != name]
    best = max(sorted(longer), key=lambda phrase: counted[phrase], default=name)
    return best if counted[best] >= max(2, WHOLE * counted[name]) else name


def stands_alone(name: str, titles: Iterable[str]) -> bool:
    """Tell whether a phrase is mostly whole: "medical image" before "segmentation" is not."""
    of_it = [title for title in titles if name.lower() in title.lower()]
    ends = re.compile(rf"{re.escape(name)}{ENDS}", re.IGNORECASE)
    return 2 * sum(bool(ends.search(title)) for title in of_it) > len(of_it)
