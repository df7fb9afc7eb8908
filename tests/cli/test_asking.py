"""Asking at the command line: one object, text, Markdown, a file of questions."""

import json
from pathlib import Path
from typing import Any

import pytest

from rag.core.answers import Answer
from rag.core.papers import Paper
from rag.models.reranker import PACKAGED
from tests.cli.running import Here, Run, objects

TRACKING = "which papers use transformers for tracking"
NONSENSE = "which papers grow tomatoes in greenhouses on the moon?"


def check_answer(answer: dict[str, Any], by_id: dict[str, Paper]) -> None:
    """The JSON that others build on."""
    read = Answer.from_dict(answer)
    assert read.to_dict() == {name: value for name, value in answer.items() if name != "id"}
    assert answer["abstained"] is (answer["matched"] == 0)
    assert answer["total"] == len(by_id)
    assert isinstance(answer["filters"], dict)
    assert set(answer["seconds"]) == {"evidence", "writing", "total"}
    for n, citation in enumerate(answer["citations"], start=1):
        paper = by_id[citation["id"]]
        assert citation == {
            **{"number": n, "id": paper.id, "title": paper.title},
            **{"url": paper.url, "pdf": paper.pdf},
        }
    for claim in answer["claims"]:
        assert set(claim) == {"text", "citations", "support", "group", "quotes"}
        assert claim["support"] in {"quote", "paraphrase"}
        assert claim["citations"]
        assert claim["quotes"]
        assert set(claim["citations"]) <= {c["number"] for c in answer["citations"]}
        for quote in claim["quotes"]:
            assert set(quote) == {"paper_id", "start", "end", "text"}
            if quote["end"]:
                abstract = by_id[quote["paper_id"]].abstract
                assert abstract[quote["start"] : quote["end"]] == quote["text"]
    for near in answer["near_misses"]:
        assert set(near) == {"id", "title", "url", "pdf", "covers", "lacks"}
        assert all(near[k] == getattr(by_id[near["id"]], k) for k in ("id", "title", "url"))


@pytest.fixture(scope="module")
def tracking(rag: Run) -> dict[str, Any]:
    """The answer to `TRACKING`, asked once."""
    (answer,) = objects(done := rag("ask", TRACKING, "--json"))
    assert done.stderr == ""
    return answer


def test_ask_prints_one_object(tracking: dict[str, Any], by_id: dict[str, Paper]) -> None:
    answer = tracking
    assert "id" not in answer
    check_answer(answer, by_id)
    assert answer["question"] == TRACKING
    assert answer["kind"] == "papers"
    assert answer["matched"] == len(answer["citations"]) > 1
    assert answer["models"] == {
        "embedding": "all-MiniLM-L6-v2", "reranker": PACKAGED, "llm": None,
    }  # fmt: skip
    assert answer["index"]["papers"] == len(by_id)


@pytest.mark.slow
def test_ask_answers_a_file_of_questions(rag: Run, by_id: dict[str, Paper], tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    asked = [("q1", TRACKING), ("two", NONSENSE), ("q1", TRACKING), ("ünï", "What is TransMOT?")]
    lines = [json.dumps({"id": i, "question": q, "more": 1}) for i, q in asked]
    file.write_text("\n\n".join(lines) + "\n")
    answers = objects(rag("ask", "--from", file, "--json"))
    assert [(a["id"], a["question"]) for a in answers] == asked
    for answer in answers:
        check_answer(answer, by_id)
    first, nothing, again, _ = answers
    assert nothing["abstained"]
    assert nothing["claims"] == nothing["citations"] == []
    assert first["near_misses"]
    assert nothing["near_misses"] == []  # nothing here has to do with it
    assert first | {"seconds": 0} == again | {"seconds": 0}


def test_ask_prints_text_without_escape_codes(rag: Run, tracking: dict[str, Any]) -> None:
    answer = tracking
    done = rag("ask", TRACKING)
    assert done.returncode == 0
    assert "\x1b" not in done.stdout + done.stderr
    assert f"{answer['matched']} of {answer['total']} papers" in done.stdout
    for citation in answer["citations"]:
        assert citation["title"] in " ".join(done.stdout.split())
        assert citation["url"] in done.stdout


def test_ask_prints_markdown_and_bibtex(here: Here, tracking: dict[str, Any]) -> None:
    answer = tracking
    markdown, bibtex = here("ask", TRACKING, "--markdown"), here("ask", TRACKING, "--bibtex")
    assert bibtex.count("@misc{") == len(answer["citations"])
    for citation in answer["citations"]:
        assert f"]({citation['url']})" in markdown
        assert citation["id"] in bibtex


def test_skip_gives_the_next_page(here: Here, tracking: dict[str, Any]) -> None:
    whole, rest = tracking, json.loads(here("ask", TRACKING, "--json", "--skip", 1))
    assert rest["matched"] == whole["matched"]
    assert [c["id"] for c in rest["citations"]] == [c["id"] for c in whole["citations"]][1:]
    assert here("ask", TRACKING, "--skip", 5_000)


@pytest.mark.parametrize(
    "question",
    ["compare LoFTR and TransMOT", "when was LoFTR published?", "thanks!", "how does LoFTR work?"],
)
def test_every_manner_of_answer_is_printed(
    here: Here, by_id: dict[str, Paper], question: str
) -> None:
    read = Answer.from_dict(json.loads(here("ask", question, "--json")))
    assert not read.abstained
    printed = " ".join(here("ask", question).split())
    for citation in read.citations:
        assert by_id[citation.paper.id].url in printed


@pytest.mark.slow
def test_without_the_judge_everything_works_and_the_status_says_so(rag: Run) -> None:
    without = {"env": {"RAG_RERANKER": "none"}}
    (answer,) = objects(rag("ask", TRACKING, "--json", **without))
    assert answer["models"]["reranker"] is None
    assert answer["claims"]
    (facts,) = objects(rag("status", "--json", **without))
    assert facts["reranker"] == "none"
    assert PACKAGED not in rag("status", **without).stdout
    assert PACKAGED in rag("status").stdout
