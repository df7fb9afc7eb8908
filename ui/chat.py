"""The conversation of one visitor: what was asked, what became of it, and how the page shows it.

The page holds no more than pieces of HTML; the answers themselves stay here, for the questions
that lean on them and for the citations to be taken away.
"""

import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any, Literal

from rag.assistant import Assistant
from rag.core.answers import Answer
from rag.core.filters import Filters
from rag.core.questions import LONGEST_QUESTION
from rag.errors import QuestionError, RagError
from ui import answer as shown
from ui import sources
from ui.asking import Stage, Stopped, steps
from ui.line import Line
from ui.suggestions import follow_ups
from ui.text import words

MOST_TURNS = 50
"""Questions of one conversation that are kept; the earliest go first."""

WAIT = 0.5
"""Seconds between two looks at how many are before one in the line."""

State = Literal["busy", "done", "stopped", "failed"]
_log = logging.getLogger("rag.ui")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what has become of it.

    Attributes
    ----------
    name
        By which the page knows it.
    filters
        Those that were set on the page; None: what the question says.
    note
        Why there is no answer, or how many are before this question.
    total
        Papers in the index.
    """

    name: str
    question: str
    total: int
    filters: Filters | None = None
    answer: Answer | None = None
    state: State = "busy"
    stage: Stage = "waiting"
    note: str = ""
    suggestions: tuple[str, ...] = ()
    stopped: threading.Event = field(default_factory=threading.Event)

    def pieces(self) -> dict[str, Any]:
        """Return the exchange as the page takes it: names to HTML, or to lists of HTML."""
        answer, done = self.answer, self.state != "busy"
        return {
            "name": self.name,
            "state": "abstained" if done and answer and answer.abstained else self.state,
            "plain": self.question,
            "filters": None if self.filters is None else self.filters.to_dict(),
            "question": words(self.question),
            "stage": _stage(self) if not done else shown.spent(answer) if answer else "",
            "head": shown.head(answer, self.name) if answer else "",
            "claims": shown.claims(answer, self.name) if answer else [],
            "foot": _foot(self) if done else "",
            "cards": sources.cards(answer, self.name) if answer else [],
            "near": sources.near(answer) if answer else "",
            "cited": [c.paper.id for c in answer.citations] if answer else [],
        }


Conversation = tuple[Exchange, ...]


def view(conversation: Conversation) -> dict[str, Any]:
    """Return a conversation as the page takes it."""
    busy = bool(conversation) and conversation[-1].state == "busy"
    return {"turns": [exchange.pieces() for exchange in conversation], "busy": busy}


def ask(
    assistant: Assistant, line: Line, conversation: Conversation, asked: Mapping[str, Any]
) -> Iterator[Conversation]:
    """Answer what the page asks, yielding the conversation each time that it has grown.

    Parameters
    ----------
    asked
        ``question``; ``filters``, those set on the page, if any; ``instead_of``, the name of the
        turn that this one takes the place of, with all that came after it.
    """
    earlier = _before(conversation, str(asked.get("instead_of") or ""))
    number = 1 + max((int(e.name.removeprefix("turn")) for e in conversation), default=0)
    question = str(asked.get("question") or "")[: LONGEST_QUESTION + 1]
    exchange = Exchange(f"turn{number}", question, len(assistant.library))
    try:
        exchange = replace(exchange, filters=_filters(asked.get("filters")))
        for exchange in _grown(assistant, line, earlier, exchange):  # noqa: B020 - it grows
            yield (*earlier, exchange)
        return
    except Stopped:
        exchange = replace(exchange, state="stopped")
    except RagError as error:
        exchange = replace(exchange, state="failed", note=str(error))
    except Exception:
        _log.exception("A question could not be answered")
        note = "Something went wrong here, and is written down where the page was started."
        exchange = replace(exchange, state="failed", note=note)
    yield (*earlier, exchange)


def stop(conversation: Conversation) -> None:
    """Stop the answer that is being made, in the middle of its sentence."""
    for exchange in conversation[-1:]:
        exchange.stopped.set()


def find(conversation: Conversation, name: str) -> Answer | None:
    """Return the answer of a turn."""
    return next((e.answer for e in conversation if e.name == name), None)


def _grown(
    assistant: Assistant, line: Line, earlier: Conversation, exchange: Exchange
) -> Iterator[Exchange]:
    ticket = line.join()
    try:
        while ahead := line.ahead(ticket, WAIT):
            if exchange.stopped.is_set():
                raise Stopped
            exchange = replace(exchange, note=f"{ahead} before this one")
            yield exchange
        history = [e.answer for e in earlier if e.answer is not None]
        for step in steps(
            assistant, exchange.question, history, exchange.filters, exchange.stopped
        ):
            exchange = replace(exchange, stage=step.stage, answer=step.answer, note="")
            if step.stage != "done":
                yield exchange
        assert exchange.answer is not None
        asked_next = tuple(follow_ups(assistant, exchange.answer, history))
        yield replace(exchange, state="done", suggestions=asked_next)
    finally:
        line.leave(ticket)


def _before(conversation: Conversation, name: str) -> Conversation:
    """Return what came before a turn, without what was never answered; all if there is no such."""
    names = [exchange.name for exchange in conversation]
    until = names.index(name) if name in names else len(names)
    return conversation[:until][-MOST_TURNS:]


def _filters(given: object) -> Filters | None:
    if given is None:
        return None
    with suppress(TypeError, ValueError, AttributeError):
        return Filters.from_dict(given)  # type: ignore[arg-type]
    raise QuestionError("The filters cannot be read: give days as 2021-04-02.")


def _stage(exchange: Exchange) -> str:
    """Return the way of a question with the place where it is."""
    if exchange.stage == "waiting":
        return f'<span class="now">Waiting</span><span>{escape(exchange.note)}</span>'
    answer = exchange.answer
    found = len(answer.citations) if answer else 0
    at = min(1 + len(answer.claims), found) if answer else 0
    names: Sequence[tuple[Stage, str]] = (
        ("searching", f"Searching {exchange.total:,} papers"),
        ("reading", f"Reading {found}" if answer else "Reading"),
        ("writing", f"Writing {at} of {found}" if exchange.stage == "writing" else "Writing"),
    )
    return "".join(
        f'<span class="{"now" if stage == exchange.stage else ""}">{escape(said)}</span>'
        for stage, said in names
    )


def _foot(exchange: Exchange) -> str:
    if exchange.state == "failed":
        return _note(exchange.note)
    below = shown.foot(exchange.answer, exchange.suggestions) if exchange.answer else ""
    return _note("Stopped.") + below if exchange.state == "stopped" else below


def _note(text: str) -> str:
    return f'<p class="note" role="alert">{words(text)}</p>'
