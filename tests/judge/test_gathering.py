"""From a question to evidence, by its kind: each with the real index."""

from dataclasses import replace
from datetime import date

import pytest

from rag.core.filters import Filters
from rag.core.questions import Question
from rag.judge import gathering
from rag.judge.gathering import Gathering
from rag.library import near
from rag.search import retrieval
from tests.judge.asked import (
    LOFTR,
    SMOOTHING,
    STMTRACK,
    TRANSMOT,
    check_quotable,
    fact,
    ids,
    papers_on,
)  # fmt: skip

ALL, PAGE = Filters(), slice(0, 30)


@pytest.fixture(scope="module")
def gather(library, embedding, reranker):
    both = {True: reranker, False: None}
    made = {judge: Gathering(library, embedding, both[judge]) for judge in both}

    def gather(question, filters=ALL, page=PAGE, judge=True):
        found = made[judge].gather(question, filters, page)
        check_quotable(found)
        return found

    return gather


def compare(*names: str) -> Question:
    return Question("compare them", "compare", " and ".join(names), names, names, subjects=names)


def test_a_comparison_has_each_of_the_named_papers(gather):
    for judge in (True, False):
        found = gather(compare("LoFTR", "TransMOT"), judge=judge)
        assert ids(found.matched) == [LOFTR, TRANSMOT]
        assert all(item.rows and item.passages for item in found.matched)
        assert found.unknown == ()


def test_what_cannot_be_compared_is_named(gather):
    found = gather(compare("LoFTR", "Mamba"))
    assert ids(found.matched) == [LOFTR]
    assert found.unknown == ("Mamba",)
    assert gather(compare("Mamba", "Hyena")).matched == ()


def test_papers_on_a_topic_are_found_and_compared(gather):
    asked = replace(papers_on("tracking"), kind="compare", most=2)
    found = gather(asked)
    every = gather(papers_on("tracking")).matched
    assert ids(found.matched) == ids(every)[:2]
    assert list(found.mentioned) == ids(every)[2:]
    assert all(item.rows and item.passages for item in found.matched)
    days = sorted((item.paper.listed for item in every), reverse=True)
    newest = gather(replace(asked, newest=True)).matched
    assert [item.paper.listed for item in newest] == days[:2]
    assert gather(replace(papers_on("baking bread"), kind="compare")).matched == ()


def test_papers_that_filters_name_are_compared(gather):
    named = Filters(ids=(TRANSMOT, STMTRACK))
    found = gather(Question("compare them", "compare", ""), named)
    assert set(ids(found.matched)) == {TRANSMOT, STMTRACK}


def test_one_name_twice_is_one_paper(gather):
    assert ids(gather(compare("LoFTR", "loftr")).matched) == [LOFTR]


def test_a_record_is_found_by_the_name_of_its_paper(gather):
    wanted = Question("who wrote LoFTR?", "record", "", subjects=("LoFTR",), wants="authors")
    found = gather(wanted)
    assert ids(found.matched)[0] == LOFTR
    assert found.matched[0].passages == ()
    assert gather(replace(wanted, subjects=("Mamba",))).matched == ()
    assert ids(gather(replace(wanted, subjects=()), Filters(ids=(LOFTR,))).matched) == [LOFTR]


def test_an_explanation_of_what_is_named(gather):
    asked = Question("how does LoFTR work?", "explain", "LoFTR", ("LoFTR",), subjects=("LoFTR",))
    assert ids(gather(asked).matched) == [LOFTR]
    unknown = gather(replace(asked, topic="Mamba", terms=("Mamba",), subjects=("Mamba",)))
    assert unknown.matched == ()
    assert unknown.unknown == ("Mamba",)
    assert unknown.near
    named = replace(asked, topic="", terms=(), subjects=(), text="tell me more")
    assert ids(gather(named, Filters(ids=(STMTRACK,))).matched) == [STMTRACK]


