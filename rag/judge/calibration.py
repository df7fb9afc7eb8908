"""How likely a paper matches, and where matching ends.

One logistic regression on a few figures of each candidate. Its weights are in calibration.json,
written by `python -m benchmarks.calibration`, which also fits them with each corpus left out and
prints what they are worth on it. How many papers to take is not a threshold on that likelihood,
since its level differs from question to question: it is the number that makes the expected F1 of
the question largest, averaged over how far the level may be off.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FILE = Path(__file__).with_name("calibration.json")

LEVELS = np.array([-1.5, -1.2, -0.6, 0.0, 0.6, 1.2, 1.5])
"""Quantiles of a standard normal, about: levels that are averaged over."""


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
    spread
        Standard deviation of the level from question to question, in logits.
    """

    names: tuple[str, ...]
    weights: NDArray[np.float64]
    bias: float
    spread: float = 0.0

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
            float(one.get("spread", 0.0)),
        )
        for name, one in kept.items()
    }


def likelihood(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return probabilities for log odds."""
    return np.asarray(1 / (1 + np.exp(-logits)))


def how_many(logits: NDArray[np.float64], spread: float) -> int:
    """Return how many of the best candidates to take so that the expected F1 is largest.

    With probabilities p, sorted, F1 of the first k is about 2 sum(p[:k]) / (k + sum(p)); see Ye et
    al., Optimizing F-measures, ICML 2012. It is averaged over levels, since all logits of a
    question are off together.

    Parameters
    ----------
    logits
        Of the candidates, in any order.
    spread
        How far the level may be off, in logits.

    >>> how_many(np.array([4.0, 3.0, -5.0, -6.0]), 0.0)
    2
    """
    if not len(logits):
        return 0
    ranked = np.sort(logits)[::-1]
    ranked = ranked[: max(int((ranked > FAINTEST).sum()), 1)]
    counts = np.arange(1, len(ranked) + 1)
    expected = np.zeros(len(ranked))
    for level in LEVELS * spread if spread else (0.0,):
        p = likelihood(ranked + level)
        expected += 2 * np.cumsum(p) / (counts + p.sum())
    return int(np.argmax(expected)) + 1
