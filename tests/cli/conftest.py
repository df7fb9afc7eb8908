"""The command on the index of the bundled listing."""

import subprocess
import sys
from typing import Any

import pytest

from rag.library import Library
from tests.cli.running import ROOT, Run, settings


@pytest.fixture(scope="session")
def rag(library: Library) -> Run:
    """Run the command on the index of the bundled listing."""

    def run(*arguments: object, **more: Any) -> "subprocess.CompletedProcess[str]":
        environment = settings(**{"RAG_INDEX": str(library.path), **more.pop("env", {})})
        return subprocess.run(
            [sys.executable, "-m", "rag", *map(str, arguments)],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            **more,
        )

    return run
