"""What narrows an answer of many papers: counted by the server, a page of rows at a time."""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

import pytest
from playwright.sync_api import expect

from rag.assistant import Assistant
from rag.collections import Collections, beside
from rag.core.papers import Paper
from rag.library.records import Record
from rag.models.embedding import Embedding
from tests.ui.conftest import Look, Site, ask, served
from tests.ui.test_looks import check
from tests.ui.test_many import MANY, WHICH, ids, more
from ui import facets, table
from ui.facets import Facets
from ui.rest import ROWS, left, rows


def test_what_follows_is_narrowed_and_stays_in_its_place(site: Site) -> None:
    answer = site.assistant.ask(MANY)
    wanted = [name for some in left(answer) for name in some]
    only = wanted[3::7]
    narrowed = rows(site.assistant, answer, wanted[:4], only)
    assert ids(narrowed) == only[1 : ROWS + 1]
    assert narrowed["left"] == max(0, len(only) - 1 - ROWS)
    places = [int(at) for at in re.findall(r'data-at="(\d+)" data-id', narrowed["html"])]
    assert [wanted[at] for at in places] == ids(narrowed)


def test_narrowing_leaves_rows_with_their_numbers_and_sentences(site: Site, look: Look) -> None:
    answer = site.assistant.ask(MANY)
    passing = Facets().narrowed(site.assistant, answer, "", {"chosen": {"kind": ["code"]}})
    assert passing
    matching, mentioning = left(answer)
    wanted = [name for name in [*matching, *mentioning] if name in passing]
    coded = len(set(answer.matching).intersection(passing))
    assert 0 < coded < answer.matched
    assert set(wanted) - set([*matching, *mentioning][:ROWS])  # also of those that come later
    page = look(site)
    turn, _ = ask(page, MANY), ask(page, WHICH)  # below the last answer rows come by themselves
    row = turn.locator(".further li[data-id]")
    more(turn).press("Enter")
    expect(row).to_have_count(ROWS)
    before = {each.get_attribute("data-id"): each.inner_html() for each in row.all()}
    turn.get_by_text("Narrow", exact=True).click()
    turn.get_by_role("button", name=f"code: {coded} papers").click()
    expect(turn.locator(".narrowed [role=status]")).to_have_text(
        f"{coded} of {answer.matched} papers"
    )
    while not more(turn).is_hidden():
        there = row.count()
        more(turn).press("Enter")
        expect(row).not_to_have_count(there)
    expect(turn.locator(".further li[data-id]:visible")).to_have_count(len(wanted))
    shown = turn.locator(".further li[data-id]:visible").all()
    assert [each.get_attribute("data-id") for each in shown] == wanted
    for each in shown:
        name = each.get_attribute("data-id")
        assert each.locator(".quoted").count() == (name in matching)
        assert name not in before or each.inner_html() == before[name]
    check(page)
    turn.get_by_role("button", name="Show all").click()
    expect(turn.locator(".narrowed")).to_be_hidden()
    expect(turn.locator(".claim:visible")).to_have_count(len(answer.claims))
    expect(turn.locator(".facet [aria-pressed=true]")).to_have_count(0)
    places = [
        float(each.get_attribute("data-at") or 0)
        for each in turn.locator(".further li:visible").all()
    ]
    assert places == sorted(places)
    assert len(places) >= len(before)


def test_a_number_is_of_one_paper_all_through_a_conversation(site: Site, look: Look) -> None:
    page = look(site)
    first, second = ask(page, MANY), ask(page, WHICH)
    more(first).press("Enter")
    rows_of = first.locator(".further li[data-id]")
    expect(rows_of).to_have_count(ROWS)
    first.locator("[data-act=table]").click()
    first.locator(".of-papers").wait_for()
    cited = page.evaluate(
        "[...document.querySelectorAll('.claim .of .ref')].map((ref) => [ref.textContent.trim(),"
        " ref.parentElement.querySelector('a:not(.ref)').textContent])"
    )
    numbers = dict(cited)
    assert len(numbers) == len({title for _, title in cited})
    assert f"[{len(first.locator('.claim .of').all()) + 1}]" in numbers  # the second one's own
    for row in rows_of.all():
        for number in row.locator(".number").all_inner_texts():
            assert numbers[number.strip()] == row.locator(".opens").first.inner_text()
    shown = 0
    for row in first.locator(".of-papers tbody tr").all():
        if said := row.locator(".tick").inner_text().strip():
            assert numbers[f"[{said}]"] == row.locator("a.opens").inner_text()
            shown += 1
    assert first.locator(".claim .of").count() <= shown < rows_of.count() + shown
    expect(second.locator(".claim .of").first).to_be_visible()


