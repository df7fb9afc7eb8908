"""Details: the paper that is asked about, the sentence that holds what is asked, and refusals."""

import pytest

from rag.core.questions import Question
from rag.judge import facts
from rag.judge.evidence import Findings
from tests.judge.asked import (
    EFFICIENTNET,
    LOFTR,
    STMTRACK,
    TRANSMOT,
    Watched,
    check_quotable,
    fact,
    ids,
)  # fmt: skip

STATED = [
    (fact("How fast does STMTrack run?", "", "speed", "STMTrack"), STMTRACK, "37 FPS"),
    (
        fact("At how many frames per second does RePOSE run?", "frames", "speed", "RePOSE"),
        "2104.00633",
        "71 FPS",
    ),
    (
        fact(
            "What ImageNet top-1 accuracy does EfficientNetV2 achieve?",
            "top-1 accuracy", "number", "EfficientNetV2",
        ),
        EFFICIENTNET,
        "87.3%",
    ),
    (
        fact("Which datasets is TransMOT evaluated on?", "datasets", "dataset", "TransMOT"),
        TRANSMOT,
        "MOT15",
    ),
]  # fmt: skip
NOT_STATED = [
    fact("What is the capital of France?", "capital"),
    fact("Who won the 2018 football World Cup?", "", "name"),
    fact("What learning rate does TransMOT use?", "learning rate", "number", "TransMOT"),
    fact("How many layers does Mamba have?", "layers", "number", "Mamba"),
]


@pytest.fixture
def find(library, embedding, search):
    def find(question: Question, reranker) -> Findings:
        return facts.find(question, search(question), library, embedding, reranker)

    return find


@pytest.mark.parametrize(("question", "identifier", "detail"), STATED)
def test_the_sentence_that_holds_the_detail(find, reranker, question, identifier, detail):
    found = find(question, reranker)
    assert ids(found.matched) == [identifier]
    assert found.near == ()
    assert detail in found.matched[0].passages[0].text
    assert len(found.matched[0].passages) <= 2
    check_quotable(found)


@pytest.mark.parametrize(("question", "identifier", "detail"), STATED[:2])
def test_by_the_scores_alone(find, question, identifier, detail):
    found = find(question, None)
    assert ids(found.matched) == [identifier]
    assert any(detail in p.text for p in found.matched[0].passages)


@pytest.mark.parametrize("question", NOT_STATED)
def test_what_no_abstract_states_is_not_answered(find, reranker, question):
    found = find(question, reranker)
    assert found.matched == ()
    assert 1 <= len(found.near) <= facts.MOST_NEAR
    check_quotable(found)


def test_the_paper_that_was_asked_about_is_the_nearest(find, reranker):
    found = find(NOT_STATED[2], reranker)
    assert ids(found.near)[0] == TRANSMOT


def test_a_word_that_no_paper_has_is_named(find, reranker):
    assert "Mamba" in find(NOT_STATED[3], reranker).unknown


def test_no_candidates_no_findings(library, embedding, reranker):
    assert facts.find(STATED[0][0], [], library, embedding, reranker) == Findings((), ())


def test_the_judge_reads_a_few_sentences_of_a_few_papers(find, reranker, library):
    watched = Watched(reranker)
    find(STATED[0][0], watched)
    longest = max(len(record.passages) for record in library.sample())
    assert 0 < len(watched.pairs) <= facts.PAPERS * facts.SENTENCES + longest


# -- the form of an answer -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wants", "asked", "text", "form"),
    [
        ("number", "how many layers does it have?", "It has 12 layers.", 1.0),
        ("number", "how many layers does it have?", "It has twelve layers.", 1.0),
        ("number", "how many layers does it have?", "It has a few layers.", 0.0),
        ("number", "how many of the 12 layers are used?", "All 12 layers are shown.", 0.0),
        ("number", "how many layers?", "It is a 3D network.", 0.0),
        ("number", "how many layers?", "It is tested on MOT17.", 0.0),
        ("speed", "how fast is it?", "It runs at 37 FPS.", 1.0),
        ("speed", "how fast is it?", "It has 37 layers.", 0.0),
        ("speed", "how fast is it?", "It runs in real time.", 0.0),
        ("speed", "how fast is it?", "It is 5x faster.", 1.0),
        ("venue", "where was it published?", "It is accepted at CVPR.", 1.0),
        ("venue", "where was it published?", "It is fast.", 0.0),
        ("code", "is the code available?", "Our implementation is on GitHub.", 1.0),
        ("code", "is the code available?", "It is fast.", 0.0),
        ("dataset", "what is it tested on?", "We test on KITTI.", 1.0),
        ("dataset", "what is it tested on?", "We test on faces.", 0.0),
        ("name", "what is LoFTR built on?", "LoFTR is fast.", 0.0),
        ("", "why is it fast?", "It is fast.", 0.5),
    ],
)
def test_the_form_of_the_answer(wants, asked, text, form):
    assert facts.has_form(fact(asked, "", wants), text) == form


def test_measured_are_the_figures_that_the_regressions_weigh(library, embedding, reranker, search):
    from rag.judge.calibration import regressions
    from rag.judge.wording import Wording

    question = fact("What does LoFTR use to get feature descriptors?", "", "", "LoFTR")
    matches = search(question)
    wording = Wording(question, matches, library)
    best, logits, measured = facts.measure(question, matches, wording, embedding, reranker)
    assert best.paper.id == LOFTR
    assert set(logits) == {n for n, p in enumerate(best.record.passages) if not p.is_title}
    assert measured["names"] == [1.0]
    for name in ("fact", "fact_scores"):
        assert set(regressions()[name].names) <= set(measured)
    for name in ("near", "words", "words_paper", "asked", "form"):
        assert 0 <= measured[name][0] <= 1.001
