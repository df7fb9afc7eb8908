"""The library on a real Chroma and a real tantivy, and what faults and other processes do to it."""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rag.core.filters import Filters
from rag.core.papers import Paper
from rag.errors import LibraryBusyError, LibraryError, RagError
from rag.library import Library, Outcome, Written, disk
from rag.library.passages import passages
from rag.library.records import centroid, unpacked
from rag.models.embedding import Embedding
from rag.question.parsing import read
from rag.search.retrieval import search
from tests.library.tiny import (
    PRELUDE,
    ROOT,
    TINY,
    Counting,
    Tiny,
    check_found,
    check_whole,
    paper,
    python,
    vector_ids,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture(scope="module")
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


# -- reading -------------------------------------------------------------------------------------


def test_all_papers_are_there_as_they_were_read(library: Library, papers: list[Paper]) -> None:
    assert len(library) == len(papers)
    assert list(library.papers()) == sorted(papers, key=lambda p: p.id)
    for p in papers:
        assert library.get(p.id) == p
    assert library.get("9901.00001") is None
    check_whole(library)


def test_records_come_in_the_order_asked_for(library: Library, papers: list[Paper]) -> None:
    wanted = [papers[7].id, "9901.00001", papers[3].id, papers[7].id]
    assert list(library.records(wanted)) == [papers[7].id, papers[3].id]
    assert library.records([]) == {}


def test_records_hold_the_passages_of_the_paper(
    library: Library, papers: list[Paper], embedding: Embedding
) -> None:
    records = library.records(p.id for p in papers)
    for p in papers:
        assert list(records[p.id].passages) == passages(p, embedding.fits)


def test_vectors_are_those_of_the_passages(
    library: Library, papers: list[Paper], embedding: Embedding
) -> None:
    records = list(library.records(p.id for p in papers[:5]).values())
    for record in records:
        direct = embedding.encode([p.text for p in record.passages])
        assert np.allclose(record.vectors, direct, atol=2e-3)
        assert np.allclose(np.linalg.norm(record.vectors, axis=1), 1, atol=1e-3)
        assert np.allclose(record.whole, centroid(direct), atol=1e-3)
    together = unpacked(records)
    assert np.array_equal(together, np.vstack([v for r in records for v in (r.whole, r.vectors)]))
    assert unpacked([]).shape[0] == 0


def test_every_paper_is_found_by_its_title(
    library: Library, papers: list[Paper], embedding: Embedding
) -> None:
    check_found(library, papers, embedding)


def test_nearest_is_what_all_cosines_say(
    library: Library, papers: list[Paper], embedding: Embedding
) -> None:
    records = library.records(p.id for p in papers)
    query = embedding.encode_query("object tracking with transformers")
    best = {i: float((r.vectors @ query).max()) for i, r in records.items()}
    found = library.nearest(query, 2_000)
    assert found.keys() == best.keys()
    assert all(found[i] == pytest.approx(best[i], abs=1e-3) for i in best)
    assert list(found.values()) == sorted(found.values(), reverse=True)
    first = library.nearest(query, 3)
    assert 1 <= len(first) <= 3
    assert list(first) == list(found)[: len(first)]


def test_matching_knows_stems_and_weighs_the_title(library: Library, papers: list[Paper]) -> None:
    one, many = library.matching("tracker", 200), library.matching("TRACKERS", 200)
    assert one == many
    assert one
    assert all("track" in (p.title + p.abstract).lower() for p in papers if p.id in one)
    assert list(one.values()) == sorted(one.values(), reverse=True)
    assert library.matching("zyzzyva", 10) == {}
    assert library.matching("", 10) == {}
    assert library.matching("?!", 10) == {}
    assert len(library.matching("image", 3)) == 3


def test_matching_among_some_gives_them_the_same_scores(library: Library) -> None:
    scores = library.matching("self-supervised video", 200)
    some = list(scores)[::5]
    among = library.matching("self-supervised video", 200, among=some)
    assert among == pytest.approx({i: scores[i] for i in some})


def test_frequency_counts_papers(library: Library) -> None:
    (term,) = library.terms("Transformers transformer")
    count = library.frequency(term)
    assert 0 < count <= len(library.matching("transformer", 200))
    assert library.frequency("zyzzyva") == 0


def test_an_empty_library_finds_nothing(path: Path, embedding: Embedding) -> None:
    empty = Library.create(path, embedding)
    assert len(empty) == 0
    assert list(empty.papers()) == []
    assert empty.nearest(embedding.encode_query("tracking"), 10) == {}
    assert empty.matching("tracking", 10) == {}
    assert empty.frequency("track") == 0
    assert empty.get("2104.00001") is None
    assert search(read("which papers use transformers?"), empty, embedding) == []
    assert empty.put([], embedding) == Written()
    assert empty.drop(["2104.00001"]) == 0


# -- writing -------------------------------------------------------------------------------------


def test_the_same_papers_again_change_and_embed_nothing(
    copied: Library, papers: list[Paper], embedding: Embedding
) -> None:
    before = vector_ids(copied)
    counting = Counting(embedding)
    assert copied.put(papers, counting) == Written(unchanged=len(papers))
    assert copied.put(papers[::-1], counting) == Written(unchanged=len(papers))
    assert counting.texts == 0
    assert vector_ids(copied) == before


def test_only_what_is_new_is_embedded(
    copied: Library, papers: list[Paper], embedding: Embedding
) -> None:
    counting = Counting(embedding)
    new = paper(1, "A single sentence.")
    assert copied.put([*papers, new], counting) == Written(added=1, unchanged=len(papers))
    assert counting.texts == 2
    assert copied.get(new.id) == new
    check_whole(copied)


def test_an_updated_abstract_replaces_the_old_one(
    copied: Library, papers: list[Paper], embedding: Embedding
) -> None:
    old, counting = papers[0], Counting(embedding)
    new = replace(old, abstract="We breed zyzzyvas. They are weevils of South America.")
    old_names = copied.records([old.id])[old.id].names
    assert copied.put([new], counting) == Written(updated=1)
    assert counting.texts == 3
    assert len(copied) == len(papers)
    assert copied.get(old.id) == new
    assert list(copied.matching("zyzzyva", 5)) == [old.id]
    assert next(iter(copied.nearest(embedding.encode_query("breeding weevils"), 5))) == old.id
    assert not set(old_names) & set(vector_ids(copied))
    check_whole(copied)


def test_new_metadata_is_kept_without_embedding_anything(tiny: Library) -> None:
    counting = Counting(Tiny())
    new = replace(paper(2), listed=date(2021, 4, 2), categories=("cs.CV",), authors=("A. Uthor",))
    assert tiny.put([paper(1), new], counting) == Written(updated=1, unchanged=1)
    assert counting.texts == 0
    assert tiny.get(new.id) == new
    assert tiny.select(Filters(categories=("cs.CV",))) == [new.id]
    check_whole(tiny)


def test_two_papers_with_the_same_text_are_two(tiny: Library) -> None:
    one, two = paper(11, title="Twins"), paper(12, title="Twins")
    assert tiny.put([one, two], Tiny()) == Written(added=2)
    assert set(tiny.matching("twins", 5)) == {one.id, two.id}
    nearest = list(tiny.nearest(Tiny().encode_query("Twins"), 2))
    assert sorted(nearest) == [one.id, two.id]
    assert tiny.drop([one.id]) == 1
    assert list(tiny.nearest(Tiny().encode_query("Twins"), 1)) == [two.id]
    check_whole(tiny)


def test_a_paper_twice_in_one_run_is_written_once(tiny: Library) -> None:
    later = replace(paper(21), abstract="The later text counts.")
    tiny.put([paper(21), later], Tiny())
    assert tiny.get(later.id) == later
    assert len(tiny) == 4
    check_whole(tiny)


def test_dropped_papers_are_gone(tiny: Library) -> None:
    assert tiny.drop([paper(1).id, "9901.00001", paper(3).id, paper(3).id]) == 2
    assert [p.id for p in tiny.papers()] == [paper(2).id]
    assert tiny.get(paper(1).id) is None
    assert list(tiny.nearest(Tiny().encode_query(paper(1).title), 9)) == [paper(2).id]
    assert tiny.matching("number 1", 5).keys() == {paper(2).id}
    check_whole(tiny)
    assert tiny.put([paper(1)], Tiny()) == Written(added=1)
    check_found(tiny, [paper(1)], Tiny())


def test_a_paper_without_an_abstract_has_its_title(tiny: Library) -> None:
    assert tiny.put([paper(31, "")], Tiny()) == Written(added=1)
    assert [p.is_title for p in tiny.records([paper(31).id])[paper(31).id].passages] == [True]
    check_found(tiny, [paper(31)], Tiny())
    check_whole(tiny)


@pytest.mark.slow
def test_unicode_and_very_long_words_are_kept(path: Path, embedding: Embedding) -> None:
    odd = [
        paper(
            1, "Über naïve Modelle: 视觉跟踪 مرحبا 🙂 ﬁne ` \u200b \x7f 𝓍². Ende.", title="Ünïcödé"
        ),
        paper(2, "x" * 50_000, title="A word of fifty thousand letters"),
        paper(3, "Well-" * 2_000 + ". " + "no space,but,commas," * 500),
        paper(4, "\ufdfa" * 300, title="‮ right to left"),  # eighteen letters each when folded
    ]
    made = Library.create(path, embedding)
    assert made.put(odd, embedding) == Written(added=4)
    assert [made.get(p.id) for p in odd] == odd
    for record in made.records(p.id for p in odd).values():
        assert all(embedding.fits(passage.text) for passage in record.passages)
    assert list(made.matching("unicode", 5)) == [odd[0].id]  # accents do not count
    assert made.put(odd, embedding) == Written(unchanged=4)
    check_whole(made)


@pytest.mark.slow
def test_more_passages_than_chroma_takes_at_once(path: Path) -> None:
    long = [paper(n, " ".join(f"Sentence {i} of {n}." for i in range(45))) for n in range(130)]
    made = Library.create(path, Tiny())
    assert made.put(long, Tiny()) == Written(added=130)
    records = made.records(p.id for p in long)
    assert sum(len(r.passages) for r in records.values()) == 130 * 46 > 5_461
    check_whole(made)
    check_found(made, long[::40], Tiny())
    changed = [replace(p, categories=("cs.LG",)) for p in long]
    assert made.put(changed, Tiny()) == Written(updated=130)
    assert made.put([replace(p, abstract="Now short.") for p in long], Tiny()).updated == 130
    check_whole(made)


def test_what_it_writes_itself_makes_it_open_nothing_anew(tiny: Library) -> None:
    vectors = tiny.store().vectors
    for number in (4, 5):
        tiny.put([paper(number)], Tiny())
        assert tiny.store().vectors is vectors
    assert len(tiny) == 5
    check_whole(tiny)


def test_progress_is_told_batch_by_batch(path: Path) -> None:
    told: list[Sequence[Outcome]] = []
    many = [paper(n) for n in range(450)]
    assert Library.create(path, Tiny()).put(iter(many), Tiny(), told.append).added == 450
    assert [o for some in told for o in some] == [Outcome(p.id, "added") for p in many]
    assert len(told) > 1


# -- identity ------------------------------------------------------------------------------------


def test_another_model_is_refused_and_both_are_named(library: Library, path: Path) -> None:
    for opening in (Library.open, Library.create):
        with pytest.raises(LibraryError) as error:
            opening(library.path, Tiny())
        said = str(error.value)
        assert "\n" not in said
        for part in ("all-MiniLM-L6-v2", "384", "tiny-test-model", str(TINY), "RAG_EMBEDDING"):
            assert part in said


def test_other_weights_of_the_same_name_are_refused(tiny: Library) -> None:
    other = Tiny()
    other.fingerprint = "0" * 32  # type: ignore[misc]
    with pytest.raises(LibraryError, match="tiny-test-model"):
        Library.open(tiny.path, other)


def test_an_older_passage_rule_is_refused(tiny: Library) -> None:
    disk.write_identity(tiny.path, replace(tiny.identity, passage_rule="by the page"))
    with pytest.raises(LibraryError, match="build it again"):
        Library.open(tiny.path, Tiny())


def test_a_missing_index_is_named_with_the_remedy(path: Path) -> None:
    with pytest.raises(LibraryError, match=r"no index at .*library: .*rag index") as error:
        Library.open(path)
    assert "\n" not in str(error.value)
    assert not path.exists()


def test_an_index_of_the_future_is_refused(tiny: Library) -> None:
    file = disk.identity_file(tiny.path)
    kept = json.loads(file.read_text())
    file.write_text(json.dumps(kept | {"format": disk.FORMAT + 1, "news": True}))
    with pytest.raises(LibraryError, match=f"format {disk.FORMAT + 1}, .* reads {disk.FORMAT}"):
        Library.open(tiny.path)


CUT_OFF = f'{{"format": {disk.FORMAT}}}'


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "3", "{}", CUT_OFF, CUT_OFF[:-1] + ', "x": 2}', "\x00"]
)
def test_a_damaged_identity_is_an_error_of_one_line(tiny: Library, text: str) -> None:
    disk.identity_file(tiny.path).write_text(text)
    for opening in (Library.open, Library.create):
        with pytest.raises(LibraryError, match=r"identity\.json cannot be read") as error:
            opening(tiny.path, Tiny())
        assert "\n" not in str(error.value)


