"""What a question was read as, in chips that can be taken off: its filters and unknown words."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from html import escape
from json import dumps
from typing import Any

from rag.core.answers import Answer
from rag.core.filters import Filters, short_name
from rag.core.papers import Paper

SINGLY = 2
"""Papers that have a chip each; more are counted in one."""

_LISTS = (
    ("categories", "in {}"),
    ("authors", "by {}"),
    ("any_authors", "by {}"),
    ("not_categories", "not in {}"),
    ("not_authors", "not by {}"),
)


def parts(
    filters: Filters, names: Mapping[str, str], several: str = "{} papers above"
) -> Iterator[tuple[str, Filters]]:
    """Yield each thing that a filter asks for, in words, and the filters without it.

    Parameters
    ----------
    names
        Short titles by identifiers; a paper without one is called by its identifier.
    several
        What more papers than `SINGLY` are called, with their number.
    """
    if filters.since and filters.since == filters.until:
        yield f"on {filters.since}", replace(filters, since=None, until=None)
    else:
        if filters.since:
            yield f"since {filters.since}", replace(filters, since=None)
        if filters.until:
            yield f"until {filters.until}", replace(filters, until=None)
    if filters.periods:
        without = replace(filters, periods=())
        yield str(Filters(periods=filters.periods)), without
    for name, said in _LISTS:
        values: tuple[str, ...] = getattr(filters, name)
        for value in values:
            rest: dict[str, Any] = {name: tuple(v for v in values if v != value)}
            yield said.format(value), replace(filters, **rest)
    yield from _papers(filters, "", names, several)
    yield from _papers(filters, "not_", names, several)


def asked_for(answer: Answer, turn: str, names: Mapping[str, str], chosen: bool = False) -> str:
    """Return the filters of an answer as chips; removing one asks again without it.

    Parameters
    ----------
    chosen
        Whether the papers that it is restricted to were chosen on the page, not named in it.
    """
    several = "only {} papers" if chosen else "{} papers above"
    chips = "".join(
        f'<li><button type="button" class="chip" data-turn="{turn}" '
        f'data-without="{escape(dumps(rest.to_dict()))}" '
        f'aria-label="Ask again without the filter {escape(said)}">'
        f'{escape(said)}<span aria-hidden="true"> ×</span></button></li>'
        for said, rest in parts(answer.filters, names, several)
    )
    return f'<ul class="chips" aria-label="Filters of this answer">{chips}</ul>' if chips else ""


def unknown(answer: Answer, turn: str) -> str:
    """Return the words of a question that no paper has as chips; removing one asks without it."""
    if answer.kind == "compare" or not (answer.abstained or answer.doubtful):
        return ""
    left = [(word, _without(answer.question, word)) for word in answer.unknown]
    chips = "".join(
        f'<li><button type="button" class="chip" data-turn="{turn}" '
        f'data-instead="{escape(question)}" aria-label="Ask again without “{escape(word)}”">'
        f'{escape(word)}<span aria-hidden="true"> ×</span></button></li>'
        for word, question in left
        if question
    )
    label = '<span class="label">Ask without</span>'
    return f'<div class="drop-words">{label}<ul class="chips">{chips}</ul></div>' if chips else ""


def _without(question: str, word: str) -> str:
    """Return a question without a word and the preposition before it; empty if nothing is left."""
    before = r"(?:\b(?:in|on|at|for|with|of|from|by|using|about|and|or)\s+(?:the\s+|an?\s+)?)?"
    rest = re.sub(rf"{before}(?<!\w){re.escape(word)}(?!\w)", " ", question, flags=re.IGNORECASE)
    rest = re.sub(r"\s+([?.!,;])", r"\1", " ".join(rest.split()))
    return rest if rest.strip(" ?.!,;") and rest != question else ""


def _papers(
    filters: Filters, side: str, names: Mapping[str, str], several: str
) -> Iterator[tuple[str, Filters]]:
    """Yield the papers that a filter names; one chip for all where they are many."""
    ids: tuple[str, ...] = getattr(filters, f"{side}ids")
    titles: tuple[str, ...] = getattr(filters, f"{side}titles")
    word = "not " if side else ""
    if len(ids) + len(titles) > SINGLY:
        cleared: dict[str, Any] = {f"{side}ids": (), f"{side}titles": ()}
        counted = several.format(f"{len(ids) + len(titles):,}")
        yield f"{word}{counted}", replace(filters, **cleared)
        return
    for field, values in (("ids", ids), ("titles", titles)):
        for value in values:
            rest: dict[str, Any] = {f"{side}{field}": tuple(v for v in values if v != value)}
            called = short_name(Paper("", value, "", "", "")) if field == "titles" else value
            named = names.get(value) or called
            yield f"{word}“{named}”", replace(filters, **rest)
