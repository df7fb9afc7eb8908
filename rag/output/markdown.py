"""An answer as Markdown with links."""

import re

from rag.core.answers import Answer, Citation, Claim, NearMiss
from rag.core.papers import Paper
from rag.output.text import lines, named, said, titled


def render(answer: Answer) -> str:
    """Return the answer as Markdown, its sources and near misses behind it."""
    parts = lines(answer, _markdown_claim, escaped)
    if answer.citations:
        parts += ["", *(_markdown_source(c) for c in answer.citations)]
    if answer.near_misses:
        heading = "Nearest papers:" if answer.abstained else "Near misses:"
        parts += ["", heading, "", *map(_markdown_near_miss, answer.near_misses)]
    return "\n".join(parts) + "\n"


def _markdown_claim(answer: Answer, claim: Claim) -> str:
    paper = titled(answer, claim)
    numbers = "".join(f"[{n}]" for n in claim.citations)
    words = escaped(said(claim))
    if title := named(answer, claim) or (paper.title if paper else ""):
        return f"- **{escaped(title)}** {numbers} {words}"
    alone = answer.kind in ("fact", "record", "index", "talk")
    return f"{words} {numbers}".rstrip() if alone else f"- {words} {numbers}"


def _markdown_source(citation: Citation) -> str:
    pdf = f" ([PDF]({citation.paper.pdf}))" if citation.paper.pdf else ""
    return f"[{citation.number}] {_markdown_link(citation.paper)}{pdf}  "


def _markdown_link(paper: Paper) -> str:
    if not paper.url:
        return f"{escaped(paper.title)} {escaped(paper.place)}".rstrip()
    return f"[{escaped(paper.title)}]({paper.url})"


def _markdown_near_miss(near: NearMiss) -> str:
    return f"- {_markdown_link(near.paper)}" + (f" ({escaped(near.why)})" if near.why else "")


def escaped(text: str) -> str:
    """Return a text in which Markdown and HTML mean nothing."""
    return re.sub(r"([\\`*_\[\]<>#|!~&])", r"\\\1", text)