def test_what_is_ticked_of_has_is_all_there(site: Site) -> None:
    answer = site.assistant.ask(MANY)
    narrowing = Facets()

    def narrowed(*kinds: str) -> set[str]:
        asked = {"chosen": {"kind": list(kinds)}}
        return set(narrowing.narrowed(site.assistant, answer, "", asked) or [])

    code, dataset = narrowed("code"), narrowed("dataset")
    assert code - dataset
    assert narrowed("code", "dataset") == code & dataset
    told = narrowing.counted(site.assistant, answer, "", {"chosen": {"kind": ["code"]}})
    [has] = [group for group in told["groups"] if group["name"] == "kind"]
    counts = {value["value"]: value["count"] for value in has["values"]}
    assert counts["dataset"] == len(code & dataset & set(answer.matching))
    assert narrowing.narrowed(site.assistant, answer, "", {"chosen": {}}) is None
    assert narrowing.narrowed(site.assistant, answer, "", {"chosen": {"colour": ["red"]}}) == []


def kites(count: int) -> list[Paper]:
    """Papers on kites, a page of them in cs.RO and the others in cs.CV, of four years."""
    return [
        Paper(
            f"{15 + n % 4}05.{n:05}",
            f"Kites that fly, part {n}",
            f"We fly kites in the wind of day {n}." + (" Code is available." if n % 2 else ""),
            "",
            "",
            categories=("cs.RO",) if n < ROWS else ("cs.CV",),
            listed=date(2015 + n % 4, 5, 1),
        )
        for n in range(count)
    ]


KITES = "which papers are about kites?"


@pytest.fixture
def windy(unshared: Assistant, embedding: Embedding) -> Iterator[Site]:
    """The page of an index with some hundred papers on kites."""
    unshared.library.put(kites(12 * ROWS), embedding)
    yield from served(unshared)


@pytest.mark.slow
def test_what_narrowing_sends_does_not_grow_with_what_matches(
    unshared: Assistant, embedding: Embedding
) -> None:
    sent = []
    for count in (3 * ROWS, 12 * ROWS):
        unshared.library.put(kites(count), embedding)
        answer = unshared.ask(KITES)
        assert answer.matched > 2 * count / 3
        asked = {"chosen": {"kind": ["code"]}, "here": list(answer.matching[-3:])}
        told = Facets().counted(unshared, answer, "", asked)
        coded = [name for name in answer.matching if int(name[5:]) % 2]
        assert (told["matching"], told["left"]) == (answer.matched, len(coded))
        assert told["out"] == [name for name in asked["here"] if name not in coded]
        cited = {c.number for c in answer.citations if c.paper.id not in coded}
        assert set(told["numbers_out"]) == cited
        [year, category, has] = told["groups"]
        assert [value["value"] for value in year["values"]] == ["2015", "2016", "2017", "2018"]
        in_year = Counter(f"20{name[:2]}" for name in coded)
        assert {v["value"]: v["count"] for v in year["values"]} == {
            each: in_year[each] for each in ("2015", "2016", "2017", "2018")
        }
        assert [value["value"] for value in category["values"]] == ["cs.CV", "cs.RO"]
        assert [(v["value"], v["pressed"]) for v in has["values"]] == [("code", True)]
        assert has["values"][0]["count"] == len(coded)
        sent.append(len(json.dumps(told)))
    assert sent[1] < 1.1 * sent[0]


def test_narrowing_many_papers_draws_a_page_of_rows(windy: Site, look: Look) -> None:
    answer = windy.assistant.ask(KITES)
    page = look(windy, height=500)
    turn = ask(page, KITES)
    row = turn.locator(".further li[data-id]")
    turn.get_by_text("Narrow", exact=True).click()
    turn.get_by_role("button", name=f"cs.RO: {ROWS} papers").click()
    said = turn.locator(".narrowed [role=status]")
    expect(said).to_have_text(f"{ROWS} of {answer.matched} papers")
    cited = {c.paper.id for c in answer.citations if "cs.RO" in c.paper.categories}
    expect(turn.locator(".claim:visible .of")).to_have_count(len(cited))
    expect(row.locator("visible=true")).to_have_count(ROWS - len(cited))
    assert row.count() <= 2 * ROWS
    years = turn.get_by_role("group", name="Year")
    in_2016 = years.get_by_role("button", name=re.compile("^2016"))
    in_2016.focus()
    page.keyboard.press("Enter")
    some = sum(name.startswith("16") and int(name[5:]) < ROWS for name in answer.matching)
    expect(said).to_have_text(f"{some} of {answer.matched} papers")
    expect(in_2016).to_be_focused()
    expect(in_2016).to_have_attribute("aria-pressed", "true")
    for name in (f"cs.RO: {some} papers", "2016: "):
        turn.get_by_role("button", name=name).click()
    expect(turn.locator(".narrowed")).to_be_hidden()
    expect(turn.locator(".claim:visible .of")).to_have_count(len(answer.citations))
    check(page)


