"""Adding papers from the page: what a listing holds, then what became of each paper.

They come from a file that was uploaded or from arXiv, by their identifiers or all of a category
and a day, and go into the index a few hundred at a time. Written by a `Library` of its own: those
who ask meanwhile read on undisturbed, and find the new papers as soon as they are committed.
"""

import queue
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from html import escape
from itertools import islice
from typing import Any

from rag import fetching
from rag.assistant import Assistant
from rag.core.identifiers import arxiv_id
from rag.core.papers import Paper
from rag.errors import FetchError, RagError
from rag.library import Library, Written
from rag.listings import Refused
from ui import uploads
from ui.text import words

SHOWN = 5
"""Titles shown of what was found, and reasons of what was refused."""

AT_ONCE = 200
"""Papers that are looked up at a time."""

MOST_NAMED = 200
"""Identifiers that can be given at a time."""

MOST_OF_DAY = 3_000
"""Papers of a category and a day: the largest category has some five hundred."""

Entries = Iterator[Paper | Refused]
Say = Callable[[str], None]
Sleep = Callable[[float], None]

_running = dict[str, threading.Event]()  # by the names that pages gave what they add


class _Stopped(Exception):  # noqa: N818 - it ends a wait, and is no error
    """Raised where something waits when it is to end."""


class Reasons:
    """Why entries were refused: how often, and in which line first, if there are lines."""

    def __init__(self, lines: bool = True) -> None:
        self._lines = lines
        self._counts = Counter[str]()
        self._first = dict[str, int]()

    @property
    def total(self) -> int:
        """How many entries were refused."""
        return self._counts.total()

    def add(self, entry: Refused) -> None:
        """Count an entry."""
        self._counts[entry.reason] += 1
        self._first.setdefault(entry.reason, entry.line)

    def papers(self, entries: Entries) -> Iterator[Paper]:
        """Yield the papers among entries; the others are counted."""
        for entry in entries:
            if isinstance(entry, Paper):
                yield entry
            else:
                self.add(entry)

    def _where(self, reason: str) -> str:
        return f" (line {self._first[reason]:,})" if self._lines else ""

    def html(self) -> str:
        """Return the reasons, the most frequent first."""
        shown = "".join(
            f"<li>{_count(count, 'entry', 'entries')}: {words(reason)}{self._where(reason)}</li>"
            for reason, count in self._counts.most_common(SHOWN)
        )
        left_out = _count(self.total, "entry", "entries")
        return f"<p>{escape(left_out)} left out:</p><ul>{shown}</ul>" if shown else ""


