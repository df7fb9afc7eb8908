"""The part of a message that asks, where it tells more: who asks, why, and in which form.

"I'm the typesetter and a digit is smudged: what resolution does the paper on frozen viruses report?
Thanks!" A message is cut at its marks, and what stands before the first or behind the last clause
that asks goes. One with a question mark asks; for others a regression tells it word by word, as
`rag.question.topics` tells of each whether it is of the topic; it was fitted by `python -m
benchmarks.reading` on the same questions. The judge hears a question better without the rest.
"""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from rag.core.questions import Kind
from rag.question import frames, topics
from rag.question.names import Name
from rag.question.topics import InContext

FILE = Path(__file__).with_name("cores.npz")

CHANGE = 0.7
"""Log odds that a change costs, see `rag.question.topics.CHANGE`. With each of eight writers left
out all that asks was kept of 0.976 of the messages, and of 0.953 with 2.0."""

_BETWEEN = re.compile(
    r"(?<=[.?!;:,])(?<!\bal\.)(?<!\bal\.,)(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bvs\.)(?<!\b[Ff]ig\.)"
    r"\s+|\s+[-–—]+\s+"
)
_AUTHORS = re.compile(r"\bet al\b")

Cut = Callable[[str, Kind, Sequence[Name]], str]
"""Returns the part of a message of a kind that asks, where names stand in it."""


def whole(text: str, kind: Kind, found: Sequence[Name]) -> str:
    """Return a message as it is, where nothing was learned for the embedding model."""
    return text


def core(text: str, kind: Kind, found: Sequence[Name], in_context: InContext) -> str:
    """Return the part of a message that asks; all of it if no word does.

    Parameters
    ----------
    found
        The names in it: a clause that has one of which it is sure is kept.
    in_context
        What its words mean to the embedding model that this was learned with.
    """
    pieces = clauses(text)
    if len(pieces) < 2:
        return text
    tokens = list(topics.TOKEN.finditer(text))
    odds = topics.odds(text, tokens, kind, in_context, topics.weights(FILE))
    if odds is None:
        return text
    kept = topics.likeliest(odds, CHANGE)
    asking = [m.start() for m, is_kept in zip(tokens, kept, strict=True) if is_kept and _says(m[0])]
    asking += [name.start for name in found if name.sure]
    asking += [authors.start() for authors in _AUTHORS.finditer(text)]
    those = [
        (a, b) for a, b in pieces if text[b - 1] == "?" or any(a <= start < b for start in asking)
    ]
    return text[those[0][0] : those[-1][1]].strip(" ,;:") if those else text


def clauses(text: str) -> list[tuple[int, int]]:
    """Return start and end of the clauses of a message.

    >>> [text[a:b] for text in ["Hi - X, does it work? Thanks"] for a, b in clauses(text)]
    ['Hi', 'X,', 'does it work?', 'Thanks']
    """
    found, start = [], 0
    for between in _BETWEEN.finditer(text):
        found.append((start, between.start()))
        start = between.end()
    return [(a, b) for a, b in [*found, (start, len(text))] if b > a]


def _says(word: str) -> bool:
    return bool(frames.content(word))