def test_a_choice_that_cannot_be_applied_is_taken_back(windy: Site, look: Look) -> None:
    kept = beside(windy.assistant.library.path)
    page = look(windy)
    turn = ask(page, KITES)
    opens, told = turn.get_by_text("Narrow", exact=True), page.locator(".taken-told")
    kept.write_bytes(b"not a database, " * 100)
    opens.click()
    expect(told).to_contain_text(kept.name)
    expect(turn.locator(".facets")).not_to_have_attribute("open", "")
    expect(turn.locator(".facets .by")).to_have_text("")
    kept.unlink()
    opens.click()  # it counts anew
    robots = turn.get_by_role("button", name=f"cs.RO: {ROWS} papers")
    robots.click()
    said = turn.locator(".narrowed [role=status]")
    expect(said).to_contain_text(f"{ROWS} of ")
    expect(told).to_have_text("")
    kept.write_bytes(b"not a database, " * 100)
    vision = turn.get_by_role("button", name=re.compile("^cs.CV"))
    for name in (robots, vision):
        name.click()
        expect(told).to_contain_text(kept.name)
        expect(robots).to_have_attribute("aria-pressed", "true")
        expect(vision).to_have_attribute("aria-pressed", "false")
    expect(said).to_contain_text(f"{ROWS} of ")
    kept.unlink()
    robots.click()
    expect(turn.locator(".narrowed")).to_be_hidden()
    expect(robots).to_have_attribute("aria-pressed", "false")


def test_more_papers_than_are_kept_are_read_once(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    library, read = site.assistant.library, []
    records = library.records

    def recorded(names: Iterable[str]) -> dict[str, Record]:
        read.append(list(names))
        return records(read[-1])

    monkeypatch.setattr(library, "records", recorded)
    monkeypatch.setattr(facets, "_KEPT", 3)
    many = site.assistant.ask(MANY)
    few = replace(many, matching=many.matching[:1], numbers=many.numbers[:1], mentioned=())
    narrowing, asked = Facets(), {"chosen": {"kind": ["code"]}}
    passing = [narrowing.narrowed(site.assistant, many, "", asked) for _ in range(2)]
    assert passing[0] == passing[1]
    first, again = read[-2:]
    assert len(first) > facets._KEPT
    assert again == []
    narrowing.narrowed(site.assistant, few, "", asked)  # too many others are kept: they go
    assert read[-1] == list(few.matching)


def test_tags_are_read_again_only_when_some_were_written(
    own: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant, path = own.assistant, own.assistant.library.path
    answer, narrowing, read = assistant.ask(MANY), Facets(), []
    all_tags = Collections.all_tags

    def counted(self: Collections) -> dict[str, list[str]]:
        read.append(self.user)
        return all_tags(self)

    monkeypatch.setattr(Collections, "all_tags", counted)

    def tagged(user: str) -> list[str]:
        asked = {"chosen": {"tags": ["later"]}}
        return [
            name
            for _ in range(3)
            for name in narrowing.narrowed(assistant, answer, user, asked) or ()
        ]

    assert tagged("") == []
    first, second = answer.matching[:2]
    Collections(path).tag("later", [first])
    assert tagged("") == [first] * 3
    Collections(path).tag("later", [second])  # as `rag tag` does, in a process of its own
    assert tagged("") == [first, second] * 3
    assert tagged("ada") == []
    assert read == ["", "", "", "ada"]


def test_a_table_made_while_narrowed_is_narrowed_too(windy: Site, look: Look) -> None:
    page = look(windy)
    turn = ask(page, KITES)
    turn.get_by_text("Narrow", exact=True).click()
    turn.get_by_role("button", name=f"cs.RO: {ROWS} papers").click()
    expect(turn.locator(".narrowed")).to_be_visible()
    turn.locator("[data-act=table]").click()
    expect(turn.locator(".of-papers tbody tr:visible")).to_have_count(ROWS)
    turn.get_by_role("button", name="Show all").click()
    expect(turn.locator(".narrowed")).to_be_hidden()
    assert turn.locator(".of-papers tbody tr:visible").count() > ROWS


def test_a_table_of_too_many_papers_is_of_the_best_and_made_anew_when_narrowed(
    windy: Site, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "MOST", 2 * ROWS)
    answer = windy.assistant.ask(KITES)
    titles = {name: record.paper.title for name, record in windy.assistant.library.records(
        answer.matching).items()}  # fmt: skip
    page = look(windy)
    turn = ask(page, KITES)
    turn.locator("[data-act=table]").click()
    opens = turn.locator(".of-papers tbody tr:visible a.opens")
    expect(opens).to_have_text([titles[name] for name in answer.matching[: table.MOST]])
    said = turn.locator(".bounded")
    expect(said).to_contain_text(f"The best {table.MOST} of {answer.matched} papers")
    turn.get_by_text("Narrow", exact=True).click()
    turn.get_by_role("button", name=f"cs.RO: {ROWS} papers").click()
    expect(said).to_have_text(f"The {ROWS} papers that are left.")
    robots = [name for name in answer.matching if int(name[5:]) < ROWS]
    expect(opens).to_have_text([titles[name] for name in robots])
    check(page)
    turn.get_by_role("button", name="Show all").click()
    expect(opens).to_have_count(table.MOST)
    with page.expect_download() as saved:
        turn.get_by_role("button", name="Download as CSV").click()
    rows_of = list(csv.reader(saved.value.path().read_text(encoding="utf-8").splitlines()))
    assert len(rows_of) == answer.matched + 1
