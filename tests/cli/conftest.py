"""The command on the index of the bundled listing."""

import json
import sys
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from typer.testing import CliRunner

from rag.assistant import Assistant
from rag.cli import app, asking
from rag.core.papers import Paper
from rag.library import Library
from tests import warm
from tests.cli.running import LISTING, Here, Run, settings


@pytest.fixture(scope="session")
def rag(library: Library) -> Run:
    """Run the command on the index of the bundled listing."""

    def run(*arguments: object, **more: Any) -> CompletedProcess[str]:
        environment = settings(**{"RAG_INDEX": str(library.path), **more.pop("env", {})})
        return warm.run([sys.executable, "-m", "rag", *arguments], env=environment, **more)

    return run


@pytest.fixture
def here(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> Here:
    """Run a command in this process, on the index of the bundled papers that is open already.

    For what is printed; what only a process of its own can show is shown by `rag`.
    """
    monkeypatch.setattr(asking, "open_assistant", lambda writes=True: assistant)

    def run(*arguments: object) -> str:
        done = CliRunner().invoke(app, list(map(str, arguments)), catch_exceptions=False)
        assert done.exit_code == 0
        return done.stdout

    return run


@pytest.fixture
def by_id(papers: list[Paper]) -> dict[str, Paper]:
    return {p.id: p for p in papers}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A listing of three papers, of which one is malformed."""
    head, *entries = LISTING.read_text().split("\n### ")
    file = tmp_path / "small.md"
    broken = "9.A paper of no link\n>  An abstract."
    file.write_text("\n### ".join([head, *entries[:2], broken]))
    return file


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    """Lines like those of arXiv's metadata snapshot: versions, categories, a withdrawal."""
    file = tmp_path / "snapshot.jsonl"
    rows = [
        ("2104.00001", "cs.CV cs.AI", "Thu, 1 Apr 2021", "v1", "We track objects.", ""),
        ("2104.00002", "math.GT", "Fri, 2 Apr 2021", "v3", "We knot knots.", ""),
        ("2105.00003", "cs.LG", "Mon, 3 May 2021", "v1", "We learn to learn.", ""),
        ("2105.00004", "cs.CV", "Tue, 4 May 2021", "v2", "We err.", "Withdrawn: an error"),
    ]
    lines = [
        {
            "id": name,
            "title": f"Title of {name}",
            "abstract": abstract,
            "categories": categories,
            "authors": "Ada Bee",
            "comments": comment,
            "versions": [{"version": version, "created": f"{day} 10:00:00 GMT"}],
        }
        for name, categories, day, version, abstract, comment in rows
    ]
    file.write_text("\n".join(map(json.dumps, [*lines, {"id": "2105.00005"}])) + "\n")
    return file
