"""What a library was built with, and what cannot be opened."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from rag.errors import LibraryError
from rag.library import Library, disk
from tests.library.tiny import (
    TINY,
    Tiny,
    paper,
)


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
        file.unlink()  # one that this process has mapped must not become shorter
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
