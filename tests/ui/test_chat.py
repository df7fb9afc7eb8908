"""The chat in a real browser: what a visitor does, and what is to be seen then."""

import csv
import json
import re
import threading

import pytest
from playwright.sync_api import Locator, Page, expect

from rag.core.questions import LONGEST_QUESTION
from rag.output.text import count_line, heading
from tests.ui.conftest import WAIT, Look, Site, ask, done
from tests.ui.test_looks import check
from ui import chat, export
from ui.facets import Facets
from ui.kept import Shelf

WHICH = "which papers use transformers for tracking"
MANY = "which papers are about learning"
FAST = "How fast does STMTrack run?"
LONG = "which papers propose a method?"
NONSENSE = "which papers grow tomatoes in greenhouses on the moon?"

# What becomes of the page while an answer grows: claims and state at each change.
GROWTH = """() => {
  window.growth = [];
  new MutationObserver(() => {
    const turn = document.querySelector('.turn:last-child');
    const now = [turn?.querySelectorAll('.claim').length, turn?.dataset.state];
    if (String(window.growth.at(-1)) !== String(now)) window.growth.push(now);
  }).observe(document.querySelector('.turns'), {subtree: true, childList: true, attributes: true});
}"""
SHIFTS = """() => {
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      if (!entry.hadRecentInput)
        window.shifts.push([entry.value, ...entry.sources.map((s) => s.node?.className ?? '')]);
  }).observe({type: 'layout-shift'});
}"""


def cards(page: Page) -> list[str]:
    return page.locator(".card h3").all_inner_texts()


# -- asking --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_an_answer_grows_and_nothing_moves(
    writing: Site, look: Look, width: int, height: int
) -> None:
    page = look(writing, width=width, height=height)
    page.evaluate(GROWTH)
    page.evaluate(SHIFTS)
    turn = ask(
        page, "papers on point cloud completion"
    )  # one line: the box does not shrink when asked
    growth = page.evaluate("window.growth")
    told = turn.locator(".claim").count()
    assert told > 2
    assert {count for count, state in growth if state == "busy"} >= set(range(told))
    assert page.evaluate("window.shifts") == []
    assert turn.get_attribute("data-state") == "done"


def test_the_stages_are_told(writing: Site, site: Site, look: Look) -> None:
    page = look(writing)
    page.evaluate("""() => {
      window.stages = new Set();
      new MutationObserver(() => {
        const now = document.querySelector('.turn:last-child .stage .now')?.textContent;
        if (now) window.stages.add(now);
      }).observe(document.querySelector('.turns'), {subtree: true, childList: true});
    }""")
    ask(page, WHICH)
    stages = page.evaluate("[...window.stages]")
    assert stages[0] == f"Searching {len(writing.assistant.library)} papers"
    found = len(site.assistant.ask(WHICH).citations)  # which papers, no model decides
    assert f"Reading {found}" in stages
    assert f"Writing 1 of {found}" in stages


def test_the_page_says_what_the_assistant_does(site: Site, look: Look) -> None:
    answer = site.assistant.ask(WHICH)
    page = look(site)
    turn = ask(page, WHICH)
    assert turn.locator(".count").inner_text() == count_line(answer)
    assert len(cards(page)) == len(answer.citations)
    for claim, shown in zip(answer.claims, turn.locator(".claim").all(), strict=True):
        title = answer.citations[claim.citations[0] - 1].paper.title
        assert title in shown.inner_text()
        assert claim.text in shown.locator(".said.quotation").inner_text()
    near = turn.locator(".near")
    assert near.locator("summary").inner_text() == f"Near misses ({len(answer.near_misses)})"
    near.locator("summary").click()
    expect(near).to_contain_text(answer.near_misses[0].why)


def test_an_overview_has_its_groups(writing: Site, site: Site, look: Look) -> None:
    question = "overview of 3D"
    answer = site.assistant.ask(question)  # the groups are the same whoever writes
    groups = [above for claim in answer.claims if (above := heading(answer, claim))]
    assert len(groups) > 1
    turn = ask(look(writing), question)
    expect(turn.locator(".group")).to_have_text(groups)


