"""An answer as HTML, in the pieces in which it grows on the page.

A piece, once there, only changes where the answer does: the page adds claims to those it shows and
leaves these alone. What an answer says is decided elsewhere; here it only gets its looks.
"""

from collections.abc import Sequence
from html import escape

from rag.core.answers import Answer, Citation, Claim, Quote
from rag.core.papers import Paper
from rag.output.text import count_line, heading, read_line, rest_line, said, titled
from ui.chips import asked_for
from ui.text import marked, words

CONTEXT = 160
"""Characters of the abstract shown on either side of the words that support a claim."""


def head(answer: Answer, turn: str) -> str:
    """Return what stands above the claims: what the question was read as, and how many match."""
    read, count = read_line(answer), count_line(answer)
    parts = [
        f'<p class="read">{words(read)}</p>' if read else "",
        asked_for(answer, turn),
        f'<p class="count">{words(count)}</p>' if count else "",
        _summary(answer, turn),
    ]
    return "".join(parts)


def _summary(answer: Answer, turn: str) -> str:
    """Return the paragraph on top, its sentences with their numbers and what bears them out."""
    if not answer.summary:
        return ""
    papers = {c.paper.id: c.paper for c in answer.citations}
    by_number = {c.number: c for c in answer.citations}
    said = " ".join(
        f"{words(claim.text)} {''.join(_reference(by_number[n], turn) for n in claim.citations)}"
        for claim in answer.summary
    )
    shown = "".join(_evidence(q, papers[q.paper_id]) for c in answer.summary for q in c.quotes)
    return (
        f'<p class="said own summary">{said}</p><details class="evidence">'
        f"<summary>Model’s words · evidence</summary>{shown}</details>"
    )


def claims(answer: Answer, turn: str) -> list[str]:
    """Return each claim with its number, its look, and the words that support it."""
    papers = {c.paper.id: c.paper for c in answer.citations}
    return [_claim(answer, claim, turn, papers) for claim in answer.claims]


def foot(answer: Answer, suggestions: Sequence[str]) -> str:
    """Return what stands below the claims: which of the papers are shown, and what to ask next."""
    rest = rest_line(answer)
    below = f'<p class="rest">{words(rest)}</p>' if rest else ""
    return below + (questions(suggestions, "Ask next") if suggestions else "")


def spent(answer: Answer) -> str:
    """Return what an answer took: its time, from which models and how many papers."""
    if not answer.seconds:
        return ""
    model = (answer.models and answer.models.llm) or "quotations alone"
    said = f"{answer.seconds['total']:.1f} s · {model} · {answer.total:,} papers"
    return f"<span>{escape(said)}</span>"


def questions(asked: Sequence[str], label: str) -> str:
    """Return questions as buttons that ask them."""
    buttons = "".join(
        f'<li><button type="button" class="suggestion" data-ask="{escape(each)}">'
        f"{words(each)}</button></li>"
        for each in asked
    )
    return f'<div class="suggestions"><h3>{escape(label)}</h3><ul>{buttons}</ul></div>'


def _claim(answer: Answer, claim: Claim, turn: str, papers: dict[str, Paper]) -> str:
    by_number = {c.number: c for c in answer.citations}
    refs = "".join(_reference(by_number[n], turn) for n in claim.citations)
    above, paper = heading(answer, claim), titled(answer, claim)
    parts = [f'<h3 class="group">{words(above)}</h3>' if above else ""]
    if paper:
        parts.append(f'<h3 class="of">{refs} {words(paper.title)}</h3>')
        refs = ""
    own = "quotation" if claim.support == "quote" else "own"
    parts.append(f'<p class="said {own}">{words(said(claim))} {refs}</p>')
    label = "Quotation · in its place" if claim.support == "quote" else "Model’s words · evidence"
    shown = "".join(_evidence(quote, papers[quote.paper_id]) for quote in claim.quotes)
    if shown:
        parts.append(
            f'<details class="evidence"><summary>{label}</summary>{shown}</details>',
        )
    return "".join(parts)


def _reference(citation: Citation, turn: str) -> str:
    title = escape(f"Source {citation.number}: {citation.paper.title}")
    return (
        f'<a class="ref" href="#{turn}-{citation.number}" data-turn="{turn}" '
        f'data-source="{citation.number}" aria-label="{title}">[{citation.number}]</a>'
    )


def _evidence(quote: Quote, paper: Paper) -> str:
    """Return the words of an abstract that support a claim, marked, with what is around them."""
    start, end = max(0, quote.start - CONTEXT), min(len(paper.abstract), quote.end + CONTEXT)
    while start and not paper.abstract[start - 1].isspace():
        start -= 1
    while end < len(paper.abstract) and not paper.abstract[end].isspace():
        end += 1
    before, after = "… " if start else "", " …" if end < len(paper.abstract) else ""
    inside = marked(paper.abstract[start:end], [(quote.start - start, quote.end - start)])
    return f"<blockquote>{before}{inside}{after}</blockquote>"
