"""A model made ready for this computer: exported once, kept in the user's cache, run from there.

Promises that a model found in the cache is whole (its files are hashed), that two processes may
prepare the same one, and that loading it imports neither torch nor sentence-transformers, and that
onnxruntime does not call home. A model that cannot be exported faithfully runs on torch instead.
How to export is `export.py`'s business.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelError
from rag.models import onnx

Task = Literal["document", "query"]

GRAPH, TOKENIZER, TOKENS, META = "model.onnx", "tokenizer.json", "tokens.npy", "meta.json"
EXPORT_VERSION = 2  # raised whenever what export.py writes changes
_PATIENCE = 600.0  # seconds to wait for another process that prepares the same model


class Backend(Protocol):
    """What runs a model."""

    dimensions: int

    def encode(self, texts: Sequence[str], task: Task) -> NDArray[np.float32]:
        """Embed ``n`` texts to ``(n, dimensions)`` unit vectors."""

    def words(self, words: Sequence[str]) -> NDArray[np.float32]:
        """Return what ``n`` words mean by themselves, ``(n, any)``; of any length."""

    def fits(self, text: str) -> bool:
        """Tell whether a document is not cut off."""


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
        self.dimensions: int = meta["dimensions"]

    def encode(self, texts: Sequence[str], task: Task) -> NDArray[np.float32]:
        """Embed ``n`` texts to ``(n, dimensions)`` unit vectors."""
        prompt = self._prompts[task]
        tokens = [e.ids for e in self._tokenizer.encode_batch_fast([prompt + t for t in texts])]
        vectors = np.empty((len(texts), self.dimensions), np.float32)

        def run(batch: list[int]) -> None:
            vectors[batch] = self._run([tokens[row] for row in batch])

        onnx.in_batches([len(ids) for ids in tokens], run)
        return vectors

    def _run(self, rows: list[list[int]]) -> NDArray[np.float32]:
        width = max(1, *map(len, rows))
        ids = np.full((len(rows), width), self._pad, np.int64)
        mask = np.zeros((len(rows), width), np.int64)
        for row, numbers in enumerate(rows):
            ids[row, : len(numbers)] = numbers
            mask[row, : len(numbers)] = 1
        vectors: NDArray[np.float32] = self._session.run(
            None, {"input_ids": ids, "attention_mask": mask}
        )[0]
        return vectors

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


def prepare(
    name: str,
    folder: Path,
    fingerprint: str,
    progress: Callable[[str], None],
) -> Backend:
    """Load the model of a folder from the cache, preparing it there if need be.

    Raises
    ------
    ModelError
        If sentence-transformers cannot read the model, or no folder takes what is prepared.
    """
    from filelock import FileLock
    from platformdirs import user_cache_path

    home = user_cache_path("arxiv-rag") / "embedding" / f"{fingerprint}-{EXPORT_VERSION}"
    if model := _read(home, folder):
        return model
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{home}.lock", timeout=_PATIENCE):
            if model := _read(home, folder):  # another process has just prepared it
                return model
            for stale in home.parent.glob(f"{home.name}-*"):  # of a process that was killed
                shutil.rmtree(stale, ignore_errors=True)
            with tempfile.TemporaryDirectory(dir=home.parent, prefix=f"{home.name}-") as new:
                model = _make(name, folder, Path(new) / "model", progress)
                if home.exists():  # damaged
                    home.rename(Path(new) / "damaged")
                (Path(new) / "model").rename(home)
                return model
    except OSError as error:
        progress(f"the prepared embedding model cannot be kept for the next time: {error}")
    try:
        with tempfile.TemporaryDirectory() as new:
            return _make(name, folder, Path(new) / "model", progress)
    except OSError as error:
        raise ModelError(
            f"the embedding model {name} cannot be prepared: {error}; make room in {home.parent}"
        ) from error


def _make(name: str, folder: Path, new: Path, progress: Callable[[str], None]) -> Backend:
    from rag.models.embedding.export import export

    progress(f"preparing the embedding model {name} for this computer (once, under a minute)")
    new.mkdir()
    meta = export(name, folder, new)
    meta["sha256"] = {path.name: _digest(path) for path in new.iterdir()}
    (new / META).write_text(json.dumps(meta, indent=1), encoding="utf-8")
    return _open(new, folder, meta)


def _read(home: Path, folder: Path) -> Backend | None:
    """Load a prepared model, or None if it is not there or not whole."""
    try:
        meta = json.loads((home / META).read_text(encoding="utf-8"))
        if any(_digest(home / file) != digest for file, digest in meta["sha256"].items()):
            return None
        return _open(home, folder, meta)
    except Exception:  # whatever is wrong with a cache, the remedy is to make it anew
        return None


def _open(home: Path, folder: Path, meta: dict[str, Any]) -> Backend:
    if meta["exported"]:
        return OnnxModel(home, meta)
    from rag.models.embedding.export import TorchModel

    return TorchModel(folder)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
