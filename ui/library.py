"""The library on the page: a page of its table, what is ticked in it, and what is taken away.

Whatever the size of the index, no more than one page of it is read to be shown.
"""

from collections.abc import Mapping
from datetime import date
from html import escape
from typing import Any, Literal

from rag.assistant import Assistant
from rag.core.filters import Filters, short_name
from rag.core.identifiers import known_by
from rag.core.papers import Paper
from rag.errors import CollectionError
from rag.library import Library
from ui import export, sources
from ui.sought import Sought
from ui.text import marked

ROWS = 50
"""Papers on one page of the table."""

MOST_TAKEN = 5_000
"""Papers whose references are taken away at a time: some seconds; `rag export` has no limit."""

MOST_TICKED = 1_000
"""Papers that are ticked at a time, as many as a question may be restricted to."""

Sort = Literal["relevance", "listed", "title"]
_ORDERS: dict[str, tuple[Sort, bool]] = {
    "relevance": ("relevance", True),
    "listed": ("listed", True),
    "oldest": ("listed", False),
    "title": ("title", False),
    "z": ("title", True),
}
SOUGHT_AUTHORS = 3
"""Authors that are named because they were sought, beside those that always are."""


def rows(assistant: Assistant, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return a page of the table.

    Parameters
    ----------
    asked
        ``words``, ``since``, ``until``, ``category``, ``order`` and ``page``, from 0 on; each may
        be missing or empty. Without an order the best come first where there are words.
    """
    library, typed, filters = _sought(assistant, asked)
    if one := _named(library, typed):
        return {"rows": _row(one, Sought("", library)), "said": "1 paper", "page": 0, "count": 1}
    page = max(0, int(asked.get("page") or 0))
    order = _ORDERS.get(str(asked.get("order")), _ORDERS["relevance"])
    count, found = library.listing(typed, filters, *order, page * ROWS, ROWS)
    if page and not found:  # the last page has gone meanwhile, or an address has one too many
        page = max(0, (count - 1) // ROWS)
        found = library.listing(typed, filters, *order, page * ROWS, ROWS)[1]
    last = min(count, (page + 1) * ROWS)
    said = f"{page * ROWS + 1:,} to {last:,} of {count:,} papers" if found else "No papers."
    if not found and typed:
        best = library.matching(typed, ROWS, filters=filters)
        found = [record.paper for record in library.records(best).values()]
        said = "No paper has all of these words; these have some." if found else said
    sought = Sought(typed, library)
    return {
        "rows": "".join(_row(each, sought) for each in found),
        "said": said,
        "page": page,
        "count": count,
        "more": last < count,
    }


def ticked(assistant: Assistant, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the identifiers of all papers that match, as `rows` is asked for them."""
    found = _matching(assistant, asked, MOST_TICKED, f"Up to {MOST_TICKED:,} papers are ticked")
    return {"ids": [paper.id for paper in found]}


def taken(assistant: Assistant, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return papers as a text to be taken away, with the name of its file.

    Parameters
    ----------
    asked
        ``form``, one of `export.FORMS`; ``papers``, identifiers, or what `rows` is asked.
    """
    form = str(asked.get("form") or "bibtex")
    if given := asked.get("papers"):
        if not isinstance(given, list) or len(given) > MOST_TICKED:
            raise CollectionError(f"Name up to {MOST_TICKED:,} papers at a time.")
        records = assistant.library.records(str(name) for name in given)
        papers = [record.paper for record in records.values()]
    else:
        most = f"Up to {MOST_TAKEN:,} papers are taken here; `rag export` takes all"
        papers = _matching(assistant, asked, MOST_TAKEN, most)
    return {"text": export.of_papers(papers, form), "file": f"papers.{export.ENDINGS[form]}"}


def _matching(assistant: Assistant, asked: Mapping[str, Any], most: int, limit: str) -> list[Paper]:
    library, typed, filters = _sought(assistant, asked)
    if one := _named(library, typed):
        return [one]
    order = _ORDERS.get(str(asked.get("order")), _ORDERS["relevance"])
    count, found = library.listing(typed, filters, *order, k=most)
    if count > most:
        raise CollectionError(f"{limit}: narrow the {count:,} that match by words or days.")
    return found


def _named(library: Library, typed: str) -> Paper | None:
    """Return the paper itself where an identifier or a link was typed."""
    named = known_by(typed)
    return library.get(named) if named else None


def _sought(assistant: Assistant, asked: Mapping[str, Any]) -> tuple[Library, str, Filters]:
    """Return where, by which words and among what is looked."""
    library = assistant.library
    category = str(asked.get("category") or "").strip()
    filters = Filters(
        _day(asked.get("since")),
        _day(asked.get("until")),
        (library.categories_named(category) or (category,)) if category else (),
    )
    return library, str(asked.get("words") or "").strip(), filters


def _row(paper: Paper, sought: Sought) -> str:
    day = f'<time datetime="{paper.listed}">{paper.listed}</time>' if paper.listed else ""
    by, around = _by(paper, sought), sought.snippet(paper.title, paper.abstract)
    name = escape(paper.id)
    return (
        f'<tr data-row="{name}"><td><div class="one"><input type="checkbox" data-pick="{name}" '
        f'aria-label="Tick “{escape(short_name(paper))}”">{sources.star(paper)}'
        '<div class="what">'
        f"{sources.opener(paper, marked(paper.title, sought.spans(paper.title)))}"
        f'<p class="by">{marked(by, sought.spans(by))}</p>{around}'
        f"</div></div></td><td>{day}</td>"
        f"<td>{escape(', '.join(paper.categories))}</td></tr>"
    )


def _by(paper: Paper, sought: Sought) -> str:
    """Return the authors in passing, and those among the others that were sought."""
    by = sources.authors(paper)
    found = [name for name in paper.authors if name not in by and sought.spans(name)]
    return f"{by} · with {', '.join(found[:SOUGHT_AUTHORS])}" if found else by


def _day(given: object) -> date | None:
    try:
        return date.fromisoformat(str(given)) if given else None
    except ValueError:
        return None  # half typed
