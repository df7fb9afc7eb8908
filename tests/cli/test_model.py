"""The command `rag model` in processes of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rag.models import language
from rag.models.recommended import RECOMMENDED
from tests import warm
from tests.models.speaking import serving

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def rag(tmp_path: Path) -> Run:
    """Run the command with a home of its own, and no hub."""

    def run(*arguments: object, **more: str) -> "subprocess.CompletedProcess[str]":
        kept = {k: v for k, v in os.environ.items() if not k.startswith("RAG_")}
        own = {"XDG_CONFIG_HOME": tmp_path / "config", "XDG_DATA_HOME": tmp_path / "data",
               "HF_HOME": tmp_path / "hub", "HF_HUB_OFFLINE": "1"}  # fmt: skip
        return warm.run(
            [sys.executable, "-m", "rag", "model", *arguments],
            env={**kept, **{k: str(v) for k, v in own.items()}, **more},
        )

    return run


def status(rag: Run, **more: str) -> dict[str, Any]:
    done = rag("--json", **more)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_what_is_set_on_the_disk_and_recommended(rag):
    found = status(rag)
    assert (found["set"], found["from"]) == (language.PACKAGED, "packaged")
    assert found["on_disk"] == [str(language.packaged())]
    assert len(found["recommended"]) == len(RECOMMENDED) == 5
    sizes = [one["gigabytes"] for one in found["recommended"]]
    assert sizes == sorted(sizes)
    text = rag().stdout
    for one in RECOMMENDED:
        assert one.name in text
        assert one.licence in text


def test_none_is_remembered_and_a_variable_goes_before_it(rag):
    done = rag("none")
    assert done.returncode == 0
    assert "settings.toml" in done.stdout
    assert status(rag)["set"] == "none"
    found = status(rag, RAG_LLM="http://127.0.0.1:9/v1")
    assert (found["set"], found["from"]) == ("http://127.0.0.1:9/v1", "RAG_LLM")
    assert "RAG_LLM" in rag("none", RAG_LLM="x.gguf").stderr


def test_a_file_is_tested_and_remembered(rag):
    done = rag("use", language.packaged())
    assert done.returncode == 0, done.stderr
    assert "one sentence a paper" in done.stdout
    assert status(rag)["set"] == str(language.packaged())


@pytest.mark.slow
def test_a_server_is_tested_and_remembered(rag):
    with serving() as server:
        server.text = "I do not know."
        done = rag("use", server.address)
        assert done.returncode == 0, done.stderr
        assert "did not pass the self-test" in done.stdout
        assert len(server.asked) > 5
        assert status(rag)["set"] == server.address


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("/nowhere/model.gguf", "/nowhere/model.gguf"),
        ("nobody/nothing:nothing.gguf", "cannot be fetched"),
        ("qwen2.5-1.5b", "cannot be fetched"),
        ("http://127.0.0.1:9/v1", "does not answer"),
    ],
)
def test_what_cannot_be_used_is_one_line_and_not_remembered(rag, name, word):
    done = rag("use", name)
    assert done.returncode == 2
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    assert word in line
    assert status(rag)["set"] == language.PACKAGED