def test_filters_alone_list_what_passes(gather, library):
    days = Filters(since=date(2021, 4, 1))
    found = gather(Question("what is new", "papers", ""), days, slice(0, 3))
    assert len(found.matched) == len(library)
    assert [len(item.passages) for item in found.matched[:4]] == [1, 1, 1, 0]
    one = gather(Question("tell me more", "papers", ""), Filters(ids=(TRANSMOT,)))
    assert ids(one.matched) == [TRANSMOT]
    assert len(one.matched[0].passages) > 1
    assert gather(Question("?", "papers", ""), Filters(categories=("math.GT",))).matched == ()


def test_filters_keep_papers_out(gather):
    some = gather(papers_on("tracking"), Filters(ids=(TRANSMOT, STMTRACK, LOFTR)))
    assert {TRANSMOT, STMTRACK} & set(ids(some.matched))
    assert set(ids(some.matched)) | set(ids(some.near)) <= {TRANSMOT, STMTRACK, LOFTR}


def test_another_language_gets_the_nearest_in_meaning(gather):
    text = "Welche Arbeiten verwenden Transformer?"
    found = gather(Question(text, "foreign", text, (), (text,)))
    assert len(found.matched) == gathering.NEAREST
    assert all(len(item.passages) == 1 for item in found.matched)


def test_yes_or_no_has_a_stance_for_each_paper_shown(gather):
    topic = "label smoothing hurts knowledge distillation"
    asked = papers_on(topic, kind="yes-no", text="does label smoothing hurt distillation?")
    found = gather(asked)
    assert SMOOTHING in ids(found.matched)
    for item in found.matched:
        assert item.stance in ("told", "mixed")
        assert 1 <= len(item.passages) <= (2 if item.stance == "mixed" else 1)


def test_a_detail_is_looked_for_in_sentences(gather):
    found = gather(fact("How fast does STMTrack run?", "", "speed", "STMTrack"))
    assert ids(found.matched) == [STMTRACK]


def test_sentences_of_papers_whether_they_match_or_not(library, embedding, reranker, search):
    question = papers_on("tracking")
    matches = search(question)[-3:]
    found = Gathering(library, embedding, reranker).sentences(question, matches)
    assert ids(found) == [m.paper.id for m in matches]
    assert all(item.passages for item in found)
    plain = replace(question, topic="")
    assert all(e.passages for e in Gathering(library, embedding, None).sentences(plain, matches))


def test_yes_or_no_without_a_judge_shows_sentences_and_says_nothing(library, embedding):
    asked = papers_on("label smoothing", kind="yes-no", text="does label smoothing help?")
    found = Gathering(library, embedding, None).gather(asked, Filters(), slice(0, 8))
    assert found.matched
    assert all(item.passages and not item.stance for item in found.matched[:8])


@pytest.mark.parametrize("kind", ["papers", "count", "yes-no"])
def test_where_not_every_paper_was_looked_at_it_is_known_among_how_many(
    gather, library, monkeypatch, kind
):
    question = papers_on("tracking", kind=kind)
    assert gather(question).among is None
    monkeypatch.setattr(retrieval, "SMALL_LIBRARY", 10)
    monkeypatch.setattr(retrieval, "NEAREST_PASSAGES", 60)
    monkeypatch.setattr(retrieval, "MATCHING_PAPERS", 20)
    monkeypatch.setattr(near, "MOST_COMPARED", 100)
    found = gather(question)
    assert found.among is not None
    assert 20 <= found.among < len(library)
    assert found.matched


def test_a_name_that_is_only_mentioned_is_not_explained_surely(gather):
    name = "PointNet"  # of which a paper on detection says that others use it
    asked = Question(f"how does {name} work", "explain", name, (name,), (name,), subjects=(name,))
    [item] = gather(asked).matched
    assert item.strength < 1
    assert all(name in passage.text for passage in item.passages)
    surely = Question("how does LoFTR work", "explain", "LoFTR", subjects=("LoFTR",))
    assert gather(surely).matched[0].strength == 1
