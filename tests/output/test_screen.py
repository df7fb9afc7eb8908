"""What stands in an index, or is said in an error, does nothing at a terminal."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.table import Table
from rich.text import Text

from rag.library import Library
from rag.output.screen import USUAL, Screen
from tests.library.tiny import ROOT, Tiny, paper

ACTS = "\x1b[2J\x1b]0;owned\x07\x9b31m\u202egnp.exe\u2066\x00\r"


def acting(text: str) -> list[str]:
    return [c for c in text if c not in "\n\t" and (ord(c) < 32 or c in "\x7f\x9b\u202e\u2066")]


@pytest.mark.parametrize("is_terminal", [True, False])
def test_nothing_that_is_printed_acts(is_terminal: bool) -> None:
    file = io.StringIO()
    screen = Screen(file=file, force_terminal=is_terminal, color_system=None, width=60)
    table = Table(title=ACTS)
    table.add_column(ACTS)
    table.add_row(Text(f"cell {ACTS}", style=f"link http://x/{ACTS}"))
    for shown in (f"plain {ACTS}", Text(f"text {ACTS}"), table):
        screen.print(shown, markup=False)
    printed = file.getvalue()
    assert all(word in printed for word in ("plain", "text", "cell"))
    assert acting(printed) == []


@pytest.mark.parametrize("columns", ["0", "1", "9"])
def test_a_terminal_without_columns_is_written_to(
    columns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    file = io.StringIO()
    screen = Screen(file=file)
    assert screen.width == USUAL
    screen.print("It is said.")
    assert "It is said." in file.getvalue()


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """An index into which a program has put what no reader lets through."""
    made = Library.create(tmp_path / "library", Tiny())
    bad = paper(
        1, f"We track {ACTS} things.", title=f"Title {ACTS} of it", authors=(f"Eve {ACTS}",)
    )
    made.put([bad, paper(2)], Tiny())
    return made.path


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [["list"], ["show", "2104.00001"], ["status"], ["list", "--json"], ["nowhere\x1b[2J"]],
)
def test_at_a_terminal_no_command_says_what_acts(hostile: Path, command: list[str]) -> None:
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "rag", *command],
        cwd=ROOT,
        env=os.environ
        | {
            "RAG_INDEX": str(hostile),
            "RAG_LLM": f"/no{ACTS[:-2]}",
            "NO_COLOR": "1",
            "TERM": "dumb",
        },
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    printed = b""
    try:
        while some := os.read(ours, 65_536):
            printed += some
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    assert process.wait() in (0, 2)
    text = printed.decode("utf-8", "replace").replace("\r\n", "\n")
    assert text.strip()
    assert acting(text) == [], json.dumps(text[:2_000])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
def test_a_full_disk_where_the_output_goes_is_one_line(hostile: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "rag", "list"],
            cwd=ROOT,
            env=os.environ | {"RAG_INDEX": str(hostile)},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "make room" in done.stderr
