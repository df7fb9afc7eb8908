"""What is remembered of those who ask stays within bounds, and a conversation is not forgotten."""

import json
import urllib.request
from collections.abc import Iterator

import gradio as gr
import pytest

from tests.ui.conftest import Look, Site, ask, free_port
from ui import sessions
from ui.app import build
from ui.chat import Desk
from ui.server import launch
from ui.sessions import Sessions

MOST = 5


@pytest.fixture
def served(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Site, gr.Blocks]]:
    """The page of the shared assistant, which remembers little."""
    monkeypatch.setattr(sessions, "MOST_IDLE", MOST)
    page = build(site.assistant)
    yield Site(launch(page, "127.0.0.1", free_port()).rstrip("/"), site.assistant), page
    page.close(verbose=False)


def call(site: Site, name: str) -> str:
    """Ask as a program does; returns what the answer is to be fetched from."""
    address = f"{site.address}/gradio_api/call/{name}"
    request = urllib.request.Request(address, b'{"data": []}', {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as started:
        return f"{address}/{json.load(started)['event_id']}"


def fetched(address: str) -> str:
    with urllib.request.urlopen(address) as stream:
        return str(stream.read().decode())


def desks(page: gr.Blocks) -> list[Desk]:
    held = page.app.state_holder.session_data.values()
    return [value for each in held for value in each.state_data.values() if isinstance(value, Desk)]


@pytest.mark.slow
def test_calls_of_programs_are_forgotten_and_conversations_are_not(
    served: tuple[Site, gr.Blocks], look: Look
) -> None:
    site, page = served
    tab = look(site)
    ask(tab, "which papers use transformers for tracking")
    assert [len(desk.exchanges) for desk in desks(page)] == [1]
    holder, queue = page.app.state_holder, page._queue
    assert isinstance(holder, Sessions)
    for _ in range(3 * MOST):
        assert "event: complete" in fetched(call(site, "status"))
    left = [call(site, "status") for _ in range(3 * MOST)]  # nobody fetches what comes of these
    assert "event: complete" in fetched(left[-1])
    fetched(call(site, "status"))
    fetched(call(site, "status"))
    assert len(holder.session_data) <= MOST + 3
    assert set(holder.time_last_used) == set(holder.session_data)
    assert len(queue.pending_event_ids_session) <= MOST + 3
    assert len(queue.pending_messages_per_session) <= MOST + 3
    assert not any(each.config_values for each in holder.session_data.values())
    ask(tab, "which of them run in real time?")
    assert [len(desk.exchanges) for desk in desks(page)] == [2]
    assert tab.locator(".turn").count() == 2
