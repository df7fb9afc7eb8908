"""The watches on the page: what has come for each, why, and that it was read."""

from playwright.sync_api import expect

from rag.collections import Collections
from rag.core.papers import Paper
from tests.ui.conftest import Look, Site
from tests.ui.test_looks import check

WHICH = "which papers use transformers for tracking"
NEW = Paper(
    "2106.00009",
    "QuokkaTrack: Transformers that Track Quokkas",
    "Tracking quokkas is hard. We propose QuokkaTrack, which uses a transformer for tracking "
    "several quokkas at once.",
    "https://arxiv.org/abs/2106.00009",
    "https://arxiv.org/pdf/2106.00009",
)


def test_a_watch_is_added_and_tells_what_comes(own: Site, look: Look) -> None:
    kept = Collections(own.assistant.library.path)
    page = look(own, "#/watches")
    expect(page.locator("#part-watches .nothing")).to_contain_text("asked again of every paper")
    page.get_by_label("Watch for").fill(WHICH)
    page.get_by_role("button", name="Add the watch").click()
    watch = page.locator(".watch")
    expect(watch.locator(".told")).to_have_text("No new papers")
    assert [each.question for each in kept.watches()] == [WHICH]
    own.assistant.library.put([NEW], own.assistant.embedding)
    page.get_by_role("link", name="Library", exact=True).click()
    page.get_by_role("link", name="New", exact=True).click()
    expect(watch.locator(".told")).to_have_text("1 of 1 new papers")
    expect(watch.locator(".opens")).to_have_text([NEW.title])
    expect(watch.locator(".quotation")).to_contain_text("uses a transformer for tracking")
    check(page)
    watch.get_by_role("button", name="More like this").click()
    alike = own.assistant.like(NEW.id)
    expect(watch.locator(".like .opens")).to_have_text([paper.title for paper in alike])
    watch.locator(".star").first.click()
    expect(watch.locator(".star").first).to_have_attribute("aria-pressed", "true")
    watch.get_by_role("button", name="Mark as read").click()
    expect(watch.locator(".told")).to_have_text("0 of 1 new papers")
    page.get_by_role("button", name="Mark all as read").click()
    expect(watch.locator(".told")).to_have_text("No new papers")
    assert kept.unknown([NEW.id]) == []
    watch.get_by_role("button", name=f"Remove the watch {WHICH}").click()
    expect(watch).to_have_count(0)
    assert kept.watches() == []


def test_the_newest_day_is_looked_through(own: Site, look: Look) -> None:
    Collections(own.assistant.library.path).watch(WHICH, ["cs.CV"])
    page = look(own, "#/watches")
    page.get_by_label("Show").select_option("day")
    answer = own.assistant.ask(f"{WHICH} in cs.CV")
    shown = page.locator(".watch .list > li")
    expect(shown.first).to_be_visible()
    titles = set(page.locator(".watch .what > .opens").all_inner_texts())
    assert titles & {c.paper.title for c in answer.citations}
    expect(page.locator(".watch .told")).to_contain_text("of 108 papers of the newest day")
    expect(page.get_by_role("button", name="Mark as read")).to_be_hidden()


def test_what_cannot_be_watched_is_told(own: Site, look: Look) -> None:
    page = look(own, "#/watches")
    page.get_by_label("Watch for").fill("?!")
    page.get_by_role("button", name="Add the watch").click()
    expect(page.locator("#part-watches").get_by_role("alert")).to_contain_text("question")
    assert Collections(own.assistant.library.path).watches() == []
