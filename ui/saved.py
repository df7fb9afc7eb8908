"""The reading list: stars, read and unread, tags and notes, and the references of what is kept.

All of it is in the file of `rag tag` beside the index. What has a star or a tag is in the list.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from rag.assistant import Assistant
from rag.collections import Collections
from rag.collections.saved import ReadingList, Saved
from rag.core.papers import Paper
from rag.errors import CollectionError
from rag.output.table import csv_of
from ui import export, sources
from ui.text import words

ROWS = 100
"""Papers on one page of the list."""

MOST_AT_ONCE = 1_000
"""Papers that one call may name."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A paper of the list with what is kept of it."""

    paper: Paper
    tags: tuple[str, ...]
    saved: Saved | None

    @property
    def read(self) -> bool:
        """Whether it was marked as read."""
        return bool(self.saved and self.saved.read)


def saved(assistant: Assistant, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Do something with papers of the list, and return which have a star and which tags there are.

    Parameters
    ----------
    asked
        ``papers``, identifiers; ``does``: star, unstar, read, unread, tag or untag with ``tag``, or
        note with ``note``; none of these: nothing is changed. ``user``.
    """
    user, path = str(asked.get("user") or ""), assistant.library.path
    papers, does = _named(assistant, asked), str(asked.get("does") or "")
    tags, own = Collections(path, user), ReadingList(path, user)
    if papers and does in ("star", "unstar"):
        own.star(papers, does == "star")
    elif papers and does in ("read", "unread"):
        own.read(papers, does == "read")
    elif papers and does == "tag":
        tags.tag(str(asked.get("tag") or ""), papers)
    elif papers and does == "untag":
        tags.untag(str(asked.get("tag") or ""), papers)
    elif papers and does == "note":
        own.note(papers[0], str(asked.get("note") or ""))
    return {"starred": own.starred(), "tags": list(tags.tags())}


def reading(assistant: Assistant, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return a page of the list as HTML, with what it can be narrowed to.

    Parameters
    ----------
    asked
        ``show``: all, unread, read, or "tag:NAME"; ``page``, from 0 on; ``user``.
    """
    kept = _all(assistant, str(asked.get("user") or ""))
    show = str(asked.get("show") or "all")
    chosen = _chosen(kept, show)
    page = max(0, int(asked.get("page") or 0))
    some = chosen[page * ROWS : (page + 1) * ROWS]
    said = f"{len(chosen):,} {'paper' if len(chosen) == 1 else 'papers'}"
    if len(chosen) > ROWS:
        said = f"{page * ROWS + 1:,} to {page * ROWS + len(some):,} of {said}"
    return {
        "rows": "".join(map(_row, some)),
        "said": said if kept else "",
        "choices": _choices(kept, show),
        "ids": [each.paper.id for each in chosen],
        "more": len(chosen) > (page + 1) * ROWS,
        "empty": not kept,
    }


def references_of(assistant: Assistant, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return papers in one of `export.FORMS`, to be taken away; CSV has what is kept of each.

    Parameters
    ----------
    asked
        ``form``; ``papers``, identifiers, or ``show`` as in `reading`; ``user``.
    """
    form = str(asked.get("form") or "bibtex")
    kept = _all(assistant, str(asked.get("user") or ""))
    if asked.get("papers"):
        found = assistant.library.records(_named(assistant, asked))
        by_name = {each.paper.id: each for each in kept}
        chosen = [by_name.get(n, Kept(r.paper, (), None)) for n, r in found.items()]
    else:
        chosen = _chosen(kept, str(asked.get("show") or "all"))
    papers = [each.paper for each in chosen]
    text = _csv(chosen) if form == "csv" else export.of_papers(papers, form)
    return {"text": text, "file": f"reading-list.{export.ENDINGS[form]}"}


def _named(assistant: Assistant, asked: Mapping[str, Any]) -> list[str]:
    """Return the identifiers of the papers that a call names, as the index has them."""
    given = asked.get("papers") or []
    if not isinstance(given, list) or len(given) > MOST_AT_ONCE:
        raise CollectionError(f"Name up to {MOST_AT_ONCE:,} papers at a time.")
    names = [str(name) for name in given]
    return list(dict.fromkeys(assistant.library.resolved(names).values())) if names else []


def _all(assistant: Assistant, user: str) -> list[Kept]:
    """Return what has a star or a tag and is in the index, what was kept last first."""
    path = assistant.library.path
    tags = Collections(path, user).all_tags()
    saved = {each.paper: each for each in ReadingList(path, user).all()}
    names = [*(n for n, each in saved.items() if each.starred), *tags]
    found = assistant.library.records(dict.fromkeys(names))
    return [
        Kept(record.paper, tuple(tags.get(name, ())), saved.get(name))
        for name, record in found.items()
    ]


def _chosen(kept: Sequence[Kept], show: str) -> list[Kept]:
    if show.startswith("tag:"):
        return [each for each in kept if show[4:] in each.tags]
    if show in ("read", "unread"):
        return [each for each in kept if each.read == (show == "read")]
    return list(kept)


def _choices(kept: Sequence[Kept], show: str) -> str:
    """Return what the list can be narrowed to, as buttons with how many papers each leaves."""
    names = sorted({tag for each in kept for tag in each.tags}, key=str.casefold)
    shown = [("all", "All"), ("unread", "Unread"), ("read", "Read")]
    shown += [(f"tag:{name}", name) for name in names]
    return "".join(
        f'<button type="button" class="choice" data-show="{escape(value)}" '
        f'aria-pressed="{str(value == show).lower()}">{escape(label)} '
        f"<span>{len(_chosen(kept, value)):,}</span></button>"
        for value, label in shown
    )


def _row(each: Kept) -> str:
    paper = each.paper
    by = " · ".join(
        part for part in (words(sources.authors(paper)), str(paper.appeared or "")) if part
    )
    tags = "".join(f'<li class="tag">{escape(tag)}</li>' for tag in each.tags)
    note = (
        f'<p class="its-note">{words(each.saved.note)}</p>'
        if each.saved and each.saved.note
        else ""
    )
    name = escape(paper.title)
    return (
        f'<li class="saved" data-row="{escape(paper.id)}" data-read="{str(each.read).lower()}">'
        f"{sources.star(paper)}"
        f'<div class="what">{sources.opener(paper)}<p class="by">{by}</p>{note}'
        f'<ul class="tags">{tags}</ul></div>'
        f'<button type="button" class="quiet" data-reads="{"unread" if each.read else "read"}" '
        f'aria-label="Mark “{name}” as {"unread" if each.read else "read"}">'
        f"{'Mark unread' if each.read else 'Mark read'}</button></li>"
    )


def _csv(kept: Sequence[Kept]) -> str:
    head = ["id", "title", "authors", "year", "categories", "link", "tags", "read", "note"]
    lines = [
        [
            each.paper.id, each.paper.title, "; ".join(each.paper.authors),
            str(each.paper.appeared or ""), " ".join(each.paper.categories), each.paper.url,
            ", ".join(each.tags), "yes" if each.read else "no",
            " ".join(each.saved.note.split()) if each.saved else "",
        ]
        for each in kept
    ]  # fmt: skip
    return csv_of([head, *lines])
