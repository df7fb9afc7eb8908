"""An answer: what is said, and what each sentence rests on.

Numbers, titles and links are put here, from the index; nothing that a model wrote decides them. How
an answer is rendered is the business of `rag.output`, which the methods that render call.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from rag.core.papers import Paper
from rag.core.questions import Kind

Support = Literal["quote", "paraphrase"]


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of an abstract: `abstract[start:end] == text`."""

    paper_id: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A cited paper and its bracket number."""

    number: int
    paper: Paper


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A paper that does not match, and which of the question's concepts it covers and lacks."""

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
    """One sentence of an answer: a quotation, or a paraphrase that its quotes bear out.

    ``group`` names what it goes under in an overview.
    """

    text: str
    citations: tuple[int, ...]
    support: Support
    quotes: tuple[Quote, ...]
    group: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was asked, what is said, and what it rests on.

    Attributes
    ----------
    matched, total
        How many papers match, of how many in the index.
    searched
        How many papers pass the filters; None: all.
    resolved
        The question with what it leant on spelt out; empty if it stands alone.
    skipped
        How many of the matching papers come before those shown.
    filters
        What restricted the search.
    index, models
        What the answer was made from.
    seconds
        Time for ``retrieval``, ``evidence``, ``writing`` and ``total``.
    """

    question: str
    kind: Kind
    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    matched: int
    total: int
    near_misses: tuple[NearMiss, ...]
    looked_for: tuple[str, ...] = ()
    skipped: int = 0
    searched: int | None = None
    resolved: str = ""
    filters: dict[str, Any] = field(default_factory=dict)
    index: dict[str, Any] = field(default_factory=dict)
    models: dict[str, str | None] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def abstained(self) -> bool:
        """Whether the index holds nothing on the question."""
        return not self.matched

    @property
    def text(self) -> str:
        """The answer as plain text, with bracket numbers."""
        from rag.output import text

        return text.render(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as others build on it (see the README)."""
        return {
            "question": self.question,
            "resolved": self.resolved,
            "kind": self.kind,
            "abstained": self.abstained,
            "text": self.text,
            "matched": self.matched,
            "searched": self.total if self.searched is None else self.searched,
            "total": self.total,
            "skipped": self.skipped,
            "claims": [
                {
                    "text": claim.text,
                    "citations": list(claim.citations),
                    "support": claim.support,
                    "group": claim.group,
                    "quotes": [
                        {"paper_id": q.paper_id, "start": q.start, "end": q.end, "text": q.text}
                        for q in claim.quotes
                    ],
                }
                for claim in self.claims
            ],
            "citations": [{"number": c.number, **_link(c.paper)} for c in self.citations],
            "near_misses": [
                {
                    "id": near.paper.id,
                    "title": near.paper.title,
                    "url": near.paper.url,
                    "covers": list(near.covers),
                    "lacks": list(near.lacks),
                }
                for near in self.near_misses
            ],
            "filters": self.filters,
            "index": self.index,
            "models": self.models,
            "seconds": self.seconds,
        }

    def to_json(self) -> str:
        """Return the answer as JSON on one line."""
        return json.dumps(self.to_dict(), ensure_ascii=False)

    def to_markdown(self) -> str:
        """Return the answer as Markdown with links."""
        from rag.output import markdown

        return markdown.render(self)

    def to_bibtex(self) -> str:
        """Return the cited papers as BibTeX entries."""
        from rag.output import references

        return references.bibtex(c.paper for c in self.citations)

    def to_ris(self) -> str:
        """Return the cited papers as RIS records, which reference managers import."""
        from rag.output import references

        return references.ris(c.paper for c in self.citations)


def _link(paper: Paper) -> dict[str, str]:
    return {"id": paper.id, "title": paper.title, "url": paper.url, "pdf": paper.pdf}


def cited(papers: Iterable[Paper]) -> tuple[Citation, ...]:
    """Give papers their numbers, in the order of their first use."""
    unique = {paper.id: paper for paper in papers}
    return tuple(Citation(n, paper) for n, paper in enumerate(unique.values(), start=1))


def numbers(citations: Sequence[Citation]) -> dict[str, int]:
    """Return the bracket number of each cited paper by its identifier."""
    return {c.paper.id: c.number for c in citations}
