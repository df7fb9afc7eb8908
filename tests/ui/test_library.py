"""The library: orders, words, what is ticked and what is taken away, and its address."""

import csv
import json
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from rag.core.filters import Filters
from rag.errors import CollectionError
from rag.library import Library
from tests.ui.conftest import Look, Site, ask
from tests.ui.test_looks import check
from ui.library import MOST_TICKED, ROWS, taken, ticked

TRANSMOT = "2104.00194"


def part(page: Page) -> Locator:
    return page.locator("#part-library")


def titles(page: Page) -> list[str]:
    return part(page).locator("tbody .opens").all_inner_texts()


def listed(library: Library, words: str, order: str = "relevance") -> list[str]:
    assert order in ("relevance", "listed")
    found = library.listing(words, sort="relevance" if order == "relevance" else "listed")[1]
    return [paper.id for paper in found]


def shown(page: Page) -> list[str]:
    rows = part(page).locator("tbody tr").all()
    return [str(row.get_attribute("data-row")) for row in rows]


def test_the_best_come_first_while_one_searches(site: Site, look: Look) -> None:
    library = site.assistant.library
    page = look(site, "#library")
    order, words = part(page).locator("[name=order]"), part(page).locator("[name=words]")
    expect(order).to_have_value("listed")
    words.fill("transformer tracking")
    expect(order).to_have_value("relevance")
    best = listed(library, "transformer tracking")
    expect(part(page).locator("tbody tr").first).to_have_attribute("data-row", best[0])
    assert shown(page) == best
    assert TRANSMOT in best
    words.fill("detection")
    best, newest = listed(library, "detection"), listed(library, "detection", "listed")
    assert best != newest
    expect(part(page).locator("tbody tr").first).to_have_attribute("data-row", best[0])
    order.select_option("listed")
    expect(part(page).locator("tbody tr").first).to_have_attribute("data-row", newest[0])
    assert shown(page) == newest
    assert page.evaluate("location.hash") == "#/library?q=detection&order=listed"
    page.go_back()
    expect(order).to_have_value("relevance")
    expect(words).to_have_value("detection")


def test_an_address_holds_words_order_and_page(site: Site, look: Look) -> None:
    page = look(site, "#/library?q=learning&order=z&page=2")
    count = site.assistant.library.listing("learning")[0]
    said = part(page).locator(".shown")
    expect(said).to_have_text(f"{ROWS + 1} to {count} of {count} papers")
    expect(part(page).locator("[name=order]")).to_have_value("z")
    page.get_by_role("button", name="Previous").click()
    expect(said).to_have_text(f"1 to {ROWS} of {count} papers")
    assert page.evaluate("location.hash") == "#/library?q=learning&order=z"
    page.go_back()
    expect(said).to_have_text(f"{ROWS + 1} to {count} of {count} papers")
    page.get_by_role("link", name="Status", exact=True).click()
    page.get_by_role("link", name="Library", exact=True).click()  # back to where it was left
    expect(said).to_have_text(f"{ROWS + 1} to {count} of {count} papers")
    page.get_by_role("link", name="Library", exact=True).click()  # again: all of it
    expect(said).to_have_text(f"1 to {ROWS} of {len(site.assistant.library)} papers")


def test_the_next_page_begins_at_its_top_and_columns_keep_their_width(
    site: Site, look: Look
) -> None:
    page = look(site, "#library", height=700)
    widths = "[...document.querySelectorAll('#part-library th')].map((th) => th.offsetWidth)"
    part(page).locator("tbody tr").first.wait_for()
    before = page.evaluate(widths)
    for n in (2, 3):
        page.get_by_role("button", name="Next").click()
        expect(part(page).locator(".page")).to_have_text(f"Page {n}")
        page.wait_for_function("scrollY === 0")
        assert page.evaluate(widths) == before
    part(page).locator("[name=words]").fill("zorblax")
    expect(part(page).locator("tbody tr")).to_have_count(2)
    assert page.evaluate(widths) == before


def test_words_are_marked_also_inflected(site: Site, look: Look) -> None:
    page = look(site, "#library")
    part(page).locator("[name=words]").fill("transformers track")
    row = part(page).locator(f"tbody [data-row='{TRANSMOT}']")
    expect(row.locator(".opens mark")).to_have_text(["Transformer", "Tracking"])
    part(page).locator("[name=words]").fill("transformers occlusion")
    row = part(page).locator(f"tbody [data-row='{TRANSMOT}']")
    expect(row.locator(".opens mark")).to_have_text(["Transformer"])
    expect(row.locator(".snippet mark").first).to_have_text(re.compile("occlu", re.IGNORECASE))


