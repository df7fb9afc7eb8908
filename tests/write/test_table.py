"""Tables of evidence: from an answer or identifiers, each cell in the abstract's own words."""

import pytest

from rag.core.tables import COLUMNS, Table
from rag.errors import LibraryError, QuestionError
from rag.judge import cells

TRACKING = "which papers use transformers for tracking"


@pytest.fixture(scope="module")
def table(assistant) -> Table:
    return assistant.table(assistant.ask(TRACKING))


def test_a_table_has_all_papers_that_match_with_their_numbers(assistant, table) -> None:
    answer = assistant.ask(TRACKING)
    assert table.columns == COLUMNS
    assert [row.paper.id for row in table.rows] == list(answer.matching)
    shown = {c.number: c.paper.id for c in answer.citations}
    assert shown.items() <= {row.number: row.paper.id for row in table.rows}.items()


def test_cells_are_words_of_the_abstract_or_blank(table, papers) -> None:
    by_id = {paper.id: paper for paper in papers}
    for row in table.rows:
        paper = by_id[row.paper.id]
        for name, cell in zip(table.columns, row.cells, strict=True):
            assert cell.paper_id == paper.id
            assert paper.abstract[cell.start : cell.end] == (cell.text if cell.is_quoted else "")
            assert cell.is_quoted or name in ("paper", "first author", "year") or not cell.text
        assert row.cells[0].text == paper.title
        assert row.cells[2].text == "2021"


def test_transmot_is_told_in_its_row(table) -> None:
    row = next(row for row in table.rows if row.paper.id == "2104.00194")
    said = dict(zip(table.columns, (cell.text for cell in row.cells), strict=True))
    assert "TransMOT" in said["method"]
    assert "MOT17" in said["data"]
    assert "state-of-the-art" in said["result"]
    assert said["code"] == ""


def test_columns_may_be_named(assistant) -> None:
    answer = assistant.ask(TRACKING)
    made = assistant.table(answer, columns="task, dataset,  metric")
    assert made.columns == ("task", "dataset", "metric")
    assert (
        assistant.table(answer, columns=["year", "link"]).rows[0].cells[1].text.startswith("http")
    )


@pytest.mark.parametrize(
    "columns", ["", " , ", "task, Task", ", ".join(f"c{n}" for n in range(13))]
)
def test_columns_that_are_none_get_one_line(assistant, columns) -> None:
    with pytest.raises(QuestionError, match="commas"):
        assistant.table(["2104.00194"], columns=columns)


def test_identifiers_make_a_table_too(assistant) -> None:
    made = assistant.table(["2104.00403", "2104.00194"], TRACKING)
    assert [(row.number, row.paper.id) for row in made.rows] == [
        (1, "2104.00403"),
        (2, "2104.00194"),
    ]
    assert assistant.table(["2104.00194"]).rows[0].cells[3].text  # what it proposes
    with pytest.raises(LibraryError, match=r"no paper 1234\.56789"):
        assistant.table(["1234.56789"])


def test_without_the_judge_a_table_is_there_all_the_same(assistant_without_judge) -> None:
    made = assistant_without_judge.table(["2104.00194"], TRACKING, ["method", "loss function"])
    assert made.rows[0].cells[0].text
    assert made.rows[0].cells[1].text == ""


def test_a_table_is_read_back_whole(table) -> None:
    kept = table.to_dict()
    assert Table.from_dict(kept).to_dict() == kept
    assert {cells.kind(name) for name in table.columns} == set(COLUMNS) | set()
