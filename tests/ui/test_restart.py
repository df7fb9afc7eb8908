"""A server that is stopped and started again, and a tab that stays open meanwhile."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from rag.library import Library
from tests.ui.conftest import ask, free_port

ROOT = Path(__file__).parents[2]
FAST = "How fast does STMTrack run?"


def started(library: Path, port: int, **more: str) -> subprocess.Popen[str]:
    """Start `rag ui`, with more in its environment, and wait until it is up."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RAG_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "rag", "ui", "--port", str(port)],
        cwd=ROOT,
        env={**kept, "RAG_INDEX": str(library), "RAG_LLM": "none", "RAG_RERANKER": "none"} | more,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    assert any("The page is at" in line for line in process.stderr)
    return process


def stopped(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)


def opened(browser: Browser, port: int) -> Page:
    page = browser.new_context().new_page()
    page.goto(f"http://127.0.0.1:{port}/")
    page.locator(".welcome h2").wait_for()
    return page


@pytest.mark.slow
@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:9", "http://127.0.0.1:9"])
def test_loopback_needs_no_proxy(library: Library, proxy: str) -> None:
    port = free_port()
    process = started(library.path, port, ALL_PROXY=proxy, HTTP_PROXY=proxy, http_proxy=proxy)
    try:
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(f"http://127.0.0.1:{port}/alive") as answer:
            assert answer.status == 200
    finally:
        stopped(process)


def test_an_open_tab_goes_on_after_a_restart(
    library: Library, browser: Browser, tmp_path: Path
) -> None:
    index = tmp_path / "library"
    index.symlink_to(library.path)  # what is kept stands beside it
    port = free_port()
    process = started(index, port)
    try:
        page = opened(browser, port)
        ask(page, FAST)
        address = page.url
        stopped(process)
        page.evaluate("rag.look()")
        gone = page.locator(".gone")
        expect(gone).to_contain_text("goes on by itself")
        assert page.locator(".toast-wrap *:visible, .toast-body:visible").count() == 0
        page.fill("#question", "which datasets does it use?")
        page.keyboard.press("Enter")
        expect(page.locator("#question")).to_have_value("which datasets does it use?")
        process = started(index, port)
        expect(gone).to_be_hidden()
        expect(page.locator(".asked")).to_have_text([FAST])
        expect(page).to_have_url(address)
        expect(page.locator("#question")).to_have_value("which datasets does it use?")
        page.locator("#question").press("Enter")
        page.locator(".turn").nth(1).wait_for()
        page.locator("[data-do=ask]").wait_for()
        assert page.locator(".turn").nth(1).get_attribute("data-state") != "failed"
    finally:
        stopped(process)


@pytest.mark.slow
def test_each_start_is_another(library: Library, tmp_path: Path) -> None:
    index = tmp_path / "library"
    index.symlink_to(library.path)
    boots = set()
    for _ in range(2):
        port = free_port()
        process = started(index, port)
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/alive") as told:
                boots.add(json.load(told)["boot"])
        finally:
            stopped(process)
    assert len(boots) == 2
    assert all(re.fullmatch("[0-9a-f]{16}", boot) for boot in boots)
