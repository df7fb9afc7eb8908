"""The commands that serve people and programs: ui, mcp."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.leaving import INTERRUPTED, at_once, leave
from rag.errors import RagError

if TYPE_CHECKING:
    from rag.assistant import Assistant


def ui(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65_535)] = 7860,
    root_path: Annotated[
        str, typer.Option(help="The path under which a proxy serves the page.", metavar="PATH")
    ] = "",
    auth: Annotated[
        Path | None,
        typer.Option(help="A file of those who may use the page; `rag user add` writes it."),
    ] = None,
    allow_anonymous: Annotated[
        bool, typer.Option("--allow-anonymous", help="Others on the network may use the page.")
    ] = False,
    mcp: Annotated[
        bool,
        typer.Option("--mcp", help="Be an MCP server too, over HTTP; `rag mcp` is one over stdio."),
    ] = False,
    mcp_token: Annotated[
        Path | None,
        typer.Option(help="A file with the token that clients of --mcp send; with --auth a must."),
    ] = None,
    no_history: Annotated[
        bool, typer.Option("--no-history", help="Keep no conversations beside the index.")
    ] = False,
) -> None:
    """Serve the chat page, at http://127.0.0.1:7860 if nothing else is given."""
    from rag.cli import terminal
    from ui import access, heaps

    heaps.share()
    _reach_loopback()
    access.hosts(root_path)  # so that it is told before anything is loaded
    users, token = access.check(host, port, auth, allow_anonymous, mcp, mcp_token, terminal.note)
    with at_once(), terminal.waiting("Starting the page"):
        opening = _Opening()  # while Gradio is imported, which takes as long
        from ui import server

        assistant = opening.result()
    try:
        server.serve(
            assistant,
            host,
            port,
            root_path,
            users,
            mcp,
            token,
            not no_history,
            started=lambda address: terminal.note(f"The page is at {address} (Ctrl-C ends it)."),
        )
    except KeyboardInterrupt:
        terminal.note("The page has ended.")
        leave(INTERRUPTED)


def mcp() -> None:
    """Be an MCP server over stdio, for programs with a language model.

    A client starts it by itself: its command is `rag`, its argument `mcp`.
    """
    from rag.cli.shared import open_assistant

    try:
        from ui import tools
    except ImportError as error:
        raise RagError('The tools need MCP: pip install "arxiv-rag[mcp]".') from error
    tools.over_stdio(open_assistant)


def _reach_loopback() -> None:
    """See to it that Gradio asks itself, whether it is up, without a proxy."""
    for name in ("NO_PROXY", "no_proxy"):
        before = os.environ.get(name, "")
        if name == "NO_PROXY" or before:  # the one in small letters counts where there are both
            os.environ[name] = ",".join(filter(None, (before, "127.0.0.1,localhost,::1")))


class _Opening:
    """The index and the models, being opened in a thread of their own."""

    def __init__(self) -> None:
        from concurrent.futures import ThreadPoolExecutor

        from rag.cli.shared import open_assistant

        pool = ThreadPoolExecutor(1, "opening")
        self._future = pool.submit(open_assistant)
        pool.shutdown(wait=False)

    def result(self) -> "Assistant":
        """Return the assistant once it is open."""
        return self._future.result()
