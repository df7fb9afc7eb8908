"""Clauses of the real abstracts, and of sentences made to be cut wrongly."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.passages import Passage
from rag.library.passages import passages
from rag.question import parsing as questions
from rag.write import clauses

QUESTIONS = [
    "papers on zebras",
    "which papers use transformers for tracking",
    "Which papers introduce a new dataset?",
    "papers on self-supervised learning for video",
    "Which trackers run in real time?",
    "How fast does it run?",
    "What accuracy does it reach on ImageNet?",
    "Which datasets is it evaluated on?",
    "What is the method called?",
    "How many classes does it have?",
    "Tell me about point clouds",
]
NAMES = re.compile(r"\w+[A-Z]\w*")
NUMBERS = re.compile(r"\d+(?:[.,]\d+)*")


@pytest.fixture(scope="module")
def every(papers) -> list[tuple[str, Passage]]:
    return [(p.abstract, s) for p in papers for s in passages(p, lambda _: True) if not s.is_title]


def cut(question: str, text: str) -> str:
    passage = clauses.cut(questions.read(question), Passage("2104.00001", 7, 7 + len(text), text))
    assert passage.paper_id == "2104.00001"
    assert text[passage.start - 7 : passage.end - 7] == passage.text
    return passage.text


# -- all sentences of the listing ------------------------------------------------------------------


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_clause_is_verbatim_and_whole(every, question):
    read = questions.read(question)
    for abstract, sentence in every:
        clause = clauses.cut(read, sentence)
        assert abstract[clause.start : clause.end] == clause.text
        assert sentence.start <= clause.start < clause.end <= sentence.end
        assert clause.text == clause.text.strip()
        if clause.text == sentence.text:
            continue
        assert len(clause.text.split()) >= clauses.SHORTEST
        assert not re.search(
            r"\b(?:that|of|by|and|or|to|with|which|is|are|the|an?|following)$", clause.text
        )
        assert clause.text[-1] not in ",;:-("
        if clause.end < sentence.end:
            for left, right in ("()", "[]", "{}"):
                assert clause.text.count(left) == clause.text.count(right)
            assert clause.text.count("$") % 2 == 0


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_clause_has_the_words_that_were_asked_for(every, question):
    read = questions.read(question)
    for _, sentence in every:
        keeps = clauses.keeper(read, sentence.text)
        assert keeps(sentence.text)
        assert keeps(clauses.cut(read, sentence).text)


@pytest.mark.parametrize("question", [q for q in QUESTIONS if questions.read(q).kind == "fact"])
def test_the_details_of_a_fact_stay(every, question):
    read = questions.read(question)
    for _, sentence in every:
        clause = clauses.cut(read, sentence).text
        if read.wants in ("number", "speed"):
            free = re.findall(r"(?<![\w.-])\d+(?:[.,]\d+)*(?=%| |x )", sentence.text)
            assert all(number in clause for number in free)
        else:
            for detail in (NAMES, NUMBERS):
                assert set(detail.findall(sentence.text)) == set(detail.findall(clause))


def test_a_clause_of_a_clause_is_itself(every):
    read = questions.read("papers on zebras")
    for _, sentence in every:
        clause = clauses.cut(read, sentence)
        assert clauses.cut(read, clause).text == clause.text


PARTS = st.lists(
    st.sampled_from([
        "To this end,", "However,", "In this paper,", "we", "our tracker", "proposes", "that", "of",
        ", which", ", and we", "; ", ": ", " - ", "(see", "[3]", ")", "$x,", "y$", '"a', 'b"', ".",
        "37 FPS", "LoFTR", "without", "experiments show that", "objects", "video", ", while",
    ]),
    min_size=1,
    max_size=40,
)  # fmt: skip


@given(PARTS, st.sampled_from(QUESTIONS))
def test_whatever_the_sentence_its_clause_stands_in_it(parts, question):
    assert cut(question, " ".join(parts))


# -- what is cut, and what is not ------------------------------------------------------------------

LONG = "a network that follows all the objects in a long video through many frames and scenes"


TRACKS = "tracker for the objects in a long video."


@pytest.mark.parametrize(
    ("opening", "clause"),
    [
        ("To overcome this limitation, ", f"we propose a {TRACKS}"),
        ("In this paper, ", f"we propose a {TRACKS}"),
        ("Moreover, ", f"we now propose a {TRACKS}"),
        ("Inspired by this, ", f"our network is a {TRACKS}"),
        ("However, ", f"our network is a {TRACKS}"),
        ("Finally, in this work, ", f"we propose a {TRACKS}"),
        ("To train without labels, ", f"we propose a {TRACKS}"),
    ],
)
def test_an_opening_that_restricts_nothing_is_left_out(opening, clause):
    assert cut("papers on zebras", f"{opening}{clause}") == clause


@pytest.mark.parametrize(
    ("sentence", "clause"),
    [
        (f"We propose {LONG}, which in turn helps.", f"We propose {LONG}"),
        (f"We propose {LONG}; it is fast.", f"We propose {LONG}"),
        (f"We propose {LONG}, outperforming the others.", f"We propose {LONG}"),
    ],
)
def test_good_cuts(sentence, clause):
    assert cut("papers on zebras", sentence) == clause


@pytest.mark.parametrize(
    "sentence",
    [
        "On KITTI, our tracker follows all objects.",
        "When trained on faces, our tracker follows all objects.",
        "Unlike the others, our tracker follows all objects.",
        "With enough labels, our tracker follows all objects.",
        "Without labels, our tracker follows all objects.",
        "Using only ten labels, our tracker follows all objects.",
        "By training only on faces, our tracker follows all objects.",
        "Only our tracker follows all objects.",
        "Usually, our tracker follows all objects.",
        "Theoretically, our tracker follows all objects.",
        "Previously, we proposed a tracker for objects.",
        "Rarely, our tracker follows all objects.",
        "If it is bright, our tracker follows all objects.",
        "In theory, our tracker follows all objects.",
        "For faces, our tracker follows all objects.",
        "Although it is slow, our tracker follows all objects.",
        "In the dark, our tracker follows all objects.",
    ],
)
def test_what_restricts_a_sentence_stays(sentence):
    assert cut("papers on zebras", sentence) == sentence
    assert cut("How fast does it run?", sentence) == sentence


@pytest.mark.parametrize(
    "end",
    [
        ", but only in the dark.",
        ", yet it often fails.",
        ", although it is slow.",
        ", without any gain.",
        " (which is not new; see others, which are).",
    ],
)
def test_an_end_that_takes_something_back_stays(end):
    assert cut("papers on zebras", f"We propose {LONG}{end}").endswith(end)


def test_what_would_be_too_short_to_say_anything_is_left_whole():
    sentence = "To overcome this limitation, we propose a tracker."
    assert cut("papers on zebras", sentence) == sentence


def test_the_words_that_were_asked_for_keep_an_opening_or_an_end():
    opening = "To follow pedestrians, we propose a tracker."
    assert cut("papers on pedestrians", opening) == opening
    end = f"We propose {LONG}, which helps pedestrians, which is good."
    assert cut("papers on pedestrians", end) == f"We propose {LONG}, which helps pedestrians"


def test_an_aspect_that_was_asked_for_stays():
    text = f"We propose {LONG}, while running in real time on a phone."
    assert cut("papers on zebras", text) == f"We propose {LONG}"
    assert cut("Which trackers run in real time?", text) == text


# -- a number is asked for -------------------------------------------------------------------------


def test_the_experiments_behind_a_number_are_left_out(papers):
    paper = next(p for p in papers if p.id == "2104.00324")
    [sentence] = [p for p in passages(paper, lambda _: True) if "37 FPS" in p.text]
    clause = clauses.cut(questions.read("How fast does STMTrack run?"), sentence)
    assert clause.text == (
        "our tracker outperforms all previous state-of-the-art real-time methods while running at "
        "37 FPS."
    )
    whole = clauses.cut(questions.read("Which datasets is STMTrack evaluated on?"), sentence)
    assert whole.text == sentence.text


@pytest.mark.parametrize(
    ("sentence", "clause"),
    [
        (
            "Experiments on OTB-2015 and GOT-10k show that LoFTR runs at 37 FPS on a phone.",
            "LoFTR runs at 37 FPS on a phone.",
        ),
        (
            "Results on 3D faces show that the proposed network needs 28.5% of the time.",
            "the proposed network needs 28.5% of the time.",
        ),
        (
            "We also show that our network runs 5.6x faster than the others.",
            "our network runs 5.6x faster than the others.",
        ),
    ],
)
def test_names_with_digits_are_no_numbers(sentence, clause):
    assert cut("How fast does it run?", sentence) == clause


@pytest.mark.parametrize(
    "sentence",
    [
        "Experiments on 12 sets show that our network runs at 37 FPS.",
        "Experiments on seven sets show that our network runs at 37 FPS.",
        "Experiments show that, on a phone, our network runs at 37 FPS.",
        "Experiments show that, when trained longer, our network runs at 37 FPS.",
        "Previous results show that our network runs at 37 FPS.",
        "We do not show that our network runs at 37 FPS.",
        "We hope to show that our network runs at 37 FPS.",
        "On a phone, experiments show that our network runs at 37 FPS.",
        "Experiments show that networks of others run at 37 FPS.",
        "We demonstrate our network on faces at 37 FPS.",
    ],
)
def test_what_a_number_rests_on_stays(sentence):
    assert cut("How fast does it run?", sentence) == sentence


def test_where_it_was_measured_stays_if_it_was_asked_for():
    sentence = "Experiments on KITTI show that our network runs at 37 FPS."
    assert cut("How fast does it run on KITTI?", sentence) == sentence
    assert cut("Which data does it run on?", sentence) == sentence