def preview(assistant: Assistant, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Say what an uploaded listing holds and how much of it is new; nothing is written."""
    reasons, names = Reasons(), set[str]()
    new, some, fresh = list[str](), list[str](), 0
    papers = reasons.papers(uploads.entries(asked))
    try:
        while batch := list(islice(papers, AT_ONCE)):
            once = {paper.id: paper for paper in batch if paper.id not in names}
            names |= set(once)
            held = assistant.library.records(once)
            fresh += len(once) - len(held)
            new += [p.title for p in once.values() if p.id not in held][: SHOWN - len(new)]
            some += [p.title for p in once.values()][: SHOWN - len(some)]
    except RagError:
        uploads.drop(asked)
        raise
    news = (
        "none is new" if not fresh else "it is new" if len(names) == 1 else f"{fresh:,} of them new"
    )
    said = f"{_count(len(names), 'paper')} found, {news}."
    count = fresh or len(names)
    titles = "".join(f"<li>{words(title)}</li>" for title in new or some)
    rest = f"<li>and {count - SHOWN:,} more</li>" if count > SHOWN else ""
    html = f"<p><strong>{said}</strong></p><ul>{titles}{rest}</ul>{reasons.html()}"
    return {"html": html, "ready": bool(names), "papers": len(names)}


def drop(_assistant: Assistant, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Remove an uploaded file that is not to be added."""
    uploads.drop(asked)
    return {}


def put(assistant: Assistant, asked: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Add papers, yielding how far it is and in the end what was done.

    Parameters
    ----------
    asked
        ``file``, an upload, and ``papers``, how many it has; or ``named``, identifiers and links of
        papers on arXiv; or ``category`` and ``day``. ``run``, a name by which `stop` ends this.
    """
    total, run = int(asked.get("papers") or 0), str(asked.get("run") or "")
    told: queue.SimpleQueue[int | str | Written | Exception] = queue.SimpleQueue()
    reasons, done = Reasons(lines=bool(asked.get("file"))), 0
    stopped = threading.Event()

    def sleep(seconds: float) -> None:
        if stopped.wait(seconds):
            raise _Stopped

    def over() -> None:
        _running.pop(run, None)
        uploads.drop(asked)

    try:
        yield _progress(done, total)
        _running[run] = stopped
        papers = _until(stopped, reasons.papers(_entries(asked, told.put, sleep)))
        _start(assistant, papers, told.put, over)
        while True:
            step = told.get()
            if isinstance(step, Exception):
                raise step
            if isinstance(step, Written):
                yield {"html": _told(step, reasons, stopped.is_set()), "over": True}
                return
            done += step if isinstance(step, int) else 0
            yield _progress(done, total, step if isinstance(step, str) else "")
    except RagError as error:
        _running.pop(run, None)
        yield {"html": f'<p class="note" role="alert">{words(str(error))}</p>', "over": True}


def stop(_assistant: Assistant, asked: Mapping[str, Any]) -> dict[str, Any]:
    """End what a page adds, by the name of its ``run``; what has come until then is kept."""
    if running := _running.get(str(asked.get("run") or "")):
        running.set()
    return {}


def _until(stopped: threading.Event, papers: Iterator[Paper]) -> Iterator[Paper]:
    """Yield papers until it is to end."""
    try:
        for paper in papers:
            if stopped.is_set():
                return
            yield paper
    except _Stopped:
        return


def _entries(asked: Mapping[str, Any], say: Say, sleep: Sleep) -> Entries:
    """Return where the papers come from."""
    if asked.get("file"):
        return uploads.entries(asked)
    arxiv = fetching.Arxiv(fetching.ADDRESS, say, sleep=sleep)
    if named := str(asked.get("named") or "").strip():
        return _named(arxiv, identifiers(named))
    return _of_day(arxiv, str(asked.get("category") or "").strip(), str(asked.get("day") or ""))


def identifiers(text: str) -> list[str]:
    """Return the arXiv identifiers that a text names, with commas or white space between them.

    >>> identifiers("2104.00194v2, https://arxiv.org/abs/cond-mat/0612198")
    ['2104.00194', 'cond-mat/0612198']

    Raises
    ------
    FetchError
        If something in it is none, or there are too many.
    """
    found = dict[str, None]()
    for part in filter(None, re.split(r"(?:[\s,;]|\band\s)+", text)):
        name = arxiv_id(part)
        if not name:
            raise FetchError(
                f"“{part[:80]}” is no identifier of arXiv: give one such as 2104.00194, or a link."
            )
        found[name] = None
    if len(found) > MOST_NAMED:
        raise FetchError(
            f"Give up to {MOST_NAMED} identifiers at a time; these are {len(found):,}."
        )
    return list(found)


def _named(arxiv: fetching.Arxiv, names: list[str]) -> Entries:
    missing = set(names)
    for entry in arxiv.singly(names):
        if isinstance(entry, Paper):
            missing.discard(entry.id)
        yield entry
    for name in names:
        if name in missing:
            yield Refused(fetching.SOURCE, 1, f"arXiv has no paper {name}")


def _of_day(arxiv: fetching.Arxiv, category: str, day: str) -> Entries:
    try:
        asked = date.fromisoformat(day)
    except ValueError as error:
        raise FetchError("Give the day as 2021-04-02.") from error
    if asked > datetime.now(UTC).date():
        raise FetchError(f"{day} is still to come: give a day that has begun in UTC.")
    request = fetching.Request((category,), until=asked)
    mark = fetching.Mark(asked, datetime(asked.year, asked.month, asked.day, tzinfo=UTC))
    count = 0
    for page in arxiv.pages(request, mark, MOST_OF_DAY):
        count += len(page.entries)
        yield from page.entries
    if not count:
        raise FetchError(f"arXiv shows no papers in {category} that were submitted on {day}.")


def _start(
    assistant: Assistant,
    papers: Iterator[Paper],
    tell: Callable[[Any], None],
    over: Callable[[], None],
) -> None:
    """Write in a thread of its own, so that leaving the page cannot stop it half way."""

    def work() -> None:
        try:
            own = assistant.library
            library = Library.open(own.path, assistant.embedding, own.server)
            written = library.put(papers, assistant.embedding, lambda done: tell(len(done)))
            tell(written)
        except Exception as error:  # raised again where it is waited for
            tell(error)
        finally:
            over()

    threading.Thread(target=work, name="adding").start()


def _progress(done: int, total: int, waiting: str = "") -> dict[str, Any]:
    """Return how far it is; of papers that nobody has counted only how many there are by now."""
    of = f" of {_count(total, 'paper')}" if total else " papers" if done else ""
    said = f"<strong>Adding</strong> {done:,}{of}" if of else "<strong>Asking arXiv</strong>"
    value = f' max="{total}" value="{min(done, total)}"' if total else ""
    bar = f'<progress{value} aria-label="Papers added"></progress>'
    more = f"<p>{words(waiting)}</p>" if waiting else ""
    return {"html": f"<p>{said}</p>{bar}{more}", "over": False}


def _told(written: Written, reasons: Reasons, stopped: bool) -> str:
    said = (
        f"{written.added:,} added, {written.updated:,} updated, {written.unchanged:,} unchanged, "
        f"{reasons.total:,} refused."
    )
    said = f"Stopped: {said}" if stopped else said
    return f"<p><strong>{said}</strong></p>{reasons.html()}"


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
