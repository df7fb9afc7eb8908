"""The command on the index of the bundled listing."""

import sys
from subprocess import CompletedProcess
from typing import Any

import pytest

from rag.library import Library
from tests import warm
from tests.cli.running import Run, settings


@pytest.fixture(scope="session")
def rag(library: Library) -> Run:
    """Run the command on the index of the bundled listing."""

    def run(*arguments: object, **more: Any) -> CompletedProcess[str]:
        environment = settings(**{"RAG_INDEX": str(library.path), **more.pop("env", {})})
        return warm.run([sys.executable, "-m", "rag", *arguments], env=environment, **more)

    return run
