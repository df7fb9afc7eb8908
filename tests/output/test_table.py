"""Tables as CSV, Markdown and DataFrame."""

# ruff: noqa: E501

import copy
import csv
import io
import pickle
import sys

import pytest

from rag.core.answers import Answer
from rag.core.papers import Paper
from rag.core.tables import Cell, Row, Table
from rag.errors import RagError
from rag.output import table as tables

PAPER = Paper(
    "2104.00001", "=HYPERLINK(1)", "We see 5 | 6 stars.", "https://arxiv.org/abs/2104.00001", ""
)
MADE = Table(
    ("paper", "result", "code"),
    (Row(31, PAPER, (Cell(PAPER.id, PAPER.title), Cell(PAPER.id, "5 | 6 stars", 7, 18), Cell(PAPER.id))),),
)  # fmt: skip


def answer(**more) -> Answer:
    return Answer("q", "papers", (), (), 1, 2, (), **more)


def test_csv_has_no_formulas() -> None:
    head, row = csv.reader(io.StringIO(tables.to_csv(MADE)))
    assert head == ["number", "paper", "result", "code", "id", "link"]
    assert row == ["31", "'=HYPERLINK(1)", "5 | 6 stars", "", PAPER.id, PAPER.url]


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t"])
def test_whatever_begins_a_formula_is_escaped(begin: str) -> None:
    assert tables.csv_of([[f"{begin}1"]]).lstrip('"').startswith("'")


def test_markdown_has_a_row_a_paper() -> None:
    lines = tables.to_markdown(MADE).splitlines()
    assert len(lines) == 3
    assert f"[[31]]({PAPER.url})" in lines[2]
    assert r"5 \| 6 stars" in lines[2]


def test_an_answer_gives_a_data_frame() -> None:
    pytest.importorskip("pandas")
    frame = answer(evidence=MADE).table()
    assert list(frame.columns) == ["paper", "result", "code"]
    assert frame.loc[31, "result"] == "5 | 6 stars"
    assert frame.loc[31, "code"] == ""


def test_without_pandas_one_line_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(RagError, match="pip install pandas"):
        answer(evidence=MADE).table()


def test_an_answer_without_a_table_says_how_to_make_one() -> None:
    with pytest.raises(RagError, match=r"Assistant\.table"):
        answer().table()


def test_a_table_is_kept_with_its_answer_where_it_was_asked_for() -> None:
    kept = answer(evidence=MADE).to_dict()
    assert kept["table"]["rows"][0]["cells"][2] is None
    assert Answer.from_dict(kept).to_dict() == kept
    assert "table" not in answer().to_dict()


def test_an_answer_makes_its_table_and_can_be_copied_without(assistant) -> None:
    pytest.importorskip("pandas")
    asked = assistant.ask("which papers use transformers for tracking")
    assert list(asked.table()["paper"]) == [
        record.paper.title for record in assistant.library.records(asked.matching).values()
    ]
    assert copy.deepcopy(asked) == asked
    again = pickle.loads(pickle.dumps(asked))
    with pytest.raises(RagError, match=r"Assistant\.table"):
        again.table()
