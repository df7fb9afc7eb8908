"""What the tests of the library share: small libraries, and a copy of all that is bundled."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.library import Library, Written, doctor
from rag.models.embedding import Embedding
from tests import warm
from tests.library.tiny import (
    PRELUDE,
    ROOT,
    Tiny,
    paper,
)


@pytest.fixture(autouse=True)
def _warm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the process that opens Chroma for the doctor begin with Chroma imported.

    In the test of a flipped bit in Chroma it starts as it does for a user.
    """
    monkeypatch.setattr(doctor, "subprocess", warm.for_doctor())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture(scope="session")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Library.create(tmp_path_factory.mktemp("three") / "library", Tiny())
    assert made.put([paper(1), paper(2), paper(3)], Tiny()) == Written(added=3)
    return made.path


@pytest.fixture
def tiny(three: Path, path: Path) -> Library:
    """A library of a tiny model with three papers."""
    shutil.copytree(three, path)
    return Library.open(path, Tiny())


@pytest.fixture
def copied(library: Library, path: Path, embedding: Embedding) -> Library:
    """The 108 papers in a library that may be changed."""
    shutil.copytree(library.path, path)
    return Library.open(path, embedding)


@pytest.fixture
def writer(tiny: Library) -> Iterator["subprocess.Popen[str]"]:
    """Another process in the middle of writing paper 50; it goes on when it is sent a line."""
    code = """
def wait():
    print("encoding", flush=True)
    sys.stdin.readline()
model = t.Tiny(before=wait)
print(Library.open(path, model).put([t.paper(50)], model), flush=True)
"""
    process = subprocess.Popen(
        [sys.executable, "-c", PRELUDE + code, str(tiny.path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "encoding\n"
    with process:
        yield process
        process.kill()
