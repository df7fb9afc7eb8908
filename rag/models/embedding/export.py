"""The one place that imports torch: a sentence-transformers model written as one ONNX graph.

Promises that the graph holds the whole pipeline (transformer, pooling, dense layers, unit length)
and agrees with sentence-transformers on `_SAMPLES`, else the model is marked to run on torch. The
graph is written as torch exports it: fusing it further with onnxruntime.transformers.optimizer
was measured and gained nothing (2 cores, AVX2: 0.90 to 1.01 times the speed of onnxruntime's own
fusions, which happen on loading).
"""

import threading
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelError, line
from rag.models.embedding.graph import (
    CONTEXT,
    GRAPH,
    TOKENIZER,
    TOKENS,
    VECTORS,
    OnnxModel,
    Task,
)
from rag.models.embedding.sources import INT8

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_FAITHFUL = 0.999  # lowest cosine between the graph's vectors and torch's
_FAITHFUL_INT8 = 0.95  # the same in eight bits: 0.98 at the worst for all-MiniLM-L6-v2
_UNLIMITED = 1_000_000  # transformers writes "no limit" as a very large number of tokens
_DEPTH = 2 / 3  # of the layers, after which a token tells best what part it has in its sentence
_OPSET = 17  # the first with layer normalisation as one operation
_SAMPLES = (
    "",
    "tracking",
    "Which papers use transformers for multi-object tracking?",
    "We propose TransMOT, which models the interactions of objects as sparse weighted graphs.",
    "On MOT17 it runs at 37 FPS and reaches 76.7% MOTA; see $\\ell_n$ and 360° images. " * 3,
    "The framework is trained end to end, without labels, on 2.5 million videos of the web. " * 40,
)


class TorchModel:
    """A model that no graph reproduces, run by sentence-transformers itself."""

    def __init__(self, folder: Path) -> None:
        self._model = _load(folder)
        self._lock = threading.Lock()  # the tokenizers of transformers are not thread-safe
        self.dimensions = int(self.encode([""], "document").shape[1])

    def encode(self, texts: Sequence[str], task: Task) -> NDArray[np.float32]:
        """Embed ``n`` texts to ``(n, dimensions)`` unit vectors."""
        with self._lock:
            return _reference(self._model, texts, task)

    def words(self, words: Sequence[str]) -> NDArray[np.float32]:
        """Embed each word as if it were a text."""
        vectors = self.encode(words, "document")
        return vectors - self.encode([""], "document")

    def in_context(self, text: str) -> None:
        """Nothing is read from within such a model."""

    def fits(self, text: str) -> bool:
        """Tell whether a document is not cut off."""
        limit = self._model.max_seq_length
        if limit is None or limit >= _UNLIMITED:
            return True
        with self._lock:
            whole = self._model.tokenizer(_prompts(self._model)["document"] + text, verbose=False)
        return len(whole["input_ids"]) <= int(limit)


def export(name: str, folder: Path, target: Path, quantised: bool = False) -> dict[str, Any]:
    """Write graph and tokenizer of a model into a folder.

    Parameters
    ----------
    quantised
        Whether the graph is to multiply in eight bits.

    Returns
    -------
    What `OnnxModel` needs to know; ``exported`` is false if the model has to run on torch.

    Raises
    ------
    ModelError
        If sentence-transformers cannot read the model, or it cannot be had in eight bits.
    """
    try:
        model = _load(folder)
        expected = {task: _reference(model, _SAMPLES, task) for task in _prompts(model)}
    except Exception as error:
        raise ModelError(
            f"sentence-transformers cannot run the embedding model {name}: {line(error)}"
        ) from error
    limit = model.max_seq_length
    meta = {
        "name": name,
        "exported": True,
        "dimensions": expected["document"].shape[1],
        "max_tokens": limit if limit is not None and limit < _UNLIMITED else None,
        "prompts": _prompts(model),
        "quantised": quantised,
    }
    try:
        meta["pad"] = model.tokenizer.pad_token_id or 0
        model.tokenizer.backend_tokenizer.save(str(target / TOKENIZER))
        _write_tokens(model, target / TOKENS)
        meta["context"] = _write_graph(model, target / GRAPH)
        if quantised:
            _quantise(target / GRAPH)
        enough = _FAITHFUL_INT8 if quantised else _FAITHFUL
        if _agreement(OnnxModel(target, meta), expected) < enough:
            raise ValueError("the graph's vectors are not those of the model")
    except (OSError, MemoryError):
        raise
    except Exception as error:  # exporters fail in every way; torch still runs the model
        if quantised:
            raise ModelError(
                f"the embedding model {name} cannot be had in eight bits ({line(error)}): "
                f"take {name.removesuffix(INT8)}"
            ) from error
        for file in target.iterdir():
            file.unlink()
        meta |= {"exported": False, "reason": str(error)}
    return meta


