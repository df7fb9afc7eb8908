"""What is in front of the page: whose calls are let through, and whose passwords are looked at."""

import asyncio
import json
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.ui.conftest import Look, Site
from ui import access
from ui.guard import LARGEST_CALL, Guard, asking_from

UPLOAD, JOIN, CALL = "/gradio_api/upload", "/gradio_api/queue/join", "/gradio_api/component_server"


def status(address: str, body: bytes | None = None, **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(address, body, {"Content-Type": "application/json", **named})
    try:
        return int(urllib.request.urlopen(request).status)
    except urllib.error.HTTPError as error:
        return error.code


def events(site: Site) -> dict[bool, int]:
    """The number of a private event, and of one that programs may use."""
    config = json.load(urllib.request.urlopen(f"{site.address}/config"))
    return {each["api_visibility"] == "private": each["id"] for each in config["dependencies"]}


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "10.0.0.1", "[x"])
def test_it_is_served_under_its_own_name(site: Site, host: str) -> None:
    assert status(site.address, Host=host) == 403
    port = site.address.rpartition(":")[2]
    for own in ("localhost", "127.0.0.1", "[::1]"):
        assert status(site.address, Host=f"{own}:{port}") == 200


@pytest.mark.parametrize("path", [UPLOAD, JOIN, CALL, "/gradio_api/call/ask"])
def test_other_pages_change_nothing(site: Site, path: str) -> None:
    assert status(site.address + path, b"{}", Origin="http://evil.example") == 403
    assert status(site.address + path, b"{}", Origin="null") == 403


def test_private_calls_need_the_token_of_the_page(site: Site) -> None:
    numbers = events(site)
    call = {"fn_index": numbers[True], "data": [None], "session_hash": "x"}
    assert status(site.address + JOIN, json.dumps(call).encode()) == 403
    assert status(site.address + UPLOAD, b"x") == 403
    asked = {"component_id": 1, "fn_name": "rows", "session_hash": "x", "data": {}}
    assert status(site.address + CALL, json.dumps(asked).encode()) == 403
    forged = {"Cookie": f"rag-page-{site.address.rpartition(':')[2]}=a.b"}
    assert status(site.address + UPLOAD, b"x", **forged) == 403


@pytest.mark.parametrize(
    "body",
    [b"", b"[", b"[]", b"null", b'{"fn_index": 9999}', b'{"fn_index": "put"}', b"[" * 5000],
)
def test_malformed_calls_are_refused(site: Site, body: bytes) -> None:
    assert status(site.address + JOIN, body) == 400
    assert status(site.address + CALL, body) == 400


def test_a_call_is_not_endless(site: Site) -> None:
    assert status(site.address + JOIN, b"x" * (LARGEST_CALL + 1)) == 413


def test_the_page_itself_may(site: Site, look: Look) -> None:
    page = look(site, "#/library")
    expect(page.locator("#part-library tbody tr").first).to_be_visible()
    [token] = [c for c in page.context.cookies() if c["name"].startswith("rag-page-")]
    assert (token["httpOnly"], token["sameSite"]) == (True, "Strict")


def test_wrong_passwords_take_longer_and_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("ui.access.time.monotonic", lambda: now[0])
    known = access.checked({"ada": "right"})
    here: Any = asking_from.set("10.0.0.1")
    for _ in range(access.FREE):
        assert not known("ada", "wrong")
    assert known("ada", "right")
    for _ in range(access.FREE + 1):
        assert not known("ada", "wrong")
    assert not known("ada", "right")
    now[0] += access.FIRST
    assert not known("ada", "wrong")
    now[0] += access.FIRST
    assert not known("ada", "right")
    asking_from.set("10.0.0.2")
    assert known("ada", "right")
    asking_from.set("10.0.0.1")
    now[0] += access.FIRST
    assert known("ada", "right")
    asking_from.reset(here)


def test_who_tries_many_at_once_gets_no_more_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each counts from its beginning: many at the same time are not as many free ones."""
    looked_at: list[str] = []

    def slow(users: Any, user: str, password: str) -> bool:
        looked_at.append(password)
        time.sleep(0.3)
        return False

    monkeypatch.setattr("ui.access.passwords.known", slow)
    monkeypatch.setattr("ui.access.FIRST", 60.0)
    known = access.checked({"ada": "right"})
    with ThreadPoolExecutor(8) as pool:
        assert not any(pool.map(lambda n: known("ada", f"wrong {n}"), range(20)))
    assert len(looked_at) == access.FREE + 1


@pytest.mark.parametrize(
    ("headers", "scheme", "sealed"),
    [
        ([], "https", True),
        ([(b"x-forwarded-proto", b"https")], "http", True),
        ([(b"x-forwarded-proto", b"http")], "http", False),
        ([], "http", False),
    ],
)
def test_behind_https_cookies_travel_over_it_alone(headers, scheme, sealed) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        cookies = [(b"set-cookie", b"a=1; HttpOnly"), (b"Set-Cookie", b"b=2; secure; Path=/")]
        await send({"type": "http.response.start", "status": 200, "headers": cookies})

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "GET", "path": "/", "scheme": scheme, "server": ("", 80),
        "headers": [(b"host", b"localhost"), *headers], "client": ("10.0.0.1", 1),
    }  # fmt: skip
    guard = Guard(app, ["localhost"], lambda number: None)
    with ThreadPoolExecutor(1) as aside:  # the browser's own loop runs in this thread
        aside.submit(asyncio.run, guard(scope, None, send)).result()  # type: ignore[arg-type]
    told = [value.lower().count(b"secure") for _, value in sent[0]["headers"]]
    assert told == [int(sealed), 1]
