"""Serving the page, with limits on what it accepts at a time.

It serves nothing that it did not bring along: no fonts, scripts or statistics from elsewhere.
"""

import json
import logging
import os
import secrets
import threading
from collections.abc import Awaitable, Callable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when Gradio is imported

import gradio as gr
import gradio.http_server
import gradio.route_utils
import gradio.routes
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import FileResponse, JSONResponse
from starlette.routing import BaseRoute, Mount, Route

from rag.assistant import Assistant
from ui import access, connections, heaps, sent, sessions, uploads
from ui.app import build
from ui.calls import Calls, Event
from ui.guard import LOOPBACK, Guard
from ui.kept import Shelf, beside
from ui.line import Line
from ui.opening import Opening
from ui.programs import Programs
from ui.replies import NoOtherPages

MOST_EVENTS = 100
"""Clicks and calls of programs that may wait; `ui.line` limits the questions among them."""

MOST_THREADS = 40
"""Threads that wait for answers, half of them at the most in the line."""

LOOK = 0.06
"""Seconds between two looks at whether there is something to do."""

NO_PROGRESS = 5.0
"""Seconds between two looks at Gradio's own messages of progress, of which there are none."""

TOOLS = "/gradio_api/mcp"
"""Where the tools of MCP are, over HTTP."""

TRIM = 30.0
"""Seconds between two times that free memory is given back."""

UNSEEN = 10.0
"""Seconds that the rest of the warming waits for somebody to open the page."""

WARM_UP = "which papers are about learning?"

# FastAPI's own pages, which would list the ways that the page itself uses.
_NO_DOCS = {"docs_url": None, "redoc_url": None, "openapi_url": None}
gradio.routes.CustomCORSMiddleware = NoOtherPages  # type: ignore[attr-defined,assignment]
gradio.route_utils.GradioMultiPartParser = uploads.Parts  # type: ignore[misc]
gradio.http_server.Server = connections.Server  # type: ignore[assignment,misc]
_PAGE = Path(__file__).with_name("page")
_SCRIPTS = (
    "base.js", "first.js", "rail.js", "filters.js", "table.js", "facets.js", "turns.js",
    "beside.js", "away.js", "chat.js", "reader.js", "saved.js", "watches.js", "keys.js",
    "alive.js", "library.js", "parts.js", "map.js",
)  # fmt: skip
_LOOKS = ("base.css", "chat.css", "table.css", "sources.css", "panels.css", "sizes.css")


def serve(
    assistant: Assistant,
    host: str,
    port: int,
    root_path: str,
    users: Mapping[str, str],
    mcp: bool,
    token: str,
    keep: bool,
    started: Callable[[str], None],
) -> None:
    """Serve the page until it is interrupted.

    Parameters
    ----------
    root_path
        The path under which a proxy serves the page, or nothing.
    users
        Those who may use it, with their passwords; empty: everybody who reaches it.
    mcp
        Whether it is an MCP server too.
    token
        What who uses the tools of MCP has to send; empty: nothing.
    keep
        Whether conversations are kept, in a file beside the index.
    started
        Called with the address of the page once it can be used.
    """
    line, first = Line(), Opening()
    warming = (assistant, first.shown)
    threading.Thread(target=_warm, args=warming, name="warming", daemon=True).start()
    page = build(assistant, Shelf(beside(assistant.library.path) if keep else None), line, first)
    with uploads.own_folder():
        address = launch(
            page,
            host,
            port,
            Programs(assistant, line) if mcp else None,
            token,
            root_path=root_path or None,
            auth=access.checked(users) if users else None,
        )
        started(address)
        try:
            never = threading.Event()
            while not never.wait(TRIM):
                heaps.trim()
        finally:
            page.close(verbose=False)