def test_a_number_leads_to_the_marked_words(site: Site, look: Look) -> None:
    answer = site.assistant.ask(WHICH)
    page = look(site)
    turn = ask(page, WHICH)
    turn.locator(".ref").nth(1).click()
    card = page.locator(".card").nth(1)
    expect(card).to_be_focused()
    expect(card).to_be_in_viewport()
    assert card.locator("mark").inner_text() == answer.claims[1].quotes[0].text
    assert card.locator("details.abstract p").inner_text() == answer.citations[1].paper.abstract
    link = card.locator("h3 a")
    assert link.get_attribute("href") == answer.citations[1].paper.url
    assert "noopener" in (link.get_attribute("rel") or "")


def test_a_claim_shows_what_bears_it_out(writing: Site, look: Look) -> None:
    page = look(writing)
    turn = ask(page, WHICH)
    own = turn.locator(".claim", has=page.locator(".own")).first
    expect(own.locator(".dot")).to_be_visible()
    expect(turn.locator(".quotation .dot")).to_have_count(0)
    expect(own.locator("blockquote")).to_be_hidden()
    own.locator(".opens-evidence").click()
    said = own.locator("blockquote mark").inner_text()
    assert any(said in paper.abstract for paper in writing.assistant.library.papers())


def test_a_follow_up_leans_on_what_was_said(site: Site, look: Look) -> None:
    page = look(site)
    ask(page, WHICH)
    turn = ask(page, "which of them runs in real time?")
    expect(turn.locator(".read")).to_contain_text(
        re.compile(r"Read as: which of (the \d papers above|“.+” and “.+”) run")
    )
    expect(turn.locator(".head .chip").first).to_be_visible()
    assert page.locator(".turn").count() == 2


def test_suggestions_are_answered(site: Site, look: Look) -> None:
    page = look(site)
    examples = page.locator(".welcome .suggestion")
    expect(examples).to_have_count(4)
    examples.first.click()
    page.locator(".turn").wait_for()
    done(page)
    follow = page.locator(".next .suggestion")
    expect(follow.first).to_be_in_viewport(ratio=1)
    assert follow.count()
    follow.first.click()
    page.locator(".turn").nth(1).wait_for()
    done(page)
    states = [turn.get_attribute("data-state") for turn in page.locator(".turn").all()]
    assert states == ["done", "done"]


@pytest.mark.parametrize("width", [1024, 1440])
def test_suggestions_are_one_row_of_the_last_answer_and_no_question_again(
    site: Site, look: Look, width: int
) -> None:
    page = look(site, width=width)
    asked: list[str] = []
    follow = page.locator(".next .suggestion")
    for question in (WHICH, "which papers are about pose estimation?", FAST):
        ask(page, question)
        asked.append(question.lower().strip("?"))
        expect(follow.first).to_be_visible()
        offered = follow.all_inner_texts()
        assert not {each.lower().strip("?") for each in offered}.intersection(asked)
        tops = {round(box["y"]) for each in follow.all() if (box := each.bounding_box())}
        assert len(tops) == 1, offered
    expect(page.locator(".turn .suggestion")).to_have_count(0)


