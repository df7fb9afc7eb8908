"""What a question excludes: named, done in other words, only mentioned, or done without."""

import pytest

from rag.judge.excluding import does
from tests.judge.asked import TRANSMOT, TREG, Watched, matched, papers_on, record

TITLE = "Following leaves"


@pytest.fixture
def excluded(library, embedding, reranker):
    def excluded(phrase: str, abstract: str, title: str = TITLE, judge: bool = True) -> bool:
        some = [matched(record(title, abstract, embedding), "leaves", embedding)]
        return does(
            [phrase], some, 1, embedding, reranker if judge else None, library.sample()
        ) == {0}

    return excluded


@pytest.mark.parametrize("judge", [True, False])
@pytest.mark.parametrize(
    ("phrase", "abstract", "title"),
    [
        ("transformers", "We follow leaves with a transformer.", TITLE),
        ("transformers", "Leaves are followed.", "A Transformer for Leaves"),
        ("videos", "We follow leaves through a video.", TITLE),
        ("self-supervised learning", "We use self-supervised learning for leaves.", TITLE),
        ("papers about video", "Our network watches videos of leaves.", TITLE),
    ],
)
def test_what_a_paper_does(excluded, judge, phrase, abstract, title):
    assert excluded(phrase, abstract, title, judge)


@pytest.mark.parametrize(
    ("phrase", "abstract"),
    [
        ("transformers", "We follow leaves with a convolutional network."),
        ("transformers", "We follow leaves without any transformer."),
        ("image restoration", "We follow leaves, and remove rain from a single image."),
        ("medical images", "We follow leaves through videos of a garden."),
        ("reinforcement learning", "Our network segments leaves."),
    ],
)
def test_what_a_paper_does_not_do(excluded, phrase, abstract):
    assert not excluded(phrase, abstract)


def test_on_the_listing(search, library, embedding, reranker):
    matches = search(papers_on("tracking"))
    found = does(["transformers"], matches, 30, embedding, reranker, library.sample())
    out = {matches[n].paper.id for n in found}
    assert {TRANSMOT, TREG} <= out
    assert "2104.00324" not in out


def test_several_phrases_exclude_together(search, library, embedding, reranker):
    matches = search(papers_on("tracking"))
    parts = (matches, 30, embedding, reranker, library.sample())
    both = does(["transformers", "segmentation"], *parts)
    assert both == does(["transformers"], *parts) | does(["segmentation"], *parts)
    assert does([], *parts) == set()
    assert does(["transformers"], [], *parts[1:]) == set()


def test_the_judge_reads_so_many_pairs_for_a_phrase(search, library, embedding, reranker):
    from rag.judge import excluding

    watched = Watched(reranker)
    does(["images"], search(papers_on("tracking")), 100, embedding, watched, library.sample())
    assert len(watched.pairs) <= excluding.READ


def test_a_kind_of_paper_is_left_out_by_what_papers_say_of_themselves(excluded):
    survey = "This survey reviews how leaves are followed."
    assert excluded("overview articles", survey)
    assert excluded("surveys", "We follow leaves.", "Following Leaves: A Review")
    assert not excluded("surveys", "Earlier surveys say little. We follow leaves.")
    assert not excluded("surveys of birds", survey)


def test_the_judge_knows_what_is_left_out_in_other_words(excluded):
    scans = "We find tumours in brain MRI scans of patients."
    assert excluded("medical scans", scans, "Quantum networks for tumour detection")
    assert not excluded("medical scans", "We find leaves in photographs.", "Quantum networks")
