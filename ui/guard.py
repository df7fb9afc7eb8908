"""Who may talk to the page, and of what: its own tabs; other pages in the same browser may not.

A page from elsewhere can send requests to this machine, and with a name of its own that leads here
it could read what comes back. So on the loopback only its own names are served, all that a browser
asks has to come from the page itself, and what only the page calls needs the token that it was
opened with. Of all that Gradio serves only what is used here can be reached: the rest would fetch
addresses from the network, write files and make changes that nobody asked for. Malformed calls are
refused before Gradio tries to make sense of them.
"""

import gc
import hmac
import json
import logging
import os
import secrets
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextlib import suppress
from contextvars import ContextVar
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie
from typing import Any

from starlette.requests import ClientDisconnect

from ui.calls import NO_TOKEN, Calls, Receive, body_of
from ui.origins import foreign
from ui.paths import BEAT, BY_NAME, CHANGED, LOGIN, READ, UPLOAD, path_of
from ui.replies import Send, kept_to_itself

Scope = MutableMapping[str, Any]

HELD = 40_000_000
"""Bytes of calls that are being read, wait or are answered, together; others are refused. After as
many there is a look for what nobody needs any more: a call holds itself in a circle."""

MOST_TABS = 250
"""Tabs that let the server know that they are there: each has a connection for that alone."""

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

_log = logging.getLogger("rag.ui")

asking_from: ContextVar[str] = ContextVar("asking_from", default="")
"""The address that a request comes from."""

LOOKS_AGAIN = 8_000_000
"""Bytes of an upload after which it is looked again whether as much has come as may wait."""


