"""Write docs/images: the main states of the page, as Chromium shows them.

The bundled listing is indexed in a temporary folder and asked with the models of the settings.

    python -m benchmarks.screenshots
"""

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from benchmarks.browser import chromium, serving
from benchmarks.pipeline import ROOT, papers
from rag.library import Library
from rag.models.embedding import Embedding

TARGET = ROOT / "docs" / "images"
COLOURS = 128
"""In an image; the page has few, and the files are a third of the size."""

WIDE, NARROW = (1440, 900), (390, 844)
WHICH = "which papers use transformers for tracking"


def main() -> None:
    """Ask, look, and write the files."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        embedding = Embedding.load()
        Library.create(Path(folder), embedding).put(papers(), embedding)
        with serving(Path(folder)) as (address, *_), chromium() as browser:
            for scheme in ("light", "dark"):
                _wide(browser, address, scheme)
            _narrow(browser, address)
    size = sum(file.stat().st_size for file in TARGET.glob("*.png"))
    print(f"written: {TARGET.relative_to(ROOT)}, {size / 1000:.0f} kB")


def _wide(browser: Browser, address: str, scheme: str) -> None:
    suffix = "" if scheme == "light" else "-dark"
    with _page(browser, address, WIDE, scheme) as page:
        if not suffix:
            page.locator(".largest a").first.wait_for(timeout=120_000)
            _shoot(page, "first")
        turn = _ask(page, WHICH)
        turn.locator(".ref").nth(1).click()
        turn.locator(".opens-evidence").first.click()
        _shoot(page, f"answer{suffix}")
        if suffix:
            return
        for star in turn.locator(".by .star").all()[:2]:
            star.click()
        page.locator(".reader .tagging").fill("reading group")
        page.keyboard.press("Enter")
        page.locator(".reader .own .chip").wait_for()
        page.locator(".reader .noting").fill("Does it need the memory?")
        page.keyboard.press("Tab")
        table = _ask(page, "which papers are about segmentation?")
        table.locator(".facets summary").click()
        table.locator(".facet").first.wait_for()
        table.locator("[data-act=table]").click()
        table.locator(".of-papers").wait_for()
        _shoot(page, "table")
        _ask(page, "which papers grow tomatoes in greenhouses on the moon?")
        _shoot(page, "abstention")
        _ask(page, "papers on tracking since 2021 in cs.CV")
        for view, shown in (
            ("saved", ".saved"),
            ("library", "tbody tr"),
            ("map", ".plot .point"),
        ):
            page.click(f"nav a[data-view={view}]")
            page.locator(f"#part-{view} {shown}").first.wait_for()
            page.wait_for_timeout(500)
            _shoot(page, view)


def _narrow(browser: Browser, address: str) -> None:
    with _page(browser, address, NARROW, "light") as page:
        turn = _ask(page, WHICH)
        _shoot(page, "phone")
        turn.locator(".ref").nth(1).click()
        _shoot(page, "phone-source")


@contextmanager
def _page(browser: Browser, address: str, size: tuple[int, int], scheme: str) -> Iterator[Page]:
    width, height = size
    page = browser.new_page(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        is_mobile=size == NARROW,
        reduced_motion="reduce",
    )
    page.goto(address)
    page.locator("gradio-app .welcome .suggestion").first.wait_for()
    yield page
    page.close()


def _ask(page: Page, question: str):  # noqa: ANN202 - Playwright's locator
    count = page.locator(".turn").count()
    page.fill("#question", question)
    page.keyboard.press("Enter")
    turn = page.locator(".turn").nth(count)
    turn.wait_for()
    page.locator("[data-do=ask]").wait_for(timeout=120_000)
    return turn


def _shoot(page: Page, name: str) -> None:
    page.wait_for_timeout(300)
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    shot.quantize(COLOURS).save(TARGET / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
