"""One paper from several places is one, whatever it is called there; two papers are two."""

from dataclasses import replace
from datetime import date
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from rag import listings
from rag.core.identifiers import addresses
from rag.core.origins import own_identifier
from rag.core.papers import Paper
from rag.library import Library
from rag.library.sameness import are_one
from tests.library.tiny import Tiny, check_whole

SAME = Path(__file__).parents[1] / "data" / "kept" / "same-paper"
DOI = "https://doi.org/10.1000/kite.77"
TITLE = "Kite aerodynamics in gusty wind"


def paper(identifier: str, title: str = TITLE, **more: Any) -> Paper:
    known: dict[str, Any] = {"authors": ("Ann Roe",), "year": 2020, "sources": (identifier,)} | more
    return Paper(identifier, title, "About kites.", *addresses(identifier), **known)


def library(tmp_path: Path, *papers: Paper) -> Library:
    made = Library.create(tmp_path, Tiny())  # type: ignore[arg-type]
    for one in papers:
        made.put([one], Tiny())  # type: ignore[arg-type]
    return made


@pytest.mark.slow
def test_a_paper_of_three_programs_is_one_in_any_order(tmp_path: Path) -> None:
    found = set()
    for number, order in enumerate(permutations(sorted(SAME.iterdir()))):
        read = [p for file in order for p in listings.read(file) if isinstance(p, Paper)]
        made = library(tmp_path / str(number), *read)
        (one,) = made.papers()
        check_whole(made)
        found.add(one)
    (one,) = found
    assert (one.id, one.doi) == (DOI, "10.1000/kite.77")
    assert one.authors == ("Ann Roe", "The Kite Collaboration")
    assert one.identifiers == ("https://journals.example.org/kite/77",)
    assert one.listed == date(2020, 3, 4)  # the others only tell the year


ARXIV = paper("2003.00001", identifiers=(DOI,), doi="10.1000/kite.77")
JOURNAL = paper(DOI, doi="10.1000/kite.77", venue="J. Kites", kind="article-journal")
PAGE = paper("https://journals.example.org/kite/77", authors=("Roe, A.",))


@pytest.mark.slow
def test_what_has_become_one_is_found_by_all_its_names(tmp_path: Path) -> None:
    found = set()
    for number, order in enumerate(permutations([ARXIV, JOURNAL, PAGE])):
        made = library(tmp_path / str(number), *order)
        (one,) = made.papers()
        check_whole(made)
        assert len(made) == 1
        for name in (ARXIV.id, DOI, PAGE.id):
            assert made.get(name) == one
            assert made.resolved([name]) == {name: ARXIV.id}
        found.add(replace(one, authors=()))
    (one,) = found
    assert (one.id, one.venue, one.doi) == ("2003.00001", "J. Kites", "10.1000/kite.77")
    assert one.identifiers == (DOI, PAGE.id)


def test_one_batch_is_as_many(tmp_path: Path) -> None:
    made = Library.create(tmp_path, Tiny())  # type: ignore[arg-type]
    done = made.put([JOURNAL, PAGE, ARXIV], Tiny())  # type: ignore[arg-type]
    assert (done.added, done.updated, len(made)) == (1, 2, 1)
    again = made.put([ARXIV, PAGE, JOURNAL], Tiny())  # type: ignore[arg-type]
    assert (again.added, again.updated, again.unchanged) == (0, 0, 3)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ARXIV, paper("2003.00002")),  # arXiv tells them apart
        (JOURNAL, paper("https://doi.org/10.1000/other", doi="10.1000/other")),
        (JOURNAL, replace(PAGE, year=2021)),
        (JOURNAL, replace(PAGE, authors=("Bob Poe",))),
        (JOURNAL, replace(PAGE, authors=())),
        (JOURNAL, replace(PAGE, title="Another title of a paper")),
        (paper(DOI, "Introduction"), paper("https://example.org/2", "Introduction")),
        (paper("https://github.com/a/b"), paper("https://github.com/a/b", "Another paper")),
    ],
)
def test_two_papers_are_two(tmp_path: Path, one: Paper, other: Paper) -> None:
    assert not are_one(one, other)
    made = library(tmp_path, one, other)
    assert len(made) == 2
    check_whole(made)
    titles = {p.title for p in made.papers()}
    assert titles == {one.title, other.title}


def test_a_shared_link_takes_nothing_from_another_paper(tmp_path: Path) -> None:
    link = "https://github.com/a/b"
    first, second = ARXIV, paper("2003.00002", "Strings of kites", identifiers=(link,))
    third = paper(link, "A repository of kites and of strings")
    made = library(tmp_path, replace(first, identifiers=(link,), doi=""), second, third)
    assert len(made) == 3
    made.put([replace(second, abstract="About strings.")], Tiny())  # type: ignore[arg-type]
    made.put([replace(third, abstract="About repositories.")], Tiny())  # type: ignore[arg-type]
    assert len(made) == 3
    check_whole(made)
    assert made.get(link) is not None


