"""What faults do to a library: killed runs, full disks, folders that may not be written."""

import errno
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rag.core.papers import Paper
from rag.errors import LibraryError, RagError
from rag.library import Library, Written, disk
from rag.question.parsing import read
from rag.search.retrieval import search
from tests.library.tiny import (
    Tiny,
    check_found,
    check_whole,
    paper,
    python,
    vector_ids,
)

KILLED = """
import os
from rag.library import writing
from rag.library.chroma import ChromaVectors
from rag import listings
point = sys.argv[2]
writing.PAPERS_PER_COMMIT = 20
embedding, calls = t.Tiny(), 0
library = Library.create(path, embedding)

def last(call):
    # The process is gone without a word just before the third call, or just after it.
    def wrapped(*arguments, **named):
        global calls
        calls += 1
        if calls == 3 and point.startswith("before"):
            os.kill(os.getpid(), 9)
        result = call(*arguments, **named)
        if calls == 3:
            os.kill(os.getpid(), 9)
        return result
    return wrapped

if point.endswith("encode"):
    t.Tiny.encode = last(t.Tiny.encode)
elif point.endswith("vectors"):
    ChromaVectors.write = last(ChromaVectors.write)
elif point.endswith("commit"):
    Library.wrote = last(Library.wrote)  # called right after tantivy's commit
elif point.endswith("delete"):
    ChromaVectors.delete = last(ChromaVectors.delete)
papers = [p for p in listings.read(t.LISTING) if hasattr(p, "abstract")]
if point.endswith("delete"):
    papers = [dataclasses.replace(p, abstract=p.abstract + " Revised.") for p in papers]
library.put(papers, embedding)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "point", ["before encode", "before vectors", "after vectors", "before commit"]
)
def test_a_killed_run_is_completed_by_the_next(path: Path, papers: list[Paper], point: str) -> None:
    done = python(KILLED, path, point)
    assert done.returncode == -signal.SIGKILL, done.stderr
    opened = Library.open(path, Tiny())
    kept = list(opened.papers())
    assert len(kept) in {20, 40, 60}  # whole batches only
    assert all(p in papers for p in kept)
    check_found(opened, kept, Tiny())  # readable before it is mended
    orphans = len(vector_ids(opened)) - sum(
        len(r.passages) for r in opened.records(p.id for p in kept).values()
    )
    assert (orphans > 0) == (point == "after vectors")
    written = opened.put(papers, Tiny())
    assert written == Written(added=len(papers) - len(kept), unchanged=len(kept))
    check_whole(opened)
    check_found(opened, papers, Tiny())


@pytest.mark.slow
@pytest.mark.parametrize("point", ["after vectors", "before delete"])
def test_a_killed_update_is_completed_by_the_next(
    path: Path, papers: list[Paper], point: str
) -> None:
    Library.create(path, Tiny()).put(papers, Tiny())
    code = KILLED.replace('if point.endswith("delete"):\n    papers', "if True:\n    papers")
    done = python(code, path, point)
    assert done.returncode == -signal.SIGKILL, done.stderr
    opened = Library.open(path, Tiny())
    assert len(opened) == len(papers)
    kept = {p.id: p for p in opened.papers()}
    revised = [replace(p, abstract=p.abstract + " Revised.") for p in papers]
    changed = sum(kept[p.id] == p for p in revised)
    assert changed in {40, 60}
    assert all(kept[old.id] in (old, new) for old, new in zip(papers, revised, strict=True))
    check_found(opened, papers, Tiny())
    assert opened.put(revised, Tiny()) == Written(updated=len(papers) - changed, unchanged=changed)
    check_whole(opened)
    assert list(opened.papers()) == sorted(revised, key=lambda p: p.id)


def test_what_a_killed_run_left_is_swept_by_any_writer(tiny: Library) -> None:
    before = vector_ids(tiny)
    tiny.store().vectors.write(
        [f"{paper(1).id}@0123456789ab#0", "2104.09999@0123456789ab#0"],
        Tiny().encode([paper(1).title, "orphan"]),
    )
    reader = Library.open(tiny.path)
    assert list(reader.records(reader.nearest(Tiny().encode_query("orphan"), 9))) != ["2104.09999"]
    assert all(m.paper.id != "2104.09999" for m in search(read("orphan"), reader, Tiny()))
    tiny.put([paper(4)], Tiny())
    tiny.drop([paper(4).id])
    assert vector_ids(tiny) == before


def test_a_run_killed_while_the_index_was_made_is_no_index(path: Path) -> None:
    path.mkdir()
    (path / "words").mkdir()
    (path / "identity.json.new").write_text("{")
    with pytest.raises(LibraryError, match="no index"):
        Library.open(path)
    assert Library.create(path, Tiny()).put([paper(1)], Tiny()).added == 1


def test_a_failing_embedding_leaves_the_index_as_it_was(tiny: Library) -> None:
    before, papers = vector_ids(tiny), list(tiny.papers())

    def fail() -> None:
        raise RuntimeError("out of memory")

    changed = [paper(1, "New text."), paper(9)]
    with pytest.raises(RuntimeError, match="out of memory"):
        tiny.put(changed, Tiny(before=fail))
    assert list(tiny.papers()) == papers
    assert vector_ids(tiny) == before
    assert tiny.put(changed, Tiny()) == Written(added=1, updated=1)
    check_whole(tiny)


def test_a_failing_source_keeps_the_batches_before_it(
    tiny: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.library.writing.PAPERS_PER_COMMIT", 10)

    def listing() -> Iterator[Paper]:
        yield from (paper(n) for n in range(100, 125))
        raise RagError("the listing ends here")

    with pytest.raises(RagError, match="ends here"):
        tiny.put(listing(), Tiny())
    assert {p.id for p in tiny.papers()} == {paper(n).id for n in (1, 2, 3, *range(100, 120))}
    check_whole(tiny)
    assert tiny.put((paper(n) for n in range(100, 125)), Tiny()) == Written(added=5, unchanged=20)


def test_a_folder_that_cannot_be_made_is_an_error_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "library"):
        with pytest.raises(LibraryError, match=r"cannot be written \(.*RAG_INDEX") as error:
            Library.create(place, Tiny())
        assert "\n" not in str(error.value)


@pytest.mark.skipif(not hasattr(os, "setuid"), reason="needs users")
def test_a_folder_of_somebody_else_is_an_error_with_the_remedy(tiny: Library) -> None:
    code = """
