"""A model made ready for this computer: exported once, kept in the user's cache, run from there.

Promises that a model found in the cache is whole (its files are hashed), that two processes may
prepare the same one, and that loading it imports neither torch nor sentence-transformers. A model
that cannot be exported faithfully runs on torch instead. How to export is the business of
`export.py`, how to run what was exported that of `graph.py`.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelError
from rag.models.embedding.graph import OnnxModel, Task

META = "meta.json"
EXPORT_VERSION = 3  # raised whenever what export.py writes changes
_PATIENCE = 600.0  # seconds to wait for another process that prepares the same model


class Backend(Protocol):
    """What runs a model."""

    dimensions: int

    def encode(self, texts: Sequence[str], task: Task) -> NDArray[np.float32]:
        """Embed ``n`` texts to ``(n, dimensions)`` unit vectors."""

    def words(self, words: Sequence[str]) -> NDArray[np.float32]:
        """Return what ``n`` words mean by themselves, ``(n, any)``; of any length."""

    def in_context(self, text: str) -> tuple[list[tuple[int, int]], NDArray[np.float32]] | None:
        """Return start and end of a question's tokens, and what each means where it stands.

        Shape (tokens, any), from within the model; None if it does not give that.
        """

    def fits(self, text: str) -> bool:
        """Tell whether a document is not cut off."""


def prepare(
    name: str,
    folder: Path,
    fingerprint: str,
    progress: Callable[[str], None],
    quantised: bool = False,
) -> Backend:
    """Load the model of a folder from the cache, preparing it there if need be.

    Parameters
    ----------
    fingerprint
        Of what is to be prepared: in eight bits it is another one.
    quantised
        Whether in eight bits.

    Raises
    ------
    ModelError
        If sentence-transformers cannot read the model, it cannot be had in eight bits, or no
        folder takes what is prepared.
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
                model = _make(name, folder, Path(new) / "model", progress, quantised)
                if home.exists():  # damaged
                    home.rename(Path(new) / "damaged")
                (Path(new) / "model").rename(home)
                return model
    except OSError as error:
        progress(f"the prepared embedding model cannot be kept for the next time: {error}")
    try:
        with tempfile.TemporaryDirectory() as new:
            return _make(name, folder, Path(new) / "model", progress, quantised)
    except OSError as error:
        raise ModelError(
            f"the embedding model {name} cannot be prepared: {error}; make room in {home.parent}"
        ) from error


def _make(
    name: str, folder: Path, new: Path, progress: Callable[[str], None], quantised: bool
) -> Backend:
    from rag.models.embedding.export import export

    progress(f"preparing the embedding model {name} for this computer (once, under a minute)")
    new.mkdir()
    meta = export(name, folder, new, quantised)
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
