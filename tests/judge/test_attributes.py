"""Details that a sentence can only tell by certain words."""

import json
from pathlib import Path

import pytest

from rag.judge.attributes import lacking
from rag.question.parsing import read

GOLD = Path(__file__).parents[1] / "gold"


@pytest.mark.parametrize(
    ("asked", "told", "lacks"),
    [
        ("Who paid for the archive?", "We merge datasets into an archive.", True),
        ("Who paid for the archive?", "This was supported by the Kite Foundation.", False),
        ("What learning rate was used?", "It is trained for 90 epochs.", True),
        ("What learning rate was used?", "We use a learning rate of 0.1.", False),
        ("how many parameters does KiteNet have?", "It runs on 3 datasets.", True),
        ("how many parameters does KiteNet have?", "A model of 7B is enough.", False),
        ("Which licence has the data?", "The data is released.", True),
        ("What PSNR does KiteNet reach?", "It reaches 37.5 dB.", False),
        ("Which dataset is KiteNet tested on?", "It is tested on COCO.", False),
        ("What is the fundamental limit of kites?", "It is 3.", False),
        ("What financial dataset is KiteBERT tested on?", "It is tested on the S&P 500.", False),
        ("Which accuracy does it reach on license plates?", "It reaches 99 %.", False),
        ("Which dataset is HardwareNet tested on?", "It is tested on COCO.", False),
        ("How many hours of audio does F1Net use?", "It uses 30 hours.", False),
        ("Which access does it grant?", "It opens doors.", False),
        ("What speed does KiteNet reach on a GPU?", "It reaches 30 FPS.", False),
        ("What GPU memory does it need?", "It needs 4 GB.", False),
        ("Which hardware trojans does it detect?", "It detects time bombs.", False),
    ],
)
def test_a_detail_is_told_by_its_words(asked, told, lacks):
    assert lacking(read(asked), told) is lacks


def test_no_detail_that_an_abstract_states_is_taken_for_lacking(library):
    """The sentence that holds the answer holds the words that tell it, in the bundled listing."""
    checked = 0
    for file in GOLD.glob("cs_cv_2021-04-02.*.jsonl"):
        for line in file.read_text(encoding="utf-8").splitlines():
            one = json.loads(line)
            if one["kind"] != "fact":
                continue
            [record] = library.records(one["relevant"][:1]).values()
            holding = [
                p.text
                for p in record.passages
                if any(answer.lower() in p.text.lower() for answer in one["answer_contains"])
            ]
            if holding:
                assert not lacking(read(one["question"]), " ".join(holding)), one["question"]
                checked += 1
    assert checked > 20
