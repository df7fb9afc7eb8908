"""The conversation of one visitor: a tree of questions, of which one way is looked at.

Asking again, or editing, adds a question beside the one that it takes the place of; nothing is
lost. The answers stay here, for the questions that lean on them and for the citations to be taken
away, and on the `Shelf`, as they grow.
"""

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from rag.assistant import Assistant
from rag.core.answers import Answer
from rag.core.filters import Filters
from rag.core.questions import LONGEST_QUESTION
from rag.errors import QuestionError, RagError
from rag.search import tagged
from ui.asking import Stopped, steps
from ui.exchange import Exchange, names, restored
from ui.kept import Shelf, new_name
from ui.line import Line
from ui.suggestions import follow_ups
from ui.titles import topic

MOST_TURNS = 50
"""Answers that a question may lean on, the latest."""

WAIT = 0.5
"""Seconds between two looks at how many are before one in the line."""

EVERY = 2.0
"""Seconds after which an answer that grows is kept again."""

_log = logging.getLogger("rag.ui")


@dataclass
class Desk:
    """What one tab of a browser has open.

    Attributes
    ----------
    conversation
        Its name; empty: a new one, of which nothing has been asked.
    exchanges
        All its questions, the earliest first, on whatever branch.
    leaf
        The name of the last question on the branch that is looked at.
    user
        Who is logged in; empty where nobody has to.
    moved
        When the page was last asked to open something, by the clock of the page.
    """

    conversation: str = ""
    exchanges: tuple[Exchange, ...] = ()
    leaf: str = ""
    user: str = ""
    moved: float = 0.0

    def path(self) -> tuple[Exchange, ...]:
        """Return the questions of the branch that is looked at, the first one first."""
        by_name, way, name = {e.name: e for e in self.exchanges}, [], self.leaf
        while name in by_name:
            way.append(by_name.pop(name))
            name = way[-1].parent
        return tuple(reversed(way))

    def versions(self, exchange: Exchange) -> list[str]:
        """Return the names of a question and of those beside it, the earliest first."""
        return [e.name for e in self.exchanges if e.parent == exchange.parent]

    def put(self, exchange: Exchange) -> None:
        """Add a question, or what has become of it."""
        if all(e.name != exchange.name for e in self.exchanges):
            self.exchanges = (*self.exchanges, exchange)
        else:
            self.exchanges = tuple(
                exchange if e.name == exchange.name else e for e in self.exchanges
            )

    def end_of(self, name: str) -> str:
        """Return the last question after one, by way of the latest at each branch."""
        while after := [e.name for e in self.exchanges if e.parent == name]:
            name = after[-1]
        return name


def view(desk: Desk) -> dict[str, Any]:
    """Return a conversation as the page takes it."""
    path = desk.path()
    turns = [{**e.pieces(), "versions": desk.versions(e)} for e in path]
    busy = bool(path) and path[-1].state == "busy"
    # An answer that is stopped is sent once more by Gradio; the page takes none that is older.
    told = {"conversation": desk.conversation, "at": time.time(), "missing": ""}
    return {**told, "turns": turns, "busy": busy}


def ask(
    assistant: Assistant, line: Line, shelf: Shelf, desk: Desk, asked: Mapping[str, Any]
) -> Iterator[None]:
    """Answer what the page asks, yielding each time that the conversation has grown.

    When another conversation is opened meanwhile, this one is kept and nothing more is yielded.

    Parameters
    ----------
    asked
        ``question``; ``filters``, those set on the page, if any; ``instead_of``, the name of the
        question that this one is another version of; ``id`` and ``at``, if the page has just asked
        to open a conversation: that one is asked in, whichever comes here first.
    """
    if "id" in asked and moves(desk, asked) and asked["id"] != desk.conversation:
        open_(assistant, shelf, desk, str(asked["id"] or ""))
    path = desk.path()
    replaced = next((e for e in path if e.name == asked.get("instead_of")), None)
    parent = replaced.parent if replaced else desk.leaf
    earlier = path[: path.index(replaced)] if replaced else path
    question = str(asked.get("question") or "")[: LONGEST_QUESTION + 1]
    exchange = Exchange(f"t{new_name()}", question, len(assistant.library), parent)
    desk.conversation = own = desk.conversation or new_name()
    user, saved = desk.user, 0.0
    try:
        for exchange in _told(  # noqa: B020
            assistant, line, user, earlier, exchange, asked.get("filters")
        ):
            if exchange.state != "busy" or time.monotonic() - saved > EVERY:
                _keep(shelf, user, own, earlier, exchange)
                saved = time.monotonic()
            if desk.conversation == own:
                if exchange.name not in {e.name for e in desk.exchanges}:
                    desk.leaf = exchange.name
                desk.put(exchange)
                yield
    finally:  # also when the tab was closed, or another conversation opened
        _keep(shelf, user, own, earlier, exchange)


def stop(desk: Desk) -> None:
    """Stop the answer that is being made, in the middle of its sentence."""
    for exchange in desk.exchanges:
        if exchange.state == "busy":
            exchange.stopped.set()


