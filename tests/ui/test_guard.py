"""What is in front of the page: whose calls are let through, and whose passwords are looked at."""

import asyncio
import http.client
import json
import logging
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from rag.errors import ListingError
from tests.ui.conftest import Look, Site
from ui import access, calls, guard, sessions, uploads
from ui.calls import LARGEST, Calls
from ui.guard import Guard, asking_from

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


@pytest.mark.parametrize("host", ["evil@localhost", "localhost/evil", "localhost#", "", "::1"])
def test_what_is_no_host_is_not_its_own(site: Site, host: str) -> None:
    assert raw(site, f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n") == 403


def test_a_request_has_one_host(site: Site) -> None:
    twice = "Host: localhost\r\nHost: evil.example\r\n"
    assert raw(site, f"GET / HTTP/1.1\r\n{twice}Connection: close\r\n\r\n") in (400, 403)


def raw(site: Site, request: str) -> int:
    """The status of what is answered to bytes that no library would send."""
    port = int(site.address.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=30) as open_one:
        open_one.sendall(request.encode())
        return int(open_one.makefile("rb").readline().split()[1])


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://[x", "http://localhost"])
@pytest.mark.parametrize("path", [UPLOAD, JOIN, CALL, "/gradio_api/call/ask"])
def test_other_pages_change_nothing(site: Site, path: str, origin: str) -> None:
    assert status(site.address + path, b"{}", Origin=origin) == 403


@pytest.mark.parametrize("path", ["/", "/config", "/gradio_api/info", "/alive"])
def test_other_pages_read_nothing(site: Site, path: str) -> None:
    assert status(site.address + path) == 200
    assert status(site.address + path, Origin="http://evil.example") == 403
    for site_of in ("cross-site", "same-site"):  # an image, or a script, that names no origin
        assert status(site.address + path, Sec_Fetch_Site=site_of, Sec_Fetch_Mode="no-cors") == 403
    led = status(site.address + path, Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate")
    assert led == (200 if path == "/" else 403)


def test_no_page_from_elsewhere_is_told_that_it_may(site: Site) -> None:
    """Gradio tells any that, with the cookies, where it is served under a name of the network."""
    port = int(site.address.rpartition(":")[2])
    for method, path in (("OPTIONS", JOIN), ("GET", "/config"), ("POST", "/gradio_api/call/ask")):
        asked = http.client.HTTPConnection("127.0.0.1", port)
        named = {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}
        asked.request(method, path, headers={"Host": "localhost", **named})
        got = asked.getresponse()
        assert got.status == 403
        assert not [name for name, _ in got.getheaders() if name.lower().startswith("access-con")]
        asked.close()


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=http://example.com/", "/gradio_api/file=/etc/passwd",
        "/gradio_api/proxy=http://example.com/", "/gradio_api/deep_link?session_hash=x",
        "/gradio_api/openapi.json", "/gradio_api/stream/x/y/1/playlist.m3u8", "/monitoring",
        "/gradio_api/vibe-code/", "/docs", "/x/gradio_api/info", "/gradio_api//info", "/CONFIG",
        "/gradio_api/custom_component/a/b/c/d", "/runs", "/gradio_api/token",
    ],
)  # fmt: skip
def test_what_gradio_has_besides_is_not_served(site: Site, path: str) -> None:
    assert status(site.address + path) == 404


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/call/v2/ask", "/gradio_api/process_recording", "/gradio_api/stream/x",
        "/gradio_api/vibe-edit/", "/gradio_api//upload", "/x/gradio_api/upload", "/config",
    ],
)  # fmt: skip
def test_no_other_call_is_let_through(site: Site, path: str) -> None:
    assert status(site.address + path, b"{}") == 404


