"""Answers of many papers: what is not written about comes page by page; and a phone in the hand."""

import csv
import json
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from rag.assistant import Assistant
from rag.core.papers import Paper
from rag.library.store import Store
from rag.models.embedding import Embedding
from tests.ui.conftest import Look, Site, ask, served
from tests.ui.test_looks import check
from ui import opening, table
from ui.facets import Facets
from ui.rest import ROWS, left, rows

MANY = "which papers propose a method?"
MENTIONED = "which papers use deep learning"
PHONE = {"width": 390, "height": 844, "is_mobile": True, "has_touch": True}
WHICH = "which papers use transformers for tracking"
QUOKKAS = [f"which papers are about {number} quokkas?" for number in (2, 3, 4, 5)]


def more(turn: Locator) -> Locator:
    return turn.locator("[data-act=more]")


def ids(told: dict[str, Any]) -> list[str]:
    return re.findall(r'<li data-at="\d+" data-id="([^"]+)">', told["html"])


def test_what_follows_is_what_matches_and_then_what_mentions(site: Site) -> None:
    mentioned = site.assistant.ask(MENTIONED)
    count = len(mentioned.mentioned)
    assert count
    assert left(mentioned) == ([], list(mentioned.mentioned))
    told = rows(site.assistant, mentioned)["html"]
    assert f'data-at="-0.5" data-said="{count} more mention it"' in told
    assert "data-span" not in told
    answer = site.assistant.ask(MANY)
    matching, mentioning = left(answer)
    cited = [c.paper.id for c in answer.citations]
    assert [*cited, *matching] == list(answer.matching)
    assert set(mentioning) == set(answer.mentioned)
    wanted = [*matching, *mentioning]
    assert len(wanted) > ROWS
    first = rows(site.assistant, answer)
    assert ids(first) == wanted[:ROWS]
    assert first["left"] == len(wanted) - ROWS
    last = rows(site.assistant, answer, wanted[:-1])
    assert ids(last) == wanted[-1:]
    assert last["left"] == 0
    assert rows(site.assistant, answer, wanted) == {"html": "", "left": 0}


def test_what_follows_is_narrowed_and_stays_in_its_place(site: Site) -> None:
    answer = site.assistant.ask(MANY)
    wanted = [name for some in left(answer) for name in some]
    only = wanted[3::7]
    narrowed = rows(site.assistant, answer, wanted[:4], only)
    assert ids(narrowed) == only[1 : ROWS + 1]
    assert narrowed["left"] == max(0, len(only) - 1 - ROWS)
    places = [int(at) for at in re.findall(r'data-at="(\d+)" data-id', narrowed["html"])]
    assert [wanted[at] for at in places] == ids(narrowed)


def test_more_papers_come_as_one_scrolls(site: Site, look: Look) -> None:
    page = look(site)
    turn = ask(page, MANY)
    answer = site.assistant.ask(MANY)
    matching, mentioning = left(answer)
    total = len(matching) + len(mentioning)
    listed = turn.locator(".further li[data-id]")
    expect(listed).to_have_count(0)
    expect(more(turn)).to_have_text(f"{ROWS} more of {total}")
    more(turn).scroll_into_view_if_needed()
    expect(listed.nth(ROWS - 1)).to_be_attached()
    while not more(turn).is_hidden():
        before = listed.count()
        more(turn).scroll_into_view_if_needed()
        page.wait_for_function(
            f"document.querySelectorAll('.further li[data-id]').length > {before}"
        )
    expect(listed).to_have_count(total)
    assert [item.get_attribute("data-id") for item in listed.all()] == [*matching, *mentioning]
    check(page)
    quoted = turn.locator(".further .quoted").first
    said = quoted.inner_text()
    quoted.click()
    expect(page.get_by_role("dialog").locator("mark").first).to_contain_text(said[:20])


def test_more_papers_come_by_the_keyboard_also_of_an_earlier_answer(site: Site, look: Look) -> None:
    page = look(site)
    first = ask(page, MANY)
    ask(page, WHICH)
    expect(first.locator(".further li")).to_have_count(0)
    more(first).focus()
    page.keyboard.press("Enter")
    expect(first.locator(".further li").first.locator(".opens").first).to_be_focused()
    page.keyboard.press("j")
    expect(first.locator(".further li").nth(1).locator(".opens").first).to_be_focused()
    first.locator("[data-act=table]").click()
    expect(first.locator(".further")).to_be_hidden()


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
    turn = ask(page, MANY)
    row = turn.locator(".further li[data-id]")
    more(turn).focus()
    page.keyboard.press("Enter")
    expect(row).to_have_count(ROWS)
    before = {each.get_attribute("data-id"): each.inner_html() for each in row.all()}
    turn.get_by_text("Narrow", exact=True).click()
    turn.get_by_role("button", name=f"code: {coded} papers").click()
    expect(turn.locator(".narrowed [role=status]")).to_have_text(
        f"{coded} of {answer.matched} papers"
    )
    while not more(turn).is_hidden():
        more(turn).press("Enter")
        page.wait_for_timeout(100)
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
    facets = Facets()

    def narrowed(*kinds: str) -> set[str]:
        asked = {"chosen": {"kind": list(kinds)}}
        return set(facets.narrowed(site.assistant, answer, "", asked) or [])

    code, dataset = narrowed("code"), narrowed("dataset")
    assert code - dataset
    assert narrowed("code", "dataset") == code & dataset
    told = facets.counted(site.assistant, answer, "", {"chosen": {"kind": ["code"]}})
    [has] = [group for group in told["groups"] if group["name"] == "kind"]
    counts = {value["value"]: value["count"] for value in has["values"]}
    assert counts["dataset"] == len(code & dataset & set(answer.matching))
    assert facets.narrowed(site.assistant, answer, "", {"chosen": {}}) is None
    assert facets.narrowed(site.assistant, answer, "", {"chosen": {"colour": ["red"]}}) == []


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


