"""Papers in YAML: what is broken costs no more than what is behind it, and no text unfolds."""

from pathlib import Path

import pytest

from rag import listings
from rag.core.papers import Paper
from rag.errors import ListingError
from rag.listings import Refused, yamlist

PAPER = "- title: Kites {0}\n  doi: 10.1000/{0}\n  abstract: We fly kites.\n"


def read(path: Path, text: str) -> list[Paper | Refused]:
    path.write_text(text)
    return list(listings.read(path))


def test_a_list_that_breaks_gives_what_is_whole(tmp_path: Path) -> None:
    broken = "- title: Kites: a view\n  doi: 10.1000/3\n  abstract: We fly.\n"
    found = read(tmp_path / "a.yaml", PAPER.format(1) + PAPER.format(2) + broken + PAPER.format(4))
    assert [item.title for item in found if isinstance(item, Paper)] == ["Kites 1", "Kites 2"]
    (refused,) = [item for item in found if isinstance(item, Refused)]
    assert refused.line == 7
    assert refused.reason.startswith("broken YAML, from here on nothing is read: mapping values")


def test_a_reference_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ListingError, match="a reference to another part"):
        read(tmp_path / "a.yaml", "a: &a [1, 2]\nb: [*a, *a]\nc:\n" + PAPER.format(1))


def test_what_is_too_long_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yamlist, "_LONGEST", 100)
    with pytest.raises(ListingError, match="YAML of more than 100 characters"):
        read(tmp_path / "a.yaml", PAPER.format(1) * 10)


def test_what_is_nested_too_deeply_is_refused(tmp_path: Path) -> None:
    deep = PAPER.format(1) + f"  notes: {'[' * 300}{']' * 300}\n"
    with pytest.raises(ListingError, match="nested too deeply"):
        read(tmp_path / "a.yaml", deep)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": [\n  {\n  "title": "Kites",\n  "abstract": "We fly.",\n  "doi": "10.1000/1"\n}]}\n',
        "- Title: Kites\n- Abstract: We fly.\n- Link: https://arxiv.org/abs/2104.00194\n",
        "Dear Ann,\n  title: none\n  abstract: none\n",
    ],
)
def test_what_looks_like_it_is_none(text: str) -> None:
    assert not yamlist.matches(text)