def test_dropping_by_any_name(tmp_path: Path) -> None:
    made = library(tmp_path, ARXIV, PAGE)
    assert made.drop(made.resolved([PAGE.id]).values()) == 1
    assert len(made) == 0


def test_a_full_stop_behind_a_title_makes_no_other_paper(tmp_path: Path) -> None:
    ended = paper("https://pubmed.ncbi.nlm.nih.gov/1/", f"{TITLE}.", authors=("A. Roe",))
    for number, order in enumerate(permutations([replace(ARXIV, identifiers=(), doi=""), ended])):
        made = library(tmp_path / str(number), *order)
        (one,) = made.papers()
        assert one.id == ARXIV.id


def test_papers_that_arxiv_knows_apart_stay_two_whoever_claims_their_doi(tmp_path: Path) -> None:
    second = paper("2104.00002", f"{TITLE} II", identifiers=(DOI,), doi="10.1000/kite.77")
    first = replace(ARXIV, id="2104.00001", url=addresses("2104.00001")[0], identifiers=(), doi="")
    for number, order in enumerate(permutations([first, second, JOURNAL])):
        made = library(tmp_path / str(number), *order)
        assert {one.id for one in made.papers()} == {"2104.00001", "2104.00002"}


def claiming(identifier: str, *names: str, title: str) -> Paper:
    doi = next((n.removeprefix("https://doi.org/") for n in names if "doi.org" in n), "")
    return paper(identifier, title, identifiers=tuple(sorted(names)), doi=doi)


CLAIMS = [
    claiming("2104.00001", DOI, title="The first to claim it"),
    claiming("2104.00002", DOI, "https://kites.org/x", title="The second to claim it"),
    claiming("hep-th/9901001", DOI, "https://kites.org/x", title="The oldest to claim it"),
]


@pytest.mark.parametrize("again", CLAIMS, ids=lambda each: each.id)
@pytest.mark.parametrize("at_once", [True, False])
def test_what_several_papers_claim_is_the_earliest_ones_in_any_order(
    tmp_path: Path, again: Paper, at_once: bool
) -> None:
    found = set()
    for number, order in enumerate(permutations(CLAIMS)):
        made = Library.create(tmp_path / str(number), Tiny())  # type: ignore[arg-type]
        for some in [[*order, again]] if at_once else [[one] for one in (*order, again)]:
            made.put(some, Tiny())  # type: ignore[arg-type]
        check_whole(made)
        assert made.get(DOI) == made.get("https://kites.org/x") == made.get("hep-th/9901001")
        found.add(tuple(made.papers()))
    (kept,) = found
    assert [one.doi for one in kept] == ["", "", "10.1000/kite.77"]
    assert [one.identifiers for one in kept] == [(), (), (DOI, "https://kites.org/x")]


def test_a_title_that_two_dois_have_does_not_make_them_one(tmp_path: Path) -> None:
    first = paper(DOI, doi="10.1000/kite.77")
    second = paper("https://doi.org/10.1000/other", doi="10.1000/other")
    for number, order in enumerate(permutations([first, second, PAGE])):
        made = library(tmp_path / str(number), *order)
        assert {one.doi for one in made.papers()} == {"10.1000/kite.77", "10.1000/other"}


def test_a_paper_without_a_link_joins_the_one_that_has(tmp_path: Path) -> None:
    own = paper(own_identifier(TITLE, ("Ann Roe",), 2020, ""), sources=("own.csv",))
    assert own.url == own.pdf == ""
    for other in (replace(ARXIV, identifiers=(), doi=""), JOURNAL, PAGE):
        for number, order in enumerate(permutations([own, other])):
            made = library(tmp_path / f"{other.venue}{other.is_on_arxiv}{number}", *order)
            (one,) = made.papers()
            check_whole(made)
            assert (one.id, one.url, one.identifiers) == (other.id, other.url, (own.id,))
            assert made.get(own.id) == one
            done = made.put([own], Tiny())  # type: ignore[arg-type]
            assert (done.unchanged, len(made)) == (1, 1)


def test_papers_without_links_are_as_many_as_they_are(tmp_path: Path) -> None:
    told: list[tuple[tuple[str, ...], int | None]] = [
        (("Ann Roe",), 2020),
        (("Bob Poe",), 2020),
        (("Ann Roe",), 2021),
        ((), None),
    ]
    made = library(tmp_path, *(
        paper(own_identifier(TITLE, authors, year, ""), authors=authors, year=year)
        for authors, year in told
    ))  # fmt: skip
    assert len(made) == 4
    check_whole(made)


def test_other_marks_in_a_title_make_no_other_paper(tmp_path: Path) -> None:
    first = replace(ARXIV, identifiers=(), doi="", title="Kites: wind-tunnel tests")
    second = replace(PAGE, title="Kites – Wind\u2010Tunnel Tests.")
    for number, order in enumerate(permutations([first, second])):
        made = library(tmp_path / str(number), *order)
        (one,) = made.papers()
        assert (one.id, one.identifiers) == (first.id, (PAGE.id,))
        check_whole(made)
