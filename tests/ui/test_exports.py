"""What the page gives away, read back by the parsers of reference managers, field by field."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import rispy
from bibtexparser import middlewares
from bibtexparser.entrypoint import parse_string
from bibtexparser.library import Library
from playwright.sync_api import Page

from rag.collections.saved import ReadingList
from rag.core.papers import Paper
from rag.models.embedding import Embedding
from tests.ui.conftest import Look, Site, ask
from ui.export import of_papers

QUESTION = "which papers are about kites?"
JOURNAL = Paper(
    "https://doi.org/10.1000/kite.77", "Kites in winds: 5% more lift & less drag",
    "We measure how kites fly in winds of 5% turbulence & more. Kites lift 30 % better.",
    "https://doi.org/10.1000/kite.77", "", date(2020, 1, 31), (),
    ("Ann Roe", "Jan van der Berg", "Martin King Jr.", "Zoë Müller-Łukasz",
     "The Kite Collaboration"),
    doi="10.1000/kite.77", venue="Journal of Kites & Winds", year=2020, kind="article-journal",
)  # fmt: skip
PREPRINT = Paper(
    "2104.99001", "Kites of $\\ell_1$ norm",
    "We fly kites whose norm is $\\ell_1$, at {low} cost_1.",
    "https://arxiv.org/abs/2104.99001", "https://arxiv.org/pdf/2104.99001", date(2021, 4, 2),
    ("cs.RO", "cs.CV"), ("Bo Li", "Cy El Day"),
)  # fmt: skip
TALK = Paper(
    "https://doi.org/10.1000/talk.5", "Kites talk to kites", "Kites talk to kites by radio.",
    "https://doi.org/10.1000/talk.5", "", date(2019, 6, 3), (), ("Di Eo",),
    doi="10.1000/talk.5", venue="Proceedings of Kites", year=2019, kind="paper-conference",
)  # fmt: skip
PAPERS = {paper.title: paper for paper in (JOURNAL, PREPRINT, TALK)}
FAMILIES = {
    "Ann Roe": ("Roe", "Ann", ""),
    "Jan van der Berg": ("van der Berg", "Jan", ""),
    "Martin King Jr.": ("King", "Martin", "Jr."),
    "Zoë Müller-Łukasz": ("Müller-Łukasz", "Zoë", ""),
    "The Kite Collaboration": ("The Kite Collaboration", "", ""),
    "Bo Li": ("Li", "Bo", ""),
    "Cy El Day": ("El Day", "Cy", ""),
    "Di Eo": ("Eo", "Di", ""),
}
"""Each author as family name, given name and suffix."""


def of_answer(page: Page) -> Callable[[str], str]:
    ask(page, QUESTION)
    which = page.locator("#of-which")
    if which.is_visible():
        which.select_option("all")
    return lambda form: taken(page, "#form", form, "[data-do=download]")


def of_library(page: Page) -> Callable[[str], str]:
    page.goto(f"{page.url.split('#')[0]}#/library?q=kites")
    page.locator("#part-library tbody tr").nth(len(PAPERS) - 1).wait_for()
    return lambda form: taken(page, "#library-form", form, "#part-library [data-do=take]")


def of_reading_list(page: Page) -> Callable[[str], str]:
    page.goto(f"{page.url.split('#')[0]}#/saved")
    page.locator("#part-saved .saved").nth(len(PAPERS) - 1).wait_for()
    return lambda form: taken(page, "#saved-form", form, "#part-saved [data-do=take]")


def taken(page: Page, field: str, form: str, button: str) -> str:
    page.select_option(field, form)
    with page.expect_download() as saved:
        page.locator(button).click()
    return saved.value.path().read_text(encoding="utf-8")


@pytest.mark.parametrize("place", [of_answer, of_library, of_reading_list])
def test_what_is_taken_away_is_read_back_with_all_fields(
    own: Site, embedding: Embedding, look: Look, place: Callable[[Page], Callable[[str], str]]
) -> None:
    library = own.assistant.library
    library.put([*PAPERS.values()], embedding)
    ReadingList(library.path).star([paper.id for paper in PAPERS.values()])
    take = place(look(own))
    check_ris(rispy.loads(take("ris")))
    check_bibtex(take("bibtex"), abstracts=place is not of_answer)
    check_csl(json.loads(take("csl")))


@pytest.mark.parametrize("name", FAMILIES)
def test_names_with_suffixes_and_particles_are_read_back_from_bibtex(name: str) -> None:
    text = of_papers([replace(PREPRINT, authors=(name,))], "bibtex")
    [entry] = parsed(text).entries
    assert split(entry.fields_dict["author"].value) == [FAMILIES[name]]


def check_ris(entries: list[dict[str, Any]]) -> None:
    found = {entry["title"]: entry for entry in entries}
    assert found.keys() == PAPERS.keys()
    for title, entry in found.items():
        paper = PAPERS[title]
        parts = (FAMILIES[name] for name in paper.authors)
        names = [", ".join(filter(None, (family, given, last))) for family, given, last in parts]
        assert entry["authors"] == names
        assert entry["year"] == str(paper.appeared)
        assert paper.listed
        assert entry["date"] == f"{paper.listed:%Y/%m/%d}"
        assert entry["abstract"] == paper.abstract
        assert entry["urls"] == [paper.url]
        assert entry.get("doi", "") == paper.doi
        assert entry.get("keywords", []) == list(paper.categories)
        assert entry.get("file_attachments1", "") == paper.pdf
        venue = entry.get("journal_name") or entry.get("secondary_title") or ""
        assert venue == paper.venue
    kinds = {title: entry["type_of_reference"] for title, entry in found.items()}
    assert kinds == {JOURNAL.title: "JOUR", PREPRINT.title: "UNPB", TALK.title: "CPAPER"}


def parsed(text: str) -> Library:
    return parse_string(
        text,
        append_middleware=[
            middlewares.SeparateCoAuthors(),
            middlewares.LatexDecodingMiddleware(),
            middlewares.SplitNameParts(),
        ],
    )


def split(people: list[middlewares.NameParts]) -> list[tuple[str, str, str]]:
    """Return each name as BibTeX understands it: family name with its particles, given, suffix."""
    found = []
    for name in people:
        parts = (name.von, name.last, name.first, name.jr)
        von, last, first, suffix = (" ".join(part).strip("{}") for part in parts)
        found.append((f"{von} {last}".strip(), first, suffix))
    return found


def check_bibtex(text: str, abstracts: bool) -> None:
    read = parsed(text)
    assert not read.failed_blocks
    by_year = {str(paper.appeared): paper for paper in PAPERS.values()}
    found = {entry["year"]: entry for entry in read.entries}
    assert found.keys() == by_year.keys()
    for year, entry in found.items():
        paper, fields = by_year[year], entry.fields_dict
        if "$" not in paper.title:  # maths is decoded as well
            assert fields["title"].value.strip("{}") == paper.title
        read_names = split(fields["author"].value)
        assert len(read_names) == len(paper.authors)
        for name, parts in zip(paper.authors, read_names, strict=True):
            assert parts == FAMILIES[name]
        assert fields["url"].value == paper.url
        assert ("doi" in fields and fields["doi"].value) == (paper.doi or False)
        assert ("abstract" in fields) == abstracts
        if abstracts and "$" not in paper.abstract:
            assert fields["abstract"].value == paper.abstract
    journal, preprint, talk = (found[str(each.appeared)] for each in (JOURNAL, PREPRINT, TALK))
    kinds = [entry.entry_type for entry in (journal, preprint, talk)]
    assert kinds == ["article", "misc", "inproceedings"]
    assert journal["journal"] == JOURNAL.venue
    assert talk["booktitle"] == TALK.venue
    eprint = (preprint["eprint"], preprint["archiveprefix"], preprint["primaryclass"])
    assert eprint == (PREPRINT.id, "arXiv", "cs.RO")
    plain = parse_string(text).entries
    assert any(entry["title"].strip("{}") == PREPRINT.title for entry in plain)


def check_csl(items: list[dict[str, Any]]) -> None:
    found = {item["title"]: item for item in items}
    assert found.keys() == PAPERS.keys()
    for title, item in found.items():
        paper = PAPERS[title]
        names = [FAMILIES[name] for name in paper.authors]
        people = item["author"]
        read = [
            (who.get("family") or who["literal"], who.get("given", ""), who.get("suffix", ""))
            for who in people
        ]
        assert read == names
        assert paper.listed
        day = [paper.listed.year, paper.listed.month, paper.listed.day]
        assert item["issued"] == {"date-parts": [day]}
        assert item["abstract"] == paper.abstract
        assert item["URL"] == paper.url
        assert item.get("DOI", "") == paper.doi
        assert item.get("container-title", "") == paper.venue
        assert item.get("archive_location", "") == (paper.id if paper is PREPRINT else "")
    assert {title: item["type"] for title, item in found.items()} == {
        JOURNAL.title: "article-journal",
        PREPRINT.title: "article",
        TALK.title: "paper-conference",
    }
    assert len({item["id"] for item in items}) == len(items)
