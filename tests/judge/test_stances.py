"""Yes or no: which sentences limit, what a paper says, and what several say together."""

import pytest

from rag.core.passages import Passage
from rag.judge import stances

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


def said(question: str, *told: tuple[str, float]) -> tuple[list[str], str]:
    passages = [Passage("p", n, n + 1, text) for n, (text, _) in enumerate(told)]
    logits = {n: logit for n, (_, logit) in enumerate(told)}
    found, verdict = stances.stance(question, passages, logits)
    return [p.text for p in found], verdict


FOR, AGAINST = "It works on faces.", "It fails on hands."


def test_what_a_paper_says():
    assert said("does it work?", (FOR, 5.0)) == ([FOR], "yes")
    assert said("does it work?", (AGAINST, 5.0)) == ([AGAINST], "no")
    assert said("does it work?", (AGAINST, 5.0), (FOR, 4.0)) == ([FOR, AGAINST], "mixed")


def test_the_strongest_sentence_of_each_side_is_shown():
    told = [(FOR, 1.0), ("It works on cats.", 3.0), (AGAINST, 2.0)]
    assert said("does it work?", *told) == (["It works on cats.", AGAINST], "mixed")


def test_a_sentence_that_hardly_answers_says_nothing():
    weak = 5.0 - stances.ANSWERING - 0.1
    assert said("does it work?", (FOR, 5.0), (AGAINST, weak)) == ([FOR], "yes")


def test_who_asks_whether_it_fails_gets_yes_where_it_does():
    assert said("does it fail on hands?", (AGAINST, 5.0)) == ([AGAINST], "yes")
    assert said("does it hurt?", (FOR, 5.0)) == ([FOR], "no")


def test_where_nothing_was_read_nothing_is_shown():
    found, _ = said("does it work?")
    assert found == []


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
