"""The sentence that is shown for a paper that matches."""

import pytest

from rag.judge import sentences
from rag.judge.wording import Wording
from tests.judge.asked import TRANSMOT, Watched, matched, papers_on, record

BACKGROUND = "Tracking leaves with transformers is a challenging task."
OTHERS = "Existing methods track leaves with transformers."
OWN = "We propose a transformer that tracks leaves."
SERVICE = "Code for tracking leaves with transformers is available at https://example.org."
BESIDE = "We thank the garden."
QUESTION = papers_on("transformers that track leaves")


@pytest.fixture
def shown(library, embedding, reranker):
    def shown(question, *abstract: str, judge: bool = True, names=()):
        one = matched(record("On plants", " ".join(abstract), embedding), question.topic, embedding)
        wording = Wording(question, [one], library)
        judged = reranker if judge else None
        [logits] = sentences.read(question.topic, [one], wording, names, judged)
        chosen = sentences.deciding(question, one, logits, wording, names)
        return [p.text for p in chosen]

    return shown


@pytest.mark.parametrize("judge", [True, False])
@pytest.mark.parametrize("other", [BACKGROUND, OTHERS, SERVICE, BESIDE])
def test_what_the_paper_does_goes_before(shown, judge, other):
    assert shown(QUESTION, other, OWN, judge=judge)[0] == OWN
    assert shown(QUESTION, OWN, other, judge=judge)[0] == OWN


def test_where_there_is_no_other_background_is_shown(shown):
    assert shown(QUESTION, BACKGROUND) == [BACKGROUND]


def test_a_second_sentence_is_shown_for_words_that_the_first_lacks(shown):
    first, second = "We propose a method for tracking.", "We propose a loss for segmentation."
    question = papers_on("tracking and segmentation")
    found = shown(question, first, second, BESIDE)
    assert set(found) == {first, second}
    assert len(shown(QUESTION, OWN, BESIDE)) == 1
    overview = papers_on(question.topic, kind="overview")
    assert len(shown(overview, first, second, BESIDE)) == 1


def test_the_genre_that_is_asked_for_is_shown(shown):
    data = "We collect a new dataset of leaves."
    question = papers_on("leaves", text="which papers introduce a new dataset of leaves?")
    found = shown(question, "We track leaves in gardens.", data, names=["a new dataset"])
    assert found[0] == data


def test_a_long_sentence_costs():
    short = "We track leaves."
    long = "We track leaves " + "and other things " * 20
    assert sentences.standing(long) < sentences.standing(short)
    assert sentences.standing(SERVICE) < sentences.standing(BACKGROUND) < sentences.standing(OWN)


def test_the_judge_reads_a_few_sentences_of_each(search, library, reranker):
    question = papers_on("transformers for tracking")
    matches = search(question)[:10]
    watched = Watched(reranker)
    wording = Wording(question, matches, library)
    found = sentences.read(question.topic, matches, wording, (), watched)
    assert len(watched.pairs) <= sentences.READ * len(matches)
    for match, logits in zip(matches, found, strict=True):
        assert 1 <= len(logits) <= sentences.READ
        for n in logits:
            assert not match.record.passages[n].is_title
    [first] = [m for m in matches if m.paper.id == TRANSMOT]
    told = sentences.deciding(question, first, found[matches.index(first)], wording, ())
    assert "graph transformer" in told[0].text


def test_nothing_is_read_where_nothing_matches(library, reranker):
    wording = Wording(QUESTION, [], library)
    assert sentences.read("leaves", [], wording, (), reranker) == []