def _quantise(graph: Path) -> None:
    """Let a graph multiply in eight bits: its weights once, a scale for each channel."""
    import logging

    from onnxruntime.quantization import QuantType, quantize_dynamic

    whole = graph.replace(graph.with_name("whole.onnx"))
    logging.disable(logging.WARNING)  # it recommends what was tried and gains nothing
    try:
        quantize_dynamic(whole, graph, ["MatMul"], per_channel=True, weight_type=QuantType.QInt8)
    finally:
        logging.disable(logging.NOTSET)
        whole.unlink()


def _agreement(graph: OnnxModel, expected: dict[Task, NDArray[np.float32]]) -> float:
    """Return the lowest cosine between the graph's vectors of the samples and torch's."""
    return min(
        float(np.sum(graph.encode(_SAMPLES, task) * vectors, axis=1).min())
        for task, vectors in expected.items()
    )


def _load(folder: Path) -> "SentenceTransformer":
    import transformers
    from sentence_transformers import SentenceTransformer

    transformers.utils.logging.disable_progress_bar()
    # The plain attention is the one that every exporter can read.
    model = SentenceTransformer(
        str(folder),
        device="cpu",
        local_files_only=True,
        model_kwargs={"attn_implementation": "eager"},
    )
    return model.float().eval()


def _prompts(model: "SentenceTransformer") -> dict[Task, str]:
    names = ("document", "passage", "corpus")  # in the order of sentence-transformers
    document = next((model.prompts[name] for name in names if name in model.prompts), "")
    return {"query": model.prompts.get("query") or "", "document": document or ""}


def _reference(
    model: "SentenceTransformer", texts: Sequence[str], task: Task
) -> NDArray[np.float32]:
    encode = model.encode_query if task == "query" else model.encode_document
    vectors = encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
    return np.asarray(vectors, np.float32)


def _write_tokens(model: "SentenceTransformer", path: Path) -> None:
    """Write the first layer: a row for each token, less what all rows share, in half precision."""
    rows = model[0].auto_model.get_input_embeddings().weight.detach().numpy()
    np.save(path, (rows - rows.mean(axis=0)).astype(np.float16))


def _write_graph(model: "SentenceTransformer", path: Path) -> bool:
    """Write the graph, and tell whether it gives what tokens mean in their context, too."""
    import torch

    if config := getattr(getattr(model[0], "auto_model", None), "config", None):
        config.output_hidden_states = True

    class Pipeline(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(
            self, input_ids: torch.Tensor, attention_mask: torch.Tensor
        ) -> tuple[torch.Tensor, ...]:
            features = self.model({"input_ids": input_ids, "attention_mask": attention_mask})
            vectors = torch.nn.functional.normalize(features["sentence_embedding"])
            layers = features.get("all_layer_embeddings")
            return (vectors, layers[round(_DEPTH * (len(layers) - 1))]) if layers else (vectors,)

    # Two rows of unequal length: the exporter takes a dimension of one or a full mask as fixed.
    example = model.tokenizer(list(_SAMPLES[1:3]), padding=True, return_tensors="pt")
    inputs = ("input_ids", "attention_mask")
    axes = {0: "batch", 1: "tokens"}
    pipeline, given = Pipeline(), tuple(example[name] for name in inputs)
    with torch.no_grad():
        outputs = [VECTORS, CONTEXT][: len(pipeline(*given))]
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the tracer's, about shapes that the samples then check
        torch.onnx.export(
            pipeline,
            given,
            str(path),
            dynamo=False,
            opset_version=_OPSET,
            input_names=list(inputs),
            output_names=outputs,
            dynamic_axes={**dict.fromkeys([*inputs, CONTEXT], axes), VECTORS: {0: "batch"}},
        )
    return CONTEXT in outputs
