"""The table of an answer, papers side by side, and what narrows an answer without asking anew."""

import csv
import json

from playwright.sync_api import Locator, Page, expect

from rag.collections import Collections
from tests.ui.conftest import Look, Site, ask
from tests.ui.test_looks import check

MANY = "which papers are about learning"


def tabled(page: Page, question: str = MANY) -> Locator:
    turn = ask(page, question)
    turn.locator("[data-act=table]").click()
    turn.locator(".of-papers").wait_for()
    return turn.locator(".table")


def titles(place: Locator) -> list[str]:
    rows = place.locator("tbody tr:visible")
    return [row.locator(".opens").first.inner_text() for row in rows.all()]


# -- the table -----------------------------------------------------------------------------------


def test_columns_are_chosen_typed_and_kept(site: Site, look: Look) -> None:
    page = look(site)
    table = tabled(page)
    answer = site.assistant.ask(MANY)
    expect(table.locator("tbody tr")).to_have_count(answer.matched)
    heads = table.locator("thead [data-sort]")
    assert "Method" in heads.all_inner_texts()
    table.get_by_text("Columns").click()
    for name in ("Method", "Result"):
        table.get_by_label(name, exact=True).uncheck()
    table.get_by_label("Another").fill("number of <b>quokkas</b>")
    table.get_by_role("button", name="Make the table").click()
    blank = table.locator(".blank-columns")
    expect(blank).to_contain_text("number of <b>quokkas</b>")
    assert "Method" not in heads.all_inner_texts()
    with page.expect_download() as saved:
        table.get_by_role("button", name="Download as CSV").click()
    [head, *rows] = csv.reader(saved.value.path().read_text(encoding="utf-8").splitlines())
    assert "number of <b>quokkas</b>" in head
    assert "method" not in head
    assert len(rows) == answer.matched
    kept = json.loads(page.evaluate("localStorage.getItem('rag-columns')"))
    assert kept[:2] == ["paper", "number of <b>quokkas</b>"]  # where it is seen at once
    other = tabled(page, "papers on tracking")
    assert "Method" not in other.locator("thead [data-sort]").all_inner_texts()


def test_columns_sort_and_filter(site: Site, look: Look) -> None:
    table = tabled(look(site))
    before = titles(table)
    table.get_by_role("button", name="Paper", exact=True).click()
    assert titles(table) == sorted(before, key=str.casefold)
    table.get_by_role("button", name="Paper", exact=True).click()
    assert titles(table) == sorted(before, key=str.casefold, reverse=True)
    table.get_by_label("Filter Paper").fill("ADVERSARIAL")
    left = [title for title in before if "adversarial" in title.lower()]
    assert 0 < len(left) < len(before)
    assert sorted(titles(table)) == sorted(left)
    expect(table.locator(".left")).to_have_text(f"{len(left)} of {len(before)} papers")
    table.get_by_label("Filter Paper").fill("")
    assert len(titles(table)) == len(before)


def test_a_cell_opens_its_quotation(site: Site, look: Look) -> None:
    page = look(site)
    cell = tabled(page).locator("tbody .quoted").first
    said = cell.inner_text()
    cell.click()
    paper = page.get_by_role("dialog")
    expect(paper.locator("mark").first).to_contain_text(said[:20])
    page.keyboard.press("Escape")
    expect(cell).to_be_visible()


def test_ticked_papers_stand_side_by_side(site: Site, look: Look) -> None:
    page = look(site)
    table = tabled(page)
    compare = table.get_by_role("button", name="Compare ticked")
    expect(compare).to_be_disabled()
    for number in (1, 3):
        table.get_by_label(f"Tick paper {number}", exact=True).check()
    compare.click()
    numbered = {c.number: c.paper.title for c in site.assistant.ask(MANY).citations}
    side = table.locator(".compared")
    expect(side.locator("th[scope=col] .opens")).to_have_text([numbered[1], numbered[3]])
    expect(side.get_by_role("rowheader", name="Method")).to_be_visible()
    check(page)
    turn = page.locator(".turn")
    turn.get_by_text("Narrow", exact=True).click()  # it counts the papers, not what stands below
    turn.locator("[data-facet=kind][data-value=code]").click()
    code = site.assistant.ask(MANY).counts["code"]["yes"]
    expect(turn.locator(".of-papers tbody tr:visible")).to_have_count(code)
    expect(side.locator("tr:visible").first).to_be_visible()
    table.get_by_label("Filter Paper").fill("adversarial")
    turn.get_by_role("button", name="Show all").click()
    expect(turn.locator(".narrowed")).to_be_hidden()
    table.get_by_role("button", name="Back to the table").click()
    expect(side).to_be_hidden()


# -- facets --------------------------------------------------------------------------------------


def test_facets_narrow_without_asking(own: Site, look: Look) -> None:
    answer = own.assistant.ask(MANY)
    tagged = list(answer.matching[1:3])
    Collections(own.assistant.library.path).tag("reading", tagged)
    page = look(own)
    turn = ask(page, MANY)
    asked = page.locator(".turn").count()
    turn.get_by_text("Narrow", exact=True).click()
    tag = turn.get_by_role("button", name="reading: 2 papers")
    tag.click()
    expect(tag).to_have_attribute("aria-pressed", "true")
    expect(turn.locator(".narrowed [role=status]")).to_have_text(f"2 of {answer.matched} papers")
    titles = [c.paper.title for c in answer.citations if c.paper.id in tagged]
    expect(turn.locator(".claim:visible .of a:not(.ref)")).to_have_text(titles)
    check(page)
    card = page.locator(".claim:visible [data-paper]").first
    card.click()  # a tag that is given meanwhile is there at once
    paper = page.get_by_role("dialog")
    paper.get_by_role("combobox", name="Add a tag").fill("later")
    page.keyboard.press("Enter")
    expect(paper.locator(".own .chip", has_text="later")).to_be_visible()
    page.keyboard.press("Escape")
    expect(turn.get_by_role("button", name="later: 1 paper")).to_be_visible()
    code = answer.counts["code"]["yes"]
    tag.click()
    turn.get_by_role("button", name=f"code: {code} papers").click()
    expect(turn.locator(".claim:visible")).to_have_count(code)
    turn.locator("[data-act=table]").click()
    expect(turn.locator("tbody tr:visible")).to_have_count(code)
    turn.locator("[data-act=widen]").click()
    expect(turn.locator("tbody tr:visible")).to_have_count(answer.matched)
    assert page.locator(".turn").count() == asked


def test_a_heading_goes_with_the_last_of_its_claims(own: Site, look: Look) -> None:
    answer = own.assistant.ask("overview of 3D")
    groups = list(dict.fromkeys(claim.group for claim in answer.claims))
    assert len(groups) > 1
    first = answer.citations[0].paper
    Collections(own.assistant.library.path).tag("first", [first.id])
    page = look(own)
    turn = ask(page, answer.question)
    expect(turn.locator(".group:visible")).to_have_count(len(groups))
    turn.get_by_text("Narrow", exact=True).click()
    turn.get_by_role("button", name="first: 1 paper").click()
    expect(turn.locator(".of:visible")).to_have_count(1)
    expect(turn.locator(".group:visible")).to_have_count(1)
    turn.get_by_role("button", name="Show all").click()
    expect(turn.locator(".group:visible")).to_have_count(len(groups))
