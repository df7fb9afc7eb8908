"""Ranking: both sides, their sum, the words of the best papers, and filters."""

import numpy as np
import pytest

from rag.core.filters import Filters
from rag.core.questions import Question
from rag.library import Library, near
from rag.library.records import centroid
from rag.search import retrieval
from rag.search.feedback import FEEDBACK_TERMS, feedback

TRANSMOT, TREG, STMTRACK = "2104.00194", "2104.00403", "2104.00324"
TRACKING = Question("which papers are about it", "papers", "visual object tracking")


@pytest.fixture(scope="module")
def found(library, embedding):
    return retrieval.search(TRACKING, library, embedding)


def test_all_papers_of_a_small_library_are_ranked(found, library):
    assert len(found) == len(library)
    assert [m.score for m in found] == sorted((m.score for m in found), reverse=True)
    assert {STMTRACK, TREG} <= {m.paper.id for m in found[:5]}


def test_the_two_sides_are_what_they_say(found, library, embedding):
    query = embedding.encode_query(TRACKING.topic)
    lexical = library.matching(TRACKING.topic, len(found))
    for match in found[:20]:
        vectors = match.record.vectors
        assert match.cosines == pytest.approx(vectors @ query, abs=1e-5)
        assert match.dense == pytest.approx(float((vectors @ query).max()), abs=1e-5)
        assert match.whole == pytest.approx(float(centroid(vectors) @ query), abs=1e-2)
        assert match.lexical == pytest.approx(lexical.get(match.paper.id, 0.0), abs=1e-4)


@pytest.mark.parametrize(
    ("kind", "topic", "text"),
    [
        ("papers", "tracking", "tracking"),
        ("overview", "tracking", "tracking"),
        ("count", "tracking", "tracking"),
        ("fact", "tracking", "how fast is tracking?"),
        ("explain", "tracking", "how fast is tracking?"),
        ("papers", "", "how fast is tracking?"),
    ],
)
def test_what_is_searched_for(kind, topic, text):
    assert retrieval.sought(Question("how fast is tracking?", kind, topic)) == text


def test_the_first_k(found, library, embedding):
    first = retrieval.search(TRACKING, library, embedding, k=3)
    assert [m.paper.id for m in first] == [m.paper.id for m in found[:3]]
    assert [m.score for m in first] == [m.score for m in found[:3]]


def test_filters_leave_out_and_change_no_score(found, library, embedding):
    scores = {m.paper.id: m.score for m in found}
    some = retrieval.search(TRACKING, library, embedding, Filters(ids=(TRANSMOT, STMTRACK)))
    assert {m.paper.id for m in some} == {TRANSMOT, STMTRACK}
    assert all(m.score == scores[m.paper.id] for m in some)
    none = Filters(categories=("math.GT",))
    assert retrieval.search(TRACKING, library, embedding, none) == []


def test_a_larger_library_is_searched_from_both_sides(found, library, embedding, monkeypatch):
    monkeypatch.setattr(retrieval, "SMALL_LIBRARY", 10)
    monkeypatch.setattr(retrieval, "NEAREST_PASSAGES", 60)
    monkeypatch.setattr(retrieval, "MATCHING_PAPERS", 20)
    some = retrieval.search(TRACKING, library, embedding, k=len(library))
    assert 20 <= len(some) < len(library)
    assert {STMTRACK, TREG} <= {m.paper.id for m in some[:5]}
    few = Filters(ids=tuple(m.paper.id for m in found[-3:]))
    passing = retrieval.search(TRACKING, library, embedding, few, k=len(library))
    assert {m.paper.id for m in passing} == set(few.ids)


@pytest.mark.parametrize("compared", [True, False])
def test_the_terms_of_the_field_bring_up_candidates(library, embedding, monkeypatch, compared):
    """Everyday words are near to no paper on it; the term "remote sensing" is."""
    monkeypatch.setattr(retrieval, "SMALL_LIBRARY", 10)
    monkeypatch.setattr(retrieval, "NEAREST_PASSAGES", 1)
    monkeypatch.setattr(retrieval, "MATCHING_PAPERS", 1)
    monkeypatch.setattr(retrieval, "LOOKED_AT", 5)
    if not compared:
        monkeypatch.setattr(near, "MOST_COMPARED", 10)
    question = Question("?", "papers", "pictures of the ground taken from far above")
    remote = Question("?", "papers", "remote sensing")
    wanted = {m.paper.id for m in retrieval.search(remote, library, embedding, k=2)}
    found = {m.paper.id for m in retrieval.search(question, library, embedding)}
    monkeypatch.setattr(retrieval, "MEANT", 2.0)
    without = {m.paper.id for m in retrieval.search(question, library, embedding)}
    assert wanted <= found
    assert not wanted <= without