@pytest.mark.parametrize("kind", ["*.sqlite3", "meta.json", "*.store", "*.term"])
def test_damage_is_an_error_of_one_line(tiny: Library, kind: str) -> None:
    path = tiny.path
    for file in path.rglob(kind):
        file.write_bytes(b"\x07 damaged" * 40)

    def use() -> None:
        opened = Library.open(path, Tiny())
        opened.get(paper(1).id)
        opened.matching("paper", 5)
        opened.nearest(Tiny().encode_query("paper"), 5)

    with pytest.raises(LibraryError, match="doctor --repair") as error:
        use()
    assert "\n" not in str(error.value)
    with pytest.raises(LibraryError):
        Library.open(path, Tiny()).put([paper(4)], Tiny())


def test_lost_vectors_are_an_error_with_the_remedy(tiny: Library) -> None:
    tiny.store().vectors.delete(tiny.records([paper(2).id])[paper(2).id].names)
    writer = Library.open(tiny.path)
    with pytest.raises(LibraryError, match=r"lacks 3 of 9 of its vectors: .*doctor --repair"):
        writer.put([paper(4)], Tiny())
    assert len(writer) == 3


# -- other processes -----------------------------------------------------------------------------


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


# -- faults --------------------------------------------------------------------------------------

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
    for moment in np.random.default_rng(7).uniform(0.0, 1.0, size=8):
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


