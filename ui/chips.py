"""Filters as chips that can be removed, one for each thing that restricts a search."""

from collections.abc import Iterator
from dataclasses import replace
from html import escape
from json import dumps
from typing import Any

from rag.core.answers import Answer
from rag.core.filters import Filters

_LISTS = (("categories", "in {}"), ("ids", "{}"), ("titles", "“{}”"), ("authors", "by {}"))


def parts(filters: Filters) -> Iterator[tuple[str, Filters]]:
    """Yield each thing that a filter asks for, in words, and the filters without it."""
    if filters.since and filters.since == filters.until:
        yield f"on {filters.since}", replace(filters, since=None, until=None)
    else:
        if filters.since:
            yield f"since {filters.since}", replace(filters, since=None)
        if filters.until:
            yield f"until {filters.until}", replace(filters, until=None)
    for name, said in _LISTS:
        values: tuple[str, ...] = getattr(filters, name)
        for value in values:
            rest: dict[str, Any] = {name: tuple(v for v in values if v != value)}
            yield said.format(value), replace(filters, **rest)


def asked_for(answer: Answer, turn: str) -> str:
    """Return the filters of an answer as chips; removing one asks again without it."""
    chips = "".join(
        f'<li><button type="button" class="chip" data-turn="{turn}" '
        f'data-without="{escape(dumps(rest.to_dict()))}" '
        f'aria-label="Ask again without the filter {escape(said)}">'
        f'{escape(said)}<span aria-hidden="true"> ×</span></button></li>'
        for said, rest in parts(answer.filters)
    )
    return f'<ul class="chips" aria-label="Filters of this answer">{chips}</ul>' if chips else ""
