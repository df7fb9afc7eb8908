"""What stands on the page before anything is asked: examples, and what the index has."""

import logging
import threading
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import quote

from rag.assistant import Assistant
from rag.core.filters import Filters
from rag.core.papers import Paper
from rag.library import Library
from rag.library.store import Store
from ui import answer, export, once, sources
from ui.mapping import Maps
from ui.suggestions import MOST_EXAMPLES, examples

NEWEST, LARGEST = 5, 6
"""Papers, and categories and topics, that are named before anything is asked."""

_FILE = "examples.json"
_FORMAT = 2  # raised when other questions are offered


class Opening:
    """What stands on the page before a question is asked.

    What is read off the index is there at once, whatever its size. The examples are tried before
    they are offered, which takes seconds in a large index: that is done in the background, once
    for each state of the index, and kept in its folder. The topics are
    those of the map, which is drawn for it where papers are few.
    """

    def __init__(self) -> None:
        self.maps = Maps()
        """What draws the map."""
        self._lock = threading.Lock()
        self._store: Store | None = None  # whose examples these are
        self._asked: list[str] | None = None  # None: they are not there yet
        self._making: Store | None = None  # whose examples were begun to be tried
        self.shown = threading.Event()
        """Set once somebody has seen it."""

    def opening(self, assistant: Assistant, _asked: Mapping[str, Any]) -> dict[str, Any]:
        """Return the welcome, and what the forms offer."""
        library = assistant.library
        newest = library.records(library.select(Filters(), k=NEWEST)).values()
        papers = [record.paper for record in newest]
        welcome = _EMPTY
        if papers:
            asked = self._made(library, library.store())
            offered = _COMING if asked is None else f'<div class="examples">{_offered(asked)}</div>'
            welcome = f"{_WELCOME.format(len(library))}{offered}"
            welcome += _here(library, papers, self._topics(assistant))
        categories, forms = sorted(library.categories()), export.FORMS | export.WHOLE
        return {"welcome": welcome, "categories": categories, "forms": forms}

    def examples(self, assistant: Assistant, _asked: Mapping[str, Any]) -> dict[str, Any]:
        """Return examples of questions and topics as HTML, and whether they are still to come."""
        self.shown.set()
        store = assistant.library.store()
        asked = self._made(assistant.library, store)
        with self._lock:
            if asked is None and self._making is not store:
                self._making = store
                work = (assistant, store)
                threading.Thread(target=self._make, args=work, name="examples", daemon=True).start()
        if asked is None:
            return {"html": "", "pending": True, "topics": "", "drawing": False}
        topics = self._topics(assistant)
        drawing = not topics and self.maps.prepare(
            assistant
        )  # after the examples: both take a core
        topics = topics or ("" if drawing else self._topics(assistant))
        return {"html": _offered(asked), "pending": False, "topics": topics, "drawing": drawing}

    def _topics(self, assistant: Assistant) -> str:
        named = self.maps.named(assistant)
        return _largest(named) if named else ""

    def _made(self, library: Library, store: Store) -> list[str] | None:
        """Return the examples of a state of the index; None if there are none yet."""
        with self._lock:
            if store is not self._store:
                self._store, self._asked = store, _kept(library, store)
            return self._asked

    def _make(self, assistant: Assistant, store: Store) -> None:
        asked: list[str] = []
        try:
            asked = examples(assistant)
            once.keep(assistant.library, _FILE, {"of": _state(store), "questions": asked})
        except Exception:  # the page does without
            logging.getLogger("rag.ui").exception("No examples of questions could be made")
        with self._lock:
            if store is self._store:
                self._asked = asked


def _offered(asked: list[str]) -> str:
    return answer.questions(asked, _LABEL) if asked else ""


def _kept(library: Library, store: Store) -> list[str] | None:
    """Return the examples that were made of this state of the index, if they were."""
    found = once.kept(library, _FILE) or {}
    questions = found.get("questions")
    if found.get("of") != _state(store) or not isinstance(questions, list):
        return None
    return [str(question) for question in questions]


def _state(store: Store) -> list[int]:
    """Return what tells this state of the index, and this way to make examples, from others."""
    return [_FORMAT, *store.stamp]


def _largest(named: Sequence[tuple[str, int]]) -> str:
    """Return the largest topics; each leads to its papers on the map."""
    topics = "".join(
        f'<li><a href="#/map?topic={quote(name)}">{escape(name)}</a> <span>{count:,}</span></li>'
        for name, count in named[:LARGEST]
    )
    return f'<h3>The largest topics</h3><ul class="in">{topics}</ul>'


def _here(library: Library, newest: Sequence[Paper], topics: str) -> str:
    """Return what is there: of which days, in which categories, the newest papers, the topics."""
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
        f'<div class="largest">{topics}</div><h3>Questions are read in English</h3></section>'
    )


_WELCOME = (
    "<h2>Ask about {:,} papers. Every sentence of an answer is shown with the words of the "
    "abstract that support it.</h2>"
)
_LABEL = "For example"
_COMING = (  # their room is kept, so that nothing moves when they are there
    f'<div class="examples" aria-busy="true"><div class="suggestions"><h3>{_LABEL}</h3>'
    f'<ul aria-hidden="true">{"<li></li>" * MOST_EXAMPLES}</ul></div></div>'
)
_EMPTY = '<h2>The index is empty.</h2><p><a href="#add" data-view="add">Add papers</a> first.</p>'
