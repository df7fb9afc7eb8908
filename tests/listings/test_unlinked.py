"""What people keep of a paper themselves may have no link and no identifier: it is read."""

import json
from datetime import date
from pathlib import Path

import pytest

from rag import listings
from rag.core.papers import Paper
from rag.errors import ListingError
from rag.listings import Refused
from tests.listings.telling import as_paper

TITLE, ABSTRACT = "Kites in gusty wind", "We fly kites."
OWN = "title:roe-2020-kites-in-gusty-wind-120e6ccb"
FORMS = {
    "own.csv": f"Title,Authors,Year,Abstract\n{TITLE},Ann Roe,2020,{ABSTRACT}\n",
    "numbered.csv": f"id;Title;Author;Date;Abstract\n1;{TITLE};Ann Roe;2020-05-06;{ABSTRACT}\n",
    "own.bib": f"@misc{{x, title={{{TITLE}}}, author={{Ann Roe}}, year=2020, "
    f"abstract={{{ABSTRACT}}}}}\n",
    "own.ris": f"TY  - JOUR\nTI  - {TITLE}\nAU  - Roe, Ann\nPY  - 2020\nAB  - {ABSTRACT}\nER  - \n",
    "own.enw": f"%0 Journal Article\n%T {TITLE}\n%A Roe, Ann\n%D 2020\n%X {ABSTRACT}\n",
    "own.xml": "<xml><records><record><titles><title>Kites in gusty wind</title></titles>"
    "<contributors><authors><author>Roe, Ann</author></authors></contributors><dates>"
    f"<year>2020</year></dates><abstract>{ABSTRACT}</abstract></record></records></xml>",
    "zotero.json": json.dumps(
        [
            {"key": "ABCD2345", "data": {
                "key": "ABCD2345", "itemType": "journalArticle", "title": TITLE, "date": "2020",
                "creators": [{"creatorType": "author", "firstName": "Ann", "lastName": "Roe"}],
                "abstractNote": ABSTRACT, "url": "", "DOI": "",
            }}
        ]
    ),
    "own.jsonl": json.dumps(
        {"title": TITLE, "abstract": ABSTRACT, "authors": ["Ann Roe"], "year": 2020}
    ),
    "plain.md": f"# {TITLE}\n\n**Authors:** Ann Roe\n**Year:** 2020\n\n## Abstract\n{ABSTRACT}\n",
    "note.md": f"---\ntitle: {TITLE}\nauthor: Ann Roe\nyear: 2020\n---\n\n"
    f"## Abstract\n{ABSTRACT}\n",
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_a_paper_without_a_link_is_the_same_from_every_program(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(FORMS[name])
    (item,) = listings.read(path)
    paper = as_paper(item)
    assert (paper.id, paper.url, paper.pdf, paper.doi) == (OWN, "", "", "")
    assert (paper.title, paper.authors, paper.year) == (TITLE, ("Ann Roe",), 2020)
    assert paper.abstract == ABSTRACT
    assert not paper.is_on_arxiv
    assert paper.place == f"(in {tmp_path.name}/{name})"


def test_more_than_one_of_one_file(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    rows = ["Kites,About wind.", "Kites,About birds.", f"{TITLE},A.", f"{TITLE}.,B.", "风筝,C."]
    path.write_text("\n".join(["Title,Abstract", *rows]))
    items = list(listings.read(path))
    assert len({item.id for item in items if isinstance(item, Paper)}) == 4  # two of one title
    (again,) = (item for item in items if isinstance(item, Refused))
    assert (again.line, again.again) == (5, True)


def test_the_day_tells_the_year(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(f"Title,Abstract,Date\n{TITLE},{ABSTRACT},2020-05-06\n")
    paper = as_paper(next(listings.read(path)))
    assert (paper.listed, paper.year) == (date(2020, 5, 6), 2020)


def test_a_link_that_is_none_is_still_told(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(f"Title,Abstract,URL\n{TITLE},{ABSTRACT},ftp://x.org/1\n")
    with pytest.raises(ListingError, match="no arXiv identifier or web address in ftp://x"):
        list(listings.read(path))


def test_what_only_describes_something_needs_a_link(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps([{"title": "Milk", "description": "A litre of it."}]))
    with pytest.raises(ListingError, match="no link"):
        list(listings.read(path))
