"""The settings: a variable goes before the file, and a broken file is one line."""

import os
from pathlib import Path

import pytest

from rag import settings
from rag.errors import SettingsError
from rag.settings import Settings


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("RAG_LLM", raising=False)
    return tmp_path


def test_nothing_is_set_without_a_file():
    assert Settings().llm is None
    assert settings.read(settings.file()) == {}
    assert not settings.file().exists()  # reading writes nothing


def test_what_is_remembered_is_set(monkeypatch):
    path = settings.remember("llm", '/a "quoted" \\ path/ü.gguf')
    assert Settings().llm == '/a "quoted" \\ path/ü.gguf'
    settings.remember("llm_key", "secret")
    assert (Settings().llm_key, Settings().llm) == ("secret", '/a "quoted" \\ path/ü.gguf')
    monkeypatch.setenv("RAG_LLM", "none")
    assert Settings().llm == "none"  # the variable goes before the file
    assert Settings(llm="given").llm == "given"
    assert [p.name for p in path.parent.iterdir()] == ["settings.toml"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("llm = ", "cannot be read"),
        ("llm = 3", "llm to 3"),
        ('model = "x"', "model"),
        ("[llm]", "llm"),
    ],
)
def test_a_file_that_is_broken(text, word):
    settings.file().parent.mkdir(parents=True)
    settings.file().write_text(text)
    with pytest.raises(SettingsError, match=word) as caught:
        Settings()
    assert "\n" not in str(caught.value)
    assert str(settings.file()) in str(caught.value)
    with pytest.raises(SettingsError):
        settings.remember("llm", "none")
    assert settings.file().read_text() == text  # nothing is lost


def test_a_folder_that_cannot_be_written(folder):
    (folder / "arxiv-rag").write_text("no folder")
    with pytest.raises(SettingsError, match="RAG_LLM instead"):
        settings.remember("llm", "none")
    assert os.listdir(folder) == ["arxiv-rag"]


def test_a_folder_at_home(folder, monkeypatch):
    monkeypatch.setenv("HOME", str(folder))
    settings.remember("index", "~/papers")
    assert Settings().index == folder / "papers"
    monkeypatch.setenv("RAG_INDEX", "~nobody-of-this-name/papers")
    assert Settings().index == Path("~nobody-of-this-name/papers")
