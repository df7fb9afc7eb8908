"""The conversations that were kept, as a list by day beside the one that is open."""

import time
from collections import Counter
from collections.abc import Container, Iterable, Mapping
from datetime import date, timedelta
from html import escape
from itertools import groupby
from typing import Any

from ui.kept import Listed, Shelf


def listed(shelf: Shelf, user: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the conversations with all ``words``, or the latest, as HTML; and whether any is kept.

    Parameters
    ----------
    asked
        ``words``; ``delete``, ``undo`` or ``rename`` with the name of a conversation, to be done
        first; ``title`` for the latter.
    """
    if name := str(asked.get("delete") or ""):
        shelf.delete(user, name)
    elif name := str(asked.get("undo") or ""):
        shelf.delete(user, name, undo=True)
    elif name := str(asked.get("rename") or ""):
        shelf.rename(user, name, str(asked.get("title") or ""))
    words = str(asked.get("words") or "")
    found = shelf.list(user, words)
    same = alike(found)
    html = "".join(
        f"<h2>{escape(day)}</h2><ul>{''.join(_item(each, same) for each in those)}</ul>"
        for day, those in groupby(found, lambda each: day_of(each.changed, date.today()))
    )
    none = "None has these words." if words else "What you ask is kept here."
    if not shelf.keeps:
        none = shelf.trouble or "Conversations are not kept."
    return {"html": html or f'<p class="none">{escape(none)}</p>', "keeps": shelf.keeps}


def alike(found: Iterable[Listed]) -> set[str]:
    """Return the titles that several conversations have: a time tells those apart."""
    return {title for title, count in Counter(each.title for each in found).items() if count > 1}


def day_of(changed: float, today: date) -> str:
    """Return the day of a time in words, as a heading."""
    day = date.fromtimestamp(changed)
    if day >= today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    if day > today - timedelta(days=7):
        return day.strftime("%A")
    return f"{day.day} {day:%B %Y}"


def _item(each: Listed, same: Container[str]) -> str:
    at = time.strftime("%Y-%m-%d %H:%M", time.localtime(each.changed))
    title, name = escape(each.title), escape(each.id)
    asked = escape(f"{each.question} · {at}")
    when = f' data-at="{at[-5:]}"' if each.title in same else ""
    return (
        f'<li data-conversation="{name}"><a href="#/c/{name}" title="{asked}"{when}>{title}</a>'
        f'<button type="button" class="icon" data-rail="rename" aria-label="Rename “{title}”" '
        'title="Rename"><span aria-hidden="true">✎</span></button>'
        f'<button type="button" class="icon" data-rail="delete" aria-label="Delete “{title}”" '
        'title="Delete"><span aria-hidden="true">×</span></button></li>'
    )
