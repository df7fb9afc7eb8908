"""Which kind of answer a question wants, in ways of asking that no pattern knows."""

import numpy as np
import pytest

from rag.question import kinds, manners, names


@pytest.fixture(scope="module")
def kind(embedding):
    kind_of = manners.kind_of(embedding.name, embedding.encode_query)

    def kind(text: str):
        return kind_of(text, names.find(text, lambda _: False))

    return kind


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("walk me through QuillNet please, from start to end", "explain"),
        ("in simple terms, the mechanism behind FooFormer?", "explain"),
        ("the gist of the one where they count bees, please", "explain"),
        ("give me the F1 score of MedSpan on radiology notes", "fact"),
        ("batch size used for training OrbitGAN?", "fact"),
        ("ZipNet or SnapNet for small phones, how do they stack up", "compare"),
        ("put LoopSLAM and KiteSLAM side by side", "compare"),
        ("where does the field of protein design stand today?", "overview"),
        ("sketch for me how research on dark matter has evolved", "overview"),
        ("roughly what number of the papers is about wheat?", "count"),
        ("names of the people behind QuillNet?", "record"),
        ("hit me with work on tactile grasping", "papers"),
        ("writing my thesis, need contrastive learning for ECG", "papers"),
    ],
)
def test_other_ways_of_asking_are_understood(kind, text, wanted):
    assert kind(text)[0] == wanted


def test_what_the_patterns_know_stays_as_it_is(kind):
    for text in (
        "which papers use transformers for tracking",
        "how does LoFTR work",
        "papers on image segmentation",
        "are there papers on neural rendering",
        "what is known about domain adaptation",
        "how many papers are about tracking",
        "who wrote LoFTR",
        "in which category is STMTrack?",
    ):
        assert kind(text) == kinds.kind(text, names.find(text, lambda _: False)), text


def test_what_a_record_is_asked_for_is_told_by_its_words():
    assert manners.wanted("names of the people behind QuillNet") == "authors"
    assert manners.wanted("the year that QuillNet came out") == "date"
    assert manners.wanted("BibTeX for QuillNet") == "link"
    assert manners.wanted("was QuillNet retracted") == "version"


def test_with_another_model_the_patterns_tell(embedding):
    for name in ("other/model", f"{embedding.name}-mine"):
        assert manners.kind_of(name, lambda _: np.zeros(7, np.float32)) is kinds.kind


@pytest.mark.parametrize(
    "text",
    ["rlhf", "gnn", "NeRF", "CLIP", "C++", "GPT-4", "ImageNet", "chain of thought", "climate",
     "Wi-Fi sensing", "attention", "word2vec", "batch size"],
)  # fmt: skip
def test_the_name_of_a_thing_asks_for_papers(kind, text):
    assert kind(text)[0] == "papers"


def test_a_record_is_of_a_paper_that_is_named(kind):
    assert kind("year of the first transformer paper")[0] != "record"
    assert kind("can you link me the bee counting paper")[0] != "record"


def test_the_weights_are_those_of_a_regression():
    fitted = manners.weights()
    assert fitted.said.shape == (len(fitted.rows), len(fitted.kinds))
    assert fitted.meant.shape[1] == len(fitted.kinds) == len(fitted.bias)
    odds = fitted.likelihoods(["rule "], np.zeros(len(fitted.meant), np.float32))
    assert sum(odds.values()) == pytest.approx(1)
