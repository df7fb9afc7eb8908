"""Vectors of single words: the model's own input vectors of their tokens.

A word's vector is the mean of its tokens' rows in the model's first layer, less the mean of all
rows, which they share. "Medical" is then near "patients" and "lung", "driving" near "lane" and
"traffic": relations that the vectors of whole sentences drown. Looking a word up costs no run of
the model. It does not know which texts the words are from, or what they are compared for.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.text.words import forms

MOST_WORDS = 200_000
"""Words to remember, 300 MB at 384 dimensions; beyond, what is known is forgotten."""

MOST_TEXTS = 20_000
"""Texts whose words are remembered; beyond, they are read again."""

_SHORTEST = 1e-5  # of a vector; what is shorter, as that of no word, is rounding

Lookup = Callable[[Sequence[str]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class UsedWords:
    """The words of some texts.

    Attributes
    ----------
    stems
        Of each word.
    vectors
        Of each word its unit vector, shape (words, dimensions).
    places
        The words of the texts, one text after the other, as rows of ``vectors``.
    counts
        How many of the places belong to each text.
    """

    stems: list[str]
    vectors: NDArray[np.float32]
    places: NDArray[np.intp]
    counts: NDArray[np.intp]


class WordVectors:
    """The vectors of all words met so far, as rows of a matrix that grows.

    Attributes
    ----------
    stems
        The stem of each row's word.
    matrix
        Unit vectors, shape (rows or more, dimensions).
    """

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._lock = threading.RLock()
        self._forget()

    def _forget(self) -> None:
        self._rows: dict[str, int] = {}
        self._texts: dict[str, NDArray[np.intp]] = {}
        self.stems: list[str] = []
        self.matrix = np.zeros((0, 0), np.float32)

    def of_texts(self, texts: Sequence[str]) -> list[NDArray[np.intp]]:
        """Return for each text the rows of its words, one for each stem."""
        with self._lock:
            if len(self._rows) > MOST_WORDS:
                self._forget()
            if len(self._texts) > MOST_TEXTS:
                self._texts = {}  # rows that were given out stay right
            new = [text for text in dict.fromkeys(texts) if text not in self._texts]
            read = {text: {stem: word.lower() for word, stem in forms(text)} for text in new}
            self._add({word: stem for found in read.values() for stem, word in found.items()})
            for text, found in read.items():
                self._texts[text] = np.array([self._rows[w] for w in found.values()], np.intp)
            return [self._texts[text] for text in texts]

    def used_in(self, texts: Sequence[str]) -> "UsedWords":
        """Return the words of texts with a matrix of their own, which later words do not change."""
        with self._lock:
            rows = self.of_texts(texts)
            flat = np.concatenate([np.zeros(0, np.intp), *rows])
            used, places = np.unique(flat, return_inverse=True)
            vectors = self.matrix[used] if len(used) else np.zeros((0, 0), np.float32)
            stems = [self.stems[row] for row in used]
        return UsedWords(stems, vectors, places, np.array([len(r) for r in rows], np.intp))

    def of_word(self, word: str) -> NDArray[np.float32]:
        """Return the vector of one word, shape (dimensions,)."""
        vector: NDArray[np.float32] = _units(self._lookup([word.lower()]))[0]
        return vector

    def _add(self, found: dict[str, str]) -> None:
        new = {word: stem for word, stem in found.items() if word not in self._rows}
        if not new:
            return
        vectors = _units(self._lookup(list(new)))
        rows = len(self.stems)
        if rows + len(vectors) > len(self.matrix):  # twice what is needed, so as to copy seldom
            grown = np.zeros((2 * (rows + len(vectors)), vectors.shape[1]), np.float32)
            grown[:rows] = self.matrix[:rows] if rows else 0
            self.matrix = grown
        self.matrix[rows : rows + len(vectors)] = vectors
        for word, stem in new.items():
            self._rows[word] = len(self.stems)
            self.stems.append(stem)


def _units(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, _SHORTEST), dtype=np.float32)
