"""The arXiv identifiers that a text names and tells nothing else of, and the line that says so."""

import re
from collections.abc import Iterable

from rag.core.identifiers import arxiv_id

_WORDS = re.compile(r"[^\s()\[\]<>{},;|`*\"']+")
_MAY_BE = re.compile(r"\d{4}\.\d{4}|/\d{7}")
_SHOWN = 20
"""Identifiers in a message; whoever has more sees how it is done."""


def mentioned(lines: Iterable[str]) -> tuple[str, ...]:
    """Return the arXiv identifiers in a text, each once, in its order.

    >>> mentioned(["As 2104.00194 shows,", "see https://arxiv.org/abs/2104.00194v2, math/0309136."])
    ('2104.00194', 'math/0309136')
    """
    words = (word for line in lines if _MAY_BE.search(line) for word in _WORDS.findall(line))
    return tuple(dict.fromkeys(filter(None, map(arxiv_id, words))))


def said(identifiers: tuple[str, ...]) -> str:
    """Return what to say of identifiers that a text only names, and how their papers come.

    >>> said(("2104.00194",))
    '1 arXiv identifier without title or abstract; `rag fetch 2104.00194` brings it'
    """
    count, shown = len(identifiers), " ".join(identifiers[:_SHOWN])
    named = "identifier" if count == 1 else "identifiers"
    more = "" if count <= _SHOWN else f", and so the {count - _SHOWN:,} others"
    brings = "brings it" if count == 1 else "brings them"
    return f"{count:,} arXiv {named} without title or abstract; `rag fetch {shown}` {brings}{more}"
