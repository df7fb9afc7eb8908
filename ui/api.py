"""What programs may call: /ask, /search, /paper and /status, and with `--mcp` the same as tools.

The descriptions below are what a program, or a language model with these tools, reads about them;
they are in the form that Gradio takes them from.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import gradio as gr
from gradio.events import api

from rag.assistant import Assistant
from rag.errors import RagError
from rag.library import lookup
from rag.question.followups import Turn
from ui.line import Line
from ui.status import known

MOST_FOUND = 100
"""Papers that one search returns at most."""


def expose(assistant: Assistant, line: Line) -> None:
    """Make the functions callable on the application that is being put together."""

    def ask(question: str, history: list[dict] | None = None) -> dict:  # type: ignore[type-arg]
        """Answer a question about the papers of the index, every sentence cited and checked.

        Parameters:
            question: In English, e.g. "which papers use transformers for tracking".
            history: Earlier answers as they were returned, the latest last, if the question leans on them ("which of them run in real time?").

        Returns:
            The answer: abstained, text, claims with the words of the abstracts that support them, citations with titles and links, near misses.
        """
        with _told(), line.turn():
            answer = assistant.ask(question, [Turn.from_dict(each) for each in history or ()])
        told = answer.to_dict()
        # Gradio's client takes anything with a path for a file, and asks for it.
        told["index"] = {name: said for name, said in told["index"].items() if name != "path"}
        return told

    def search(question: str, k: int = 10) -> list[dict]:  # type: ignore[type-arg]
        """Rank the papers of the index for a question, whether they answer it or not.

        Parameters:
            question: Words or a question, in English; may name days, categories and authors.
            k: How many papers, up to 100.

        Returns:
            Papers with id, title, url and scores, the best first.
        """
        with _told():
            found = assistant.search(question, min(max(int(k), 1), MOST_FOUND))
        return [match.to_dict() for match in found]

    def paper(identifier: str) -> dict:  # type: ignore[type-arg]
        """Return a paper of the index: title, abstract, day, categories, authors, links.

        Parameters:
            identifier: An arXiv identifier or link, e.g. "2104.00194".

        Returns:
            The paper.
        """
        with _told():
            return lookup.find(assistant.library, identifier).to_dict()

    def status() -> dict:  # type: ignore[type-arg]
        """Say what the index holds, and which models and versions are in use.

        Returns:
            The index, its papers and days, the models, the versions.
        """
        with _told():
            return known(assistant)

    for function in (ask, search, paper, status):
        waits = function is ask  # the rest is quick
        api(function, api_name=function.__name__, queue=waits, concurrency_limit=None)


@contextmanager
def _told() -> Iterator[None]:
    """Turn an error into Gradio's own, with the same one line."""
    try:
        yield
    except RagError as error:
        raise gr.Error(str(error), print_exception=False) from error
