"""The library on the page: what stands there at first, and a page of the table of papers.

Whatever the size of the index, no more than one page of it is read.
"""

import re
import threading
from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Any, Literal

from rag.assistant import Assistant
from rag.core.filters import Filters
from rag.core.identifiers import known_by
from rag.core.papers import Paper
from rag.library import Library
from ui import answer, sources
from ui.suggestions import TITLES, examples
from ui.text import marked

ROWS = 50
"""Papers on one page of the table."""

Sort = Literal["listed", "title"]
_ORDERS: dict[str, tuple[Sort, bool]] = {
    "listed": ("listed", True),
    "oldest": ("listed", False),
    "title": ("title", False),
    "z": ("title", True),
}


AROUND = 60
"""Characters of the abstract shown on either side of a word that was sought."""


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
    library = assistant.library
    filters = Filters(
        _day(asked.get("since")),
        _day(asked.get("until")),
        _categories(library, str(asked.get("category") or "").strip()),
    )
    sort, descending = _ORDERS.get(str(asked.get("order")), _ORDERS["listed"])
    page = max(0, int(asked.get("page") or 0))
    typed = str(asked.get("words") or "").strip()
    named = known_by(typed)
    one = library.get(named) if named else None
    if one:  # an identifier or a link: the paper itself
        return {"rows": _row(one, ()), "said": "1 paper", "page": 0, "more": False}
    count, found = library.listing(typed, filters, sort, descending, page * ROWS, ROWS)
    last = min(count, (page + 1) * ROWS)
    said = f"{page * ROWS + 1:,} to {last:,} of {count:,} papers" if found else "No papers."
    more = last < count
    sought = typed.split()
    return {
        "rows": "".join(_row(each, sought) for each in found),
        "said": said,
        "page": page,
        "more": more,
    }


def _categories(library: Library, typed: str) -> tuple[str, ...]:
    """Return the categories that a text means: itself, or all of an archive (cs: cs.CV, cs.RO)."""
    if not typed:
        return ()
    there = list(library.categories())
    small = typed.lower().rstrip(".*")
    same = [name for name in there if name.lower() == small]
    begun = [name for name in there if name.lower().startswith(f"{small}.")]
    return tuple(same + begun) or (typed,)


def spans(text: str, sought: Sequence[str]) -> list[tuple[int, int]]:
    """Return where words stand in a text, also the beginnings of longer ones.

    >>> spans("Visual tracking of trucks", ["track"])
    [(7, 15)]
    """
    found = [re.finditer(rf"(?<!\w){re.escape(word)}\w*", text, re.IGNORECASE) for word in sought]
    return [match.span() for matches in found for match in matches]


def _snippet(paper: Paper, sought: Sequence[str]) -> str:
    """Return the words of the abstract around the first that was sought, if the title has none."""
    if not sought or spans(paper.title, sought):
        return ""
    places = sorted(spans(paper.abstract, sought))
    if not places:
        return ""
    start = max(0, places[0][0] - AROUND)
    end = min(len(paper.abstract), places[0][1] + AROUND)
    while start and not paper.abstract[start - 1].isspace():
        start -= 1
    while end < len(paper.abstract) and not paper.abstract[end].isspace():
        end += 1
    inside = [(a - start, b - start) for a, b in places if start <= a and b <= end]
    return f'<p class="snippet">… {marked(paper.abstract[start:end], inside)} …</p>'


def _row(paper: Paper, sought: Sequence[str]) -> str:
    day = f'<time datetime="{paper.listed}">{paper.listed}</time>' if paper.listed else ""
    by = sources.authors(paper)
    title = marked(paper.title, spans(paper.title, sought))
    return (
        f'<tr><td>{sources.star(paper)}<button type="button" class="opens" '
        f'data-paper="{escape(paper.id)}">{title}</button>'
        f'<p class="by">{marked(by, spans(by, sought))}</p>{_snippet(paper, sought)}</td>'
        f"<td>{day}</td>"
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
