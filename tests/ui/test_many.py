"""Answers of many papers: what is not written about comes page by page; and a phone in the hand."""

from playwright.sync_api import Locator, Page, expect

from tests.ui.conftest import Look, Site, ask
from tests.ui.test_looks import check
from ui.rest import ROWS, left, rows

MANY = "which papers propose a method?"
MENTIONED = "which papers use deep learning"
PHONE = {"width": 390, "height": 844, "is_mobile": True, "has_touch": True}
WHICH = "which papers use transformers for tracking"


def more(turn: Locator) -> Locator:
    return turn.locator("[data-act=more]")


def test_what_follows_is_what_matches_and_then_what_mentions(site: Site) -> None:
    mentioned = site.assistant.ask(MENTIONED)
    count = len(mentioned.mentioned)
    assert count
    assert left(mentioned) == ([], list(mentioned.mentioned))
    told = rows(site.assistant, mentioned, 0)["html"]
    assert told.startswith(f'<li class="label">{count} more mention it</li>')
    assert "data-span" not in told
    answer = site.assistant.ask(MANY)
    matching, mentioning = left(answer)
    cited = [c.paper.id for c in answer.citations]
    assert [*cited, *matching] == list(answer.matching)
    assert set(mentioning) == set(answer.mentioned)
    wanted = [*matching, *mentioning]
    assert len(wanted) > ROWS
    first = rows(site.assistant, answer, 0)
    assert first["html"].count("<li data-number") == ROWS == first["next"]
    assert first["left"] == len(wanted) - ROWS
    last = rows(site.assistant, answer, len(wanted) - 1)
    assert (last["next"], last["left"]) == (len(wanted), 0)
    assert rows(site.assistant, answer, len(wanted))["html"] == ""
    assert f'data-paper="{wanted[-1]}"' in last["html"]


def test_more_papers_come_as_one_scrolls(site: Site, look: Look) -> None:
    page = look(site)
    turn = ask(page, MANY)
    answer = site.assistant.ask(MANY)
    matching, mentioning = left(answer)
    total = len(matching) + len(mentioning)
    listed = turn.locator(".further li[data-number]")
    expect(listed).to_have_count(0)
    expect(more(turn)).to_have_text(f"{ROWS} more of {total}")
    more(turn).scroll_into_view_if_needed()
    expect(listed.nth(ROWS - 1)).to_be_attached()
    while not more(turn).is_hidden():
        before = listed.count()
        more(turn).scroll_into_view_if_needed()
        page.wait_for_function(
            f"document.querySelectorAll('.further li[data-number]').length > {before}"
        )
    expect(listed).to_have_count(total)
    papers = [
        item.get_attribute("data-paper") for item in listed.locator(".opens:first-of-type").all()
    ]
    assert list(dict.fromkeys(papers)) == [*matching, *mentioning]
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