# -- versions, sources, withdrawals --------------------------------------------------------------


def test_what_became_of_each_paper_is_told(tiny: Library) -> None:
    told: list[Outcome] = []
    first = replace(paper(1), version=2, sources=("b",))
    tiny.put([paper(4), first, replace(first, abstract="Older.", version=1)], Tiny(), told.extend)
    tiny.put([replace(first, abstract="Newer.", version=3)], Tiny(), told.extend)
    assert told == [
        Outcome(paper(4).id, "added"),
        Outcome(first.id, "updated", "more is known of it"),
        Outcome(first.id, "unchanged", "an older version than is kept"),
        Outcome(first.id, "updated", "new text"),
    ]
    check_whole(tiny)


def test_a_paper_of_two_sources_is_one_and_remembers_both(tiny: Library) -> None:
    one = replace(paper(8), authors=("A. Bee",), sources=("one.md",))
    two = replace(paper(8), categories=("cs.CV",), sources=("two.json",))
    counting = Counting(Tiny())
    assert tiny.put([one], counting) == Written(added=1)
    texts = counting.texts
    assert tiny.put([two], counting) == Written(updated=1)
    assert tiny.put([one, two], counting) == Written(unchanged=2)
    assert counting.texts == texts
    kept = tiny.get(one.id)
    assert kept == replace(one, categories=("cs.CV",), sources=("one.md", "two.json"))


