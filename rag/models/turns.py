"""Whose turn it is where one thing serves many: in the order in which they asked.

Who is in the middle of something keeps the number it drew and comes before those who drew later.
So sentences take turns, and one long answer does not make everybody wait for its end. Nothing is
held between two turns: who stops asking stands in nobody's way.
"""

import heapq
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count


class Turns:
    """Numbers to be drawn, and turns to be taken in their order.

    >>> turns = Turns()
    >>> with turns.taken(turns.draw()):
    ...     pass
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: list[int] = []
        self._taken = False
        self._numbers = count()

    def draw(self) -> int:
        """Return the next number."""
        with self._changed:
            return next(self._numbers)

    @contextmanager
    def taken(self, number: int) -> Iterator[None]:
        """Wait until nobody with a lower number waits, and be alone until the block is left."""
        with self._changed:
            heapq.heappush(self._waiting, number)
            try:
                self._changed.wait_for(lambda: not self._taken and self._waiting[0] == number)
            finally:
                self._waiting.remove(number)
                heapq.heapify(self._waiting)
                self._changed.notify_all()
            self._taken = True
        try:
            yield
        finally:
            with self._changed:
                self._taken = False
                self._changed.notify_all()
