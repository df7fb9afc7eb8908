"""The library on the page: what stands there at first, a page of the table, and what is taken away.

Whatever the size of the index, no more than one page of it is read to be shown.
"""

import json
import re
import threading
from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Any, Literal
from urllib.parse import quote

from rag.assistant import Assistant
from rag.core.filters import Filters, short_name
from rag.core.identifiers import known_by
from rag.core.papers import Paper
from rag.errors import CollectionError
from rag.library import Library
from rag.output import exchange, references
from rag.output.table import csv_of
from rag.text.words import Word, stem
from rag.text.words import words as words_of
from ui import answer, sources
from ui.suggestions import TITLES, examples
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
FILES = {"bibtex": "bib", "ris": "ris", "csv": "csv", "csl": "json"}
"""What the references of papers can be taken away as, with the endings of their files."""

NEWEST, LARGEST = 5, 6
"""Papers and categories that are named before anything is asked."""

SOUGHT_AUTHORS = 3
"""Authors that are named because they were sought, beside those that always are."""

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


def rows(assistant: Assistant, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return a page of the table.

    Parameters
    ----------
    asked
        ``words``, ``since``, ``until``, ``category``, ``order`` and ``page``, from 0 on; each may
        be missing or empty. Without an order the best come first where there are words.
    """
    library, typed, filters = _sought(assistant, asked)
    named = known_by(typed)
    one = library.get(named) if named else None
    if one:  # an identifier or a link: the paper itself
        return {"rows": _row(one, _Sought("", library)), "said": "1 paper", "page": 0, "count": 1}
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
    sought = _Sought(typed, library)
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
        ``form``, one of `FILES`; ``papers``, identifiers, or what `rows` is asked.
    """
    form = str(asked.get("form") or "bibtex")
    if form not in FILES:
        raise CollectionError(f"There is no form {form}: give one of {', '.join(FILES)}.")
    if given := asked.get("papers"):
        if not isinstance(given, list) or len(given) > MOST_TICKED:
            raise CollectionError(f"Name up to {MOST_TICKED:,} papers at a time.")
        records = assistant.library.records(str(name) for name in given)
        papers = [record.paper for record in records.values()]
    else:
        most = f"Up to {MOST_TAKEN:,} papers are taken here; `rag export` takes all"
        papers = _matching(assistant, asked, MOST_TAKEN, most)
    return {"text": _exported(papers, form), "file": f"papers.{FILES[form]}"}


def _matching(assistant: Assistant, asked: Mapping[str, Any], most: int, limit: str) -> list[Paper]:
    library, typed, filters = _sought(assistant, asked)
    one = library.get(name) if (name := known_by(typed)) else None
    if one:
        return [one]
    order = _ORDERS.get(str(asked.get("order")), _ORDERS["relevance"])
    count, found = library.listing(typed, filters, *order, k=most)
    if count > most:
        raise CollectionError(f"{limit}: narrow the {count:,} that match by words or days.")
    return found


def _exported(papers: Sequence[Paper], form: str) -> str:
    if form == "csv":
        return csv_of([list(exchange.COLUMNS), *map(exchange.row, papers)])
    if form == "ris":
        return references.ris(papers)
    if form == "bibtex":
        return references.bibtex(papers, abstracts=True)
    named = references.keys(papers)
    items = [exchange.csl(paper, named[paper.id]) for paper in papers]
    return json.dumps(items, ensure_ascii=False, indent=1) + "\n"


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


class _Sought:
    """The words that were typed, found again in texts: also inflected, and the last one begun."""

    def __init__(self, typed: str, library: Library) -> None:
        self._stems = frozenset(library.words(typed))
        self._last = typed.split()[-1].lower() if typed else ""

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return where they stand in a text."""
        if not self._stems:
            return []
        return [(word.start, word.end) for word in _parts(text) if self._is(word)]

    def _is(self, word: Word) -> bool:
        return word.stem in self._stems or self._begins(word)

    def lacking(self, title: str, text: str) -> list[tuple[int, int]]:
        """Return where in a text those stand that a title has not."""
        if not self._stems:
            return []
        held = {word.stem for word in _parts(title)}
        begun = any(map(self._begins, _parts(title)))
        return [
            (word.start, word.end)
            for word in _parts(text)
            if self._is(word) and word.stem not in held and not (begun and self._begins(word))
        ]

    def _begins(self, word: Word) -> bool:
        return word.text.lower().startswith(self._last)


def _parts(text: str) -> list[Word]:
    """Return the words of a text, and apart those that hyphens join."""
    found: list[Word] = []
    for word in words_of(text):
        found.append(word)
        if "-" in word.text:
            for part in re.finditer(r"[^-]+", word.text):
                start, end = word.start + part.start(), word.start + part.end()
                found.append(Word(part[0], stem(part[0]), start, end))
    return found


def _snippet(paper: Paper, sought: _Sought) -> str:
    """Return the words of the abstract around what was sought, if the title has not all of it."""
    places = sorted(sought.lacking(paper.title, paper.abstract))
    if not places:
        return ""
    start = max(0, places[0][0] - AROUND)
    end = min(len(paper.abstract), places[0][1] + AROUND)
    while start and not paper.abstract[start - 1].isspace():
        start -= 1
    while end < len(paper.abstract) and not paper.abstract[end].isspace():
        end += 1
    all_ = sought.spans(paper.abstract)
    inside = [(a - start, b - start) for a, b in all_ if start <= a and b <= end]
    return f'<p class="snippet">… {marked(paper.abstract[start:end], inside)} …</p>'


def _row(paper: Paper, sought: _Sought) -> str:
    day = f'<time datetime="{paper.listed}">{paper.listed}</time>' if paper.listed else ""
    by = _by(paper, sought)
    name = escape(paper.id)
    return (
        f'<tr data-row="{name}"><td><div class="one"><input type="checkbox" data-pick="{name}" '
        f'aria-label="Tick “{escape(short_name(paper))}”">{sources.star(paper)}'
        f'<div class="what"><button type="button" class="opens" data-paper="{name}">'
        f"{marked(paper.title, sought.spans(paper.title))}</button>"
        f'<p class="by">{marked(by, sought.spans(by))}</p>{_snippet(paper, sought)}'
        f"</div></div></td><td>{day}</td>"
        f"<td>{escape(', '.join(paper.categories))}</td></tr>"
    )


def _by(paper: Paper, sought: _Sought) -> str:
    """Return the authors in passing, and those among the others that were sought."""
    by = sources.authors(paper)
    found = [name for name in paper.authors if name not in by and sought.spans(name)]
    return f"{by} · with {', '.join(found[:SOUGHT_AUTHORS])}" if found else by


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
