"""Indexing at the command line, and what stops it."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rag.core.papers import Paper
from rag.library import Library
from rag.models.embedding import Embedding
from tests.cli.running import ROOT, Run, settings

TRACKING = "which papers use transformers for tracking"


def held(path: Path) -> list[Paper]:
    return list(Library.open(path).papers())


# -- indexing --------------------------------------------------------------------------------------


def test_index_says_what_changed_and_what_was_refused(
    rag: Run, small: Path, tmp_path: Path
) -> None:
    place = {"env": {"RAG_INDEX": str(tmp_path / "new")}}
    done = rag("index", small, **place)
    assert done.returncode == 1, done.stderr
    assert "2 added, 0 updated, 0 unchanged, 1 refused; 2 papers" in done.stdout
    line = next(n for n, t in enumerate(small.read_text().splitlines(), 1) if "no link" in t)
    assert f"{small}, line {line}: left out, no link" in done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    again = rag("index", small, small, **place)
    assert again.returncode == 1
    assert "0 added, 0 updated" in again.stdout
    assert len(held(tmp_path / "new")) == 2


# -- interruptions ---------------------------------------------------------------------------------


def interrupted(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    process.send_signal(signal.SIGINT)
    out, said = process.communicate(timeout=60)
    return process.returncode, out, said


def start(*arguments: object, code: str = "", **env: str) -> "subprocess.Popen[str]":
    """Start the command; the code is run first, in the same process."""
    run = f"import sys\n{code}\nsys.argv[0] = 'rag'\nfrom rag.cli import main\nmain()"
    return subprocess.Popen(
        [sys.executable, "-c", run, *map(str, arguments)],
        cwd=ROOT,
        env=settings(**env),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


# Stops at the second batch of texts, tells so, and waits there to be interrupted.
WAIT_IN_PUT = """
import time
from rag.library import writing
from rag.models.embedding import Embedding
writing.PAPERS_PER_COMMIT = 1
encode, calls = Embedding.encode, []
def wait(self, texts):
    calls.append(0)
    if len(calls) == 2:
        print("here", flush=True)
        time.sleep(60)
    return encode(self, texts)
Embedding.encode = wait
"""
WAIT_IN_ASK = """
import time
from rag.models.embedding import Embedding
def wait(self, text):
    print("here", flush=True)
    time.sleep(60)
Embedding.encode_query = wait
"""
# What a library makes of an interruption while it is imported is an error of its own.
SWALLOW_IN_ASK = """
import time
from rag.models.embedding import Embedding
def wait(self, text):
    print("here", flush=True)
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        raise ValueError("a schema") from None
Embedding.encode_query = wait
"""


def check_interrupted(status: int, said: str) -> None:
    assert status == 130
    lines = [line for line in said.splitlines() if "left out" not in line]
    assert len(lines) == 1, said
    assert lines[0].startswith("rag: Interrupted")


@pytest.mark.slow
def test_ctrl_c_while_indexing(small: Path, tmp_path: Path, embedding: Embedding, rag: Run) -> None:
    place = tmp_path / "new"
    process = start("index", small, code=WAIT_IN_PUT, RAG_INDEX=str(place))
    assert process.stdout is not None
    assert process.stdout.readline() == "here\n"
    status, _, said = interrupted(process)
    check_interrupted(status, said)
    (kept,) = held(place)  # the first batch, whole
    opened = Library.open(place, embedding)
    assert next(iter(opened.nearest(embedding.encode_query(kept.title), 5))) == kept.id
    done = rag("index", small, env={"RAG_INDEX": str(place)})
    assert "1 added, 0 updated, 1 unchanged" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("code", [WAIT_IN_ASK, SWALLOW_IN_ASK], ids=["waits", "swallows"])
def test_ctrl_c_while_asking(library: Library, papers: list[Paper], code: str) -> None:
    process = start("ask", TRACKING, code=code, RAG_INDEX=str(library.path))
    assert process.stdout is not None
    assert process.stdout.readline() == "here\n"
    status, out, said = interrupted(process)
    check_interrupted(status, said)
    assert out == ""
    assert len(library) == len(papers)


@pytest.mark.slow
@pytest.mark.parametrize("after", [0.5, 1.0, 1.5])
def test_ctrl_c_at_any_time(library: Library, after: float) -> None:
    started = "import os; os.write(1, b'started\\n')"
    code = f"from rag.cli import main as _; {started}"
    process = start("ask", TRACKING, code=code, RAG_INDEX=str(library.path), RAG_LLM="")
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    time.sleep(after)
    status, _, said = interrupted(process)
    assert "Traceback" not in said
    if status:  # it may have been quicker
        check_interrupted(status, said)
