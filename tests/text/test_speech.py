"""Whom a sentence speaks of: for each pattern what it has to find, and what it must not."""

import pytest

from rag.library.passages import passages
from rag.text import speech
from tests.text.tables import cases

FOUND = """
# own
We track objects.
Our tracker follows objects.
In this paper, objects are tracked.
The proposed tracker follows objects.
A tracker is proposed.
A loss is then introduced for faces.
LeafNet is a network named after its leaves.
The authors track objects.
This survey covers trackers.
Here we track objects.
# proposes
We propose a tracker.
We also introduce a loss.
We then jointly train two networks.
This paper presents a tracker.
Our work studies faces.
The paper describes a loss.
A new loss is proposed.
Two losses are presented in this work.
We have collected faces, and we release them.
# result
Experiments on KITTI are shown.
It outperforms the others.
It achieves an accuracy of 87.3%.
We find that it is faster.
This shows that faces differ.
It improves the speed.
# others
Existing methods need labels.
Most existing approaches need labels.
Recent work on tracking uses labels.
Unlike dense methods, it is fast.
In contrast to them, it is fast.
Previous deep learning based methods need labels.
Transformers have become popular.
Researchers have tried labels.
Recent advances in vision need labels.
# background
Tracking is a challenging task.
Tracking remains an open problem.
However, labels are scarce.
Recently, labels have been scarce.
With the rapid development of vision, trackers spread.
Existing trackers need labels.
Tracking plays an important role in robots.
Labelling takes considerable time.
Trackers have attracted much attention.
Deep networks suffer from noise.
Labels are time-consuming to get.
# service
Code is available at https://github.com/x/y.
The source code will be released.
Our models are publicly available.
We release our code.
The project page can be found online.
The data will be made available.
See http://example.org for more.
# leans
This helps the tracker.
These are faces.
It is fast.
They are fast.
Such trackers are fast.
2) a loss is used.
We use these faces.
We follow the former.
Both are fast.
We then train this network.
"""

NOT_FOUND = """
# own
Tracking is hard.
Existing methods need labels.
Powerful trackers use labels.
Houses and towers are segmented.
Others track objects.
# proposes
We are grateful.
Our tracker follows objects.
Existing methods propose boxes.
Objects are tracked.
Tracking is hard.
# result
We propose a tracker.
Objects are tracked.
# others
We propose a tracker.
Our tracker is fast.
The existing road is segmented.
Current is measured in the wire.
# background
We propose a challenging dataset.
Our tracker is important for robots.
LeafNet follows objects.
It follows objects through a video.
# service
We learn binary codes of images.
We train models of faces.
The code book has 512 entries.
The dataset has 500 videos.
Videos are captioned.
# leans
This paper presents a tracker.
To this end, we track objects.
We address this problem.
We track objects.
In this work, we track objects.
Tracking objects is hard.
"""


@pytest.mark.parametrize(("what", "sentence"), list(cases(FOUND)))
def test_what_a_sentence_is(what, sentence):
    assert getattr(speech.read(sentence), what)


@pytest.mark.parametrize(("what", "sentence"), list(cases(NOT_FOUND)))
def test_what_a_sentence_is_not(what, sentence):
    assert not getattr(speech.read(sentence), what)


def test_every_kind_has_examples_and_counter_examples():
    kinds = set(speech.Speech.__slots__)
    assert {what for what, _ in cases(FOUND)} == kinds
    assert {what for what, _ in cases(NOT_FOUND)} == kinds


def test_what_proposes_is_its_own_and_no_background(papers):
    for paper in papers:
        for passage in passages(paper, lambda _: True):
            said = speech.read(passage.text)
            assert said.own or not said.proposes
            assert not (said.own and said.background)


def test_nearly_every_abstract_speaks_of_its_paper(papers):
    silent = [
        paper.id
        for paper in papers
        if not any(speech.read(p.text).own for p in passages(paper, lambda _: True))
    ]
    assert len(silent) < len(papers) / 20


def test_an_empty_sentence_says_nothing():
    said = speech.read("")
    assert not any(getattr(said, name) for name in speech.Speech.__slots__)
