"""What narrows an answer without asking anew: year, category, code, new data, survey, tags.

Each paper that matches, or mentions what was asked, is told of with what it is; the page counts,
and hides the others of those that it shows.
"""

from collections.abc import Mapping
from typing import Any

from rag.assistant import Assistant
from rag.collections import Collections
from rag.core.answers import Answer
from rag.judge import cells
from rag.library.records import Record
from rag.text import genres
from ui import rest

GENRES = {"dataset": "a new dataset", "survey": "a survey"}
"""Kinds of papers, by the names that the page has for them."""


def of(assistant: Assistant, answer: Answer, user: str) -> list[dict[str, Any]]:
    """Return what each paper is, first those that match, then those that only mention it.

    Each has ``id``, ``number``, None for one that only mentions it, ``at``, its place among the
    rows below the answer, None for one that stands elsewhere, ``year``, ``month``, ``categories``,
    ``tags``, ``code``, ``dataset`` and ``survey``.
    """
    records = assistant.library.records([*answer.matching, *answer.mentioned])
    tags = Collections(assistant.library.path, user).all_tags()
    numbers = dict(zip(answer.matching, answer.numbers, strict=True))
    matching, mentioning = rest.left(answer)
    places = {name: at for at, name in enumerate([*matching, *mentioning])}
    return [
        {"id": name, "number": numbers.get(name), "at": places.get(name), **_facts(record, tags)}
        for name, record in records.items()
    ]


def _facts(record: Record, tags: Mapping[str, list[str]]) -> dict[str, Any]:
    paper = record.paper
    return {
        "year": str(paper.appeared or ""),
        "month": f"{paper.listed:%Y-%m}" if paper.listed else "",
        "categories": list(paper.categories),
        "tags": tags.get(paper.id, []),
        "code": cells.code(record) is not None,
        **{name: _is(genre, record) for name, genre in GENRES.items()},
    }


def _is(genre: str, record: Record) -> bool:
    return any(genres.shown(genre, p.text, p.is_title) for p in record.passages)
