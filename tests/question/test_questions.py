"""Questions read by rule: their kind, what a paper has to cover, and by which words."""

import pytest

from rag.core.questions import LONGEST_QUESTION
from rag.errors import QuestionError
from rag.question.parsing import read, read_file


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("which papers use transformers for tracking", "papers"),
        ("Which papers address monocular SLAM?", "papers"),
        ("which works estimate the 6D pose of objects?", "papers"),
        ("What methods are there for image deblurring?", "papers"),
        ("person re-identification papers", "papers"),
        ("papers on few-shot learning", "papers"),
        ("Which trackers report results on LaSOT?", "papers"),
        ("Are there papers about knowledge distillation?", "papers"),
        ("list all papers about GANs", "papers"),
        ("medical image analysis", "papers"),
        ("How fast does STMTrack run?", "fact"),
        ("At how many frames per second does RePOSE run?", "fact"),
        ("Which datasets is TransMOT evaluated on?", "fact"),
        ("What is the capital of France?", "fact"),
        ("Who won the 2018 football World Cup?", "fact"),
        ("Tell me about gravitational wave detection", "overview"),
        ("Summarize the work on domain adaptation", "overview"),
        ("Explain neural architecture search", "overview"),
        ("Give me an overview of video retrieval", "overview"),
    ],
)
def test_kind(text, kind):
    assert read(text).kind == kind


@pytest.mark.parametrize(
    ("text", "concepts"),
    [
        ("which papers use transformers for tracking", [("transformers",), ("tracking",)]),
        ("Which papers address monocular SLAM?", [("monocular SLAM",)]),
        ("person re-identification papers", [("person re-identification",)]),
        ("papers on few-shot learning", [("few-shot learning",)]),
        ("Which papers use GANs or diffusion?", [("GANs", "diffusion")]),
        ("Which papers combine depth and pose?", [("depth",), ("pose",)]),
    ],
)
def test_concepts(text, concepts):
    assert [c.alternatives for c in read(text).concepts] == concepts


@pytest.mark.parametrize(
    ("text", "wants"),
    [
        ("How fast does STMTrack run?", "number"),
        ("At how many frames per second does RePOSE run?", "number"),
        ("Which datasets is TransMOT evaluated on?", "dataset"),
        ("What does LoFTR use to get feature descriptors?", "name"),
        ("which papers use transformers", ""),
    ],
)
def test_wants(text, wants):
    assert read(text).wants == wants


def test_the_words_that_frame_a_question_are_no_topic():
    assert read("which papers use transformers for tracking").topic == "transformers tracking"


def test_white_space_is_folded():
    assert read("  which\tpapers\n\n track ").text == "which papers track"


@pytest.mark.parametrize("text", ["the", "papers", "which papers", "what is it?", "a or b", "42"])
def test_a_question_of_little_has_a_topic_still(text):
    question = read(text)
    assert question.topic
    assert all(c.alternatives and all(c.alternatives) for c in question.concepts)


@pytest.mark.parametrize("text", ["", " ", "\n", "?", "...", "—"])
def test_an_empty_question(text):
    with pytest.raises(QuestionError, match="empty"):
        read(text)


def test_the_longest_question():
    assert read("x" * LONGEST_QUESTION).text
    with pytest.raises(QuestionError, match="2,001 characters"):
        read("x" * (LONGEST_QUESTION + 1))


# -- files of questions ----------------------------------------------------------------------------


def test_a_file(tmp_path):
    path = tmp_path / "questions.jsonl"
    path.write_text('{"id": "a", "question": "Who?", "more": 1}\n\n{"id": 2, "question": "Wö?"}\n')
    assert read_file(path) == [("a", "Who?"), ("2", "Wö?")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "holds no questions"),
        (b"\n\n", "holds no questions"),
        (b"\xff\xfe", "UTF-8"),
        (b'{"id": 1, "question": "Who?"}\nnone', "line 2"),
        (b'{"question": "Who?"}', "line 1"),
        (b'["id"]', "line 1"),
        (b"3", "line 1"),
        (b'{"id": 1, "question": " "}', "line 1: The question is empty"),
    ],
)
def test_a_file_that_is_wrong(tmp_path, content, said):
    path = tmp_path / "questions.jsonl"
    path.write_bytes(content)
    with pytest.raises(QuestionError, match=said) as caught:
        read_file(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_missing(tmp_path):
    with pytest.raises(QuestionError, match="No such file"):
        read_file(tmp_path / "none.jsonl")
    with pytest.raises(QuestionError, match="directory"):
        read_file(tmp_path)
