"""Which part of a message asks."""

import json
from pathlib import Path

import pytest

from rag.question import cores, frames, topics

GOLD = Path(__file__).parents[1] / "gold"


@pytest.fixture(scope="module")
def cut(embedding):
    return cores.cut(embedding.name, embedding.in_context)


@pytest.mark.parametrize(
    ("text", "core"),
    [
        (
            "My supervisor asked me this morning and I blanked. How many parameters does LoFTR "
            "have? slides due in 1h!",
            "How many parameters does LoFTR have?",
        ),
        (
            "We sell bread and the board meets on Monday. On which datasets is LaPred tested? "
            "Just the names, thanks",
            "On which datasets is LaPred tested?",
        ),
        (
            "In the paper where reviewers compare two drafts, how many people took part?",
            "In the paper where reviewers compare two drafts, how many people took part?",
        ),
        ("How many parameters does LoFTR have?", "How many parameters does LoFTR have?"),
        ("", ""),
    ],
)
def test_who_asks_and_why_is_cut_off(cut, text, core):
    assert cut(text, "fact") == core


@pytest.mark.slow
def test_what_people_say_is_asked_for_is_kept(cut):
    """Of the questions that it was fitted on: nearly always all of it."""
    whole = count = 0
    for line in (GOLD / "manners.jsonl").read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        if one["kinds"][0] == "fact" and one["detail"] and one["topic"]:
            core = cut(frames.plain(one["question"]), "fact")
            whole += all(text in core for text in (*one["topic"], one["detail"]))
            count += 1
    assert count > 300
    assert whole / count > 0.94


def test_a_question_about_a_paper_is_read_without_the_rest(assistant):
    question = assistant.read(
        "Writing a correction notice, so precision matters: how fast does STMTrack run? I could "
        "not open the file."
    ).question
    assert (question.kind, question.subjects) == ("fact", ("STMTrack",))
    assert question.text == "how fast does STMTrack run?"


def test_for_a_model_that_it_was_not_learned_with_a_message_stays_whole(embedding):
    assert cores.cut("another/model", embedding.in_context) is topics.as_it_stands
    text = "I am late. How many parameters does LoFTR have?"
    assert cores.core(text, "fact", lambda text, spans: None) == text
