"""The papers of an answer that it does not write about, as rows that are read page by page.

First those that match, each with the words that say why, then those that only mention what was
asked.
"""

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


def rows(assistant: Assistant, answer: Answer, skip: int) -> dict[str, Any]:
    """Return the next rows as HTML, and how many come after them.

    Parameters
    ----------
    skip
        How many there are already.
    """
    matching, mentioning = left(answer)
    wanted = [*matching, *mentioning][skip : skip + ROWS]
    known = assistant.library.records(wanted)
    whys = _whys(assistant, answer, [n for n in wanted[: len(matching) - skip] if n in known])
    numbers = dict(zip(answer.matching, answer.numbers, strict=True))
    shown = []
    for at, name in enumerate(wanted, start=skip):
        if at == len(matching):
            shown.append(f'<li class="label">{_mention(len(mentioning))}</li>')
        if name in known:  # it may have gone since
            shown.append(row(known[name].paper, numbers.get(name), whys.get(name)))
    after = len(matching) + len(mentioning) - skip - len(wanted)
    return {"html": "".join(shown), "next": skip + len(wanted), "left": after}


def row(paper: Paper, number: int | None, why: Cell | None = None) -> str:
    """Return a paper on one line, with the words that say why it is there on another."""
    by = " · ".join(
        part for part in (words(sources.authors(paper)), str(paper.appeared or "")) if part
    )
    named = f'<span class="number">[{number}]</span> ' if number else ""
    return (
        f'<li data-number="{number or ""}">{named}{sources.opener(paper)} '
        f'<span class="by">{by}</span> {sources.star(paper)}{_reason(why)}</li>'
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


def _mention(count: int) -> str:
    return f"{count:,} more {'mentions' if count == 1 else 'mention'} it"
