"""Time the page: until it is up, shows what is there, and has the first words of an answer; idle.

The last is set against what the same question takes with the assistant alone, warm, in a process
of its own, as `rag chat` has it; medians of alternating rounds.

    python -m benchmarks.page [INDEX]

Without the folder of an index the bundled listing is indexed in a temporary one.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page

from benchmarks.browser import chromium, serving
from benchmarks.pipeline import papers
from rag import Assistant
from rag.library import Library
from rag.models.embedding import Embedding

ROUNDS = 5
SETTLING, IDLE = 5.0, 30.0
"""Seconds after the last answer, and those in which the idle server is watched."""

QUESTIONS = (
    "which papers use transformers for tracking",
    "which papers are about neural architecture search",
    "person re-identification papers",
)
IMPORTS = (
    "import rag.cli.serving, rag.assistant, rag.models.language, llama_cpp, chromadb, ui.server"
)

# Milliseconds from now until an answer's first claim stands on the page.
FIRST_CLAIM = """(question) => new Promise((resolve) => {
  const before = document.querySelectorAll('.turn').length;
  const began = performance.now();
  new MutationObserver((_, observer) => {
    const turn = document.querySelectorAll('.turn')[before];
    if (!turn?.querySelector('.claim, .nearest')) return;
    observer.disconnect();
    resolve(performance.now() - began);
  }).observe(document.querySelector('.turns'), {subtree: true, childList: true});
  rag.ask(question);
})"""


def main() -> None:
    """Print the times."""
    with tempfile.TemporaryDirectory() as made:
        folder = sys.argv[1] if len(sys.argv) > 1 else made
        if folder == made:
            embedding = Embedding.load()
            Library.create(Path(folder), embedding).put(papers(), embedding)
        imports = _seconds(lambda: subprocess.run([sys.executable, "-c", IMPORTS], check=True))
        assistant = Assistant.open(folder)
        with serving(Path(folder)) as (address, up, pid), chromium() as browser:
            page = browser.new_page()
            viewed, usable = _opened(page, address)
            for question in QUESTIONS:  # warm on either side
                _answered(page, question)
                assistant.ask(question)
            shown, told = [], []
            for _ in range(ROUNDS):
                for question in QUESTIONS:
                    shown.append(_answered(page, question))
                    told.append(_seconds(lambda q=question: assistant.ask(q)))  # type: ignore[misc]
            idle = _idle(pid)
    first, whole = statistics.median(shown), statistics.median(told)
    print(f"seconds to import what the page needs      {imports:6.2f}")
    print(f"seconds until the server is up             {up:6.2f}")
    print(f"seconds until the first view is there      {viewed:6.2f}")
    print(f"seconds until it can be used               {usable:6.2f}")
    print(f"seconds to the first words on the page     {first:6.2f}")
    print(f"seconds of `rag ask`, warm                 {whole:6.2f}")
    print(f"ratio of the last two                      {first / whole:6.2f}")
    print(f"per cent of a core, idle, one tab open     {100 * idle:6.2f}")


def _opened(page: Page, address: str) -> tuple[float, float]:
    """Return the seconds until the first view is there, and until it can be used."""
    began = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.locator(".here .opens").first.wait_for()
    viewed = time.perf_counter() - began
    page.locator("gradio-app .here .opens").first.wait_for()
    return viewed, time.perf_counter() - began


def _answered(page: Page, question: str) -> float:
    took = page.evaluate(FIRST_CLAIM, question) / 1000
    page.locator("[data-do=ask]").wait_for(timeout=120_000)
    return float(took)


def _idle(pid: int) -> float:
    """Return the part of a core that a process takes while nobody does anything (Linux)."""

    def spent() -> float:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    time.sleep(SETTLING)
    before = spent()
    time.sleep(IDLE)
    return (spent() - before) / IDLE


def _seconds(work) -> float:  # noqa: ANN001
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
