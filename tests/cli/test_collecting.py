"""The commands about tags, watches, what is new and what is given out, each in a process."""

import json
from pathlib import Path

import pytest

from tests.cli.running import LISTING, Run, check_refused, objects

KITES = [
    {"title": "Kites that track transformers", "abstract": "We track kites with transformers.",
     "url": "2106.00001", "authors": ["Ann Roe"], "date": "2021-06-01", "categories": ["cs.CV"]},
    {"title": "Soup", "abstract": "We cook soup.", "url": "10.1000/soup", "date": "2021-06-01"},
]  # fmt: skip


@pytest.fixture
def place(tmp_path: Path, rag: Run) -> dict[str, dict[str, str]]:
    """An index of four papers, and later of two more."""
    head, *entries = LISTING.read_text().split("\n### ")
    small = tmp_path / "small.md"
    wanted = [e for e in entries if "TransMOT" in e or "STMTrack" in e] + entries[:2]
    small.write_text("\n### ".join([head, *wanted]))
    (tmp_path / "later.jsonl").write_text("\n".join(map(json.dumps, KITES)))
    where = {"env": {"RAG_INDEX": str(tmp_path / "library")}}
    assert rag("index", small, **where).returncode == 0
    return where


@pytest.mark.slow
def test_watches_tell_what_has_come_once(rag: Run, place: dict, tmp_path: Path) -> None:
    check_refused(rag("new", **place), "Nothing is watched")
    rag("watch", "add", "which papers use transformers for tracking", **place)
    rag("watch", "add", "which papers are about soup", "--category", "cs.CV", **place)
    assert [each["watch"] for each in objects(rag("watch", "list", "--json", **place))] == [1, 2]
    assert all(each["papers"] == [] for each in objects(rag("new", "--json", **place)))
    assert rag("index", tmp_path / "later.jsonl", **place).returncode == 0
    first, second = objects(rag("new", "--json", **place))
    assert [paper["id"] for paper in first["papers"]] == ["2106.00001"]
    assert first["among"] == 2
    assert first["papers"][0]["why"].lower().startswith("we track kites")
    assert second["papers"] == []  # it has no category
    assert [each["among"] for each in objects(rag("new", "--json", **place))] == [0, 0]
    since = rag("new", "--since", "2021-06-01", "--markdown", **place).stdout
    assert "(https://arxiv.org/abs/2106.00001): " in since
    assert "<entry>" in rag("new", "--since", "2021-06-01", "--atom", **place).stdout
    assert rag("watch", "remove", "2", **place).returncode == 0
    check_refused(rag("watch", "remove", "2", **place), "no watch 2")
    check_refused(rag("watch", "add", "", **place), "empty")


@pytest.mark.slow
def test_tags_filter_lists_questions_and_exports(rag: Run, place: dict, tmp_path: Path) -> None:
    rag("index", tmp_path / "later.jsonl", **place)
    assert "2 more papers" in rag("tag", "my thesis", "2104.00194", "10.1000/SOUP", **place).stderr
    check_refused(rag("tag", "my thesis", "2104.99999", **place), "2104.99999")
    listed = objects(rag("list", "--tag", "my thesis", "--json", **place))
    assert {paper["id"] for paper in listed} == {"2104.00194", "https://doi.org/10.1000/soup"}
    check_refused(rag("list", "--tag", "nothing", **place), "tagged nothing")
    (answer,) = objects(
        rag("ask", "which papers in my my thesis use transformers for tracking?", "--json", **place)
    )
    assert [paper["id"] for paper in answer["citations"]] == ["2104.00194"]

    bibtex = rag("export", "--format", "bibtex", "--tag", "my thesis", **place).stdout
    assert "@misc{2021transmot," in bibtex
    assert "doi = {10.1000/soup}" in bibtex
    ris = rag("export", "--format", "ris", "--since", "2021-06-01", **place).stdout
    assert ris.count("ER  - ") == 2
    csl = json.loads(rag("export", "--format", "csl", **place).stdout)
    assert len(csl) == 6
    table = rag("export", "--format", "csv", "--category", "cs.CV", **place).stdout
    assert len(table.splitlines()) == 6
    notes = tmp_path / "notes"
    check_refused(rag("export", "--format", "obsidian", **place), "--to DIR")
    for _ in range(2):
        assert rag("export", "--format", "obsidian", "--to", notes, **place).returncode == 0
    assert len(list(notes.iterdir())) == 6
    mine = notes / "2021transmot.md"
    assert "- my thesis" in mine.read_text()
    mine.write_text("my own words")
    rag("export", "--format", "obsidian", "--to", notes, **place)
    assert mine.read_text() == "my own words"


@pytest.mark.slow
def test_tags_and_watches_go_out_and_come_back(rag: Run, place: dict, tmp_path: Path) -> None:
    rag("tag", "thesis", "2104.00194", **place)
    rag("watch", "add", "which papers use transformers", **place)
    exported = rag("export", **place).stdout
    (tmp_path / "export.jsonl").write_text(exported)
    other = {"env": {"RAG_INDEX": str(tmp_path / "other")}}
    done = rag("index", tmp_path / "export.jsonl", **other)
    assert (done.returncode, "4 added" in done.stdout) == (0, True)
    assert rag("export", **other).stdout == exported
    assert rag("tag", **other).stdout == "thesis  1\n"
    assert rag("tag", "thesis", "--remove", **other).returncode == 0
    assert rag("tag", **other).stdout == ""
