"""A question of a conversation, what has become of it, and how the page shows it.

The page holds no more than pieces of HTML; `kept` and `restored` are what stays on the disk.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any, Literal

from rag.assistant import Assistant
from rag.core.answers import Answer
from rag.core.filters import Filters, short_name
from ui import answer as shown
from ui import rest, sources
from ui.asking import Stage
from ui.text import words

State = Literal["busy", "done", "stopped", "failed"]
CUT_OFF = "Stopped."
_LISTED = ("papers", "overview", "yes-no", "count", "compare")  # that a table can show


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what has become of it.

    Attributes
    ----------
    name
        By which the page knows it; no other has it.
    parent
        The name of the question before it; empty: it is the first.
    filters
        Those that were set on the page; None: what the question says.
    note
        Why there is no answer, or how many are before this question.
    total
        Papers in the index.
    names
        Short titles of the papers that its filters name.
    """

    name: str
    question: str
    total: int
    parent: str = ""
    filters: Filters | None = None
    answer: Answer | None = None
    state: State = "busy"
    stage: Stage = "waiting"
    note: str = ""
    suggestions: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def _lists(self) -> bool:
        answer = self.answer
        return bool(answer and answer.matching and answer.kind in _LISTED)

    @property
    def _chosen(self) -> bool:
        return bool(self.filters and self.filters.ids)

    @property
    def _left(self) -> int:
        """How many papers match, or mention it, that are not written about."""
        answer = self.answer
        if not answer or not self._lists or answer.kind == "compare":
            return 0
        return sum(map(len, rest.left(answer)))

    def pieces(self) -> dict[str, Any]:
        """Return the exchange as the page takes it: names to HTML, or to lists of HTML."""
        answer, done = self.answer, self.state != "busy"
        return {
            "name": self.name,
            "state": "abstained" if done and answer and answer.abstained else self.state,
            "kind": answer.kind if answer else "",
            "columns": len(answer.citations) if answer and answer.kind == "compare" else 0,
            "doubtful": bool(answer and answer.doubtful),
            "listed": bool(done and self._lists),
            "matched": answer.matched if answer and self._lists else 0,
            "plain": self.question,
            "filters": None if self.filters is None else self.filters.to_dict(),
            "question": words(self.question),
            "stage": _stage(self) if not done else "",
            "spent": shown.spent(answer) if answer and done else "",
            "head": shown.head(answer, self.name, self.names, self._chosen) if answer else "",
            "claims": shown.claims(answer, self.name) if answer else [],
            "foot": _foot(self) if done else "",
            "left": self._left if done else 0,
            "next": shown.questions(self.suggestions, "Ask next") if self.suggestions else "",
            "cards": sources.cards(answer, self.name) if answer else [],
            "cited": [c.paper.id for c in answer.citations] if answer else [],
        }

    def kept(self) -> dict[str, Any]:
        """Return the exchange as JSON takes it."""
        return {
            "question": self.question,
            "total": self.total,
            "filters": None if self.filters is None else self.filters.to_dict(),
            "state": self.state,
            "note": self.note,
            "answer": self.answer.to_dict() if self.answer else None,
            "suggestions": list(self.suggestions),
        }


def restored(assistant: Assistant, kept: Mapping[str, Any]) -> Exchange:
    """Return the exchange that `kept` was called on; what was being answered then is stopped.

    Papers that the index has are those of the index, others have what the answer knew of them.

    Raises
    ------
    KeyError, TypeError, ValueError
        If it is no such dict.
    """
    answer = Answer.from_dict(kept["answer"]) if kept["answer"] else None
    exchange = Exchange(
        name=str(kept["name"]),
        question=str(kept["question"]),
        total=int(kept["total"]),
        parent=str(kept["parent"]),
        filters=None if kept["filters"] is None else Filters.from_dict(kept["filters"]),
        answer=_whole(assistant, answer) if answer else None,
        state="stopped" if kept["state"] == "busy" else kept["state"],
        note=str(kept["note"]),
        suggestions=tuple(kept["suggestions"]),
    )
    return replace(exchange, names=names(assistant, exchange.answer))


def names(assistant: Assistant, answer: Answer | None) -> dict[str, str]:
    """Return the short titles of the papers that the filters of an answer name."""
    ids = (*answer.filters.ids, *answer.filters.not_ids) if answer else ()
    found = assistant.library.records(ids) if ids else {}
    return {name: short_name(record.paper) for name, record in found.items()}


def _whole(assistant: Assistant, answer: Answer) -> Answer:
    ids = [c.paper.id for c in answer.citations] + [n.paper.id for n in answer.near_misses]
    held = assistant.library.records(ids)
    paper = {name: record.paper for name, record in held.items()}
    return replace(
        answer,
        citations=tuple(replace(c, paper=paper.get(c.paper.id, c.paper)) for c in answer.citations),
        near_misses=tuple(
            replace(n, paper=paper.get(n.paper.id, n.paper)) for n in answer.near_misses
        ),
    )


def _stage(exchange: Exchange) -> str:
    """Return the way of a question with the place where it is."""
    if exchange.stage == "waiting":
        return f'<span class="now">Waiting</span><span>{escape(exchange.note)}</span>'
    answer = exchange.answer
    found = len(answer.citations) if answer else 0
    at = min(1 + len(answer.claims), found) if answer else 0
    steps: Sequence[tuple[Stage, str]] = (
        ("searching", f"Searching {exchange.total:,} papers"),
        ("reading", f"Reading {found}" if answer else "Reading"),
        ("writing", f"Writing {at} of {found}" if exchange.stage == "writing" else "Writing"),
    )
    return "".join(
        f'<span class="{"now" if stage == exchange.stage else ""}">{escape(said)}</span>'
        for stage, said in steps
    )


def _foot(exchange: Exchange) -> str:
    if exchange.state == "failed":
        return _note(exchange.note)
    answer = exchange.answer
    below = shown.foot(answer) + sources.near(answer) if answer else ""
    return _note(CUT_OFF) + below if exchange.state == "stopped" else below


def _note(text: str) -> str:
    return f'<p class="note" role="alert">{words(text)}</p>'