class Guard:
    """An ASGI application in front of another one.

    Parameters
    ----------
    names
        Hosts that it is served under; empty: any, where others on the network may use it.
    calls
        What can be called.
    full
        Tells whether as much was uploaded as may wait.
    tools
        The path of the tools of MCP, and the token that who calls them has to send; an empty one:
        nobody has to.
    sweep
        Clears away what uploads left that were cut off; is told whether others are going on.
    waiting
        Tells how many bytes the calls have that wait to be answered.
    """

    def __init__(
        self,
        app: Callable[[Scope, Receive, Send], Awaitable[None]],
        names: Iterable[str],
        calls: Calls,
        full: Callable[[], bool] = lambda: False,
        tools: tuple[str, str] = ("", ""),
        sweep: Callable[[bool], None] = lambda busy: None,
        waiting: Callable[[], int] = lambda: 0,
    ) -> None:
        self._app = app
        self._calls, self._full, self._sweep, self._waiting = calls, full, sweep, waiting
        self._tools, self._token = tools
        self._uploads = self._held = self._came = self._tabs = 0
        self._names = frozenset(names)
        self._secret = secrets.token_bytes(32)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or say why not."""
        if scope["type"] == "websocket":  # nothing here is one, and a browser lets any page open it
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asking_from.set((scope.get("client") or ("",))[0])
        sent = {name.decode("latin-1"): v.decode("latin-1") for name, v in scope["headers"]}
        https = "https" in (scope.get("scheme"), sent.get("x-forwarded-proto", "").lower())
        path, method = path_of(scope), str(scope["method"])
        send = kept_to_itself(send, https, path)
        cookie = _cookie(scope)
        known = self._opened(sent.get("cookie", ""), cookie)
        if problem := foreign(method, not path, scope["headers"], self._names):
            await _refuse(send, 403, problem)
        elif status := self._shut(path, method, sent, known):
            await _refuse(send, *status)
        elif path == UPLOAD:
            await self._upload(scope, receive, send)
        elif method == "POST":
            await self._called(scope, receive, send, known)
        elif path.startswith(BEAT):
            await self._beating(scope, receive, send)
        else:
            page = method == "GET" and not known and "text/html" in sent.get("accept", "")
            await self._answered(scope, receive, self._giving(send, cookie) if page else send)

    def _shut(
        self, path: str, method: str, sent: dict[str, str], known: bool
    ) -> tuple[int, str] | None:
        """Say why something is not served to who asks; None: it is."""
        if self._tools and (path == self._tools or path.startswith(f"{self._tools}/")):
            given = sent.get("authorization", "")
            if self._token and not hmac.compare_digest(
                given.encode(), f"Bearer {self._token}".encode()
            ):
                return 401, "The tools want their token: Authorization: Bearer TOKEN."
            return None
        if method in ("GET", "HEAD"):
            return None if READ.fullmatch(path) else (404, _NOTHING)
        if method != "POST" or not (CHANGED.fullmatch(path) or BY_NAME.fullmatch(path)):
            return 404, _NOTHING
        return (403, NO_TOKEN) if path == UPLOAD and not known else None

    async def _answered(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, whatever it holds: a traceback of it helps nobody."""
        began = False

        async def sending(message: MutableMapping[str, Any]) -> None:
            nonlocal began
            began = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except (_FullError, ClientDisconnect) as error:
            if isinstance(error, _FullError) and not began:
                await _refuse(send, 413, _FULL)
        except Exception as error:  # what answers is written for what the page sends
            _log.warning("A call of the page failed: %r", error, exc_info=_debugs())
            if not began:
                await _refuse(send, 400, "The call cannot be understood: reload the page.")
                return
            with suppress(Exception):  # it was to be longer: then the connection ends it
                await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _upload(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let an upload through as long as there is room, and clear away one that was cut off."""
        self._uploads += 1
        try:
            await self._answered(scope, self._bounded(receive), send)
        finally:
            self._uploads -= 1
            self._sweep(self._uploads > 0)

    def _bounded(self, receive: Receive) -> Receive:
        """Return what gives a body until too much has come of this and other uploads."""
        came = LOOKS_AGAIN  # it is looked at once before it begins

        async def receiving() -> MutableMapping[str, Any]:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came >= LOOKS_AGAIN:
                came = 0
                if self._full():
                    raise _FullError
            return message

        return receiving

    async def _called(self, scope: Scope, receive: Receive, send: Send, known: bool) -> None:
        """Let a call through once it is there, if it is not too large and nothing is wrong."""
        path, held, waiting = path_of(scope), 0, self._waiting()

        def come(count: int) -> bool:
            nonlocal held
            held, self._held = held + count, self._held + count
            return self._held + waiting <= HELD

        try:
            body = await body_of(receive, most := self._calls.largest(path), come)
            if body is None:
                full = self._held + waiting > HELD
                said = _BUSY if full else f"A call may have {most:,} bytes."
                await _refuse(send, 503 if full else 413, said)
                return
            if path != LOGIN:  # a form; all others are JSON
                code, problem = self._calls.wrong(path, body, known)
                if problem:
                    await _refuse(send, code, problem)
                    return
            await self._answered(scope, _again(body, receive), send)
        finally:
            self._held -= held
            self._came += held
            if self._came > HELD:
                self._came = 0
                gc.collect()

    async def _beating(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a tab say that it is there, and leave connections for those who ask."""
        if self._tabs >= MOST_TABS:
            await _refuse(send, 503, _BUSY)
            return
        self._tabs += 1
        try:
            await self._answered(scope, receive, send)
        finally:
            self._tabs -= 1

    def _opened(self, cookies: str, name: str) -> bool:
        """Tell whether who asks has opened the page."""
        try:
            held = SimpleCookie(cookies).get(name)
        except CookieError:
            return False
        own, _, seal = held.value.partition(".") if held else ("", "", "")
        return bool(own) and hmac.compare_digest(seal.encode(), self._seal(own).encode())

    def _seal(self, name: str) -> str:
        return hmac.new(self._secret, name.encode(), sha256).hexdigest()

    def _giving(self, send: Send, cookie: str) -> Send:
        """Return what sends an answer with a token of its own."""
        own = secrets.token_urlsafe(12)
        given = f"{cookie}={own}.{self._seal(own)}; Path=/; HttpOnly; SameSite=Strict"

        async def sending(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                more = (b"set-cookie", given.encode())
                message = {**message, "headers": [*message.get("headers", ()), more]}
            await send(message)

        return sending


class _FullError(Exception):
    """As much was uploaded as may wait."""


_BUSY = "Too much is asked at the same time: try again in a while."
_NOTHING = "There is nothing here."
_FULL = "Too much is waiting to be added: add it, or leave it, first."


def _debugs() -> bool:
    return bool(os.environ.get("RAG_DEBUG"))


def _cookie(scope: Scope) -> str:
    """Return the name of the cookie: cookies are shared by all ports of a machine."""
    return f"rag-page-{(scope.get('server') or ('', ''))[1]}"


def _again(body: bytes, receive: Receive) -> Receive:
    """Return what gives a body that was read already, and then what comes after it."""
    given = False

    async def receiving() -> MutableMapping[str, Any]:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receiving


async def _refuse(send: Send, status: int, said: str) -> None:
    body = json.dumps({"detail": said}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
