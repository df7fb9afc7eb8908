"""How the disk is before each change that is made to it, and no room for any of them."""

import shutil
from pathlib import Path

import pytest

from rag.library import Library, doctor
from rag.library.backup import backup
from rag.library.restoring import restore
from tests.library.tiny import Tiny, copied, many, paper, python


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return many(tmp_path_factory.mktemp("whole") / "library", 9).path


@pytest.fixture
def few(whole: Path, tmp_path: Path) -> Library:
    return copied(whole, tmp_path / "alone" / "library")


STEPS = """
import shutil
from rag.library import backup, doctor, restoring
changes = {"open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate", "os.chmod"}
states, file, count, is_keeping = Path(sys.argv[3]), path.with_name("papers.backup"), 0, False
def keep(event, given):
    global count, is_keeping
    reads = event == "open" and not given[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    if event not in changes or reads or is_keeping:
        return
    is_keeping = True
    while not copied(states / f"{count:03}"):  # threads of tantivy go on meanwhile
        shutil.rmtree(states / f"{count:03}")
    count, is_keeping = count + 1, False
def there():
    files = [(f, f.lstat()) for f in sorted(path.parent.rglob("*"))]
    return [(f, told.st_ino, told.st_size, told.st_mtime_ns) for f, told in files]
def copied(place):
    try:
        before = there()
        shutil.copytree(path.parent, place)
        return before == there()
    except (shutil.Error, FileNotFoundError):
        place.mkdir(exist_ok=True)
        return False
model = t.Tiny()
sys.addaudithook(keep)
if sys.argv[2] == "backup":
    backup.backup(path, file)
elif sys.argv[2] == "restore":
    restoring.restore(file, path.with_name("restored"))
else:
    doctor.repair(path, model)
"""


def before_each_step(folder: Path, what: str, states: Path) -> list[Path]:
    """Return how a folder is before each change that one process makes in it, each state once.

    A process that is killed at any moment leaves one of these: what it has not yet handed to the
    system is not in them.
    """
    states.mkdir()
    done = python(STEPS, folder / "library", what, states)
    assert done.returncode == 0, done.stderr
    return list({contents(state): state for state in sorted(states.iterdir())}.values())


def contents(folder: Path) -> tuple[tuple[str, bytes], ...]:
    files = sorted(folder.rglob("*"))
    return tuple(
        (str(f.relative_to(folder)), f.read_bytes() if f.is_file() else b"") for f in files
    )


@pytest.mark.slow
def test_killed_before_each_step_a_backup_is_the_one_before_or_the_new_one(
    few: Library, tmp_path: Path
) -> None:
    folder = few.path.parent
    backup(few.path, folder / "papers.backup")
    before = (folder / "papers.backup").read_bytes()
    few.put([paper(70)], Tiny())
    wanted = {p.id for p in few.papers()}
    states = before_each_step(folder, "backup", tmp_path / "states")
    assert len(states) >= 3
    for state in states:
        file = state / "papers.backup"
        restore(file, state / "new")
        there = {p.id for p in Library.open(state / "new", Tiny()).papers()}
        assert there == wanted or (there < wanted and file.read_bytes() == before)
        assert backup(state / "library", file).papers == len(wanted)
        assert {p.name for p in state.glob(f"{file.name}*")} == {file.name}


@pytest.mark.slow
def test_killed_before_each_step_a_restored_library_is_whole_or_not_there(
    few: Library, tmp_path: Path
) -> None:
    backup(few.path, few.path.with_name("papers.backup"))
    states = before_each_step(few.path.parent, "restore", tmp_path / "states")
    assert len(states) >= 3
    for state in states:
        restored = state / "restored"
        if not restored.exists():
            restore(state / "papers.backup", restored)
        assert list(Library.open(restored, Tiny()).papers()) == list(few.papers())
        assert doctor.examine(restored, Tiny()).is_whole


LOST = {
    "meta, journal and identity": ("words/meta.json", "journal.json", "identity.json"),
    "words": ("words/*.idx", "words/*.term"),
    "chroma": ("vectors/chroma.sqlite3",),
}


@pytest.mark.slow
@pytest.mark.parametrize("lost", LOST)
def test_killed_before_each_step_of_a_repair_nothing_is_lost(
    few: Library, tmp_path: Path, lost: str
) -> None:
    """Each repair that was cut off is mended by the next, and leaves all that it found."""
    papers = list(few.papers())
    for name in LOST[lost]:
        sorted(few.path.glob(name))[0].unlink()
    states = before_each_step(few.path.parent, "repair", tmp_path / "states")
    assert len(states) >= 3
    for state in states:
        _, left = doctor.repair(state / "library", Tiny())
        assert list(Library.open(state / "library", Tiny()).papers()) == papers
        assert left.is_whole


NO_ROOM = """
import resource
from rag.errors import LibraryError
from rag.library import backup, doctor, restoring
model, limit = t.Tiny(), int(sys.argv[4])
uses = {
    "put": lambda: Library.open(path, model).put([t.paper(n) for n in range(70, 90)], model),
    "drop": lambda: Library.open(path, model).drop([t.paper(5).id]),
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
        _, left = doctor.repair(path, Tiny())
        there = {p.id for p in Library.open(path, Tiny()).papers()}
        assert there >= papers - ({paper(5).id} if use == "drop" else set())
        assert left.is_whole
    assert 0 < stopped < 7
