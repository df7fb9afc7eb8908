"""The command on the index of the bundled listing."""

import sys
from subprocess import CompletedProcess
from typing import Any

import pytest
from typer.testing import CliRunner

from rag.assistant import Assistant
from rag.cli import app, asking
from rag.library import Library
from tests import warm
from tests.cli.running import Here, Run, settings


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
