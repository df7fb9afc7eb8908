"""A server that is stopped and started again, and a tab that stays open meanwhile."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

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
    page.locator("gradio-app .welcome h2").wait_for()
    return page


def boot(port: int) -> str:
    """What a start is known by, asked past any proxy."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(f"http://127.0.0.1:{port}/alive") as told:
        return str(json.load(told)["boot"])


def test_an_open_tab_goes_on_after_a_restart(
    library: Library, browser: Browser, tmp_path: Path
) -> None:
    """Also where a proxy is set, of which there is none: it is not asked for what is here."""
    none = "127.0.0.1:9"
    proxies = {"ALL_PROXY": f"socks5://{none}", "HTTP_PROXY": f"http://{none}"}
    index = tmp_path / "library"
    index.symlink_to(library.path)  # what is kept stands beside it
    port = free_port()
    process = started(index, port)
    try:
        page = opened(browser, port)
        ask(page, FAST)
        address, first = page.url, boot(port)
        stopped(process)
        page.evaluate("rag.look()")
        gone = page.locator(".gone")
        expect(gone).to_contain_text("goes on by itself")
        assert page.locator(".toast-wrap *:visible, .toast-body:visible").count() == 0
        page.fill("#question", "which datasets does it use?")
        page.keyboard.press("Enter")
        expect(page.locator("#question")).to_have_value("which datasets does it use?")
        process = started(index, port, http_proxy=f"http://{none}", **proxies)
        second = boot(port)
        assert re.fullmatch("[0-9a-f]{16}", second)
        assert second != first
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