def test_an_author_is_found_by_name(site: Site, look: Look) -> None:
    page = look(site, "#library")
    by_eve = [paper.id for paper in site.assistant.library.papers() if "Eve" in str(paper.authors)]
    assert by_eve
    part(page).locator("[name=words]").fill("zorblax eve")
    expect(part(page).locator("tbody tr")).to_have_count(len(by_eve))
    assert set(shown(page)) == set(by_eve)
    expect(part(page).locator(".by mark").first).to_have_text("Eve")


def test_papers_are_ticked_taken_and_asked(site: Site, look: Look) -> None:
    library = site.assistant.library
    page = look(site, "#library")
    total = len(library)
    download = part(page).locator("[data-do=take]")
    expect(download).to_have_text(f"Download {total}")
    expect(part(page).get_by_role("button", name="Ask only these")).to_be_disabled()
    words = part(page).locator("[name=words]")
    words.fill("tracking")
    best = listed(library, "tracking")
    expect(part(page).locator("tbody tr")).to_have_count(len(best))
    part(page).locator("[data-pick]").nth(0).check()
    part(page).locator("[data-pick]").nth(2).click(modifiers=["Shift"])
    picked = part(page).locator(".picked")
    expect(picked).to_have_text("3 ticked")
    words.fill("TransMOT")  # what is ticked stays so while one searches on
    expect(part(page).locator("tbody tr")).to_have_count(1)
    expect(picked).to_have_text("3 ticked")
    texts = {}
    for form in ("bibtex", "ris", "csv", "csl"):
        part(page).locator("#library-form").select_option(form)
        with page.expect_download() as saved:
            download.click()
        texts[saved.value.suggested_filename] = saved.value.path().read_text(encoding="utf-8")
    assert set(texts) == {"papers.bib", "papers.ris", "papers.csv", "papers.json"}
    assert texts["papers.bib"].count("\n}") == texts["papers.ris"].count("ER  - ") == 3
    rows = list(csv.DictReader(texts["papers.csv"].splitlines()))
    assert [row["id"] for row in rows] == best[:3]
    assert len(json.loads(texts["papers.json"])) == 3
    check(page)
    part(page).get_by_role("button", name="Ask only these").click()
    expect(page.locator(".composer .chip")).to_have_text("only 3 papers ×")
    ask(page, "which papers are about tracking?")
    cited = {card.get_attribute("data-id") for card in page.locator(".card").all()}
    assert cited
    assert cited <= set(best[:3])


def test_all_that_match_are_ticked(site: Site, look: Look) -> None:
    count = site.assistant.library.listing("learning")[0]
    assert count > ROWS
    page = look(site, "#/library?q=learning")
    part(page).locator("tbody tr").first.wait_for()
    part(page).get_by_label("Tick all on this page").check()
    expect(part(page).locator(".picked")).to_have_text(f"{ROWS} ticked")
    part(page).get_by_role("button", name=f"Tick all {count} that match").click()
    expect(part(page).locator(".picked")).to_have_text(f"{count} ticked")
    page.get_by_role("button", name="Next").click()
    expect(part(page).locator("[data-pick]:not(:checked)")).to_have_count(0)
    part(page).get_by_role("button", name="Untick").click()
    expect(part(page).locator("[data-pick]:checked")).to_have_count(0)
    expect(part(page).locator(".picked")).to_be_hidden()


def test_words_that_no_paper_has_together(site: Site, look: Look) -> None:
    page = look(site, "#/library?q=zorblax+transmot")
    expect(part(page).locator(".shown")).to_have_text(
        "No paper has all of these words; these have some."
    )
    assert any("TransMOT" in title for title in titles(page))


def test_what_is_taken_has_a_limit(site: Site) -> None:
    library = site.assistant.library
    found = ticked(site.assistant, {"words": "learning", "since": "2021-04-01"})["ids"]
    assert found == [
        paper.id
        for paper in library.listing(
            "learning", Filters(library.days()[0]), sort="relevance", k=1_000
        )[1]
    ]
    one = taken(site.assistant, {"words": f"arXiv:{TRANSMOT}v2", "form": "ris"})["text"]
    assert one.count("ER  - ") == 1
    with pytest.raises(CollectionError, match="no form docx"):
        taken(site.assistant, {"form": "docx"})
    with pytest.raises(CollectionError, match="at a time"):
        taken(site.assistant, {"papers": ["a"] * (MOST_TICKED + 1)})
