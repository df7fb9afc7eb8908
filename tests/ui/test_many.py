"""Answers of many papers: what is not written about comes page by page; and a phone in the hand."""

import json
import re
import threading
import time
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from rag.assistant import Assistant
from rag.core.papers import Paper
from rag.library.store import Store
from rag.models.embedding import Embedding
from tests.ui.conftest import Look, Site, ask
from tests.ui.test_looks import check
from ui import opening
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


def test_more_papers_come_as_one_scrolls(site: Site, look: Look) -> None:
    page = look(site)
    turn = ask(page, MANY)
    answer = site.assistant.ask(MANY)
    matching, mentioning = left(answer)
    total = len(matching) + len(mentioning)
    listed = turn.locator(".further li[data-id]")
    expect(listed).to_have_count(0)
    expect(more(turn)).to_have_text(f"{ROWS} more of {total}")
    more(turn).focus()
    expect(listed.nth(ROWS - 1)).to_be_attached()
    expect(more(turn)).to_be_focused()  # nobody pressed it
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


def test_a_citation_is_not_pushed_away_by_papers_that_come(site: Site, look: Look) -> None:
    page = look(site, **PHONE)  # motion is not reduced
    turn = ask(page, MANY)
    assert left(site.assistant.ask(MANY))[0]
    turn.locator(".ref").nth(1).click()
    card = page.locator(".card").nth(1)
    expect(card).to_be_in_viewport()
    page.wait_for_timeout(1_500)
    expect(card).to_be_in_viewport()
    expect(turn.locator(".further li")).to_have_count(0)


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


@pytest.mark.parametrize("width", [1024, 1280, 1440, 2560])
def test_what_is_here_is_told_first(site: Site, look: Look, width: int) -> None:
    library = site.assistant.library
    page = look(site, width=width)
    here = page.get_by_role("region", name="What is here")
    expect(here).to_contain_text(f"{len(library):,} papers, of 2021-04-02")
    newest = [paper.title for paper in library.listing(k=5)[1]]
    expect(here.locator(".opens")).to_have_text(newest)
    check(page)
    here.locator(".opens").first.click()
    expect(page.get_by_role("dialog").locator("h2")).to_have_text(newest[0])
    page.keyboard.press("Escape")
    here.get_by_role("link", name="cs.CV").click()
    count = library.categories()["cs.CV"]
    expect(page.locator("#part-library .shown")).to_contain_text(f"of {count} papers")
    expect(page.locator("#part-library [name=category]")).to_have_value("cs.CV")


def test_the_largest_topics_lead_to_their_papers_on_the_map(own: Site, look: Look) -> None:
    page = look(own)
    topics = page.locator(".here .largest li")
    expect(topics.first).to_be_visible()  # the map is drawn for it while one reads on
    name, _, count = topics.nth(1).inner_text().rpartition(" ")
    check(page)
    page.reload()
    expect(topics.nth(1)).to_have_text(f"{name} {count}")
    topics.nth(1).locator("a").click()
    alone = page.locator(".topics [aria-pressed=true]")
    expect(alone).to_have_count(1)
    expect(alone).to_contain_text(f"{name} {count}")
    expect(page.locator(".plot .scatterlayer .point")).to_have_count(int(count))
    kept = json.loads((own.assistant.library.path / "topics.json").read_text())
    assert [name, int(count)] in kept["named"]
    page.reload()  # its address is that of the topic
    expect(alone).to_contain_text(f"{name} {count}")


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
    expect(newest).to_be_visible()
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
    while (told := first.examples(unshared, {}))["pending"]:
        time.sleep(0.01)
    assert told["html"] == ""
    assert "No examples of questions could be made" in caplog.text
    assert not (unshared.library.path / "examples.json").exists()
