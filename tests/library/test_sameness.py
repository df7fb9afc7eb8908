"""One paper from several places is one, whatever it is called there; two papers are two."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rag import listings
from rag.core.identifiers import addresses, doi_of
from rag.core.origins import own_identifier
from rag.core.papers import Paper
from rag.library import Library
from rag.library.joining import joined
from rag.library.sameness import are_one, found_by, looked_for, names
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


ONLY_ARXIV = paper("2003.00001", year=None, sources=("arxiv.xml",), version=1)
RETITLED = replace(ONLY_ARXIV, title="Kites in gusty wind, revisited", sources=("feed.xml",))
ONLY_DOI = paper(DOI, doi="10.1000/kite.77", sources=("scopus.csv",))
LATER_DOI = replace(ONLY_DOI, year=2021, venue="J. Kites", sources=("crossref.json",))
BOTH = replace(ONLY_ARXIV, identifiers=(DOI,), doi="10.1000/kite.77", sources=("zotero.bib",))
ONLY_TITLE = paper(own_identifier(TITLE, ("Ann Roe",), 2020, ""), sources=("notes.csv",))
OTHER_DOI = paper("https://doi.org/10.1000/aa", doi="10.1000/aa", sources=("second.ris",))
OTHER_ARXIV = paper("2003.00002", identifiers=(DOI,), doi="10.1000/kite.77", sources=("ads.bib",))
AT_AN_ADDRESS = paper("https://github.com/a/b", "A repository of kites", sources=("a.md",))
AT_ITS_ADDRESS = paper("https://github.com/a/b", "Another one", year=2021, sources=("b.md",))
LINKING = replace(ONLY_DOI, identifiers=("https://github.com/a/b",), sources=("c.md",))
CONTRADICTING = [
    ONLY_ARXIV, RETITLED, ONLY_DOI, LATER_DOI, BOTH, ONLY_TITLE, OTHER_DOI, OTHER_ARXIV, PAGE,
    AT_AN_ADDRESS, AT_ITS_ADDRESS, LINKING,
]  # fmt: skip


def put_one_by_one(order: Iterable[Paper]) -> frozenset[Paper]:
    """Return what comes of papers, looking only at what has to do with each, as a library does."""
    kept = list[Paper]()
    for new in order:
        near, keys = list[Paper](), looked_for([new])
        while more := [p for p in kept if p not in near and keys & {*found_by(p)}]:
            near += more
            keys |= looked_for(more)
        found, _ = joined(near, [new])
        kept = [p for p in kept if p not in near] + found
    assert len({name for p in kept for name in names(p)}) == sum(len(names(p)) for p in kept)
    return frozenset(kept)


told = st.builds(
    paper,
    st.sampled_from([ONLY_ARXIV.id, OTHER_ARXIV.id, DOI, OTHER_DOI.id, ONLY_TITLE.id, PAGE.id]),
    st.sampled_from([TITLE, RETITLED.title, "Introduction"]),
    identifiers=st.sets(st.sampled_from([DOI, OTHER_DOI.id, "page"]), max_size=2).map(tuple),
    authors=st.sampled_from([(), ("Ann Roe",), ("A. Roe", "B. Poe"), ("Jan Moe",)]),
    year=st.sampled_from([None, 2020, 2021]),
    sources=st.integers(0, 99).map(lambda number: (f"{number}.bib",)),
).map(
    lambda one: replace(
        one,
        identifiers=tuple(
            sorted(
                name if name != "page" else f"{PAGE.id}/{len(one.title)}"
                for name in one.identifiers
                if name != one.id
            )
        ),
        doi=next(filter(None, map(doi_of, names(one))), "") or "",
    )
)


@settings(max_examples=50, deadline=None)
@given(st.lists(told, min_size=2, max_size=4, unique_by=lambda one: one.sources))
@example([ONLY_ARXIV, ONLY_DOI, ONLY_TITLE, OTHER_DOI])
@example([ONLY_ARXIV, LATER_DOI, BOTH, RETITLED])
@example([ONLY_TITLE, RETITLED, BOTH, PAGE])
@example([OTHER_ARXIV, BOTH, ONLY_DOI, LATER_DOI])
def test_what_becomes_of_contradicting_records_is_the_same_in_any_order(found: list[Paper]) -> None:
    assert len({put_one_by_one(order) for order in permutations(found)}) == 1
    (at_once, _), once = joined([], found), put_one_by_one(found)
    assert frozenset(at_once) == once == put_one_by_one([*found, *found])
    assert all(Paper.from_dict(one.to_dict()) == one for one in once)


@settings(max_examples=40, deadline=None)
@given(st.permutations(CONTRADICTING))
def test_many_contradicting_records_are_the_same_papers_in_any_order(order: list[Paper]) -> None:
    found = put_one_by_one(order)
    assert found == put_one_by_one(CONTRADICTING)
    by_id = {one.id: one for one in found}
    assert set(by_id) == {
        "2003.00001", "2003.00002", OTHER_DOI.id, AT_AN_ADDRESS.id,
        f"{AT_ITS_ADDRESS.id}#another-one",
    }  # fmt: skip
    assert by_id["2003.00001"].doi == "10.1000/kite.77"


def test_of_papers_at_one_address_the_earliest_keeps_it_whichever_came_first() -> None:
    at = AT_AN_ADDRESS.id
    third = replace(AT_ITS_ADDRESS, title="A third one", sources=("f.md",))
    apart = [  # as a file has them that names them in another order
        replace(AT_AN_ADDRESS, id=f"{at}#a-repository-of-kites", sources=("d.md",)),
        replace(AT_ITS_ADDRESS, id=f"{at}#another-one", sources=("e.md",)),
    ]
    right = {AT_AN_ADDRESS.title: at, AT_ITS_ADDRESS.title: f"{at}#another-one"}
    for more, named in (([third], {third.title: f"{at}#a-third-one"}), (apart, {})):
        orders = permutations([AT_AN_ADDRESS, AT_ITS_ADDRESS, *more])
        (found,) = {put_one_by_one(order) for order in orders}
        assert {one.title: one.id for one in found} == right | named


def test_a_library_has_the_same_papers_whatever_came_first(tmp_path: Path) -> None:
    first = [OTHER_DOI, ONLY_TITLE, OTHER_ARXIV, ONLY_DOI, BOTH]
    found = set()
    for number, order in enumerate([first, first[::-1], [*first[2:], *first[:2]]]):
        made = library(tmp_path / str(number), *order)
        check_whole(made)
        found.add(frozenset(made.papers()))
        assert frozenset(made.papers()) == put_one_by_one(first)
        assert made.resolved([ONLY_TITLE.id, DOI]) == {ONLY_TITLE.id: BOTH.id, DOI: BOTH.id}
    assert len(found) == 1
