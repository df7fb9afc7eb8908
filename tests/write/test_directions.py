"""Whether a sentence points the same way as the abstract."""

import pytest

from rag.write import directions

SENTENCES = [
    "Our tracker improves accuracy by 4% over MoCo and runs in under 2 seconds.",
    "It reduces memory by 20% compared with larger networks.",
    "Training does not need ground truth depth or labels of any kind.",
    "On long videos it is slower than the baseline.",
    "The effect grows with more than 16 million examples.",
]


@pytest.mark.parametrize(
    "sentence",
    [
        "The tracker is better than MoCo by 4%.",
        "It gains 4% over MoCo.",
        "The memory drops by 20%.",
        "It needs no ground truth depth.",
        "It is trained without labels and ground truth depth.",
        "It is slower than the baseline on long videos.",
        "It takes less than 2 seconds.",
        "The effect grows with over 16 million examples.",
        "The tracker follows objects.",
    ],
)
def test_what_agrees(sentence):
    assert directions.against(sentence, SENTENCES) == ""


@pytest.mark.parametrize(
    "sentence",
    [
        "The tracker is worse than MoCo by 4%.",
        "Its accuracy is 4% lower than that of MoCo.",
        "The memory rises by 20% over larger networks.",
        "Training needs ground truth depth.",
        "It is faster than the baseline on long videos.",
        "It takes more than 2 seconds.",
        "The effect grows with fewer than 16 million examples.",
        "The tracker does not improve accuracy over MoCo.",
    ],
)
def test_what_is_turned(sentence):
    assert directions.against(sentence, SENTENCES)
