"""The queue of questions: a few are answered at a time, in the order in which they came.

The language model writes one sentence at a time. With a few answers in progress, one is searched
for while another is written; more at a time would only make all of them slower.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from rag.errors import QuestionError

PLACES = 2
"""Answers made at the same time."""

LONGEST = 20
"""Questions that may wait; further ones are refused, with a line that says so."""


class Line:
    """The queue, as a list of tickets."""

    def __init__(self, places: int = PLACES, longest: int = LONGEST) -> None:
        self._places = places
        self._longest = longest
        self._tickets: list[object] = []
        self._moved = threading.Condition()

    def join(self) -> object:
        """Take a ticket.

        Raises
        ------
        QuestionError
            If the line is too long already.
        """
        ticket = object()
        with self._moved:
            if len(self._tickets) >= self._places + self._longest:
                raise QuestionError(
                    f"{self._longest} questions are waiting already: ask again in a minute."
                )
            self._tickets.append(ticket)
        return ticket

    def ahead(self, ticket: object, seconds: float = 0.0) -> int:
        """Return how many are before a ticket, after waiting so long for there to be none."""
        with self._moved:
            self._moved.wait_for(lambda: not self._before(ticket), seconds)
            return self._before(ticket)

    def leave(self, ticket: object) -> None:
        """Give a ticket back, used or not."""
        with self._moved:
            if ticket in self._tickets:
                self._tickets.remove(ticket)
                self._moved.notify_all()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a place, and hold it as long as the block runs."""
        ticket = self.join()
        try:
            with self._moved:
                self._moved.wait_for(lambda: not self._before(ticket))
            yield
        finally:
            self.leave(ticket)

    def _before(self, ticket: object) -> int:
        return max(0, self._tickets.index(ticket) + 1 - self._places)
