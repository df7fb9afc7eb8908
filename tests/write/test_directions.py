"""Whether a sentence points the same way as the abstract."""

import pytest

from rag.write import details, directions

SENTENCES = [
    "Our tracker improves accuracy by 4% over MoCo and runs in under 2 seconds.",
    "It reduces memory by 20% compared with larger networks.",
    "Removing the memory costs 4 points, significantly greater than the 2 of the template.",
    "It adapts to a new domain, meanwhile maintaining what it does on the source domain.",
    "Earlier filters may not be effective at night.",
    "On long videos it is slower than the baseline.",
    "The effect grows with more than 16 million examples.",
]


def against(sentence: str) -> str:
    return directions.against(details.plain(sentence), [details.plain(text) for text in SENTENCES])


@pytest.mark.parametrize(
    "sentence",
    [
        "The tracker is better than MoCo by 4%.",
        "It gains 4% over MoCo.",
        "The memory drops by 20%.",
        "It does better than state-of-the-art trackers such as MoCo by 4%.",
        "Filters of earlier days work poorly at night.",
        "It adapts to a new domain and keeps what it does on the source domain.",
        "Without the memory it loses 4 points, more than without the template.",
        "It is slower than the baseline on long videos.",
        "It takes less than 2 seconds.",
        "The effect grows with over 16 million examples.",
        "The tracker follows objects.",
    ],
)
def test_what_agrees(sentence):
    assert against(sentence) == ""


@pytest.mark.parametrize(
    "sentence",
    [
        "The tracker is worse than MoCo by 4%.",
        "Its accuracy is 4% lower than that of MoCo.",
        "The memory rises by 20% over larger networks.",
        "It does worse than state-of-the-art trackers such as MoCo.",
        "Earlier filters work well at night.",
        "It adapts to a new domain by giving up what it does on the source domain.",
        "Removing the memory costs 4 points, less than removing the template.",
        "It is faster than the baseline on long videos.",
        "It takes more than 2 seconds.",
        "The effect grows with fewer than 16 million examples.",
        "The tracker does not improve accuracy over MoCo.",
        "The accuracy of the tracker falls short of MoCo.",
    ],
)
def test_what_is_turned(sentence):
    assert against(sentence)


TYPED = "Participants reached a mean typing speed of 21.9 words, 56% of that on their phones."
LEARNED = "The curriculum gradually shifts from early sensory to late association regions."


@pytest.mark.parametrize(
    ("sentence", "turned"),
    [
        ("Participants typed faster than on their phones, at 21.9 words.", "is not said"),
        ("Participants typed slower than on their phones, at 21.9 words.", "worse"),
        ("Participants typed at 21.9 words, at least half of what they did on phones.", ""),
        ("Its curriculum moves from late association to early sensory regions.", "other way"),
        ("Its curriculum moves from early sensory towards late association regions.", ""),
        ("Its curriculum moves from easy to hard examples.", ""),
    ],
)
def test_which_way_it_goes_has_to_be_said(sentence, turned):
    found = directions.against(
        details.plain(sentence), [details.plain(text) for text in (TYPED, LEARNED)]
    )
    assert bool(found) == bool(turned)
    assert turned in found
