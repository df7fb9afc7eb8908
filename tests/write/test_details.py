"""Numbers with their units, and names: what a sentence may say of a paper."""

import pytest

from rag.write import details

TITLE = "TrackNet: Tracking in Real Time"
SENTENCES = [
    "We propose TrackNet, a tracker with long short-term memory, for MOT17 and 3D scenes.",
    "It runs at 37 FPS and is 4-5% better than ResNet-50 on COCO, with 1,067 videos.",
    "On CIFAR-10 and CIFAR-100 the error falls by 0.9% and 4.1% respectively.",
    "It has five stages, 8B parameters, is 5.8$\\times$ faster and needs 28.5%less memory.",
]


def missing(sentence: str, also: str = "") -> str:
    return details.missing(sentence, TITLE, " ".join(SENTENCES), also)


@pytest.mark.parametrize(
    "sentence",
    [
        "TrackNet runs at 37 frames per second.",
        "It beats ResNet50 on COCO by four to five percent.",
        "The set has 1067 videos.",
        "It goes through 5 stages.",
        "Its 8 billion parameters make it 5.8 times faster.",
        "It needs 28.5% less memory.",
        "It uses an LSTM for MOT-17.",
        "A TrackNet-like tracker for scenes in 3D.",
        "The error falls by 4.1% on CIFAR-100.",
        "Tracking works in real time.",
    ],
)
def test_what_stands_in_the_abstract(sentence):
    assert missing(sentence) == ""


@pytest.mark.parametrize(
    ("sentence", "what"),
    [
        ("TrackNet runs at 73 FPS.", "73"),
        ("It is 37% better.", "37%"),
        ("It is better than ResNet-18.", "ResNet-18"),
        ("It is tested on KITTI.", "KITTI"),
        ("It goes through six stages.", "six"),
        ("Its 8M parameters are few.", "8M"),
        ("It uses a GRU for MOT17.", "GRU"),
        ("It follows objects with Kalman filters.", "Kalman"),
        ("It is 2.8 times faster.", "2.8"),
        ("MOT20 is harder.", "MOT20"),
    ],
)
def test_what_does_not(sentence, what):
    assert what in missing(sentence)


def test_names_of_others_that_are_cited():
    assert "LoFTR" in missing("LoFTR and TrackNet match points.")
    assert missing("LoFTR and TrackNet match points.", also="LoFTR") == ""
    assert "37" not in missing("LoFTR and TrackNet run at 37 FPS.", also="LoFTR")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("37 FPS", [(37, "fps")]),
        ("37.5 frames per second", [(37.5, "fps")]),
        ("1,067 and 2 million images", [(1067, "images"), (2e6, "images")]),
        ("4-5%", [(4, "%"), (5, "%")]),
        ("six of the twenty datasets", [(6, ""), (20, "datasets")]),
        ("ResNet-50 and YOLOv3 on MOT17", []),
        ("one of them", []),
        ("v1.2.3", []),
        ("$5.8\\times$", [(5.8, "x")]),
    ],
)
def test_numbers(text, expected):
    assert [(n.value, n.unit) for n in details.numbers(details.plain(text))] == expected
