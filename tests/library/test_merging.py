"""What several sources say of one paper, made one."""

import json
from dataclasses import replace
from datetime import date
from functools import reduce
from itertools import permutations
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rag.core.papers import STANDARD_INPUT, Paper, abstract_page, pdf_link
from rag.library.joining import joined
from rag.listings import exported

NAME = "2104.00194"
FIRST, SECOND, LATER = date(2021, 4, 1), date(2021, 4, 3), date(2021, 6, 1)


def paper(abstract: str = "We track.", source: str = "a.md", **more: Any) -> Paper:
    known: dict[str, Any] = {"title": "Tracking", "listed": FIRST, "sources": (source,)} | more
    return Paper(NAME, abstract=abstract, url=abstract_page(NAME), pdf=pdf_link(NAME), **known)


def merged(old: Paper, new: Paper) -> Paper:
    (one,), _ = joined([old], [new])
    return one


def test_a_newer_version_replaces_an_older_one_and_not_the_other_way_round():
    old = paper("Old text, which is long.", version=1)
    new = paper("New text.", "b", version=2, updated=LATER)
    for found in (merged(old, new), merged(new, old)):
        assert (found.abstract, found.version, found.updated) == ("New text.", 2, LATER)
        assert found.listed == FIRST
        assert set(found.sources) == {"a.md", "b"}


def test_without_versions_the_later_day_counts():
    old, new = paper("Old, long text."), paper("New.", "b", listed=SECOND)
    assert merged(old, new).abstract == merged(new, old).abstract == "New."
    assert merged(old, new).listed == FIRST


def test_an_announcement_some_days_after_is_no_newer_version():
    version, announced = paper("We track $x$.", version=1), paper("We track x.", "b", listed=SECOND)
    for found in (merged(version, announced), merged(announced, version)):
        assert (found.abstract, found.version) == ("We track $x$.", 1)
    months_later = replace(announced, listed=LATER)
    assert merged(version, months_later).abstract == "We track x."
    assert merged(version, months_later).version is None


def test_a_text_that_is_known_to_be_of_a_version_keeps_it():
    found = merged(paper(version=2), paper(source="b", listed=LATER))
    assert found.version == 2


def test_the_fuller_counts_where_neither_is_newer():
    short = paper("We tr...", categories=("cs.CV",), authors=("A. Bee",))
    full = paper("We track.", "b", categories=("cs.CV", "cs.LG"), authors=("Ada Bee",))
    for found in (merged(short, full), merged(full, short)):
        assert found.abstract == "We track."
        assert found.categories == ("cs.CV", "cs.LG")
        assert found.authors == ("Ada Bee",)


def test_the_only_source_may_correct_itself():
    long, short = paper("A text with a mistake that is long."), paper("A text.")
    assert merged(long, short) == short
    assert merged(paper(authors=("A. Bee",)), paper(authors=("B",))).authors == ("B",)
    assert merged(paper(authors=("A. Bee",)), paper()).authors == ("A. Bee",)


def test_a_withdrawal_is_kept_until_a_newer_version():
    gone = paper("This paper has been withdrawn.", version=2, withdrawn=True, updated=SECOND)
    assert merged(paper(version=1), gone).withdrawn
    assert merged(gone, paper(version=1)).withdrawn
    assert merged(gone, paper("Listed again, in full length.", "b")).withdrawn
    assert not merged(gone, paper(version=3, updated=LATER)).withdrawn


def test_a_withdrawn_text_that_is_listed_again_stays_withdrawn():
    gone = paper("Gone.", version=2, withdrawn=True, updated=SECOND)
    again = paper("Gone.", "b", listed=LATER)
    for found in (merged(gone, again), merged(merged(gone, again), gone)):
        assert (found.withdrawn, found.version) == (True, 2)


def test_pipes_are_no_source_that_corrects_itself():
    one, two = paper("We track.", STANDARD_INPUT), paper("We track well.", STANDARD_INPUT)
    assert merged(one, two) == merged(two, one)
    assert merged(one, two).abstract == two.abstract


@pytest.mark.parametrize("first", [paper(), paper(version=1), paper("", withdrawn=True)])
def test_the_same_again_is_the_same(first):
    assert merged(first, first) == first


