"""What programs can ask: the same for the endpoints of the page and for the tools of MCP.

Everything comes as JSON can say it, and every error as a `RagError`.
"""

from collections.abc import Generator, Mapping, Sequence
from datetime import date
from typing import Any

from rag.assistant import Assistant
from rag.collections import Collections
from rag.collections.news import news
from rag.core.answers import Answer
from rag.core.filters import Filters
from rag.core.papers import links
from rag.errors import QuestionError
from rag.library import lookup
from rag.question.followups import Turn
from rag.watching import Judging
from ui.line import Line
from ui.status import known

MOST_FOUND = 100
"""Papers that one search returns at most."""

MOST_SKIPPED = 1_000_000_000
"""Papers that are left out at the front, at most: no index has as many."""

MOST_ALIKE = 50
"""Papers like another one, at most."""


class Programs:
    """What programs can ask of an assistant; questions wait in the line of the page."""

    def __init__(self, assistant: Assistant, line: Line) -> None:
        self._assistant = assistant
        self._line = line

    def growing(
        self, question: str, history: Sequence[Mapping[str, Any]] = (), skip: int = 0
    ) -> Generator[Answer]:
        """Yield an answer as it grows, see `Assistant.answers`."""
        question, skip, turns = _text(question), _number(skip, 0), _turns(history)
        with self._line.turn():
            yield from self._assistant.answers(question, turns, skip=skip)

    def ask(self, question: str, skip: int = 0) -> Answer:
        """Return an answer."""
        *_, answer = self.growing(question, skip=skip)
        return answer

    def search(self, question: str, k: int = 10, skip: int = 0) -> list[dict[str, Any]]:
        """Return papers as they rank for a question, at most `MOST_FOUND`."""
        skip, k = _number(skip, 0), min(_number(k, 1), MOST_FOUND)
        found = self._assistant.search(_text(question), skip + k)
        return [match.to_dict() for match in found[skip:]]

    def paper(self, identifier: str) -> dict[str, Any]:
        """Return a paper of the index."""
        return lookup.find(self._assistant.library, _text(identifier)).to_dict()

    def similar(self, identifier: str, k: int = 10) -> list[dict[str, str]]:
        """Return the papers nearest in meaning to one of the index, the nearest first."""
        own = lookup.find(self._assistant.library, _text(identifier))
        near = self._assistant.like(own.id, min(_number(k, 1), MOST_ALIKE))
        return [links(paper) for paper in near]

    def count(self, question: str) -> dict[str, Any]:
        """Return how many papers match a question, and how many there are of each kind."""
        growing = self.growing(question)
        answer = next(growing)  # what matches is known before anything is written
        growing.close()
        return {
            "matched": answer.matched,
            "mentioned": len(answer.mentioned),
            "searched": answer.total if answer.searched is None else answer.searched,
            "total": answer.total,
            "counts": {name: dict(counts) for name, counts in answer.counts.items()},
        }

    def table(self, question: str, columns: str = "") -> dict[str, Any]:
        """Return the table of all papers that match a question."""
        growing = self.growing(question)
        answer = next(growing)
        growing.close()
        return self._assistant.table(answer, columns=_text(columns) or None).to_dict()

    def new(self, since: str = "") -> list[dict[str, Any]]:
        """Return for each watch which papers have come since it was last asked, and why.

        Nothing is marked as told. With ``since``, a day, it is those listed from that day on.

        Raises
        ------
        QuestionError
            If the day is none.
        """
        library = self._assistant.library
        kept = Collections(library.path)
        since = _text(since)
        try:
            day = date.fromisoformat(since) if since else None
        except ValueError as error:
            raise QuestionError(f"{since} is no day: give one as 2021-04-02.") from error
        if not kept.watches():
            return []
        papers = library.select(Filters(since=day)) if day else kept.unknown(library.identifiers())
        with self._line.turn():
            told = news(kept, papers, Judging(self._assistant), again=day is not None)
        return [each.to_dict() for each in told]

    def status(self) -> dict[str, Any]:
        """Return what the index holds, and which models and versions are in use."""
        return known(self._assistant)


def _text(given: object) -> str:
    """Return a text that a program has given.

    Raises
    ------
    QuestionError
        Here and below: if it is of another kind.
    """
    try:
        if isinstance(given, str) and given.encode():
            return given
    except UnicodeEncodeError:  # half of a pair of code units
        pass
    if given in ("", None):
        return ""
    raise QuestionError("A question, a name or a day has to be a text.")


def _number(given: object, fewest: int) -> int:
    """Return a number of papers that a program has given, within what there can be."""
    if not isinstance(given, int | float) or given != given:
        raise QuestionError("How many papers has to be a number.")
    return int(min(max(given, fewest), MOST_SKIPPED))


def _turns(given: object) -> list[Turn]:
    """Return the earlier answers that a program has given back."""
    try:
        return [Turn.from_dict(dict(each)) for each in given or ()]  # type: ignore[attr-defined]
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise QuestionError("The history has to be answers as they were returned.") from error


def told(answer: Answer) -> dict[str, Any]:
    """Return an answer as others build on it, without where the index is on this machine."""
    kept = answer.to_dict()
    if kept["index"]:  # Gradio's client takes anything with a path for a file, and asks for it
        kept["index"] = {name: said for name, said in kept["index"].items() if name != "path"}
    return kept
