"""Whoever looks: in the light and in the dark, on a phone, by keyboard, with a screen reader.

And whatever a paper holds: it is shown as it is written, and nothing in it runs.
"""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.ui.conftest import ATTACKS, LONG, Look, Site, ask

VIEWS = ("chat", "library", "saved", "watches", "map", "add", "status")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def settle(page: Page, view: str) -> None:
    """Wait until a part of the page is as it stays."""
    shown = {
        "library": "#part-library tbody tr",
        "saved": "#part-saved .nothing",
        "watches": "#part-watches .nothing",
        "map": ".plot .point",
        "status": ".facts dd",
    }
    page.locator(shown.get(view, ".welcome .suggestion")).first.wait_for(state="attached")


def turn_to(page: Page, view: str) -> None:
    """Go to a part of the page by its address, as its links do, and wait until it is there."""
    page.evaluate("view => { location.hash = view }", view)
    page.locator(f"body[data-view={view}]").wait_for()
    settle(page, view)


def check(page: Page, what: str = "the page") -> None:
    """Nothing that axe-core finds fault with, by WCAG AA and good practice."""
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, f"{what}: {found.generate_report()}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_anybody_can_read_an_answer(site: Site, look: Look, scheme: str) -> None:
    page = look(site, color_scheme=scheme)
    ask(page, "which papers grow tomatoes on the moon?")
    turn = ask(page, "papers on tracking since 2021")
    turn.locator(".ref").first.click()
    turn.locator(".opens-evidence").first.click()
    page.locator(".near summary").click()
    page.locator(".composer .narrow summary").click()
    check(page, "an answer")
    page.locator(".near .opens").first.click()
    page.get_by_role("dialog").locator("h2").wait_for()
    check(page, "a paper")


def test_dark_or_light_is_chosen_and_kept(site: Site, look: Look) -> None:
    page = look(site, color_scheme="light")
    colour = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(colour)
    page.get_by_role("button", name="Dark or light").click()
    dark = page.evaluate(colour)
    assert dark != light
    page.reload()
    page.locator(".welcome h2").wait_for()
    assert page.evaluate(colour) == dark


def test_a_phone_shows_all_of_it(site: Site, look: Look) -> None:
    page = look(site, "#status", width=390, height=844, is_mobile=True, has_touch=True)
    for view in ("status", *VIEWS):  # where it was opened, and where one goes from there
        turn_to(page, view)
        if view == "chat":
            turn = ask(page, "which papers are about zorblax detection")
            turn.locator(".ref").last.click()
            expect(page.locator(".card").last).to_be_in_viewport()
        assert page.evaluate("document.scrollingElement.scrollWidth") == 390, view
        nav = page.get_by_role("link", name="Status", exact=True)
        expect(nav).to_be_in_viewport(ratio=1)


