"""The papers of an answer that it does not write about, as rows that are read page by page.

First those that match, each with the words that say why, then those that only mention what was
asked.
"""

from collections.abc import Container, Iterable, Mapping
from html import escape
from typing import Any

from rag.assistant import Assistant
from rag.core.answers import Answer
from rag.core.papers import Paper
from rag.core.tables import Cell
from rag.judge.cells import WHY
from ui import sources
from ui.text import words

ROWS = 25
"""Papers in one step: a second of work, and some screens to read."""


def left(answer: Answer) -> tuple[list[str], list[str]]:
    """Return which papers are still to come: those that match, and those that mention it."""
    cited = {c.paper.id for c in answer.citations}
    matching = [name for name in answer.matching[answer.skipped :] if name not in cited]
    return matching, [name for name in answer.mentioned if name not in cited]


def rows(
    assistant: Assistant,
    answer: Answer,
    have: Container[str] = (),
    only: Iterable[str] | None = None,
    numbers: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    """Return the next rows as HTML, and how many come after them.

    Each row says at which place it stands: narrowed first and widened later, they come out of turn.

    Parameters
    ----------
    have
        Identifiers of the papers that are there already.
    only
        Those that are wanted; None: all.
    numbers
        The bracket numbers of the papers that the conversation cites. The others have none: the
        next question may give it to another paper.
    """
    numbers = numbers or {}
    matching, mentioning = left(answer)
    places = list(enumerate([*matching, *mentioning]))
    some_only = None if only is None else set(only)
    wanted = [
        (at, name)
        for at, name in places
        if name not in have and (some_only is None or name in some_only)
    ]
    some = wanted[:ROWS]
    known = assistant.library.records(name for _, name in some)  # one may have gone since
    whys = _whys(assistant, answer, [n for at, n in some if at < len(matching) and n in known])
    shown = [
        _row(at, known[name].paper, numbers.get(name), whys.get(name))
        for at, name in some
        if name in known
    ]
    if any(at >= len(matching) for at, _ in some) and not any(n in have for n in mentioning):
        shown.append(_label(len(matching), len(mentioning)))
    return {"html": "".join(shown), "left": len(wanted) - len(some)}


def _row(at: int, paper: Paper, number: int | None, why: Cell | None) -> str:
    """Return a paper on one line, with the words that say why it is there on another."""
    parts = (words(sources.authors(paper)), str(paper.appeared or ""))
    by = f'<span class="by">{" · ".join(filter(None, parts))}</span>'
    named = f'<span class="number">[{number}]</span> ' if number else ""
    return (
        f'<li data-at="{at}" data-id="{escape(paper.id)}">{named}{sources.opener(paper)} '
        f"{sources.starred(paper, by)}{_reason(why)}</li>"
    )


def _reason(why: Cell | None) -> str:
    if not why or not why.text:
        return ""
    span = f' data-span="{why.start}-{why.end}"' if why.is_quoted else ""
    return (
        f'<button type="button" class="opens quoted" data-paper="{escape(why.paper_id)}"{span}>'
        f"{words(why.text)}</button>"
    )


def _whys(assistant: Assistant, answer: Answer, names: list[str]) -> dict[str, Cell]:
    """Return for each paper the words that say why it matches."""
    if not names:
        return {}
    question = answer.resolved or answer.question
    table = assistant.table(names, question, [WHY])
    return {row.paper.id: row.cells[0] for row in table.rows}


def _label(at: int, count: int) -> str:
    """Return the line above the papers that only mention what was asked."""
    said = f"{count:,} more {'mentions' if count == 1 else 'mention'} it"
    return f'<li class="label" data-at="{at - 0.5}" data-said="{said}">{said}</li>'
