"""What narrows an answer without asking anew: year, category, code, new data, survey, tags.

It is counted here over all papers that match, however many, and the page gets the counts, how many
are left, and which of the rows that it shows are not: what it loads and draws does not grow with
what matches.
"""

import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from rag.assistant import Assistant
from rag.collections import Collections, beside
from rag.core.answers import Answer
from rag.judge import cells
from rag.judge.figures import is_of
from rag.library import Library
from rag.library.records import Record
from rag.library.store import Store
from ui import rest

GENRES = {"dataset": "a new dataset", "survey": "a survey"}
"""Kinds of papers, by the names that the page has for them."""

MOST, MOST_TIMES = 12, 40
"""Values of a facet that are offered: the most frequent ones, or the latest years."""

_KEPT = 50_000  # papers beside those of an answer whose values are kept, some hundred bytes each

_HEADER = 100  # bytes of an SQLite file that say its state, with a counter of what was written

_ALL = "kind"  # the facet of which a paper has to have all that is ticked: code and a new dataset

Values = Mapping[str, Sequence[str]]
"""What a paper is: the names of facets to its values of each."""

Chosen = Mapping[str, set[str]]
"""What is ticked: the names of facets to values. A paper has one of each, and of ``kind`` all."""


class Facets:
    """What papers are, worked out once for each state of the index."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._store: Store | None = None  # of whose papers it is
        self._known: dict[str, Values] = {}
        self._tags: dict[str, tuple[bytes, Mapping[str, list[str]]]] = {}  # of each user

    def narrowed(
        self, assistant: Assistant, answer: Answer, user: str, asked: Mapping[str, Any]
    ) -> list[str] | None:
        """Return which papers are left, those that match first; None if nothing is ticked.

        Parameters
        ----------
        asked
            ``chosen``, what is ticked: the names of facets to lists of values.
        """
        if not (ticked := _ticked(asked)):
            return None
        papers = self._papers(assistant, answer, user)
        return [name for name, values in papers.items() if _passes(values, ticked)]

    def counted(
        self, assistant: Assistant, answer: Answer, user: str, asked: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return what the page shows of the facets of an answer.

        Parameters
        ----------
        asked
            ``chosen``, what is ticked; ``here``, the identifiers of the rows that are there; and
            ``numbers``, those of the rows of the table that are there.

        Returns
        -------
        dict
            ``groups``, the facets with their values and how many papers each would leave;
            ``matching`` and ``left``, how many match and how many of them are left;
            ``mentioning``, how many rows are left of papers that only mention what was asked;
            ``rows``, how many rows are still to come; ``out``, which of the rows that are there
            are not left; ``numbers_out``, the same for what is cited and for the table.
        """
        ticked = _ticked(asked)
        papers = self._papers(assistant, answer, user)
        numbers = {n: name for name, n in zip(answer.matching, answer.numbers, strict=True)}
        matching = [papers[name] for name in answer.matching if name in papers]
        left = {name for name, values in papers.items() if _passes(values, ticked)}
        here = [str(name) for name in asked.get("here") or []]
        shown = {c.number for c in answer.citations}
        shown |= numbers.keys() & set(asked.get("numbers") or [])
        follows, mentioning = rest.left(answer)
        return {
            "groups": _groups(matching, ticked),
            "matching": len(matching),
            "left": sum(_passes(values, ticked) for values in matching),
            "mentioning": len(left.intersection(mentioning)),
            "rows": len(left.intersection([*follows, *mentioning]).difference(here)),
            "out": [name for name in here if name in papers and name not in left],
            "numbers_out": sorted(
                n for n in shown if (name := numbers.get(n)) in papers and name not in left
            ),
        }

    def _papers(self, assistant: Assistant, answer: Answer, user: str) -> dict[str, Values]:
        """Return what each paper is that matches, or mentions what was asked, in this order."""
        library = assistant.library
        tags = self._tagged(library, user)
        known = self._values(library, [*answer.matching, *answer.mentioned])
        return {name: {**values, "tags": tags.get(name, [])} for name, values in known.items()}

    def _tagged(self, library: Library, user: str) -> Mapping[str, list[str]]:
        """Return the tags of every paper that has any, read again only when some were written."""
        state = _state(beside(library.path))
        known = self._tags.get(user)
        if known and known[0] == state:
            return known[1]
        tags = Collections(library.path, user).all_tags()
        if state is not None:
            self._tags[user] = state, tags
        return tags

    def _values(self, library: Library, names: Iterable[str]) -> dict[str, Values]:
        wanted = list(dict.fromkeys(names))
        store = library.store()
        with self._lock:
            others = len(self._known) - sum(name in self._known for name in wanted)
            if store is not self._store or others > _KEPT:
                self._store, self._known = store, {}
            kept = self._known
        missing = [name for name in wanted if name not in kept]
        for name, record in library.records(missing).items():
            kept[name] = _of(record)
        return {name: kept[name] for name in wanted if name in kept}


def _state(file: Path) -> bytes | None:
    """Return what changes with every write to an SQLite file; None if it cannot be read."""
    with suppress(OSError):
        if not file.exists():
            return b""
        with file.open("rb") as opened:
            return opened.read(_HEADER) + str(file.stat().st_mtime_ns).encode()
    return None


def _ticked(asked: Mapping[str, Any]) -> Chosen:
    given = asked.get("chosen")
    if not isinstance(given, dict):
        return {}
    return {name: set(map(str, some)) for name, some in given.items() if some}


def _of(record: Record) -> Values:
    paper = record.paper
    kinds = [name for name, genre in GENRES.items() if is_of(genre, record)]
    return {
        "year": [str(paper.appeared)] if paper.appeared else [],
        "month": [f"{paper.listed:%Y-%m}"] if paper.listed else [],
        "categories": list(paper.categories),
        "kind": ["code", *kinds] if cells.code(record) is not None else kinds,
    }


def _passes(values: Values, ticked: Chosen, but: str = "") -> bool:
    """Tell whether a paper has what is ticked of each facet, one of them left aside."""
    return all(
        name == but
        or (
            some.issubset(values[_ALL]) if name == _ALL else some.intersection(values.get(name, ()))
        )
        for name, some in ticked.items()
    )


def _groups(papers: Sequence[Values], ticked: Chosen) -> list[dict[str, Any]]:
    """Return the facets that tell some papers from others."""
    various = {name for name in ("year", "month") if len(_all(papers, name)) > 1}
    time = "year" if "year" in various else "month"
    labels = {
        time: time.title() if various else "",
        "categories": "Category",
        "kind": "Has",
        "tags": "Tag",
    }
    groups = []
    for name, label in labels.items():
        whole = _all(papers, name)
        if not label or not whole or (name in (time, "categories") and len(whole) < 2):
            continue
        but = "" if name == _ALL else name  # another of the same ones would leave more
        would = _all([values for values in papers if _passes(values, ticked, but)], name)
        # By the whole count, so that nothing moves while it is narrowed.
        ranked = sorted(whole, key=lambda value: (-whole[value], value))[:MOST]
        values = [
            {
                "value": value,
                "said": GENRES.get(value, value) if name == "kind" else value,
                "count": would[value],
                "pressed": value in ticked.get(name, ()),
            }
            for value in (sorted(whole)[-MOST_TIMES:] if name == time else ranked)
        ]
        groups.append({"name": name, "label": label, "isTime": name == time, "values": values})
    return groups


def _all(papers: Iterable[Values], name: str) -> Counter[str]:
    return Counter(value for values in papers for value in values[name])