# -- on a phone ----------------------------------------------------------------------------------


def on_a_phone(site: Site, look: Look) -> Page:
    return look(site, **PHONE)


def test_a_way_back_after_a_citation(site: Site, look: Look) -> None:
    page = on_a_phone(site, look)
    turn = ask(page, WHICH)
    back = page.get_by_role("button", name="Back to")
    expect(back).to_be_hidden()
    ref = turn.locator(".ref").nth(1)
    for leads_back in (back.click, page.go_back):
        ref.click()
        card = page.locator(".card").nth(1)
        expect(card).to_be_in_viewport()
        expect(back).to_have_text("Back to [2] in the answer")
        leads_back()
        expect(ref).to_be_in_viewport()
        expect(ref).to_be_focused()
        expect(back).to_be_hidden()
    expect(turn.locator(".claim").first).to_be_attached()


def test_the_composer_is_one_line_until_it_is_touched(site: Site, look: Look) -> None:
    page = on_a_phone(site, look)
    expect(page.locator("#question")).not_to_be_focused()
    ask(page, WHICH)
    expect(page.locator("#question")).not_to_be_focused()
    expect(page.locator(".composer .tools")).to_be_hidden()
    expect(page.locator(".composer .next")).to_be_hidden()
    box = page.locator(".composer").bounding_box()
    assert box
    assert box["height"] < 80
    page.locator("#question").tap()
    expect(page.locator(".composer .narrow")).to_be_visible()
    page.locator(".composer .suggestion").first.tap()
    expect(page.locator(".turn")).to_have_count(2)
    page.locator("[data-do=ask]").wait_for()


# -- before anything is asked --------------------------------------------------------------------


def test_what_is_here_is_told_first(site: Site, look: Look) -> None:
    library = site.assistant.library
    page = look(site)
    here = page.get_by_role("region", name="What is here")
    expect(here).to_contain_text(f"{len(library):,} papers, of 2021-04-02")
    newest = [paper.title for paper in library.listing(k=5)[1]]
    expect(here.locator(".opens")).to_have_text(newest)
    check(page)
    here.get_by_role("link", name="cs.CV").click()
    count = library.categories()["cs.CV"]
    expect(page.locator("#part-library .shown")).to_contain_text(f"of {count} papers")
    expect(page.locator("#part-library [name=category]")).to_have_value("cs.CV")


def test_the_first_view_waits_for_no_examples(
    own: Site, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = threading.Event()

    def slow(_: Assistant) -> list[str]:
        asked.wait()
        return QUOKKAS

    monkeypatch.setattr(opening, "examples", slow)
    page = look(own)
    expect(page.locator(".here .opens")).to_have_count(opening.NEWEST)
    expect(page.locator("#categories option").first).to_be_attached()
    expect(page.locator(".examples")).to_have_attribute("aria-busy", "true")
    newest = page.locator(".here .opens").first
    before = newest.bounding_box()
    check(page)
    turn = ask(page, WHICH)  # nothing else waits for them either
    expect(turn.locator(".claim").first).to_be_visible()
    page.locator(".rail .new").click()
    asked.set()
    expect(page.locator(".welcome .suggestion")).to_have_text(QUOKKAS)
    expect(page.locator(".examples")).not_to_have_attribute("aria-busy", "true")
    assert newest.bounding_box() == before


def test_the_first_view_reads_no_more_papers_than_it_names(
    unshared: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    record = Store.read

    def counting(store: Store, address: Any) -> Any:
        read.append(found.id if (found := record(store, address)) else "")
        return found

    monkeypatch.setattr(Store, "read", counting)
    monkeypatch.setattr(opening, "examples", lambda _: [])
    told = opening.Opening().opening(unshared, {})
    assert sorted(told["categories"]) == sorted(unshared.library.categories())
    assert len(read) == opening.NEWEST


def test_examples_are_made_once_for_a_state_of_the_index(
    unshared: Assistant, embedding: Embedding, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []

    def counted(assistant: Assistant) -> list[str]:
        made.append(len(assistant.library))
        return [f"which papers are about {len(made)}?"]

    monkeypatch.setattr(opening, "examples", counted)

    def offered(first: opening.Opening) -> str:
        for _ in range(200):
            told = first.examples(unshared, {})
            if not told["pending"]:
                return str(told["html"])
            time.sleep(0.05)
        raise AssertionError("no examples")

    before = len(unshared.library)
    running = opening.Opening()
    assert "about 1?" in offered(running)
    assert "about 1?" in running.opening(unshared, {})["welcome"]
    assert "about 1?" in offered(opening.Opening())  # the server was started anew
    unshared.library.put([Paper("2105.00009", "Kites", "A kite flies.", "", "")], embedding)
    assert "about 2?" in offered(running)
    assert made == [before, before + 1]
    (unshared.library.path / "examples.json").write_text("{")
    assert "about 3?" in offered(opening.Opening())


def test_examples_that_cannot_be_made_are_done_without(
    unshared: Assistant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(_: Assistant) -> list[str]:
        raise MemoryError("no room")

    monkeypatch.setattr(opening, "examples", full)
    first = opening.Opening()
    while first.examples(unshared, {})["pending"]:
        time.sleep(0.01)
    assert first.examples(unshared, {})["html"] == ""
    assert "No examples of questions could be made" in caplog.text
    assert not (unshared.library.path / "examples.json").exists()
