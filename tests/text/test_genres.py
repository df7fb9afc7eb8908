"""What kind of paper it is: how questions ask for it, how sentences and titles show it."""

import pytest

from rag.library.passages import passages
from rag.text import genres
from tests.text.tables import cases

DATASET, SURVEY, COMPARISON, REAL_TIME, CODE, THEORY, TOOL, NEGATIVE, COMPETITION = (
    "a new dataset",
    "a survey",
    "a comparison of existing methods",
    "real time",
    "published code",
    "theory",
    "a tool",
    "a negative result",
    "a competition",
)

# -- questions -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Which papers introduce a new dataset?", [DATASET]),
        ("papers that release their own benchmarks", [DATASET]),
        ("Which papers collect a large medical dataset?", [DATASET]),
        ("which works build novel face anti-spoofing datasets", [DATASET]),
        ("papers with a new corpus", [DATASET]),
        ("surveys", [SURVEY]),
        ("papers that are surveys or reviews", [SURVEY]),
        ("Which papers are literature reviews of tracking?", [SURVEY]),
        ("Which overview papers cover GANs?", [SURVEY]),
        ("Which papers compare existing methods?", [COMPARISON]),
        ("Which papers evaluate existing methods instead of proposing a new one?", [COMPARISON]),
        ("which papers compare different tracking methods", [COMPARISON]),
        ("empirical studies of distillation", [COMPARISON]),
        ("Which methods run in real time?", [REAL_TIME]),
        ("real-time trackers", [REAL_TIME]),
        ("papers on rendering at interactive rates", [REAL_TIME]),
        ("Which papers publish their code?", [CODE]),
        ("Which papers have theoretical guarantees?", [THEORY]),
        ("which papers release a software library", [TOOL]),
        ("papers that present a toolbox for tracking", [TOOL]),
        ("software papers", [TOOL]),
        ("papers with negative results", [NEGATIVE]),
        ("which tricks do not help", [NEGATIVE]),
        ("Which papers won a challenge?", [COMPETITION]),
        ("solutions that took part in a competition", [COMPETITION]),
        ("surveys that introduce a new dataset", [DATASET, SURVEY]),
    ],
)
def test_how_questions_ask(question, names):
    assert list(genres.asked(question)) == names


@pytest.mark.parametrize(
    "question",
    [
        "which papers are evaluated on the KITTI dataset",
        "Which dataset is TransMOT tested on?",
        "papers on dataset bias",
        "papers on dataset distillation",
        "Which papers use large datasets?",
        "papers on information theory of networks",
        "papers that compare favourably",
        "papers on time series",
        "papers on challenging scenes",
        "papers on code generation",
        "papers on source-free adaptation",
        "papers on image reviewing",
        "papers on negative sampling",
        "papers on surgical tools",
        "",
    ],
)
def test_what_asks_for_none(question):
    assert genres.asked(question) == ()


# -- sentences -------------------------------------------------------------------------------------

SHOWN = """
# a new dataset
We introduce a new dataset of birds.
We also release two large-scale benchmarks.
We collect a large-scale dataset named Mirrored-Human.
A new dataset is introduced to train it.
In this paper, we present the first corpus of captions.
Our dataset consists of 500 videos.
To this end, we build our own benchmark.
The dataset will be released.
This work presents a new benchmark for tracking.
# a survey
We present a comprehensive survey of tracking.
This paper reviews recent trackers.
In this survey, we discuss trackers.
We review the literature on GANs.
This article gives an overview of GANs.
# a comparison of existing methods
We compare seven trackers on three datasets.
We evaluate seven state-of-the-art algorithms using the same network.
This is an empirical study of distillation.
This work empirically evaluates the robustness of trackers.
We systematically study different models of attention.
# real time
Our tracker runs in real time.
It runs at 37 FPS.
The system renders 30 frames per second.
We render the scene at interactive rates.
We present a real-time tracker.
# published code
Code is available at https://github.com/x/y.
The source code will be released.
We present an open-source library.
# theory
We prove that it converges.
We give a theorem on convergence.
We provide theoretical guarantees of convergence.
It is theoretically shown and we also prove a bound.
# a tool
We present an open-source library for tracking.
This paper describes a toolbox for registration.
Avalanche is an open source package for continual learning.
# a negative result
We find that label smoothing does not help.
Surprisingly, the larger network performs worse.
# a competition
Our solution won the NTIRE 2021 Challenge.
It ranked first in the AI City Challenge.
"""

