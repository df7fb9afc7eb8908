"""Questions taken apart: their kind, what they are about and by which words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.core.questions import LONGEST_QUESTION
from rag.errors import QuestionError
from rag.question.files import read_file
from rag.question.parsing import read


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
        ("Explain neural architecture search", "explain"),
        ("Give me an overview of video retrieval", "overview"),
    ],
)
def test_kind(text, kind):
    assert read(text).kind == kind


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("which papers use transformers for tracking", "transformers for tracking"),
        ("Which papers address monocular SLAM?", "monocular SLAM"),
        ("person re-identification papers", "person re-identification"),
        ("papers on few-shot learning", "few-shot learning"),
        ("visual slam, anything?", "visual slam"),
        ("kv cache stuff?", "kv cache"),
        ("gnn / graph networks - who uses them", "gnn / graph networks"),
        ("which of these are surveys or literature reviews", "surveys or literature reviews"),
        ("who works with pictures of the ground?", "pictures of the ground"),
        ("Is there something to rescue photos in here?", "rescue photos"),
        ("Do any of these papers deal with sound?", "sound"),
        (
            "I was wondering whether anyone has reconstructed the shape of an object",
            "reconstructed the shape of an object",
        ),
        (
            "Hello, I am preparing a reading list for our radiology group. Could you please list "
            "every paper that works on CT scans? Thank you very much.",
            "CT scans",
        ),
        (
            "Good morning! For our reading group I would like to have the complete list of the "
            "papers that are about reinforcement learning. Could you put that together for me?",
            "reinforcement learning",
        ),
        (
            "Dear colleague, might I ask which of the papers run experiments on quantum computers?",
            "run experiments on quantum computers",
        ),
        ("Could you tell me, please, which papers process events?", "process events"),
        ("I'd like to know which papers are about exams or marking", "exams or marking"),
        (
            "which works tune the clipping threshold of private training on the fly",
            "tune the clipping threshold of private training on the fly",
        ),
        (
            "How can private data be protected, for example with noise?",
            "private data be protected, for example with noise",
        ),
        ("shops guessing what people like - what's new there?", "shops guessing what people like"),
        ("Which papers report results on KITTI?", "report results on KITTI"),
        ("on the fly clipping", "on the fly clipping"),
        ("list decoding of codes", "list decoding of codes"),
        ("search engines for code", "search engines for code"),
        ("name disambiguation", "name disambiguation"),
        ("finding one thing in a photo", "finding one thing in a photo"),
        ("survey papers", "survey"),
        ("which papers are there?", ""),
        ("show me everything", ""),
    ],
)  # fmt: skip
def test_topic(text, topic):
    assert read(text).topic == topic


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("which papers use transformers for tracking", ("transformers", "tracking")),
        ("Which papers address monocular SLAM?", ("monocular SLAM",)),
        ("Which papers use GANs or diffusion?", ("GANs or diffusion",)),
        ("Which papers study depth and pose?", ("depth", "pose")),
        ("image restoration: deblurring, denoising or dehazing",
         ("image restoration", "deblurring or denoising or dehazing")),
        ("attack models with examples, or defend them", ("attack models", "examples or defend")),
        ("Vision-and-language navigation in cities", ("Vision-and-language navigation", "cities")),
        ("large language models that take in both sound and video",
         ("large language models", "sound", "video")),
        ("overview of entanglement, the spooky connection thing",
         ("entanglement or the spooky connection",)),
        ("which papers use random sampling (Monte Carlo) for quantum particles",
         ("random sampling or Monte Carlo", "quantum particles")),
    ],
)  # fmt: skip
def test_parts(text, parts):
    assert read(text).parts == parts


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        (
            "which papers tune the clipping threshold on the fly",
            ("tune", "clipping", "threshold"),
        ),
        (
            "large language models that take in both sound and video",
            ("large", "language", "models", "sound", "video"),
        ),
        (
            "models that go back and take another look at part of the picture",
            ("models", "part", "picture"),
        ),
        ("CIFAR-10 or C++", ("CIFAR-10", "C++")),
    ],
)
def test_terms(text, terms):
    assert read(text).terms == terms


@pytest.mark.parametrize(
    ("text", "wants"),
    [
        ("How fast does STMTrack run?", "speed"),
        ("At how many frames per second does RePOSE run?", "speed"),
        ("How many people took part?", "number"),
        ("Which datasets is TransMOT evaluated on?", "dataset"),
        ("What kind of gyro is used in the driving dataset with tunnels?", "name"),
        ("what data does it use", "dataset"),
        ("What does LoFTR use to get feature descriptors?", "name"),
        ("which papers use transformers", ""),
    ],
)
def test_wants(text, wants):
    assert read(text).wants == wants


def test_white_space_is_folded():
    assert read("  which\tpapers\n\n track ").text == "which papers track"


@pytest.mark.parametrize("text", ["papers", "which papers", "what is it?", "a or b", "42", "the"])
def test_a_question_of_little_can_be_read(text):
    question = read(text)
    assert question.text == text
    assert all(word in question.topic for word in question.terms)
    assert bool(question.topic) == bool(question.parts)


@given(st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_any_text_can_be_read(text):
    try:
        question = read(text)
    except QuestionError as error:
        assert "\n" not in str(error)  # noqa: PT017
    else:
        assert all(question.parts)
        assert all(question.excluded)


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


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("does language help few-shot segmentation?", ("language", "few-shot segmentation")),
        ("is it worth using depth for tracking?", ("depth", "tracking")),
        ("Does it make sense to use GANs for medical images?", ("GANs", "medical images")),
        ("do transformers work better than CNNs?", ("transformers", "CNNs")),
        ("does pretraining improve detection", ("pretraining", "detection")),
        ("can GANs be used for video", ("GANs", "video")),
    ],
)
def test_how_well_it_goes_is_no_part_of_a_yes_or_no_question(text, parts):
    question = read(text)
    assert (question.kind, question.parts) == ("yes-no", parts)
