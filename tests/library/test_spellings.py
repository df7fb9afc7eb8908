"""Papers are found by any spelling of their words; in an older index once it is renewed."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from rag.core.filters import Filters
from rag.core.papers import Paper
from rag.errors import LibraryError
from rag.library import Library, disk, terms
from rag.library.passages import PASSAGE_RULE
from rag.library.records import Record
from rag.listings import read
from tests.library.tiny import ROOT, Tiny, paper

SPELLINGS = ROOT / "tests" / "data" / "spellings.jsonl"


@pytest.fixture(scope="module")
def kites(tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = Library.create(tmp_path_factory.mktemp("kites") / "library", Tiny())
    listed = [one for one in read(SPELLINGS) if isinstance(one, Paper)]
    library.put([*listed, paper(11, "On rings.", authors=("Jean-Pierre Serre",))], Tiny())
    assert len(library) == 11
    return library


def ends(found: list[str]) -> set[int]:
    return {int(identifier[-2:]) for identifier in found}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Schrödinger", {2, 3, 4}),
        ("schroedinger", {2, 3, 4}),
        ("Schrodinger", {2, 3, 4}),
        ("poincare", {1}),
        ("re-identification", {6, 7}),
        ("reidentification", {6, 7}),
        ("identification", {6}),
        ("风筝", {9}),
        ("跟踪", {9}),
        ("筝", {9}),
        ("etude", {10}),
        ("l'étude", {10}),
        ("cerfs volants", {10}),
        ("cerfvolant", set()),
    ],
)
def test_words(kites: Library, words: str, found: set[int]) -> None:
    assert ends(list(kites.matching(words, 20))) == found


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Müller", {1, 2}),
        ("Mueller", {1, 2}),
        ("Muller", {1, 2}),
        ("Munoz", {3}),
        ("Odegard", {4}),
        ("Ødegaard", {4}),
        ("O'Neill", {5, 6}),
        ("O’Neill", {5, 6}),
        ("Ann ONeill", {5}),
        ("Jean-Pierre Serre", {11}),
        ("Jean Pierre Serre", {11}),
        ("Jeanpierre Serre", {11}),
        ("王小明", {9}),
        ("Lefevre", {10}),
    ],
)
def test_authors(kites: Library, name: str, found: set[int]) -> None:
    assert kites.has_author(name)
    assert ends(kites.select(Filters(authors=(name,)))) == found


def test_titles(kites: Library) -> None:
    for title in ("The Schroedinger equation for kites", "the schrodinger Equation for kites"):
        assert [p.id for p in kites.titled(title)] == ["2401.30002"]
    assert [p.id for p in kites.titled("Reidentification of kites")] == ["2401.30006"]
    assert [p.id for p in kites.titled("带有中文标题的风筝论文")] == ["2401.30009"]


def test_a_list_is_narrowed_by_what_is_typed(kites: Library) -> None:
    assert ends([p.id for p in kites.listing("Schroedinger Mu")[1]]) == {2, 3}
    assert ends([p.id for p in kites.listing("identif")[1]]) == {6}


# -- an index of the older format ------------------------------------------------------------------


@pytest.fixture
def older(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    """An index as the version before made it: tantivy cut the words of the texts."""
    papers = [
        paper(1, "We study re-identification on CIFAR10."),
        paper(2, "We study reidentification on CIFAR-10 with transformers."),
        Paper("2104.00003", "Gone", "", url="", pdf="", withdrawn=True),
    ]
    with monkeypatch.context() as patched:
        patched.setattr(disk, "FORMAT", terms.OLDER_FORMAT)
        patched.setattr(disk.Identity.__init__, "__defaults__", (PASSAGE_RULE, 3))
        patched.setattr(terms, "tokenizer", terms._older)
        for name in ("values", "name_values"):
            patched.setattr(terms, name, lambda text: [text])
        library = Library.create(tmp_path / "library", Tiny())
        library.put(papers, Tiny())
    assert json.loads(disk.identity_file(library.path).read_text())["format"] == 3
    return Library.open(library.path, Tiny())


def test_it_is_read_as_it_was_made(older: Library) -> None:
    before = sorted(f.name for f in (older.path / "words").iterdir())
    assert list(older.matching("transformers", 5)) == ["2104.00002"]
    assert list(older.matching("re-identification", 5)) == ["2104.00001"]
    assert sorted(f.name for f in (older.path / "words").iterdir()) == before
    assert older.identity.format == terms.OLDER_FORMAT


@pytest.mark.parametrize(
    "write",
    [
        lambda library: library.put([], Tiny()),
        lambda library: library.put([paper(9, "More.")], Tiny()),
        lambda library: library.drop(["2104.00099"]),
    ],
)
def test_a_writer_renews_it(older: Library, write: Callable[[Library], object]) -> None:
    reader = Library.open(older.path, Tiny())
    kept = {p.id: p for p in older.papers()}
    vectors = older.records(["2104.00001"])["2104.00001"].packed
    write(older)
    for library in (older, reader, Library.open(older.path, Tiny())):
        assert set(library.matching("reidentification", 5)) == {"2104.00001", "2104.00002"}
        assert set(library.matching("CIFAR 10", 5)) == {"2104.00001", "2104.00002"}
        assert list(library.matching("transformers", 5)) == ["2104.00002"]
        assert library.identity.format == disk.FORMAT
        assert kept.items() <= {p.id: p for p in library.papers()}.items()
        assert library.records(["2104.00001"])["2104.00001"].packed == vectors


def test_a_renewal_that_fails_changes_nothing(
    older: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = disk.to_document

    def fail(record: Record) -> object:
        if record.id == "2104.00002":
            raise OSError("no space left on device")
        return made(record)

    with monkeypatch.context() as patched:
        patched.setattr(disk, "to_document", fail)
        with pytest.raises(LibraryError, match="make room"):
            older.put([paper(9, "More.")], Tiny())
    again = Library.open(older.path, Tiny())
    assert again.identity.format == terms.OLDER_FORMAT
    assert list(again.matching("transformers", 5)) == ["2104.00002"]
    again.put([], Tiny())
    assert set(again.matching("reidentification", 5)) == {"2104.00001", "2104.00002"}
