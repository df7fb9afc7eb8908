"""Articles in JATS as not every publisher writes them."""

import io
from pathlib import Path

import pytest

from rag import listings
from rag.listings import jats
from rag.listings.entries import Entry
from tests.listings.telling import as_paper

OAI = (
    '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>{}</ListRecords></OAI-PMH>'
)
RECORD = "<record><header><identifier>oai:x:1</identifier></header><metadata>{}</metadata></record>"

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


def test_what_an_oai_service_hands_out_in_jats_or_mods_is_read(tmp_path: Path) -> None:
    jats_said = ARTICLE.format(year="2021", abstract="<abstract><p>We fly.</p></abstract>")
    mods_said = (
        '<mods xmlns="http://www.loc.gov/mods/v3"><titleInfo><title>Strings</title></titleInfo>'
        "<abstract>We pull.</abstract><identifier type='doi'>10.1000/s</identifier></mods>"
    )
    path = tmp_path / "records.xml"
    path.write_text(OAI.format("".join(RECORD.format(said) for said in (jats_said, mods_said))))
    papers = list(map(as_paper, listings.read(path)))
    assert [(p.title, p.abstract) for p in papers] == [
        ("Kites", "We fly."),
        ("Strings", "We pull."),
    ]
    assert papers[1].doi == "10.1000/s"
