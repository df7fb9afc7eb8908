"""Fetching from a server that answers as arXiv does, and as it should not; no time is measured."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

import arxiv
import numpy as np
import pytest

from rag import fetching, listings
from rag.cli import fetching as command
from rag.core.papers import Paper
from rag.errors import FetchError
from rag.fetching import Arxiv, Mark, Request, marks
from rag.library import Library
from rag.models.embedding import Embedding
from tests.fetching.serving import serving

ROOT = Path(__file__).parents[2]
PAGE = 5
NOW = datetime(2021, 6, 30, 12, 0, 30, tzinfo=UTC)
APRIL = datetime(2021, 4, 1, tzinfo=UTC)

FEED = """<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" \
xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">
  <id>https://arxiv.org/api/made-up</id>
  <title>arXiv Query: {query}</title>
  <updated>2021-06-30T00:00:00Z</updated>
  <link href="https://arxiv.org/api/query" type="application/atom+xml"/>
  <opensearch:itemsPerPage>{size}</opensearch:itemsPerPage>
  <opensearch:totalResults>{total}</opensearch:totalResults>
  <opensearch:startIndex>{start}</opensearch:startIndex>
{entries}</feed>
"""
ENTRY = """  <entry>
    <id>http://arxiv.org/abs/{id}v{version}</id>
    <title>{title}</title>
    <updated>{published}</updated>
    <link href="https://arxiv.org/abs/{id}v{version}" rel="alternate" type="text/html"/>
    <link href="https://arxiv.org/pdf/{id}v{version}" rel="related" type="application/pdf" \
title="pdf"/>
    <summary>{abstract}</summary>
    <category term="cs.LG" scheme="http://arxiv.org/schemas/atom"/>
    <category term="{category}" scheme="http://arxiv.org/schemas/atom"/>
    <published>{published}</published>
    <arxiv:comment>12 pages</arxiv:comment>
    <arxiv:primary_category term="{category}"/>
    <author>
      <name>Ada Example</name>
      <arxiv:affiliation>Somewhere</arxiv:affiliation>
    </author>
    <author>
      <name>Bo S&#228;mple</name>
    </author>
  </entry>
"""
REFUSAL = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" \
xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">
  <opensearch:totalResults>1</opensearch:totalResults>
  <opensearch:startIndex>0</opensearch:startIndex>
  <entry>
    <id>https://arxiv.org/api/errors#incorrect_query</id>
    <title>Error</title>
    <summary>incorrect query: {said}</summary>
    <updated>2021-06-30T00:00:00Z</updated>
  </entry>
</feed>
"""
PAGE_IN_HTML = "<!DOCTYPE html><html><head><title>Sorry</title></head><body>Busy<br></body></html>"


@dataclass
class Submission:
    """A paper as the archive has it."""

    id: str
    published: datetime
    category: str = "cs.CV"
    title: str = ""
    abstract: str = ""
    version: int = 1

    def entry(self) -> str:
        return ENTRY.format(
            id=self.id,
            version=self.version,
            category=self.category,
            published=f"{self.published:%Y-%m-%dT%H:%M:%SZ}",
            title=escape(self.title or f"Paper {self.id}\n  on Fl\u00e4chen & $x < y$"),
            abstract=escape(self.abstract or f"\n  We show the number {self.id}. It is < 1.\n"),
        )


Fault = Callable[["Archive", BaseHTTPRequestHandler, bytes], None]


@dataclass
class Archive:
    """What the server holds, what it is to do wrong at which request, and what it was asked."""

    held: list[Submission] = field(default_factory=list)
    faults: dict[int, Fault] = field(default_factory=dict)
    always: Fault | None = None
    asked: list[dict[str, str]] = field(default_factory=list)
    served: list[str] = field(default_factory=list)
    address: str = ""

    def answer(self, asked: dict[str, str]) -> bytes:
        query = asked["search_query"]
        days = re.search(r"submittedDate:\[(\d{12}) TO (\d{12})\]", query)
        assert days is not None
        assert (asked["sortBy"], asked["sortOrder"]) == ("submittedDate", "ascending")
        first, last = days[1], days[2]
        found = [
            paper
            for paper in sorted(self.held, key=lambda p: (p.published, p.id))
            if first <= f"{paper.published:%Y%m%d%H%M}" <= last
            and f"cat:{paper.category}" in query
            and all(
                word in paper.title + paper.abstract for word in re.findall(r"all:(\w+)", query)
            )
        ]
        start, size = int(asked["start"]), int(asked["max_results"])
        page = found[start : start + size]
        self.served += [paper.id for paper in page]
        entries = "".join(paper.entry() for paper in page)
        return FEED.format(
            query=escape(query), size=size, total=len(found), start=start, entries=entries
        ).encode()


