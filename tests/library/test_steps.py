"""Killed before each change that is made to the disk, and no room for any of them."""

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.library import Library, doctor
from rag.library.backup import backup
from rag.library.restoring import restore
from tests.library.tiny import Tiny, copied, many, paper, python


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return many(tmp_path_factory.mktemp("whole") / "library").path


@pytest.fixture
def made(whole: Path, tmp_path: Path) -> Library:
    return copied(whole, tmp_path / "library")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "papers.backup"


STEPS = """
from rag.library import backup, doctor, restoring
changes = {"open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate", "os.chmod"}
left = int(sys.argv[4])
def count(event, given):
    global left
    reads = event == "open" and not given[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    if event not in changes or reads:
        return
    if not left:
        os.kill(os.getpid(), 9)
    left -= 1
model = t.Tiny()
sys.addaudithook(count)
if sys.argv[2] == "backup":
    backup.backup(path, Path(sys.argv[3]))
elif sys.argv[2] == "restore":
    restoring.restore(Path(sys.argv[3]), path.with_name("restored"))
else:
    doctor.repair(path, model)
"""


def killed_at_each_step(made: Library, what: str, file: Path) -> Iterator[int]:
    """Kill a process before each change that it makes to the disk, then before the next one."""
    for step in range(500):
        done = python(STEPS, made.path, what, file, step)
        yield step
        if done.returncode == 0:
            return
        assert done.returncode == -signal.SIGKILL, done.stderr
    pytest.fail("it has no end")


@pytest.mark.slow
def test_killed_before_each_step_a_backup_is_the_one_before_or_the_new_one(
    made: Library, file: Path, tmp_path: Path
) -> None:
    backup(made.path, file)
    before = file.read_bytes()
    made.put([paper(70)], Tiny())
    wanted = {p.id for p in made.papers()}
    steps = 0
    for step in killed_at_each_step(made, "backup", file):
        new = tmp_path / f"new-{step}"
        restore(file, new)
        there = {p.id for p in Library.open(new, Tiny()).papers()}
        assert there == wanted or (there < wanted and file.read_bytes() == before)
        steps = step
    assert there == wanted
    assert steps >= 3
    assert {p.name for p in file.parent.glob(f"{file.name}*")} == {file.name}


@pytest.mark.slow
def test_killed_before_each_step_a_restored_library_is_whole_or_not_there(
    made: Library, file: Path
) -> None:
    backup(made.path, file)
    restored = made.path.with_name("restored")
    for _ in killed_at_each_step(made, "restore", file):
        if restored.exists():
            assert list(Library.open(restored, Tiny()).papers()) == list(made.papers())
            assert doctor.examine(restored, Tiny()).is_whole
            shutil.rmtree(restored)  # killed after its last step, or at the end
    assert backup(made.path, file).papers == len(made)


LOST = {
    "meta, journal and identity": ("words/meta.json", "journal.json", "identity.json"),
    "words": ("words/*.idx", "words/*.term"),
    "chroma": ("vectors/chroma.sqlite3",),
}


@pytest.mark.slow
@pytest.mark.parametrize("lost", LOST)
def test_killed_before_each_step_of_a_repair_nothing_is_lost(
    made: Library, file: Path, tmp_path: Path, lost: str
) -> None:
    """Each repair that was cut off is mended by the next, and leaves all that it found."""
    papers, whole = list(made.papers()), tmp_path / "whole"
    shutil.copytree(made.path, whole)
    for step in range(500):
        path = tmp_path / f"spoilt-{step}" / "library"
        shutil.copytree(whole, path)
        for name in LOST[lost]:
            sorted(path.glob(name))[0].unlink()
        done = python(STEPS, path, "repair", file, step)
        if done.returncode:
            assert done.returncode == -signal.SIGKILL, done.stderr
            doctor.repair(path, Tiny())
        assert list(Library.open(path, Tiny()).papers()) == papers
        assert doctor.examine(path, Tiny()).is_whole
        shutil.rmtree(path.parent)
        if not done.returncode:
            assert step >= 3
            return
    pytest.fail("it has no end")


NO_ROOM = """
import resource
from rag.errors import LibraryError
from rag.library import backup, doctor, restoring
model, limit = t.Tiny(), int(sys.argv[4])
uses = {
    "put": lambda: Library.open(path, model).put([t.paper(n) for n in range(70, 90)], model),
    "drop": lambda: Library.open(path, model).drop([t.paper(9).id]),
    "backup": lambda: backup.backup(path, Path(sys.argv[3])),
    "restore": lambda: restoring.restore(Path(sys.argv[3]), path.with_name("restored")),
    "repair": lambda: doctor.repair(path, model),
}
said, before = "done", resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
try:
    uses[sys.argv[2]]()
except LibraryError as error:
    said = str(error)
resource.setrlimit(resource.RLIMIT_FSIZE, before)
print(said)
"""


@pytest.mark.slow
@pytest.mark.parametrize("use", ["put", "drop", "backup", "restore", "repair"])
def test_without_room_for_a_file_it_is_said_and_nothing_is_lost(
    whole: Path, tmp_path: Path, use: str
) -> None:
    """Files may have so many bytes and no more: each limit stops it at another step."""
    papers = {p.id for p in Library.open(whole, Tiny()).papers()}
    stopped = 0
    for limit in (0, 400, 6_000, 30_000, 170_000, 300_000, 5_000_000):
        path, file = tmp_path / f"{limit}" / "library", tmp_path / f"{limit}" / "a.backup"
        shutil.copytree(whole, path)
        if use == "restore":
            backup(path, file)
        if use == "repair":
            (path / "journal.json").unlink()
            sorted((path / "words").glob("*.idx"))[0].unlink()
        done = python(NO_ROOM, path, use, file, limit)
        assert done.returncode == 0, done.stderr
        assert done.stdout.count("\n") == 1
        is_done = done.stdout == "done\n"
        stopped += not is_done
        assert is_done or "make room" in done.stdout
        if use in ("backup", "restore"):
            made_there = file if use == "backup" else path.with_name("restored")
            assert made_there.exists() == is_done
        doctor.repair(path, Tiny())
        there = {p.id for p in Library.open(path, Tiny()).papers()}
        assert there >= papers - ({paper(9).id} if use == "drop" else set())
        assert doctor.examine(path, Tiny()).is_whole
    assert 0 < stopped < 7