def test_a_withdrawn_paper_is_kept_and_never_found(tiny: Library) -> None:
    gone = replace(paper(2), abstract="Withdrawn.", version=2, withdrawn=True)
    assert tiny.put([gone], Tiny()) == Written(updated=1)
    kept = tiny.get(gone.id)
    assert kept is not None
    assert kept.withdrawn
    assert len(tiny) == 2
    assert gone.id not in tiny.nearest(Tiny().encode_query(gone.title), 9)
    assert gone.id not in tiny.matching("paper number 2 withdrawn", 9)
    assert gone.id not in tiny.select(Filters(ids=(gone.id,)))
    assert gone.id not in tiny.identifiers()
    assert tiny.count(Filters()) == 2
    assert gone.id not in {m.paper.id for m in search(read("Paper number 2"), tiny, Tiny())}
    assert tiny.listing()[0] == 3
    check_whole(tiny)
    back = replace(paper(2), version=3)
    assert tiny.put([back], Tiny()) == Written(updated=1)
    assert gone.id in tiny.nearest(Tiny().encode_query(gone.title), 9)
    check_whole(tiny)


# -- lists ---------------------------------------------------------------------------------------


def test_a_listing_is_sorted_filtered_and_read_page_by_page(path: Path) -> None:
    made = Library.create(path, Tiny())
    days = [None if n == 7 else date(2021, 4, 1 + n % 5) for n in range(25)]
    papers = [
        paper(n, title=f"{'zyx'[n % 3]} «Title» {n:02}", listed=days[n], authors=(f"Name{n} Bee",))
        for n in range(25)
    ]
    made.put(papers, Tiny())
    total, first = made.listing(k=10)
    assert total == 25
    rest = made.listing(skip=10, k=100)[1]
    assert {p.id for p in (*first, *rest)} == {p.id for p in papers}
    listed = [p.listed for p in (*first, *rest)]
    assert listed[-1] is None
    assert listed[:-1] == sorted((d for d in days if d), reverse=True)
    by_title = [p.title for p in made.listing(sort="title", descending=False)[1]]
    assert by_title == sorted(by_title)
    assert [p.id for p in made.listing(sort="id", descending=False, k=3)[1]] == [
        p.id for p in papers[:3]
    ]
    only = Filters(since=date(2021, 4, 3), until=date(2021, 4, 3))
    assert made.listing(filters=only)[0] == sum(d == date(2021, 4, 3) for d in days)
    assert [p.id for p in made.listing("title nam")[1]]  # words of title and author, the last begun
    assert [p.id for p in made.listing("sentence name24")[1]] == [papers[24].id]
    assert made.listing("nowhere") == (0, [])
    assert made.listing("(*.[ \\")[0] == 25  # marks are no words
    assert made.days() == (date(2021, 4, 1), date(2021, 4, 5))


