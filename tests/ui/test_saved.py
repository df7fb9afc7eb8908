"""The reading list, and the paper that is read beside the answers."""

import csv

from playwright.sync_api import Page, expect

from rag.assistant import Assistant
from rag.collections import Collections
from rag.collections.saved import ReadingList
from rag.core.papers import Paper
from rag.search.tagged import within
from tests.ui.conftest import Look, Site, ask, done
from tests.ui.test_looks import check
from ui.reader import code
from ui.saved import reading, saved

WHICH = "which papers use transformers for tracking"
TRANSMOT = "2104.00194"


def list_of(page: Page) -> list[str]:
    return page.locator("#part-saved .saved .opens").all_inner_texts()


def test_a_star_puts_a_paper_on_the_list(own: Site, look: Look) -> None:
    page = look(own)
    turn = ask(page, WHICH)
    answer = own.assistant.ask(WHICH)
    first, second = answer.citations[0].paper, answer.citations[1].paper
    stars = turn.locator(".by .star")
    expect(stars).to_have_count(len(answer.citations))
    stars.first.click()
    expect(stars.first).to_have_attribute("aria-pressed", "true")
    expect(page.locator(f".card [data-star='{first.id}']")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.locator(".card .star").nth(1).click()
    expect(stars.nth(1)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("link", name="Saved", exact=True).click()
    expect(page.locator("#part-saved .saved")).to_have_count(2)
    assert set(list_of(page)) == {first.title, second.title}
    other = look(own, "#/library")  # another browser, after the fact
    other.fill("#part-library [name=words]", first.title)
    expect(other.locator("#part-library .star").first).to_have_attribute("aria-pressed", "true")
    other.locator("#part-library .star").first.click()
    other.get_by_role("link", name="Saved", exact=True).click()
    expect(other.locator("#part-saved .saved")).to_have_count(1)
    assert ReadingList(own.assistant.library.path).starred() == [second.id]


def test_read_unread_tags_and_notes(own: Site, look: Look) -> None:
    path = own.assistant.library.path
    Collections(path).tag("reading group", [TRANSMOT])
    ReadingList(path).star([TRANSMOT, "2104.00403"])
    page = look(own, "#/saved")
    rows = page.locator("#part-saved .saved")
    expect(rows).to_have_count(2)
    choices = page.locator("#part-saved .choice")
    expect(choices).to_have_text(["All 2", "Unread 2", "Read 0", "reading group 1"])
    choices.nth(3).click()
    expect(rows).to_have_count(1)
    rows.get_by_role("button", name="Mark “TransMOT").click()
    expect(page.locator("#part-saved .saved[data-read=true]")).to_have_count(1)
    expect(choices).to_have_text(["All 2", "Unread 1", "Read 1", "reading group 1"])
    rows.locator(".opens").click()
    paper = page.get_by_role("dialog")
    paper.get_by_role("button", name="Remove the tag reading group").click()
    expect(paper.locator(".own .chip")).to_have_count(0)
    paper.get_by_role("combobox", name="Add a tag").fill("later <b>")
    page.keyboard.press("Enter")
    expect(paper.locator(".own .chip")).to_have_text("later <b> ×")
    paper.get_by_role("textbox", name="Note").fill("The graph is <i>the</i> point.")
    page.keyboard.press("Tab")
    expect(page.locator("#part-saved .its-note")).to_have_text("The graph is <i>the</i> point.")
    page.keyboard.press("Escape")
    kept = ReadingList(path).of(TRANSMOT)
    assert kept
    assert (kept.read, kept.note) == (True, "The graph is <i>the</i> point.")
    assert Collections(path).tags_of(TRANSMOT) == ["later <b>"]
    check(page)


def test_the_list_is_taken_away_and_asked(own: Site, look: Look) -> None:
    path = own.assistant.library.path
    ReadingList(path).star([TRANSMOT])
    Collections(path).tag("later", ["2104.00403"])
    ReadingList(path).note(TRANSMOT, "=SUM(1)")
    page = look(own, "#/saved")
    expect(page.locator("#part-saved .saved")).to_have_count(2)
    texts = {}
    for form in ("bibtex", "ris", "csv", "csl"):
        page.select_option("#saved-form", form)
        with page.expect_download() as taken:
            page.get_by_role("button", name="Download").click()
        texts[taken.value.suggested_filename] = taken.value.path().read_text(encoding="utf-8")
    assert set(texts) == {f"reading-list.{ending}" for ending in ("bib", "ris", "csv", "json")}
    assert texts["reading-list.bib"].count("@") == 2
    assert texts["reading-list.ris"].count("ER  - ") == 2
    rows = {row["id"]: row for row in csv.DictReader(texts["reading-list.csv"].splitlines())}
    assert rows["2104.00403"]["tags"] == "later"
    assert rows[TRANSMOT]["note"] == "'=SUM(1)"
    page.get_by_role("button", name="Ask only these").click()
    expect(page.locator(".composer .chip")).to_have_text("only 2 papers ×")
    turn = ask(page, "which papers are about tracking?")
    expect(turn.locator(".head .chip")).to_have_count(2)
    cited = {c.get_attribute("data-id") for c in page.locator(".card").all()}
    assert cited
    assert cited <= {TRANSMOT, "2104.00403"}


def test_my_reading_list_is_asked_in_words(own: Site, look: Look) -> None:
    ReadingList(own.assistant.library.path).star([TRANSMOT])
    page = look(own)
    ask(page, "which papers in my reading list use transformers?")
    expect(page.locator(".card")).to_have_count(1)
    expect(page.locator(".card")).to_have_attribute("data-id", TRANSMOT)
    answer = Assistant(own.assistant.library, own.assistant.embedding, None).ask(
        "papers on tracking in my saved papers"
    )
    assert [c.paper.id for c in answer.citations] == [TRANSMOT]


def test_everybody_who_logs_in_has_their_own(own: Site) -> None:
    assistant = own.assistant
    saved(assistant, {"user": "ada", "papers": [TRANSMOT], "does": "star"})
    saved(assistant, {"user": "ada", "papers": [TRANSMOT], "does": "tag", "tag": "later"})
    assert saved(assistant, {"user": "ada"}) == {"starred": [TRANSMOT], "tags": ["later"]}
    assert saved(assistant, {"user": "eve"}) == {"starred": [], "tags": []}
    assert reading(assistant, {"user": "eve"})["empty"]
    question = "papers in my reading list on tracking"
    rest, filters = within(assistant.library, question, None, "ada")
    assert rest == "papers on tracking"
    assert filters
    assert filters.ids == (TRANSMOT,)
    assert within(assistant.library, question, None, "eve") == (question, None)


def test_nothing_saved_says_how(own: Site, look: Look) -> None:
    page = look(own, "#/saved", width=390, height=844, is_mobile=True, has_touch=True)
    expect(page.locator("#part-saved .nothing")).to_contain_text("The star beside a paper")
    expect(page.get_by_role("button", name="Download")).to_be_hidden()
    assert page.evaluate("document.scrollingElement.scrollWidth") == 390


# -- beside the answers --------------------------------------------------------------------------


def test_the_right_side_reads_one_paper(own: Site, look: Look) -> None:
    page = look(own, width=1440)
    answer = own.assistant.ask(WHICH)
    turn = ask(page, WHICH)
    reader = page.locator(".reader")
    expect(reader.locator("h2")).to_have_text(answer.citations[0].paper.title)
    expect(page.locator(".cards")).to_be_hidden()
    turn.locator(".ref").nth(1).click()
    paper = answer.citations[1].paper
    expect(reader.locator("h2")).to_have_text(paper.title)
    expect(reader.locator("h2")).to_be_focused()
    expect(reader.locator(".abstract")).to_have_text(paper.abstract)
    expect(reader.locator("mark")).to_have_text(answer.claims[1].quotes[0].text)
    alike = [each.title for each in own.assistant.like(paper.id)]
    expect(reader.locator(".alike .opens")).to_have_text(alike)
    check(page)
    reader.locator(".alike .opens").first.click()
    expect(reader.locator("h2")).to_have_text(alike[0])
    expect(page.get_by_role("dialog")).to_be_hidden()
    reader.get_by_role("button", name="Ask about it").click()
    page.locator(".turn").nth(1).wait_for()
    done(page)
    expect(page.locator(".turn").nth(1).locator(".of").first).to_contain_text(alike[0])


def test_the_citation_of_one_paper_is_copied(own: Site, look: Look) -> None:
    page = look(own, f"#/paper/{TRANSMOT}", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy BibTeX").click()
    expect(page.locator(".taken-told")).to_have_text("Copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("@")
    assert "TransMOT" in copied


def test_the_code_that_an_abstract_names() -> None:
    def said(abstract: str) -> str:
        return code(Paper("a", "", abstract, "", ""))

    assert said("Code: https://github.com/MCG-NJU/TREG.") == "https://github.com/MCG-NJU/TREG"
    assert said("See zju3dv.github.io/loftr/.") == "https://zju3dv.github.io/loftr/"
    assert said("Code will be released.") == ""
