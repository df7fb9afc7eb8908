"""Adding papers from arXiv, and what an upload may not do."""

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from rag import fetching
from rag.core.papers import Paper
from rag.errors import FetchError, ListingError
from rag.fetching.line import PAUSE
from tests.fetching.serving import serving
from tests.fetching.test_fetching import FEED, Archive, Submission, send
from tests.ui.conftest import Look, Site, free_port
from ui import uploads
from ui.adding import identifiers, preview, put, stop

DAY = datetime(2021, 4, 5, 9, tzinfo=UTC)
HELD = [
    Submission("2104.09001", DAY, title="Counting Wombats", abstract="We count wombats by drone."),
    Submission("2104.09002", DAY, title="Counting Numbats", abstract="We count numbats by hand."),
    Submission("2104.09003", DAY, "math.PR", title="Elsewhere", abstract="We prove it."),
]


@pytest.fixture
def arxiv(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A server that stands for arXiv, and answers queries and lists of identifiers."""
    archive = Archive(HELD)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = {n: v[0] for n, v in parse_qs(urlsplit(self.path).query).items()}
            if names := asked.get("id_list"):
                found = [paper for paper in HELD if paper.id in names.split(",")]
                entries = "".join(paper.entry() for paper in found)
                more = {"size": len(found), "total": len(found), "start": 0, "entries": entries}
                send(self, FEED.format(query="", **more).encode())
            else:
                send(self, archive.answer(asked))

        def log_message(self, *_: object) -> None:
            pass

    with serving(Handler) as address:
        monkeypatch.setattr(fetching, "ADDRESS", f"{address}/api/query")
        yield


def found(page: Page) -> Locator:
    return page.locator("#part-add .found")


@pytest.mark.parametrize(
    ("known", "new", "said"),
    [
        (0, 1, "1 paper found, it is new."),
        (1, 0, "1 paper found, none is new."),
        (1, 1, "2 papers found, 1 of them new."),
        (0, 2, "2 papers found, 2 of them new."),
    ],
)
def test_what_a_listing_holds_is_said(
    site: Site, monkeypatch: pytest.MonkeyPatch, known: int, new: int, said: str
) -> None:
    old = site.assistant.library.listing(k=known)[1] if known else []
    [example] = site.assistant.library.listing(k=1)[1]
    fresh = [replace(example, id=f"2109.0000{n}") for n in range(new)]
    monkeypatch.setattr(uploads, "entries", lambda _: [*old, *fresh])
    assert said in preview(site.assistant, {})["html"]


@pytest.mark.usefixtures("arxiv")
def test_papers_are_fetched_by_identifier_and_link(own: Site, look: Look) -> None:
    page = look(own, "#/add")
    page.get_by_label("by identifier or link").fill("https://arxiv.org/abs/2104.09001v1 2104.09999")
    page.get_by_role("button", name="Fetch and add").first.click()
    expect(found(page)).to_contain_text("1 added, 0 updated, 0 unchanged, 1 refused.")
    expect(found(page)).to_contain_text("arXiv has no paper 2104.09999")
    paper = own.assistant.library.get("2104.09001")
    assert paper
    assert paper.title == "Counting Wombats"
    page.get_by_label("by identifier or link").fill("wombats")
    page.get_by_role("button", name="Fetch and add").first.click()
    expect(found(page).get_by_role("alert")).to_contain_text("“wombats” is no identifier of arXiv")


@pytest.mark.usefixtures("arxiv")
def test_a_category_and_a_day_are_fetched(own: Site, look: Look) -> None:
    page = look(own, "#/add")
    before = len(own.assistant.library)
    expect(page.locator(".welcome h2")).to_contain_text(f"{before} papers")
    form = page.locator("#part-add .of-day")
    form.get_by_label("All of a category").fill("cs.CV")
    form.get_by_label("submitted on").fill("2021-04-05")
    form.get_by_role("button").click()
    expect(found(page)).to_contain_text("2 added, 0 updated, 0 unchanged, 0 refused.")
    expect(page.locator(".welcome h2")).to_contain_text(f"{before + 2} papers")
    form.get_by_label("submitted on").fill("2021-04-06")
    form.get_by_role("button").click()
    expect(found(page).get_by_role("alert")).to_contain_text("no papers in cs.CV")
    form.get_by_label("All of a category").fill("cooking")
    form.get_by_role("button").click()
    expect(found(page).get_by_role("alert")).to_contain_text("cooking is no category of arXiv")


def test_what_waits_for_arxiv_can_be_stopped(
    own: Site, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "ADDRESS", f"http://127.0.0.1:{free_port()}/api/query")
    page = look(own, "#/add")
    page.get_by_label("by identifier or link").fill("2104.09001")
    page.get_by_role("button", name="Fetch and add").first.click()
    expect(found(page)).to_contain_text("asking again in")
    stop = page.locator("#part-add").get_by_role("button", name="Stop")
    stop.click()
    expect(found(page)).to_contain_text("Stopped: 0 added", timeout=PAUSE * 1000)
    expect(stop).to_be_hidden()


def test_what_has_come_until_it_is_stopped_is_kept(
    own: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    [example] = own.assistant.library.listing(k=1)[1]

    def entries(_: object) -> Iterator[Paper]:
        yield replace(example, id="2109.00001")
        stop(own.assistant, {"run": "mine"})
        yield replace(example, id="2109.00002")

    monkeypatch.setattr(uploads, "entries", entries)
    monkeypatch.setattr(uploads, "drop", lambda _: None)
    *_, last = put(own.assistant, {"file": "x", "papers": 2, "run": "mine"})
    assert "Stopped: 1 added" in last["html"]
    assert own.assistant.library.get("2109.00001")
    assert not own.assistant.library.get("2109.00002")


def test_what_names_no_paper() -> None:
    assert identifiers(" 2104.00194v2,\n2104.00194 ") == ["2104.00194"]
    assert identifiers("2104.00194, and 2104.00195") == ["2104.00194", "2104.00195"]
    with pytest.raises(FetchError, match="up to 200"):
        identifiers(" ".join(f"2104.{n:05}" for n in range(201)))


# -- uploads -------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    return tmp_path


def test_a_file_is_read_a_paper_at_a_time(folder: Path) -> None:
    entry = {"title": "T", "abstract": "We do it.", "url": "https://arxiv.org/abs/2104.00001"}
    packed = folder / "many.jsonl.gz"
    with gzip.open(packed, "wt") as file:
        for _ in range(3):
            file.write(json.dumps(entry) + "\n")
        file.write("{broken\n" * 10)
    first = next(iter(uploads.entries({"file": str(packed)})))
    assert getattr(first, "title", "") == "T"


def test_a_packed_bomb_is_left_before_it_fills_anything(folder: Path) -> None:
    bomb = folder / "bomb.jsonl.gz"
    with gzip.open(bomb, "wb") as file:
        for _ in range(120):
            file.write(b" " * 1_000_000 + b"\n")
    with pytest.raises(ListingError, match=r"bomb\.jsonl\.gz"):
        list(uploads.entries({"file": str(bomb)}))


def test_more_papers_than_an_upload_may_have(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST", 2)
    entries = [
        {"title": f"T{n}", "abstract": "We do it.", "url": f"https://arxiv.org/abs/2104.{n:05}"}
        for n in range(1, 4)
    ]
    many = folder / "many.jsonl"
    many.write_text("".join(json.dumps(each) + "\n" for each in entries))
    with pytest.raises(ListingError, match="more than 2 papers"):
        list(uploads.entries({"file": str(many)}))


def test_uploads_that_wait_are_limited_and_dropped(folder: Path, tmp_path: Path) -> None:
    waiting = folder / "a" / "large.bin"
    waiting.parent.mkdir()
    with waiting.open("wb") as file:
        file.truncate(uploads.WAITING + 1)
    assert uploads.are_full()
    uploads.drop({"file": str(waiting)})
    assert not waiting.exists()
    assert not uploads.are_full()
    outside = tmp_path.parent / "outside"
    outside.write_text("kept")
    uploads.drop({"file": str(outside)})
    assert outside.exists()


def test_too_much_waiting_is_told(
    own: Site, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "WAITING", -1)
    page = browser.new_context().new_page()
    page.goto(f"{own.address}/#/add")
    page.locator("#part-add h2").wait_for()
    with page.expect_response(re.compile("/upload")) as told:
        page.set_input_files(
            "input[type=file]", {"name": "a.md", "mimeType": "text/plain", "buffer": b"x"}
        )
    assert told.value.status == 413
    expect(page.locator(".found").get_by_role("alert")).to_contain_text("a.md")
