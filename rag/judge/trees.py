"""Boosted trees: how likely a paper matches, and whether any does, where the judge has read.

They learn what a weighted sum cannot: that a figure counts for less the more the next papers come
close. Their nodes are in matching.npz and answerable.npz, written by `python -m
benchmarks.calibration`, which also grows them with each corpus left out and prints what they are
worth on it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Trees:
    """Trees whose leaves are added up.

    All nodes lie in one array. A node asks whether a figure is at most its threshold, and names the
    node to go on with; a leaf names itself.

    Attributes
    ----------
    names
        Of the figures, in their order.
    figure, threshold, left, right, value
        Of each node, shape (nodes,); the value counts where it is a leaf.
    roots
        The first node of each tree, shape (trees,).
    base
        Log odds to which the leaves are added.
    """

    names: tuple[str, ...]
    figure: NDArray[np.intp]
    threshold: NDArray[np.float64]
    left: NDArray[np.intp]
    right: NDArray[np.intp]
    value: NDArray[np.float64]
    roots: NDArray[np.intp]
    base: float

    def logits(self, figures: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        """Return the log odds of each candidate, shape (candidates,)."""
        columns = np.stack([figures[name] for name in self.names], axis=1)
        rows = np.arange(len(columns))[:, None]
        at = np.tile(self.roots, (len(columns), 1))
        while True:
            below = columns[rows, self.figure[at]] <= self.threshold[at]
            further = np.where(below, self.left[at], self.right[at])
            if (further == at).all():
                return np.asarray(self.base + self.value[at].sum(axis=1))
            at = further

    def write(self, file: Path) -> None:
        """Write them, the values in single precision."""
        np.savez_compressed(
            file,
            names=np.array(self.names),
            figure=self.figure.astype(np.int32),
            threshold=self.threshold,
            left=self.left.astype(np.int32),
            right=self.right.astype(np.int32),
            value=self.value.astype(np.float32),
            roots=self.roots.astype(np.int32),
            base=np.array(self.base),
        )


def read(file: Path) -> Trees:
    """Read trees that were written."""
    with np.load(file, allow_pickle=False) as kept:
        return Trees(
            tuple(kept["names"].tolist()),
            kept["figure"].astype(np.intp),
            kept["threshold"],
            kept["left"].astype(np.intp),
            kept["right"].astype(np.intp),
            kept["value"].astype(np.float64),
            kept["roots"].astype(np.intp),
            float(kept["base"]),
        )


@lru_cache(maxsize=2)
def fitted(name: str) -> Trees:
    """Return the trees that were fitted for ``matching`` or ``answerable``."""
    return read(FOLDER / f"{name}.npz")