@pytest.mark.parametrize("few", [Filters(), Filters(ids=(TRANSMOT, STMTRACK))])
def test_for_a_complete_answer_every_paper_is_looked_at(
    found, library, embedding, monkeypatch, few
):
    """With fewer candidates than papers: they are the best of all, whatever Chroma brings up."""
    monkeypatch.setattr(retrieval, "SMALL_LIBRARY", 10)
    monkeypatch.setattr(retrieval, "NEAREST_PASSAGES", 1)
    monkeypatch.setattr(retrieval, "MATCHING_PAPERS", 1)
    monkeypatch.setattr(retrieval, "LOOKED_AT", 40)
    monkeypatch.setattr(retrieval, "MEANT", 2.0)
    some = retrieval.search(TRACKING, library, embedding, few)
    direct = sorted(found, key=lambda m: -(m.dense + m.whole))[:10]
    if few:
        assert {m.paper.id for m in some} == set(few.ids)
    else:
        assert len(some) == 40
        assert {m.paper.id for m in direct} <= {m.paper.id for m in some}
    exact = {m.paper.id: (m.dense, m.whole, m.lexical) for m in found}
    for match in some:
        assert (match.dense, match.whole) == pytest.approx(exact[match.paper.id][:2], abs=1e-6)
        assert match.lexical == pytest.approx(exact[match.paper.id][2], rel=1e-5)


def test_above_what_can_be_compared_chroma_brings_the_candidates(library, embedding, monkeypatch):
    monkeypatch.setattr(retrieval, "SMALL_LIBRARY", 10)
    monkeypatch.setattr(retrieval, "NEAREST_PASSAGES", 60)
    monkeypatch.setattr(retrieval, "MATCHING_PAPERS", 20)
    monkeypatch.setattr(near, "MOST_COMPARED", 100)
    assert library.look(embedding.encode_query("tracking"), "tracking") is None
    assert 20 <= len(retrieval.search(TRACKING, library, embedding)) < len(library)


def test_the_newest_without_a_topic(library):
    some = retrieval.newest(library, retrieval.ALL, 2, 3)
    assert [m.paper.id for m in some] == library.select(retrieval.ALL, skip=2, k=3)
    assert all(m.score == m.dense == m.lexical == 0.0 for m in some)
    assert all(len(m.cosines) == len(m.record.passages) for m in some)


def test_feedback_brings_words_that_the_question_does_not_have(found, library):
    records = [m.record for m in found]
    terms = feedback(records, np.array([m.score for m in found]), library)
    assert 10 < len(terms) <= FEEDBACK_TERMS
    assert all(weight > 0 for weight in terms.values())
    assert set(library.terms("tracker template")) & set(terms)
    asked = set(library.terms(TRACKING.topic))
    assert set(terms) - asked


def test_feedback_of_nothing(library):
    assert feedback([], np.zeros(0), library) == {}


def test_weighted_terms_are_searched_for(library):
    term = library.terms("lasot")[0]
    both = library.matching({term: 1.0, library.terms("kitti")[0]: 0.001}, 10)
    assert set(list(both)[:2]) == {STMTRACK, TREG}
    assert library.matching({}, 10) == {}


def test_an_empty_library_has_nothing(embedding, tmp_path):
    empty = Library.create(tmp_path / "library", embedding)
    assert retrieval.search(TRACKING, empty, embedding) == []
    assert retrieval.newest(empty, retrieval.ALL, 0, 5) == []


def test_hostile_words_are_searched_for_as_words(library, embedding):
    for text in ("title:tracking AND (abstract:* OR", "'; DROP TABLE papers; --", "\x00", "目標"):
        assert len(retrieval.search(Question(text, "papers", text), library, embedding)) == len(
            library
        )
