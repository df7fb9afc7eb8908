"""The documentation says what the code says, its links lead somewhere, and its examples run."""

import contextlib
import io
import re
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage

from benchmarks import documents
from rag.library import Library
from tests.integrations.scripted import Scripted

ROOT = documents.ROOT
FILES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
GENERATED = [file for file in FILES if "<!-- generated: " in file.read_text(encoding="utf-8")]
SCREEN = 45
"""Lines of a screen."""


def name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("file", GENERATED, ids=name)
def test_generated_parts_are_as_the_code_has_them(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert documents.filled(text) == text, "run `make documents`"


def test_every_command_is_documented() -> None:
    text = "".join(file.read_text(encoding="utf-8") for file in GENERATED)
    for command in documents.commands():
        assert f"<!-- generated: help {command} -->" in text


def test_a_part_that_has_drifted_is_filled_anew() -> None:
    old = "Before.\n<!-- generated: help status -->\nold\n<!-- end -->\nAfter.\n"
    new = documents.filled(old)
    assert new.startswith("Before.\n<!-- generated: help status -->\n```text\nUsage: rag status")
    assert new.endswith("```\n<!-- end -->\nAfter.\n")
    assert documents.filled(new) == new


@pytest.mark.parametrize("file", FILES, ids=name)
def test_links_lead_somewhere(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    targets = re.findall(r"(?<!\\)\]\(([^)#\s]+)(?:#[\w-]+)?\)|src=\"([^\"]+)\"", text)
    for target in (link or image for link, image in targets):
        if "://" not in target:
            assert (file.parent / target).exists(), target


def test_the_readme_fits_on_four_screens() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 4 * SCREEN


@pytest.mark.parametrize(
    "document", ["README.md", pytest.param("docs/python.md", marks=pytest.mark.slow)]
)
def test_the_examples_run(document: str, library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """One after the other, as a reader types them; `model` is a chat model that calls the tool."""
    monkeypatch.setenv("RAG_INDEX", str(library.path))
    monkeypatch.setenv("RAG_LLM", "none")
    question = {"question": "which papers use transformers for tracking"}
    call = {"name": "ask_papers", "args": question, "id": "1", "type": "tool_call"}
    script = [AIMessage("", tool_calls=[call]), AIMessage("TransMOT [1].")]
    known: dict[str, Any] = {"model": Scripted(messages=iter(script))}
    text = (ROOT / document).read_text(encoding="utf-8")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        for example in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
            exec(compile(example, document, "exec"), known)
    assert "https://arxiv.org/abs/2104.00194" in printed.getvalue()
    if "agent" in known:
        assert "TransMOT [1]." in printed.getvalue()
        assert known["second"].resolved
        assert known["again"].claims == known["answer"].claims
