"""What has to be kept of an answer to understand the next question, and what that becomes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rag.core.answers import Answer
from rag.core.papers import Paper, linked
from rag.core.questions import Kind
from rag.errors import QuestionError
from rag.question.references import counts_back


@dataclass(frozen=True, slots=True)
class Turn:
    """What has to be kept of an answer to understand the next question.

    Attributes
    ----------
    question
        As it was read: what it leant on spelt out.
    kind
        Of the answer.
    papers
        Those cited, in the order of their numbers.
    skipped
        How many matching papers came before them.
    matching
        Identifiers of all papers that matched, cited or not.
    among
        Identifiers of the papers that the question was asked of, where it only counts them.
    numbers
        Bracket numbers of the papers cited; none: they were counted from 1.
    """

    question: str
    kind: Kind
    papers: tuple[Paper, ...]
    skipped: int = 0
    matching: tuple[str, ...] = ()
    among: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()

    @property
    def known(self) -> dict[str, int]:
        """The bracket number of each paper cited, by its identifier."""
        counted = self.numbers or range(1, len(self.papers) + 1)
        return {paper.id: n for paper, n in zip(self.papers, counted, strict=True)}

    @classmethod
    def of(cls, answer: Answer) -> "Turn":
        """Return what has to be kept of an answer."""
        asked = answer.resolved or answer.question
        papers = tuple(c.paper for c in answer.citations)
        among = answer.filters.ids if counts_back(asked) else ()
        numbers = tuple(c.number for c in answer.citations)
        return cls(asked, answer.kind, papers, answer.skipped, answer.matching, among, numbers)

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> "Turn":
        """Return what has to be kept of an answer that was turned into a dict or JSON.

        Raises
        ------
        QuestionError
            If it is no such dict.
        """
        try:
            papers = tuple(linked(c) for c in kept["citations"])
            asked = str(kept.get("resolved") or kept["question"])
            among = kept.get("filters", {}).get("ids", ()) if counts_back(asked) else ()
            return cls(
                asked,
                kept["kind"],
                papers,
                int(kept.get("skipped", 0)),
                tuple(map(str, kept.get("matching", ()))),
                tuple(map(str, among)),
                tuple(int(c.get("number", n)) for n, c in enumerate(kept["citations"], start=1)),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise QuestionError("The history holds what is no answer: give answers.") from error


@dataclass(frozen=True, slots=True)
class Resolved:
    """A question that stands alone.

    Attributes
    ----------
    skip
        How many of its papers were shown already.
    among
        Identifiers of the papers that it is asked of, where it only counts them.
    """

    text: str
    skip: int = 0
    among: tuple[str, ...] = ()
