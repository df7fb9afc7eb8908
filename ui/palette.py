"""What Ctrl+K finds: conversations and papers that have the words; commands are the page's own."""

import time
from collections.abc import Mapping
from typing import Any

from rag.assistant import Assistant
from ui.kept import Listed, Shelf
from ui.rail import alike

MOST = 7
"""Conversations, and papers, that are offered at a time."""

LOOKED_AT = 200
"""Papers with the words, the newest, of which those come first that have them in the title."""


def found(assistant: Assistant, shelf: Shelf, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return conversations and papers with all ``words``, as titles with their addresses.

    Parameters
    ----------
    asked
        ``words``, typed so far: none, and the latest conversations are returned, and no papers;
        ``user``.
    """
    words = str(asked.get("words") or "").strip()
    talks = shelf.list(str(asked.get("user") or ""), words)
    papers = assistant.library.listing(words, k=LOOKED_AT)[1] if words else []
    sought = words.lower().split()

    def lacks(text: str) -> bool:
        return not all(word in text.lower() for word in sought)

    talks.sort(key=lambda each: lacks(f"{each.title} {each.question}"))
    papers.sort(key=lambda paper: lacks(paper.title))
    same = alike(talks)

    def called(each: Listed) -> str:
        at = time.strftime("%Y-%m-%d %H:%M", time.localtime(each.changed))
        return f"{each.title} · {at}" if each.title in same else each.title

    return {
        "talks": [{"title": called(each), "to": f"#/c/{each.id}"} for each in talks[:MOST]],
        "papers": [{"title": paper.title, "id": paper.id} for paper in papers[:MOST]],
    }