def test_there_are_no_websockets(site: Site) -> None:
    upgrade = (
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    )
    for path in ("/", JOIN, "/gradio_api/mcp"):
        said = raw(site, f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{upgrade}\r\n")
        assert said != 101


def test_a_private_event_is_not_called_under_the_name_of_another(site: Site) -> None:
    """Of a name and a number in one call, Gradio would take the number."""
    private = events(site)[True]
    call = {"data": [None] * 8, "fn_index": private, "session_hash": "x"}
    for path in ("run", "api", "call"):
        for count in range(12):
            body = json.dumps({**call, "data": [None] * count}).encode()
            assert status(f"{site.address}/gradio_api/{path}/ask", body) == 400


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
    for name in ("cancel", "reset"):
        assert status(f"{site.address}/gradio_api/{name}", body) in (400, 422)


def test_a_call_is_not_endless(site: Site) -> None:
    assert status(site.address + JOIN, b"x" * (LARGEST + 1)) == 413


def test_no_call_takes_more_memory_than_it_needs(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not looked at itself would be read whole, and held."""
    for path in ("/gradio_api/cancel", "/gradio_api/reset", "/login"):
        assert status(site.address + path, b"x" * (LARGEST + 1)) == 413
    values = b'{"data": ["x", [' + b"{}," * calls.MOST_VALUES + b"0], 0]}"
    assert status(f"{site.address}/gradio_api/call/ask", values) == 413
    monkeypatch.setattr(guard, "HELD", 1_000)  # of all that is being sent
    body = json.dumps({"data": ["x" * 2_000, None, 0]}).encode()
    assert status(f"{site.address}/gradio_api/call/ask", body) == 503
    monkeypatch.setattr(guard, "HELD", 10_000)
    monkeypatch.setattr(sessions, "waiting", lambda queue: 9_000)  # and of what waits
    assert status(f"{site.address}/gradio_api/call/ask", body) == 503
    monkeypatch.undo()
    assert status(f"{site.address}/gradio_api/call/count", b'{"data": [""]}') == 200
    assert status(f"{site.address}/gradio_api/call/ask", body) == 200


def test_tabs_leave_connections_for_those_who_ask(
    own: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "MOST_TABS", 2)
    beat = f"{own.address}/gradio_api/heartbeat/one"
    with urllib.request.urlopen(beat), urllib.request.urlopen(beat):
        assert status(beat) == 503
        assert status(f"{own.address}/alive") == 200
    assert waited_for(lambda: status(beat) == 200)


def test_the_page_itself_may(site: Site, look: Look) -> None:
    page = look(site, "#/library")
    expect(page.locator("#part-library tbody tr").first).to_be_visible()
    [token] = [c for c in page.context.cookies() if c["name"].startswith("rag-page-")]
    assert (token["httpOnly"], token["sameSite"]) == (True, "Strict")


Known = Callable[[str, str], bool]


@contextmanager
def asked_of(users: dict[str, str]) -> Iterator[Known]:
    """What tells whether a password is right, called as from one place after another."""
    known = access.checked(users)
    with ThreadPoolExecutor(1) as aside:  # the browser's own loop runs in this thread
        loop = aside.submit(asyncio.new_event_loop).result()

        def ask(user: str, password: str) -> bool:
            here = asking_from.get()

            async def asking() -> bool:
                asking_from.set(here)
                return await known(user, password)

            return bool(aside.submit(loop.run_until_complete, asking()).result())

        yield ask
        aside.submit(loop.run_until_complete, loop.shutdown_default_executor()).result()
        loop.close()


def test_wrong_passwords_take_longer_and_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    with asked_of({"ada": "right"}) as known:
        _check_delays(known, monkeypatch)


def _check_delays(known: Known, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("ui.access.time", Clock(now))
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


class Clock:
    """A clock that is put forward by hand."""

    def __init__(self, now: list[float]) -> None:
        self._now = now

    def monotonic(self) -> float:
        return self._now[0]


def together(known: Callable[[str, str], Awaitable[bool]], pairs: list[tuple[str, str]]) -> Any:
    """What is told of many who ask at the same time, and how often others were served meanwhile."""

    async def all_of_them() -> tuple[list[bool], int]:
        served, over = 0, asyncio.Event()

        async def others() -> None:
            nonlocal served
            while not over.is_set():
                await asyncio.sleep(0.01)
                served += 1

        beside = asyncio.create_task(others())
        told = await asyncio.gather(*(known(*pair) for pair in pairs))
        over.set()
        await beside
        return list(told), served

    with ThreadPoolExecutor(1) as aside:
        return aside.submit(asyncio.run, all_of_them()).result()


def test_who_tries_many_at_once_gets_no_more_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each counts from its beginning: many at the same time are not as many free ones."""
    looked_at: list[str] = []
    now, most = [0], [0]

    def slow(users: Any, user: str, password: str) -> bool:
        looked_at.append(password)
        now[0] += 1
        most[0] = max(most[0], now[0])
        time.sleep(0.2)
        now[0] -= 1
        return False

    monkeypatch.setattr("ui.access.passwords.known", slow)
    monkeypatch.setattr("ui.access.FIRST", 60.0)
    known = access.checked({"ada": "right"})
    told, served = together(known, [("ada", f"wrong {n}") for n in range(20)])
    assert not any(told)
    assert len(looked_at) == access.FREE + 1
    assert most[0] <= access.AT_ONCE  # each takes memory and a core
    assert served > 10  # and nobody else waits for them


def test_a_password_without_end_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.access.passwords.known", lambda *_: pytest.fail("it was looked at"))
    with asked_of({"ada": "right"}) as known:
        assert not known("ada", "x" * 1_000_000)


def test_one_network_is_one_address_and_the_table_of_tries_has_an_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ui.access.REMEMBERED", 50)
    monkeypatch.setattr("ui.access.FIRST", 60.0)  # longer than this takes
    monkeypatch.setattr("ui.access.passwords.known", lambda users, user, word: word == "right")
    with asked_of({"ada": "right"}) as known:
        here: Any = asking_from.set("2001:db8:1:2::1")
        for n in range(access.FREE + 1):
            asking_from.set(f"2001:db8:1:2::{n + 1:x}")
            assert not known("ada", "wrong")
        asking_from.set("2001:db8:1:2:ffff::9")
        assert not known("ada", "right")  # the same network: it has to wait
        asking_from.set("2001:db8:1:3::1")
        assert known("ada", "right")
        for n in range(500):
            asking_from.set(f"10.0.{n // 200}.{n % 200}")
            assert not known("nobody", "wrong")
        asking_from.set("2001:db8:1:2::1")
        assert not known("ada", "right")  # it was not forgotten for those who came after
        asking_from.reset(here)


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
        cookies = [
            (b"set-cookie", b"a=1; HttpOnly"),
            (b"Set-Cookie", b"b=2; secure; Path=/; SameSite=None"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": cookies})

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "GET", "path": "/", "scheme": scheme, "server": ("", 80),
        "headers": [(b"host", b"localhost"), *headers], "client": ("10.0.0.1", 1),
    }  # fmt: skip
    guarded = Guard(app, ["localhost"], Calls({}))
    with ThreadPoolExecutor(1) as aside:  # the browser's own loop runs in this thread
        aside.submit(asyncio.run, guarded(scope, None, send)).result()  # type: ignore[arg-type]
    cookies = [v.lower() for name, v in sent[0]["headers"] if name.lower() == b"set-cookie"]
    assert [cookie.count(b"secure") for cookie in cookies] == [int(sealed), 1]
    assert [cookie.count(b"samesite=lax") for cookie in cookies] == [1, 1]
    assert b"samesite=none" not in b"".join(cookies)


RUBBISH: list[Any] = [
    None, [], {}, "x", 5, True, 1e308, [[[]]], {"id": []}, {"page": -1, "user": 3}, {"text": None},
    {"file": "/etc/passwd"}, {"file": 5}, {"ids": {"a": 1}}, {"question": ["x"]}, {"number": "nan"},
    {"name": "\ud800\0"}, {"filters": [1]}, {"id": "../../x"}, {"turn": 10**30}, {"rows": "x"},
]  # fmt: skip


@pytest.mark.slow
def test_no_call_of_the_page_with_rubbish_leaves_a_traceback(own: Site, caplog: Any) -> None:
    """Every function that scripts of the page call, with what none of them sends."""
    config = json.load(urllib.request.urlopen(f"{own.address}/config"))
    parts = [(c["id"], c["props"].get("server_fns") or []) for c in config["components"]]
    connection, sent = opened(own)
    sent["Content-Type"] = "application/json"
    called = 0
    with caplog.at_level(logging.WARNING):
        for part_id, names in parts:
            for name in names:
                for data in RUBBISH:
                    call = {"component_id": part_id, "fn_name": name, "session_hash": "s"}
                    connection.request("POST", CALL, json.dumps({**call, "data": data}), sent)
                    answer = connection.getresponse()
                    told = answer.read()
                    assert answer.status in (200, 400), (name, data, told)
                    assert b"Traceback" not in told
                    assert b"root:" not in told
                    called += 1
    assert called > 200
    assert not [record for record in caplog.records if record.exc_info]


TOLD: list[Any] = [
    None, [], "x", 5, {"id": []}, {"turn": {}}, {"question": 5}, {"filters": [1]}, {"at": "x"},
    {"time": []}, {"at": 10**400}, {"have": [{}]}, {"columns": {"a": 1}}, {"chosen": {"a": "b"}},
    {"numbers": ["x"]}, {"papers": "many"}, {"named": 5},
]  # fmt: skip

LEAVES: list[tuple[int, Any]] = list(enumerate([
    {}, {"id": "x"}, {"turn": "x"}, {"turn": "x", "act": "y", "time": 1e15, "form": "z"},
    {"question": "why?", "filters": {"since": 5, "categories": 3, "x": None}},
    {"question": "why?", "filters": {"authors": [[]], "periods": [1]}, "instead_of": "x"},
    {"papers": 3.5, "file": "/etc/passwd"}, {"category": "../..", "day": "x"},
]))  # fmt: skip


ILL: dict[str, list[Any]] = {
    "event_data": TOLD,
    "data": [None, "x", {}, [None] * 7],
    "trigger_id": [10**30, -1, "x", [], {}, True],
    "session_hash": [None, 5, [], "", "x" * 1_000, "../x", "\ud800", "a b"],
    "fn_index": [-1, 10**30, 1.0, True, "0", None, []],
    "batched": [True],
    "simple_format": [True],
    "event_id": ["x"],
}


def test_no_event_with_rubbish_leaves_a_traceback(
    own: Site, caplog: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    """Every event that the page sets off, with what it never says, and sessions that are none."""
    config = json.load(urllib.request.urlopen(f"{own.address}/config"))
    events = [d for d in config["dependencies"] if d["api_visibility"] == "private"]
    connection, sent = opened(own)
    sent["Content-Type"] = "application/json"

    def joined(event: Any, session: str, **call: Any) -> int:
        usual = {"fn_index": event["id"], "data": [None] * len(event["inputs"])}
        whole = {**usual, "session_hash": session, "event_data": {}, **call}
        connection.request("POST", JOIN, json.dumps(whole), sent)
        answer = connection.getresponse()
        answer.read()
        return answer.status

    calls = [(event, f"s{event['id']}-{n}", told) for event in events for n, told in LEAVES]
    with caplog.at_level(logging.WARNING):
        for event in events:
            for name, rubbish in ILL.items():
                assert {joined(event, "s", **{name: each}) for each in rubbish} == {400}, name
        for event, session, told in calls:
            assert joined(event, session, event_data=told) == 200
        for name in ("queue/data?session_hash=none", "call/ask/none"):
            assert status(f"{own.address}/gradio_api/{name}") == 200  # it says that there is none
        assert status(f"{own.address}/assets/{'a' * 5_000}") == 400
        for _, session, _ in calls:  # which waits until it is over
            urllib.request.urlopen(f"{own.address}/gradio_api/queue/data?session_hash={session}")
    assert not [record for record in caplog.records if record.exc_info]
    assert "Traceback" not in capfd.readouterr().err


# -- what the browser may do, and uploads --------------------------------------------------------


def test_the_page_may_be_in_no_other_and_asks_nobody_else(site: Site) -> None:
    sent = urllib.request.urlopen(site.address).headers
    rule = sent["Content-Security-Policy"]
    assert "default-src 'self'" in rule
    assert "frame-ancestors 'self'" in rule
    assert "http" not in rule
    assert sent["X-Content-Type-Options"] == "nosniff"


def opened(site: Site) -> tuple[http.client.HTTPConnection, dict[str, str]]:
    """A connection to the page, and the cookie of who has opened it."""
    port = int(site.address.rpartition(":")[2])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/", headers={"Accept": "text/html"})
    answer = connection.getresponse()
    answer.read()
    [(name, kept)] = SimpleCookie(answer.getheader("set-cookie")).items()
    return connection, {"Cookie": f"{name}={kept.value}"}


EDGE = "----edge"


def part(name: str, content: bytes, end: bool = True) -> bytes:
    head = f'--{EDGE}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
    return head.encode() + content + (f"\r\n--{EDGE}--\r\n".encode() if end else b"")


def upload(site: Site, body: bytes, whole: bool = True) -> tuple[int, Any]:
    """Upload a body; one that is not whole is cut off before its end."""
    connection, sent = opened(site)
    sent["Content-Type"] = f"multipart/form-data; boundary={EDGE}"
    if not whole:
        sent["Content-Length"] = str(2 * len(body))
    try:
        connection.request("POST", UPLOAD, body, sent)
        if not whole:
            connection.close()
            return 0, None
        answer = connection.getresponse()
        told = answer.read()
        return answer.status, json.loads(told) if answer.status == 200 else told
    finally:
        connection.close()


@pytest.fixture
def folder(own: Site) -> Path:
    """The folder that uploads come into."""
    from gradio.utils import get_upload_folder

    return Path(get_upload_folder())


@pytest.fixture(autouse=True)
def _uploads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: Any) -> None:
    if "folder" in request.fixturenames:
        monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))


def lying(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.rglob("*") if file.is_file())


def waited_for(what: Callable[[], bool]) -> bool:
    for _ in range(300):
        if what():
            return True
        time.sleep(0.1)
    return False


@pytest.mark.slow
def test_an_upload_that_is_cut_off_leaves_nothing(own: Site, folder: Path) -> None:
    for _ in range(5):
        upload(own, part("papers.jsonl", b"x" * 3_000_000, end=False), whole=False)
    assert waited_for(lambda: folder.is_dir() and lying(folder) == [])
    code, [path] = upload(own, part("papers.jsonl", b"{}"))
    assert (code, lying(folder)) == (200, ["papers.jsonl"])
    assert Path(path).is_relative_to(folder)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["../../evil", "/etc/evil", "..", "x" * 5_000, "a\\..\\b", "CON"])
