"""The page, served here, and a real browser that looks at it.

A page that is opened by these fixtures must say nothing on the console, raise no error, and ask
nobody but this machine for anything; that is checked when the test is over.
"""

import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect

from benchmarks.browser import chromium
from rag.assistant import Assistant
from rag.core.papers import Paper
from rag.library import Library
from rag.models import language as models
from rag.models.embedding import Embedding
from ui.app import build
from ui.kept import Shelf, beside
from ui.line import Line
from ui.programs import Programs
from ui.server import launch

WAIT = 60_000  # milliseconds that the slowest machine may take for a step
expect.set_options(timeout=WAIT)

HOSTILE = "<img src=x onerror='window.ran=1'>"
LONG = "Pneumono" + "ultramicroscopicsilicovolcanoconiosis" * 12
ATTACKS = [
    (
        f"Zorblax {HOSTILE} <script>window.ran = 2</script> detection",
        f"We study zorblax detection with {HOSTILE} markup. It costs $5 or \\cite{{x}} and $x_{{. "
        "![seen](http://example.com/seen.png) [click](javascript:window.ran=3) `code` ](x) {{7*7}}",
        "javascript:window.ran=4",
    ),
    (
        f"Zorblax {LONG} and ${{window.ran=5}} in $\\href{{javascript:window.ran=6}}{{maths}}$",
        "Zorblax detection in $\\ell_n$ and $\\text{<script>window.ran=7</script>}$ is hard. "
        "</p></article><style>body{display:none}</style><svg onload='window.ran=8'>",
        "data:text/html,<script>window.ran=9</script>",
    ),
]

Look = Callable[..., Page]


@dataclass
class Site:
    """A page being served."""

    address: str
    assistant: Assistant


