"""Several processes at one library: one writes, the others read on or are told to wait."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from rag.errors import LibraryBusyError
from rag.library import Library, Written
from rag.question.parsing import read
from rag.search.retrieval import search
from tests.library.tiny import (
    PRELUDE,
    ROOT,
    TINY,
    Tiny,
    check_found,
    check_whole,
    paper,
    python,
)


def test_a_second_writer_is_told_so_and_nothing_is_lost(
    tiny: Library, writer: "subprocess.Popen[str]"
) -> None:
    for attempt in (
        lambda: tiny.put([paper(60)], Tiny()),
        lambda: tiny.drop([paper(1).id]),
        lambda: Library.open(tiny.path, Tiny()).put([paper(60)], Tiny()),
    ):
        with pytest.raises(LibraryBusyError, match="Another process is writing") as error:
            attempt()
        assert "\n" not in str(error.value)
    assert len(tiny) == 3  # reading goes on, of what is committed
    check_found(tiny, [paper(1), paper(2), paper(3)], Tiny())
    said, _ = writer.communicate("go on\n", timeout=60)
    assert "added=1" in said
    assert len(tiny) == 4
    assert tiny.put([paper(60)], Tiny()) == Written(added=1)
    check_found(tiny, [paper(50), paper(60), paper(1)], Tiny())
    check_whole(tiny)


def test_the_lock_of_a_killed_writer_holds_nobody_up(
    tiny: Library, writer: "subprocess.Popen[str]"
) -> None:
    writer.kill()
    writer.wait(timeout=60)
    assert tiny.put([paper(50)], Tiny()) == Written(added=1)
    check_whole(tiny)


def test_two_threads_of_one_process_cannot_both_write(tiny: Library) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        inside.set()
        go_on.wait(60)

    thread = threading.Thread(target=tiny.put, args=([paper(50)], Tiny(before=wait)))
    thread.start()
    try:
        assert inside.wait(60)
        with pytest.raises(LibraryBusyError):
            Library.open(tiny.path).put([paper(60)], Tiny())
    finally:
        go_on.set()
        thread.join(60)
    assert {p.id for p in tiny.papers()} == {paper(n).id for n in (1, 2, 3, 50)}
    check_whole(tiny)


@pytest.mark.slow
def test_a_reader_sees_what_another_process_wrote(tiny: Library) -> None:
    reader = Library.open(tiny.path, Tiny())
    check_found(reader, [paper(1)], Tiny())
    stale = reader.records([paper(1).id, paper(2).id, paper(3).id])
    done = python(
        """
library = Library.open(path, t.Tiny())
changed = t.paper(1, "Quite another abstract.")
library.put([changed, *(t.paper(n) for n in range(100, 1200))], t.Tiny())
library.drop([t.paper(2).id])
""",
        tiny.path,
    )
    assert done.returncode == 0, done.stderr
    # What was read before keeps the vectors that it had.
    assert stale[paper(1).id].vectors.shape == (3, TINY)
    assert len(reader) == 1_102
    changed = reader.get(paper(1).id)
    assert changed is not None
    assert changed.abstract == "Quite another abstract."
    assert reader.get(paper(2).id) is None
    check_found(reader, [paper(1), *(paper(n) for n in range(100, 1200, 150))], Tiny())
    matches = search(read("Paper number 777"), reader, Tiny())
    assert paper(777).id in {m.paper.id for m in matches}


@pytest.mark.slow
def test_a_writer_that_was_open_before_loses_nothing_of_another(tiny: Library) -> None:
    many = [paper(n) for n in range(100, 700)]  # more vectors than Chroma keeps in its log
    done = python(
        "Library.open(path, t.Tiny()).put([t.paper(n) for n in range(100, 700)], t.Tiny())",
        tiny.path,
    )
    assert done.returncode == 0, done.stderr
    assert tiny.put([paper(n) for n in range(1_000, 1_600)], Tiny()).added == 600
    reader = Library.open(tiny.path, Tiny())
    assert len(reader) == 1_203
    check_found(reader, [paper(1), *many[::100], paper(1_000), paper(1_599)], Tiny())
    check_whole(reader)


def test_libraries_of_one_process_see_one_another(tiny: Library, tmp_path: Path) -> None:
    other, elsewhere = Library.open(tiny.path), Library.create(tmp_path / "other", Tiny())
    elsewhere.put([paper(5)], Tiny())
    other.put([paper(4)], Tiny())
    check_found(tiny, [paper(4)], Tiny())
    tiny.put([paper(6)], Tiny())
    check_found(other, [paper(4), paper(6)], Tiny())
    assert [p.id for p in elsewhere.papers()] == [paper(5).id]
    check_found(elsewhere, [paper(5)], Tiny())


@pytest.mark.slow
def test_reading_goes_on_while_another_process_writes(tiny: Library) -> None:
    code = """
library = Library.open(path, t.Tiny())
for step in range(12):
    papers = [t.paper(n, f"Text of step {step}.") for n in range(1, 4)]
    library.put([*papers, *(t.paper(100 * step + n) for n in range(100, 150))], t.Tiny())
    if step == 5:
        path.with_name("written").touch()
        while not path.with_name("read").exists():
            time.sleep(0.01)
"""
    process = subprocess.Popen([sys.executable, "-c", PRELUDE + code, str(tiny.path)], cwd=ROOT)
    question, seen = read("Paper number 2"), set[int]()
    try:
        while process.poll() is None:
            matches = search(question, tiny, Tiny())
            assert len(matches) == len({m.paper.id for m in matches})
            assert paper(2).id in {m.paper.id for m in matches}
            for match in matches:
                assert len(match.record.vectors) == len(match.record.passages)
            half = tiny.path.with_name("written").exists()
            seen.add(len(tiny))
            if half:
                tiny.path.with_name("read").touch()
            time.sleep(0.02)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0
    assert len(tiny) == 603
    assert 303 in seen
    check_whole(tiny)
