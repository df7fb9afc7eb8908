"""Which words of a question are its topic."""

import json
from pathlib import Path

import pytest

from rag.question import frames, topics

GOLD = Path(__file__).parents[1] / "gold"


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        (
            "my supervisor wants three sources on metrics on Fano varieties",
            "metrics on Fano varieties",
        ),
    ],
)
def test_what_only_frames_a_question_goes(text, topic):
    assert topics.trimmed(text, "papers") == topic


def test_the_words_that_people_marked_are_kept():
    """Of the questions that it was fitted on: nearly all words of the topic, and fewer others."""
    held, lost, left = 0, 0, 0
    for line in (GOLD / "manners.jsonl").read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        if one["kinds"][0] == "papers" and one["topic"]:
            framed = frames.topic(one["question"]) or one["question"]
            words = set(frames.content(topics.trimmed(framed, "papers")))
            meant = set(frames.content(" ".join(one["topic"])))
            held, lost = held + len(words & meant), lost + len(meant - words)
            left += len(words - meant)
    assert lost / (held + lost) < 0.05
    assert left / (held + left) < 0.25


@pytest.mark.parametrize(
    "text",
    [
        "transformers for tracking",
        "speech recognition for dialects of Arabic",
        "graph neural networks on molecules without labels",
        "gravitational waves from neutron stars",
    ],
)
def test_a_topic_stays_whole(text):
    assert topics.trimmed(text, "papers") == text


def test_nothing_is_left_without_words():
    assert topics.trimmed("hit me", "papers") == "hit me"
    assert topics.trimmed("", "papers") == ""


def test_a_change_from_kept_to_not_kept_costs():
    assert topics._likeliest([3.0, -0.1, 3.0]) == [True, True, True]
    assert topics._likeliest([3.0, -9.0, 3.0]) == [True, False, True]
    assert topics._likeliest([]) == []