def send(
    handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: object
) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": len(body), **headers}.items():
        handler.send_header(name.replace("_", "-"), str(value))
    handler.end_headers()
    handler.wfile.write(body)


def says(status: int, body: str = "", **headers: object) -> Fault:
    return lambda _, handler, __: send(handler, body.encode(), status, **headers)


def cut(_: Archive, handler: BaseHTTPRequestHandler, body: bytes) -> None:
    """Close the connection in the middle of what was announced."""
    send(handler, body[: len(body) // 2], Content_Length=len(body))


def cut_silently(_: Archive, handler: BaseHTTPRequestHandler, body: bytes) -> None:
    """The same, with nothing announced: only the XML can tell."""
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(body[: len(body) // 2])


def hang_up(_: Archive, handler: BaseHTTPRequestHandler, __: bytes) -> None:
    """Say nothing at all."""
    handler.close_connection = True


def malformed(_: Archive, handler: BaseHTTPRequestHandler, body: bytes) -> None:
    """One tag in the middle is not closed; a lenient parser would leave out a paper or more."""
    middle = body.index(b"</summary>", len(body) // 3)
    send(handler, body[:middle] + body[middle + len(b"</summary>") :])


def empty(_: Archive, handler: BaseHTTPRequestHandler, body: bytes) -> None:
    """The well-known page: so many results, and not one of them."""
    send(handler, re.sub(rb"  <entry>.*</entry>\n", b"", body, flags=re.DOTALL))


def nothing(_: Archive, handler: BaseHTTPRequestHandler, __: bytes) -> None:
    """The same, and it counts none."""
    send(handler, FEED.format(query="", size=5, total=0, start=0, entries="").encode())


def forgetful(_: Archive, handler: BaseHTTPRequestHandler, body: bytes) -> None:
    """A whole page, but it counts and has two papers only."""
    two = b"</entry>".join(body.split(b"</entry>")[:2]) + b"</entry></feed>"
    send(handler, re.sub(rb"Results>\d+<", b"Results>2<", two))


def undated(_: Archive, handler: BaseHTTPRequestHandler, body: bytes) -> None:
    send(handler, body.replace(b"<published>2021", b"<published>soon", 1))


@pytest.fixture
def archive() -> Iterator[Archive]:
    """Twenty-three papers of April in cs.CV, three of them at one minute, and one elsewhere."""
    there = Archive(
        [Submission(f"2104.{n:05}", APRIL + timedelta(hours=7 * n, seconds=n)) for n in range(20)]
        + [Submission(f"2104.0100{n}", APRIL + timedelta(hours=7 * 9, seconds=n)) for n in range(3)]
        + [Submission("2104.02000", APRIL + timedelta(hours=7 * 9), "math.PR")]
    )

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = {
                name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()
            }
            there.asked.append(asked)
            fault = there.faults.pop(len(there.asked), None) or there.always
            if fault:
                kept = list(there.served)
                fault(there, self, there.answer(asked))
                there.served = kept
            else:
                send(self, there.answer(asked))

        def log_message(self, *_: object) -> None:
            pass

    with serving(Handler) as address:
        there.address = f"{address}/api/query"
        yield there


@dataclass
class Run:
    """The command in this process, with a clock that is turned by hand."""

    archive: Archive
    place: Path
    now: datetime = NOW
    waits: list[float] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def __call__(self, *categories: str, since: str = "", until: str = "", **more: Any) -> None:
        days: dict[str, Any] = {
            name: date.fromisoformat(text)
            for name, text in (("since", since), ("until", until))
            if text
        }
        command.fetch(list(categories or ("cs.CV",)), **days, **{"oai": False} | more)

    def held(self) -> list[str]:
        return sorted(paper.id for paper in Library.open(self.place).papers())

    def kept(self) -> dict[str, Any]:
        return json.loads((self.place / "fetched.json").read_text())

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)


@pytest.fixture
def run(
    archive: Archive, embedding: Embedding, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Run:
    made = Run(archive, tmp_path / "index")
    slow = partial(Arxiv, pause=0, page=PAGE, sleep=made.wait, now=lambda: made.now)
    monkeypatch.setenv("RAG_INDEX", str(made.place))
    monkeypatch.setattr(fetching, "ADDRESS", archive.address)
    monkeypatch.setattr(fetching, "Arxiv", slow)
    monkeypatch.setattr(Embedding, "load", lambda *_, **__: embedding)
    monkeypatch.setattr("rag.cli.terminal.note", made.said.append)
    return made


def of(archive: Archive, category: str = "cs.CV") -> list[str]:
    return sorted(paper.id for paper in archive.held if paper.category == category)


def asking(run: Run, archive: Archive) -> Iterator[str]:
    """The identifiers that come, without an index."""
    service = fetching.Arxiv(archive.address, run.said.append)
    for page in service.pages(Request(("cs.CV",)), Mark(APRIL.date(), APRIL)):
        for entry in page.entries:
            assert isinstance(entry, Paper)
            yield entry.id


# -- what comes ----------------------------------------------------------------------------------


def test_papers_are_those_of_the_feed_read_as_a_file(
    run: Run, archive: Archive, tmp_path: Path
) -> None:
    file = tmp_path / "saved.atom"
    held = [paper for paper in archive.held if paper.category == "cs.CV"]
    file.write_text(
        FEED.format(query="", size=99, total=23, start=0, entries="".join(p.entry() for p in held))
    )
    run(since="2021-04-01")
    kept = {paper.id: paper for paper in Library.open(run.place).papers()}
    same = {
        p.id: replace(p, sources=("arXiv",)) for p in listings.read(file) if isinstance(p, Paper)
    }
    assert kept == same
    paper = kept["2104.00000"]
    assert paper.title == "Paper 2104.00000 on Flächen & $x < y$"
    assert paper.abstract == "We show the number 2104.00000. It is < 1."
    assert paper.listed == date(2021, 4, 1)
    assert paper.categories == ("cs.CV", "cs.LG")
    assert paper.authors == ("Ada Example", "Bo Sämple")
    assert (paper.version, paper.withdrawn) == (1, False)


def test_pages_follow_the_days_and_no_paper_comes_twice(run: Run, archive: Archive) -> None:
    came = list(asking(run, archive))
    assert sorted(came) == of(archive)
    assert {asked["start"] for asked in archive.asked} == {"0"}
    assert {asked["max_results"] for asked in archive.asked} <= {str(PAGE)}
    first = [re.findall(r"\d{12}", asked["search_query"])[0] for asked in archive.asked]
    assert first == sorted(set(first))
    again = Counter(archive.served) - Counter(set(archive.served))
    assert again.total() <= len(archive.asked) + 3  # those of the minute in which a page ends
    assert run.waits == []


def test_more_papers_in_a_minute_than_on_a_page(run: Run, archive: Archive) -> None:
    archive.held += [
        Submission(f"2104.03{n:03}", APRIL + timedelta(hours=70, seconds=n)) for n in range(13)
    ]
    came = list(asking(run, archive))
    assert sorted(came) == of(archive)


def test_an_order_that_is_none_loses_nothing(run: Run, archive: Archive) -> None:
    at = {paper.id: paper.published for paper in archive.held}
    turned = iter(sorted(at.values(), reverse=True))
    entry = Submission.entry
    for paper in archive.held:  # sorted by one time, dated by another
        paper.title = f"{next(turned):%Y-%m-%dT%H:%M:%SZ}"

    def dated_otherwise(self: Submission) -> str:
        return re.sub(
            r"<published>.*</published>", f"<published>{self.title}</published>", entry(self)
        )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Submission, "entry", dated_otherwise)
        came = list(asking(run, archive))
    assert sorted(came) == of(archive)


def test_what_is_no_paper_is_left_out_and_what_was_withdrawn_is_marked(
    run: Run, archive: Archive
) -> None:
    archive.held[3].abstract = "  "
    archive.held[4].version = 3
    archive.held[7].abstract = "This paper has been withdrawn by the authors."
    run(since="2021-04-01", until="2021-04-03")
    [said] = run.said
    assert said.startswith("http://arxiv.org/abs/2104.00003v1: left out, no abstract of ")
    assert said.endswith("; `rag fetch 2104.00003` brings it")
    kept = {paper.id: paper for paper in Library.open(run.place).papers()}
    assert archive.held[3].id not in kept
    assert kept[archive.held[4].id].version == 3
    assert [name for name, paper in kept.items() if paper.withdrawn] == [archive.held[7].id]


def test_categories_and_words(run: Run, archive: Archive) -> None:
    archive.held[5].abstract = "Tracking with transformers."
    archive.held[6].abstract = "Tracking."
    run("cs.CV", "math.PR", since="2021-04-01", query="Tracking transformers")
    assert run.held() == [archive.held[5].id]
    run("math.PR", since="2021-04-01")
    assert run.held() == [archive.held[5].id, "2104.02000"]
    assert len(run.kept()) == 2


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("", "cat:cs.CV"),
        ("visual tracking", "(cat:cs.CV) AND (all:visual AND all:tracking)"),
        ('"visual tracking" fast', '(cat:cs.CV) AND (all:"visual tracking" AND all:fast)'),
        ("abs:tracking OR ti:flow", "(cat:cs.CV) AND (abs:tracking OR ti:flow)"),
    ],
)
def test_a_query_as_arxiv_writes_it(query: str, asked: str) -> None:
    assert str(Request(("cs.CV", "cs.CV"), query)) == asked


# -- faults --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "waits"),
    [
        (says(503, "busy", Retry_After=17), [17]),
        (says(429, "", Retry_After=1), [3]),
        (says(429), [3]),
        (says(500, "<h1>Internal"), [3]),
        (says(503, "", Retry_After="whenever"), [3]),
        (cut, [3]),
        (cut_silently, [3]),
        (hang_up, [3]),
        (malformed, [3]),
        (empty, [3]),
        (nothing, []),
        (undated, [3]),
        (says(200, PAGE_IN_HTML, Content_Type="text/html"), [3]),
        (says(200, "<html><body>Busy</body></html>"), [3]),
        (says(200), [3]),
    ],
)
@pytest.mark.parametrize("at", [1, 3])
def test_a_fault_that_passes(
    run: Run, archive: Archive, fault: Fault, waits: list[float], at: int
) -> None:
    archive.faults[at] = fault
    arrived = list(asking(run, archive))
    assert sorted(arrived) == of(archive)
    assert run.waits == waits
    assert len(run.said) == len(waits)
    for said, wait in zip(run.said, waits, strict=True):
        assert said.endswith(f"; asking again in {wait} s")


def test_a_list_that_ends_too_soon_is_asked_for_again(run: Run, archive: Archive) -> None:
    archive.faults[3] = forgetful
    assert sorted(asking(run, archive)) == of(archive)
    assert archive.asked[2] == archive.asked[3]


def test_waits_grow_and_a_date_to_come_back_is_heeded(run: Run, archive: Archive) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=240), usegmt=True)
    archive.faults |= {2: says(503), 3: cut, 4: malformed, 5: says(429, Retry_After=later)}
    assert sorted(asking(run, archive)) == of(archive)
    assert run.waits[:3] == [3, 6, 12]
    assert 200 < run.waits[3] <= 240


