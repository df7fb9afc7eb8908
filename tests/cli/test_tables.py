"""Tables, counts, mentions and exports of the command line."""

import csv
import io
import json

import pytest

from rag.errors import RagError
from tests.cli.running import Here

DETECTION = "papers on object detection"


@pytest.fixture
def run(here: Here) -> Here:
    return here


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_a_table_is_printed_with_all_papers_that_match(run, assistant) -> None:
    answer = assistant.ask(DETECTION)
    lines = [line for line in run("ask", DETECTION, "--table").splitlines() if line[:1] == "|"]
    assert len(lines) == answer.matched + 2
    assert lines[0].startswith("|  | paper | first author |")


def test_csv_takes_all_that_match_and_the_columns_named(run, assistant) -> None:
    answer = assistant.ask(DETECTION)
    head, *body = rows(run("ask", DETECTION, "--csv", "--columns", "year, data"))
    assert head == ["number", "year", "data", "id", "link"]
    assert [row[3] for row in body] == list(answer.matching)
    assert {row[1] for row in body} == {"2021"}


def test_json_has_the_table_and_mentions_if_asked(run, assistant) -> None:
    plain = json.loads(run("ask", DETECTION, "--json"))
    assert "table" not in plain
    assert "mentions" not in plain
    assert plain["mentioned"] == list(assistant.ask(DETECTION).mentioned)
    asked = json.loads(run("ask", DETECTION, "--json", "--table", "--mentions"))
    assert len(asked["table"]["rows"]) == plain["matched"]
    assert [paper["id"] for paper in asked["mentions"]] == plain["mentioned"]


def test_mentions_are_listed_only_if_asked(run, assistant) -> None:
    answer = assistant.ask(DETECTION)
    paper = assistant.library.get(answer.mentioned[0])
    assert paper is not None
    assert f"{len(answer.mentioned)} more" in run("ask", DETECTION)
    assert f"  - {paper.title}" in run("ask", DETECTION, "--mentions")


def test_bibtex_takes_what_is_shown_or_all(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.assistant.MOST_SHOWN", 2)
    assert run("ask", DETECTION, "--bibtex").count("@misc") == 2
    assert run("ask", DETECTION, "--bibtex", "--all").count("@misc") > 2


@pytest.mark.parametrize(
    "options",
    [("--json", "--csv"), ("--bibtex", "--table"), ("--markdown", "--columns", "task"),
     ("--table", "--columns", ",")],
)  # fmt: skip
def test_what_excludes_each_other_gets_one_line(run, options) -> None:
    with pytest.raises(RagError):
        run("ask", DETECTION, *options)


def test_papers_are_counted(run, assistant) -> None:
    answer = assistant.ask("object detection")
    said = run("count", "object detection")
    assert f"{answer.matched} of {len(assistant.library)} papers" in said
    for name in ("year", "month", "category", "code", "dataset"):
        assert f"By {name}:" in said
    assert rows(run("count", "object detection", "--by", "year", "--csv")) == [
        ["year", "papers"],
        ["2021", str(answer.matched)],
    ]
    told = json.loads(run("count", "object detection", "--json"))
    assert told["counts"] == answer.counts
    assert told["matched"] == sum(told["counts"]["code"].values())


def test_a_subject_that_no_paper_has_counts_none(run) -> None:
    said = run("count", "growing tomatoes in greenhouses on the moon")
    assert "nothing" in said
    assert "By year" not in said