def test_an_abstention_looks_different(site: Site, look: Look) -> None:
    page = look(site)
    turn = ask(page, NONSENSE)
    assert turn.get_attribute("data-state") == "abstained"
    expect(turn.locator(".count")).to_contain_text("The index holds nothing on")
    assert turn.locator(".claim").count() == 0
    assert cards(page) == []
    answer = site.assistant.ask(NONSENSE)
    nearest = [near.paper.title for near in answer.near_misses]
    expect(turn.locator(".nearest .opens")).to_have_text(nearest)
    words = turn.locator(".drop-words .chip")
    expect(words).to_have_text([re.compile(word) for word in answer.unknown])
    colour = "e => getComputedStyle(e).backgroundColor"
    shown = turn.locator(".count").evaluate(colour)
    assert shown != page.locator("body").evaluate(colour)
    assert shown != "rgba(0, 0, 0, 0)"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_doubtful_answer_says_so(
    site: Site, look: Look, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setattr("rag.write.opening.SURE", 2.0)  # no paper is as sure as that
    page = look(site, color_scheme=scheme)
    turn = ask(page, "papers on object tracking for kangaroos in videos")
    said = turn.locator(".count")
    expect(said).to_contain_text(
        re.compile(r"None of \d+ papers surely answers this; \d+ may\. No abstract has “kangaroos”")
    )
    expect(turn.locator(".claim").first).to_be_visible()
    ground = "(e) => getComputedStyle(e).backgroundColor"
    assert said.evaluate(ground) != turn.evaluate(ground)
    check(page)
    turn.get_by_role("button", name="Ask again without “kangaroos”").click()
    expect(page.locator(".asked")).to_have_text("papers on object tracking in videos")
    done(page)
    page.get_by_role("button", name="Earlier version").click()
    expect(said).to_contain_text("kangaroos")


def test_what_cannot_be_asked_is_told(site: Site, look: Look) -> None:
    page = look(site)
    for question, said in (
        ("tell me more about the second one", "There is no earlier answer"),
        ("?!", "The question"),
        ("x" * (LONGEST_QUESTION + 1), f"{LONGEST_QUESTION:,}"),
    ):
        turn = ask(page, question)
        assert turn.get_attribute("data-state") == "failed"
        expect(turn.get_by_role("alert")).to_contain_text(said)
        assert ask(page, WHICH).get_attribute("data-state") == "done"


# -- stopping, asking again, forgetting ----------------------------------------------------------


def test_stop_in_the_middle(writing: Site, look: Look) -> None:
    page = look(writing)
    page.fill("#question", MANY)
    page.keyboard.press("Enter")
    page.locator(".claim").nth(1).wait_for()
    page.locator("[data-do=stop]").click()
    done(page)
    turn = page.locator(".turn")
    assert turn.get_attribute("data-state") == "stopped"
    expect(turn.get_by_role("alert")).to_have_text("Stopped.")
    assert 2 <= turn.locator(".claim").count() < len(cards(page))
    assert ask(page, WHICH).get_attribute("data-state") == "done"


def test_asking_again_and_editing_lose_nothing(site: Site, look: Look) -> None:
    page = look(site)
    ask(page, WHICH)
    ask(page, NONSENSE)
    page.fill("#question", "half a thought")
    page.locator(".turn").first.locator("[data-act=edit]").click()
    assert page.locator("#question").input_value() == WHICH
    expect(page.locator(".editing")).to_be_visible()
    page.fill("#question", "How fast does STMTrack run?")
    page.keyboard.press("Enter")
    expect(page.locator(".asked")).to_have_text(["How fast does STMTrack run?"])
    done(page)
    assert page.locator("#question").input_value() == "half a thought"
    expect(page.locator(".said").first).to_contain_text("37 FPS")
    page.locator("[data-act=retry]").click()
    expect(page.locator(".which")).to_have_text("3 of 3")
    done(page)
    for version in ("2 of 3", "1 of 3"):
        page.get_by_role("button", name="Earlier version").first.click()
        expect(page.locator(".which").first).to_have_text(version)
    expect(page.locator(".asked")).to_have_text([WHICH, NONSENSE])


def test_a_new_conversation_leans_on_nothing(site: Site, look: Look) -> None:
    page = look(site)
    ask(page, WHICH)
    page.locator("[data-do=clear]").click()
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.locator(".welcome")).to_be_visible()
    assert cards(page) == []
    turn = ask(page, "tell me more about the second one")
    assert turn.get_attribute("data-state") == "failed"


def test_a_new_conversation_stops_the_answer(writing: Site, look: Look) -> None:
    page = look(writing)
    page.fill("#question", MANY)
    page.keyboard.press("Enter")
    page.locator(".claim").nth(1).wait_for()
    page.locator("[data-do=clear]").click()
    expect(page.locator(".turn")).to_have_count(0)
    turn = ask(page, "How fast does STMTrack run?")
    expect(turn.locator(".said").first).to_contain_text("37 FPS")
    expect(page.locator(".asked")).to_have_text(["How fast does STMTrack run?"])


