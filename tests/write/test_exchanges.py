"""Whether two names of a sentence have changed places."""

import pytest

from rag.write import exchanges

SENTENCES = [
    "We introduce two variants: SPIO-S, which selects a single best solution path as the model "
    "determines it, and SPIO-E, which selects the top candidate plans and ensembles them.",
    "Both are tested on Kaggle.",
]


@pytest.mark.parametrize(
    "sentence",
    [
        *SENTENCES,
        "SPIO-S keeps the best path, whereas SPIO-E ensembles the top plans.",
        "SPIO-E beats SPIO-S on Kaggle.",  # too little is said of either
    ],
)
def test_names_in_their_places(sentence):
    assert exchanges.exchanged(sentence, SENTENCES) == ""


def test_names_that_changed_places():
    sentence = (
        "SPIO-E keeps the single best path, whereas SPIO-S ensembles the top candidate plans."
    )
    assert "'SPIO-E' and 'SPIO-S'" in exchanges.exchanged(sentence, SENTENCES)
