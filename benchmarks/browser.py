"""Chromium as the system has it, driven by Playwright; and the command `rag ui` to look at.

It serves what looks at the page: the tests, the screenshots and the times.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",  # it is started as root where the checks run
    "--disable-background-networking",
    "--disable-component-update",
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Open the browser, without a window.

    Raises
    ------
    RuntimeError
        If there is none.
    """
    found = [path for name in NAMES if (path := shutil.which(name))]
    if not found:
        raise RuntimeError("Chromium is missing: install it, as in `apt install chromium`.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found[0], args=list(QUIET))
        yield browser
        browser.close()


@contextmanager
def serving(index: Path) -> Iterator[tuple[str, float, int]]:
    """Serve the page of an index: yields its address, the seconds until it was up, its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "rag", "ui", "--port", str(port)],
        env={**os.environ, "RAG_INDEX": str(index)},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    try:
        for line in process.stderr:
            if found := re.search(r"The page is at (\S+)", line):
                yield found[1].rstrip("/"), time.perf_counter() - began, process.pid
                return
        raise RuntimeError("The page did not start.")
    finally:
        process.terminate()
        process.wait()
