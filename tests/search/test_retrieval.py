import numpy as np
import pytest

from rag.library.records import centroid
from rag.question import parsing as questions
from rag.search import retrieval
from rag.search.retrieval import FEEDBACK_TERMS


@pytest.fixture(scope="module")
def found(library, embedding):
    return retrieval.search(questions.read("visual object tracking"), library, embedding)


def test_all_papers_of_a_small_library_are_ranked(found, library):
    assert len(found) == len(library)
    assert [m.score for m in found] == sorted((m.score for m in found), reverse=True)
    assert {"2104.00324", "2104.00403"} <= {m.paper.id for m in found[:4]}


def test_the_two_sides_are_what_they_say(found, library, embedding):
    query = embedding.encode_query("visual object tracking")
    lexical = library.matching("visual object tracking", len(found))
    for match in found[:20]:
        assert match.dense == pytest.approx(float((match.vectors @ query).max()), abs=1e-5)
        whole = float(centroid(match.vectors) @ query)
        assert match.whole == pytest.approx(whole, abs=1e-3)
        assert match.lexical == pytest.approx(lexical.get(match.paper.id, 0.0), abs=1e-4)


def test_feedback_brings_words_that_the_question_does_not_have(found, library):
    records = [m.record for m in found]
    terms = retrieval._feedback(records, np.array([m.direct for m in found]), library)
    assert 10 < len(terms) <= FEEDBACK_TERMS
    assert all(weight > 0 for weight in terms.values())
    assert set(library.terms("tracker template")) & set(terms)
    common = max(terms, key=library.frequency)
    rare = min(terms, key=library.frequency)
    assert library.frequency(rare) < library.frequency(common) < len(library)


def test_weighted_terms_are_searched_for(library):
    term = library.terms("lasot")[0]
    both = library.matching({term: 1.0, library.terms("kitti")[0]: 0.001}, 10)
    assert set(list(both)[:2]) == {"2104.00324", "2104.00403"}
    assert library.matching({}, 10) == {}


def test_an_empty_library_has_nothing(embedding, tmp_path):
    from rag.library import Library

    empty = Library.create(tmp_path / "library", embedding)
    assert retrieval.search(questions.read("tracking"), empty, embedding) == []