OVERFLOW = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
CUT = """() => [...document.querySelectorAll(
    'a, button, input, select, textarea, summary, h2, h3, p, td, li, label')]
  .filter((e) => e.checkVisibility({visibilityProperty: true}) && !e.closest('.hidden, .skip'))
  .filter((e) => {
    for (let up = e.parentElement; up; up = up.parentElement)
      if (/auto|scroll/.test(getComputedStyle(up).overflowX)) return false; // it scrolls there
    const {left, right, width} = e.getBoundingClientRect();
    return width > 1 && (left < -1 || right > innerWidth + 1);
  }).map((e) => e.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize(
    ("width", "height", "scheme"),
    [(1440, 900, "dark"), (2560, 1440, "light"), (1024, 768, "dark"), (390, 844, "dark")],
)
def test_at_every_size_all_is_there_and_nothing_is_cut(
    site: Site, look: Look, width: int, height: int, scheme: str
) -> None:
    phone = width < 500
    page = look(
        site, width=width, height=height, color_scheme=scheme, is_mobile=phone, has_touch=phone
    )
    for view in VIEWS:
        turn_to(page, view)
        check(page, f"{view} at {width}")
        assert page.evaluate(CUT) == [], f"{view} at {width}"
        assert page.evaluate(OVERFLOW) <= 0, view
    turn_to(page, "chat")
    turn = ask(page, "which papers introduce a new dataset?")
    turn.locator(".facets summary").click()
    turn.locator(".facet").first.wait_for()
    check(page, f"an answer at {width}")
    assert page.evaluate(CUT) == []

    def top(place: Locator) -> float:
        box = place.bounding_box()
        return box["y"] if box else 0.0

    def wide(name: str) -> float:
        box = page.locator(name).first.bounding_box()
        return box["width"] if box else 0.0

    if width >= 1440:
        assert wide(".rail") == 240
        assert wide(".turn .said") <= 760
        assert wide(".rail") + wide(".conversation") + wide(".sources") == width
        expect(page.locator(".reader h2").first).to_be_visible()
    elif phone:
        assert wide(".log") == width
    turn.locator("[data-act=table]").click()
    turn.locator(".of-papers").wait_for()
    check(page, f"a table at {width}")
    assert page.evaluate(OVERFLOW) <= 0
    copy, download = (page.locator(f".export [data-do={name}]") for name in ("copy", "download"))
    assert top(copy) == top(download)  # side by side


def test_the_keyboard_reaches_everything(site: Site, look: Look) -> None:
    page = look(site)
    expect(page.locator("#question")).to_be_focused()
    page.keyboard.type("which papers use transformers for tracking")
    page.keyboard.press("Enter")
    page.locator(".turn[data-state=done]").wait_for()
    page.evaluate("document.activeElement.blur()")
    wanted = page.evaluate("""() => [...document.querySelectorAll(
        'a[href], button, input, select, textarea, summary, [role=button]')]
      .filter((e) => e.checkVisibility({visibilityProperty: true}) && !e.disabled)
      .map((e, n) => (e.dataset.n = n, n))""")
    reached = set()
    for _ in range(2 * len(wanted) + 10):
        page.keyboard.press("Tab")
        now = page.evaluate("document.activeElement.dataset.n ?? ''")
        reached |= {int(now)} if now else set()
    assert reached == set(wanted)
    page.locator(".ref").nth(1).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".card").nth(1)).to_be_focused()
    page.locator(".near summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_what_is_said_is_announced(site: Site, look: Look) -> None:
    page = look(site)
    log = page.get_by_role("log", name="Questions and answers")
    assert log.get_attribute("aria-live") == "polite"
    expect(page.get_by_role("textbox", name="Question")).to_be_visible()
    for name in ("Ask", "New conversation", "Dark or light"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_visible()


def test_maths_is_shown_as_maths(site: Site, look: Look) -> None:
    page = look(site)
    ask(page, "which papers are about zorblax detection")
    for summary in page.locator(".card summary").all():
        summary.click()
    formula = page.locator(".card math", has_text="\N{SCRIPT SMALL L}")
    expect(formula.first).to_be_visible()
    assert formula.first.evaluate("e => e.namespaceURI").endswith("MathML")
    copied = formula.first.evaluate(
        """(formula) => {
          getSelection().selectAllChildren(formula.closest('p'));
          const data = new DataTransfer();
          document.dispatchEvent(new ClipboardEvent('copy', {clipboardData: data}));
          return data.getData('text/plain');
        }"""
    )
    assert "Zorblax detection in $\\ell_n$ and" in copied
    assert "\n" not in copied.strip()


def test_hostile_papers_do_nothing(site: Site, look: Look) -> None:
    page = look(site)
    turn = ask(page, "which papers are about <b onclick='window.ran=0'>zorblax</b> detection")
    assert turn.locator(".claim").count() == len(ATTACKS)
    for summary in page.locator(".claim .opens-evidence, .card summary").all():
        summary.click()
    text = page.locator(".cards").inner_text()
    for part in ("<script>", "onerror=", "![seen](http://example.com/seen.png)", "{{7*7}}", "](x)"):
        assert part in text
    assert LONG in text
    page.locator(".cards [data-like]").first.click()
    page.locator(".like .opens").first.click()
    page.get_by_role("dialog").locator("h2").wait_for()
    page.keyboard.press("Escape")
    for view in ("library", "map"):
        page.goto(f"{site.address}/#{view}")
        settle(page, view)
        page.reload()
        settle(page, view)
    page.evaluate("rag.open('2105.00001')")
    expect(page.get_by_role("dialog")).to_contain_text("<script>")
    assert page.evaluate("window.ran") is None
    made = "img, iframe, object, embed, [onerror], [onload], [onclick], .chat style, .chat script"
    assert page.locator(f".gradio-container :is({made})").count() == 0
    links = page.locator("a[href]").evaluate_all("all => all.map((a) => a.getAttribute('href'))")
    assert all(re.match(r"https?://|#", link) for link in links)


def test_an_answer_is_printed_with_all_its_sources(site: Site, look: Look) -> None:
    page = look(site, color_scheme="dark", width=1440, reduced_motion="reduce")
    first = ask(page, "papers on tracking")
    last = ask(page, "which papers are about pose estimation")
    numbers = {text for turn in (first, last) for text in turn.locator(".ref").all_inner_texts()}
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    for gone in (".bar", ".rail", ".composer", ".acts", ".star", ".cards", ".reader", ".facets"):
        expect(page.locator(f"{gone}:visible")).to_have_count(0)
    printed = page.locator(".printed .card")
    assert set(printed.locator(".number").all_inner_texts()) == numbers
    assert printed.locator("mark:visible").count() >= len(numbers)
    looks = """() => ['body', '.asked', '.said', '.printed mark'].map((name) => {
      const {color, backgroundColor} = getComputedStyle(document.querySelector(name));
      return [color, backgroundColor];
    })"""
    dark = page.evaluate(looks)
    page.evaluate("document.body.classList.remove('dark')")
    assert page.evaluate(looks) == dark  # paper is white
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    expect(printed).to_have_count(0)
    assert page.pdf().startswith(b"%PDF")
