"""What stands on the page before anything is asked: examples, and what the index has."""

import threading
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import quote

from rag.assistant import Assistant
from rag.core.filters import Filters
from rag.core.papers import Paper
from rag.library import Library
from ui import answer, sources
from ui.suggestions import TITLES, examples

NEWEST, LARGEST = 5, 6
"""Papers and categories that are named before anything is asked."""


class Opening:
    """What stands on the page before a question is asked, made once for each state of the index."""

    def __init__(self) -> None:
        self._state: object = None
        self._told: dict[str, Any] = {}
        self._making = threading.Lock()

    def opening(self, assistant: Assistant, _asked: Mapping[str, Any]) -> dict[str, Any]:
        """Return the welcome with its examples, and what the forms offer."""
        with self._making:
            state = assistant.library.store()
            if state is not self._state:
                self._told = self._made(assistant)
                self._state = state
            return self._told

    @staticmethod
    def _made(assistant: Assistant) -> dict[str, Any]:
        library = assistant.library
        newest = library.records(library.select(Filters(), k=TITLES)).values()
        welcome = _WELCOME.format(len(library)) if len(library) else _EMPTY
        if asked := examples(assistant):
            welcome += answer.questions(asked, "For example")
        if newest:
            welcome += _here(library, [record.paper for record in newest][:NEWEST])
        return {
            "welcome": welcome,
            "categories": sorted({c for record in newest for c in record.paper.categories}),
            "forms": sources.EXPORTS,
        }


def _here(library: Library, newest: Sequence[Paper]) -> str:
    """Return what is there: of which days, in which categories, the newest papers."""
    first, last = library.days()
    days = f", of {first} to {last}" if first and first != last else f", of {last}" if last else ""
    counted = list(library.categories().items())[:LARGEST]
    categories = "".join(
        f'<li><a href="#/library?category={quote(name)}">{escape(name)}</a> '
        f"<span>{count:,}</span></li>"
        for name, count in counted
    )
    titles = "".join(
        f'<li>{sources.opener(paper)} <span class="day">{paper.listed or ""}</span></li>'
        for paper in newest
    )
    return (
        f'<section class="here" aria-label="What is here"><h3>Here are {len(library):,} '
        f"papers{days}: their titles and abstracts, not their full texts</h3>"
        f'<ul class="in">{categories}</ul><h3>The newest</h3><ul class="titles">{titles}</ul>'
        "<h3>Questions are read in English</h3></section>"
    )


_WELCOME = (
    "<h2>Ask about {:,} papers. Every sentence of an answer is shown with the words of the "
    "abstract that support it.</h2>"
)
_EMPTY = '<h2>The index is empty.</h2><p><a href="#add" data-view="add">Add papers</a> first.</p>'
