"""An answer at a terminal says what its plain text says, and more of where it comes from."""

import re

import pytest

from rag.output import terminal

QUESTIONS = [
    "which papers use transformers for tracking",
    "papers on tracking without transformers",
    "How fast does STMTrack run?",
    "How does LoFTR work?",
    "compare LoFTR and TransMOT",
    "Give me an overview of object detection",
    "how many papers are in the index?",
    "thank you!",
    "Who won the 2018 football World Cup?",
]


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


@pytest.mark.parametrize("question", QUESTIONS)
def test_nothing_is_lost_at_the_terminal(assistant, question, capsys, monkeypatch):
    monkeypatch.setattr(terminal.console, "width", 100)
    answer = assistant.ask(question)
    terminal.show_answer(answer)
    printed = capsys.readouterr().out
    assert "\x1b" not in printed  # it is no terminal
    folded = " ".join(words(printed))
    for claim in answer.claims:
        assert " ".join(words(claim.text)) in folded
    for citation in answer.citations:
        assert citation.paper.url in printed
        assert " ".join(words(citation.paper.title)) in folded
    for near in answer.near_misses:
        assert near.paper.url in printed
        assert " ".join(words(near.why)) in folded
    heading = "Nearest papers" if answer.abstained else "Near misses"
    assert (heading in printed) == bool(answer.near_misses)
