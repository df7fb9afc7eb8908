"""What all tests of the library have."""

import subprocess
from types import SimpleNamespace

import pytest

from rag.library import doctor
from tests import warm


@pytest.fixture(autouse=True)
def _warm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the process that opens Chroma for the doctor begin with Chroma imported.

    It starts as it does for a user in the tests of the command `rag doctor`.
    """
    monkeypatch.setattr(
        doctor,
        "subprocess",
        SimpleNamespace(
            run=warm.run, DEVNULL=subprocess.DEVNULL, TimeoutExpired=subprocess.TimeoutExpired
        ),
    )