def test_an_upload_stays_in_its_folder_whatever_its_name(
    own: Site, folder: Path, name: str
) -> None:
    before = set(folder.parent.rglob("*"))
    code, told = upload(own, part(name, b"{}"))
    made = set(folder.parent.rglob("*")) - before
    assert all(file.is_relative_to(folder) for file in made)
    assert code in (200, 400, 413)
    if code == 200:
        assert all(Path(path).resolve().is_relative_to(folder.resolve()) for path in told)


@pytest.mark.slow
def test_one_upload_of_many_files_is_broken_off_when_too_much_waits(
    own: Site, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "WAITING", 20_000_000)
    many = b"".join(part(f"{n}.jsonl", bytes([65 + n]) * 4_000_000, end=False) + b"\r\n"
                    for n in range(12))  # fmt: skip
    code, _ = upload(own, many + part("last.jsonl", b"{}"))
    assert code == 413
    assert waited_for(lambda: sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) == 0)
    assert upload(own, part("one.jsonl", b"{}"))[0] == 200


def test_an_upload_is_a_file(own: Site, folder: Path) -> None:
    """Anything else would be held in memory as it comes."""
    field = part("", b"x" * 1_000_000).replace(b'; filename=""', b"")
    code, told = upload(own, field)
    assert (code, told) == (400, b"An upload has files, and nothing else.")
    assert lying(folder) == []


