"""Without a mouse: through the papers, to the table, and the palette that finds everything."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.ui.conftest import Look, Site, ask, free_port
from tests.ui.test_looks import check
from ui import palette
from ui.app import build
from ui.kept import Shelf, beside
from ui.server import launch
from ui.titles import topic

WHICH = "which papers use transformers for tracking"


@pytest.fixture
def keeping(site: Site, tmp_path: Path) -> Iterator[Site]:
    page = build(site.assistant, Shelf(beside(tmp_path / "library")))
    address = launch(page, "127.0.0.1", free_port())
    yield Site(address.rstrip("/"), site.assistant)
    page.close(verbose=False)


def test_keys_go_through_the_papers(own: Site, look: Look) -> None:
    page = look(own)
    turn = ask(page, WHICH)
    page.evaluate("document.activeElement.blur()")
    titles = turn.locator(".of a:not(.ref)")
    for key, at in (("j", 0), ("j", 1), ("k", 0), ("j", 1)):
        page.keyboard.press(key)
        expect(titles.nth(at)).to_be_focused()
    page.keyboard.press("s")
    expect(turn.locator(".by .star").nth(1)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Enter")
    second = own.assistant.ask(WHICH).citations[1].paper
    expect(page.get_by_role("dialog").locator("h2")).to_have_text(second.title)
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("t")
    expect(turn.locator(".of-papers")).to_be_visible()
    page.keyboard.press("j")
    expect(turn.locator("tbody tr .opens").first).to_be_focused()
    page.keyboard.press("t")
    expect(turn.locator(".claims")).to_be_visible()
    expect(turn.locator("[data-act=table]")).to_be_focused()
    page.goto(f"{own.address}/#/library")
    page.locator("#part-library tbody tr").first.wait_for()
    page.keyboard.press("j")
    expect(page.locator("#part-library tbody .opens").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").locator("h2")).to_be_visible()


def test_keys_lead_to_the_question_to_the_last_one_and_to_all_keys(site: Site, look: Look) -> None:
    page = look(site)
    question = page.locator("#question")
    ask(page, WHICH)
    page.keyboard.press("ArrowUp")
    expect(question).to_have_value(WHICH)
    page.keyboard.press("?")
    expect(question).to_have_value(f"{WHICH}?")  # it is written, not a key
    question.fill("")
    page.goto(f"{site.address}/#/library")
    page.locator("#part-library tbody tr").first.wait_for()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    keys = page.locator("#keys")
    expect(keys).to_be_visible()
    check(page)
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    page.keyboard.press("/")
    expect(question).to_be_focused()
    expect(question).to_have_value("")


def test_the_palette_finds_all_there_is(keeping: Site, look: Look) -> None:
    page = look(keeping)
    ask(page, WHICH)
    address = page.url
    page.keyboard.press("Control+k")
    palette = page.locator("#palette")
    options = palette.get_by_role("option")
    expect(options.filter(has_text="New conversation")).to_be_visible()
    check(page)
    page.keyboard.type("map")
    expect(options.filter(has_text=re.compile("^Map$"))).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#/map$"))
    page.keyboard.press("Control+k")
    page.keyboard.type("transformers tracking")
    talk = palette.get_by_role("group", name="Conversations").get_by_role("option")
    expect(talk).to_have_text([topic(keeping.assistant.ask(WHICH))])
    talk.click()
    expect(page).to_have_url(address)
    page.keyboard.press("Control+k")
    page.keyboard.type("TransMOT")
    papers = palette.get_by_role("group", name="Papers").get_by_role("option")
    expect(papers).to_have_count(1)
    expect(papers).to_have_attribute("aria-selected", re.compile("true|false"))
    for _ in range(20):
        if papers.get_attribute("aria-selected") == "true":
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#paper h2")).to_contain_text("TransMOT")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("How fast does STMTrack run?")
    options.filter(has_text="Ask “How fast").click()
    page.locator(".turn").nth(1).wait_for()
    expect(page.locator(".turn").nth(1).locator(".said").first).to_contain_text("37 FPS")


def test_conversations_that_are_called_so_come_first(site: Site, shelf: Shelf) -> None:
    for n, (question, said) in enumerate((("which papers fly kites?", ""), ("red?", "kites"))):
        shelf.put("", f"c{n}", f"t{n}", "", {"question": question, "answer": said})
    assert [each.id for each in shelf.list("", "kites")] == ["c1", "c0"]  # the latest first
    told = palette.found(site.assistant, shelf, {"words": "kites"})
    assert [talk["to"] for talk in told["talks"]] == ["#/c/c0", "#/c/c1"]


def test_what_is_offered_to_be_asked_is_what_stands_in_the_box(own: Site, look: Look) -> None:
    page = look(own)
    page.keyboard.press("Control+k")
    page.keyboard.type("How fast")
    expect(page.locator("#palette-ask-0")).to_have_text("Ask “How fast”")
    at_once = page.evaluate(
        """() => {
          const field = document.querySelector("#palette input");
          field.value += " does STMTrack run?";
          field.dispatchEvent(new Event("input"));
          return document.getElementById("palette-ask-0").textContent;
        }"""
    )
    assert at_once == "Ask “How fast does STMTrack run?”"
    page.keyboard.type(" And where")
    page.keyboard.press("Enter")
    expect(page.locator(".turn .asked")).to_contain_text("How fast does STMTrack run? And where")


def test_a_phone_has_no_keys_to_be_told_of(site: Site, look: Look) -> None:
    page = look(site, width=390, height=844, is_mobile=True, has_touch=True)
    expect(page.locator("[data-do=keys]")).to_be_hidden()
    ask(page, WHICH)
    page.locator("#question").tap()
    box = page.locator(".composer").bounding_box()
    offered = page.locator(".next .suggestion").first
    expect(offered).to_be_in_viewport(ratio=0.9)
    inside = offered.bounding_box()
    assert box
    assert inside
    assert inside["y"] >= box["y"]


def test_on_a_phone_typing_moves_nothing_and_the_list_gives_way(keeping: Site, look: Look) -> None:
    page = look(keeping, width=390, height=844, is_mobile=True, has_touch=True)
    ask(page, "which papers introduce a new dataset?")
    page.locator("#question").tap()
    page.evaluate("scrollTo(0, 100)")
    page.keyboard.type("and")
    assert page.evaluate("scrollY") == 100
    rail, opens = page.locator(".rail"), page.locator("#rail-opens")
    opens.tap()
    page.locator(".listed a").tap()  # it is open already
    expect(rail).to_be_hidden()
    opens.tap()
    page.touchscreen.tap(380, 300)
    expect(rail).to_be_hidden()
    opens.tap()
    page.keyboard.press("Escape")
    expect(rail).to_be_hidden()
    expect(opens).to_be_focused()
