"""A library looked at by its doctor, and in the order of a repair."""

import shutil
import subprocess
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from rag.core.papers import Paper
from rag.errors import LibraryBusyError, LibraryError
from rag.library import Library, Written
from rag.models.embedding import Embedding
from tests.library.tiny import (
    Tiny,
    check_found,
    check_whole,
    paper,
)


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


@pytest.mark.slow
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
