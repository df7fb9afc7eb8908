"""Texts to unit vectors: a sentence-transformers model, run fast on the processor at hand.

Promises: the vectors are those of sentence-transformers (cosine 0.999 or better, checked when the
model is first prepared; in eight bits 0.95 or better); a text's vector does not depend on the texts
beside it, but for rounding; the packaged model never touches the network. It does not know what a
paper is, nor where vectors are kept.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rag.models.embedding.prepared import Backend, prepare
from rag.models.embedding.sources import (
    INT8,
    check_known,
    fingerprint,
    in_int8,
    model_folder,
    precision,
)
from rag.models.embedding.words import WordVectors
from rag.models.onnx import whole

__all__ = ["Embedding"]

_TEXTS_AT_ONCE = 8192  # bounds what the tokenizer holds (about 100 bytes a token) to some 50 MB

_IN_PROGRESS = 12  # texts of four questions that are being answered at once


class Embedding:
    """An embedding model, ready to be used from any thread.

    Attributes
    ----------
    name
        What the user calls the model; ``Embedding.load(name)`` gives it again.
    dimensions
        Length of a vector.
    fingerprint
        Hash of the model's files, 32 hexadecimal digits: the same digits, the same vectors.
    words
        What single words mean to the model.
    """

    def __init__(self, name: str, fingerprint: str, backend: Backend) -> None:
        self.name = name
        self.fingerprint = fingerprint
        self.dimensions = backend.dimensions
        self._backend = backend
        self._last = lru_cache(_IN_PROGRESS)(self._query)
        self._read = lru_cache(_IN_PROGRESS)(backend.in_context)
        self.words = WordVectors(lambda words: backend.words([whole(w) for w in words]))

    @classmethod
    def load(
        cls, model: str | None = None, progress: Callable[[str], None] | None = None
    ) -> "Embedding":
        """Load a model, preparing it when this computer has not seen it before (some seconds).

        Parameters
        ----------
        model
            A folder, or a name on the Hugging Face hub, which is looked up in the local cache
            first. None takes the packaged all-MiniLM-L6-v2. With ``:int8`` at the end the weights
            are in eight bits: half the work, and other vectors.
        progress
            Is told in a line what takes long.

        Raises
        ------
        ModelError
            If the model cannot be found, fetched or read.
        """
        say = progress or (lambda line: None)
        base, quantised = precision(model)
        name, folder = model_folder(base, say)
        identity = fingerprint(folder)
        check_known(name, identity)
        if quantised:
            name, identity = f"{name}{INT8}", in_int8(identity)
        return cls(name, identity, prepare(name, folder, identity, say, quantised))

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed documents: ``n`` texts to ``(n, dimensions)`` unit vectors in the same order."""
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        for start in range(0, len(texts), _TEXTS_AT_ONCE):
            some = slice(start, start + _TEXTS_AT_ONCE)
            vectors[some] = self._backend.encode([whole(t) for t in texts[some]], "document")
        return vectors

    def encode_query(self, text: str) -> NDArray[np.float32]:
        """Embed a question, with the model's query prompt if it has one, to ``(dimensions,)``.

        The vector is read-only: the last few are kept, since one question is embedded for its
        search, its figures and its meaning.
        """
        return self._last(text)

    def _query(self, text: str) -> NDArray[np.float32]:
        vector: NDArray[np.float32] = self._backend.encode([whole(text)], "query")[0]
        vector.setflags(write=False)
        return vector

    def in_context(self, text: str, spans: Sequence[tuple[int, int]]) -> NDArray[np.float32] | None:
        """Return what stretches of a question mean where they stand, shape (stretches, any).

        The mean of what the model makes of their tokens two thirds of its way; zeros for what it
        does not read. None if the model does not give that.

        Parameters
        ----------
        spans
            Start and end of each stretch.
        """
        read = self._read(whole(text))
        if read is None:
            return None
        tokens, vectors = read
        found = np.zeros((len(spans), vectors.shape[1]), np.float32)
        for row, (start, end) in enumerate(spans):
            inside = [n for n, (a, b) in enumerate(tokens) if b > a and a < end and b > start]
            if inside:
                found[row] = vectors[inside].mean(axis=0)
        return found

    def is_word(self, word: str) -> bool:
        """Tell whether the model knows a word whole, by one token; True if it does not tell."""
        read = self._backend.in_context(whole(word))
        return read is None or sum(end > start for start, end in read[0]) <= 1

    def fits(self, text: str) -> bool:
        """Tell whether a document is read to its end, prompt and special tokens counted."""
        return self._backend.fits(whole(text))
