"""The first view comes with the page, and a view that got no answer asks again."""

import re
import urllib.error
import urllib.request
from html import escape
from http.cookiejar import CookieJar
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.ui.conftest import Look, Site, free_port
from tests.ui.test_looks import settle
from ui import access
from ui.app import build
from ui.server import launch

PLACES = (
    ".bar", "nav [aria-current]", "#theme", ".rail .new", ".listed", ".welcome h2", ".suggestion",
    ".here", ".here .opens", ".ask textarea", ".ask .primary", ".tools .quiet",
)  # fmt: skip


def places(page: Page, within: str) -> dict[str, Any]:
    """Where the things of a view stand."""
    return {name: page.locator(f"{within} {name}").first.bounding_box() for name in PLACES}


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_the_first_view_is_there_before_any_script_of_gradio(
    site: Site, browser: Browser, width: int, scheme: Any
) -> None:
    phone = width < 500
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        is_mobile=phone,
        has_touch=phone,
    )
    page = context.new_page()
    page.goto(site.address)
    page.locator("gradio-app .suggestion").first.wait_for()  # tried once for all
    page.evaluate("localStorage['rag-draft'] = 'half a question'")
    page.evaluate(f"localStorage['rag-theme'] = '{'light' if scheme == 'dark' else 'dark'}'")
    held: list[Route] = []
    page.route("**/theme.css*", lambda route: held.append(route))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site.address}/", wait_until="commit")
    page.locator("#first .suggestion").first.wait_for()
    page.wait_for_function("document.fonts.status === 'loaded'")
    first = places(page, "#first")
    assert all(first[name] for name in (".bar", ".welcome h2", ".here .opens", ".ask textarea"))
    expect(page.locator("#first textarea")).to_have_value("half a question")
    colour = "getComputedStyle(document.body).backgroundColor"
    ground = page.evaluate(colour)
    for route in held:
        route.continue_()
    page.unroute("**/theme.css*")
    page.locator("gradio-app .here .opens").first.wait_for()
    expect(page.locator("#first")).to_have_count(0)
    assert places(page, "gradio-app") == first
    assert page.evaluate(colour) == ground
    assert not [url for url in asked if "component_server" in url and "opening" in url]
    for view in ("library", "c/none"):  # nothing else is shown first that will not be there
        page.goto("about:blank")
        page.goto(f"{site.address}/#/{view}", wait_until="commit")
        page.locator("#first .bar, gradio-app .bar").first.wait_for()
        expect(page.locator("#first .welcome h2:visible")).to_have_count(0)
    context.close()


def test_files_with_names_of_their_own_are_asked_for_once(site: Site) -> None:
    sent = urllib.request.urlopen(site.address)
    assert sent.headers["Cache-Control"] == "no-store"  # it has in it what somebody has asked
    page = sent.read().decode()
    ahead = re.findall(r'<link rel="modulepreload" crossorigin href="\./(assets/[^"]*)">', page)
    assert len(ahead) > 1
    for name in ahead:
        with urllib.request.urlopen(f"{site.address}/{name}") as reply:
            assert "immutable" in reply.headers["Cache-Control"]
    with pytest.raises(urllib.error.HTTPError) as none:
        urllib.request.urlopen(f"{site.address}/assets/none.js")
    assert "immutable" not in (none.value.headers["Cache-Control"] or "")


def test_who_has_not_logged_in_is_sent_nothing_of_it(site: Site) -> None:
    page = build(site.assistant)
    address = launch(page, "127.0.0.1", free_port(), auth=access.checked({"ada": "correct horse"}))
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    sent = browser.open(address).read().decode()
    browser.open(f"{address}login", b"username=ada&password=correct+horse")
    seen = browser.open(address).read().decode()
    page.close(verbose=False)
    title = escape(site.assistant.library.listing(k=5)[1][-1].title)
    for part in ('id="first"', "What you ask", "rag.chat", title):
        assert part not in sent
    for part in ('id="first"', "Conversations are not kept.", "rag.chat", title):
        assert part in seen


def test_a_view_without_an_answer_asks_again(site: Site, browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(site.address)
    page.locator("gradio-app .welcome h2").wait_for()
    page.clock.install()
    server = re.compile("component_server|plotly")
    for view in ("library", "saved", "watches", "map", "status"):
        page.route(server, lambda route: route.abort())
        page.evaluate("view => { location.hash = view }", f"#/{view}")
        expect(page.locator(f"#part-{view} .unanswered")).to_be_visible()
        page.unroute(server)
        page.clock.run_for(4_000)
        settle(page, view)
        expect(page.locator(f"#part-{view} .unanswered")).to_have_count(0)
    context.close()


def test_an_address_that_is_gone_to_while_a_paper_closes_is_kept(site: Site, look: Look) -> None:
    page = look(site)
    page.evaluate("rag.open('2104.00194')")
    dialog = page.get_by_role("dialog")
    dialog.locator("h2").wait_for()
    left = """() => { const paper = document.getElementById('paper');
      paper.dispatchEvent(new Event('cancel')); paper.close(); return location.hash }"""
    assert page.evaluate(left) == "#/"  # at once, not when the event comes
    expect(dialog).to_be_hidden()
