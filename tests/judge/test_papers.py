"""Which papers match: clear cases on the real index, and what holds whatever matches."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from rag.core.questions import Question
from rag.judge import answering, figures, papers, sentences
from rag.judge.calibration import regressions
from rag.judge.evidence import Findings
from rag.judge.wording import Wording
from rag.library.records import Record
from tests.judge.asked import (
    DENSE_SLAM,
    EFFICIENTNET,
    LOFTR,
    SLAM,
    STMTRACK,
    TRANSMOT,
    TREG,
    Watched,
    check_quotable,
    ids,
    many,
    papers_on,
)  # fmt: skip

TRACKING = papers_on("transformers for tracking", "transformers", "tracking")
PAGE = slice(0, 30)


@pytest.fixture
def which(library, embedding, search):
    def which(question: Question, reranker, page: slice = PAGE) -> Findings:
        return papers.which(question, search(question), library, embedding, reranker, page)

    return which


@pytest.fixture(params=["with the judge", "by the scores alone"])
def judge(request):
    return request.getfixturevalue("reranker") if request.param == "with the judge" else None


@pytest.mark.parametrize(
    ("question", "has", "has_not"),
    [
        (TRACKING, {TRANSMOT, TREG}, {SLAM}),
        (papers_on("neural architecture search"), {"2104.00597", "2104.00031"}, {TRANSMOT}),
        (papers_on("NAS"), {"2104.00597", "2104.00031"}, {TRANSMOT}),
        (papers_on("person re-identification"), {"2104.00226", "2104.00202"}, {"2104.00340"}),
        (papers_on("monocular SLAM"), {SLAM, DENSE_SLAM}, {EFFICIENTNET}),
        (papers_on("6D pose of objects"), {"2104.00633", "2104.00337"}, {"2104.00272"}),
    ],
)
def test_which_papers_match(which, judge, question, has, has_not):
    found = which(question, judge)
    check_quotable(found)
    assert has <= set(ids(found.matched))
    assert not has_not & set(ids(found.matched))


@pytest.mark.parametrize(
    "topic",
    ["gravitational wave detection", "tax law for small companies", "football World Cup 2018"],
)
def test_nothing_matches(which, judge, topic):
    found = which(papers_on(topic), judge)
    assert found.matched == ()
    assert len(found.near) <= papers.MOST_NEAR
    check_quotable(found)


def test_what_has_nothing_to_do_with_the_question_is_no_near_miss(which, reranker):
    assert which(papers_on("sourdough bread"), reranker).near == ()
    assert which(papers_on("tax law for small companies"), reranker).near == ()
    federated = which(papers_on("federated learning for hospitals"), reranker)
    assert [item.paper.id for item in federated.near][:1] == ["2104.00365"]


def test_among_more_papers_it_takes_more():
    assert papers.least_odds(1) == papers.least_odds(300) < papers.least_odds(3_000)
    more = papers.least_odds(3_000) - papers.least_odds(300)
    assert papers.least_odds(30_000) - papers.least_odds(3_000) == pytest.approx(more)


def test_a_word_that_no_paper_has_is_named(which, judge):
    found = which(papers_on("Mamba state space models"), judge)
    assert found.matched == ()
    assert found.unknown == ("Mamba",)


def test_the_likeliest_come_first(which, judge):
    found = which(papers_on("semi-supervised learning"), judge)
    strengths = [item.strength for item in (*found.matched, *found.near)]
    assert strengths == sorted(strengths, reverse=True)
    assert len(found.matched) > 1


def test_every_paper_of_the_page_has_sentences_and_no_other(which, reranker):
    question = papers_on("object detection")
    whole = which(question, reranker)
    assert len(whole.matched) > 2
    for item in whole.matched:
        assert 1 <= len(item.passages) <= sentences.MOST_SENTENCES
        assert not any(p.is_title for p in item.passages)
    second = which(question, reranker, slice(1, 2))
    assert ids(second.matched) == ids(whole.matched)
    assert [bool(item.passages) for item in second.matched] == [
        n == 1 for n in range(len(second.matched))
    ]
    assert second.matched[1] == whole.matched[1]
    assert which(question, reranker, slice(1000, 1030)).matched[0].passages == ()


def test_a_near_miss_says_which_part_it_lacks(which, reranker):
    found = which(TRACKING, reranker)
    assert found.near
    for near in found.near:
        assert {*near.covers, *near.missing} == {"transformers", "tracking"}
        assert not {*near.covers} & {*near.missing}
    alone = which(papers_on("tracking"), reranker)
    assert all(near.covers == near.missing == () for near in alone.near)


def test_no_candidates_no_findings(library, embedding, reranker):
    found = papers.which(TRACKING, [], library, embedding, reranker, PAGE)
    assert found == Findings((), ())


def test_what_is_excluded_is_not_listed(which, judge):
    everything = which(papers_on("tracking"), judge)
    assert TRANSMOT in ids(everything.matched)
    without = which(papers_on("tracking", excluded=("transformers",)), judge)
    listed = ids(without.matched)
    assert not {TRANSMOT, TREG} & {*listed, *ids(without.near)}
    assert STMTRACK in listed
    assert set(listed) <= set(ids(everything.matched))
    assert without.left_out == len(everything.matched) - len(listed)


def test_the_newest_come_first_if_asked(library, embedding, reranker, search):
    question = papers_on("tracking")
    dated = []
    for n, match in enumerate(search(question)):
        listed = date(2021, 1 + n % 12, 1)
        paper = replace(match.paper, listed=listed)
        record = Record.of(paper, match.record.spans, match.record.packed, match.record.dimensions)
        dated.append(replace(match, record=record))
    parts = (library, embedding, reranker, PAGE)
    ranked = papers.which(question, dated, *parts)
    newest = papers.which(replace(question, newest=True), dated, *parts)
    assert set(ids(newest.matched)) == set(ids(ranked.matched))
    days = [str(item.paper.listed) for item in newest.matched]
    assert days == sorted(days, reverse=True)
    assert len(set(days)) > 1


# -- the judge's reading is bounded ----------------------------------------------------------------


@pytest.mark.parametrize("times", [1, 20])
def test_the_judge_reads_so_many_pairs_whatever_the_size(
    library, embedding, reranker, search, times
):
    watched = Watched(reranker)
    candidates = many(search(TRACKING), times)
    papers.decide(TRACKING, candidates, library, embedding, watched)
    most = figures.JUDGED + figures.READ_WHOLE + answering.PARTS_READ
    assert 0 < len(watched.pairs) <= most
    asked = {text for text, _ in watched.pairs}
    assert {TRACKING.topic} <= asked <= {TRACKING.topic, *TRACKING.parts}


def test_what_the_scores_rule_out_is_not_read(search, library, embedding, reranker):
    matches = search(TRACKING)
    wording = Wording(TRACKING, matches, library)
    scored = figures.scores(TRACKING, matches, wording, embedding, library.sample())
    odds = regressions()["scores"].logits(scored)
    order = papers.reading_order(odds)
    ranked = [matches[n] for n in order]
    whole = figures.read(TRACKING, ranked, embedding, reranker, every=True)
    likely = figures.read(TRACKING, ranked, embedding, reranker, odds[order])
    assert 0 < len(likely.logits) < len(whole.logits) == figures.JUDGED
    assert likely == whole.likely(odds[order])


def test_showing_a_page_costs_the_judge_nothing(which, reranker):
    watched = Watched(reranker)
    page = slice(0, 3)
    found = which(papers_on("object detection"), watched, page)
    shown = [item for item in found.matched if item.passages]
    assert len(shown) == 3
    assert len(watched.pairs) <= figures.JUDGED + figures.READ_WHOLE + answering.PARTS_READ


def test_what_is_sure_and_what_is_in_doubt_is_read_first():
    rng = np.random.default_rng(7)
    logits = rng.normal(-3, 4, 200)
    order = papers.reading_order(logits)
    assert sorted(order.tolist()) == list(range(200))
    ranked = sorted(logits, reverse=True)
    assert logits[order[: papers.SURE]].tolist() == ranked[: papers.SURE]
    low, high = papers.DOUBT
    doubtful = [low < value < high for value in logits[order[papers.SURE :]]]
    assert doubtful == sorted(doubtful, reverse=True)
    assert papers.reading_order(np.zeros(0)).tolist() == []


def test_the_decision_is_the_same_in_any_order_of_the_candidates(
    library, embedding, reranker, search
):
    candidates = search(TRACKING)
    first = papers.decide(TRACKING, candidates, library, embedding, reranker)
    again = papers.decide(TRACKING, candidates[::-1], library, embedding, reranker)
    assert first.count == again.count
    taken = [{m.paper.id for m in d.matches[: d.count]} for d in (first, again)]
    assert taken[0] == taken[1]
    assert LOFTR in {m.paper.id for m in first.matches}
    assert (np.diff(first.logits) <= 0).all()


def test_a_genre_decides_alone_or_where_it_is_surely_told():
    both = ("theory", "a survey")
    beside = papers_on("tracking", genres=both)
    assert papers.deciding(beside) == ("a survey",)
    assert papers.deciding(replace(beside, parts=())) == both
    assert papers.deciding(papers_on("tracking")) == ()


def test_what_is_of_a_genre_that_is_not_surely_told_is_not_sure(search, library, embedding):
    matches = search(TRACKING)[:3]
    for names, sure in ((("a survey",), True), (("theory",), False), ((), True)):
        asked = replace(TRACKING, genres=names, parts=())
        found = papers.which(asked, matches, library, embedding, None, slice(3), all_of_them=True)
        assert all((item.strength > 0.9) is sure for item in found.matched)