days = st.sampled_from([None, FIRST, SECOND, LATER])
sources = st.builds(
    paper,
    abstract=st.sampled_from(["We track.", "We track well.", "They track."]),
    source=st.sampled_from(["a.md", "b", "c"]),
    listed=days,
    categories=st.sampled_from([(), ("cs.CV",), ("cs.LG", "cs.CV")]),
    withdrawn=st.booleans(),
)


@given(st.lists(sources, min_size=1, max_size=5, unique_by=lambda p: p.sources))
@example([paper(listed=None), paper("We track well.", "b", listed=None)])
def test_running_the_same_sources_again_changes_nothing(found):
    once = reduce(merged, found)
    assert reduce(merged, found, once) == once


@given(st.lists(sources, min_size=2, max_size=4, unique_by=lambda p: p.sources), st.data())
def test_the_order_of_the_sources_is_no_matter(found, data):
    versions = data.draw(st.lists(st.sampled_from([None, 1, 2, 3]), min_size=4, max_size=4))
    years = data.draw(st.lists(st.sampled_from([None, 2020, 2021]), min_size=4, max_size=4))
    venues = data.draw(st.lists(st.sampled_from(["", "J. Maps", "Maps"]), min_size=4, max_size=4))
    told = [
        replace(p, version=v, year=y, venue=at, kind="article-journal" if at else "")
        for p, v, y, at in zip(found, versions, years, venues, strict=False)
    ]
    once = reduce(merged, told)
    assert all(reduce(merged, order) == once for order in permutations(told))
    assert Paper.from_dict(once.to_dict()) == once


def test_what_lost_may_win_once_more_is_known():
    second = paper("The second version.", "v2", version=2, listed=FIRST)
    first = paper("The first version, dated late.", "v1", version=1, listed=LATER)
    listed = paper("Text without a version.", "a.md", listed=date(2021, 5, 1))
    for order in permutations([second, first, listed]):
        found = reduce(merged, order)
        assert found.abstract == "Text without a version."
        assert found.told[0].version == 2


@given(st.lists(st.tuples(st.integers(1, 4), sources), min_size=1, max_size=5))
def test_running_the_same_versions_again_changes_nothing(found):
    of = [replace(p, version=v, updated=date(2022, v, 1), sources=(f"v{v}",)) for v, p in found]
    unique = list({p.version: p for p in of}.values())
    once = reduce(merged, unique)
    assert once.version == max(p.version for p in unique)
    assert reduce(merged, unique, once) == once


def test_a_day_counts_before_the_first_of_january_which_stands_for_a_year():
    year, day = paper(listed=date(2021, 1, 1)), paper(source="b", listed=FIRST)
    older = paper(source="c", listed=date(2020, 12, 30))
    for sources in permutations([year, day]):
        assert reduce(merged, sources).listed == FIRST
    for sources in permutations([year, day, older]):
        assert reduce(merged, sources).listed == older.listed


def test_what_an_earlier_version_kept_of_two_texts_is_read_as_what_two_sources_told():
    kept = paper("Second.", version=2, updated=LATER).to_dict()
    texts = [("Second.", 2, LATER), ("Listed.", None, SECOND)]
    kept["accounts"] = [
        {"title": "Tracking", "abstract": a, "version": v, "day": d.isoformat(), "withdrawn": False}
        for a, v, d in texts
    ]
    del kept["told"]
    for found in (Paper.from_dict(kept), exported._paper(_line(kept))):
        assert [(one.abstract, one.version, one.updated) for one in found.told] == texts
        assert merged(found, found).abstract == "Second."


def _line(kept: dict[str, Any]) -> str:
    return json.dumps({exported.MARK: exported.VERSION, **kept})


@pytest.mark.parametrize(
    "told", ["[1]", '[{"title": ""}]', '[{"id": 7}]', '"x"', '[{"nothing": 1}]']
)
def test_what_sources_told_is_checked_as_the_paper_is(told):
    line = exported.line(paper()).replace('"told": []', f'"told": {told}')
    try:
        found = exported._paper(line)
    except ValueError:
        return
    assert found.told == (paper(),)
