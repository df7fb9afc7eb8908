"""Which part of a message asks."""

import json
from pathlib import Path

import pytest

from rag.question import cores, frames, names

GOLD = Path(__file__).parents[1] / "gold"


@pytest.fixture(scope="module")
def cut(embedding):
    def cut(text, kind="fact"):
        found = names.find(text, lambda _: False)
        return cores.core(text, kind, found, embedding.in_context)

    return cut


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
    ],
)
def test_who_asks_and_why_is_cut_off(cut, text, core):
    assert cut(text) == core


@pytest.mark.parametrize(
    "text",
    [
        "How many parameters does LoFTR have?",
        "In the paper where reviewers compare two drafts, how many people took part?",
        "Does it generalise (across cities)?",
        "What is it (NeRF)?",
        "In Smith et al., how many patients took part?",
        "",
    ],
)
def test_what_asks_stays_whole(cut, text):
    assert cut(text) == text


def test_a_title_of_the_index_is_kept(embedding):
    text = "My boss gave me Walking on Ice. How fast does the system run? thanks"
    found = names.find(text, lambda said: said == "Walking on Ice")
    assert "Walking on Ice" in cores.core(text, "fact", found, embedding.in_context)


@pytest.mark.slow
def test_what_people_say_is_asked_for_is_kept(cut):
    """Of the questions that it was fitted on: nearly always all of it, and less of the rest."""
    whole = count = words = left = 0
    for line in (GOLD / "manners.jsonl").read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        if one["kinds"][0] == "fact" and one["detail"] and one["writer"] in "ghi":
            plain = frames.plain(one["question"])
            core = cut(plain)
            whole += all(text in core for text in (*one["topic"], one["detail"]))
            count, words, left = count + 1, words + len(plain.split()), left + len(core.split())
    assert count > 90
    assert whole / count > 0.9
    assert left / words < 0.85


def test_a_question_about_a_paper_is_read_without_the_rest(assistant):
    question = assistant.read(
        "Writing a correction notice, so precision matters: how fast does STMTrack run? I could "
        "not open the file."
    ).question
    assert (question.kind, question.subjects) == ("fact", ("STMTrack",))
    assert question.text == "how fast does STMTrack run?"


def test_a_message_longer_than_is_read_stays_whole(cut):
    text = f"{'I am late and it rains. ' * 80}How many parameters does LoFTR have?"
    assert cut(text) == text
