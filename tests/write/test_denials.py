"""What a sentence says is there, and what it says is not."""

import pytest

from rag.write import denials, details

SENTENCES = [
    "Recent anchor-free trackers are fast.",
    "Our tracker answers at test time without additional training or tuning, at low cost.",
    "It combines face recognition with passcode verification.",
    "Training does not need ground truth depth, and depth is predicted for each frame.",
    "Attacks are hidden in grammar rules rather than in the wording.",
    "Existing attacks go through the classification layer; ours goes through hidden layers.",
    "Calibration data are not required.",
    "It eliminates the need for a teacher.",
    "It reduces the memory of earlier systems.",
]


def against(sentence: str) -> str:
    return denials.against(details.plain(sentence), [details.plain(text) for text in SENTENCES])


@pytest.mark.parametrize(
    "sentence",
    [
        "The tracker has no anchors and is fast.",
        "It needs neither further training nor tuning at test time.",
        "It asks for a passcode.",
        "No ground truth depth is needed for training.",
        "It predicts depth for each frame.",
        "The attack hides in grammar rules and not in the wording.",
        "It goes through hidden layers instead of the classification layer.",
        "No calibration data are used.",
        "It does without a teacher.",
        "It spares the teacher.",  # says in another way what is absent
        "It needs no more memory than earlier systems.",  # what is reduced is left open
    ],
)
def test_what_agrees(sentence):
    assert against(sentence) == ""


@pytest.mark.parametrize(
    "sentence",
    [
        "The tracker needs anchors and is fast.",
        "It answers at test time but needs further training.",
        "It asks for no passcode.",
        "Training needs ground truth depth.",
        "The attack hides in the wording, not in grammar rules.",
        "It goes through the classification layer instead of hidden layers.",
        "It comes with calibration data.",
        "It learns from a teacher.",
    ],
)
def test_what_is_lost_or_made_up(sentence):
    assert against(sentence)


def test_a_sentence_of_the_abstract_is_never_against_it():
    assert [against(text) for text in SENTENCES] == [""] * len(SENTENCES)
