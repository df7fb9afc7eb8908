"""Yes or no: which sentences limit, what a paper says, and what several say together."""

import pytest

from rag.judge import stances
from tests.judge.asked import record

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
def said(embedding):
    """Ask one paper, of whose sentences it is known how surely they settle the question."""

    def said(text: str, *told: tuple[str, float]):
        one = record("On faces", " ".join(s for s, _ in told) or "Nothing is said.", embedding)
        settling = {1 + n: sure for n, (_, sure) in enumerate(told)}
        assert [one.passages[n].text for n in settling] == [sentence for sentence, _ in told]
        found, verdict = stances.stance(text, one.passages, settling)
        return [p.text for p in found], verdict

    return said


DOES = "does attention help on faces and hands?"
HELPS, FAILS = "Attention improves results on faces.", "Attention fails on hands."
BESIDE = "We study attention on faces and hands."
WEAK = stances.SETTLES / 2


def test_the_sentence_that_settles_it_is_shown_and_speaks_for_itself(said):
    assert said(DOES, (BESIDE, 0.4), (HELPS, 0.9)) == ([HELPS], "told")


def test_a_sentence_of_limits_is_called_that_and_shown_beside_the_other(said):
    assert said(DOES, (FAILS, 0.9)) == ([FAILS], "mixed")
    assert said(DOES, (FAILS, 0.9), (HELPS, 0.8)) == ([HELPS, FAILS], "mixed")
    assert said(DOES, (HELPS, 0.9), (FAILS, WEAK)) == ([HELPS], "told")


def test_what_a_paper_does_can_be_done(said):
    for asked in (
        "can attention be used on faces?",
        "so can attention be used on faces?",
        "is it possible to use attention on faces?",
        "has anyone used attention on faces?",
    ):
        assert said(asked, (BESIDE, 0.9)) == ([BESIDE], "yes")
        assert said(asked, (FAILS, 0.9)) == ([FAILS], "mixed")


@pytest.mark.parametrize(
    "sentence",
    [
        "We prove that it is impossible to use attention on faces.",
        "Attention does not scale to faces.",
        "Convolution is necessary for faces.",
        "Attention is used on faces only with labels.",
    ],
)
def test_yes_is_not_said_where_a_word_could_turn_it_round(said, sentence):
    assert said("can attention be used on faces?", (sentence, 0.9))[1] in ("told", "mixed")
    assert said("can't attention be used on faces?", (BESIDE, 0.9)) == ([BESIDE], "told")


def test_without_a_judge_the_most_promising_sentence_is_shown(embedding):
    one = record("On faces", f"{BESIDE} {HELPS}", embedding)
    assert stances.stance(DOES, one.passages, {2: 0.0, 1: 0.0}) == ((one.passages[2],), "")


def test_who_asks_of_limits_is_not_told_that_there_are_some(said):
    assert said("does attention fail on hands?", (FAILS, 0.9)) == ([FAILS], "told")
    assert said("can attention hurt on faces?", (HELPS, 0.9)) == ([HELPS], "told")


def test_where_none_settles_it_the_nearest_is_shown_and_nothing_said(said):
    assert said(DOES, (BESIDE, WEAK), (HELPS, WEAK / 2)) == ([BESIDE], "")
    assert said(DOES) == ([], "")


SETTLED = (
    (
        "does label smoothing help distillation?",
        "Smoothing: Label smoothing lowers the accuracy of distilled students by 2%.",
        "Smoothing: We investigate whether label smoothing is compatible with distillation.",
    ),
    (
        "are transformers better than CNNs for counting cells?",
        "Counting: Our results show that transformers count cells more accurately than CNNs.",
        "Counting: Transformers and CNNs are widely used to count cells.",
    ),
    (
        "will a robot trained in simulation work in my kitchen?",
        "Kitchens: Policies that were trained in simulation succeed in 80% of real kitchens.",
        "Kitchens: Our goal is to take robots from simulation into kitchens.",
    ),
)
"""Questions, a sentence that settles each, and one that only says what it is about."""


@pytest.mark.parametrize(("question", "settles", "beside"), SETTLED)
def test_a_finding_settles_a_question_and_an_aim_does_not(reranker, question, settles, beside):
    finding, aim = reranker.settles([(question, settles), (question, beside)])
    assert 0 <= aim < finding <= 1
    assert finding >= stances.SETTLES


@pytest.mark.parametrize(
    ("each", "together"),
    [
        ((), ""),
        (("",), ""),
        (("yes", "yes"), "yes"),
        (("told",), "told"),
        (("yes", "told"), "told"),
        (("mixed", "yes"), "mixed"),
        (("yes", "", ""), "yes"),
    ],
)
def test_what_several_papers_say(each, together):
    assert stances.verdict(each) == together


def test_how_many_say_what():
    assert stances.counted(("yes", "", "told", "yes")) == {"yes": 2, "told": 1}
    assert stances.counted(("", "")) == {}
