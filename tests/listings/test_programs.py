"""Files as some hundred programs and people write them; what is right was noted beforehand."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rag import listings
from rag.listings import Refused
from tests.listings.telling import as_paper

PROGRAMS = Path(__file__).parents[1] / "data" / "programs"
RIGHT: dict[str, list[dict[str, Any] | str]] = json.loads((PROGRAMS / "right.json").read_text())


def plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


@pytest.mark.parametrize("name", RIGHT)
def test_a_file_is_read_as_its_program_means_it(name: str) -> None:
    found = list(listings.read(PROGRAMS / name))
    for item, right in zip(found, RIGHT[name], strict=True):
        if isinstance(right, str):
            assert isinstance(item, Refused)
            assert item.reason == right
            continue
        paper = as_paper(item)
        assert {fact: plain(getattr(paper, fact)) for fact in right} == right


def test_every_file_has_its_values() -> None:
    assert {path.name for path in PROGRAMS.iterdir()} == {*RIGHT, "right.json"}
