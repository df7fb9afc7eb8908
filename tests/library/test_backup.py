"""A library in one file: whole whatever others do meanwhile, and whenever it is cut off."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from rag.collections import Collections
from rag.errors import LibraryError
from rag.library import Library, Written, doctor
from rag.library.backup import LIST, backup
from rag.library.restoring import restore
from tests.library.tiny import (
    PRELUDE,
    ROOT,
    Tiny,
    check_found,
    check_whole,
    copied,
    many,
    paper,
    python,
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    library = many(tmp_path_factory.mktemp("whole") / "library")
    (library.path / "fetched.json").write_text('{"mine": 1}')
    return library.path


@pytest.fixture
def made(whole: Path, tmp_path: Path) -> Library:
    return copied(whole, tmp_path / "library")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "papers.backup"


def test_what_was_backed_up_is_restored(made: Library, file: Path, tmp_path: Path) -> None:
    assert backup(made.path, file).papers == 59
    told: list[tuple[int, int]] = []
    new = tmp_path / "elsewhere" / "library"
    assert restore(file, new, progress=lambda *n: told.append(n)).papers == 59
    assert told[-1] == (59, 59)
    opened = Library.open(new, Tiny())
    assert list(opened.papers()) == list(made.papers())
    assert (new / "fetched.json").read_text() == '{"mine": 1}'
    check_whole(opened)
    check_found(opened, list(opened.papers()), Tiny())
    assert doctor.examine(new, Tiny()).is_whole
    assert opened.identity.collection != made.identity.collection  # one server may keep both
    assert opened.put([paper(3)], Tiny()) == Written(added=1)
    assert len(made) == 59
    assert [f.name for f in new.parent.iterdir()] == ["library"]  # nothing is left beside it


@pytest.mark.parametrize("place", ["a.backup", "words/a.backup", "../library/near/../a.backup"])
def test_a_backup_does_not_lie_in_what_it_holds(made: Library, place: str) -> None:
    with pytest.raises(LibraryError, match="lies in the index itself"):
        backup(made.path, made.path / place)
    assert doctor.examine(made.path, Tiny()).is_whole
    assert not list(made.path.rglob("*.backup*"))


def test_a_pipe_is_neither_written_to_nor_waited_for(made: Library, tmp_path: Path) -> None:
    os.mkfifo(pipe := tmp_path / "pipe")
    with pytest.raises(LibraryError, match="is there already and is no backup"):
        backup(made.path, pipe)
    with pytest.raises(LibraryError, match="is no file"):
        restore(pipe, tmp_path / "new" / "library")


def test_a_name_that_is_too_long_is_one_line(made: Library, tmp_path: Path, file: Path) -> None:
    backup(made.path, file)
    for attempt in (
        lambda: backup(made.path, tmp_path / ("y" * 300)),
        lambda: restore(file, tmp_path / ("y" * 300)),
    ):
        with pytest.raises(LibraryError, match="File name too long"):
            attempt()


def test_damaged_tags_are_told_before_they_are_all_that_is_kept(
    whole: Path, file: Path, tmp_path: Path
) -> None:
    """A name that an address could not hold as it stands is no reason to leave them out."""
    made = copied(whole, tmp_path / "100% #1?" / "library")
    Collections(made.path).tag("kites", [paper(1).id])
    assert backup(made.path, file).papers == 59
    restore(file, new := tmp_path / "new" / "library")
    assert Collections(new).tags() == {"kites": 1}
    tags = Collections(made.path).file
    content = tags.read_bytes()
    tags.write_bytes(content[:100] + b"\xff" * (len(content) - 100))
    before = file.read_bytes()
    with pytest.raises(LibraryError, match=r"is damaged .* no backup was made"):
        backup(made.path, file)
    assert file.read_bytes() == before


def test_a_database_beside_the_papers_is_taken_as_of_one_moment(
    made: Library, file: Path, tmp_path: Path
) -> None:
    database = sqlite3.connect(made.path / "tags.sqlite3")
    database.execute("CREATE TABLE tags (name TEXT)")
    database.execute("INSERT INTO tags VALUES ('kept')")
    database.commit()
    database.execute("INSERT INTO tags VALUES ('not yet')")  # in the middle of a change
    backup(made.path, file)
    database.close()
    restore(file, tmp_path / "new")
    with sqlite3.connect(tmp_path / "new" / "tags.sqlite3") as copied:
        assert copied.execute("SELECT name FROM tags").fetchall() == [("kept",)]


def test_tags_come_along_and_never_over_others(made: Library, file: Path, tmp_path: Path) -> None:
    Collections(made.path).tag("later", [paper(1).id])
    backup(made.path, file)
    for name, others in (("new", []), ("there", [paper(2).id])):
        place = tmp_path / "elsewhere" / name
        if others:
            Collections(place).tag("later", others)
        restore(file, place)
        assert Collections(place).tagged("later") == (others or [paper(1).id])


def test_a_backup_is_replaced_and_nothing_else_is(made: Library, file: Path) -> None:
    backup(made.path, file)
    made.put([paper(100)], Tiny())
    assert backup(made.path, file).papers == 60
    mine = file.with_name("thesis.pdf")
    mine.write_text("mine")
    with pytest.raises(LibraryError, match="is no backup: give another name"):
        backup(made.path, mine)
    assert mine.read_text() == "mine"
    with pytest.raises(LibraryError, match=r"cannot be written .*another place"):
        backup(made.path, file / "below" / "it")
    with pytest.raises(LibraryError, match="no index"):
        backup(made.path.with_name("none"), file)


def test_nothing_is_restored_over_what_is_there(made: Library, file: Path) -> None:
    backup(made.path, file)
    papers = list(made.papers())
    link = made.path.with_name("link")
    link.symlink_to("link")
    for place in (made.path, link):
        with pytest.raises(LibraryError, match="There is something at"):
            restore(file, place)
    assert list(Library.open(made.path, Tiny()).papers()) == papers


def test_a_damaged_index_is_not_backed_up_over_a_whole_one(
    made: Library, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup(made.path, file)
    before = file.read_bytes()
    store = next((made.path / "words").glob("*.store"))
    content = bytearray(store.read_bytes())
    content[5] ^= 1
    store.unlink()
    store.write_bytes(content)
    with pytest.raises(LibraryError, match=r"has a damaged file, .*--repair"):
        backup(made.path, file)
    with monkeypatch.context() as patch:
        patch.setattr("rag.library.opening.MOST_CHECKED", 0)  # as of a library that is too large
        with pytest.raises(LibraryError, match=r"is damaged, and no backup was made: .*--repair"):
            backup(made.path, file)
    store.unlink()
    with pytest.raises(LibraryError, match="doctor"):
        backup(made.path, file)
    assert file.read_bytes() == before
    assert [f.name for f in file.parent.glob("*.part")] == []


def test_a_damaged_backup_restores_nothing(made: Library, file: Path, tmp_path: Path) -> None:
    backup(made.path, file)
    content, new = file.read_bytes(), tmp_path / "new"
    step = len(content) // 40
    for place in range(7, len(content), step):
        flipped = bytearray(content)
        flipped[place] ^= 4
        file.write_bytes(flipped)
        try:
            restore(file, new)
        except LibraryError as error:
            assert "\n" not in str(error)  # noqa: PT017
            assert not new.exists()
        else:  # a bit that no reader of the archive looks at: its time, say
            assert list(Library.open(new, Tiny()).papers()) == list(made.papers())
            new.rename(tmp_path / f"whole-{place}")
    for kept in (b"", b"PK", content[: len(content) // 2], content[:-10]):
        file.write_bytes(kept)
        with pytest.raises(LibraryError, match="no backup, or was cut off"):
            restore(file, new)
    with pytest.raises(LibraryError, match="cannot be read"):
        restore(tmp_path / "none", new)
    assert not new.exists()


@pytest.mark.parametrize("clock", [0.0, 4.6e9, 9e9])
def test_a_clock_that_is_decades_wrong_stops_no_backup(
    made: Library, file: Path, tmp_path: Path, clock: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of a computer without a battery; an archive knows the years from 1980 to 2107."""
    with monkeypatch.context() as wrong:
        wrong.setattr("time.time", lambda: clock)
        backup(made.path, file)
    restore(file, tmp_path / "new")
    assert list(Library.open(tmp_path / "new", Tiny()).papers()) == list(made.papers())


