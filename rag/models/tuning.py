"""What the packaged judge has learned of research papers, and of how people ask for them.

A few numbers beside each of its matrices (LoRA), learned by `python -m benchmarks.tuning` from
questions that people asked of abstracts, with all papers labelled that answer them. They are added
to the matrices when the judge is loaded, which takes a quarter of a second and none in reading;
each column of a matrix gets a scale of its own then, so eight bits lose less than in the package.
"""

import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelError, line

if TYPE_CHECKING:
    from onnx import GraphProto

LEARNED = Path(__file__).with_name("tuning.npz")
"""By the name of a matrix: ``NAME.A``, shape (rank, inputs), and ``NAME.B``, (outputs, rank), of
which the product is added; ``classifier.weight`` and ``.bias`` stand for the old ones."""

SETTLING = Path(__file__).with_name("settling.npz")
"""The same of which sentences settle a yes-or-no question, beside the tuned matrices of the upper
layers; learned by `python -m benchmarks.stances`."""

_MOST = 63
"""The largest number of a matrix: seven bits, since processors without VNNI add two products in
sixteen bits, and larger ones would not fit. It costs nothing that could be measured."""

Array = NDArray[np.float32]


def tuned(graph: Path | bytes, learned: Path = LEARNED) -> bytes:
    """Return a graph of the judge with what was learned, in eight bits.

    Parameters
    ----------
    graph
        A file, or what one holds: in int8, with one scale for each matrix or each column.

    Raises
    ------
    ModelError
        If what was learned cannot be read.
    """
    import onnx
    from onnx import numpy_helper

    try:
        with np.load(learned) as file:
            added = {name: file[name].astype(np.float32) for name in file.files}
    except (OSError, ValueError, EOFError, BadZipFile, zlib.error) as error:
        raise ModelError(
            f"{learned} cannot be read ({line(error)}): install arxiv-rag again, or set "
            "RAG_RERANKER to none."
        ) from error
    model = onnx.load(graph) if isinstance(graph, Path) else onnx.load_model_from_string(graph)
    known = {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}
    new: dict[str, NDArray[np.generic]] = {}
    for name, base in matrices(model.graph).items():
        if f"{name}.A" in added:
            values = whole(known, base) + (added[f"{name}.B"] @ added[f"{name}.A"]).T
        elif f"{name}.weight" in added:
            values = added[f"{name}.weight"].T
            new[f"{name}.bias"] = added[f"{name}.bias"]
        else:
            continue
        scale = np.abs(values).max(axis=0) / _MOST + np.float32(1e-12)
        new[f"{base}_quantized"] = np.rint(values / scale).astype(np.int8)
        new[f"{base}_scale"] = scale
        new[f"{base}_zero_point"] = np.zeros_like(known[f"{base}_zero_point"])
    for one in model.graph.initializer:
        if one.name in new:
            one.CopyFrom(numpy_helper.from_array(new[one.name], one.name))
    return bytes(model.SerializeToString())


def matrices(graph: "GraphProto") -> Mapping[str, str]:
    """Return by the names of a graph's matrices what their numbers are kept under."""
    found = {}
    for node in graph.node:
        if node.op_type == "MatMulInteger":
            name = node.name.strip("/").replace("/", ".")
            for end in ("_quant", ".MatMul", ".Gemm_MatMul"):
                name = name.removesuffix(end)
            found[name] = node.input[1].removesuffix("_quantized")
    return found


def whole(known: Mapping[str, NDArray[np.generic]], base: str) -> Array:
    """Return a matrix, shape (inputs, outputs), as it was before it was put into eight bits.

    Parameters
    ----------
    known
        What is kept in a graph, by name.
    base
        What the numbers of the matrix are kept under.
    """
    values, zero, scale = (
        known[f"{base}_{part}"].astype(np.float32) for part in ("quantized", "zero_point", "scale")
    )
    return np.asarray((values - zero) * scale, np.float32)
