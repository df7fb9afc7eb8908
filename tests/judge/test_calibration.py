"""Likelihoods and the number of papers to take; the fitted weights are only known by their form."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.judge.calibration import Regression, how_many, likelihood, regressions

LOGITS = st.lists(st.floats(-8, 8), min_size=1, max_size=40)


def test_likelihoods():
    found = likelihood(np.array([-2.0, 0.0, 2.0]))
    assert found[1] == pytest.approx(0.5)
    assert found[0] + found[2] == pytest.approx(1.0)
    assert (np.diff(found) > 0).all()


def test_a_regression_is_a_weighted_sum():
    fitted = Regression(("a", "b"), np.array([2.0, -1.0]), 0.5)
    figures = {"b": np.array([1.0, 0.0]), "a": np.array([3.0, 0.0]), "c": np.array([9.0, 9.0])}
    assert fitted.logits(figures).tolist() == [5.5, 0.5]


def test_the_fitted_regressions_are_complete():
    fitted = regressions()
    assert set(fitted) == {
        "scores", "answerable_scores", "fact", "fact_scores", "sentence",
    }  # fmt: skip
    for one in fitted.values():
        assert len(one.names) == len(set(one.names)) == len(one.weights)
        assert np.isfinite(one.weights).all()
        assert np.isfinite(one.bias)
    assert "judge" not in fitted["scores"].names


@pytest.mark.parametrize(
    ("logits", "count"),
    [
        ([], 0),
        ([5.0], 1),
        ([5.0, 5.0, -8.0, -8.0], 2),
        ([-8.0, 5.0, -8.0, 5.0], 2),
        ([5.0, 5.0, 5.0], 3),
    ],
)
def test_how_many(logits, count):
    assert how_many(np.array(logits)) == count


@given(LOGITS)
def test_at_least_one_and_no_more_than_there_are(logits):
    assert 1 <= how_many(np.array(logits)) <= len(logits)


@given(LOGITS)
def test_the_number_does_not_depend_on_the_order(logits):
    assert how_many(np.array(logits)) == how_many(np.array(logits[::-1]))


def test_it_is_the_number_that_makes_the_expected_f1_largest():
    """Against the exact expectation over all outcomes of a few candidates."""
    p = likelihood(np.array([2.0, 0.5, -1.0, -3.0]))
    expected = []
    for k in range(1, 5):
        total = 0.0
        for size in range(1, 5):
            for relevant in combinations(range(4), size):
                chance = np.prod([p[n] if n in relevant else 1 - p[n] for n in range(4)])
                hits = sum(n < k for n in relevant)
                total += chance * 2 * hits / (k + size)
        expected.append(total)
    assert how_many(np.array([2.0, 0.5, -1.0, -3.0])) == int(np.argmax(expected)) + 1
