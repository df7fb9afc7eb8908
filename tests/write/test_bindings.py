"""What a number is said of, and what it may therefore not be said of."""

import pytest

from rag.write import bindings, details

SENTENCES = [
    "On CIFAR-10 and CIFAR-100 the error falls by 0.9% and 4.1% respectively.",
    "It gets 82.24% and 99.91% when trained from scratch on Oxford-102 Flowers and PlantVillage.",
    "It cuts the search by up to $5.8\\times$ on ImageNet and $2.4\\times$ on NYU Depth V2.",
    "The set has 216 videos with 597 annotated keyframes, labelled in six (large) clinics.",
    "Motion is predicted from any number of trajectories, in two ways.",
    "It improves clean accuracy by 43.1% and certified accuracy by 40.3% with 20 edges.",
    "Without context, ChatGPT does best at 52%, while with context, Claude does best at 75%.",
    "VGG16 achieves 90.8% accuracy, outperforming the plain CNN (83.1%).",
    "The models fall into (1) small ones and (2) large ones of 29k-node graphs.",
]


def moved(sentence: str) -> str:
    return bindings.moved(details.plain(sentence), [details.plain(text) for text in SENTENCES])


@pytest.mark.parametrize(
    "sentence",
    [
        "The error on CIFAR-100 is 4.1% lower.",
        "On CIFAR-10 it is better by 0.9%, on CIFAR-100 by 4.1%.",
        "Trained from scratch it reaches 82.24% on Oxford-102 Flowers.",
        "The search is up to 2.4 times faster on NYU Depth V2.",
        "There are 216 clinical videos and 597 keyframes.",
        "Six clinics labelled it.",
        "There are two ways to predict motion.",
        "With 20 more edges, clean accuracy rises by 43.1%.",
        "Claude leads with 75% when there is context.",
        "A CNN gets 83.1%, while VGG16 gets 90.8%.",
        "The graphs have 29k nodes.",
        "It is compared on the 2 benchmarks that the literature has.",  # counted by another word
    ],
)
def test_what_the_abstract_says_of_it(sentence):
    assert moved(sentence) == ""


@pytest.mark.parametrize(
    "sentence",
    [
        "The error on CIFAR-10 is 4.1% lower.",
        "On CIFAR-100 it is better by 0.9%, on CIFAR-10 by 4.1%.",
        "Trained from scratch it reaches 99.91% on Oxford-102 Flowers.",
        "The search is up to 2.4 times faster on ImageNet.",
        "The set has 597 clinical videos.",
        "Motion is predicted from at most two trajectories.",
        "With 20 more edges, clean accuracy rises by 40.3%.",
        "With context, Claude leads with 52%.",
        "A CNN gets 90.8%, while VGG16 gets 83.1%.",
    ],
)
def test_what_it_says_of_another(sentence):
    assert "is said of something else" in moved(sentence)


def test_a_sentence_of_the_abstract_is_never_against_it():
    assert [moved(text) for text in SENTENCES] == [""] * len(SENTENCES)
