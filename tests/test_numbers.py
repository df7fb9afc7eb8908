"""A paper keeps its number through the pages of an answer and through a conversation."""

import json

import pytest

from rag import assistant as module
from rag.core.answers import Answer, numbered
from rag.question.turns import Turn

DETECTION = "papers on object detection"


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_SHOWN", 3)


def of(answer: Answer) -> dict[int, str]:
    return {c.number: c.paper.id for c in answer.citations}


@pytest.mark.usefixtures("small_pages")
def test_the_second_page_goes_on_counting(assistant) -> None:
    first = assistant.ask(DETECTION)
    assert list(of(first)) == [1, 2, 3]
    assert f"1 to 3 of {first.matched}" in first.text
    more = assistant.ask("show more", [first])
    assert list(of(more)) == list(range(4, 4 + len(more.citations)))
    assert f"4 to {3 + len(more.citations)} of {first.matched}" in more.text
    assert of(assistant.ask(DETECTION, skip=3)) == of(more)
    assert more.numbers == first.numbers
    assert {claim.citations for claim in more.claims} <= {(n,) for n in of(more)}


@pytest.mark.slow
@pytest.mark.usefixtures("small_pages")
def test_no_two_papers_of_a_conversation_share_a_number(assistant) -> None:
    history: list[Answer] = []
    for question in (DETECTION, "show more", "papers on transformers", "compare them", DETECTION):
        history.append(assistant.ask(question, history))
    papers: dict[int, str] = {}
    for answer in history:
        for number, identifier in of(answer).items():
            assert papers.setdefault(number, identifier) == identifier
    assert len(set(papers.values())) == len(papers)
    assert of(history[-1]) == of(history[0])


@pytest.mark.usefixtures("small_pages")
def test_a_bracket_number_is_that_of_the_conversation(assistant) -> None:
    first = assistant.ask(DETECTION)
    kept = [
        Turn.from_dict(json.loads(a.to_json())) for a in (first, assistant.ask("more", [first]))
    ]
    compared = assistant.ask("compare [1] and [4]", kept)
    assert set(of(compared)) == {1, 4}
    assert of(compared)[1] == of(first)[1]


def test_the_numbers_of_an_overview_stay(assistant) -> None:
    first = assistant.ask("overview of object detection")
    again = assistant.ask(DETECTION, [first])
    shared = {i: n for n, i in of(again).items()}
    assert all(shared.get(i, n) == n for n, i in of(first).items())


def test_what_has_a_number_keeps_it() -> None:
    assert numbered("ba", {"a": 7}) == {"b": 8, "a": 7}
    assert numbered("", {}) == {}
