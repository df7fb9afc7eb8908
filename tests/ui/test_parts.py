"""The library, the map, adding papers and the status, in a real browser."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, expect

from rag.write.naming import is_name, phrases
from tests.ui.conftest import Look, Site, ask

NEW = {
    "title": "Counting Quokkas by Drone",
    "abstract": "We count quokkas from the air. A drone films them and a detector counts them.",
    "url": "https://arxiv.org/abs/2106.00001",
}


def listing(*entries: dict[str, str]) -> FilePayload:
    text = "".join(json.dumps(entry) + "\n" for entry in entries)
    return {"name": "new.jsonl", "mimeType": "application/json", "buffer": text.encode()}


# -- the library ---------------------------------------------------------------------------------


def test_the_library_is_paged_searched_and_sorted(site: Site, look: Look) -> None:
    page = look(site, "#library")
    total = len(site.assistant.library)
    said, rows = page.locator("#part-library .shown"), page.locator("#part-library tbody tr")
    expect(said).to_have_text(f"1 to 50 of {total} papers")
    expect(rows).to_have_count(50)
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Next").click()
    expect(said).to_have_text(f"101 to {total} of {total} papers")
    expect(page.get_by_role("button", name="Next")).to_be_disabled()
    page.select_option("[name=order]", "title")
    count, first = site.assistant.library.listing(sort="title", descending=False, k=50)
    assert count == total
    expect(rows.locator(".opens")).to_have_text([paper.title for paper in first])
    page.locator("#part-library [name=words]").press_sequentially("tracki")
    count, found = site.assistant.library.listing("tracki", sort="title", descending=False)
    expect(said).to_have_text(f"1 to {count} of {count} papers")
    expect(rows.locator(".opens")).to_have_text([paper.title for paper in found])
    page.fill("#part-library [name=category]", "math.AG")
    expect(said).to_have_text("No papers.")


def test_the_library_finds_by_whatever_is_typed(site: Site, look: Look) -> None:
    page = look(site, "#library")
    part = page.locator("#part-library")
    rows, words = part.locator("tbody tr"), part.locator("[name=words]")
    words.fill("https://arxiv.org/abs/2104.00194v2")
    expect(rows).to_have_count(1)
    expect(rows.locator(".opens")).to_contain_text("TransMOT")
    words.fill("transm")
    expect(rows.locator(".opens mark")).to_have_text(["TransMOT"])
    words.fill("occlusion")
    expect(rows.locator(".snippet mark").first).to_contain_text(re.compile("occlusion", re.I))
    words.fill("")
    part.locator("[name=category]").fill("CS")
    count, _ = site.assistant.library.listing()
    expect(part.locator(".shown")).to_contain_text(f"of {count - 2} papers")


def test_headings_sort_the_library(site: Site, look: Look) -> None:
    page = look(site, "#library")
    part = page.locator("#part-library")
    heading = part.get_by_role("button", name="Title", exact=True)
    for descending, said in ((False, "ascending"), (True, "descending")):
        heading.click()
        column = part.locator("th").first
        expect(column).to_have_attribute("aria-sort", said)
        _, papers = site.assistant.library.listing(sort="title", descending=descending)
        expect(part.locator("tbody .opens").last).to_have_text(papers[-1].title)
        shown = part.locator("tbody .opens").all_inner_texts()
        plain = [paper.title for paper in papers if "$" not in paper.title]
        assert [title for title in shown if title in plain] == plain


def test_a_paper_is_opened(site: Site, look: Look) -> None:
    page = look(site, "#library")
    page.locator("#part-library [name=words]").fill("TransMOT")
    expect(page.locator("#part-library tbody tr")).to_have_count(1)
    page.locator("#part-library .opens").click()
    paper = site.assistant.library.get("2104.00194")
    assert paper
    expect(page.get_by_role("dialog")).to_contain_text(paper.abstract)
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog")).to_be_hidden()


# -- the map -------------------------------------------------------------------------------------


def test_the_map(site: Site, look: Look) -> None:
    page = look(site)
    question = "which papers use transformers for tracking"
    ask(page, question)
    page.get_by_role("link", name="Map", exact=True).click()
    points = page.locator(".plot .scatterlayer .trace .point")
    rings = len(site.assistant.ask(question).citations)
    expect(points).to_have_count(len(site.assistant.library) + rings)
    topics = page.locator(".topics button")
    assert topics.count() > 4
    assert all(text.split()[-1].isdigit() for text in topics.all_inner_texts())
    named = [phrases(paper.title) for paper in site.assistant.library.papers()]
    names = [" ".join(text.split()[1:-1]) for text in topics.all_inner_texts()]
    assert all(map(is_name, names))
    often = [sum(name in all_ for all_ in named) for name in names]
    assert min(often) > 0
    assert sum(count > 1 for count in often) > len(names) / 2
    expect(page.locator("#part-map .shown")).to_contain_text("Rings mark")
    page.locator(".plot").scroll_into_view_if_needed()
    box = points.last.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    hovered = page.locator(".hoverlayer .hovertext")
    hovered.wait_for()
    page.mouse.down()
    page.mouse.up()
    title = page.get_by_role("dialog").locator("h2")
    expect(title).to_be_visible()
    shown = "".join("".join(hovered.all_text_contents()).split())
    assert shown in "".join(title.inner_text().split())
    page.keyboard.press("Escape")
    before = points.count()
    topics.first.click()  # alone
    expect(points).not_to_have_count(before)
    assert points.count() < before
    expect(topics.first).to_have_attribute("aria-pressed", "true")
    expect(topics.last).to_have_attribute("aria-pressed", "false")


# -- adding papers -------------------------------------------------------------------------------


def test_papers_are_added_and_found(site: Site, look: Look) -> None:
    asking, page = look(site), look(site, "#add")
    assert ask(asking, "which papers count quokkas").get_attribute("data-state") == "abstained"
    known = site.assistant.library.get("2104.00194")
    assert known
    old = {"title": known.title, "abstract": known.abstract, "url": known.url}
    bad = {"title": "No abstract", "abstract": "", "url": "https://arxiv.org/abs/2106.00002"}
    page.set_input_files("input[type=file]", listing(NEW, old, bad))
    found = page.locator(".found")
    expect(found).to_contain_text("2 papers found, 1 of them new.")
    expect(found).to_contain_text("Counting Quokkas by Drone")
    expect(found).to_contain_text("1 entry left out:")
    assert site.assistant.library.get("2106.00001") is None
    page.get_by_role("button", name="Add", exact=True).click()
    expect(found).to_contain_text(re.compile("1 added, .*, 1 refused."))
    turn = ask(asking, "which papers count quokkas")
    expect(turn.locator(".claim")).to_contain_text("Counting Quokkas by Drone")
    page.get_by_role("link", name="Ask", exact=True).click()  # it is everywhere, without a reload
    expect(page.locator(".welcome h2")).to_contain_text(f"{len(site.assistant.library)} papers")
    page.get_by_role("link", name="Library", exact=True).click()
    page.locator("#part-library [name=words]").fill("quokkas")
    expect(page.locator("#part-library tbody .opens")).to_have_text(["Counting Quokkas by Drone"])


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.md", b"", "empty.md is empty"),
        ("shopping.txt", b"milk\nbread\n", "shopping.txt is in no format known here"),
        ("binary.bib", b"\xff\xfe\x00\x01", "binary.bib is in no format known here"),
    ],
)
def test_what_is_no_listing_is_refused(
    site: Site, look: Look, name: str, content: bytes, said: str
) -> None:
    page = look(site, "#add")
    page.set_input_files(
        "input[type=file]", {"name": name, "mimeType": "text/plain", "buffer": content}
    )
    expect(page.locator(".found").get_by_role("alert")).to_contain_text(said)
    expect(page.locator("#part-add .acts")).to_be_hidden()


def test_what_is_too_large_is_refused(site: Site, look: Look, tmp_path: Path) -> None:
    page = look(site, "#add")
    large = tmp_path / "large.jsonl"
    with large.open("wb") as file:
        file.truncate(51_000_000)
    page.set_input_files("input[type=file]", large)
    expect(page.locator(".found").get_by_role("alert")).to_contain_text("more than 50 MB")


def test_only_uploaded_files_are_read(site: Site, look: Look) -> None:
    page = look(site, "#add")
    page.evaluate("""() => {
      const own = window.fetch;
      window.fetch = (to, options) => own(to, {...options, body: typeof options?.body === 'string'
        ? options.body.replace(/"file":"[^"]*"/, '"file":"/etc/passwd"') : options?.body});
    }""")
    page.set_input_files("input[type=file]", listing(NEW))
    expect(page.locator(".found").get_by_role("alert")).to_contain_text("was not uploaded here")


# -- the status ----------------------------------------------------------------------------------


def test_the_status_warns_of_the_small_model(writing: Site, look: Look) -> None:
    page = look(writing, "#status")
    expect(page.locator(".warning")).to_contain_text("RAG_LLM=/path/to/model.gguf")
    facts = page.locator(".facts dl")
    for part in ("all-MiniLM-L6-v2", "SmolLM2-135M-Instruct", "2021-04-02", "gradio 6."):
        expect(facts).to_contain_text(part)
