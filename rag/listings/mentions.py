"""The papers that a text names and tells nothing else of, and the line that says so.

They stand in running text, or in a list of references, where a line may break within an identifier.
"""

import re
from collections.abc import Iterable, Iterator

from rag.core.identifiers import arxiv_id, doi_of

_WORDS = re.compile(r"[^\s()\[\]<>{},;|`*\"']+")
_MAY_BE = re.compile(r"\d{4}\.\d{4}|/\d{7}")
_BROKEN = re.compile(r"\barxiv:?\s?\d{4}\.\s*$", re.IGNORECASE)
_AROUND = ".,;()[]<>\"'"
_SHOWN = 20
"""Identifiers in a message; whoever has more sees how it is done."""


def mentioned(lines: Iterable[str]) -> tuple[str, ...]:
    """Return the arXiv identifiers in a text, each once, in its order.

    >>> mentioned(["As 2104.00194 shows,", "see https://arxiv.org/abs/2104.00194v2, math/0309136."])
    ('2104.00194', 'math/0309136')
    """
    whole = filter(_MAY_BE.search, _mended(lines))
    words = (word for line in whole for word in _WORDS.findall(line))
    return tuple(dict.fromkeys(filter(None, map(arxiv_id, words))))


def dois(lines: Iterable[str]) -> tuple[str, ...]:
    """Return the DOIs in a text that are not arXiv's, each once, in its order.

    >>> dois(["Kites. doi: 10.1000/77.", "https://doi.org/10.1000/78, 10.48550/arXiv.2104.00194"])
    ('10.1000/77', '10.1000/78')
    """
    words = (word for line in lines if "10." in line for word in line.split() if "10." in word)
    found = (doi_of(word.strip(_AROUND)) for word in words if not arxiv_id(word))
    return tuple(dict.fromkeys(doi for doi in found if doi))


def _mended(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines; an identifier that goes on in the next line is whole in that."""
    begun = ""
    for line in lines:
        line, begun = begun + (line.lstrip() if begun else line), ""
        if broken := _BROKEN.search(line):
            begun, line = broken[0].strip(), line[: broken.start()]
        yield line
    if begun:
        yield begun


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
