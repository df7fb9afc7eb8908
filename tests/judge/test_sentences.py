"""The sentence that is shown for a paper that matches."""

import json
from pathlib import Path

import pytest

from rag.evaluation.expected import read_file
from rag.judge import reasons, sentences
from rag.judge.wording import Wording
from rag.question import reading
from tests.judge.asked import TRANSMOT, Watched, matched, papers_on, record

GOLD = Path(__file__).parents[1] / "gold"
HELD, CHOSEN = GOLD / "cs_cv_2021-04-02.held.jsonl", GOLD / "sentences.jsonl"

BACKGROUND = "Tracking leaves with transformers is a challenging task."
OTHERS = "Existing methods track leaves with transformers."
OWN = "We propose a transformer that tracks leaves."
SERVICE = "Code for tracking leaves with transformers is available at https://example.org."
BESIDE = "We thank the garden."
QUESTION = papers_on("transformers that track leaves")


@pytest.fixture
def shown(library, embedding):
    def shown(question, *abstract: str, names=()):
        one = matched(record("On plants", " ".join(abstract), embedding), question.topic, embedding)
        wording = Wording(question, [one], library)
        return [p.text for p in sentences.deciding(question, one, wording, names)]

    return shown


@pytest.mark.parametrize("other", [BACKGROUND, OTHERS, SERVICE, BESIDE])
def test_what_the_paper_does_goes_before(shown, other):
    assert shown(QUESTION, other, OWN)[0] == OWN
    assert shown(QUESTION, OWN, other)[0] == OWN


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


def test_the_name_of_the_work_and_a_second_thing_are_told(library, embedding):
    abstract = "To further track leaves, we propose a loss. TreeNet tracks leaves."
    one = matched(record("TreeNet: Leaves Tracked", abstract, embedding), "leaves", embedding)
    figures = sentences.figures(one, Wording(QUESTION, [one], library), ())
    assert figures["named"].tolist() == [0, 0, 1]
    assert figures["further"].tolist() == [0, 1, 0]


def test_a_paper_without_abstract_has_its_title(library, embedding):
    one = matched(record("Transformers track leaves", "", embedding), QUESTION.topic, embedding)
    [passage] = sentences.deciding(QUESTION, one, Wording(QUESTION, [one], library), ())
    assert passage.is_title


def test_people_chose_most_of_the_sentences_that_are_chosen(library, embedding):
    asked = {gold.id: gold for gold in read_file(HELD)}
    chosen = [json.loads(line) for line in CHOSEN.read_text("utf-8").splitlines()]
    good = []
    for one in chosen:
        if one["gold"] == HELD.stem and one["best"]:
            question = reading.read(asked[one["id"]].question, library).question
            [match] = reasons.near(
                question, list(library.records([one["paper"]]).values()), embedding
            )
            wording = Wording(question, [match], library)
            found = sentences.deciding(question, match, wording, question.genres)[0]
            good.append([found.start, found.end] in one["best"] + one["ok"])
    assert len(good) > 10
    assert sum(good) / len(good) > 0.7


def test_the_judge_reads_a_few_sentences_of_each(search, library, reranker):
    question = papers_on("transformers for tracking")
    matches = search(question)[:10]
    watched = Watched(reranker)
    wording = Wording(question, matches, library)
    found = sentences.read(question.topic, matches, wording, watched, 2)
    assert len(watched.pairs) <= 2 * len(matches)
    for match, logits in zip(matches, found, strict=True):
        assert 1 <= len(logits) <= 2
        for n in logits:
            assert not match.record.passages[n].is_title
    [first] = [m for m in matches if m.paper.id == TRANSMOT]
    told = sentences.deciding(question, first, wording, ())
    assert "graph transformer" in told[0].text


def test_nothing_is_read_where_nothing_matches(library, reranker):
    wording = Wording(QUESTION, [], library)
    assert sentences.read("leaves", [], wording, reranker, 2) == []
