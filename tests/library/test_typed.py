"""What is typed to find papers: words not yet at their end, categories, identifiers, names."""

from pathlib import Path

import pytest

from rag.library import Library
from tests.library.tiny import Tiny, paper

PAPERS = [
    paper(
        1,
        title="Tracking Many Objects",
        abstract="We track segmentation. A second sentence has more of it.",
        categories=("cs.CV",),
        authors=("Kaiming Exa", "Jürgen Müller"),
    ),
    paper(
        2,
        title="A Robot",
        abstract="It mentions tracking once, and goes on with gripping, lifting and turning.",
        categories=("cs.RO", "cs.CV"),
        authors=("Jane Doe",),
    ),
    paper(
        3,
        title="Numbers",
        abstract="Of primes and their gaps. Nothing else is here at all.",
        categories=("math.NT",),
        authors=("John Dough",),
    ),
]


@pytest.fixture
def typed(tmp_path: Path) -> Library:
    made = Library.create(tmp_path / "library", Tiny())
    made.put(PAPERS, Tiny())
    return made


def found(library: Library, words: str) -> list[str]:
    count, papers = library.listing(words, sort="relevance")
    assert count == len(papers)
    return [each.id for each in papers]


ONE, TWO, THREE = (each.id for each in PAPERS)


@pytest.mark.parametrize("word", ["tracking", "segmentation"])
def test_a_word_is_found_at_every_letter(typed: Library, word: str) -> None:
    for length in range(3, len(word) + 1):
        assert ONE in found(typed, word[:length]), word[:length]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("tracking", [ONE, TWO]),  # in the title, and twice: before once in the abstract
        ("cs", {ONE, TWO}),
        ("CS.ro", {TWO}),
        ("cs.CV tracking", {ONE, TWO}),
        ("cs.RO segmentation", set()),
        ("math", {THREE}),
        (ONE, {ONE}),
        (ONE[:6], {ONE, TWO, THREE}),
        ("Kaiming", {ONE}),
        ("kaiming ex", {ONE}),
        ("Mueller", {ONE}),
        ("J. Doe", {TWO}),
        ("Doe, J.", {TWO}),
        ("zeppelin", set()),
    ],
)
def test_what_is_typed_finds_what_it_means(
    typed: Library, words: str, expected: list[str] | set[str]
) -> None:
    assert (found(typed, words) if isinstance(expected, list) else set(found(typed, words))) == (
        expected
    )


def test_without_words_the_newest_come_first(typed: Library) -> None:
    assert found(typed, "") == [each.id for each in typed.listing()[1]]
