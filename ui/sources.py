"""The papers of an answer: a card for each one cited, and the near misses.

A card shows the abstract with the words marked that the claims rest on, at their offsets.
"""

from collections.abc import Sequence
from html import escape
from urllib.parse import quote

from rag.core.answers import Answer, Citation, NearMiss
from rag.core.filters import short_name
from rag.core.papers import Paper
from ui.text import linked, marked, words

SHORTLY = 2
"""Authors named under a title in an answer."""

MOST_AUTHORS = 3
"""Authors named on a card; the rest is "et al."."""


def cards(answer: Answer, turn: str) -> list[str]:
    """Return a card for each cited paper."""
    spans: dict[str, list[tuple[int, int]]] = {}
    for claim in answer.claims:
        for found in claim.quotes:
            spans.setdefault(found.paper_id, []).append((found.start, found.end))
    return [_card(c, turn, spans.get(c.paper.id, [])) for c in answer.citations]


def near(answer: Answer) -> str:
    """Return the papers that nearly match, folded; those of an abstention stand in the answer."""
    if not answer.near_misses or answer.abstained:
        return ""
    shown = "".join(map(_near_miss, answer.near_misses))
    return (
        f'<details class="near"><summary>Near misses ({len(answer.near_misses)})</summary>'
        f"<ul>{shown}</ul></details>"
    )


def near_list(answer: Answer) -> str:
    """Return the papers nearest to what nothing answers."""
    if not answer.near_misses:
        return ""
    shown = "".join(map(_near_miss, answer.near_misses))
    return f'<div class="nearest"><h3>Nearest papers</h3><ul>{shown}</ul></div>'


def about(paper: Paper) -> str:
    """Return what is known of a paper besides its text: day, categories, authors, PDF."""
    authors = ", ".join(paper.authors[:MOST_AUTHORS])
    if len(paper.authors) > MOST_AUTHORS:
        authors += " et al."
    day = f'<time datetime="{paper.listed}">{paper.listed}</time>' if paper.listed else ""
    withdrawn = "withdrawn by its authors" if paper.withdrawn else ""
    known = [day, withdrawn, escape(", ".join(paper.categories)), words(authors)]
    return " · ".join(part for part in (*known, *_places(paper)) if part)


def byline(paper: Paper) -> str:
    """Return the line under a title in an answer: first authors, year, what leads to the paper."""
    more = f'<button type="button" class="quiet" data-paper="{escape(paper.id)}">Read here</button>'
    withdrawn = "withdrawn" if paper.withdrawn else ""
    known = " · ".join(
        part for part in (words(authors(paper)), _year(paper), withdrawn, *_places(paper)) if part
    )
    between = '<span class="between"> · </span>' if known else ""
    return f'{known}{between}<span class="starred">{more} {star(paper)}</span>'


def authors(paper: Paper) -> str:
    """Return the authors as they are named in passing: two, or the first "et al."."""
    if len(paper.authors) > SHORTLY:
        return f"{paper.authors[0]} et al."
    return " and ".join(paper.authors)


def titles(papers: Sequence[Paper]) -> str:
    """Return papers as a list of titles that open them on this page."""
    shown = "".join(f"<li>{opener(paper)}</li>" for paper in papers)
    return f'<ul class="titles">{shown}</ul>' if shown else "<p>No other paper is like it.</p>"


def opener(paper: Paper, title: str = "") -> str:
    """Return a title as a link that opens the paper on this page, or in another tab.

    Parameters
    ----------
    title
        It as HTML, if it is to look otherwise.
    """
    return (
        f'<a class="opens" href="#/paper/{quote(paper.id, safe="")}" '
        f'data-paper="{escape(paper.id)}">{title or words(paper.title)}</a>'
    )


def star(paper: Paper) -> str:
    """Return the button that puts a paper on the reading list; the page knows which are there."""
    return (
        f'<button type="button" class="star" data-star="{escape(paper.id)}" aria-pressed="false" '
        f'aria-label="Save “{escape(short_name(paper))}”" title="Save"></button>'
    )


def starred(paper: Paper, before: str) -> str:
    """Return the star of a paper behind its title or whatever, never on a line of its own."""
    return f'<span class="starred">{before}&nbsp;{star(paper)}</span>'


def like_this(paper: Paper) -> str:
    """Return the button that lists papers like one, and the place for them."""
    return (
        f'<button type="button" class="quiet" data-like="{escape(paper.id)}" '
        'aria-expanded="false">More like this</button><div class="like" hidden></div>'
    )


def _card(citation: Citation, turn: str, spans: Sequence[tuple[int, int]]) -> str:
    paper, number = citation.paper, citation.number
    by = ", ".join(part for part in (authors(paper), _year(paper)) if part)
    return (
        f'<article class="card" id="{turn}-{number}" tabindex="-1" '
        f'aria-label="Source {number}" data-id="{escape(paper.id)}" data-by="{escape(by)}" '
        f'data-spans="{",".join(f"{start}-{end}" for start, end in spans)}">'
        f'<h3><span class="number">[{number}]</span> {linked(words(paper.title), paper.url)}</h3>'
        f'<p class="about">{about(paper)}</p>'
        '<details class="abstract"><summary>Abstract</summary>'
        f"<p>{marked(paper.abstract, spans)}</p></details>"
        f"{star(paper)}{like_this(paper)}</article>"
    )


def _places(paper: Paper) -> tuple[str, ...]:
    """Return what leads to a paper: its PDF, or where nothing links to it, the files it is from."""
    if not paper.url:
        return (words(paper.place[1:-1]),)  # without its own brackets; a file may have some, too
    return (linked("PDF", paper.pdf),) if paper.pdf else ()


def _year(paper: Paper) -> str:
    return str(paper.appeared or "")


def _near_miss(miss: NearMiss) -> str:
    why = f'<span class="why">{words(miss.why)}</span>' if miss.why else ""
    return f"<li>{starred(miss.paper, opener(miss.paper))}{why}</li>"
