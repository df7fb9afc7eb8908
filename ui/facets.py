"""What narrows an answer without asking anew: year, category, code, new data, survey, tags.

Each paper that matches is told of with what it is; the page counts and hides. Papers that match and
are not written about come along as rows, so that narrowing shows all that is left.
"""

from collections.abc import Mapping
from typing import Any

from rag.assistant import Assistant
from rag.collections import Collections
from rag.core.answers import Answer
from rag.judge import cells
from rag.library.records import Record
from rag.text import genres
from ui.rest import row

GENRES = {"dataset": "a new dataset", "survey": "a survey"}
"""Kinds of papers, by the names that the page has for them."""


def of(assistant: Assistant, answer: Answer, user: str) -> list[dict[str, Any]]:
    """Return what each paper that matches is, in the order of the answer.

    Each has ``id``, ``number``, ``year``, ``month``, ``categories``, ``tags``, ``code``,
    ``dataset`` and ``survey``; one that the answer does not cite has ``row``, its HTML, too.
    """
    records = assistant.library.records(answer.matching)
    tags = Collections(assistant.library.path, user).all_tags()
    cited = {c.paper.id for c in answer.citations}
    numbers = dict(zip(answer.matching, answer.numbers, strict=True))
    return [
        _facts(record, numbers[name], tags)
        | ({} if name in cited else {"row": row(record.paper, numbers[name])})
        for name, record in records.items()
    ]


def _facts(record: Record, number: int, tags: Mapping[str, list[str]]) -> dict[str, Any]:
    paper = record.paper
    return {
        "id": paper.id,
        "number": number,
        "year": str(paper.appeared or ""),
        "month": f"{paper.listed:%Y-%m}" if paper.listed else "",
        "categories": list(paper.categories),
        "tags": tags.get(paper.id, []),
        "code": cells.code(record) is not None,
        **{name: _is(genre, record) for name, genre in GENRES.items()},
    }


def _is(genre: str, record: Record) -> bool:
    return any(genres.shown(genre, p.text, p.is_title) for p in record.passages)
