"""Words with a slip in them are read as papers spell them; what may be meant stays."""

import pytest

from rag.question import learned, reading
from rag.question.learned import Manner
from rag.text import slips


@pytest.fixture(scope="module")
def manner(embedding) -> Manner:
    return learned.manner(
        embedding.name, embedding.encode_query, embedding.in_context, embedding.is_word
    )


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("which papers use transfomers for trackng", "which papers use transformers for tracking"),
        ("medical image segmantation", "medical image segmentation"),
        ("explian neural rendering", "explain neural rendering"),
        ("Papres on domain adaptaton", "Papers on domain adaptation"),
        ("anything on unsupervized lerning, please", "anything on unsupervised learning, please"),
        ("how is 3D reconstrution of humans done?", "how is 3D reconstruction of humans done?"),
    ],
)  # fmt: skip
def test_a_slip_is_read_as_what_papers_write(library, manner, asked, read):
    found = reading.read(asked, library, manner=manner)
    assert found.text == asked
    assert found.resolved == read
    assert reading.read(read, library, manner=manner).question == found.question
    assert not reading.read(asked, library).resolved  # no model that knows words


@pytest.mark.parametrize(
    "asked",
    [
        "papers on tomatoes, racing cars and parking",  # words of the language that no paper has
        "federated learning with homomorphic encryption",  # far from any word of a paper
        "who uses Detectron or Trackng?",  # names
        "papers that say “segmantation”",
        "what is a trakc",  # short: it has too many neighbours
        "papers on re-identificaton",  # joined
        "see github.com/trackng/transfomers",
        "Welche Arbeiten benutzen Transformer zum Verfolgen von Menschen?",
    ],
)
def test_what_may_be_meant_stays(library, manner, asked):
    assert not reading.read(asked, library, manner=manner).resolved


def test_a_follow_up_with_a_slip_leans_on_what_was_said(assistant):
    before = assistant.ask("which papers use transformers for tracking?")
    again = assistant.read("which of them do trackng of people?", [before])
    assert "do tracking of people" in again.resolved
    assert len(again.filters.titles or again.filters.ids) == before.matched


def test_a_slip_is_one_letter():
    word = "tracking"
    found = set(slips.before(word))
    assert {"tracing", "trackling", "trakcing", "trucking"} <= found
    assert word not in found
    assert all(one[0] == word[0] and abs(len(one) - len(word)) <= 1 for one in found)
