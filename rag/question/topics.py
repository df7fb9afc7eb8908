"""Which words of a question are its topic, learned from how people ask.

The frames of `english.toml` take off what they know from both ends of a sentence and leave the
rest: "writing my related work section tonight, need contrastive pretraining for ECG". One
regression tells of each word that is left whether it says what is looked for, by the words around
it (rare ones as one sign), by where it stands, and by what the embedding model makes of it there; a
change from one to the other costs, so that words stay together. It leans towards keeping: a lost
word of the topic does more harm than a frame left on. It was fitted by `python -m
benchmarks.reading` on questions written for it (`tests/gold/manners.jsonl`), which also prints what
it is worth on those of writers left out.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.core.questions import Kind
from rag.question import frames

FILE = Path(__file__).with_name("topics.npz")

LEANING, ASIDE = 2.5, -1.0
"""Log odds added for every word to be kept, in the sentences that say most of the topic and in the
others: these mostly tell who asks, and why. With less leaning which papers match is told no better
on corpora left out, with none worse (docs/log.md)."""

BESIDE = 0.4
"""What a sentence has to say of the topic, beside the one that says most, to be of those."""

CHANGE = 2.0
"""Log odds that it costs to go from words that are kept to words that are not, or back."""

RARE, START, END = "_", "^", "$"
TOKEN = re.compile(r"[^\W_]+(?:[-'’/.+&][^\W_]+)*\+*|[^\w\s]")
_ENDING = re.compile(r".{3,}?(ing|ed|ly|tion|er|ic|al|ity|s)$")
_AHEAD = re.compile(r"^(?:(?:on|about|of|for|in|to|that|the|an?|and|or)\s)+")
_BEHIND = re.compile(
    r"(?:[\s,]+(?:on|about|of|for|in|to|that|the|an?|and|or|with|by|from|at|so|be))+$"
)
"""What may be left where words were taken off, and joins a topic to nothing."""

_MARKS = " ,;:.?!–—-"
_ENDS = frozenset(".?!")
_FAR = 12

InContext = Callable[[str, Sequence[tuple[int, int]]], NDArray[np.float32] | None]
"""Gives what stretches of a text mean where they stand, shape (stretches, width)."""

Trim = Callable[[str, Kind], str]
"""Returns the words of a question of a kind that are its topic."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic regression on the words of a question.

    Attributes
    ----------
    words
        The words that are not rare, in lower case.
    weights
        Of the features by their names.
    context
        Of what the model makes of a word, shape (width,).
    bias
        Log odds of a word without any.
    """

    words: frozenset[str]
    weights: dict[str, float]
    context: NDArray[np.float32]
    bias: float


@cache
def weights(file: Path = FILE) -> Weights:
    """Return a regression that was fitted."""
    with np.load(file, allow_pickle=False) as kept:
        names = str(kept["names"]).split("\n")
        return Weights(
            frozenset(str(kept["words"]).split("\n")),
            dict(zip(names, kept["weights"].astype(float).tolist(), strict=True)),
            kept["context"].astype(np.float32),
            float(kept["bias"]),
        )


def as_it_stands(text: str, kind: Kind) -> str:
    """Return a question as it is, where nothing was learned for the embedding model."""
    return text


def trimmed(text: str, kind: Kind, in_context: InContext) -> str:
    """Return the words of a question that are its topic, in their order; all if none were left.

    Parameters
    ----------
    text
        A question without the frames that `rag.question.frames` takes off.
    in_context
        What its words mean to the embedding model that this was learned with.
    """
    found = list(TOKEN.finditer(text))
    told = odds(text, found, kind, in_context, weights())
    if told is None:
        return text
    kept = likeliest(_leaning([token[0] for token in found], told), CHANGE)
    pieces, last = list[str](), -1
    for n, token in enumerate(found):
        if not kept[n]:
            continue
        if last >= 0:
            between = found[last + 1 : n]
            whole = not any(one[0][0].isalnum() for one in between)  # marks stay where words do
            apart = " " if pieces[-1] in _MARKS else ", "  # a mark that was kept parts them already
            pieces.append(text[found[last].end() : token.start()] if whole else apart)
        pieces.append(token[0])
        last = n
    topic = "".join(pieces).strip(_MARKS)
    topic = topic if kept[:1] == [True] else _AHEAD.sub("", topic)
    topic = _BEHIND.sub("", topic) if 0 <= last < len(found) - 1 else topic
    return topic if frames.content(topic) else text


def odds(
    text: str,
    found: Sequence[re.Match[str]],
    kind: Kind,
    in_context: InContext,
    fitted: Weights,
) -> list[float] | None:
    """Return of each word and mark of a question the log odds by a regression.

    None if the model does not tell what words mean where they stand, or does not read all of them.

    Parameters
    ----------
    found
        The words and marks, of `TOKEN`.
    """
    vectors = in_context(text, [token.span() for token in found])
    if vectors is None or not vectors.any(axis=1).all():
        return None
    return of_words([token[0] for token in found], vectors, kind, fitted)


def of_words(
    tokens: Sequence[str], vectors: NDArray[np.float32], kind: Kind, fitted: Weights
) -> list[float]:
    """Return the log odds of each word and mark, by what it is and by its vector."""
    meant = (vectors @ fitted.context).tolist()
    features = of_each(tokens, kind, fitted.words)
    return [
        fitted.bias + mean + sum(fitted.weights.get(name, 0.0) for name in names)
        for mean, names in zip(meant, features, strict=True)
    ]


def _leaning(tokens: Sequence[str], odds: Sequence[float]) -> list[float]:
    """Return log odds that lean towards keeping the words of the sentences that say most."""
    sentences, number = [], 0
    for n, token in enumerate(tokens):
        sentences.append(number)
        number += token in _ENDS and _ends(tokens, n)
    says = [0.0] * (number + 1)
    for sentence, value in zip(sentences, odds, strict=True):
        says[sentence] += max(value, 0.0)
    enough = BESIDE * max(says)
    return [
        value + (LEANING if says[sentence] >= enough else ASIDE)
        for sentence, value in zip(sentences, odds, strict=True)
    ]


def _ends(tokens: Sequence[str], n: int) -> bool:
    """Tell whether a mark ends a sentence: that of "1." and of "e.g." does not."""
    before = tokens[n - 1] if n else ""
    return tokens[n] != "." or not (before.isdigit() or len(before) == 1)


def of_each(tokens: Sequence[str], kind: Kind, words: frozenset[str]) -> Iterator[list[str]]:
    """Yield the features of each word: what it is, what stands around it, and where it stands."""
    known = [low if (low := token.lower()) in words else RARE for token in tokens]
    padded = [START] * 3 + known + [END] * 4
    for n, token in enumerate(tokens):
        around = padded[n : n + 7]  # three before, the word, three behind
        pairs = [f"{at}={around[at + 2]} {around[at + 3]}" for at in (-1, 0, 1)]
        triples = [f"{at}={' '.join(around[at + 2 : at + 5])}" for at in (-1, 0, 1)]
        yield [
            *(f"word {at - 3}={word}" for at, word in enumerate(around)),
            *(f"two {pair}" for pair in pairs),
            *(f"three {triple}" for triple in triples),
            *(f"shape {shape}" for shape in _shapes(token)),
            f"from start {min(n, _FAR)}",
            f"to end {min(len(tokens) - n, _FAR)}",
            f"kind {kind}",
            f"kind {kind} word {around[3]}",
        ]


def _shapes(token: str) -> Iterator[str]:
    if token[:1].isupper():
        yield "capital"
    if any(letter.isupper() for letter in token[1:]):
        yield "capital inside"
    if any(letter.isdigit() for letter in token):
        yield "digit"
    if "-" in token[1:]:
        yield "hyphen"
    if not token[0].isalnum():
        yield "mark"
    if ending := _ENDING.match(token.lower()):
        yield ending[1]


def likeliest(odds: Sequence[float], change: float) -> list[bool]:
    """Return the likeliest row of words that are kept or not, where each change costs (Viterbi).

    Parameters
    ----------
    odds
        Log odds of each word to be kept.
    change
        Log odds that a change costs.
    """
    best = {True: 0.0, False: 0.0}
    ways: dict[bool, list[bool]] = {True: [], False: []}
    for value in odds:
        stay = {}
        for kept in (True, False):
            changes = best[not kept] - change > best[kept]
            before = (not kept) if changes else kept
            score = best[before] - (change if changes else 0.0) + (value if kept else -value) / 2
            stay[kept] = (score, [*ways[before], kept])
        best = {kept: score for kept, (score, _) in stay.items()}
        ways = {kept: way for kept, (_, way) in stay.items()}
    return ways[best[True] >= best[False]]
