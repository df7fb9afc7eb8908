"""Harvesting from a server that answers as arXiv's OAI-PMH service does, and single papers."""

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from rag import fetching
from rag.cli import fetching as command
from rag.errors import FetchError
from rag.fetching import Arxiv, Harvest
from rag.fetching.harvest import set_of
from rag.library import Library
from rag.models.embedding import Embedding
from tests.fetching.serving import serving
from tests.library.tiny import Tiny

NOW = datetime(2021, 6, 30, 12, tzinfo=UTC)
PAGE = 2

OAI = """<?xml version="1.0" encoding="UTF-8"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">
<responseDate>2021-06-30T12:00:00Z</responseDate>
<request verb="ListRecords">http://oaipmh.arxiv.org/oai</request>
{}
</OAI-PMH>
"""
RECORD = """<record>
<header><identifier>oai:arXiv.org:{id}</identifier><datestamp>{changed}</datestamp>
<setSpec>cs:cs:CV</setSpec></header>
<metadata><arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/">
<id>{id}</id><submitter>Ada Example</submitter>
{versions}
<title>Kites of {id}</title><authors>Ada Example (Somewhere, Elsewhere), Bo S&#228;mple</authors>
<categories>cs.CV cs.LG</categories><doi>10.1000/{id}</doi>
<journal-ref>J. Kites 1 (2021)</journal-ref>
<abstract>We fly {id}{odd} high.</abstract></arXivRaw></metadata>
</record>
"""
DELETED = """<record><header status="deleted"><identifier>oai:arXiv.org:{id}</identifier>
<datestamp>{changed}</datestamp></header></record>
"""


@dataclass
class Record:
    """A record as the service has it."""

    id: str
    submitted: date
    changed: date
    versions: int = 1
    deleted: bool = False
    odd: str = ""

    def text(self) -> str:
        versions = "".join(
            f'<version version="v{n}"><date>{self._day(n)}</date><size>1kb</size></version>'
            for n in range(1, self.versions + 1)
        )
        form = DELETED if self.deleted else RECORD
        said = {"id": self.id, "changed": self.changed.isoformat(), "odd": self.odd}
        return form.format(**said, versions=versions)

    def _day(self, version: int) -> str:
        day = self.submitted if version == 1 else self.changed
        return format_datetime(datetime(day.year, day.month, day.day, 10, tzinfo=UTC), usegmt=True)


@dataclass
class Service:
    """What the server holds, what it is to do wrong at which request, and what it was asked."""

    held: list[Record]
    faults: dict[int, tuple[int, str, str]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    forgotten: set[str] = field(default_factory=set)
    ways: dict[int, Callable[[BaseHTTPRequestHandler, bytes], None]] = field(default_factory=dict)
    address: str = ""

    def answer(self, asked: dict[str, str]) -> str:
        assert asked["verb"] == "ListRecords"
        token = asked.get("resumptionToken", "")
        if token in self.forgotten:
            return OAI.format('<error code="badResumptionToken">expired</error>')
        if token:
            first, at = token.split("|")
        else:
            assert (asked["metadataPrefix"], asked["set"]) == ("arXivRaw", "cs:cs:CV")
            first, at = asked["from"], "0"
        found = [r for r in self.held if r.changed >= date.fromisoformat(first)]
        page = found[int(at) : int(at) + PAGE]
        if not page:
            return OAI.format('<error code="noRecordsMatch">nothing</error>')
        after = int(at) + PAGE
        more = f"{first}|{after}" if after < len(found) else ""
        told = (
            f'<resumptionToken cursor="{at}" completeListSize="{len(found)}">{more}'
            "</resumptionToken>"
        )
        records = "".join(record.text() for record in page)
        return OAI.format(f"<ListRecords>{records}{told}</ListRecords>")


@pytest.fixture
def service() -> Iterator[Service]:
    """Five papers of April, one that is older and was changed in April."""
    days = [date(2021, 4, n) for n in range(1, 6)]
    there = Service(
        [Record(f"2104.0000{n}", day, day) for n, day in enumerate(days)]
        + [Record("1904.00009", date(2019, 4, 1), date(2021, 4, 6), versions=2)]
    )

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            there.asked.append({name: values[0] for name, values in query.items()})
            status, said, wait = there.faults.pop(len(there.asked), (200, "", ""))
            body = (said or there.answer(there.asked[-1])).encode()
            if way := there.ways.pop(len(there.asked), None):
                way(self, body)
                return
            self.send_response(status)
            if wait:
                self.send_header("Retry-After", wait)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with serving(Handler) as address:
        there.address = f"{address}/oai"
        yield there


@dataclass
class Run:
    """The command in this process, with a clock that is turned by hand."""

    place: Path
    waits: list[float] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def __call__(self, *names: str, **more: Any) -> None:
        command.fetch(list(names or ("cs.CV",)), **more)

    def held(self) -> list[str]:
        return sorted(paper.id for paper in Library.open(self.place).papers())

    def marks(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.place / "fetched.json").read_text())
        return found


