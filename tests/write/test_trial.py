"""The self-test: the packaged model fails it, a server that is right passes it."""

import json
import shutil
from pathlib import Path

import pytest

from rag.models import language as models
from rag.write import trial
from tests.models.speaking import Server, serving

PARAGRAPHS = {
    "Which papers forecast": "FlowGraph forecasts the traffic of a city from few sensors [1]. The "
    "other model learns travel times from the shape of the network alone [2].",
    "How does LeafNet": "LeafNet first finds the leaf and then compares its spots with healthy "
    "leaves [1]. The student has 2 million parameters and runs at 12 FPS on a phone [1].",
    "How do EchoMask": "EchoMask is trained on pairs of clean and noisy speech [1]. TwinEar learns "
    "from two microphones without any clean speech [2].",
}


@pytest.fixture
def server(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    with serving() as server:
        yield server


def right(server: Server, asked: str) -> float:
    statement = asked.split("Statement: ")[-1]
    false = [text for task in trial._TASKS for _, text in task.false]
    return 0.1 if any(text in statement for text in false) else 0.95


def test_a_server_that_is_right_passes_once(server, tmp_path):
    server.sure = lambda asked: right(server, asked)
    server.texts = PARAGRAPHS
    model = models.load(server.address)
    said: list[str] = []
    tried = trial.tried(model, said.append)
    assert tried.capable
    assert -2.2 < tried.threshold < 2.95  # between its no and its yes
    assert len(said) == 1
    asked = len(server.asked)
    again = trial.tried(models.load(server.address), said.append)
    assert (again.capable, again.threshold) == (True, tried.threshold)
    assert len(server.asked) == asked  # what was found is kept
    [kept] = (tmp_path / "data").rglob("*.json")
    assert json.loads(kept.read_text())["passed"] is True
    kept.write_text("{")
    assert trial.kept(model) is None


@pytest.mark.parametrize(
    ("sure", "texts", "reason"),
    [
        (lambda asked: 0.9, PARAGRAPHS, "does not tell true"),
        (None, {"": "I do not know."}, "of its three paragraphs 0"),
        (None, {"": "LLLLLLLLLLLL"}, "of its three paragraphs 0"),
    ],
)
def test_a_server_that_is_of_no_use_fails(server, sure, texts, reason):
    server.sure = sure or (lambda asked: right(server, asked))
    server.texts = texts
    outcome = trial.test(models.load(server.address))
    assert not outcome.passed
    assert reason in outcome.reason


@pytest.mark.slow
def test_the_packaged_model_is_known_and_does_fail():
    model = models.load()
    known = trial.kept(model)
    assert known is not None
    assert not known.passed
    assert not trial.tried(model).capable
    assert not trial.test(model).passed  # it is so


def test_an_outcome_is_kept_beside_a_file_and_holds_for_that_file_only(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    path = tmp_path / "other.gguf"
    shutil.copyfile(models.packaged(), path)
    model = models.load(str(path))
    assert trial.kept(model) is None
    outcome = trial.Outcome(trial.VERSION, True, 1.5, 2.0)
    assert trial.keep(model, outcome) == Path(f"{path}.trial.json")
    assert trial.kept(model) == outcome
    assert trial.tried(model).capable
    path.touch()  # another file of this name
    assert trial.kept(model) is None
