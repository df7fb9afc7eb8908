"""Which new papers match a watch, with the real judge."""

import pytest

from rag.collections import Collections
from rag.watching import Judging
from tests.judge.asked import TRANSMOT


@pytest.fixture(scope="module")
def judging(assistant):
    return Judging(assistant)


def found(judging, question, papers, *categories):
    return [find.paper.id for find in judging(question, papers, categories)]


def test_of_the_new_papers_those_that_match(judging, library):
    every = library.identifiers()
    finds = judging("transformers for tracking", every, ())
    assert TRANSMOT in [find.paper.id for find in finds]
    assert all(find.why in find.paper.abstract for find in finds)
    others = found(judging, "transformers for tracking", [i for i in every if i != TRANSMOT])
    assert TRANSMOT not in others
    assert len(others) < 20
    assert found(judging, "sourdough bread", every) == []
    assert found(judging, "transformers for tracking", []) == []


def test_what_a_watch_says_of_authors_and_categories_restricts_it(judging, library):
    every = library.identifiers()
    assert found(judging, "papers by Nobody Atall", every) == []
    assert found(judging, "transformers for tracking", every, "math.AG") == []
    assert set(found(judging, "anything in cs.CV", every)) == set(every)


@pytest.mark.parametrize(
    "question",
    [
        "compare TransMOT and STMTrack",
        "who wrote TransMOT?",
        "how does multiple object tracking with transformers work?",
        "does a transformer help tracking?",
    ],
)
def test_however_it_is_asked_a_watch_is_for_papers(judging, question):
    """One new paper on something else is not what a comparison, or its authors, are about."""
    assert TRANSMOT in found(judging, question, [TRANSMOT, "2104.00031"])
    assert found(judging, question, ["2104.00031"]) == []


def test_a_greeting_finds_nothing(judging, library):
    assert found(judging, "hello", library.identifiers()) == []


def test_a_tag_restricts_a_watch(judging, library):
    with_tag = Collections(library.path)
    with_tag.tag("mine", [TRANSMOT, "2104.00031"])
    try:
        some = found(judging, "anything in my mine", library.identifiers()[:50])
        assert set(some) <= {TRANSMOT, "2104.00031"}
    finally:
        with_tag.untag("mine", [TRANSMOT, "2104.00031"])