@pytest.fixture
def run(service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    made = Run(tmp_path / "index")
    slow = partial(Harvest, pause=0.5, sleep=made.waits.append, now=lambda: NOW)
    monkeypatch.setenv("RAG_INDEX", str(made.place))
    monkeypatch.setattr(fetching, "OAI_ADDRESS", service.address)
    monkeypatch.setattr(fetching, "Harvest", slow)
    monkeypatch.setattr(Embedding, "load", lambda *_, **__: Tiny())
    monkeypatch.setattr("rag.cli.terminal.note", made.said.append)
    return made


SINCE = date(2021, 4, 1)


def test_a_category_is_harvested_page_by_page(run: Run, service: Service) -> None:
    run(since=SINCE)
    assert run.held() == [f"2104.0000{n}" for n in range(5)]  # the older one was not asked for
    assert [asked.get("resumptionToken", "") for asked in service.asked] == [
        "", "2021-04-01|2", "2021-04-01|4",
    ]  # fmt: skip
    assert run.waits == [0.5, 0.5]
    paper = Library.open(run.place).get("2104.00000")
    assert paper is not None
    assert (paper.version, paper.listed, paper.authors) == (1, SINCE, ("Ada Example", "Bo Sämple"))
    assert (paper.doi, paper.venue) == ("10.1000/2104.00000", "J. Kites 1 (2021)")
    assert run.marks()["oai:cs.CV"] == {
        "since": "2021-04-01", "reached": "2021-06-29T00:00:00+00:00", "seen": [],
        "unsettled": None,
    }  # fmt: skip


def test_the_next_harvest_asks_for_what_changed(run: Run, service: Service) -> None:
    run(since=SINCE)
    changed = date(2021, 6, 29)
    service.held += [
        Record("2106.00001", changed, changed),
        Record("2104.00001", date(2021, 4, 2), changed, versions=2),
        Record("2104.00002", date(2021, 4, 3), changed, deleted=True),
        Record("2104.99999", changed, changed, deleted=True),
    ]
    service.asked.clear()
    run()
    assert service.asked[0]["from"] == "2021-06-29"
    library = Library.open(run.place)
    assert "2106.00001" in run.held()
    found = library.get("2104.00001")
    gone = library.get("2104.00002")
    assert found is not None
    assert (found.version, found.updated) == (2, changed)
    assert gone is not None
    assert gone.withdrawn
    assert library.get("2104.99999") is None


def test_nothing_has_changed(run: Run, service: Service) -> None:
    run(since=SINCE)
    held = run.held()
    run()
    assert run.held() == held


def test_it_waits_for_as_long_as_it_is_told(run: Run, service: Service) -> None:
    service.faults = {1: (503, "busy", "1800"), 3: (429, "slow down", "7200")}
    run(since=SINCE)
    assert run.held() == [f"2104.0000{n}" for n in range(5)]
    assert [wait for wait in run.waits if wait != 0.5] == [1800, 7200]
    assert "arXiv answered 503 Service Unavailable; asking again in 1800 s" in run.said


def test_a_stop_half_way_goes_on_with_its_token(run: Run, service: Service) -> None:
    service.faults = dict.fromkeys(range(2, 8), (500, "oh", ""))
    with pytest.raises(FetchError, match="500"):
        run(since=SINCE)
    assert len(run.held()) == PAGE
    service.asked.clear()
    run()
    assert service.asked[0] == {"verb": "ListRecords", "resumptionToken": "2021-04-01|2"}
    assert run.held() == [f"2104.0000{n}" for n in range(5)]


def test_a_token_that_was_forgotten_begins_the_list_again(run: Run, service: Service) -> None:
    service.faults = dict.fromkeys(range(2, 8), (500, "oh", ""))
    with pytest.raises(FetchError, match="500"):
        run(since=SINCE)
    service.forgotten = {"2021-04-01|2"}
    service.asked.clear()
    with pytest.raises(FetchError, match="badResumptionToken"):
        run()
    assert service.asked[1]["from"] == "2021-04-01"
    service.forgotten.clear()
    run()
    assert run.held() == [f"2104.0000{n}" for n in range(5)]


def test_a_list_that_was_broken_off_is_of_the_day_on_which_it_was_begun(
    run: Run, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.faults = dict.fromkeys(range(2, 8), (500, "oh", ""))
    with pytest.raises(FetchError, match="500"):
        run(since=SINCE)
    changed = date(2021, 7, 1)
    service.held.append(Record("2107.00001", changed, changed))
    later = datetime(2021, 7, 10, tzinfo=UTC)
    monkeypatch.setattr(fetching, "Harvest", partial(Harvest, pause=0, now=lambda: later))
    run()
    assert run.marks()["oai:cs.CV"]["reached"] == "2021-06-29T00:00:00+00:00"


def test_the_clock_of_the_service_counts(
    run: Run, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead = datetime(2021, 9, 1, tzinfo=UTC)
    monkeypatch.setattr(fetching, "Harvest", partial(Harvest, pause=0, now=lambda: ahead))
    run(since=SINCE)
    assert run.marks()["oai:cs.CV"]["reached"] == "2021-06-29T00:00:00+00:00"


def test_what_comes_after_the_last_day_is_not_passed_over_later(run: Run, service: Service) -> None:
    run(since=SINCE, until=date(2021, 4, 2))
    assert run.held() == ["2104.00000", "2104.00001"]
    run()
    assert run.held() == [f"2104.0000{n}" for n in range(5)]
    run(until=date(2021, 4, 2))  # takes nothing back
    assert run.marks()["oai:cs.CV"]["reached"] == "2021-06-29T00:00:00+00:00"


def test_the_token_of_a_list_with_another_last_day_is_not_used(run: Run, service: Service) -> None:
    service.faults = dict.fromkeys(range(2, 8), (500, "oh", ""))
    with pytest.raises(FetchError, match="500"):
        run(since=SINCE, until=SINCE)
    assert run.held() == ["2104.00000"]
    run()
    assert run.held() == [f"2104.0000{n}" for n in range(5)]


def test_a_date_to_wait_until(run: Run, service: Service) -> None:
    then = datetime.now(UTC) + timedelta(minutes=30)
    service.faults = {1: (503, "busy", format_datetime(then, usegmt=True))}
    run(since=SINCE)
    (waited,) = (wait for wait in run.waits if wait != 0.5)
    assert 1500 < waited <= 1800
    assert len(run.held()) == 5


def test_control_characters_are_no_break(run: Run, service: Service) -> None:
    for record, odd in zip(service.held, ("\x0b", "\x1f", "&#11;", "&#x1F;", "\0"), strict=False):
        record.odd = odd
    run(since=SINCE)
    assert len(run.held()) == 5
    found = Library.open(run.place).get("2104.00002")
    assert found is not None
    assert found.abstract == "We fly 2104.00002 high."


def test_an_empty_page_ends_a_list_that_was_thought_longer(run: Run, service: Service) -> None:
    nothing = OAI.format('<error code="noRecordsMatch">none left</error>')
    service.faults = {3: (200, nothing, "")}
    run(since=SINCE)
    assert run.held() == [f"2104.0000{n}" for n in range(4)]
    assert run.marks()["oai:cs.CV"]["seen"] == []


@pytest.mark.parametrize(
    ("said", "part"),
    [
        (OAI.format('<error code="badArgument">no such set</error>'), "badArgument: no such set"),
        ("<html>busy</html>", "none of OAI-PMH"),
        (OAI.format("")[:-20], "broken page"),
        (OAI.format(""), "without records"),
    ],
)
def test_what_is_no_page(run: Run, service: Service, said: str, part: str) -> None:
    service.faults = dict.fromkeys(range(1, 9), (200, said, ""))
    with pytest.raises(FetchError, match=part) as error:
        run(since=SINCE)
    assert "\n" not in str(error.value)
    assert not run.place.exists()


def packed(whole: bool) -> Callable[[BaseHTTPRequestHandler, bytes], None]:
    def send(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        held = gzip.compress(body)
        held = held if whole else held[: len(held) // 2]
        handler.send_response(200)
        handler.send_header("Content-Encoding", "gzip")
        handler.send_header("Content-Length", str(len(held)))
        handler.end_headers()
        handler.wfile.write(held)

    return send


def moved(handler: BaseHTTPRequestHandler, _: bytes) -> None:
    handler.send_response(301)
    handler.send_header("Location", handler.path.replace("/oai?", "/oai2?"))
    handler.send_header("Content-Length", "0")
    handler.end_headers()


def test_answers_may_be_packed_moved_cut_and_repeated(run: Run, service: Service) -> None:
    service.ways = {1: moved, 2: packed(whole=True), 3: packed(whole=False)}
    again = service.held[1]
    service.held = [*service.held[:2], again, again, *service.held[2:]]
    run(since=SINCE)
    assert run.held() == [f"2104.0000{n}" for n in range(5)]
    assert run.waits == [0.5, 3, 0.5, 0.5]  # one is broken and asked for again
    assert not any("left out" in said for said in run.said)


@pytest.mark.parametrize("status", [400, 404, 410, 422])
def test_a_token_that_is_refused_otherwise_begins_the_list_again(
    run: Run, service: Service, status: int
) -> None:
    service.faults = {2: (status, "<html>gone</html>", "")}
    run(since=SINCE)
    assert run.held() == [f"2104.0000{n}" for n in range(5)]
    assert service.asked[2]["from"] == "2021-04-01"
    assert "it begins again" in "".join(run.said)


def test_a_list_without_end_is_left(run: Run, service: Service) -> None:
    first = service.answer(
        {
            "verb": "ListRecords",
            "metadataPrefix": "arXivRaw",
            "set": "cs:cs:CV",
            "from": "2021-04-01",
        }
    )
    service.faults = dict.fromkeys(range(2, 20), (200, first, ""))
    with pytest.raises(FetchError, match=r"the same token again.*goes on") as error:
        run(since=SINCE)
    assert "\n" not in str(error.value)
    assert len(run.held()) == PAGE


def test_what_is_asked_of_the_wrong_service(run: Run, service: Service) -> None:
    with pytest.raises(FetchError, match="leave out --oai"):
        run(since=SINCE, oai=True, query="kites")
    with pytest.raises(FetchError, match="no category"):
        run("foo", since=SINCE)
    with pytest.raises(FetchError, match="--since DAY"):
        run()
    assert service.asked == []


@pytest.mark.parametrize(
    ("category", "name"),
    [
        ("cs", "cs:cs"),
        ("math.AG", "math:math:AG"),
        ("cond-mat.mtrl-sci", "physics:cond-mat:mtrl-sci"),
        ("physics.optics", "physics:physics:optics"),
        ("q-bio.NC", "q-bio:q-bio:NC"),
    ],
)
def test_sets(category: str, name: str) -> None:
    assert set_of(category) == name


# -- single papers -------------------------------------------------------------------------------

FEED = """<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns="http://www.w3.org/2005/Atom">
<opensearch:totalResults>{count}</opensearch:totalResults>
<opensearch:startIndex>0</opensearch:startIndex>{entries}</feed>"""
ENTRY = """<entry><id>http://arxiv.org/abs/{id}v1</id><title>Kites of {id}</title>
<updated>2021-04-01T00:00:00Z</updated><published>2021-04-01T00:00:00Z</published>
<summary>We fly.</summary><author><name>Ada Example</name></author>
<category term="cs.CV"/><link href="http://arxiv.org/abs/{id}v1" rel="alternate"/>
<primary_category xmlns="http://arxiv.org/schemas/atom" term="cs.CV"/></entry>"""


def test_single_papers(run: Run, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = "".join(ENTRY.format(id=name) for name in ("2104.00194", "math/0309136"))
    service.faults = {1: (200, FEED.format(count=2, entries=entries), "")}
    monkeypatch.setattr(fetching, "ADDRESS", service.address)
    monkeypatch.setattr(fetching, "Arxiv", partial(Arxiv, pause=0, sleep=run.waits.append))
    names = ("2104.00194", "https://arxiv.org/abs/math.GT/0309136v2", "arXiv:2104.00194")
    run(*names)
    assert service.asked[0]["id_list"] == "2104.00194,math/0309136"
    assert run.held() == ["2104.00194", "math/0309136"]
    service.faults = {2: (200, FEED.format(count=1, entries=ENTRY.format(id="2104.00195")), "")}
    with pytest.raises(FetchError, match=r"no paper 2104\.99999: check"):
        run("2104.99999", "2104.00195")
    assert "2104.00195" in run.held()
