"""Trees against the library that grows them, and what the fitted ones hold to."""

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from benchmarks.calibration import ANSWERABLE_JUDGED, FORESTS, JUDGED, MATCHING, grown
from rag.judge import figures
from rag.judge.trees import fitted, read

HOW = {**MATCHING, "max_iter": 30, "learning_rate": 0.2, "max_features": 1.0}
"""As the trees that are fitted are grown, only fewer."""


@pytest.fixture(autouse=True)
def _one_thread():
    """Threads that wait for one another take long where tests run beside these."""
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module")
def rows():
    return np.random.default_rng(7).normal(size=(2000, len(JUDGED)))


@pytest.fixture(scope="module")
def labels(rows):
    return (rows[:, 0] * rows[:, 1] > rows[:, 2]).astype(int)  # no weighted sum tells this


def test_they_say_what_the_library_says_that_grew_them(rows, labels):
    found = grown(JUDGED, HOW, rows, labels).logits(dict(zip(JUDGED, rows.T, strict=True)))
    models = [HistGradientBoostingClassifier(random_state=n, **HOW) for n in range(FORESTS)]
    said = [model.fit(rows, labels).decision_function(rows) for model in models]
    assert np.allclose(found, np.mean(said, axis=0))
    assert ((found > 0) == labels).mean() > 0.85


def test_what_is_written_says_the_same(rows, labels, tmp_path):
    trees = grown(JUDGED, HOW, rows, labels)
    named = dict(zip(JUDGED, rows.T, strict=True))
    trees.write(tmp_path / "trees.npz")
    again = read(tmp_path / "trees.npz")
    assert again.names == trees.names
    assert np.allclose(again.logits(named), trees.logits(named), atol=1e-3)


def test_the_fitted_ones_go_by_the_judge():
    trees = fitted("matching")
    assert trees.names == JUDGED
    assert np.isfinite(trees.value).all()
    loud = {name: np.zeros(2) for name in trees.names}
    for name in ("judge", "judge_sentence", "judge_both"):
        loud[name] = np.array([6.0, figures.UNREAD])
    heard, unheard = trees.logits(loud)
    assert heard > unheard


def test_no_candidates_are_none():
    trees = fitted("matching")
    assert trees.logits({name: np.zeros(0) for name in trees.names}).shape == (0,)


def test_the_more_of_its_weakest_part_the_likelier_a_question_has_an_answer():
    trees = fitted("answerable")
    assert trees.names == ANSWERABLE_JUDGED
    chance = np.random.default_rng(7)
    contexts = {name: np.repeat(chance.normal(0, 2, 200), 25) for name in trees.names}
    contexts["weakest_part"] = np.tile(np.linspace(-12, 12, 25), 200)
    assert (np.diff(trees.logits(contexts).reshape(200, 25), axis=1) >= -1e-6).all()


def test_what_a_row_counts_reaches_the_fit(rows, labels):
    named = dict(zip(JUDGED, rows.T, strict=True))
    positive = np.where(labels == 1, 1.0, 1e-3)
    even, lifted = (grown(JUDGED, HOW, rows, labels, c) for c in (None, positive))
    assert lifted.logits(named).mean() > even.logits(named).mean() + 1
