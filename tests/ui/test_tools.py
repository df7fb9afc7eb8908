"""The tools of MCP, used by the real client: over HTTP, over stdio, and with a token."""

import json
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamablehttp_client

from rag.library import Library
from tests.ui.conftest import Site, free_port
from tests.waiting import finished
from ui.app import build
from ui.line import Line
from ui.programs import Programs
from ui.server import launch

ROOT = Path(__file__).parents[2]
TOOLS = {"ask", "search", "paper", "similar", "count", "new"}


async def tried(session: ClientSession) -> tuple[Any, ...]:
    """Use the tools as a client does."""
    await session.initialize()
    tools = (await session.list_tools()).tools
    asked = await session.call_tool("ask", {"question": "How fast does STMTrack run?"})
    found = await session.call_tool("search", {"question": "visual tracking", "k": 2, "skip": 1})
    paper = await session.call_tool("paper", {"identifier": "2104.00194"})
    near = await session.call_tool("similar", {"identifier": "2104.00194", "k": 2})
    counted = await session.call_tool("count", {"question": "papers on tracking"})
    new = await session.call_tool("new", {})
    wrong = await session.call_tool("paper", {"identifier": "9999.99999"})
    return tools, asked, found, paper, near, counted, new, wrong


def check_tools(result: tuple[Any, ...]) -> None:
    """What the tools say is what the assistant does, in few words."""
    tools, asked, found, paper, near, counted, new, wrong = result
    assert {tool.name for tool in tools} == TOOLS
    schemas = json.dumps([tool.inputSchema for tool in tools])
    assert len(schemas) < 3_000
    for tool in tools:
        assert len(tool.description) > 40
    answer = asked.structuredContent
    assert "37 FPS" in answer["text"]
    assert answer["papers"][0]["title"].startswith("STMTrack")
    assert json.loads(asked.content[0].text) == answer
    assert len(asked.content[0].text) < 3_000
    assert len(found.structuredContent["result"]) == 2
    assert set(found.structuredContent["result"][0]) == {"id", "title", "url"}
    assert paper.structuredContent["title"].startswith("TransMOT")
    assert len(near.structuredContent["result"]) == 2
    assert counted.structuredContent["matched"] > 0
    assert new.structuredContent["result"] == []
    assert wrong.isError
    assert "The index has no paper 9999.99999" in wrong.content[0].text


def test_the_tools_over_http(writing: Site) -> None:
    async def use() -> tuple[Any, ...]:
        address = f"{writing.address}/gradio_api/mcp/"
        async with (
            streamablehttp_client(address) as (read, write, _),
            ClientSession(read, write) as session,
        ):
            return await tried(session)

    check_tools(finished(use()))


@pytest.mark.slow
def test_the_tools_over_stdio(library: Library) -> None:
    own = {"RAG_INDEX": str(library.path), "RAG_LLM": "none", "PYTHONPATH": str(ROOT)}
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "rag", "mcp"], env=own, cwd=ROOT
    )

    async def use() -> tuple[Any, ...]:
        async with (
            stdio_client(command) as (read, write),
            ClientSession(read, write) as session,
        ):
            return await tried(session)

    check_tools(finished(use()))


def test_the_tools_want_their_token(site: Site) -> None:
    page = build(site.assistant)
    token = "a token of sixteen and more".replace(" ", "-")
    address = launch(
        page, "127.0.0.1", free_port(), Programs(site.assistant, Line()), token,
        auth=lambda *_: False,
    ).rstrip("/")  # fmt: skip
    tools = f"{address}/gradio_api/mcp/"

    async def use() -> tuple[Any, ...]:
        async with (
            streamablehttp_client(tools, {"Authorization": f"Bearer {token}"}) as (read, write, _),
            ClientSession(read, write) as session,
        ):
            return await tried(session)

    try:
        for headers in ({}, {"Authorization": "Bearer wrong"}):
            for path in (
                "/gradio_api/mcp",
                "/gradio_api/mcp/",
                "/gradio_api//mcp/",
                "/papers/gradio_api/mcp/",
            ):
                more = {**headers, "Content-Type": "application/json"}
                asked = urllib.request.Request(address + path, b"{}", more)
                with pytest.raises(urllib.error.HTTPError) as told:
                    urllib.request.urlopen(asked)
                assert told.value.code in (
                    (401,) if path.startswith("/gradio_api/mcp") else (404, 405)
                )
        check_tools(finished(use()))
    finally:
        page.close(verbose=False)


def test_there_are_no_tools_without_being_asked_for(site: Site) -> None:
    with pytest.raises(urllib.error.HTTPError) as told:
        urllib.request.urlopen(f"{site.address}/gradio_api/mcp/")
    assert told.value.code in (404, 405)
