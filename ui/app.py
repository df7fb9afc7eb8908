"""The page put together: its parts, and what happens when something on them is used.

Every event of the page is private; what programs may call is in `ui.api`.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import gradio as gr

from rag.assistant import Assistant
from rag.core.answers import Answer
from rag.errors import RagError
from rag.output.table import to_csv
from ui import (
    adding,
    api,
    chat,
    export,
    facets,
    library,
    opening,
    palette,
    rail,
    reader,
    rest,
    saved,
    status,
    table,
    templates,
    watches,
)
from ui.chat import Desk
from ui.kept import Shelf
from ui.line import Line
from ui.programs import Programs
from ui.text import words

NAME = "arxiv-rag"

Asked = Mapping[str, Any]


KEPT = 3_600
"""Seconds that an uploaded listing is kept between its preview and its being added."""


def build(
    assistant: Assistant,
    shelf: Shelf | None = None,
    line: Line | None = None,
    first: opening.Opening | None = None,
) -> gr.Blocks:
    """Return the application for an assistant; `ui.server` serves it.

    Parameters
    ----------
    shelf
        Where conversations are kept; None: nowhere.
    line
        Where questions wait; None: a line of the page's own.
    first
        What stands there before anything is asked; None: one of the page's own.
    """
    line, shelf, first = line or Line(), shelf or Shelf(None), first or opening.Opening()
    page = gr.Blocks(
        title=NAME, analytics_enabled=False, fill_width=True, delete_cache=(KEPT, KEPT)
    )
    with page:
        api.expose(Programs(assistant, line))  # first, for the names
        _part("header", templates.header(NAME))

        def conversations(_: Assistant, asked: Asked) -> dict[str, Any]:
            return rail.listed(shelf, str(asked["user"]), asked)

        acts = ["ask", "stop", "clear", "open", "choose", "export", "table", "facets", "more"]
        functions = [first.opening, first.examples, conversations]
        talk = _part("chat", templates.CHAT, acts, functions, assistant)
        taken = _part("taken", templates.TAKEN)
        of_library = [library.rows, library.ticked, library.taken]
        _part("library", templates.LIBRARY, (), of_library, assistant)
        _part(
            "saved",
            templates.SAVED,
            (),
            [saved.saved, saved.reading, saved.references_of],
            assistant,
        )
        watching = watches.Watching(line)
        of_watches = [watching.watches, watching.news, watching.seen]
        _part("watches", templates.WATCHES, (), of_watches, assistant)
        of_map = [first.maps.figure, first.maps.marked]
        _part("map", templates.MAP, (), of_map, assistant)
        of_adding = [adding.preview, adding.drop, adding.stop]
        listing = _part("add", templates.ADD, ["put"], of_adding, assistant)
        _part("status", templates.STATUS, (), [status.facts], assistant)
        _part("paper", templates.PAPER + templates.KEYS, (), [reader.paper, reader.like], assistant)

        def found(_: Assistant, asked: Asked) -> dict[str, Any]:
            return palette.found(assistant, shelf, asked)

        _part("finding", templates.FINDING, (), [found], assistant)
        _talking(assistant, line, shelf, talk, taken)

        def put(event: gr.EventData) -> Iterator[dict[str, Any]]:
            yield from adding.put(assistant, event._data)

        _on(listing.put, put, [], [listing])

    # What `ui.sent` sends the page with.
    def sent(request: Any) -> dict[str, Any]:  # noqa: ANN401 - Starlette's
        kept = _answered(conversations, assistant, {"user": _user(request)})
        return {**_answered(first.opening, assistant, {}), "conversations": kept}

    page.sent = sent  # type: ignore[attr-defined]
    return page


def _talking(assistant: Assistant, line: Line, shelf: Shelf, talk: Any, taken: Any) -> None:  # noqa: ANN401
    """Connect the conversation with what is done on the page."""
    at = gr.State(Desk())  # each tab has a copy of its own, which the functions change in place

    def ask(desk: Desk, event: gr.EventData, request: gr.Request) -> Iterator[dict[str, Any]]:
        desk.user = request.username or ""
        for _ in chat.ask(assistant, line, shelf, desk, event._data):
            yield chat.view(desk)

    def clear(desk: Desk, event: gr.EventData) -> dict[str, Any]:
        if chat.moves(desk, event._data):
            chat.clear(desk)
        return chat.view(desk)

    def open_(desk: Desk, event: gr.EventData, request: gr.Request) -> dict[str, Any]:
        desk.user = request.username or ""
        wanted = str(event._data.get("id") or "")
        if not chat.moves(desk, event._data):
            return chat.view(desk)
        found = chat.open_(assistant, shelf, desk, wanted)
        return {**chat.view(desk), "missing": "" if found else wanted}

    def choose(desk: Desk, event: gr.EventData) -> dict[str, Any]:
        chat.choose(shelf, desk, str(event._data.get("turn")))
        return chat.view(desk)

    _on(talk.ask, ask, [at], [talk])
    _on(talk.stop, chat.stop, [at], [])
    _on(talk.clear, clear, [at], [talk])
    _on(talk.open, open_, [at], [talk])
    _on(talk.choose, choose, [at], [talk])
    _taking(assistant, at, talk, taken)


def _taking(assistant: Assistant, at: gr.State, talk: Any, taken: Any) -> None:  # noqa: ANN401
    """Connect an answer with what is made of it: citations, its table, what narrows it."""
    narrowing = facets.Facets()

    def taken_away(desk: Desk, event: gr.EventData) -> dict[str, Any]:
        asked = event._data

        def away(answer: Answer) -> dict[str, Any]:
            if asked.get("form") == "table":
                made = assistant.table(answer, columns=_columns(asked) or None)
                return {"text": to_csv(made), "file": "papers.csv"}
            papers = narrowing.narrowed(assistant, answer, desk.user, asked)
            wanted = asked if papers is None else {**asked, "papers": papers}
            text, file = export.of_answer(assistant, answer, wanted)
            return {"text": text, "file": file}

        return _of_answer(desk, asked, away)

    def tabled(desk: Desk, event: gr.EventData) -> dict[str, Any]:
        asked, columns = event._data, _columns(event._data)

        def made(answer: Answer) -> dict[str, Any]:
            left = narrowing.narrowed(assistant, answer, desk.user, asked)
            some, said = table.first(answer, left)
            built = assistant.table(some, columns=columns or None)
            return {"text": table.render(built, columns, chat.numbers(desk), said)}

        return _in_place(_of_answer(desk, asked, made))

    def faceted(desk: Desk, event: gr.EventData) -> dict[str, Any]:
        def counted(answer: Answer) -> dict[str, Any]:
            return narrowing.counted(assistant, answer, desk.user, event._data)

        return _of_answer(desk, event._data, counted)

    def more(desk: Desk, event: gr.EventData) -> dict[str, Any]:
        asked = event._data
        have = set(map(str, asked.get("have") or []))

        def rows(answer: Answer) -> dict[str, Any]:
            only = narrowing.narrowed(assistant, answer, desk.user, asked)
            return rest.rows(assistant, answer, have, only, chat.numbers(desk))

        return {"html": "", "left": 0, **_of_answer(desk, asked, rows)}

    _on(talk.export, taken_away, [at], [taken])
    _on(talk.more, more, [at], [taken])
    _on(talk.table, tabled, [at], [taken])
    _on(talk.facets, faceted, [at], [taken])


def _of_answer(
    desk: Desk, asked: Asked, make: Callable[[Answer], dict[str, Any]]
) -> dict[str, Any]:
    """Return what is made of the answer that the page names, or why it cannot be."""
    answer = chat.find(desk, str(asked.get("turn")))
    told = {**_taken("", "", asked), "turn": asked.get("turn")}
    try:
        return {**told, **(make(answer) if answer else {})}
    except RagError as error:
        return {**told, "error": str(error)}


def _in_place(told: dict[str, Any]) -> dict[str, Any]:
    """Return what is made of an answer with what went wrong in its place."""
    if "error" not in told:
        return told
    error = words(told.pop("error"))
    return {**told, "text": f'<p class="note" role="alert">{error}</p>'}


def _columns(asked: Asked) -> list[str]:
    """Return the columns that are wanted; none: those that a table has by itself."""
    given = asked.get("columns")
    return [str(name) for name in given] if isinstance(given, list) else []


def _taken(text: str, file: str, asked: Asked) -> dict[str, Any]:
    return {"text": text, "file": file, "act": str(asked.get("act")), "time": asked.get("time")}


def _on(
    event: Callable[..., Any],
    does: Callable[..., Any],
    inputs: list[gr.State],
    outputs: list[Any],
) -> None:
    """Do something when something happens. `Line` limits it, not Gradio; no program calls it."""
    event(
        does,
        inputs,
        outputs,
        api_visibility="private",
        show_progress="hidden",
        concurrency_limit=None,
        trigger_mode="multiple",
    )


def _part(
    name: str,
    template: str,
    events: Sequence[str] = (),
    functions: Sequence[Callable[[Assistant, Asked], dict[str, Any]]] = (),
    assistant: Assistant | None = None,
) -> Any:  # noqa: ANN401 - events are attributes that come into being with the script
    """Return a part of the page, run by the function of its name in `ui/page`."""
    given = "element, props, trigger, server, upload, watch"
    return gr.HTML(
        None,
        html_template=template,
        js_on_load=f"rag.{name}({{{given}, events: {json.dumps(list(events))}}})",
        server_functions=[_bound(function, assistant) for function in functions if assistant],
        elem_id=f"part-{name}",
        apply_default_css=False,
    )


def _bound(
    function: Callable[[Assistant, Asked], dict[str, Any]], assistant: Assistant
) -> Callable[..., dict[str, Any]]:
    """Return what a script can call: with the assistant, and with errors as what it returns."""

    def called(asked: Asked, request: gr.Request) -> dict[str, Any]:
        return _answered(function, assistant, {**asked, "user": _user(request)})

    called.__name__ = function.__name__
    return called


def _answered(
    function: Callable[[Assistant, Asked], dict[str, Any]], assistant: Assistant, asked: Asked
) -> dict[str, Any]:
    try:
        return function(assistant, asked)
    except RagError as error:
        return {"error": str(error)}


def _user(request: Any) -> str:  # noqa: ANN401 - Gradio hands functions of a script Starlette's own
    """Return who is logged in; empty where nobody has to."""
    app, cookies = request.app, request.cookies
    kinds = ("access-token", "access-token-unsecure")
    held = [cookies.get(f"{kind}-{app.cookie_id}") for kind in kinds]
    return str(next((app.tokens[token] for token in held if token in app.tokens), ""))
