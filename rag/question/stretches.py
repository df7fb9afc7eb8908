"""Which stretches of a question do something, and what the question as a whole asks by them.

One regression tells of each word whether it is of such a stretch, by the words around it and by
what the embedding model makes of it there; another tells from the whole question (its words in runs
of up to three, its meaning, and what the first makes of its words) which of some things it does, if
any. `rag.question.genres` and `rag.question.excluded` hear with it; `benchmarks.stretches` fits.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.question import manners, topics
from rag.question.manners import Encode
from rag.question.topics import TOKEN, InContext, likeliest

CHANGE = 1.0
"""Log odds that it costs to go from words of a stretch to others, or back."""

NEAR = 1.5
"""Log odds behind the likeliest word up to which others may be of its stretch."""

MEANING, CONTEXT = 3.0, 0.3
"""What the vector of the question, and that of the words of stretches, counts beside its words."""

_TOP = 3


@dataclass(frozen=True, slots=True)
class Weights:
    """A multinomial regression: that a question does nothing of the kind, or one of some things.

    Attributes
    ----------
    rows
        Of each run of words and sign, where its weights are.
    said
        Weights of these, shape (rows, classes); a single column for one thing.
    meant
        Of the vectors and of the log odds of the words, shape (any, classes).
    bias
        Shape (classes,).
    """

    rows: dict[str, int]
    said: NDArray[np.float32]
    meant: NDArray[np.float32]
    bias: NDArray[np.float32]


@lru_cache(maxsize=4)
def weights(file: Path) -> Weights:
    """Return a regression that was fitted."""
    with np.load(file, allow_pickle=False) as kept:
        return Weights(
            {name: n for n, name in enumerate(str(kept["rows"]).split("\n"))},
            kept["said"].astype(np.float32),
            kept["meant"].astype(np.float32),
            kept["bias"].astype(np.float32),
        )


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard of a question.

    Attributes
    ----------
    likely
        How likely it does each of the things, nothing first; shape (1 + things,).
    spans
        Start and end of each word and mark.
    odds
        Log odds of these to be of a stretch.
    """

    likely: NDArray[np.float64]
    spans: list[tuple[int, int]]
    odds: NDArray[np.float64]

    def stretches(self, leaning: float) -> list[tuple[int, int]]:
        """Return where the likeliest stretches are, at least the likeliest word.

        Parameters
        ----------
        leaning
            Log odds added for every word; more where even the likeliest one is unlikely.
        """
        leaning = max(leaning, NEAR - float(self.odds.max()))
        inside = likeliest((self.odds + leaning).tolist(), CHANGE)
        inside[int(np.argmax(self.odds))] = True
        found: list[tuple[int, int]] = []
        for n, (start, end) in enumerate(self.spans):
            if inside[n] and n and inside[n - 1]:
                found[-1] = (found[-1][0], end)
            elif inside[n]:
                found.append((start, end))
        return found


def hear(
    text: str,
    signs: Iterable[str],
    encode: Encode,
    in_context: InContext,
    words: Path,
    whole: Path,
) -> Heard | None:
    """Return what is heard of a question; None if the model does not read all of it.

    Parameters
    ----------
    signs
        What patterns say of it.
    encode, in_context
        The vector of a text, and what its words mean where they stand, by the embedding model that
        the regressions were fitted with.
    words, whole
        Files of the two regressions.
    """
    found = list(TOKEN.finditer(text))
    spans = [token.span() for token in found]
    vectors = in_context(text, spans)
    if vectors is None or not found or not vectors.any(axis=1).all():
        return None
    tokens = [token[0] for token in found]
    odds = np.array(topics.of_words(tokens, vectors, "papers", topics.weights(words)))
    fitted = weights(whole)
    held = [fitted.rows[one] for one in (*runs(text), *signs) if one in fitted.rows]
    logits = fitted.bias + fitted.said[held].sum(axis=0)
    logits = logits + meaning(encode(text), vectors, odds) @ fitted.meant
    logits = np.concatenate([[0.0], logits]) if len(logits) == 1 else logits
    likely = np.exp(logits - logits.max())
    return Heard(likely / likely.sum(), spans, odds)


def runs(text: str) -> Iterator[str]:
    """Yield the words of a question in runs of up to three."""
    return manners.runs([word.lower() for word in TOKEN.findall(text)])


def meaning(
    vector: NDArray[np.float32], vectors: NDArray[np.float32], odds: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the numbers for what a question means, and what its marked words do, (any,)."""
    shares = 1 / (1 + np.exp(-odds - 1))
    those = (shares @ vectors) / max(float(shares.sum()), CONTEXT)
    top = float(np.sort(odds)[-_TOP:].mean())
    return np.concatenate([MEANING * vector, CONTEXT * those, [top]])
