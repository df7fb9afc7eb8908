"""The commands on an index that is damaged, may only be read, or comes from a backup."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.core.papers import Paper
from rag.library import Library
from rag.models.embedding import Embedding
from tests import warm

ROOT = Path(__file__).parents[2]
LISTING = ROOT / "index" / "listings" / "2021-04-02.cs.CV.md"
TRACKING = "which papers use transformers for tracking"


@pytest.fixture(scope="module")
def few(
    papers: list[Paper], embedding: Embedding, tmp_path_factory: pytest.TempPathFactory
) -> Library:
    """An index of a few papers, some of which answer the question; to be read only."""
    tracking = [paper for paper in papers if paper.id in ("2104.00194", "2104.00403")]
    made = Library.create(tmp_path_factory.mktemp("few") / "library", embedding)
    made.put([*tracking, *papers[:8]], embedding)
    return made


@pytest.fixture
def index(few: Library, tmp_path: Path) -> Path:
    """A copy of it, to be spoilt."""
    shutil.copytree(few.path, tmp_path / "library")
    return tmp_path / "library"


def rag(index: Path, *arguments: object) -> "subprocess.CompletedProcess[str]":
    kept = {k: v for k, v in os.environ.items() if not k.startswith("RAG_") and "COLOR" not in k}
    environment = {**kept, "RAG_LLM": "none", "RAG_INDEX": str(index)}
    return warm.run([sys.executable, "-m", "rag", *arguments], env=environment)


def check_refused(done: "subprocess.CompletedProcess[str]", *parts: str) -> None:
    """One line on standard error that names the matter and no deletion, and status 2."""
    (line,) = done.stderr.splitlines()
    assert line.startswith("rag: ")
    assert "delete" not in line
    for part in parts:
        assert part in line
    assert done.stdout == ""
    assert done.returncode == 2


def damage(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.seek(file.stat().st_size // 3)
        opened.write(b"\xff\x00\xff")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["words/meta.json", "identity.json", "words/*.term"])
def test_a_lost_or_damaged_file_is_told_and_mended(index: Path, few: Library, name: str) -> None:
    before = rag(index, "export").stdout
    (file,) = index.glob(name)
    if "*" in name:
        damage(file)
    else:
        file.unlink()
    for arguments in (["ask", TRACKING], ["search", TRACKING], ["list"], ["index", LISTING]):
        check_refused(rag(index, *arguments), "rag doctor --repair")
    seen = rag(index, "doctor")
    assert seen.returncode == 2
    assert file.name in seen.stdout
    mended = rag(index, "doctor", "--repair")
    assert mended.returncode == 0, mended.stderr
    assert "After the repair:" in mended.stdout
    assert f"{len(few)} papers" in mended.stdout
    assert rag(index, "doctor").returncode == 0
    assert rag(index, "export").stdout == before
    (answer,) = map(json.loads, rag(index, "ask", TRACKING, "--json").stdout.splitlines())
    assert answer["matched"] > 0


@pytest.mark.slow
def test_papers_that_are_gone_are_told_and_come_back_from_a_backup(
    index: Path, few: Library, tmp_path: Path
) -> None:
    before, file = rag(index, "export").stdout, tmp_path / "mine.backup"
    done = rag(index, "backup", file)
    assert done.returncode == 0, done.stderr
    assert f"{len(few)} papers" in done.stderr
    shutil.rmtree(index / "words")
    check_refused(rag(index, "ask", TRACKING), "doctor")
    assert rag(index, "doctor").returncode == 2
    failed = rag(index, "doctor", "--repair")
    assert failed.returncode == 2
    assert "rag restore" in failed.stderr.splitlines()[-1]
    check_refused(rag(index, "restore", file), "move it away")
    index.rename(tmp_path / "lost")
    done = rag(index, "restore", file)
    assert done.returncode == 0, done.stderr
    assert rag(index, "export").stdout == before
    assert rag(index, "doctor").returncode == 0


def test_backups_that_are_none(index: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    check_refused(rag(index, "backup", tmp_path / "mine.txt"), "is no backup")
    check_refused(rag(tmp_path / "new", "restore", tmp_path / "mine.txt"), "is no backup")
    check_refused(rag(tmp_path / "new", "restore", tmp_path / "none"), "cannot be read")
    check_refused(rag(tmp_path / "new", "backup", tmp_path / "b"), "no index")
    assert not (tmp_path / "new").exists()


@pytest.fixture
def frozen(few: Library, tmp_path: Path) -> Iterator[Path]:
    """The index on a disk that cannot be written, where one may be mounted."""
    place = tmp_path / "mount"
    place.mkdir()
    bind = ["mount", "--bind", str(few.path), str(place)]
    if not shutil.which("mount") or subprocess.run(bind, capture_output=True).returncode:
        pytest.skip("a disk can be mounted by root alone")
    subprocess.run(["mount", "-o", "remount,ro,bind", str(place)], check=True)
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.slow
def test_on_a_disk_that_cannot_be_written_all_that_reads_works(
    frozen: Path, few: Library, tmp_path: Path
) -> None:
    for arguments in (["search", TRACKING, "--json"], ["export"], ["list", "--json"]):
        done = rag(frozen, *arguments)
        assert done.returncode == 0, done.stderr
        assert done.stdout == rag(few.path, *arguments).stdout
    (answer,), (wanted,) = (
        [json.loads(line) for line in rag(path, "ask", TRACKING, "--json").stdout.splitlines()]
        for path in (frozen, few.path)
    )
    assert answer["claims"] == wanted["claims"]
    (facts,) = map(json.loads, rag(frozen, "status", "--json").stdout.splitlines())
    assert facts["papers"] == len(few)
    assert rag(frozen, "doctor").returncode == 0
    assert rag(frozen, "backup", tmp_path / "b").returncode == 0
    for changing in (["index", str(LISTING)], ["drop", "2104.00194"]):
        check_refused(rag(frozen, *changing), "cannot be written", "RAG_INDEX")


CLOSED = """
import os, sys, tempfile
from rag.cli import _have_streams
_have_streams()
with tempfile.TemporaryFile() as file:
    assert file.fileno() > 2
    os.write(1, b"printed")
    os.write(2, b"printed")
    assert file.read() == b""
assert sys.stdin.buffer.read() == b""
os._exit(7)
"""


def test_what_is_printed_goes_into_no_file_where_the_streams_are_closed() -> None:
    closed = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", sys.executable, "-c", CLOSED]
    assert subprocess.run(closed, timeout=60).returncode == 7