def test_a_pause_between_requests(
    run: Run, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = list[float]()
    monkeypatch.setattr(arxiv, "time", SimpleNamespace(sleep=waits.append))
    service = Arxiv(archive.address, run.said.append, page=PAGE, now=lambda: NOW)
    assert len(list(service.pages(Request(("cs.CV",)), Mark(APRIL.date(), APRIL)))) > 4
    assert len(waits) == len(archive.asked) - 1
    assert all(2 < wait <= 3 for wait in waits)


@pytest.mark.parametrize(
    ("fault", "part"),
    [
        (says(503), "arXiv answered 503"),
        (cut, "The connection to 127.0.0.1"),
        (hang_up, "The connection to 127.0.0.1"),
        (malformed, "broken page"),
        (empty, "empty page"),
        (undated, "without counts or days"),
        (says(200, PAGE_IN_HTML), "broken page"),
    ],
)
def test_a_fault_that_stays(run: Run, archive: Archive, fault: Fault, part: str) -> None:
    archive.always = fault
    with pytest.raises(FetchError, match=f"{part}.*6 times.*goes on") as error:
        list(asking(run, archive))
    assert "\n" not in str(error.value)
    assert run.waits == [3, 6, 12, 24, 48]


def test_what_came_before_a_fault_is_kept(run: Run, archive: Archive) -> None:
    archive.faults |= dict.fromkeys(range(3, 9), says(503))
    with pytest.raises(FetchError, match="503"):
        run(since="2021-04-01")
    held, sent = run.held(), len(archive.served)
    assert held == of(archive)[:9]  # two pages; the paper that ends the first comes twice
    run()
    assert run.held() == of(archive)
    assert len(set(archive.served[sent:]) & set(held)) <= 1  # the one that ended the last page


@pytest.mark.parametrize(
    ("fault", "part"),
    [
        (says(503, Retry_After=172_800), "asks to wait for 2,880 minutes"),
        (says(400, REFUSAL.format(said="AND AND")), "incorrect query: AND AND.*--query"),
        (says(200, REFUSAL.format(said="AND AND")), "incorrect query: AND AND.*--query"),
        (says(403, "no"), "arXiv answered 403"),
        (says(404), "arXiv answered 404"),
    ],
)
def test_what_is_not_worth_asking_again(
    run: Run, archive: Archive, fault: Fault, part: str
) -> None:
    archive.always = fault
    with pytest.raises(FetchError, match=part) as error:
        run(since="2021-04-01")
    assert "\n" not in str(error.value)
    assert run.waits == []
    assert len(archive.asked) == 1
    assert not run.place.exists()


def test_a_server_that_is_not_there(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "ADDRESS", "http://127.0.0.1:9/api/query")
    with pytest.raises(FetchError, match=r"127\.0\.0\.1:9 failed \(Connection refused\), 6 times"):
        run(since="2021-04-01")
    assert not run.place.exists()


@pytest.mark.parametrize(
    ("category", "days", "part"),
    [
        ("foo", {"since": "2021-04-01"}, "foo is no category"),
        ("cs.", {"since": "2021-04-01"}, r"cs\. is no category"),
        ("cs.CV) OR (cat:math.PR", {"since": "2021-04-01"}, "is no category"),
        ("cs.CV", {"since": "2021-04-02", "until": "2021-04-01"}, "exchange the two"),
        ("cs.CV", {"since": "2999-01-01"}, "still to come"),
        ("cs.CV", {}, "--since DAY"),
    ],
)
def test_what_cannot_be_asked(
    run: Run, archive: Archive, category: str, days: dict[str, str], part: str
) -> None:
    with pytest.raises(FetchError, match=part):
        run(category, **days)
    assert archive.asked == []
    assert not run.place.exists()


# -- going on ------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_next_day_brings_what_is_new_and_what_was_held_back(run: Run, archive: Archive) -> None:
    run.now = APRIL + timedelta(days=5, hours=20)
    later = [Submission("2104.05000", run.now + timedelta(hours=3))]
    late = [Submission("2104.00900", run.now - timedelta(days=4))]
    run(since="2021-04-01")
    assert run.held() == of(archive)
    before = len(archive.served)
    archive.held += later + late
    archive.held[18].version, archive.held[18].abstract = 2, "We show it again."
    run.now += timedelta(days=1)
    run()
    assert run.held() == of(archive)
    assert len(archive.served) - before <= len(archive.held) + 8
    changed = Library.open(run.place).get(archive.held[18].id)
    assert changed is not None
    assert changed.abstract == "We show it again."
    run.now += timedelta(days=60)  # by then all is settled: only the last week was asked again
    run()
    before = len(archive.asked)
    run.now += timedelta(days=1)
    run()
    (asked,) = archive.asked[before:][:1]
    assert "submittedDate:[202105302000" in asked["search_query"]


def test_an_old_stretch_is_not_asked_for_twice(run: Run, archive: Archive) -> None:
    run(since="2021-04-01", until="2021-04-04")
    assert run.kept() == {
        "cat:cs.CV": {
            **{"since": "2021-04-01", "reached": "2021-04-04T23:59:00+00:00"},
            **{"seen": [], "unsettled": None},
        }
    }
    held, before = run.held(), len(archive.asked)
    assert 0 < len(held) < len(of(archive))
    run(since="2021-04-01", until="2021-04-03")
    assert len(archive.asked) == before
    assert run.said == ["All until 2021-04-04 23:59 UTC was fetched before."]
    run()
    assert run.held() == of(archive)
    assert not set(archive.served[len(held) + 9 :]) & set(held)


def test_one_paper_at_a_time_and_on_from_there(run: Run, archive: Archive) -> None:
    service = fetching.Arxiv(archive.address, run.said.append)
    mark, came = Mark(APRIL.date(), APRIL), list[str]()
    for _ in of(archive):
        (page,) = service.pages(Request(("cs.CV",)), mark, most=1)
        (entry,) = page.entries
        assert isinstance(entry, Paper)
        came, mark = [*came, entry.id], page.mark
        assert page.left == len(of(archive)) - len(came)
    assert sorted(came) == of(archive)
    assert mark == Mark(APRIL.date(), NOW.replace(second=0) - marks.LATE)


def test_so_many_at_most(run: Run, archive: Archive) -> None:
    for n in (7, 14, 21, 23):
        run(since="2021-04-01", most=7)
        assert len(run.held()) == n
    run(most=7)
    assert run.said == ["arXiv shows no more papers in cs.CV."]


def test_the_first_day_may_be_changed(run: Run, archive: Archive) -> None:
    run(since="2021-04-03", until="2021-04-03")
    run(since="2021-04-05", until="2021-04-05")  # a gap is not bridged
    assert run.kept()["cat:cs.CV"]["since"] == "2021-04-05"
    held = run.held()
    run(since="2021-04-01", until="2021-04-05")  # what comes before is fetched, and the gap too
    assert run.kept()["cat:cs.CV"]["since"] == "2021-04-01"
    april_5 = f"{APRIL + timedelta(days=5):%Y-%m-%d}"
    wanted = [p.id for p in archive.held if f"{p.published:%Y-%m-%d}" < april_5]
    assert run.held() == sorted(name for name in wanted if name != "2104.02000")
    assert set(held) < set(run.held())


def test_nothing_there(run: Run, archive: Archive) -> None:
    run("math.CO", since="2021-04-01")
    assert run.said == ["arXiv shows no more papers in math.CO."]
    assert len(archive.asked) == 2  # once may be a slip
    assert not run.place.exists()


def test_a_mark_that_cannot_be_read_or_written(
    run: Run, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(since="2021-04-01", most=5)
    before = run.kept()

    move = Path.replace

    def full(draft: Path, target: Path) -> Path:
        if target.name == "fetched.json":
            raise OSError(28, "No space left on device")
        return move(draft, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(FetchError, match="No space left"):
            run()
    assert run.kept() == before
    for broken in ("", "{", "[1]", '{"cat:cs.CV": {"since": 3}}', '{"cat:cs.CV": []}'):
        (run.place / "fetched.json").write_text(broken)
        with pytest.raises(FetchError, match=r"fetched\.json cannot be read: move it away"):
            run(since="2021-04-01")
    (run.place / "fetched.json").unlink()
    run(since="2021-04-01")
    assert run.held() == of(archive)


# -- in a process of its own ---------------------------------------------------------------------

PROCESS = """
import sys, time
from functools import partial
from rag import fetching
from rag.library import Library
fetching.ADDRESS = {address!r}
fetching.Arxiv = partial(fetching.Arxiv, pause=0, page=5)
put, keep, calls = Library.put, fetching.keep, []
def wait(name, function, *arguments, **more):
    calls.append(name)
    if len(calls) == 1 and {stop!r} == "never":
        print("here", flush=True)
    if calls.count(name) == 3 and name == {stop!r}:
        print("here", flush=True)
        time.sleep(60)
    return function(*arguments, **more)
Library.put = lambda *a, **m: wait("put", put, *a, **m)
fetching.keep = lambda *a, **m: wait("keep", keep, *a, **m)
sys.argv[0] = "rag"
from rag.cli import main
main()
"""


def start(archive: Archive, place: Path, stop: str, *arguments: str) -> "subprocess.Popen[str]":
    kept = {k: v for k, v in os.environ.items() if not k.startswith("RAG_") and "COLOR" not in k}
    return subprocess.Popen(
        [sys.executable, "-c", PROCESS.format(address=archive.address, stop=stop), *arguments],
        cwd=ROOT,
        env={**kept, "RAG_INDEX": str(place)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
@pytest.mark.parametrize("stop", ["put", "keep"])
def test_killed_half_way(run: Run, archive: Archive, stop: str) -> None:
    """Before the papers of a page are in the index, and between them and the mark."""
    process = start(archive, run.place, stop, "fetch", "cs.CV", "--since", "2021-04-01", "--no-oai")
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "here\n"
        process.send_signal(signal.SIGKILL)
    held, sent = run.held(), len(archive.served)
    assert len(held) in {9, 11, 12, 13}
    run()
    assert run.held() == of(archive)
    assert len(set(archive.served[sent:]) & set(held)) <= PAGE


@pytest.mark.slow
def test_killed_at_any_moment_nothing_is_lost(
    run: Run, archive: Archive, embedding: Embedding
) -> None:
    """Again and again, at moments that nobody chose; each run goes on from the one before."""
    asked = ("fetch", "cs.CV", "--since", "2021-04-01", "--no-oai")
    for moment in np.random.default_rng().uniform(0.0, 0.6, size=2):
        before = run.held() if run.place.exists() else []
        process = start(archive, run.place, "never", *asked)
        with process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(float(moment))
            process.kill()
        held = run.held()
        assert set(before) <= set(held) <= set(of(archive))
        # A commit may be ahead of Chroma and of what was swept away: whoever writes next mends it.
        assert len(held) == len(Library.open(run.place))
    run(since="2021-04-01")
    assert run.held() == of(archive)
    assert Library.open(run.place, embedding).examine(embedding).is_whole


@pytest.mark.slow
def test_ctrl_c_while_waiting_for_arxiv(run: Run, archive: Archive) -> None:
    archive.faults[3] = says(503, Retry_After=500)
    process = start(archive, run.place, "", "fetch", "cs.CV", "--since", "2021-04-01", "--no-oai")
    with process:
        assert process.stderr is not None
        lines = [process.stderr.readline()]
        while "asking again in 500 s" not in lines[-1]:
            assert lines[-1], lines
            lines.append(process.stderr.readline())
        process.send_signal(signal.SIGINT)
        _, rest = process.communicate(timeout=60)
    assert process.returncode == 130
    assert rest.startswith("rag: Interrupted")
    assert rest.count("\n") == 1
    assert len(run.held()) == 9
    run()
    assert run.held() == of(archive)


def test_an_error_is_one_line(run: Run, archive: Archive) -> None:
    process = start(archive, run.place, "", "fetch", "foo", "--since", "2021-04-01")
    out, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert out == ""
    assert said.startswith("rag: foo is no category")
    assert said.count("\n") == 1


def test_the_client_is_not_imported_for_help() -> None:
    code = """
import sys
from rag.cli import main
sys.argv = ["rag", "fetch", "--help"]
try:
    main()
except SystemExit:
    pass
print([m for m in ("arxiv", "requests", "tenacity", "lxml") if m in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]"
