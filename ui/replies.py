"""What is added to each reply of the server: how its cookies travel, and what a browser may do.

The page is told to load and ask nothing from elsewhere, and to be in no frame of another page; so
even markup that slipped through everything else could send nothing away.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Any, Send], Awaitable[None]]

_ADDED = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (
        b"content-security-policy",
        # Gradio's page has its scripts and styles in itself, and makes some of both.
        b"default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; object-src 'none'; "
        b"base-uri 'self'; form-action 'self'; frame-ancestors 'self'",
    ),
)


class NoOtherPages:
    """Stands where Gradio tells browsers that pages from elsewhere may read its replies.

    It does so unless it is served under this machine's own name. Here none may, wherever it is.
    """

    def __init__(self, app: App, **_: Any) -> None:  # noqa: ANN401 - what Gradio gives its own
        self._app = app

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Send) -> None:  # noqa: ANN401
        """Serve as without."""
        await self._app(scope, receive, send)


_LASTING = (b"cache-control", b"public, max-age=31536000, immutable")
_PASSING = (b"cache-control", b"no-store")


def kept_to_itself(send: Send, https: bool, path: str) -> Send:
    """Return what sends a reply with these headers.

    Parameters
    ----------
    https
        Whether it travels over https, as far as the browser: its cookies may travel no other way.
    path
        Of what is asked for. A file of Gradio's has another name whenever it has changed; the page
        itself has in it what somebody has asked, and is not kept by a browser.
    """
    lasts = [_LASTING] if path.startswith("/assets/") else [_PASSING] if not path else []

    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            there = message.get("headers", ())
            headers = [
                (name, _cookie(value, https) if name.lower() == b"set-cookie" else value)
                for name, value in there
            ]
            known = lasts if message["status"] == 200 else []
            message = {**message, "headers": [*headers, *_ADDED, *known]}
        await send(message)

    return sending


def _cookie(value: bytes, https: bool) -> bytes:
    """Return a cookie that no page of another address sends: Gradio's would go with any."""
    name, *attributes = value.split(b";")
    kept = [a for a in attributes if a.strip().lower() not in (b"samesite=none", b"secure")]
    if not any(a.strip().lower().startswith(b"samesite=") for a in kept):
        kept.append(b" SameSite=Lax")
    if https or any(a.strip().lower() == b"secure" for a in attributes):
        kept.append(b" Secure")
    return b";".join((name, *kept))