def launch(
    page: gr.Blocks,
    host: str,
    port: int,
    programs: Programs | None = None,
    token: str = "",
    **more: Any,  # noqa: ANN401
) -> str:
    """Launch the page and return its address.

    Parameters
    ----------
    programs
        What the tools of MCP ask; None: there are none.
    token
        What who uses them has to send.
    """
    page.queue(max_size=MOST_EVENTS)
    queue = page._queue  # looked into 1,000 times a second by itself, which takes 5 % of a core
    queue.sleep_when_free, queue.progress_update_sleep_when_free = LOOK, NO_PROGRESS
    boot = secrets.token_hex(8)
    local = access.is_loopback(host)
    names = {*LOOPBACK, *access.hosts(str(more.get("root_path") or ""))} if local else set()

    sent.with_first_view(page, _head(boot))
    routes: list[BaseRoute] = [Route("/plotly.js", _plotly), Route("/alive", _alive(boot))]
    kwargs: dict[str, Any] = {"routes": routes, **_NO_DOCS}
    if programs:
        tools = _tools(programs)
        routes.append(Mount(TOOLS, tools))
        kwargs["lifespan"] = lambda _: tools.router.lifespan_context(tools)
    guard = Middleware(
        Guard,
        names=names,
        calls=Calls(_events(page)),
        full=uploads.are_full,
        tools=(TOOLS if programs else "", token),
        sweep=uploads.sweep,
        waiting=lambda: sessions.waiting(queue),
    )
    _, address, _ = page.launch(
        server_name=host,
        server_port=port,
        theme=gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["monospace"]),
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        mcp_server=False,
        max_file_size=uploads.LARGEST,
        max_threads=MOST_THREADS,
        app_kwargs={"middleware": [guard], **kwargs},
        favicon_path=_PAGE / "icon.svg",
        pwa=False,
        share=False,
        ssr_mode=False,
        quiet=True,
        prevent_thread_lock=True,
        **more,
    )
    sessions.bound(page)
    return str(address)


def _events(page: gr.Blocks) -> dict[int, Event]:
    """Return what can be called, by its number; what the page alone uses is named for its cause."""
    events = {}
    for number, function in page.fns.items():
        private = function.api_visibility == "private"
        part, cause = next(iter(function.targets), (None, ""))
        name = cause if private else str(function.api_name)
        events[number] = Event(name, private, len(function.inputs), part)
    return events


def _head(boot: str) -> str:
    scripts = "\n".join((_PAGE / name).read_text(encoding="utf-8") for name in _SCRIPTS)
    looks = "\n".join((_PAGE / name).read_text(encoding="utf-8") for name in _LOOKS)
    limits = f"window.rag = {{largest: {uploads.LARGEST}, boot: {json.dumps(boot)}}};"
    return f"<style>{looks}</style><script>{limits}\n{scripts}</script>"


def _alive(boot: str) -> Callable[[object], Awaitable[JSONResponse]]:
    """Return what tells a page that this is still the server that it came from."""

    async def alive(_request: object) -> JSONResponse:
        return JSONResponse({"boot": boot}, headers={"Cache-Control": "no-store"})

    return alive


async def _plotly(_request: object) -> FileResponse:
    """Send the Plotly library that came with its Python package."""
    import plotly

    file = files(plotly) / "package_data" / "plotly.min.js"
    return FileResponse(str(file), headers={"Cache-Control": "max-age=86400"})


def _warm(assistant: Assistant, shown: threading.Event) -> None:
    """Answer a question up to its first sentence, so that the first visitor finds all loaded.

    What takes longest waits until the page is shown, which it would slow down.
    """
    try:
        assistant.search(WARM_UP, 1)  # meanwhile Gradio is made ready
        shown.wait(UNSEEN)
        growing = assistant.answers(WARM_UP)
        next(growing)  # what matches
        next(growing, None)
    except Exception:
        logging.getLogger("rag.ui").exception("The models could not be warmed")


def _tools(programs: Programs) -> Starlette:
    """Return the application of the tools of MCP."""
    from ui.tools import served

    return served(programs).streamable_http_app()
