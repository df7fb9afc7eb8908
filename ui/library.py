"""The library on the page: what stands there at first, and a page of the table of papers.

Whatever the size of the index, no more than one page of it is read.
"""

import threading
from collections.abc import Mapping
from datetime import date
from html import escape
from typing import Any, Literal

from rag.assistant import Assistant
from rag.core.filters import Filters
from rag.core.papers import Paper
from ui import answer, sources
from ui.suggestions import TITLES, examples
from ui.text import words

ROWS = 50
"""Papers on one page of the table."""

Sort = Literal["listed", "title"]
_ORDERS: dict[str, tuple[Sort, bool]] = {
    "listed": ("listed", True),
    "oldest": ("listed", False),
    "title": ("title", False),
}


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
        return {
            "welcome": welcome,
            "categories": sorted({c for record in newest for c in record.paper.categories}),
            "forms": sources.EXPORTS,
        }


def rows(assistant: Assistant, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return a page of the table.

    Parameters
    ----------
    asked
        ``words``, ``since``, ``until``, ``category``, ``order`` and ``page``, from 0 on; each may
        be missing or empty.
    """
    category = str(asked.get("category") or "").strip()
    filters = Filters(
        _day(asked.get("since")), _day(asked.get("until")), (category,) if category else ()
    )
    sort, descending = _ORDERS.get(str(asked.get("order")), _ORDERS["listed"])
    page = max(0, int(asked.get("page") or 0))
    count, found = assistant.library.listing(
        str(asked.get("words") or "").strip(), filters, sort, descending, page * ROWS, ROWS
    )
    last = min(count, (page + 1) * ROWS)
    said = f"{page * ROWS + 1:,} to {last:,} of {count:,} papers" if found else "No papers."
    more = last < count
    return {"rows": "".join(map(_row, found)), "said": said, "page": page, "more": more}


def _row(paper: Paper) -> str:
    day = f'<time datetime="{paper.listed}">{paper.listed}</time>' if paper.listed else ""
    return (
        f"<tr><td>{sources.star(paper)}{sources.opener(paper)}"
        f'<p class="by">{words(sources.authors(paper))}</p></td><td>{day}</td>'
        f"<td>{escape(', '.join(paper.categories))}</td></tr>"
    )


def _day(given: object) -> date | None:
    try:
        return date.fromisoformat(str(given)) if given else None
    except ValueError:
        return None  # half typed


_WELCOME = (
    "<h2>Ask about {:,} papers. Every sentence of an answer is shown with the words of the "
    "abstract that support it.</h2>"
)
_EMPTY = '<h2>The index is empty.</h2><p><a href="#add" data-view="add">Add papers</a> first.</p>'
