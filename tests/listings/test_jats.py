"""Articles in JATS as not every publisher writes them."""

import io

import pytest

from rag.listings import jats
from rag.listings.entries import Entry

ARTICLE = (
    "<article><front><article-meta><title-group><article-title>Kites</article-title></title-group>"
    "<pub-date><year>{year}</year></pub-date>{abstract}</article-meta></front></article>"
)


def entry(year: str = "2021", abstract: str = "<abstract><p>We fly.</p></abstract>") -> Entry:
    text = ARTICLE.format(year=year, abstract=abstract)
    (found,) = jats.read(io.StringIO(text), "x.xml")
    assert isinstance(found, Entry)
    return found


@pytest.mark.parametrize(
    ("year", "expected"), [("2021", 2021), ("9" * 5000, None), ("\u0968\u0966\u0968\u0967", None)]
)
def test_a_year_has_four_digits(year: str, expected: int | None) -> None:
    assert entry(year=year).year == expected


@pytest.mark.parametrize(
    ("abstract", "expected"),
    [
        ("<abstract>We fly kites.</abstract>", "We fly kites."),
        ("<abstract><italic>Kites</italic> fly.</abstract>", "Kites fly."),
        ("<abstract/><abstract><p>We fly.</p></abstract>", "We fly."),
        ("<abstract><sec><title>Aim</title><p>We fly.</p></sec></abstract>", "Aim: We fly."),
    ],
)
def test_an_abstract_without_paragraphs_is_read_and_an_empty_one_passed_over(
    abstract: str, expected: str
) -> None:
    assert entry(abstract=abstract).abstract == expected
