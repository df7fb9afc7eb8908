"""Adding papers from the page: what a listing holds, then what became of each paper.

Written by a `Library` of its own: those who ask meanwhile read on undisturbed, and find the new
papers as soon as they are committed.
"""

import queue
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

from rag import listings
from rag.assistant import Assistant
from rag.core.papers import Paper
from rag.errors import ListingError, RagError
from rag.library import Library, Written
from rag.listings import Refused
from ui.text import words

LARGEST = 50_000_000
"""Bytes of a listing that is uploaded: 20,000 papers; more are for `rag index`."""

SHOWN = 5
"""Titles shown of what was found, and reasons of what was refused."""


def preview(assistant: Assistant, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Say what an uploaded listing holds and how much of it is new; nothing is written."""
    papers, refused = _read(asked)
    held = assistant.library.records(paper.id for paper in papers)
    fresh = len(papers) - len(held)
    said = f"{_count(len(papers), 'paper')} found, {fresh:,} of them new."
    new = [paper for paper in papers if paper.id not in held] or papers
    titles = "".join(f"<li>{words(paper.title)}</li>" for paper in new[:SHOWN])
    rest = f"<li>and {len(new) - SHOWN:,} more</li>" if len(new) > SHOWN else ""
    html = f"<p><strong>{said}</strong></p><ul>{titles}{rest}</ul>{_refused(refused)}"
    return {"html": html, "ready": bool(papers)}


def put(assistant: Assistant, asked: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Add an uploaded listing, yielding how far it is and in the end what was done."""
    try:
        papers, refused = _read(asked)
        done = 0
        yield _progress(done, len(papers))
        for step in _written(assistant, papers):
            if isinstance(step, Written):
                yield {"html": _told(step, refused), "over": True}
            else:
                done += step
                yield _progress(done, len(papers))
    except RagError as error:
        yield {"html": f'<p class="note" role="alert">{words(str(error))}</p>', "over": True}


def _read(asked: Mapping[str, Any]) -> tuple[list[Paper], list[Refused]]:
    """Return the papers of an uploaded file and what was refused, the last of each paper."""
    from gradio.utils import get_upload_folder

    path = Path(str(asked.get("file") or "")).resolve()
    if not path.is_relative_to(Path(get_upload_folder()).resolve()):
        raise ListingError("The file was not uploaded here: choose it again.")
    if path.is_file() and path.stat().st_size > LARGEST:
        raise ListingError(f"The file has more than {LARGEST // 1_000_000} MB: use `rag index`.")
    try:
        entries = list(listings.read(path))
    except ListingError as error:  # the reader names the file by where it was put
        raise ListingError(str(error).replace(str(path), path.name)) from error
    papers = {entry.id: entry for entry in entries if isinstance(entry, Paper)}
    return list(papers.values()), [entry for entry in entries if isinstance(entry, Refused)]


def _written(assistant: Assistant, papers: list[Paper]) -> Iterator[int | Written]:
    """Write in a thread of its own, so that leaving the page cannot stop it half way."""
    told: queue.SimpleQueue[int | Written | Exception] = queue.SimpleQueue()

    def work() -> None:
        try:
            own = assistant.library
            library = Library.open(own.path, assistant.embedding, own.server)
            written = library.put(papers, assistant.embedding, lambda done: told.put(len(done)))
            told.put(written)
        except Exception as error:  # raised again where it is waited for
            told.put(error)

    threading.Thread(target=work, name="adding").start()
    while True:
        step = told.get()
        if isinstance(step, Exception):
            raise step
        yield step
        if isinstance(step, Written):
            return


def _progress(done: int, total: int) -> dict[str, Any]:
    said = f"{done:,} of {_count(total, 'paper')}"
    bar = f'<progress max="{max(total, 1)}" value="{done}" aria-label="Papers added"></progress>'
    return {"html": f"<p><strong>Adding</strong> {said}</p>{bar}", "over": False}


def _told(written: Written, refused: list[Refused]) -> str:
    said = (
        f"{written.added:,} added, {written.updated:,} updated, {written.unchanged:,} unchanged, "
        f"{len(refused):,} refused."
    )
    return f"<p><strong>{said}</strong></p>{_refused(refused)}"


def _refused(refused: list[Refused]) -> str:
    """Return why entries were refused, the most frequent reasons first."""
    reasons = Counter(entry.reason for entry in refused)
    first = {entry.reason: entry.line for entry in reversed(refused)}
    shown = "".join(
        f"<li>{_count(count, 'entry', 'entries')}: {words(reason)} (line {first[reason]:,})</li>"
        for reason, count in reasons.most_common(SHOWN)
    )
    left_out = _count(len(refused), "entry", "entries")
    return f"<p>{escape(left_out)} left out:</p><ul>{shown}</ul>" if shown else ""


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
