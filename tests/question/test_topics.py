"""Which words of a question are its topic."""

import pytest

from rag.question import topics


@pytest.mark.parametrize(
    ("text", "lost", "kept"),
    [
        (
            "writing my related work section tonight, need contrastive pretraining for ECG",
            "writing tonight need",
            "contrastive pretraining ECG",
        ),
        (
            "I'm on call so quick one: triage of head CT for bleeds, which studies",
            "quick which studies",
            "triage head CT bleeds",
        ),
        (
            "my supervisor wants three sources on metrics on Fano varieties",
            "supervisor wants three",
            "metrics Fano varieties",
        ),
        (
            "I vaguely remember a paper on training nets with only forward passes, find it",
            "vaguely remember find",
            "training nets forward passes",
        ),
    ],
)
def test_what_only_frames_a_question_goes(text, lost, kept):
    words = topics.trimmed(text, "papers").replace(",", " ").split()
    assert not set(lost.split()) & set(words)
    assert set(kept.split()) <= set(words)


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
