"""Yes or no: which sentences limit, what a paper says, and what several say together."""

import pytest

from rag.judge import stances
from rag.judge.wording import Wording
from rag.question.parsing import read
from tests.judge.asked import matched, record

LIMITS = """
It fails on medical images.
The tracker struggles with fast motion.
Accuracy degrades on small objects.
It does not generalise to new faces.
The gain is limited.
There is no improvement on COCO.
Label smoothing will lose its effectiveness.
It is not robust.
Performance drops by 5%.
It lags behind supervised training.
The network is vulnerable to attacks.
"""
NO_LIMITS = """
It works on medical images.
It overcomes the limitations of others.
It addresses the poor quality of labels.
We track objects without failures.
The accuracy is high.
It reduces failures.
It is robust to noise.
It is as fast as the others.
"""


@pytest.mark.parametrize("sentence", LIMITS.strip().splitlines())
def test_what_limits(sentence):
    assert stances.limits(sentence)


@pytest.mark.parametrize("sentence", NO_LIMITS.strip().splitlines())
def test_what_does_not(sentence):
    assert not stances.limits(sentence)


@pytest.fixture
def said(library, embedding):
    """Ask one paper of the title "On faces and hands", with what the judge says of sentences."""

    def said(text: str, *told: tuple[str, float], title="On faces and hands", lacks=()):
        question = read(text)
        one = record(title, " ".join(s for s, _ in told) or "Nothing is said.", embedding)
        match = matched(one, question.topic, embedding)
        first = sum(p.is_title for p in one.passages)
        logits = {first + n: logit for n, (_, logit) in enumerate(told)}
        assert [one.passages[n].text for n in logits] == [sentence for sentence, _ in told]
        wording = Wording(question, [match], library)
        found, verdict = stances.stance(question, match, logits, wording, lacks)
        return [p.text for p in found], verdict

    return said


DOES, FAST = "does attention help on faces and hands?", "is attention robust on faces and hands?"
FOR, AGAINST = "Attention improves results on faces.", "Attention fails on hands."
BESIDE = "We use attention on faces and hands."


def test_what_a_paper_says(said):
    assert said(DOES, (FOR, 5.0)) == ([FOR], "yes")
    assert said(DOES, (AGAINST, 5.0)) == ([AGAINST], "no")
    assert said(DOES, (AGAINST, 5.0), (FOR, 4.0)) == ([FOR, AGAINST], "mixed")


def test_the_strongest_sentence_of_each_side_is_shown(said):
    more = "Attention gains 5% on faces."
    assert said(DOES, (FOR, 1.0), (more, 3.0), (AGAINST, 2.0)) == ([more, AGAINST], "mixed")


def test_a_sentence_that_hardly_answers_says_nothing(said):
    weak = 5.0 - stances.ANSWERING - 0.1
    assert said(DOES, (FOR, 5.0), (AGAINST, weak)) == ([FOR], "yes")


def test_who_asks_whether_it_fails_gets_yes_where_it_does(said):
    assert said("does attention fail on hands?", (AGAINST, 5.0)) == ([AGAINST], "yes")
    assert said("does attention hurt on faces?", (FOR, 5.0)) == ([FOR], "no")


def test_where_nothing_was_read_nothing_is_shown(said):
    assert said(DOES) == ([], "")


def test_what_is_done_says_nothing_of_how_well_it_goes(said):
    assert said(DOES, (BESIDE, 5.0)) == ([BESIDE], "")
    assert said("can attention be used on faces and hands?", (BESIDE, 5.0)) == ([BESIDE], "yes")


def test_a_quality_has_to_be_named(said):
    robust = "Attention is robust on faces and hands."
    assert said(FAST, (FOR, 5.0)) == ([FOR], "")
    assert said(FAST, (robust, 5.0)) == ([robust], "yes")
    assert said(FAST, (AGAINST, 5.0)) == ([AGAINST], "no")


def test_a_comparison_is_answered_by_one(said):
    asked = "is attention better than convolution on faces?"
    both = "Attention outperforms convolution on faces."
    assert said(asked, (FOR, 5.0)) == ([FOR], "")
    assert said(asked, (both, 5.0)) == ([both], "yes")


def test_background_and_links_say_nothing(said):
    for text in (
        "Recently attention has improved results on faces and hands.",
        "Code for attention on faces and hands that improves is available at https://example.org.",
    ):
        assert said(DOES, (text, 5.0))[1] == ""


def test_what_concerns_something_else_says_nothing(said):
    beside = "The encoder improves results on trees."
    assert said(DOES, (beside, -3.0), title="On trees") == ([beside], "")


def test_of_a_paper_that_lacks_a_term_only_what_the_judge_hears_counts(said):
    assert said(DOES, (FOR, -1.0)) == ([FOR], "yes")
    assert said(DOES, (FOR, -1.0), lacks=("hands",)) == ([FOR], "")
    assert said(DOES, (FOR, 3.0), lacks=("hands",)) == ([FOR], "yes")


def test_what_varies_is_neither_yes_nor_no(said):
    varies = "The use of attention on faces depends heavily on the light."
    assert said(DOES, (varies, 5.0), (FOR, 4.0)) == ([varies], "mixed")


@pytest.mark.parametrize(
    ("each", "together"),
    [
        ((), ""),
        (("",), ""),
        (("yes", "yes"), "yes"),
        (("no",), "no"),
        (("yes", "no"), "mixed"),
        (("mixed", "yes"), "mixed"),
        (("yes", "", ""), "yes"),
    ],
)
def test_what_several_papers_say(each, together):
    assert stances.verdict(each) == together


def test_how_many_say_what():
    assert stances.counted(("yes", "", "no", "yes")) == {"yes": 2, "no": 1}
    assert stances.counted(("", "")) == {}
