"""Clients that come slowly, in crowds, or with more than anybody needs: the others are served."""

import asyncio
import select
import socket
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import uvicorn

from tests.ui.conftest import Site, free_port
from ui import connections

HEAD = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n"


class Served:
    """A server that answers with what it was sent.

    For `/long` with more than anybody takes, for `/open` with a beginning and no end.
    """

    def __init__(self) -> None:
        self.port, self.over = free_port(), threading.Event()
        config = uvicorn.Config(self, port=self.port, log_level="error", lifespan="off")
        self._server = connections.Server(config)
        self._server.run_in_thread()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        long, more, body = scope["path"] == "/long", True, b""
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if scope["path"] == "/open":
            await send({"type": "http.response.body", "body": b"x", "more_body": True})
            await asyncio.Event().wait()
        for _ in range(1_000 if long else 0):
            await send({"type": "http.response.body", "body": b"x" * 100_000, "more_body": True})
        await send({"type": "http.response.body", "body": body})
        if long:
            self.over.set()

    def opened(self, sent: bytes = b"") -> socket.socket:
        """A connection on which something was sent."""
        made = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        made.sendall(sent)
        return made

    def answers(self) -> bool:
        """Whether somebody else is answered."""
        with self.opened(HEAD + b"Connection: close\r\n\r\n" + b"x" * 100) as one:
            return b" 200 OK" in one.makefile("rb").read()

    def close(self) -> None:
        self._server.close()

    @property
    def goes_on(self) -> bool:
        """Whether it has not stopped."""
        return self._server.thread.is_alive()


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setattr(connections, "PATIENCE", 0.2)
    monkeypatch.setattr(connections, "UNTAKEN", 0.2)
    server = Served()
    yield server
    server.close()


def ended(connection: socket.socket) -> bool:
    """Whether the other side has ended a connection, once it has."""
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def test_who_does_not_go_on_is_not_waited_for(served: Served) -> None:
    slow = [
        served.opened(),
        served.opened(HEAD[:20]),
        served.opened(HEAD + b"\r\n"),
        served.opened(HEAD + b"\r\nonly the beginning"),
    ]
    assert served.answers()
    assert all(ended(one) for one in slow)
    slow.append(drop_by_drop := served.opened())
    with suppress(OSError):  # it was ended before
        for n in range(len(HEAD)):
            drop_by_drop.sendall(HEAD[n : n + 1])
            threading.Event().wait(0.02)
    assert ended(drop_by_drop)
    for one in slow:
        one.close()


def test_what_comes_fast_enough_may_take_long(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "SLOWEST", 10)
    with served.opened(HEAD + b"Connection: close\r\n\r\n") as one:
        for _ in range(10):
            threading.Event().wait(0.04)
            one.sendall(b"x" * 10)
        assert one.makefile("rb").read().count(b"x") == 100


def test_a_reply_that_nobody_takes_is_not_held(served: Served) -> None:
    with served.opened(b"GET /long HTTP/1.1\r\nHost: localhost\r\n\r\n"):
        assert served.over.wait(30)


def test_a_tab_that_is_left_open_does_not_keep_it_from_stopping(served: Served) -> None:
    with served.opened(b"GET /open HTTP/1.1\r\nHost: localhost\r\n\r\n") as tab:
        assert b"200 OK" in tab.recv(1_000)
        served.close()
        assert not served.goes_on


def test_a_crowd_that_says_nothing_keeps_nobody_out(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "PATIENCE", 1_000.0)
    monkeypatch.setattr(connections, "MOST_OPEN", 10)
    crowd = [served.opened() for _ in range(40)]
    assert served.answers()
    gone, crowded = set[socket.socket](), select.poll()
    sockets = {one.fileno(): one for one in crowd}
    for number in sockets:
        crowded.register(number, select.POLLIN)
    while len(gone) < 30:  # which of those that came in the same moment is no matter
        told = [number for number, _ in crowded.poll(30_000)]
        assert told
        for number in told:
            crowded.unregister(number)
            gone.add(sockets[number])
    assert all(ended(one) for one in gone)
    for one in crowd:
        one.close()


def test_heads_have_an_end(site: Site) -> None:
    """Of the page itself: it is served with these connections."""
    port = int(site.address.rpartition(":")[2])
    for begun in (b"GET /", b"GET / HTTP/1.1\r\nHost: localhost\r\nX: "):
        with socket.create_connection(("127.0.0.1", port), timeout=30) as one:
            try:
                for _ in range(100):
                    one.sendall(begun)
                    begun = b"x" * 100_000
                told = one.makefile("rb").readline()
            except OSError:
                told = b"HTTP/1.1 400 "
            assert told.startswith(b"HTTP/1.1 400 ")
    assert urllib.request.urlopen(f"{site.address}/alive").status == 200


def test_as_many_may_come_as_half_the_files_that_may_be_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resource = pytest.importorskip("resource")
    for files, most in ((256, 128), (100_000, 500), (resource.RLIM_INFINITY, 500)):
        monkeypatch.setattr(resource, "getrlimit", lambda _, n=files: (n, n))
        assert connections.most_open() == most
