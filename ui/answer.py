"""An answer as HTML, in the pieces in which it grows on the page.

A piece, once there, only changes where the answer does: the page adds claims to those it shows and
leaves these alone. What an answer says is decided elsewhere; here it only gets its looks. A
sentence opens what supports it; a dot behind it says that the words are a model's.
"""

import re
from collections.abc import Mapping, Sequence
from html import escape

from rag.core.answers import Answer, Citation, Claim, Quote
from rag.core.filters import short_name
from rag.core.papers import Paper
from rag.output.text import count_line, heading, named, read_line, rest_line, said, titled
from ui.chips import asked_for, unknown
from ui.sources import byline, near_list
from ui.text import linked, marked, words

CONTEXT = 160
"""Characters of the abstract shown on either side of the words that support a claim."""

_SEVERAL = re.compile(r"(?:(?:“[^”]+”|\d{4}\.\d{4,5}|[\w.-]+/\d{7})(?:, | and |, and )?){3,}")
_ONE = re.compile(r"“[^”]+”|\d{4}\.\d{4,5}|[\w.-]+/\d{7}")
_DOT = (
    ' <span class="dot" title="A model’s words, checked against the abstract">'
    '<span class="hidden">(a model’s words)</span></span>'
)


def head(
    answer: Answer, turn: str, names: Mapping[str, str] | None = None, chosen: bool = False
) -> str:
    """Return what stands above the claims: what the question was read as, and how many match.

    Parameters
    ----------
    names
        Short titles of the papers that the filters name, by their identifiers.
    chosen
        Whether the papers that it is restricted to were chosen on the page.
    """
    read, count = read_line(answer), count_line(answer)
    parts = [
        f'<p class="read">{words(_short(read, names or {}))}</p>' if read else "",
        asked_for(answer, turn, names or {}, chosen),
        f'<p class="count">{words(count)}</p>' if count else "",
        unknown(answer, turn),
        _summary(answer, turn),
        near_list(answer) if answer.abstained else "",
    ]
    return "".join(parts)


def claims(answer: Answer, turn: str) -> list[str]:
    """Return each claim with its number, its look, and the words that support it."""
    papers = {c.paper.id: c.paper for c in answer.citations}
    if answer.kind == "compare":
        return _compared(answer, turn, papers)
    return [
        _claim(answer, claim, f"{turn}-c{n}", turn, papers) for n, claim in enumerate(answer.claims)
    ]


def foot(answer: Answer) -> str:
    """Return what stands below the claims: which of the papers are shown."""
    rest = rest_line(answer)
    return f'<p class="rest">{words(rest)}</p>' if rest else ""


def spent(answer: Answer) -> str:
    """Return what an answer took: its time, from which models and how many papers."""
    if not answer.seconds:
        return ""
    model = (answer.models and answer.models.llm) or "quotations alone"
    told = f"{answer.seconds['total']:.1f} s · {model} · {answer.total:,} papers"
    return f"<span>{escape(told)}</span>"


def questions(asked: Sequence[str], label: str) -> str:
    """Return questions as buttons that ask them."""
    buttons = "".join(
        f'<li><button type="button" class="suggestion" data-ask="{escape(each)}">'
        f"{words(each)}</button></li>"
        for each in asked
    )
    return f'<div class="suggestions"><h3>{escape(label)}</h3><ul>{buttons}</ul></div>'


def _short(read: str, names: Mapping[str, str]) -> str:
    """Say what a question was read as with papers counted, or named by their short titles."""

    def several(found: re.Match[str]) -> str:
        rest = " " if found[0].endswith((" ", ",")) else ""
        return f"the {len(_ONE.findall(found[0]))} papers above{rest}"

    counted = _SEVERAL.sub(several, read)
    return _ONE.sub(lambda m: f"“{names[m[0]]}”" if m[0] in names else m[0], counted)


def _summary(answer: Answer, turn: str) -> str:
    """Return the paragraph on top; each of its sentences opens what supports it."""
    if not answer.summary:
        return ""
    papers = {c.paper.id: c.paper for c in answer.citations}
    by_number = {c.number: c for c in answer.citations}
    sentences, below = [], []
    for n, claim in enumerate(answer.summary):
        sentence, evidence = _sentence(claim, f"{turn}-s{n}", papers)
        refs = "".join(_reference(by_number[number], turn) for number in claim.citations)
        sentences.append(f"{sentence} {refs}")
        below.append(evidence)
    return f'<p class="said own summary">{" ".join(sentences)}</p>{"".join(below)}'


