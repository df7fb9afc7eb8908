"""The sentences of an answer, the papers that they cite, and the numbers of those.

A number in brackets is given here, by the order of the papers; nothing that a model wrote decides
it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from rag.core.papers import Paper

Support = Literal["quote", "paraphrase", "record", "blank"]
"""What a claim rests on: words of the abstract, sentences that support what a model wrote, what is
known of a paper or of the index beside its text, or nothing: the abstract does not say."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of an abstract: `abstract[start:end] == text`.

    Attributes
    ----------
    paper_id
        Identifier of the cited paper.
    start, end
        Characters of its abstract, counted from 0, the last one left out.
    text
        The words themselves.
    """

    paper_id: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A cited paper and its bracket number.

    Attributes
    ----------
    number
        What stands in brackets in the text. A paper keeps it through the pages of an answer and
        through a conversation: no two papers of a conversation have the same.
    """

    number: int
    paper: Paper


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A paper that does not match, and which parts of the question it covers and lacks.

    Attributes
    ----------
    covers, lacks
        Parts of the question, in its own words.
    """

    paper: Paper
    covers: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()

    @property
    def why(self) -> str:
        """What it has and what is missing, in words; empty where it has nothing of the question."""
        if not self.lacks or not self.covers:
            return ""
        return f"{' and '.join(self.covers)}, but not {' or '.join(self.lacks)}"


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer.

    Attributes
    ----------
    text
        The sentence, or the words that are quoted.
    citations
        Bracket numbers; none for what is said of the index.
    support
        What it rests on: words of the abstract, sentences that support what a model wrote, the
        record of the paper or of the index, or nothing, where the abstract does not say.
    quotes
        The words of the abstract that support it.
    group
        What it goes under: a group of an overview, a row of a comparison, what is
        said to a yes or no.
    """

    text: str
    citations: tuple[int, ...]
    support: Support
    quotes: tuple[Quote, ...]
    group: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the claim as an answer's JSON has it."""
        return {
            "text": self.text,
            "citations": list(self.citations),
            "support": self.support,
            "group": self.group,
            "quotes": [asdict(quote) for quote in self.quotes],
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> "Claim":
        """Return the claim that `to_dict` was called on."""
        return cls(
            kept["text"],
            tuple(kept["citations"]),
            kept["support"],
            tuple(Quote(**quote) for quote in kept["quotes"]),
            kept["group"],
        )


def cited(papers: Iterable[Paper], known: Mapping[str, int] | None = None) -> tuple[Citation, ...]:
    """Cite papers by their numbers, in their order.

    Parameters
    ----------
    known
        Numbers that papers have, by identifier, see `numbered`. None: they are counted from 1.
    """
    unique = {paper.id: paper for paper in papers}
    given = numbered(unique, known or {})
    return tuple(Citation(given[name], paper) for name, paper in unique.items())


def numbered(identifiers: Iterable[str], known: Mapping[str, int]) -> dict[str, int]:
    """Return a number for each paper: the one that it has, else the next one that is free.

    >>> numbered(["c", "a", "d"], {"a": 1, "b": 2})
    {'c': 3, 'a': 1, 'd': 4}
    """
    free = max(known.values(), default=0) + 1
    found: dict[str, int] = {}
    for name in dict.fromkeys(identifiers):
        found[name] = known.get(name, free)
        free += name not in known
    return found


def numbers(citations: Sequence[Citation]) -> dict[str, int]:
    """Return the bracket number of each cited paper by its identifier."""
    return {c.paper.id: c.number for c in citations}
