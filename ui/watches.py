"""The watches on the page: each with the papers that have come for it, and the sentence why.

They are those of `rag watch`. What matches is judged one watch at a time, as the page asks for it,
and kept for as long as the papers are the same. What was marked as read is not told again.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from html import escape
from typing import Any

from rag.assistant import Assistant
from rag.collections import Collections, Watch
from rag.collections.news import Find
from rag.core.filters import Filters
from rag.errors import CollectionError
from rag.question.parsing import read
from rag.watching import Judging
from ui import sources
from ui.line import Line
from ui.text import words

REMEMBERED = 200
"""Judgements that are kept, the latest."""

DAYS = {"day": 0, "week": 6}
"""What of the index is looked at besides what is new: days before the newest one."""

SHOWN = 50
"""Papers shown for one watch; the best first."""

_OF_DAYS = {"day": "papers of the newest day", "week": "papers of the newest seven days"}


class Watching:
    """What the page asks about watches, with the judgements that are remembered."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._judged: OrderedDict[object, tuple[Find, ...]] = OrderedDict()
        self._held = threading.Lock()
        self._there: tuple[object, list[str]] = (None, [])

    def watches(self, assistant: Assistant, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Return the watches, after adding or removing one.

        Parameters
        ----------
        asked
            ``add``, a question, and ``category``, for a watch to be added; ``remove``, the number
            of one; ``user``.
        """
        kept = _collections(assistant, asked)
        if question := str(asked.get("add") or "").strip():
            read(question)  # what cannot be asked is told now
            category = str(asked.get("category") or "").strip()
            kept.watch(question, [category] if category else [], self._names(assistant))
        elif number := int(asked.get("remove") or 0):
            kept.unwatch(number)
        found = kept.watches()
        fresh = len(kept.unknown(self._names(assistant))) if found else 0
        return {
            "html": "".join(map(_section, found)),
            "numbers": [each.number for each in found],
            "fresh": fresh,
        }

    def news(self, assistant: Assistant, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Return what has come for one watch as HTML.

        Parameters
        ----------
        asked
            ``number``; ``of``: "new", what has not been marked as read, or one of `DAYS`; ``user``.
        """
        kept = _collections(assistant, asked)
        watch = _watch(kept, asked)
        of = str(asked.get("of") or "new")
        if of in DAYS:
            papers, said = _of_days(assistant, DAYS[of]), _OF_DAYS[of]
        else:
            papers, said = kept.unknown(self._names(assistant)), "new papers"
        found = self._found(assistant, watch, papers) if papers else ()
        if of not in DAYS:
            before = kept.told(watch.number, (find.paper.id for find in found))
            found = tuple(find for find in found if find.paper.id not in before)
        told = f"{len(found):,} of {len(papers):,} {said}" if papers else f"No {said}"
        return {
            "said": told,
            "html": "".join(map(_find, found[:SHOWN])),
            "ids": [find.paper.id for find in found],
        }

    def seen(self, assistant: Assistant, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Mark what a watch has told as read, or all that is new.

        Parameters
        ----------
        asked
            ``number`` and ``papers``, identifiers; or ``all``; ``user``.
        """
        kept = _collections(assistant, asked)
        if asked.get("all"):
            kept.tell({}, kept.unknown(self._names(assistant)))
            return {}
        papers = asked.get("papers")
        told = [str(paper) for paper in papers] if isinstance(papers, list) else []
        kept.tell({_watch(kept, asked).number: told}, ())
        return {}

    def _names(self, assistant: Assistant) -> list[str]:
        """Return the identifiers of all papers, read once for each state of the index."""
        state = assistant.library.store()
        with self._held:
            if self._there[0] is not state:
                self._there = (state, assistant.library.identifiers())
            return self._there[1]

    def _found(self, assistant: Assistant, watch: Watch, papers: Sequence[str]) -> tuple[Find, ...]:
        key = (watch.question, watch.categories, tuple(papers), assistant.library.store())
        with self._held:
            if key in self._judged:
                self._judged.move_to_end(key)
                return self._judged[key]
        with self._line.turn():
            found = tuple(Judging(assistant)(watch.question, papers, watch.categories))
        with self._held:
            self._judged[key] = found
            while len(self._judged) > REMEMBERED:
                self._judged.popitem(last=False)
        return found


def _collections(assistant: Assistant, asked: Mapping[str, Any]) -> Collections:
    return Collections(assistant.library.path, str(asked.get("user") or ""))


def _watch(kept: Collections, asked: Mapping[str, Any]) -> Watch:
    number = asked.get("number")
    found = next((each for each in kept.watches() if each.number == number), None)
    if found is None:
        raise CollectionError("This watch is gone: another tab may have removed it.")
    return found


def _of_days(assistant: Assistant, before: int) -> list[str]:
    """Return the papers of the newest day of the index, and of some days before it."""
    newest = assistant.library.newest()
    if newest is None:
        return []
    return assistant.library.select(Filters(since=newest - timedelta(days=before)))


def _section(watch: Watch) -> str:
    where = f" in {' or '.join(watch.categories)}" if watch.categories else ""
    name = escape(watch.question)
    return (
        f'<section class="watch" data-watch="{watch.number}" aria-label="{name}">'
        f"<h3>{words(watch.question)}<span>{escape(where)}</span></h3>"
        '<div class="acts"><p class="told" role="status">Looking through the papers.</p>'
        '<span class="gap"></span>'
        f'<button type="button" class="quiet" data-seen disabled>Mark as read</button>'
        f'<button type="button" class="quiet" data-ask="{name}">Ask all papers</button>'
        f'<button type="button" class="quiet" data-unwatch '
        f'aria-label="Remove the watch {name}">Remove</button></div>'
        '<ul class="list"></ul></section>'
    )


def _find(find: Find) -> str:
    paper = find.paper
    day = f"{paper.listed}" if paper.listed else str(paper.appeared or "")
    by = " · ".join(part for part in (words(sources.authors(paper)), day) if part)
    return (
        f'<li class="saved">{sources.star(paper)}<div class="what">{sources.opener(paper)}'
        f'<p class="by">{by}</p><p class="said quotation">{words(find.why)}</p>'
        f"{sources.like_this(paper)}</div></li>"
    )
