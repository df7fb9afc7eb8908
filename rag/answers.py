"""An answer: what is said, what each sentence rests on, and how it is rendered.

Numbers, titles and links are put here, from the index; nothing that a model wrote decides them.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from rag.filters import Filters
from rag.papers import Paper
from rag.questions import Kind

_TEX = {"^": r"\^{}", "~": r"\textasciitilde{}"}

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
        return "\n".join(_lines(self, _plain_claim))

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
        lines = _lines(self, _markdown_claim)
        if self.citations:
            lines += ["", *(_markdown_source(c) for c in self.citations)]
        if self.near_misses:
            heading = "Nearest papers:" if self.abstained else "Near misses:"
            lines += ["", heading, "", *map(_markdown_near_miss, self.near_misses)]
        return "\n".join(lines) + "\n"

    def to_bibtex(self) -> str:
        """Return the cited papers as BibTeX entries."""
        return "\n".join(_bibtex(c.paper) for c in self.citations)

    def to_ris(self) -> str:
        """Return the cited papers as RIS records, which reference managers import."""
        return "\n".join(_ris(c.paper) for c in self.citations)


def count_line(answer: Answer) -> str:
    """Return the first line of an answer: how many papers match, of which, or that none does."""
    filters = Filters.from_dict(answer.filters)
    if filters and not answer.searched:
        return _none_passes(filters, answer.total)
    among = _among(answer, filters)
    if answer.abstained:
        sought = ", ".join(f"“{words}”" for words in answer.looked_for)
        about = f" on {sought}" if sought else " on this"
        if filters and answer.searched == 1:
            return f"The index holds nothing{about}: the one paper {filters} does not answer this."
        return f"The index holds nothing{about}: none of {among} answers this."
    named = bool(filters.ids or filters.titles)
    if answer.kind == "fact":
        return f"Of {among}:" if filters and not named else ""
    if filters and not answer.looked_for:
        return "" if named and answer.searched == 1 else f"{among[:1].upper()}{among[1:]}."
    verb = "matches" if answer.matched == 1 else "match"
    return f"{answer.matched:,} of {among} {verb}."


def read_line(answer: Answer) -> str:
    """Say how a question was understood that leant on earlier ones; empty if it did not."""
    return f"Read as: {answer.resolved}" if answer.resolved else ""


def _among(answer: Answer, filters: Filters) -> str:
    """Return which papers were looked at: "34 papers in cs.RO"."""
    count = answer.searched if filters and answer.searched is not None else answer.total
    noun = "paper" if filters and count == 1 else "papers"
    return f"{count:,} {noun} {filters}".rstrip()


def _none_passes(filters: Filters, total: int) -> str:
    named = [*filters.ids, *(f"“{title}”" for title in filters.titles)]
    if filters == Filters(ids=filters.ids, titles=filters.titles):
        return f"None of the {total:,} papers in the index is {' or '.join(named)}."
    return f"The index has no papers {filters} ({total:,} in all)."


def rest_line(answer: Answer) -> str:
    """Say which of the matching papers are shown, where not all are."""
    shown = len(answer.citations)
    if answer.abstained or answer.kind == "fact" or shown == answer.matched:
        return ""
    if not shown:
        return "There are no more."
    first, last = answer.skipped + 1, answer.skipped + shown
    return f"Shown are papers {first:,} to {last:,} of {answer.matched:,}."


def titled(answer: Answer, claim: Claim) -> Paper | None:
    """Return the paper whose title opens the line of a claim: its first in a list of papers."""
    if answer.kind == "fact" or not claim.citations:
        return None
    first = next(c for c in answer.claims if c.citations == claim.citations)
    by_number = {c.number: c.paper for c in answer.citations}
    return by_number[claim.citations[0]] if claim is first and len(claim.citations) == 1 else None


def said(claim: Claim) -> str:
    """Return what a claim says, a quotation in quotation marks and with dots where it is cut."""
    if claim.support != "quote":
        return claim.text
    before = "… " if claim.text[:1].islower() else ""
    after = "" if claim.text.endswith((".", "!", "?", ".”", '."', ".)")) else " …"
    return f"“{before}{claim.text}{after}”"


def heading(answer: Answer, claim: Claim) -> str:
    """Return the line above the first claim of a group: its name and how many papers it has."""
    together = [c for c in answer.claims if c.group == claim.group]
    if not claim.group or together[0] is not claim:
        return ""
    return f"{claim.group[:1].upper()}{claim.group[1:]} ({len({c.citations for c in together})})"


def _lines(answer: Answer, line: Any) -> list[str]:  # noqa: ANN401
    body: list[str] = []
    for claim in answer.claims:
        if above := heading(answer, claim):
            body += [*([""] if body else []), above, ""]
        body.append(line(answer, claim))
    parts = [[read_line(answer)], [count_line(answer)], body, [rest_line(answer)]]
    filled = [part for part in parts if part and part[0]]
    return [text for n, part in enumerate(filled) for text in (*([""] if n else []), *part)]


def _plain_claim(answer: Answer, claim: Claim) -> str:
    paper = titled(answer, claim)
    numbers = "".join(f"[{n}]" for n in claim.citations)
    return f"{numbers} {paper.title}: {said(claim)}" if paper else f"{said(claim)} {numbers}"


def _markdown_claim(answer: Answer, claim: Claim) -> str:
    paper = titled(answer, claim)
    numbers = "".join(f"[{n}]" for n in claim.citations)
    words = _escaped(said(claim))
    if paper:
        return f"- **{_escaped(paper.title)}** {numbers} {words}"
    return f"{words} {numbers}" if answer.kind == "fact" else f"- {words} {numbers}"


def _markdown_source(citation: Citation) -> str:
    pdf = f" ([PDF]({citation.paper.pdf}))" if citation.paper.pdf else ""
    return f"[{citation.number}] {_markdown_link(citation.paper)}{pdf}  "


def _markdown_link(paper: Paper) -> str:
    return f"[{_escaped(paper.title)}]({paper.url})"


def _markdown_near_miss(near: NearMiss) -> str:
    return f"- {_markdown_link(near.paper)}" + (f" ({_escaped(near.why)})" if near.why else "")


def _escaped(text: str) -> str:
    """Return a text in which Markdown and HTML mean nothing."""
    return re.sub(r"([\\`*_\[\]<>#|!~&])", r"\\\1", text)


def _link(paper: Paper) -> dict[str, str]:
    return {"id": paper.id, "title": paper.title, "url": paper.url, "pdf": paper.pdf}


def _bibtex(paper: Paper) -> str:
    fields = {
        "title": f"{{{_bibtex_text(paper.title)}}}",
        "author": _bibtex_text(" and ".join(paper.authors)),
        "year": str(paper.listed.year) if paper.listed else "",
        "eprint": paper.id,
        "archiveprefix": "arXiv",
        "primaryclass": paper.categories[0] if paper.categories else "",
        "url": paper.url,
    }
    body = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    key = re.sub(r"[^\w.-]", "-", paper.id)
    return f"@misc{{arxiv-{key},\n{body}\n}}\n"


def _ris(paper: Paper) -> str:
    """Return a record of the type of an unpublished paper; each line is a tag and a value."""
    lines = [
        ("TY", "UNPB"),
        ("TI", paper.title),
        *(("AU", author) for author in paper.authors),
        ("PY", str(paper.listed.year) if paper.listed else ""),
        ("DA", paper.listed.strftime("%Y/%m/%d") if paper.listed else ""),
        ("AB", paper.abstract),
        *(("KW", category) for category in paper.categories),
        ("ID", paper.id),
        ("UR", paper.url),
        ("L1", paper.pdf),
    ]
    told = [f"{tag}  - {' '.join(value.split())}" for tag, value in lines if value]
    return "\n".join([*told, "ER  - ", ""])


def _bibtex_text(text: str) -> str:
    """Escape what TeX would take for a command; maths between dollar signs stays as it is.

    BibTeX counts braces, whatever stands before them: those that do not balance go.
    """
    if not _balanced(text) or text.endswith("\\"):
        text = re.sub(r"[{}\\]", "", text)
    parts = re.split(r"(\$[^$]+\$)", text)
    return "".join(
        part if n % 2 else re.sub(r"[&%#_$^~]", lambda m: _TEX.get(m[0], f"\\{m[0]}"), part)
        for n, part in enumerate(parts)
    )


def _balanced(text: str) -> bool:
    depth = 0
    for mark in re.findall(r"[{}]", text):
        depth += 1 if mark == "{" else -1
        if depth < 0:
            return False
    return not depth


def cited(papers: Iterable[Paper]) -> tuple[Citation, ...]:
    """Give papers their numbers, in the order of their first use."""
    unique = {paper.id: paper for paper in papers}
    return tuple(Citation(n, paper) for n, paper in enumerate(unique.values(), start=1))


def numbers(citations: Sequence[Citation]) -> dict[str, int]:
    """Return the bracket number of each cited paper by its identifier."""
    return {c.paper.id: c.number for c in citations}