NOT_SHOWN = """
# a new dataset
We evaluate on three benchmark datasets.
We propose a method for large datasets.
We introduce a tracker, and test it on the KITTI dataset.
Experiments on three public datasets show that our method works.
We present results on two benchmarks.
Our method outperforms others on the new KITTI dataset.
We propose a new method for dataset distillation.
Existing datasets are small.
We propose a model that is trained on the ImageNet dataset.
The public dataset is available since 2012.
We develop a new approach to dataset bias.
We introduce a novel loss for imbalanced datasets.
We train it on the first dataset.
# a survey
Previous surveys do not cover GANs.
Land survey data are noisy.
We use online reviews as labels.
This paper proposes a method for reviews.
# a comparison of existing methods
We compare our tracker with existing methods.
We compare to seven trackers.
We compare favorably to seven trackers.
We evaluate our method on three datasets.
Extensive experiments show that our method outperforms existing methods.
We study the problem of tracking.
We compare TransMOT with other trackers.
We compare the proposed method with existing methods.
We compare this method to others.
# real time
However, real-time methods are inaccurate.
Existing real-time methods are inaccurate.
Unlike real-time trackers, it sees all frames.
It is far from real time.
It cannot run in real time.
It does not run in real time.
Most real-time trackers forget old frames.
Real-time tracking is hard.
Other real-time trackers run at 30 FPS.
It is too slow for real-time use.
Videos are recorded at 30 FPS.
# published code
We learn a binary code of each image.
The code book has 512 entries.
The implementation is simple.
A hash code is found for each image.
# theory
Experiments prove the effectiveness of our method.
In theory, it is slow.
It has proved useful.
Results prove that our method works.
# a tool
Surgical instruments are segmented in videos.
Tracking is widely used.
# a negative result
Our tracker outperforms the others.
We learn from negative samples.
# a competition
It is a challenge to rank images.
Tracking is a challenging task, and we win time.
Competition between networks helps.
"""


@pytest.mark.parametrize(("name", "sentence"), list(cases(SHOWN)))
def test_what_shows_a_genre(name, sentence):
    assert genres.shown(name, sentence, False)


@pytest.mark.parametrize(("name", "sentence"), list(cases(NOT_SHOWN)))
def test_what_does_not_show_it(name, sentence):
    assert not genres.shown(name, sentence, False)


@pytest.mark.parametrize(
    ("name", "title", "shows"),
    [
        (DATASET, "Drowsiness Detection Using a New Developed Dataset", True),
        (DATASET, "BirdBase: A Large-Scale Dataset of Birds", True),
        (DATASET, "Tracking: A Loss for Training with Few Datasets", False),
        (DATASET, "Trimming: A Method for Imbalanced Datasets", False),
        (SURVEY, "A Survey on Natural Language Video Localization", True),
        (SURVEY, "Surveying Land from the Air", False),
        (COMPARISON, "A comparative evaluation of learned feature descriptors", True),
        (COMPARISON, "Is Label Smoothing Incompatible: An Empirical Study", True),
        (COMPARISON, "TransMOT: Graph Transformers for Tracking", False),
        (REAL_TIME, "NeuralRecon: Real-Time 3D Reconstruction", True),
        (REAL_TIME, "Time Series of Real Data", False),
        (CODE, "Avalanche: an End-to-End Library", False),
        (COMPETITION, "First Place Solution to the NTIRE Challenge", True),
    ],
)
def test_titles(name, title, shows):
    assert genres.shown(name, title, True) is shows


# -- the bundled listing ---------------------------------------------------------------------------

SHOWS = {
    DATASET: "2104.00650 2104.00622 2104.00340 2104.00125 2104.00170",
    SURVEY: "2104.00234",
    COMPARISON: "2104.00679 2104.00085 2104.00676",
    REAL_TIME: "2104.00681 2104.00633 2104.00324",
    THEORY: "2104.00303",
}
SHOWS_NOT = {
    DATASET: "2104.00194 2104.00324 2104.00680",
    SURVEY: "2104.00194 2104.00340 2104.00680",
    COMPARISON: "2104.00194 2104.00680",
    REAL_TIME: "2104.00194 2104.00340",
    THEORY: "2104.00194 2104.00324",
    COMPETITION: "2104.00194 2104.00324 2104.00680",
}


@pytest.fixture(scope="module")
def shows(papers):
    def shows(name, identifiers):
        some = [p for p in papers if p.id in identifiers.split()]
        assert len(some) == len(identifiers.split())
        return [
            any(genres.shown(name, s.text, s.is_title) for s in passages(p, lambda _: True))
            for p in some
        ]

    return shows


@pytest.mark.parametrize("name", SHOWS)
def test_papers_that_are_of_a_genre(shows, name):
    assert all(shows(name, SHOWS[name]))


@pytest.mark.parametrize("name", SHOWS_NOT)
def test_papers_that_are_not(shows, name):
    assert not any(shows(name, SHOWS_NOT[name]))


@pytest.mark.parametrize(
    "name",
    [DATASET, SURVEY, COMPARISON, REAL_TIME, CODE, THEORY, TOOL, NEGATIVE, COMPETITION],
)
def test_an_empty_text_shows_nothing(name):
    assert not genres.shown(name, "", False)
    assert not genres.shown(name, "", True)
