"""An exported embedding model: a graph from token numbers to unit vectors, with its tokenizer.

It is written by `export.py`, kept by `prepared.py` and run here, without torch.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from rag.models import onnx

Task = Literal["document", "query"]

GRAPH, TOKENIZER, TOKENS = "model.onnx", "tokenizer.json", "tokens.npy"
VECTORS, CONTEXT = "vectors", "context"
"""What the graph gives: a vector of each text, and one of each token by what stands around it."""


class OnnxModel:
    """An exported model: the graph takes token numbers and gives unit vectors."""

    def __init__(self, folder: Path, meta: dict[str, Any]) -> None:
        from tokenizers import Tokenizer

        self._session = onnx.session(folder / GRAPH)
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        if meta["max_tokens"] is not None:
            self._tokenizer.enable_truncation(meta["max_tokens"])
        self._prompts: dict[Task, str] = meta["prompts"]
        self._tokens = np.load(folder / TOKENS, mmap_mode="r")
        self._pad: int = meta["pad"]
        self._quantised: bool = meta.get("quantised", False)
        self._context: bool = meta["context"]
        self.dimensions: int = meta["dimensions"]

    def encode(self, texts: Sequence[str], task: Task) -> NDArray[np.float32]:
        """Embed ``n`` texts to ``(n, dimensions)`` unit vectors."""
        prompt = self._prompts[task]
        tokens = [e.ids for e in self._tokenizer.encode_batch_fast([prompt + t for t in texts])]
        vectors = np.empty((len(texts), self.dimensions), np.float32)

        def run(batch: list[int]) -> None:
            vectors[batch] = self._run([tokens[row] for row in batch], VECTORS)

        if self._quantised:
            onnx.one_by_one(len(tokens), lambda row: run([row]))
        else:
            onnx.in_batches([len(ids) for ids in tokens], run)
        return vectors

    def _run(self, rows: list[list[int]], wanted: str) -> NDArray[np.float32]:
        width = max(1, *map(len, rows))
        ids = np.full((len(rows), width), self._pad, np.int64)
        mask = np.zeros((len(rows), width), np.int64)
        for row, numbers in enumerate(rows):
            ids[row, : len(numbers)] = numbers
            mask[row, : len(numbers)] = 1
        vectors: NDArray[np.float32] = self._session.run(
            [wanted], {"input_ids": ids, "attention_mask": mask}
        )[0]
        return vectors

    def in_context(self, text: str) -> tuple[list[tuple[int, int]], NDArray[np.float32]] | None:
        """Return where the tokens of a question stand, and what each means there."""
        if not self._context:
            return None
        prompt = self._prompts["query"]
        read = self._tokenizer.encode(prompt + text)
        spans = [(start - len(prompt), end - len(prompt)) for start, end in read.offsets]
        return spans, self._run([read.ids], CONTEXT)[0]

    def words(self, words: Sequence[str]) -> NDArray[np.float32]:
        """Return the mean of each word's tokens, ``(n, width of the first layer)``."""
        found = self._tokenizer.encode_batch_fast(list(words), add_special_tokens=False)
        vectors = np.zeros((len(words), self._tokens.shape[1]), np.float32)
        for vector, encoding in zip(vectors, found, strict=True):
            if encoding.ids:
                vector[:] = self._tokens[encoding.ids].mean(axis=0, dtype=np.float32)
        return vectors

    def fits(self, text: str) -> bool:
        """Tell whether a document is not cut off."""
        return not self._tokenizer.encode(self._prompts["document"] + text).overflowing
