"""What the packaged judge has learned: added to its graph as it is loaded."""

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from rag.errors import ModelError
from rag.models import reranker as judges
from rag.models import tuning
from rag.models.reranker import OnnxReranker

EVERYDAY = (
    (
        "my robot should learn a chore from watching me do it once",
        "Visual imitation: We train manipulation policies from a single human demonstration video.",
        "RobotBench: We measure how fast robots assemble furniture that is new to them.",
    ),
    (
        "photographs that were taken in the dark",
        "Retinex networks: We enhance low-light images without paired supervision.",
        "Haze removal: We restore images of foggy streets.",
    ),
    (
        "when the doctor has only a handful of cases to learn from",
        "Prototypes: We study few-shot classification of rare skin diseases.",
        "Large cohorts: We train on two million chest radiographs of forty hospitals.",
    ),
)
"""Questions in everyday words, a text that answers each in other ones, and one that does not."""


@pytest.fixture(scope="module")
def folder():
    found = judges.packaged()
    assert found is not None
    return found


@pytest.fixture(scope="module")
def plain(folder):
    return OnnxReranker("plain", folder)


@pytest.mark.parametrize(("question", "answers", "beside"), EVERYDAY)
def test_it_hears_everyday_words(reranker, plain, question, answers, beside):
    pairs = [(question, answers), (question, beside)]
    right, wrong = reranker.score(pairs)
    assert right > 0
    assert right - wrong > 2 > np.subtract(*plain.score(pairs))


def test_every_matrix_has_learned_and_nothing_else_has_changed(folder):
    before = onnx.load(folder / "model.onnx").graph
    after = onnx.load_model_from_string(tuning.tuned(folder / "model.onnx")).graph
    old, new = (
        {one.name: numpy_helper.to_array(one) for one in graph.initializer}
        for graph in (before, after)
    )
    names = tuning.matrices(before)
    assert len(names) == 12 * 6 + 2  # of each layer, and of what reads the last one
    changed = {name for name in old if not np.array_equal(old[name], new[name])}
    scales = {f"{base}_scale" for base in names.values()}
    assert changed == scales | {f"{base}_quantized" for base in names.values()} | {
        "classifier.bias"
    }
    for base in names.values():
        assert new[f"{base}_quantized"].dtype == np.int8
        assert new[f"{base}_scale"].shape == old[f"{base}_quantized"].shape[-1:]


def test_nothing_learned_leaves_the_judge_as_it_was(folder, plain, tmp_path):
    with np.load(tuning.LEARNED) as file:
        nothing = {name: file[name] for name in file.files}
    for name in nothing:
        if name.endswith(".B"):
            nothing[name] = np.zeros_like(nothing[name])
    graph = onnx.load(folder / "model.onnx").graph
    known = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    last = tuning.matrices(graph)["classifier"]
    nothing["classifier.weight"] = tuning.whole(known, last).T
    nothing["classifier.bias"] = known["classifier.bias"]
    np.savez(tmp_path / "nothing.npz", **nothing)
    same = OnnxReranker(
        "same", folder, tuning.tuned(folder / "model.onnx", tmp_path / "nothing.npz")
    )
    pairs = [(question, text) for question, *texts in EVERYDAY for text in texts]
    assert np.abs(same.score(pairs) - plain.score(pairs)).max() < 1.0


@pytest.mark.parametrize("kept", [None, b"", b"PK\x03\x04 cut off"])
def test_what_was_learned_is_missing_or_damaged(folder, tmp_path, kept):
    file = tmp_path / "tuning.npz"
    if kept is not None:
        file.write_bytes(kept)
    with pytest.raises(ModelError, match="install arxiv-rag again"):
        OnnxReranker("damaged", folder, tuning.tuned(folder / "model.onnx", file))


def test_bytes_were_changed_in_what_was_learned(folder, tmp_path):
    whole = bytearray(tuning.LEARNED.read_bytes())
    for place in range(1000, len(whole), 100_000):
        whole[place] ^= 0xFF
    (tmp_path / "tuning.npz").write_bytes(whole)
    with pytest.raises(ModelError, match="install arxiv-rag again"):
        tuning.tuned(folder / "model.onnx", tmp_path / "tuning.npz")
