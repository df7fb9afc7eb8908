"""The page put together: its parts, and what happens when something on them is used.

Every event of the page is private; what programs may call is in `ui.api`.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import gradio as gr

from rag.assistant import Assistant
from rag.errors import RagError
from ui import adding, api, chat, library, mapping, sources, status, templates
from ui.chat import Conversation
from ui.line import Line

NAME = "arxiv-rag"

Asked = Mapping[str, Any]


KEPT = 3_600
"""Seconds that an uploaded listing is kept between its preview and its being added."""


def build(assistant: Assistant) -> gr.Blocks:
    """Return the application for an assistant; `ui.server` serves it."""
    line = Line()
    page = gr.Blocks(
        title=NAME, analytics_enabled=False, fill_width=True, delete_cache=(KEPT, KEPT)
    )
    with page:
        api.expose(assistant, line)  # first, for the names
        conversation = gr.State(())
        _part("header", templates.header(NAME))
        acts = ["ask", "stop", "clear", "export"]
        talk = _part("chat", templates.CHAT, acts, [library.Opening().opening], assistant)
        taken = _part("taken", templates.TAKEN)
        _part("library", templates.LIBRARY, (), [library.rows], assistant)
        _part("map", templates.MAP, (), [mapping.figure], assistant)
        listing = _part("add", templates.ADD, ["put"], [adding.preview], assistant)
        _part("status", templates.STATUS, (), [status.facts], assistant)
        _part("paper", templates.PAPER, (), [library.paper, library.like], assistant)

        def ask(
            held: Conversation, event: gr.EventData
        ) -> Iterator[tuple[dict[str, Any], Conversation]]:
            for grown in chat.ask(assistant, line, held, event._data):
                yield chat.view(grown), grown

        def clear(held: Conversation) -> tuple[dict[str, Any], Conversation]:
            chat.stop(held)
            return chat.view(()), ()

        def export(held: Conversation, event: gr.EventData) -> dict[str, str]:
            asked = event._data
            answer = chat.find(held, str(asked["turn"]))
            form = asked["form"] if asked["form"] in sources.EXPORTS else "bibtex"
            text = sources.export(answer, form) if answer else ""
            name = f"citations.{sources.FILES[form]}"
            return {"text": text, "file": name, "act": str(asked["act"]), "time": asked["time"]}

        def put(event: gr.EventData) -> Iterator[dict[str, Any]]:
            yield from adding.put(assistant, event._data)

        both = [talk, conversation]
        _on(talk.ask, ask, [conversation], both)
        _on(talk.stop, chat.stop, [conversation], [])
        _on(talk.clear, clear, [conversation], both)
        _on(talk.export, export, [conversation], [taken])
        _on(listing.put, put, [], [listing])
    return page


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
) -> Callable[[Asked], dict[str, Any]]:
    """Return what a script can call: with the assistant, and with errors as what it returns."""

    def called(asked: Asked) -> dict[str, Any]:
        try:
            return function(assistant, asked)
        except RagError as error:
            return {"error": str(error)}

    called.__name__ = function.__name__
    return called
