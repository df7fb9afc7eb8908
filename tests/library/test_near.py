"""All vectors, mapped from disk: what is found, and that it is made up for where it is not."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rag.core.filters import Filters
from rag.library import Library, Record, doctor, near, writing
from tests.library.tiny import Tiny, copied, paper

PAPERS = [paper(n, f"Sentence {n}. More of {n}! And {n} again.") for n in range(40)]
WITHDRAWN = paper(90, "", withdrawn=True)
QUERY = Tiny().encode_query("what is asked")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Papers in several segments, some replaced, dropped or withdrawn since."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing, "PAPERS_PER_COMMIT", 15)
        library = Library.create(tmp_path_factory.mktemp("whole") / "library", Tiny())
        library.put([*PAPERS, WITHDRAWN], Tiny())
        library.drop([paper(3).id])
        library.put([paper(5, "A new text.")], Tiny())
    return library.path


@pytest.fixture
def made(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    """A copy of them."""
    monkeypatch.setattr(writing, "PAPERS_PER_COMMIT", 15)
    return copied(whole, tmp_path / "library")


def records(library: Library) -> list[Record]:
    every = library.records(p.id for p in library.papers()).values()
    return [record for record in every if record.packed]


def files(library: Library) -> list[Path]:
    return sorted((library.path / near.FOLDER).iterdir())


def check_all_looked_at(library: Library) -> None:
    """Every paper has the cosines that its own vectors have, up to what eight bits lose."""
    looked = library.look(QUERY, "again 7")
    assert looked is not None
    by_id = {record.id: record for record in records(library)}
    assert sorted(looked.ids) == sorted(by_id)
    assert len(by_id) == 39
    words = library.matching("again 7", 100)
    assert words
    for n, name in enumerate(looked.ids):
        record = by_id[name]
        assert looked.best[n] == pytest.approx(float((record.vectors @ QUERY).max()), abs=0.006)
        assert looked.whole[n] == pytest.approx(float(record.whole @ QUERY), abs=0.006)
        assert looked.lexical[n] == pytest.approx(words.get(name, 0.0), rel=1e-5)


def test_every_paper_is_looked_at(made: Library) -> None:
    assert len(files(made)) == made.store().searcher.num_segments > 1
    check_all_looked_at(made)
    check_all_looked_at(Library.open(made.path, Tiny()))


def test_passages_come_nearest_first(made: Library) -> None:
    found = made.store().near.nearest_passages(QUERY, 20)
    every = [
        (float(cosine), record.id) for record in records(made) for cosine in record.vectors @ QUERY
    ]
    best = sorted(every, reverse=True)[:20]
    assert [c for _, c in found] == sorted((c for _, c in found), reverse=True)
    assert [c for _, c in found] == pytest.approx([c for c, _ in best], abs=0.006)
    assert made.store().near.nearest_passages(QUERY, 10_000)[-1][1] < 0


def lose(file: Path) -> None:
    file.unlink()


def cut_off(file: Path) -> None:
    content = file.read_bytes()
    file.unlink()  # one that this process has mapped must not become shorter
    file.write_bytes(content[:-1])


def empty(file: Path) -> None:
    file.unlink()
    file.write_bytes(b"")


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 16
    file.write_bytes(content)


def of_others(file: Path) -> None:
    """What is whole, but of other papers: a folder that somebody has put together."""
    part = near.read(file, 8)
    assert part is not None
    near.write(
        file, near.Part(part.documents, part.ids[::-1], part.counts, part.scales, part.codes)
    )


@pytest.mark.parametrize("damage", [lose, cut_off, empty, flip, of_others])
def test_a_damaged_file_is_made_up_for_seen_and_mended(
    made: Library, damage: Callable[[Path], None]
) -> None:
    largest = max(files(made), key=lambda file: file.stat().st_size)
    damage(largest)
    before = {file: file.read_bytes() for file in files(made)}
    opened = Library.open(made.path, Tiny())
    check_all_looked_at(opened)
    assert {file: file.read_bytes() for file in files(made)} == before  # a read makes nothing
    found = doctor.examine(made.path, Tiny())
    assert not found.is_whole
    assert any(largest.name in line for line in found.lines())
    assert doctor.repair(made.path, Tiny())[1].is_whole
    check_all_looked_at(Library.open(made.path, Tiny()))


def test_vectors_that_are_not_the_papers_are_seen(made: Library) -> None:
    file = files(made)[0]
    part = near.read(file, 8)
    assert part is not None
    near.write(file, replace(part, codes=np.flip(part.codes)))
    assert doctor.examine(made.path, Tiny()).near == [f"near/{file.name}"]
    assert doctor.repair(made.path, Tiny())[1].is_whole
    check_all_looked_at(Library.open(made.path, Tiny()))


def test_what_no_segment_needs_is_removed_by_the_next_writer(made: Library) -> None:
    before = files(made)
    stale = made.path / near.FOLDER / "0123.near.new"  # of a run that was killed
    stale.write_bytes(b"half a file")
    made.put([paper(50)], Tiny())
    assert stale not in files(made)
    assert len(files(made)) == made.store().searcher.num_segments
    assert set(files(made)) - set(before)


def test_an_open_reader_goes_on_while_others_write(made: Library) -> None:
    reader = Library.open(made.path, Tiny())
    held = reader.store()
    best, _ = held.near.cosines(QUERY)
    made.put([paper(n, f"Other {n}.") for n in range(100, 130)], Tiny())
    again, _ = held.near.cosines(QUERY)
    assert (again == best).all()
    looked = reader.look(QUERY, "other")
    assert looked is not None
    assert len(looked.ids) == 39 + 30


def test_a_full_disk_keeps_the_papers(made: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(file: Path, part: near.Part) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(near, "write", full)
        assert made.put([paper(50)], Tiny()).added == 1
    looked = Library.open(made.path, Tiny()).look(QUERY, "")
    assert looked is not None
    assert paper(50).id in looked.ids
    made.put([paper(51)], Tiny())
    assert len(files(made)) == made.store().searcher.num_segments
    assert doctor.examine(made.path, Tiny()).is_whole


def test_a_larger_library_has_no_such_files(made: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(near, "MOST_COMPARED", 30)
        assert made.look(QUERY, "again") is None
        assert made.put([paper(60)], Tiny()).added == 1
        assert files(made) == []
        assert made.examine(Tiny()).is_whole
        assert paper(60).id in made.select(Filters())
    made.put([paper(61)], Tiny())
    assert len(files(made)) == made.store().searcher.num_segments
    assert made.look(QUERY, "again") is not None
