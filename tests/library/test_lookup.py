"""The paper that a text names."""

from pathlib import Path

import pytest

from rag.core.papers import Paper
from rag.errors import LibraryError
from rag.library import Library
from rag.library.lookup import find
from rag.models.embedding import Embedding


@pytest.fixture(scope="module")
def small(embedding: Embedding, tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder: Path = tmp_path_factory.mktemp("named")
    made = Library.create(folder / "library", embedding)
    kites = ("Kites", "Kites fly in the wind.")
    made.put(
        [
            Paper("2104.00194", *kites, "https://arxiv.org/abs/2104.00194", ""),
            Paper("math/0309136", *kites, "https://arxiv.org/abs/math/0309136", ""),
            Paper(
                "https://doi.org/10.1109/x.2025.1", *kites, "https://doi.org/10.1109/x.2025.1", ""
            ),
            Paper("https://example.org/kites", *kites, "https://example.org/kites", ""),
        ],
        embedding,
    )
    return made


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("2104.00194", "2104.00194"),
        (" 2104.00194v3 ", "2104.00194"),
        ("arXiv:2104.00194v2", "2104.00194"),
        ("https://arxiv.org/pdf/2104.00194v2.pdf", "2104.00194"),
        ("math.GT/0309136", "math/0309136"),
        ("doi:10.1109/X.2025.1", "https://doi.org/10.1109/x.2025.1"),
        ("https://doi.org/10.1109/x.2025.1", "https://doi.org/10.1109/x.2025.1"),
        ("https://example.org/kites", "https://example.org/kites"),
    ],
)
def test_whatever_names_it_finds_it(text: str, identifier: str, small: Library) -> None:
    assert find(small, text).id == identifier


@pytest.mark.parametrize("text", ["2104.99999", "", "kites", "https://example.org/other"])
def test_what_names_none_is_told_in_a_line(text: str, small: Library) -> None:
    with pytest.raises(LibraryError, match=rf"^The index has no paper {text}: [^\n]+$"):
        find(small, text)