from rag.errors import LibraryError
from rag.library import disk
import chromadb, tantivy, filelock  # while they may still be read
if os.getuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
for attempt in (
    lambda: Library.open(path, t.Tiny()).put([t.paper(9)], t.Tiny()),
    lambda: Library.create(path / "new", t.Tiny()),
):
    try:
        attempt()
    except LibraryError as error:
        print(error)
"""
    for folder in [tiny.path, *tiny.path.parents]:
        if folder != Path(folder.anchor) and folder.stat().st_uid == os.getuid():
            folder.chmod(0o555 if folder == tiny.path else folder.stat().st_mode | 0o555)
    for file in tiny.path.rglob("*"):
        file.chmod(0o555 if file.is_dir() else 0o444)
    before = vector_ids(tiny) if os.getuid() == 0 else None
    done = python(code, tiny.path)
    for file in [tiny.path, *tiny.path.rglob("*")]:
        file.chmod(0o755 if file.is_dir() else 0o644)
    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    assert len(said) == 2, done.stdout
    assert all("cannot be" in line for line in said)
    assert "RAG_INDEX" in said[1]
    assert before in (None, vector_ids(tiny))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a megabyte, where one may be made."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small disk can be made by root alone")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.slow
def test_a_full_disk_is_an_error_and_the_run_is_completed_when_there_is_room(
    small_disk: Path, papers: list[Paper], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.library.writing.PAPERS_PER_COMMIT", 12)
    made = Library.create(small_disk / "library", Tiny())
    with pytest.raises(LibraryError, match=r"cannot be written .* make room") as error:
        made.put(papers, Tiny())
    assert "\n" not in str(error.value)
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
    opened = Library.open(small_disk / "library", Tiny())
    kept = len(opened)
    assert 0 < kept < len(papers)
    assert kept % 12 == 0
    assert opened.put(papers, Tiny()) == Written(added=len(papers) - kept, unchanged=kept)
    check_whole(opened)
    check_found(opened, papers, Tiny())


def test_no_room_for_the_first_file_is_an_error(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(disk, "write_identity", full)
    with pytest.raises(LibraryError, match=r"No space left on device\): make room"):
        Library.create(path, Tiny())
    monkeypatch.undo()
    assert Library.create(path, Tiny()).put([paper(1)], Tiny()).added == 1


KILLED_ANYWHERE = """
import itertools, threading
model = t.Tiny()
library = Library.create(path, model)
killer = threading.Timer(float(sys.argv[2]), lambda: os.kill(os.getpid(), 9))
for step in itertools.count():
    numbers = range(10 * step, 10 * step + 30)
    library.put([t.paper(n, f"Text of step {step}, number {n}.") for n in numbers], model)
    library.drop([t.paper(10 * step).id])
    print(step, flush=True)
    if step == 0:
        killer.start()
"""


@pytest.mark.slow
def test_killed_at_any_moment_nothing_is_lost_or_doubled_or_half_there(path: Path) -> None:
    for moment in np.random.default_rng(7).uniform(0.0, 1.0, size=5):
        done = python(KILLED_ANYWHERE, path, moment)
        assert done.returncode == -signal.SIGKILL, done.stderr
        last = int(done.stdout.split()[-1])  # all of this step was committed
        opened = Library.open(path, Tiny())
        kept = {p.id: p for p in opened.papers()}
        assert len(kept) == len(list(opened.papers()))
        for n in range(10 * last + 11, 10 * last + 30):
            step = int(kept[paper(n).id].abstract.split()[3].strip(","))
            assert step in (last, last + 1)
        newer = {p.abstract.split()[3] for p in kept.values()} & {f"{last + 1},"}
        assert len([p for p in kept.values() if f"step {last + 1}," in p.abstract]) in (
            (29, 30) if newer else (0,)
        )
        check_found(opened, list(kept.values())[::10], Tiny())
        opened.drop(kept)  # whoever writes sweeps away what was left behind
        check_whole(opened)
        assert opened.examine(Tiny()).is_whole
