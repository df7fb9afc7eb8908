"""How likely a paper matches, and where matching ends.

Without a judge one logistic regression tells it from a few figures of each candidate; where the
judge has read, `rag.judge.trees` do. The weights are in calibration.json, written by `python -m
benchmarks.calibration`, which also fits them with each corpus left out and prints what they are
worth on it. How many papers to take is no threshold on that likelihood: it is the number that makes
the expected F1 of the question largest.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FILE = Path(__file__).with_name("calibration.json")

FAINTEST = -4.0
"""Log odds below which a candidate adds nothing to how many are expected to match: of a thousand
papers that are no match each would add a little, and together they would be many."""


@dataclass(frozen=True, slots=True)
class Regression:
    """A logistic regression.

    Attributes
    ----------
    names
        Of the figures, in their order.
    weights, bias
        Of the figures as they are, not standardised.
    """

    names: tuple[str, ...]
    weights: NDArray[np.float64]
    bias: float

    def logits(self, figures: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        """Return the log odds of each candidate, shape (candidates,)."""
        columns = np.stack([figures[name] for name in self.names], axis=1)
        return np.asarray(columns @ self.weights + self.bias)


@lru_cache(maxsize=1)
def regressions() -> dict[str, Regression]:
    """Return the regressions that were fitted, by what they decide."""
    kept = json.loads(FILE.read_text(encoding="utf-8"))
    return {
        name: Regression(
            tuple(one["weights"]),
            np.array(list(one["weights"].values())),
            float(one["bias"]),
        )
        for name, one in kept.items()
    }


def likelihood(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return probabilities for log odds."""
    return np.asarray(1 / (1 + np.exp(-logits)))


def how_many(logits: NDArray[np.float64]) -> int:
    """Return how many of the best candidates to take so that the expected F1 is largest.

    With probabilities p, sorted, F1 of the first k is about 2 sum(p[:k]) / (k + sum(p)); see Ye et
    al., Optimizing F-measures, ICML 2012.

    Parameters
    ----------
    logits
        Of the candidates, in any order.

    >>> how_many(np.array([4.0, 3.0, -5.0, -6.0]))
    2
    """
    if not len(logits):
        return 0
    ranked = np.sort(logits)[::-1]
    p = likelihood(ranked[: max(int((ranked > FAINTEST).sum()), 1)])
    expected = 2 * np.cumsum(p) / (np.arange(1, len(p) + 1) + p.sum())
    return int(np.argmax(expected)) + 1