def moves(desk: Desk, asked: Mapping[str, Any]) -> bool:
    """Tell whether to open what is asked for, or whether something else was asked for since.

    Two steps back at once arrive in any order, and the later one counts.
    """
    at = float(asked.get("at") or 0.0)
    if at < desk.moved:
        return False
    desk.moved = at
    return True


def clear(desk: Desk) -> None:
    """Open a new conversation; what is being answered is stopped, and kept as far as it is."""
    stop(desk)
    desk.conversation, desk.exchanges, desk.leaf = "", (), ""


def open_(assistant: Assistant, shelf: Shelf, desk: Desk, conversation: str) -> bool:
    """Open a conversation that was kept; returns whether there is one of that name.

    If it is the one that is open, what was asked in it elsewhere is added.
    """
    is_open = bool(conversation) and conversation == desk.conversation
    if is_open and any(e.state == "busy" for e in desk.exchanges):
        return True
    if not is_open:
        clear(desk)
    found = shelf.load(desk.user, conversation) if conversation else None
    if found is None:
        return is_open
    leaf, rows = found
    here = {e.name: e for e in desk.exchanges}
    exchanges = []
    for row in rows:
        if (old := here.pop(row["name"], None)) and old.state == row.get("state"):
            exchanges.append(old)
            continue
        try:
            exchanges.append(restored(assistant, row))
        except (KeyError, TypeError, ValueError):
            _log.warning("A question of conversation %s cannot be read", conversation)
    desk.conversation, desk.exchanges = conversation, (*exchanges, *here.values())
    desk.leaf = leaf if not is_open else desk.end_of(desk.leaf)
    return True


def choose(shelf: Shelf, desk: Desk, name: str) -> None:
    """Look at another version of a question, and at what came after it."""
    if any(e.name == name for e in desk.exchanges):
        desk.leaf = desk.end_of(name)
        shelf.choose(desk.user, desk.conversation, desk.leaf)


def find(desk: Desk, name: str) -> Answer | None:
    """Return the answer to a question."""
    return next((e.answer for e in desk.exchanges if e.name == name), None)


def numbers(desk: Desk) -> dict[str, int]:
    """Return the bracket numbers of the papers that a conversation cites, by their identifiers."""
    answers = [e.answer for e in desk.path() if e.answer]
    return {c.paper.id: c.number for answer in answers for c in answer.citations}


def _keep(
    shelf: Shelf, user: str, conversation: str, earlier: tuple[Exchange, ...], exchange: Exchange
) -> None:
    """Keep a question; its conversation is called by the first topic on the way to it."""
    topics = (topic(e.answer) for e in (*earlier, exchange) if e.answer)
    about = next(filter(None, topics), "")
    shelf.put(user, conversation, exchange.name, exchange.parent, exchange.kept(), about)


def _told(
    assistant: Assistant,
    line: Line,
    user: str,
    earlier: tuple[Exchange, ...],
    exchange: Exchange,
    filters: object,
) -> Iterator[Exchange]:
    """Yield a question as it is answered, or with why it is not."""
    try:
        exchange = replace(exchange, filters=_filters(filters))
        for exchange in _grown(assistant, line, user, earlier, exchange):  # noqa: B020 - it grows
            yield exchange
        return
    except Stopped:
        exchange = replace(exchange, state="stopped")
    except RagError as error:
        exchange = replace(exchange, state="failed", note=str(error))
    except Exception:
        _log.exception("A question could not be answered")
        note = "Something went wrong here, and is written down where the page was started."
        exchange = replace(exchange, state="failed", note=note)
    yield exchange


def _grown(
    assistant: Assistant, line: Line, user: str, earlier: tuple[Exchange, ...], exchange: Exchange
) -> Iterator[Exchange]:
    ticket = line.join()
    try:
        while ahead := line.ahead(ticket, WAIT):
            if exchange.stopped.is_set():
                raise Stopped
            exchange = replace(exchange, note=f"{ahead} before this one")
            yield exchange
        history = [e.answer for e in earlier if e.answer is not None][-MOST_TURNS:]
        question, filters = tagged.within(
            assistant.library, exchange.question, exchange.filters, user
        )
        for step in steps(assistant, question, history, filters, exchange.stopped):
            exchange = replace(exchange, stage=step.stage, answer=step.answer, note="")
            if step.answer and not exchange.names:
                exchange = replace(exchange, names=names(assistant, step.answer))
            if step.stage != "done":
                yield exchange
        answer = exchange.answer
        assert answer is not None
        exchange = replace(exchange, state="done")
        yield exchange
        asked_next = tuple(follow_ups(assistant, answer, history))  # takes up to a second
        yield replace(exchange, suggestions=asked_next)
    finally:
        line.leave(ticket)


def _filters(given: object) -> Filters | None:
    if given is None:
        return None
    with suppress(TypeError, ValueError, AttributeError):
        return Filters.from_dict(given)  # type: ignore[arg-type]
    raise QuestionError("The filters cannot be read: give days as 2021-04-02.")
