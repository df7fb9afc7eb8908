"""The tools of MCP, for language models that ask by themselves: over stdio and beside the page.

What they return is short and paged: who calls them pays for every word. `ui.programs` answers.
"""

import asyncio
import io
import os
import sys
from collections.abc import Callable, Mapping
from typing import Annotated, Any, TypeVar

from mcp.server.fastmcp import FastMCP
from mcp.server.fastmcp.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from pydantic import Field

from rag.assistant import Assistant
from rag.core.answers import Answer
from rag.core.papers import Paper, links
from rag.errors import RagError
from ui.line import Line
from ui.programs import MOST_ALIKE, MOST_FOUND, Programs

INSTRUCTIONS = (
    "Research papers from one index of abstracts. `ask` answers questions, every sentence cited "
    "and checked; titles and links come from the index. What no abstract states is not answered."
)
LONGEST_ABSTRACT = 4_000
"""Characters of an abstract that are returned."""

T = TypeVar("T")
Question = Annotated[str, Field(description="In English; may name days, categories and authors.")]
Identifier = Annotated[str, Field(description="An arXiv identifier or link, e.g. 2104.00194.")]
Skip = Annotated[int, Field(description="Papers to leave out at the front: the next page.", ge=0)]


def served(programs: Programs) -> FastMCP:
    """Return the server with its tools; it listens nowhere yet."""
    server = FastMCP(
        "arxiv-rag",
        INSTRUCTIONS,
        stateless_http=True,
        json_response=True,
        streamable_http_path="/",
        log_level="WARNING",
        # `ui.guard` stands in front of it, and knows the names that the page is served under.
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )

    @server.tool()
    async def ask(question: Question, skip: Skip = 0) -> dict[str, Any]:
        """Answer a question about the papers, every sentence cited by number and checked."""
        return _answered(await _done(lambda: programs.ask(question, skip)))

    @server.tool()
    async def search(
        question: Question,
        k: Annotated[int, Field(description="How many.", ge=1, le=MOST_FOUND)] = 10,
        skip: Skip = 0,
    ) -> list[dict[str, Any]]:
        """Rank papers for a question, whether they answer it or not."""
        found = await _done(lambda: programs.search(question, k, skip))
        return list(map(_named, found))

    @server.tool()
    async def paper(identifier: Identifier) -> dict[str, Any]:
        """Return a paper: title, abstract, authors, day, categories, links."""
        found = Paper.from_dict(await _done(lambda: programs.paper(identifier)))
        return {
            **links(found),
            "authors": list(found.authors),
            "year": found.appeared,
            "listed": found.listed.isoformat() if found.listed else None,
            "categories": list(found.categories),
            "abstract": found.abstract[:LONGEST_ABSTRACT],
        }

    @server.tool()
    async def similar(
        identifier: Identifier,
        k: Annotated[int, Field(description="How many.", ge=1, le=MOST_ALIKE)] = 5,
    ) -> list[dict[str, Any]]:
        """Return the papers nearest in meaning to one, the nearest first."""
        found = await _done(lambda: programs.similar(identifier, k))
        return list(map(_named, found))

    @server.tool()
    async def count(question: Question) -> dict[str, Any]:
        """Count the papers that match a question, also by year, category, code and data."""
        return await _done(lambda: programs.count(question))

    @server.tool()
    async def new(
        since: Annotated[str, Field(description="First day, as 2021-04-02; empty: not seen.")] = "",
    ) -> list[dict[str, Any]]:
        """Tell for each watched question which papers have come, and why."""
        return await _done(lambda: programs.new(since))

    return server


def over_stdio(opened: Callable[[], Assistant]) -> None:
    """Serve the tools on standard input and output until that is closed.

    Whatever else writes to standard output, also in C, goes to standard error: a stray line would
    end the conversation.

    Parameters
    ----------
    opened
        Opens the assistant.
    """
    own = os.dup(1)
    os.dup2(2, 1)
    sys.stdout = io.TextIOWrapper(os.fdopen(own, "wb"), encoding="utf-8")
    server = served(Programs(opened(), Line()))
    asyncio.run(server.run_stdio_async())


async def _done(work: Callable[[], T]) -> T:
    """Do something in a thread, and tell what goes wrong in one line."""
    try:
        return await asyncio.to_thread(work)
    except RagError as error:
        raise ToolError(str(error)) from error


def _named(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a paper is called and where it is: its link, else the files it is from."""
    named = {name: told[name] for name in ("id", "title", "url")}
    return named if told["url"] else {**named, "sources": told.get("sources", [])}


def _answered(answer: Answer) -> dict[str, Any]:
    """Return what a model needs of an answer: its text with numbers, and what they stand for."""
    shown = answer.skipped + len(answer.citations)
    more = shown < answer.matched and answer.kind not in ("fact", "explain", "compare", "record")
    return {
        "text": answer.text,
        "abstained": answer.abstained,
        "matched": answer.matched,
        "of": answer.total if answer.searched is None else answer.searched,
        "papers": [{"number": c.number, **_named(links(c.paper))} for c in answer.citations],
        "nearest": [
            {**_named(links(near.paper)), "lacks": list(near.lacks)}
            for near in (answer.near_misses if answer.abstained else ())
        ],
        "next": shown if more else None,
    }
