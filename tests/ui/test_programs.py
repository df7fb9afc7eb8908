"""Programs as users: the named endpoints, the tools of the MCP server, and the command `rag ui`."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from rag.errors import ServingError
from rag.library import Library
from tests.ui.conftest import Site, free_port
from ui import access, passwords
from ui.app import build
from ui.line import Line
from ui.server import launch

ROOT = Path(__file__).parents[2]
WHICH = "which papers use transformers for tracking"
NAMES = {"ask", "search", "paper", "similar", "count", "table", "new", "status"}


@pytest.fixture(scope="module")
def client(site: Site) -> Client:
    return Client(site.address, verbose=False, analytics_enabled=False)


# -- the endpoints -------------------------------------------------------------------------------


def test_there_are_these_endpoints_and_no_other(client: Client) -> None:
    told = client.view_api(return_format="dict", print_info=False)
    assert set(told["named_endpoints"]) == {f"/{name}" for name in NAMES}
    assert told["unnamed_endpoints"] == {}
    given = {
        name: [p["parameter_name"] for p in endpoint["parameters"]]
        for name, endpoint in told["named_endpoints"].items()
    }
    assert given == {
        "/ask": ["question", "history", "skip"],
        "/search": ["question", "k", "skip"],
        "/paper": ["identifier"],
        "/similar": ["identifier", "k"],
        "/count": ["question"],
        "/table": ["question", "columns"],
        "/new": ["since"],
        "/status": [],
    }


def test_what_the_page_does_is_not_called_by_programs(site: Site, client: Client) -> None:
    private = [name for name in site.assistant.__class__.__dict__ if not name.startswith("_")]
    for name in ("put", "export", "clear", "stop", *private):
        if name not in NAMES:
            with pytest.raises(ValueError, match="Cannot find a function"):
                client.predict(api_name=f"/{name}")


def timeless(answer: dict[str, Any]) -> dict[str, Any]:
    return {**answer, "seconds": {}}


def test_ask(site: Site, client: Client) -> None:
    first = client.predict(WHICH, api_name="/ask")
    answer = site.assistant.ask(WHICH).to_dict()
    del answer["index"]["path"]  # nobody's business on another machine
    assert timeless(first) == timeless(answer)
    second = client.predict("tell me more about the second one", [first], api_name="/ask")
    assert second["citations"][0]["id"] == first["citations"][1]["id"]


def test_an_answer_streams(site: Site, client: Client) -> None:
    parts = list(client.submit(WHICH, api_name="/ask"))
    told = [len(part["claims"]) for part in parts]
    assert told[0] == 0
    assert told == sorted(told)
    assert set(told) >= set(range(told[-1] + 1))
    assert timeless(parts[-1])["text"] == site.assistant.ask(WHICH).text


def test_similar_count_table_and_new(site: Site, client: Client) -> None:
    answer = site.assistant.ask(WHICH)
    near = client.predict("2104.00194", 3, api_name="/similar")
    assert [each["id"] for each in near] == [p.id for p in site.assistant.like("2104.00194", 3)]
    counted = client.predict(WHICH, api_name="/count")
    assert counted["matched"] == answer.matched
    assert counted["counts"] == answer.to_dict()["counts"]
    table = client.predict(WHICH, "paper, method", api_name="/table")
    assert table == site.assistant.table(answer, columns="paper, method").to_dict()
    assert client.predict("2021-04-02", api_name="/new") == []
    with pytest.raises(AppError, match=r"^yesterday is no day"):
        client.predict("yesterday", api_name="/new")
    page = client.predict("visual tracking", 3, 2, api_name="/search")
    ranked = site.assistant.search("visual tracking", 5)[2:]
    assert [each["id"] for each in page] == [match.paper.id for match in ranked]


def test_search_paper_and_status(site: Site, client: Client) -> None:
    found = client.predict("visual tracking", 3, api_name="/search")
    assert [each["id"] for each in found] == [
        match.paper.id for match in site.assistant.search("visual tracking", 3)
    ]
    paper = client.predict("https://arxiv.org/abs/2104.00194v2", api_name="/paper")
    held = site.assistant.library.get("2104.00194")
    assert held
    assert (paper["title"], paper["abstract"]) == (held.title, held.abstract)
    status = client.predict(api_name="/status")
    assert status["papers"] == len(site.assistant.library)


def test_errors_are_one_line(client: Client) -> None:
    with pytest.raises(
        AppError, match=r"^There is no earlier answer: ask about the papers first.$"
    ):
        client.predict("tell me more about the second one", api_name="/ask")
    with pytest.raises(AppError, match=r"^The history holds what is no answer: give answers.$"):
        client.predict("which of them?", [{"a": 1}], api_name="/ask")
    with pytest.raises(AppError, match=r"^The index has no paper 9999.99999"):
        client.predict("9999.99999", api_name="/paper")


@pytest.mark.parametrize(
    ("name", "data", "part"),
    [
        ("search", ["kites"], "400 /search takes 3 values"),
        ("ask", {"question": "why?"}, "400 /ask takes 3 values"),
        ("nothing", [], "404 There is nothing like that"),
        ("count", [7], "has to be a text"),
        ("count", [None], "empty"),
        ("paper", ["\ud800"], "has to be a text"),
        ("search", ["kites", None, 0], "has to be a number"),
        ("search", ["kites", "many", 0], "has to be a number"),
        ("search", ["kites", 3, 1e300], "complete"),
        ("ask", ["which of them?", [1, 2], 0], "history has to be answers"),
        ("ask", ["which of them?", "all", 0], "history has to be answers"),
        ("new", [2021], "has to be a text"),
    ],
)
def test_malformed_calls_are_one_line(
    site: Site, capfd: pytest.CaptureFixture[str], name: str, data: Any, part: str
) -> None:
    address = f"{site.address}/gradio_api/call/{name}"
    body, kind = json.dumps({"data": data}).encode(), {"Content-Type": "application/json"}
    try:
        with urllib.request.urlopen(urllib.request.Request(address, body, kind)) as began:
            event = json.load(began)["event_id"]
        with urllib.request.urlopen(f"{address}/{event}") as stream:
            said = stream.read().decode()
    except urllib.error.HTTPError as error:
        said = f"{error.code} {json.load(error)['detail']}"
    assert part in said
    assert "doctor" not in said
    assert "Traceback" not in capfd.readouterr().err


def test_the_call_in_the_documentation(site: Site) -> None:
    document = (ROOT / "docs" / "page.md").read_text(encoding="utf-8")
    [call] = re.findall(r"```python\n(from gradio_client.*?)```", document, re.DOTALL)
    known: dict[str, Any] = {}
    exec(call.replace("http://127.0.0.1:7860", site.address), known)
    assert known["second"]["resolved"]
    assert known["paper"]["title"] == known["second"]["citations"][0]["title"]


# -- the command ---------------------------------------------------------------------------------

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(library: Library) -> Iterator[Start]:
    """Start `rag ui` on the index of 108 papers."""
    started = []

    def run(*arguments: object, **more: str) -> subprocess.Popen[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("RAG_")}
        process = subprocess.Popen(
            [sys.executable, "-m", "rag", "ui", *map(str, arguments)],
            cwd=ROOT,
            env={**kept, "RAG_INDEX": str(library.path), "RAG_LLM": "none", **more},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


def refused(process: subprocess.Popen[str]) -> str:
    """What a command says that is not carried out: one line, and status 2."""
    out, said = process.communicate(timeout=120)
    lines = [line for line in said.splitlines() if line != "Starting the page"]
    assert len(lines) == 1, said
    assert (process.returncode, out) == (2, "")
    return lines[0]


@pytest.mark.slow
def test_it_is_not_open_to_everybody(start: Start, tmp_path: Path) -> None:
    said = refused(start("--host", "0.0.0.0"))
    assert "--auth FILE" in said
    assert "--allow-anonymous" in said
    assert "cannot be read" in refused(start("--auth", tmp_path / "none"))
    (tmp_path / "users").write_text("eve\n")
    assert "user:password" in refused(start("--auth", tmp_path / "users"))
    (tmp_path / "users").write_text("ada:correct horse\n")
    said = refused(start("--auth", tmp_path / "users", "--mcp"))
    assert "--mcp-token FILE" in said
    (tmp_path / "token").write_text("short")
    said = refused(start("--auth", tmp_path / "users", "--mcp", "--mcp-token", tmp_path / "token"))
    assert "at least 16 characters" in said
    assert "--mcp" in refused(start("--mcp-token", tmp_path / "token"))


def test_an_address_that_is_none_is_one_line() -> None:
    for host in ("a\nb", "x" * 300, "\udcff", ".."):
        with pytest.raises(ServingError, match="no address of this machine"):
            access.check(host, 7860, None, anonymous=True, mcp=False)
    with pytest.raises(ServingError, match="--root-path cannot be"):
        access.hosts("http://[x")


def test_a_taken_port_is_one_line(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refused(start("--port", port))
    assert f"Port {port} of 127.0.0.1 cannot be used" in said


@pytest.mark.slow
def test_a_missing_index_is_one_line(start: Start, tmp_path: Path) -> None:
    assert "There is no index at" in refused(start(RAG_INDEX=str(tmp_path / "none")))


@pytest.mark.slow
def test_only_those_with_a_password_come_in(start: Start, tmp_path: Path) -> None:
    users, port = tmp_path / "users", free_port()
    assert passwords.put(users, "ada", "correct horse")
    process = start("--port", port, "--auth", users, "--root-path", "/papers")
    assert process.stderr
    for line in process.stderr:
        if found := re.search(r"The page is at (http://\S+)", line):
            break
    else:
        pytest.fail("the page did not start")
    address = f"http://127.0.0.1:{port}"
    assert found[1].startswith(address)
    for path in ("/config", "/gradio_api/info", "/gradio_api/queue/status"):
        with pytest.raises(urllib.error.HTTPError) as told:
            urllib.request.urlopen(address + path)
        assert told.value.code == 401
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    with pytest.raises(urllib.error.HTTPError) as told:
        browser.open(f"{address}/login", b"username=ada&password=wrong")
    assert told.value.code == 400
    assert browser.open(f"{address}/login", b"username=ada&password=correct+horse").status == 200
    config = json.load(browser.open(f"{address}/config"))
    assert config["root"].endswith("/papers")
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130
    assert process.stderr.read().endswith("\nThe page has ended.\n")


def test_the_server_asks_nobody(
    site: Site, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    asked: list[Any] = []
    resolve, connect = socket.getaddrinfo, socket.socket.connect

    def resolving(host: Any, *more: Any, **options: Any) -> Any:
        asked.append(host)
        return resolve(host, *more, **options)

    def connecting(own: socket.socket, address: Any) -> None:
        asked.append(address[0] if isinstance(address, tuple) else "localhost")
        connect(own, address)

    monkeypatch.setattr(socket, "getaddrinfo", resolving)
    monkeypatch.setattr(socket.socket, "connect", connecting)
    page = build(site.assistant)
    address = launch(page, "127.0.0.1", free_port())
    assert urllib.request.urlopen(address).status == 200
    page.close(verbose=False)
    assert set(asked) <= {"127.0.0.1", "localhost", b"127.0.0.1"}
    assert capfd.readouterr().out == ""


# -- the line ------------------------------------------------------------------------------------


def test_questions_wait_in_line() -> None:
    from rag.errors import QuestionError

    line = Line(places=1, longest=2)
    first, second, third = line.join(), line.join(), line.join()
    assert [line.ahead(ticket) for ticket in (first, second, third)] == [0, 1, 2]
    with pytest.raises(QuestionError, match="2 questions are waiting already"):
        line.join()
    line.leave(second)
    assert line.ahead(third) == 1
    line.leave(first)
    line.leave(first)
    assert line.ahead(third) == 0
    line.leave(third)
    with line.turn():
        assert line.ahead(line.join()) == 1
