"""Which genres of paper a question asks for."""

import numpy as np
import pytest

from rag.question import excluded, genres, learned, parsing
from rag.question.learned import PATTERNS, Manner
from rag.question.stretches import Heard


@pytest.fixture(scope="module")
def manner(embedding) -> Manner:
    return learned.manner(
        embedding.name, embedding.encode_query, embedding.in_context, embedding.is_word
    )


@pytest.mark.parametrize(
    ("text", "names", "topic"),
    [
        ("overview articles on sign language, please", ("a survey",), "sign language"),
        ("who put their code for lidar odometry online?", ("published code",), "lidar odometry"),
        ("speech enhancement that runs live, in real time", ("real time",), "speech enhancement"),
        ("which papers are about point cloud registration?", (), "point cloud registration"),
        ("papers evaluated on the KITTI dataset", (), "KITTI dataset"),
        ("who predicts churn from customer reviews?", (), "customer reviews"),
    ],
)
def test_what_is_of_a_genre_is_asked_for_without_it(manner, text, names, topic):
    question = parsing.read(text, manner=manner)
    assert question.genres == names
    assert set(topic.split()) <= set(question.topic.replace(",", "").split())
    assert not {"overview", "code", "live"} & set(question.topic.split())


def test_where_nothing_else_is_asked_the_words_for_the_genre_are_the_topic(manner):
    for how in (manner, PATTERNS):
        question = parsing.read("which papers are surveys or reviews?", manner=how)
        assert question.genres == ("a survey",)
        assert "surveys" in question.topic
        assert question.parts == ()


def test_by_patterns_where_nothing_was_learned(manner):
    question = parsing.read("surveys of tracking that release code")
    assert question.genres == ("a survey", "published code")
    assert question.topic == "tracking"
    nothing = np.zeros(0, np.float32)
    unread = genres.asked("surveys of tracking", lambda _: nothing, lambda _text, _spans: None)
    assert unread == genres.by_patterns("surveys of tracking")


@pytest.mark.parametrize(
    ("text", "left_out"),
    [
        ("object detection in fog, but no lidar please", ("lidar",)),
        ("segmentation of organs; MRI is out", ("MRI",)),
        ("No time to read much: which papers speed up rendering?", ()),
        ("chatbots that do not look at the picture", ()),
        ("I cannot write code. Which papers draw charts from plain words?", ()),
    ],
)
def test_what_is_left_out_is_heard_in_the_whole_question(manner, text, left_out):
    assert excluded.split(text, manner.hear)[1] == left_out


def test_papers_that_are_compared_and_not_named_are_those_on_a_topic(manner):
    question = parsing.read("Compare several ways of reconstructing moving scenes", manner=manner)
    assert (question.kind, question.topic) == ("overview", "reconstructing moving scenes")
    named = parsing.read("compare LoFTR with TransMOT", manner=manner)
    assert (named.kind, named.subjects) == ("compare", ("LoFTR", "TransMOT"))


def test_words_that_ask_are_taken_off_whole_and_once(manner):
    asks = genres.Asks(("published code",), ((0, 4),))
    assert (
        asks.without("video encoder papers", "code for a video encoder") == "video encoder papers"
    )
    text = "transformers for tracking, but without transformers"
    rest, left_out = excluded.split(text, manner.hear)
    assert left_out == ("transformers",)
    assert rest == "transformers for tracking"


@pytest.mark.parametrize("mark", ["exclude", "leave out", "ignoring", "apart from", "other than"])
def test_a_mark_that_says_nothing_else_is_heard_in_any_case(mark):
    nothing = Heard(np.array([1.0, 0.0]), [], np.zeros(0))
    assert excluded.split(f"tracking papers, {mark} medical ones", lambda _: nothing)[1]
