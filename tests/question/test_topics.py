"""Which words of a question are its topic."""

import json
from functools import partial
from pathlib import Path

import pytest

from rag.question import frames, topics

GOLD = Path(__file__).parents[1] / "gold"


@pytest.fixture(scope="module")
def trim(embedding):
    return partial(topics.trimmed, in_context=embedding.in_context)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        (
            "my supervisor wants three sources on metrics on Fano varieties",
            "metrics on Fano varieties",
        ),
        (
            "I run a scanner and want to convince my boss. Which papers make MR scans quicker?",
            "make MR scans quicker",
        ),
        (
            "models that grade exams in secondary schools",
            "models that grade exams in secondary schools",
        ),
    ],
)
def test_what_only_frames_a_question_goes(trim, text, topic):
    assert trim(frames.topic(text), "papers") == topic


@pytest.mark.slow
def test_the_words_that_people_marked_are_kept(trim):
    """Of an eighth of what it was fitted on: nearly all words of the topic, and fewer others."""
    held, lost, left = 0, 0, 0
    for line in (GOLD / "manners.jsonl").read_text(encoding="utf-8").splitlines()[::8]:
        one = json.loads(line)
        if one["kinds"][0] == "papers" and one["topic"]:
            framed = frames.topic(one["question"]) or one["question"]
            words = set(frames.content(trim(framed, "papers")))
            meant = set(frames.content(" ".join(one["topic"])))
            held, lost = held + len(words & meant), lost + len(meant - words)
            left += len(words - meant)
    assert lost / (held + lost) < 0.04
    assert left / (held + left) < 0.16


@pytest.mark.parametrize(
    "text",
    [
        "transformers for tracking",
        "speech recognition for dialects of Arabic",
        "graph neural networks on molecules without labels",
        "gravitational waves from neutron stars",
        "models that grade exams in secondary schools",
        "have code",
        "vitamin A",
        "thin films of In",
        "object detection. Ideally in fog",
        "release a new dataset",
    ],
)
def test_a_topic_stays_whole(trim, text):
    assert trim(text, "papers") == text


def test_what_is_left_has_no_two_marks_beside_each_other(trim):
    topic = trim("underwater sonar mine detection, need it for a report by 5", "papers")
    assert topic.startswith("underwater sonar mine detection")
    assert ",," not in topic


def test_something_is_always_left(trim):
    assert trim("hit me", "papers") == "hit me"
    assert trim("", "papers") == ""


def test_where_a_model_does_not_tell_what_words_mean_a_question_stays_as_it_is():
    text = "my supervisor wants three sources on metrics on Fano varieties"
    assert topics.trimmed(text, "papers", lambda text, spans: None) == text


def test_a_change_from_kept_to_not_kept_costs():
    assert topics.likeliest([3.0, -0.1, 3.0], 0.7) == [True, True, True]
    assert topics.likeliest([3.0, -9.0, 3.0], 0.7) == [True, False, True]
    assert topics.likeliest([], 0.7) == []
