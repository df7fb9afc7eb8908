"""What programs may call on the page: /ask, which streams, and /search, /paper, /similar and so on.

The descriptions below are what a program reads about them; they are in the form that Gradio takes
them from.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import gradio as gr
from gradio.events import api

from rag.errors import RagError
from ui.programs import Programs, told

WAITING = ("ask", "count", "table", "new")
"""What takes its time; the rest is quick, and answered beside the queue."""


def expose(programs: Programs) -> None:
    """Make the functions callable on the application that is being put together."""
    for function in (*_asking(programs), *_looking_up(programs)):
        name = function.__name__
        api(function, api_name=name, queue=name in WAITING, concurrency_limit=None)


def _asking(programs: Programs) -> list[Callable[..., Any]]:
    """Return the functions that read and judge papers."""

    def ask(question: str, history: list[dict] | None = None, skip: int = 0) -> Iterator[dict]:  # type: ignore[type-arg]
        """Answer a question about the papers of the index, every sentence cited and checked.

        Parameters:
            question: In English, e.g. "which papers use transformers for tracking".
            history: Earlier answers as they were returned, the latest last, if the question leans on them ("which of them run in real time?").
            skip: How many of the matching papers to leave out at the front: the next page.

        Returns:
            The answer as it grows, the last one whole: abstained, text, claims with the words of the abstracts that support them, citations with titles and links, near misses.
        """
        with _told():
            for answer in programs.growing(question, history or (), skip):
                yield told(answer)

    def count(question: str) -> dict:  # type: ignore[type-arg]
        """Count the papers that match a question, also by year, month, category, code and data.

        Parameters:
            question: In English, e.g. "papers on tracking since 2020".

        Returns:
            matched, mentioned, searched, total and counts.
        """
        with _told():
            return programs.count(question)

    def table(question: str, columns: str = "") -> dict:  # type: ignore[type-arg]
        """Put all papers that match a question into a table of what they say.

        Parameters:
            question: In English, e.g. "which papers use transformers for tracking".
            columns: Names with commas between them, e.g. "method, data, loss function"; empty: those that a table has by itself.

        Returns:
            columns and rows; a cell has its words and their place in the abstract, a blank one is null.
        """
        with _told():
            return programs.table(question, columns)

    def new(since: str = "") -> list[dict]:  # type: ignore[type-arg]
        """Tell for each watch which papers have come, and why; nothing is marked as told.

        Parameters:
            since: A day, as 2021-04-02: papers listed from then on; empty: what is new since the watches were last asked.

        Returns:
            For each watch its question and the papers that match, with the sentence that says why.
        """
        with _told():
            return programs.new(since)

    return [ask, count, table, new]


def _looking_up(programs: Programs) -> list[Callable[..., Any]]:
    """Return the functions that only look something up."""

    def search(question: str, k: int = 10, skip: int = 0) -> list[dict]:  # type: ignore[type-arg]
        """Rank the papers of the index for a question, whether they answer it or not.

        Parameters:
            question: Words or a question, in English; may name days, categories and authors.
            k: How many papers, up to 100.
            skip: How many to leave out at the front.

        Returns:
            Papers with id, title, url and scores, the best first.
        """
        with _told():
            return programs.search(question, k, skip)

    def paper(identifier: str) -> dict:  # type: ignore[type-arg]
        """Return a paper of the index: title, abstract, day, categories, authors, links.

        Parameters:
            identifier: An arXiv identifier or link, e.g. "2104.00194".

        Returns:
            The paper.
        """
        with _told():
            return programs.paper(identifier)

    def similar(identifier: str, k: int = 10) -> list[dict]:  # type: ignore[type-arg]
        """Return the papers of the index that are nearest in meaning to one of them.

        Parameters:
            identifier: An arXiv identifier or link, e.g. "2104.00194".
            k: How many papers, up to 50.

        Returns:
            Papers with id, title and links, the nearest first.
        """
        with _told():
            return programs.similar(identifier, k)

    def status() -> dict:  # type: ignore[type-arg]
        """Say what the index holds, and which models and versions are in use.

        Returns:
            The index, its papers and days, the models, the versions.
        """
        with _told():
            return programs.status()

    return [search, paper, similar, status]


@contextmanager
def _told() -> Iterator[None]:
    """Turn an error into Gradio's own, with the same one line."""
    try:
        yield
    except RagError as error:
        raise gr.Error(str(error), print_exception=False) from error