def _claim(answer: Answer, claim: Claim, name: str, turn: str, papers: Mapping[str, Paper]) -> str:
    by_number = {c.number: c for c in answer.citations}
    refs = "".join(_reference(by_number[n], turn) for n in claim.citations)
    above, paper = heading(answer, claim), titled(answer, claim)
    parts = [f'<h3 class="group">{words(above)}</h3>' if above else ""]
    if paper:
        parts.append(
            f'<h3 class="of">{refs} {linked(words(paper.title), paper.url)}</h3>'
            f'<p class="by">{byline(paper)}</p>'
        )
        refs = ""
    sentence, evidence = _sentence(claim, name, papers)
    parts.append(f'<p class="said {_look(claim)}">{sentence} {refs}</p>{evidence}')
    return "".join(parts)


def _compared(answer: Answer, turn: str, papers: Mapping[str, Paper]) -> list[str]:
    """Return the claims of a comparison, each in the column of its paper, beside its like."""
    by_number = {c.number: c for c in answer.citations}
    column = {c.number: n for n, c in enumerate(answer.citations, start=1)}
    shown: list[str] = []
    last, used = 1, {}  # rows of the grid: the last one, and the last one of each paper
    for n, claim in enumerate(answer.claims):
        parts = ["" if shown else _columns(answer, turn)]
        if above := heading(answer, claim):
            last += 1
            used = dict.fromkeys(by_number, last)
            parts.append(f'<h3 class="group" style="grid-row:{last}">{words(above)}</h3>')
        number = claim.citations[0]
        used[number] = row = used.get(number, last) + 1
        last = max(last, row)
        sentence, evidence = _sentence(claim, f"{turn}-c{n}", papers)
        of = f"{_reference(by_number[number], turn)} {words(named(answer, claim))}"
        parts.append(
            f'<div class="cell" data-column="{column[number]}" style="grid-row:{row}">'
            f'<p class="said {_look(claim)}"><span class="whose">{of}</span> {sentence}</p>'
            f"{evidence}</div>"
        )
        shown.append("".join(parts))
    return shown


def _look(claim: Claim) -> str:
    return {"quote": "quotation", "record": "record", "blank": "blank"}.get(claim.support, "own")


def _sentence(claim: Claim, name: str, papers: Mapping[str, Paper]) -> tuple[str, str]:
    """Return a sentence, and what supports it, which it opens; that is empty if there is none."""
    text = words(said(claim)) + (_DOT if claim.support == "paraphrase" else "")
    shown = "".join(_evidence(q, papers[q.paper_id]) for q in claim.quotes)
    if not shown:
        return f"<span>{text}</span>", ""
    opening = (
        f'<span class="opens-evidence" role="button" tabindex="0" aria-expanded="false" '
        f'aria-controls="{name}" title="Show it in its place">{text}</span>'
    )
    return opening, f'<div class="evidence" id="{name}" hidden>{shown}</div>'


def _columns(answer: Answer, turn: str) -> str:
    """Return what stands above the columns of a comparison: its papers."""
    return "".join(
        f'<div class="column" data-column="{n}" style="grid-row:1">'
        f'<h3 class="of">{_reference(c, turn)} '
        f"{linked(words(short_name(c.paper)), c.paper.url)}</h3>"
        f'<p class="by">{byline(c.paper)}</p></div>'
        for n, c in enumerate(answer.citations, start=1)
    )


def _reference(citation: Citation, turn: str) -> str:
    title = escape(f"Source {citation.number}: {citation.paper.title}")
    return (
        f'<a class="ref" href="#{turn}-{citation.number}" data-turn="{turn}" '
        f'data-source="{citation.number}" aria-label="{title}">[{citation.number}]</a>'
    )


def _evidence(quote: Quote, paper: Paper) -> str:
    """Return the words of an abstract that support a claim, marked, with what is around them."""
    if paper.abstract[quote.start : quote.end] != quote.text:  # it has changed since, or is gone
        return f"<blockquote>{marked(quote.text, [(0, len(quote.text))])}</blockquote>"
    start, end = max(0, quote.start - CONTEXT), min(len(paper.abstract), quote.end + CONTEXT)
    while start and not paper.abstract[start - 1].isspace():
        start -= 1
    while end < len(paper.abstract) and not paper.abstract[end].isspace():
        end += 1
    before, after = "… " if start else "", " …" if end < len(paper.abstract) else ""
    inside = marked(paper.abstract[start:end], [(quote.start - start, quote.end - start)])
    return f"<blockquote>{before}{inside}{after}</blockquote>"