def test_two_at_once_do_not_hear_each_other(writing: Site, site: Site, look: Look) -> None:
    first, second = look(writing), look(writing)
    first_answer = site.assistant.ask(WHICH)
    first.fill("#question", WHICH)
    first.keyboard.press("Enter")
    turn = ask(second, "How fast does STMTrack run?")
    done(first)
    expect(turn.locator(".said").first).to_contain_text("37 FPS")
    expect(first.locator(".asked")).to_have_text([WHICH])
    expect(second.locator(".asked")).to_have_text(["How fast does STMTrack run?"])
    assert len(cards(first)) == len(first_answer.citations)
    assert "STMTrack" in cards(second)[0]


# -- filters -------------------------------------------------------------------------------------


def test_filters_of_the_question_can_be_removed(site: Site, look: Look) -> None:
    page = look(site)
    turn = ask(page, "papers on tracking since 2022")
    expect(turn.locator(".count")).to_contain_text("no papers since 2022-01-01")
    turn.locator(".chip", has_text="since 2022-01-01").click()
    page.locator(".card").first.wait_for()
    done(page)
    expect(page.locator(".turn .chip")).to_have_count(0)
    expect(page.locator(".turn .count")).to_contain_text("about it")


def test_filters_set_on_the_page(site: Site, look: Look) -> None:
    page = look(site)
    page.get_by_text("Filters", exact=True).click()
    page.fill(".filters [name=category]", "cs.RO")
    page.fill(".filters [name=until]", "2021-04-02")
    page.locator("[data-do=filter]").click()
    chips = page.locator(".composer .chip")
    expect(chips).to_have_count(2)
    turn = ask(page, "papers on tracking")
    expect(turn.locator(".count")).to_contain_text("until 2021-04-02 in cs.RO")
    for _ in range(2):
        chips.first.click()
    expect(chips).to_have_count(0)
    expect(ask(page, "papers on tracking").locator(".count")).not_to_contain_text("cs.RO")


@pytest.mark.parametrize("width", [1280, 1500])
def test_what_stands_beside_follows_what_is_read(site: Site, look: Look, width: int) -> None:
    page = look(site, width=width)
    first, last = ask(page, WHICH), ask(page, "which papers are about pose estimation")
    title = page.locator(".reader h2" if width > 1440 else ".card h3 a").first

    def cited(turn: Locator) -> str:
        return turn.locator(".of a:not(.ref)").first.inner_text()

    expect(title).to_have_text(cited(last))
    page.locator(".log").evaluate("(log) => log.scrollTo(0, 0)")
    expect(title).to_have_text(cited(first))
    page.locator(".log").evaluate("(log) => log.scrollTo(0, log.scrollHeight)")
    expect(title).to_have_text(cited(last))
    if width > 1440:  # what was chosen to be read stays
        chosen = last.locator(".of a:not(.ref)").nth(1).inner_text()
        last.locator(".ref").nth(1).click()
        expect(title).to_have_text(chosen)
        page.locator(".log").evaluate("(log) => log.scrollTo(0, 0)")
        page.wait_for_timeout(1_000)
        expect(title).to_have_text(chosen)


def test_nothing_of_another_answer_stands_beside_an_abstention(site: Site, look: Look) -> None:
    page = look(site, width=1500)
    ask(page, WHICH)
    ask(page, "which papers grow tomatoes in greenhouses on the moon?")
    ask(page, WHICH)
    title = page.locator(".reader h2").first
    expect(title).to_be_visible()
    page.locator(".turn").nth(1).evaluate("(turn) => turn.scrollIntoView({ block: 'center' })")
    expect(title).to_be_hidden()
    page.locator(".log").evaluate("(log) => log.scrollTo(0, 0)")
    expect(title).to_be_visible()


# -- the citations -------------------------------------------------------------------------------