@pytest.fixture(scope="session")
def _copied(
    library: Library, embedding: Embedding, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The 108 papers and hostile ones as they are, in an index that may be written to.

    They are put there as by something else than this program, which would scrub them.
    """
    path = tmp_path_factory.mktemp("served") / "library"
    shutil.copytree(library.path, path)
    made = Library.open(path, embedding)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rag.library.writing.scrubbed", lambda paper: paper)
        made.put([_hostile(n, *attack) for n, attack in enumerate(ATTACKS, start=1)], embedding)
    return path


def _hostile(n: int, title: str, abstract: str, url: str) -> Paper:
    name = f"2105.{n:05}"
    return Paper(name, title, abstract, url, url, authors=(f"Eve {HOSTILE}",))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def served(assistant: Assistant, mcp: bool = False) -> Iterator[Site]:
    """Serve a page of an assistant."""
    page = build(assistant)
    programs = Programs(assistant, Line()) if mcp else None
    address = launch(page, "127.0.0.1", free_port(), programs)
    yield Site(address.rstrip("/"), assistant)
    page.close(verbose=False)


@pytest.fixture
def unshared(_copied: Path, embedding: Embedding, tmp_path: Path) -> Assistant:
    """An assistant of an index that nobody else uses: what is kept beside it is this test's own."""
    path = tmp_path / "library"
    made = shutil.ignore_patterns("map.json", "topics.json", "examples.json")  # by other tests
    shutil.copytree(_copied, path, ignore=made)
    return Assistant(Library.open(path, embedding), embedding, None)


@pytest.fixture
def own(unshared: Assistant) -> Iterator[Site]:
    """The page of an index that nobody else uses."""
    yield from served(unshared)


@pytest.fixture(scope="session")
def site(_copied: Path, embedding: Embedding) -> Iterator[Site]:
    """The page of an assistant that answers in quotations alone."""
    yield from served(Assistant(Library.open(_copied, embedding), embedding, None))


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """Where conversations are kept, with none in it."""
    return Shelf(beside(tmp_path / "library"))


@pytest.fixture
def keeping(site: Site, shelf: Shelf) -> Iterator[Site]:
    """The page of the same assistant, with a shelf of its own."""
    page = build(site.assistant, shelf)
    address = launch(page, "127.0.0.1", free_port())
    yield Site(address.rstrip("/"), site.assistant)
    page.close(verbose=False)


@pytest.fixture(scope="session")
def writing(_copied: Path, embedding: Embedding) -> Iterator[Site]:
    """The page of an assistant that writes with the packaged language model; an MCP server too."""
    library = Library.open(_copied, embedding)
    yield from served(Assistant(library, embedding, models.load()), mcp=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    with chromium() as opened:
        yield opened


# Gradio's client ends its own stream when a page is left or read anew, and logs both of these.
LEFT = "AbortError: signal is aborted"
ENDED = "Unexpected error Connection errored out"


DRIVER = "[.WebGL-"  # Chromium says that drawing without a graphics card is slow


@dataclass
class Seen:
    """What a page did that it should not have done."""

    wrong: list[str] = field(default_factory=list)
    ended: list[tuple[list[str], str]] = field(default_factory=list)
    left: bool = False

    def faults(self) -> list[str]:
        """All that is wrong so far; a page that is read anew ends its stream, before or after."""
        return [*self.wrong, *(text for loads, text in self.ended if len(loads) < 2)]

    def watch(self, page: Page, home: str) -> Callable[[], None]:
        """Watch a page of an address; what is returned ends that."""
        loads: list[str] = []

        def asked(request: Request) -> None:
            if request.is_navigation_request():
                loads.append(request.url)
            self._note(not _local(request.url, home), f"request {request.url}")

        def said(message: ConsoleMessage) -> None:
            if message.text.startswith(ENDED) and not self.left:
                self.ended.append((loads, message.text))
            else:
                self._note(message.type in ("error", "warning"), message.text)

        watching: dict[Any, Callable[..., None]] = {
            "console": said,
            "pageerror": lambda error: self._note(True, str(error)),
            "dialog": lambda dialog: self._note(True, f"dialog {dialog.message}"),
            "request": asked,
        }
        for event, told in watching.items():
            page.on(event, told)

        def no_more() -> None:
            for event, told in watching.items():
                page.remove_listener(event, told)

        return no_more

    def _note(self, wrong: bool, what: str) -> None:
        leaving = what.startswith(LEFT)
        ended = self.left and what.startswith(ENDED)
        self.left = leaving
        if what.startswith(DRIVER):
            return
        if wrong and not leaving and not ended:
            self.wrong.append(what)


def _local(url: str, home: str) -> bool:
    return url.startswith((home, "data:", f"blob:{home}"))


class Tabs:
    """Tabs as a browser opens them that nobody has used before, each with a profile of its own.

    One that was left has forgotten all but the scripts that it has compiled: a page is up in a
    third of the time and of the work.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[str, list[Page]] = {}
        self._kinds: dict[Page, str] = {}

    def take(
        self, color_scheme: Any = "light", reduced_motion: Any = "no-preference", **more: Any
    ) -> Page:
        """Open a tab; it takes what `Browser.new_context` does."""
        viewport = more.pop("viewport")
        kind = repr(sorted(more.items()))
        if not (free := self._free.setdefault(kind, [])):
            free.append(self._browser.new_context(**more).new_page())
        page = free.pop()
        page.set_default_timeout(WAIT)
        page.set_viewport_size(viewport)
        page.emulate_media(media="screen", color_scheme=color_scheme, reduced_motion=reduced_motion)
        self._kinds[page] = kind
        return page

    def leave(self, page: Page, home: str) -> None:
        """Go from an address, and let the tab forget it."""
        page.goto(f"{home}/alive")
        page.evaluate("localStorage.clear(); sessionStorage.clear()")
        page.context.clear_cookies()
        page.mouse.move(0, 0)
        page.context.new_cdp_session(page).send("Page.resetNavigationHistory")
        self._free[self._kinds.pop(page)].append(page)


@pytest.fixture(scope="session")
def tabs(browser: Browser) -> Tabs:
    """Tabs of the browser."""
    return Tabs(browser)


@pytest.fixture
def look(tabs: Tabs) -> Iterator[Look]:
    """Open a page, in a tab that remembers nothing."""
    seen, opened = Seen(), []

    def open_(
        site: Site, view: str = "", width: int = 1280, height: int = 900, **more: Any
    ) -> Page:
        page = tabs.take(viewport={"width": width, "height": height}, **more)
        opened.append((page, site.address, seen.watch(page, site.address)))
        page.goto(f"{site.address}/{view}")
        page.locator("gradio-app .welcome h2").wait_for(state="attached")
        return page

    yield open_
    wrong = seen.faults()  # what Gradio's client says of its stream while it is left is none
    for page, address, no_more in opened:
        no_more()
        if wrong or page.is_closed():
            page.context.close()
        else:
            tabs.leave(page, address)
    assert not wrong


def ask(page: Page, question: str) -> Any:
    """Ask as a visitor does; returns the turn once its answer is complete."""
    before = page.locator(".turn").count()
    page.fill("#question", question)
    page.keyboard.press("Enter")
    turn = page.locator(".turn").nth(before)
    turn.wait_for()
    done(page)
    return turn


def done(page: Page) -> None:
    """Wait until nothing is being answered."""
    page.locator("[data-do=ask]").wait_for()
