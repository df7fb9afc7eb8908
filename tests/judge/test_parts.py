"""Which parts of a question a paper has."""

from rag.judge import parts
from rag.judge.wording import Wording
from rag.question.parsing import read
from tests.judge.asked import matched, record


def held(library, embedding, text: str, title: str, abstract: str):
    question = read(text)
    match = matched(record(title, abstract, embedding), question.topic, embedding)
    return parts.held(question, [match], Wording(question, [match], library), embedding)[0]


def test_a_term_is_had_in_words(library, embedding):
    asked = "do transformers help tracking?"
    both = "We track leaves with transformers."
    assert held(library, embedding, asked, "On plants", both) == (("transformers", "tracking"), ())
    assert held(library, embedding, asked, "On poems", "Transformers write poems.") == (
        ("transformers",),
        ("tracking",),
    )


def test_a_term_is_had_in_other_words_that_mean_it(library, embedding):
    asked = "does attention help pedestrian detection?"
    other = "Attention finds people who walk across the street: a detector of pedestrians."
    assert held(library, embedding, asked, "Detecting walkers", other)[1] == ()


def test_of_a_clause_no_words_are_wanted(library, embedding):
    asked = "will a network trained on cheap simulated street scenes help real cars?"
    abstract = "We train a network in simulation, on streets that a game engine renders."
    has, _ = held(library, embedding, asked, "Learning from synthetic streets", abstract)
    assert any(not parts.is_term(part) for part in has)


def test_only_terms_are_told_as_lacking(library, embedding):
    question = read("will cheap simulated street scenes help drones?")
    match = matched(record("On rice", "Rice grows.", embedding), question.topic, embedding)
    lacks = parts.lacking(question, [match], Wording(question, [match], library), embedding)
    assert lacks == [("drones",)]


def test_without_parts_nothing_is_lacking(library, embedding):
    question = read("list all papers")
    match = matched(record("On rice", "Rice grows.", embedding), "rice", embedding)
    wording = Wording(question, [match], library)
    assert parts.held(question, [match], wording, embedding) == [((), ())]
    assert parts.held(question, [], wording, embedding) == []