def test_categories_are_counted(tiny: Library) -> None:
    tiny.put([replace(paper(n), categories=("cs.CV", "cs.AI")[:n]) for n in (1, 2)], Tiny())
    assert tiny.categories() == {"cs.CV": 2, "cs.AI": 1}


# -- doctor --------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_whole_library_is_said_to_be_whole(library: Library, embedding: Embedding) -> None:
    found = library.examine(embedding)
    assert found.is_whole
    assert found.papers == len(library)
    assert found.sought == found.passages


@pytest.mark.parametrize("damage", ["lost", "orphaned", "gone", "broken", "other"])
def test_what_is_wrong_in_chroma_is_found_and_mended(tiny: Library, damage: str) -> None:
    names = tiny.records([paper(2).id])[paper(2).id].names
    vectors = tiny.store().vectors
    if damage == "lost":
        vectors.delete(names[1:])
    elif damage == "orphaned":
        vectors.write(["2104.09999@0123456789ab#0"], Tiny().encode(["orphan"]))
    elif damage == "gone":
        shutil.rmtree(tiny.path / "vectors")
    elif damage == "broken":
        for file in tiny.path.rglob("*.sqlite3"):
            file.write_bytes(b"\x07 damaged" * 400)
    elif damage == "other":
        vectors.write(names, -Tiny().encode(names))
    opened = Library.open(tiny.path, Tiny())
    found = opened.examine(Tiny())
    assert not found.is_whole
    assert len(found.lines()) > 1
    reader = Library.open(tiny.path, Tiny())
    if damage in ("lost", "orphaned", "other"):
        reader.nearest(Tiny().encode_query("anything"), 3)
    assert opened.repair(Tiny()).is_whole
    check_found(reader, [paper(1), paper(2), paper(3)], Tiny())  # whoever was open sees it too
    again = Library.open(tiny.path, Tiny())
    check_whole(again)
    check_found(again, [paper(1), paper(2), paper(3)], Tiny())
    assert again.put([paper(4)], Tiny()) == Written(added=1)


def test_vectors_that_do_not_fit_are_made_again(tiny: Library) -> None:
    class Lying(Tiny):
        def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
            return -super().encode(texts)

    tiny.put([paper(4)], Lying())
    found = tiny.examine(Tiny())
    assert found.spoiled == [paper(4).id]
    assert tiny.repair(Tiny()).is_whole
    check_found(tiny, [paper(4)], Tiny())


def test_nobody_writes_while_the_library_is_examined(
    tiny: Library, writer: "subprocess.Popen[str]"
) -> None:
    for attempt in (tiny.examine, tiny.repair):
        with pytest.raises(LibraryBusyError):
            attempt(Tiny())
    said, _ = writer.communicate("go on\n", timeout=60)
    assert "added=1" in said
    assert tiny.examine(Tiny()).is_whole


def test_an_address_with_any_mark_is_an_identifier(tiny: Library) -> None:
    address = "https://example.org/@author/a@b#c"
    odd = Paper(address, "An odd address", "It has marks of all kinds.", address, "")
    tiny.put([odd], Tiny())
    assert next(iter(tiny.nearest(Tiny().encode_query(odd.title), 5))) == address
    assert tiny.examine(Tiny()).is_whole
    tiny.store().vectors.delete(tiny.records([address])[address].names)
    assert tiny.repair(Tiny()).is_whole
    assert tiny.drop([address]) == 1
    check_whole(tiny)


def test_vectors_that_are_nowhere_are_missed_by_readers_too(tiny: Library) -> None:
    shutil.rmtree(tiny.path / "vectors")
    with pytest.raises(LibraryError, match="lacks all of its vectors"):
        Library.open(tiny.path).nearest(Tiny().encode_query("anything"), 3)
