"""An answer: what is said, and what each sentence rests on (`rag.core.claims`).

Titles and links come from the index; nothing that a model wrote decides them. How an answer is
rendered is the business of `rag.output`, which the methods that render call.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from rag.core.claims import (
    Citation,
    Claim,
    NearMiss,
    Quote,
    Support,
    cited,
    numbered,
    numbers,
)
from rag.core.filters import Filters
from rag.core.papers import linked, links
from rag.core.questions import Kind
from rag.core.tables import Table
from rag.errors import RagError

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = [
    "Answer", "Citation", "Claim", "Index", "Models", "NearMiss", "Quote", "Support", "Verdict",
    "cited", "numbered", "numbers",
]  # fmt: skip

Verdict = Literal["", "yes", "no", "mixed", "told"]
"""What the evidence says to a yes-or-no question; empty where none was asked. ``mixed``: there are
limits, ``told``: its sentences speak for themselves."""


@dataclass(frozen=True, slots=True)
class Index:
    """Which index an answer was made from.

    Attributes
    ----------
    path
        Its folder.
    papers
        How many papers it holds.
    model, dimensions
        The embedding model, and the length of its vectors.
    format
        The version of the form in which it is kept.
    """

    path: str
    papers: int
    model: str
    dimensions: int
    format: int


@dataclass(frozen=True, slots=True)
class Models:
    """Which models an answer was made with.

    Attributes
    ----------
    embedding
        What made the vectors.
    reranker
        The judge, if there was one.
    llm
        What wrote, if anything did: the answer is quotations otherwise.
    """

    embedding: str
    reranker: str | None
    llm: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What was asked, what is said, and what it rests on.

    Attributes
    ----------
    question
        As asked, with white space folded.
    kind
        What kind of question it was read as.
    claims
        The sentences, in their order.
    citations
        The papers that they cite, in the order of the answer.
    matched
        How many papers match.
    total
        How many papers the index holds.
    near_misses
        Papers that nearly match, or the nearest ones where none does.
    searched
        How many papers pass the filters; all, if it is not given.
    summary
        The paragraph on top: what the papers say together, in a language model's words, each
        sentence checked against every paper that it cites. Empty without a model that can.
    matching
        Identifiers of all papers that match, best first, shown or not.
    looked_for
        What the question is about, in its own words; behind that the kinds of paper that it asks
        for ("a survey").
    unknown
        Words of the question that stand in no paper of the index.
    excluded
        What the question excludes.
    left_out
        How many papers that match otherwise were left out for that.
    doubtful
        Whether none of the papers surely matches; then `unknown` is told as well.
    verdict
        What the evidence says to a yes-or-no question: something can be done (``yes``), there are
        limits (``mixed``), or its sentences speak for themselves (``told``); ``no`` in answers that
        were kept by earlier versions.
    counts
        How many of the matching papers there are by ``year``, ``month`` and ``category``, and how
        many say (``yes``) that there is ``code`` or a new ``dataset``. For a yes-or-no question
        also how many of the papers shown say what (``verdict``): ``yes``, ``mixed``, ``told``.
    newest
        Whether the newest come first.
    resolved
        A follow-up with what it refers to spelt out; empty if the question stands alone.
    skipped
        How many of the matching papers come before those shown.
    filters
        What restricted the search.
    index, models
        What the answer was made from.
    seconds
        Time spent on ``evidence``, on ``writing`` and in ``total``.
    numbers
        The bracket number of each of them, also of those that are not shown.
    mentioned
        Identifiers of the papers that name all that was asked but are not about it, best first;
        where papers on a topic are compared, those on it that are not.
    among
        How many papers were compared with the question, where the index has too many to compare
        all; None: all were.
    evidence
        The table of all papers that match, where it was asked for; ``table`` in JSON.
    tabulate
        What makes that table when it is asked for later; not part of what is kept.
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
    summary: tuple[Claim, ...] = ()
    matching: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    left_out: int = 0
    doubtful: bool = False
    verdict: Verdict = ""
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    newest: bool = False
    filters: Filters = field(default_factory=Filters)
    index: Index | None = None
    models: Models | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)
    numbers: tuple[int, ...] = ()
    mentioned: tuple[str, ...] = ()
    among: int | None = None
    evidence: Table | None = None
    tabulate: Callable[["Answer"], Table] | None = field(default=None, compare=False, repr=False)

    @property
    def abstained(self) -> bool:
        """Whether the index holds nothing on the question."""
        return not self.matched and self.kind not in ("index", "talk")

    @property
    def text(self) -> str:
        """The answer as plain text, with bracket numbers."""
        from rag.output import text

        return text.render(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as others build on it (see docs/python.md)."""
        return {
            "question": self.question,
            "resolved": self.resolved,
            "kind": self.kind,
            "abstained": self.abstained,
            "text": self.text,
            "matched": self.matched,
            "searched": self.total if self.searched is None else self.searched,
            "total": self.total,
            "among": self.among,
            "skipped": self.skipped,
            "matching": list(self.matching),
            "numbers": list(self.numbers),
            "mentioned": list(self.mentioned),
            "looked_for": list(self.looked_for),
            "unknown": list(self.unknown),
            "excluded": list(self.excluded),
            "left_out": self.left_out,
            "doubtful": self.doubtful,
            "verdict": self.verdict,
            "counts": {name: dict(counts) for name, counts in self.counts.items()},
            "newest": self.newest,
            "summary": [claim.to_dict() for claim in self.summary],
            "claims": [claim.to_dict() for claim in self.claims],
            "citations": [{"number": c.number, **links(c.paper)} for c in self.citations],
            "near_misses": [
                {**links(near.paper), "covers": list(near.covers), "lacks": list(near.lacks)}
                for near in self.near_misses
            ],
            "filters": self.filters.to_dict(),
            "index": asdict(self.index) if self.index else None,
            "models": asdict(self.models) if self.models else None,
            "seconds": dict(self.seconds),
            **({"table": self.evidence.to_dict()} if self.evidence else {}),
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> "Answer":
        """Return the answer that `to_dict` was called on.

        Of the papers it has what the dict has: identifier, title and links.

        Raises
        ------
        KeyError, TypeError, ValueError
            If it is no such dict.
        """
        index, models = kept["index"], kept["models"]
        searched = int(kept["searched"])
        return cls(
            question=str(kept["question"]),
            kind=kept["kind"],
            summary=tuple(map(Claim.from_dict, kept["summary"])),
            claims=tuple(map(Claim.from_dict, kept["claims"])),
            citations=tuple(Citation(c["number"], linked(c)) for c in kept["citations"]),
            matched=int(kept["matched"]),
            total=int(kept["total"]),
            near_misses=tuple(
                NearMiss(linked(near), tuple(near["covers"]), tuple(near["lacks"]))
                for near in kept["near_misses"]
            ),
            searched=None if searched == int(kept["total"]) else searched,
            skipped=int(kept["skipped"]),
            resolved=str(kept["resolved"]),
            matching=tuple(kept["matching"]),
            numbers=tuple(kept["numbers"]),
            mentioned=tuple(kept["mentioned"]),
            among=kept.get("among"),  # kept conversations may be older
            looked_for=tuple(kept["looked_for"]),
            unknown=tuple(kept["unknown"]),
            excluded=tuple(kept["excluded"]),
            left_out=int(kept["left_out"]),
            doubtful=bool(kept.get("doubtful")),
            verdict=kept["verdict"],
            counts=kept["counts"],
            newest=bool(kept["newest"]),
            filters=Filters.from_dict(kept["filters"]),
            index=Index(**index) if index else None,
            models=Models(**models) if models else None,
            seconds=kept["seconds"],
            evidence=Table.from_dict(kept["table"]) if "table" in kept else None,
        )

    def table(self) -> "DataFrame":
        """Return all papers that match as a pandas DataFrame; a blank cell is empty text.

        The columns are those of `rag.core.tables.COLUMNS`, or those that the table was made with;
        the index is the number of the paper.

        Raises
        ------
        RagError
            If pandas is not installed, or the answer was read back and kept no table.
        """
        from rag.output import table

        made = self.evidence or (self.tabulate(self) if self.tabulate else None)
        if made is None:
            raise RagError("This answer was kept without its table: make it with Assistant.table.")
        return table.frame(made)

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
