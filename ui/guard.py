"""Who may talk to the page: its own tabs; other pages in the same browser may not.

A page from elsewhere can send requests to this machine, and with a name of its own that leads here
it could read what comes back. So on the loopback only its own names are served, what changes
anything has to come from the page itself, and what only the page calls needs the token that it was
opened with. Malformed calls are refused before Gradio tries to make sense of them.
"""

import hmac
import json
import re
import secrets
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextvars import ContextVar
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

LARGEST_CALL = 1_000_000
"""Bytes of a call that is no upload; a conversation that is given back with it is far smaller."""

LARGEST_QUESTION = 20_000_000
"""The same for a program, which gives back whole answers as the history of its question."""

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

asking_from: ContextVar[str] = ContextVar("asking_from", default="")
"""The address that a request comes from."""

_PRIVATE = ("/component_server", "/upload")  # what only the page itself calls
_CALLS = ("/component_server", "/queue/join")
_BY_NAME = re.compile(r"/gradio_api/(?:call|run|api)/(\w+)$")


class Guard:
    """An ASGI application in front of another one.

    Parameters
    ----------
    names
        Hosts that it is served under; empty: any, where others on the network may use it.
    private
        Tells whether an event, by its number, is one that only the page itself uses; None if there
        is no such event.
    full
        Tells whether as much was uploaded as may wait.
    values
        Tells how many values an event takes, by the name that programs call it by; None if there is
        no such event.
    tools
        The path of the tools of MCP, and the token that who calls them has to send; an empty one:
        nobody has to.
    """

    def __init__(
        self,
        app: Callable[[Scope, Receive, Send], Awaitable[None]],
        names: Iterable[str],
        private: Callable[[int], bool | None],
        full: Callable[[], bool] = lambda: False,
        values: Callable[[str], int | None] = lambda name: None,
        tools: tuple[str, str] = ("", ""),
    ) -> None:
        self._app = app
        self._full, self._values = full, values
        self._tools, self._token = tools
        self._names = frozenset(names)
        self._private = private
        self._secret = secrets.token_bytes(32)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or say why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asking_from.set((scope.get("client") or ("",))[0])
        sent = {name.decode("latin-1"): v.decode("latin-1") for name, v in scope["headers"]}
        if "https" in (scope.get("scheme"), sent.get("x-forwarded-proto", "").lower()):
            send = _sealed(send)
        if problem := self._foreign(scope, sent):
            await _refuse(send, 403, problem)
            return
        path = str(scope["path"]).rstrip("/")
        if self._token and f"{self._tools}/" in f"{path}/":  # also behind a proxy's own path
            given = sent.get("authorization", "")
            if not hmac.compare_digest(given.encode(), f"Bearer {self._token}".encode()):
                await _refuse(send, 401, "The tools want their token: Authorization: Bearer TOKEN.")
                return
        cookie = _cookie(scope)
        known = self._opened(sent.get("cookie", ""), cookie)
        if scope["method"] == "POST" and (path.endswith(_CALLS) or _BY_NAME.search(path)):
            body, status, problem = await self._read(path, receive, known)
            if problem:
                await _refuse(send, status, problem)
                return
            receive = _again(body, receive)
        elif scope["method"] == "POST" and path.endswith(_PRIVATE) and not known:
            await _refuse(send, 403, _NO_TOKEN)
            return
        if scope["method"] == "POST" and path.endswith("/upload") and self._full():
            await _refuse(send, 413, "Too much is waiting to be added: add it, or leave it, first.")
            return
        page = scope["method"] == "GET" and not known and "text/html" in sent.get("accept", "")
        await self._app(scope, receive, self._giving(send, cookie) if page else send)

    def _foreign(self, scope: Scope, sent: dict[str, str]) -> str:
        """Say why a request is not the page's own; empty if it is."""
        host = sent.get("host", "")
        if self._names and _name(f"//{host}") not in self._names:
            return "This page is served under its own name alone."
        origin = sent.get("origin", "")
        if scope["method"] in ("GET", "HEAD") or not origin:
            return ""
        asked = {host, sent.get("x-forwarded-host", host)}
        if urlsplit(origin).netloc in asked:
            return ""
        return "Another page may not change anything here."

    async def _read(self, path: str, receive: Receive, known: bool) -> tuple[bytes, int, str]:
        """Return the body of a call, and what is wrong with it."""
        named = _BY_NAME.search(path)
        most = LARGEST_QUESTION if named else LARGEST_CALL
        body = await _body(receive, most)
        if body is None:
            return b"", 413, f"A call may have {most:,} bytes."
        wrong = self._ill_asked(named[1], body) if named else self._wrong(path, body, known)
        return body, *wrong

    def _ill_asked(self, name: str, body: bytes) -> tuple[int, str]:
        """Say what is wrong with the call of a program."""
        try:
            given = json.loads(body)["data"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return 400, 'A call is JSON like {"data": [...]}.'
        wanted = self._values(name)
        if wanted is None:
            return 404, "There is nothing like that to call."
        if not isinstance(given, list) or len(given) != wanted:
            return 400, f"/{name} takes {wanted} values in its data, in their order."
        return 200, ""

    def _wrong(self, path: str, body: bytes, known: bool) -> tuple[int, str]:
        """Say what is wrong with a call."""
        try:
            call = json.loads(body)
            number = call.get("fn_index")
        except (ValueError, AttributeError, RecursionError):
            return 400, "The call is not JSON."
        if path.endswith("/component_server"):
            well = isinstance(call.get("component_id"), int) and all(
                isinstance(call.get(name), str) for name in ("fn_name", "session_hash")
            )
            private: bool | None = True if well else None
        else:
            private = self._private(number) if isinstance(number, int) else None
        if private is None:
            return 400, "There is nothing like that to call."
        return (403, _NO_TOKEN) if private and not known else (200, "")

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


def _sealed(send: Send) -> Send:
    """Return what sends an answer whose cookies travel over https alone."""

    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            headers = [
                (name, value + b"; Secure")
                if name.lower() == b"set-cookie" and b"secure" not in _attributes(value)
                else (name, value)
                for name, value in message.get("headers", ())
            ]
            message = {**message, "headers": headers}
        await send(message)

    return sending


def _attributes(cookie: bytes) -> set[bytes]:
    """Return the attributes of a cookie that is set, in lower case: "httponly", "path=/"."""
    return {part.strip().lower() for part in cookie.split(b";")[1:]}


_NO_TOKEN = "Only the page itself may call this: open it, or reload it."


def _cookie(scope: Scope) -> str:
    """Return the name of the cookie: cookies are shared by all ports of a machine."""
    return f"rag-page-{(scope.get('server') or ('', ''))[1]}"


def _name(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


async def _body(receive: Receive, most: int) -> bytes | None:
    """Return the body of a request; None if it has more than so many bytes."""
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if len(body) > most:
            return None
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            return body


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