@pytest.mark.slow
def test_very_many_files_may_not_wait_however_small(
    own: Site, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MOST_WAITING", 3)
    told = [upload(own, part(f"{n}.jsonl", b"%d" % n))[0] for n in range(5)]
    assert told == [200, 200, 200, 413, 413]


def test_what_lies_in_the_folder_and_is_no_file_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    secret = tmp_path.parent / "secret.jsonl"
    secret.write_text("{}")
    (tmp_path / "link.jsonl").symlink_to(secret)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "folder").symlink_to("/")
    assert not uploads.are_full()
    for name in ("link.jsonl", "loop", "folder/etc/passwd", "", ".", "..", "\0", "x" * 5_000):
        with pytest.raises(ListingError, match=r"not uploaded here|cannot be read"):
            list(uploads.entries({"file": str(tmp_path / name)}))
        uploads.drop({"file": str(tmp_path / name)})
    assert secret.exists()


def test_uploads_are_their_owners_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    from gradio.utils import get_upload_folder

    monkeypatch.delenv("GRADIO_TEMP_DIR", raising=False)
    with uploads.own_folder():
        folder = Path(get_upload_folder())
        assert folder.stat().st_mode & 0o077 == 0
    assert not folder.exists()


def test_a_call_that_breaks_off_leaves_no_traceback(own: Site, caplog: Any) -> None:
    with caplog.at_level(logging.WARNING):
        connection, sent = opened(own)
        for path in (JOIN, CALL, "/gradio_api/call/ask"):
            connection.request("POST", path, b'{"data"', {**sent, "Content-Length": "5000"})
            connection.close()
        assert waited_for(lambda: status(own.address) == 200)
    assert not [record for record in caplog.records if record.exc_info]
