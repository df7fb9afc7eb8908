"""One paper to read: abstract with the marks, what is kept of it, papers like it, how to cite it.

The same stands in front of the page and, where there is room, beside the answers.
"""

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from rag.assistant import Assistant
from rag.collections import Collections
from rag.collections.saved import ReadingList
from rag.core.papers import Paper
from rag.library import lookup
from rag.output import references
from ui import sources
from ui.text import linked, marked, words

ALIKE = 5
"""Papers named as being like another one."""

_CODE = re.compile(
    r"(?:https?://)?(?:www\.)?(?:git(?:hub|lab)\.com/[\w.-]+/[\w.-]+|[\w-]+\.github\.io(?:/[\w./-]*)?"
    r"|huggingface\.co/[\w./-]+)",
    re.IGNORECASE,
)


def paper(assistant: Assistant, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return a paper of the index to read.

    Parameters
    ----------
    asked
        ``id``; ``span``, the characters to mark, as "12-40,60-80"; ``side``, whether it is to stand
        beside the answers and not in front of the page; ``user``.
    """
    found = lookup.find(assistant.library, str(asked.get("id") or ""))
    user, side = str(asked.get("user") or ""), bool(asked.get("side"))
    kept = ReadingList(assistant.library.path, user).of(found.id)
    tags = Collections(assistant.library.path, user).tags_of(found.id)
    called = found.id if found.is_on_arxiv else f"“{found.title}”"
    question = escape(f"tell me more about {called}")
    name = "reading-title" if side else "paper-title"
    return {
        "id": found.id,
        "html": f'<article class="reading" data-reading="{escape(found.id)}"><div class="itself">'
        f'<h2 id="{name}" tabindex="-1">{linked(words(found.title), found.url)}</h2>'
        f'<p class="by">{words(", ".join(found.authors))}</p>'
        f'<p class="about">{_about(found)}</p>'
        f'<p class="abstract">{marked(found.abstract, _spans(str(asked.get("span") or "")))}</p>'
        f'<div class="acts"><button type="button" class="primary" data-ask="{question}">'
        f"Ask about it</button>{sources.star(found)}"
        f'<button type="button" class="quiet" data-bibtex>Copy BibTeX</button></div></div>'
        '<div class="beside">'
        f"{_own(found, tags, kept.note if kept else '')}"
        f"{_alike(assistant, found)}"
        f"<details><summary>BibTeX</summary><pre>{escape(references.bibtex([found]))}</pre>"
        "</details></div></article>",
    }


def like(assistant: Assistant, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the papers most like one of the index."""
    found = lookup.find(assistant.library, str(asked.get("id") or ""))
    return {"html": sources.titles(assistant.like(found.id, ALIKE))}


def code(paper: Paper) -> str:
    """Return the address of the code that an abstract names; empty if it names none.

    >>> code(Paper("a", "", "Code is at github.com/a/b-c.", "", ""))
    'https://github.com/a/b-c'
    """
    found = _CODE.search(paper.abstract)
    if not found:
        return ""
    address = found[0].rstrip(".")
    return address if address.startswith("http") else f"https://{address}"


def _about(paper: Paper) -> str:
    """Return day, categories, venue and links of a paper."""
    day = f'<time datetime="{paper.listed}">{paper.listed}</time>' if paper.listed else ""
    known = [
        day,
        "withdrawn by its authors" if paper.withdrawn else "",
        escape(", ".join(paper.categories)),
        words(paper.venue),
        linked("arXiv" if paper.is_on_arxiv else "Page", paper.url) if paper.url else "",
        linked("PDF", paper.pdf) if paper.pdf else "",
        linked("Code", code(paper)) if code(paper) else "",
    ]
    return " · ".join(part for part in known if part)


def _own(paper: Paper, tags: Sequence[str], note: str) -> str:
    """Return what somebody keeps of a paper: tags to add and remove, and a note."""
    chips = "".join(
        f'<li><button type="button" class="chip" data-untag="{escape(tag)}" '
        f'aria-label="Remove the tag {escape(tag)}">{escape(tag)}'
        '<span aria-hidden="true"> ×</span></button></li>'
        for tag in tags
    )
    return (
        f'<section class="own" data-paper-own="{escape(paper.id)}" aria-label="Tags and note">'
        f'<ul class="chips">{chips}<li><input type="text" class="tagging" list="tags" '
        'placeholder="Add a tag" aria-label="Add a tag" autocomplete="off"></li></ul>'
        '<textarea class="noting" rows="2" placeholder="A note, kept as you leave it" '
        f'aria-label="Note" maxlength="5000">{escape(note)}</textarea></section>'
    )


def _alike(assistant: Assistant, paper: Paper) -> str:
    if paper.withdrawn:
        return ""
    shown = sources.titles(assistant.like(paper.id, ALIKE))
    return f'<section class="alike"><h3>Similar papers</h3>{shown}</section>'


def _spans(given: str) -> list[tuple[int, int]]:
    """Read the characters to mark; what is no span is left out."""
    return [(int(a), int(b)) for a, b in re.findall(r"(\d{1,7})-(\d{1,7})", given)]
