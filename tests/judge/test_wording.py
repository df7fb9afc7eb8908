"""How much of a question's words stand in a text."""

import pytest

from rag.core.questions import Question
from rag.judge.wording import Wording
from rag.text.words import stems
from tests.judge.asked import TRANSMOT, papers_on


@pytest.fixture
def wording(library, search):
    def wording(question: Question) -> Wording:
        return Wording(question, search(question), library)

    return wording


def match_of(matches, identifier):
    return next(m for m in matches if m.paper.id == identifier)


def test_all_words_nothing_and_something_between(wording, search):
    question = papers_on("transformers for tracking")
    read = wording(question)
    assert read.share(stems("a transformer that tracks")) == pytest.approx(1.0)
    assert read.share(()) == 0.0
    assert 0 < read.share(stems("it tracks")) < 1
    assert read.count == 2
    match = match_of(search(question), TRANSMOT)
    shares = read.shares(match)
    assert shares.shape == (len(match.record.passages),)
    assert shares.max() <= read.whole[read.number(match)] + 1e-9 <= 1 + 1e-9
    assert read.whole[read.number(match)] == pytest.approx(1.0)


def test_rare_words_weigh_more(wording):
    read = wording(papers_on("melanoma method"))
    assert read.share(stems("a method")) < read.share(stems("melanoma"))


@pytest.mark.parametrize(
    ("topic", "identifier"),
    [
        ("neural architecture search", "2104.00031"),
        ("NAS", "2104.00031"),
        ("semi-supervised domain adaptation", "2104.00319"),
        ("SSDA", "2104.00319"),
    ],
)
def test_an_abbreviation_is_its_long_form(wording, search, topic, identifier):
    question = papers_on(topic)
    read = wording(question)
    assert read.whole[read.number(match_of(search(question), identifier))] > 0.9


def test_words_that_no_paper_has(wording):
    read = wording(papers_on("Mamba for tracking"))
    assert read.unknown == ("Mamba",)
    assert 0 < read.unknown_share([("Mamba",), ("tracking",)]) < 1
    assert read.unknown_share([("Mamba", "tracking")]) == 0.0
    known = wording(papers_on("transformers for tracking"))
    assert known.unknown == ()
    assert known.unknown_share([("transformers",), ("tracking",)]) == 0.0


def test_a_question_without_words(library):
    read = Wording(Question("what is there", "papers", ""), [], library)
    assert read.count == 0
    assert read.unknown_share([("anything",)]) == read.share(stems("anything")) == 0.0
