"""What all tests of the library have."""

import pytest

from rag.library import doctor
from tests import warm


@pytest.fixture(autouse=True)
def _warm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the process that opens Chroma for the doctor begin with Chroma imported.

    In the test of a flipped bit in Chroma it starts as it does for a user.
    """
    monkeypatch.setattr(doctor, "subprocess", warm.for_doctor())