@pytest.mark.parametrize("name", ["words/../../evil", "beside/../evil", "/evil", "words/a/b", "x"])
def test_an_archive_that_reaches_out_of_its_folder_is_refused(
    made: Library, file: Path, tmp_path: Path, name: str
) -> None:
    backup(made.path, file)
    with zipfile.ZipFile(file) as archive:
        listed = json.loads(archive.read(LIST))
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, "evil")
        archive.writestr(LIST, json.dumps(listed | {"sha256": {name: "0"}}))
    with pytest.raises(LibraryError, match="is damaged"):
        restore(file, tmp_path / "new" / "library")
    assert not list(tmp_path.rglob("evil"))


@pytest.mark.slow
def test_a_backup_of_an_index_that_is_written_is_one_of_its_commits(
    made: Library, file: Path, tmp_path: Path
) -> None:
    code = """
import itertools
library = Library.open(path, t.Tiny())
for step in itertools.count():
    library.put([t.paper(n, f"Text of step {step}.") for n in range(100, 130)], t.Tiny())
    print(step, flush=True)
"""
    process = subprocess.Popen(
        [sys.executable, "-c", PRELUDE + code, str(made.path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    taken: list[Path] = []
    try:
        while len(taken) < 8:  # and each of another step, or the same one
            taken.append(file.with_name(f"{len(taken)}.backup"))
            backup(made.path, taken[-1])
            process.stdout.readline()
        assert process.poll() is None  # it wrote all the while
    finally:
        process.kill()
        process.communicate()
    for number, one in enumerate((taken[0], taken[len(taken) // 2], taken[-1])):
        new = tmp_path / f"new-{number}"
        restore(one, new)
        opened = Library.open(new, Tiny())
        texts = {p.abstract for p in opened.papers() if p.id >= paper(100).id}
        assert len(opened) == 89
        assert len(texts) == 1  # of one commit, and whole
        check_whole(opened)


KILLED = """
import threading
from rag.library import backup, restoring
threading.Timer(float(sys.argv[4]), lambda: os.kill(os.getpid(), 9)).start()
if sys.argv[2] == "backup":
    while True:
        backup.backup(path, Path(sys.argv[3]))
for number in range(1_000):
    restoring.restore(Path(sys.argv[3]), path.with_name(f"restored-{number}"))
"""


@pytest.mark.slow
@pytest.mark.parametrize("command", ["backup", "restore"])
def test_killed_at_any_moment_a_backup_is_whole_or_not_there(
    made: Library, file: Path, tmp_path: Path, command: str
) -> None:
    papers = list(made.papers())
    if command == "restore":
        backup(made.path, file)
    for moment in (0.0, 0.03, 0.13, 0.41):
        done = python(KILLED, made.path, command, file, moment)
        assert done.returncode == -signal.SIGKILL, done.stderr
        assert list(Library.open(made.path, Tiny()).papers()) == papers
        if file.exists():
            new = tmp_path / f"new-{moment}"
            restore(file, new)
            assert list(Library.open(new, Tiny()).papers()) == papers
        for one in tmp_path.glob("restored-*"):
            assert list(Library.open(one, Tiny()).papers()) == papers
            assert doctor.examine(one, Tiny()).is_whole
    assert backup(made.path, file).papers == len(papers)  # what was cut off is in nobody's way


RACES = """
from rag.errors import RagError
from rag.library.restoring import restore
who, source = sys.argv[2:4]
(path.parent / f"ready {who}").touch()
while not (path.parent / "go").exists():
    time.sleep(0.001)
try:
    if who.isdecimal():
        Library.create(path, t.Tiny()).put([t.paper(int(who))], t.Tiny())
    else:
        restore(Path(source), path)
    print("done")
except RagError as error:
    print(error)
"""


@pytest.mark.slow
def test_two_restores_and_two_writers_at_one_place_lose_nothing(
    made: Library, file: Path, tmp_path: Path
) -> None:
    """Whoever says that it is done has its papers there, and the others say why not, in a line."""
    backup(made.path, file)
    place = tmp_path / "new" / "library"
    place.parent.mkdir()
    racers = {
        who: subprocess.Popen(
            [sys.executable, "-c", PRELUDE + RACES, place, who, file],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for who in ("one", "other", "101", "102")
    }
    while len(list(place.parent.glob("ready *"))) < len(racers):
        assert all(process.poll() is None for process in racers.values())
        time.sleep(0.01)
    (place.parent / "go").touch()
    said = {who: process.communicate(timeout=120)[0] for who, process in racers.items()}
    assert [process.returncode for process in racers.values()] == [0] * 4
    assert all(text.count("\n") == 1 for text in said.values()), said
    done = [who for who, text in said.items() if text == "done\n"]
    wanted = {paper(int(who)).id for who in done if who.isdecimal()}
    if restored := [who for who in done if not who.isdecimal()]:
        wanted |= {each.id for each in made.papers()}
    assert done
    assert len(restored) <= 1
    opened = Library.open(place, Tiny())
    assert {each.id for each in opened.papers()} == wanted
    assert doctor.examine(place, Tiny()).is_whole
    left = {each.name for each in place.parent.iterdir()} - {"go", "library"}
    assert left == {f"ready {who}" for who in racers}