def test_the_citations_are_taken_away(site: Site, look: Look) -> None:
    page = look(site, permissions=["clipboard-read", "clipboard-write"])
    ask(page, WHICH)
    answer = site.assistant.ask(WHICH)
    cited = [c.paper for c in answer.citations]
    wanted = {
        "bibtex": ("citations.bib", answer.to_bibtex()),
        "ris": ("citations.ris", answer.to_ris()),
        "csl": ("citations.json", export.of_papers(cited, "csl")),
        "csv": ("citations.csv", export.of_papers(cited, "csv")),
        "markdown": ("answer.md", answer.to_markdown()),
        "json": ("answer.json", None),
    }
    for form, (file, made) in wanted.items():
        page.select_option("#form", form)
        with page.expect_download() as saved:
            page.locator("[data-do=download]").click()
        text = saved.value.path().read_text(encoding="utf-8")
        page.locator("[data-do=copy]").click()
        expect(page.locator(".taken-told")).to_have_text("Copied.")
        assert page.evaluate("navigator.clipboard.readText()") == text
        if made is None:
            timeless = [{**each, "seconds": {}} for each in (json.loads(text), answer.to_dict())]
            assert timeless[0] == timeless[1]
        else:
            assert text == made
        assert saved.value.suggested_filename == file


def test_all_that_match_are_taken_away_or_what_is_left_of_them(site: Site, look: Look) -> None:
    page = look(site)
    turn = ask(page, LONG)
    answer = site.assistant.ask(LONG)
    assert answer.matched > len(answer.citations)

    def taken() -> list[str]:
        page.select_option("#form", "csv")
        with page.expect_download() as saved:
            page.locator("[data-do=download]").click()
        lines = saved.value.path().read_text(encoding="utf-8").splitlines()
        return [row["id"] for row in csv.DictReader(lines)]

    which = page.locator("#of-which")
    expect(which).to_have_value("cited")
    assert taken() == [c.paper.id for c in answer.citations]
    which.select_option(label=f"all {answer.matched}")
    assert taken() == list(answer.matching)
    turn.get_by_text("Narrow", exact=True).click()
    turn.locator("[data-facet=kind][data-value=code]").click()
    expect(which).to_have_value("narrowed")
    coded = Facets().narrowed(site.assistant, answer, "", {"chosen": {"kind": ["code"]}})
    assert coded
    assert taken() == [name for name in answer.matching if name in coded]
    turn.get_by_role("button", name="Show all").click()
    expect(which.locator("option")).to_have_count(2)


def test_an_answer_is_there_before_what_may_be_asked_next(
    keeping: Site, look: Look, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = threading.Event()

    def slow(*_: object) -> list[str]:
        tried.wait()
        return ["which of them run in real time?"]

    monkeypatch.setattr(chat, "follow_ups", slow)
    page = look(keeping)
    ask(page, WHICH)
    asked = ask(page, FAST)  # while they are still tried for the one before
    expect(asked).to_have_attribute("data-state", "done")
    expect(page.locator(".next .suggestion")).to_have_count(0)
    tried.set()
    expect(page.locator(".next .suggestion")).to_have_text(["which of them run in real time?"])
    expect(page.locator(".asked")).to_have_text([WHICH, FAST])
    page.reload()
    expect(page.locator(".asked")).to_have_text([WHICH, FAST])


def test_more_like_this(site: Site, look: Look) -> None:
    page = look(site)
    ask(page, WHICH)
    card = page.locator(".card").first
    card.get_by_role("button", name="More like this").click()
    alike = card.locator(".like .opens")
    name = page.locator(".card").first.locator("[data-like]").get_attribute("data-like")
    nearest = [paper.title for paper in site.assistant.like(str(name))]
    expect(alike).to_have_text(nearest)
    alike.first.click()
    expect(page.get_by_role("dialog")).to_contain_text(nearest[0])
    page.get_by_role("dialog").get_by_role("button", name="Ask about it").click()
    page.locator(".turn").nth(1).wait_for(timeout=WAIT)
    done(page)
    assert nearest[0] in cards(page)[0]
