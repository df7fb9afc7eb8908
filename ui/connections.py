"""Connections to the page, within bounds, so that some clients do not keep out all others.

A request has to come within a time, a reply has to be taken, a header has an end, and there are so
many connections at most: one more takes the place of the one that has kept silent longest. By
itself the server waits without end for a header or a body, keeps whatever a header has, and accepts
connections until no file can be opened.
"""

import asyncio
from typing import Any

import gradio.http_server
import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

PATIENCE = 20.0
"""Seconds in which a request has to come whole, beside what `SLOWEST` allows for its length."""

SLOWEST = 1_000
"""Bytes a second of a body, at least: a slow line has twice as many."""

UNTAKEN = 60.0
"""Seconds in which the client has to take of a reply what the system does not hold: 64 KB."""

LARGEST_HEAD = 65_536
"""Bytes of an address with its headers; cookies are those of all pages on this machine."""

MOST_OPEN = 500
"""Connections: a tab has up to seven. Each takes a file, of which most systems allow 1,024."""

LAST_WORDS = 1
"""Seconds in which replies may end when the server stops; those to an open tab never do."""


class Connection(H11Protocol):
    """A connection: what uvicorn makes of it, with a time for each request and reply."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request; where there are too many, end another one."""
        super().connection_made(transport)
        self._timer: asyncio.TimerHandle | None = None
        self._untaken: asyncio.TimerHandle | None = None
        self._wait()
        if len(self.connections) > most_open():
            there = (c for c in self.connections if isinstance(c, Connection) and c is not self)
            silent = min((c for c in there if c.is_awaited), key=lambda c: c.began, default=self)
            self.connections.discard(silent)
            silent.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        for timer in (self._timer, self._untaken):
            if timer:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what has come."""
        self._came += len(data)
        super().data_received(data)

    def on_response_complete(self) -> None:
        """Begin to wait for the next request."""
        super().on_response_complete()
        self._wait()

    def pause_writing(self) -> None:
        """Give a client that takes nothing of its reply some time."""
        super().pause_writing()
        self._untaken = self.loop.call_later(UNTAKEN, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on with a client that has taken some of its reply."""
        if self._untaken:
            self._untaken.cancel()
        super().resume_writing()

    @property
    def is_awaited(self) -> bool:
        """Whether it is the client's turn."""
        return self.conn.their_state in (h11.IDLE, h11.SEND_BODY)

    def _wait(self) -> None:
        self.began, self._came = self.loop.time(), 0
        if self._timer:
            self._timer.cancel()
        self._timer = self.loop.call_later(PATIENCE, self._look)

    def _look(self) -> None:
        """End the connection if the client has had its time."""
        now = self.loop.time()
        if self.flow.read_paused:  # it is this side that is slow
            self.began = now
        left = self.began + PATIENCE + self._came / SLOWEST - now
        if self.transport.is_closing() or (self.is_awaited and left <= 0):
            self.transport.abort()
        elif self.is_awaited:
            self._timer = self.loop.call_later(left, self._look)


class Server(gradio.http_server.Server):
    """Gradio's server, with these connections."""

    def __init__(self, config: uvicorn.Config, **more: Any) -> None:  # noqa: ANN401 - Gradio's own
        config.http, config.h11_max_incomplete_event_size = Connection, LARGEST_HEAD
        config.timeout_graceful_shutdown = LAST_WORDS
        super().__init__(config, **more)


def most_open() -> int:
    """Return how many connections there may be: half of the files that may be open, at most."""
    try:
        import resource
    except ImportError:  # Windows counts them otherwise
        return MOST_OPEN
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_OPEN if files == resource.RLIM_INFINITY else min(MOST_OPEN, files // 2)
