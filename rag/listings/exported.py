"""What `rag export` writes: a paper a line as the index keeps it, text cleaned and all.

It is read back as it is, so that an index is the same wherever it is built from this.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from rag.core.identifiers import addresses, known_by
from rag.core.papers import Paper
from rag.listings import limits
from rag.listings.entries import Entry, Refused

if TYPE_CHECKING:
    from pydantic import TypeAdapter

FORMAT = "JSON lines of `rag export`"
ENDINGS = (".jsonl",)
SIGNS = "{"

MARK = "arxiv-rag"
"""First key of each line; its value is the version of this format."""

VERSION = 1

_BEGINNING = f'{{"{MARK}": '


def line(paper: Paper) -> str:
    """Return a paper as a line, without its end."""
    return json.dumps({MARK: VERSION, **paper.to_dict()}, ensure_ascii=False)


def matches(head: str) -> bool:
    """Tell whether the first line has the mark of an export."""
    return head.lstrip().startswith(_BEGINNING)


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the papers of an export, in its order."""
    for number, text in limits.numbered(lines):
        if not text.strip():
            continue
        try:
            if limits.is_too_long(text):
                raise ValueError(f"longer than {limits.LONGEST_LINE:,} characters")
            paper = _paper(text.strip())
        except ValueError as error:
            yield Refused(source, number, f"not a line of `rag export`: {error}")
            continue
        yield Entry(
            number, paper.title, paper.url, paper.abstract, paper.listed, paper.categories,
            kept=paper,
        )  # fmt: skip


def _paper(text: str) -> Paper:
    """Return the paper of a line.

    Raises
    ------
    ValueError
        If a field is missing or of another kind, or if the addresses are not those of the paper.
    """
    from pydantic import ValidationError

    if not text.startswith(f"{_BEGINNING}{VERSION},"):
        raise ValueError(f"it does not begin with {_BEGINNING}{VERSION}")
    try:
        paper = _form().validate_json(text, strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise ValueError(f"{place} {first['msg']}".strip()) from error
    if not (paper.title and (paper.abstract or paper.withdrawn)):
        raise ValueError("no title or no abstract")
    known = known_by(paper.id)
    if known is None or (paper.url, paper.pdf) != addresses(paper.id):
        raise ValueError(f"{paper.id[:80]} is not known by {paper.url[:80]}")
    if known != paper.id:  # an earlier version wrote identifiers in another way
        url, pdf = addresses(known)
        others = tuple(sorted({*paper.identifiers, paper.id} - {known}))
        paper = replace(paper, id=known, url=url, pdf=pdf, identifiers=others)
    return paper


@lru_cache(maxsize=1)
def _form() -> "TypeAdapter[Paper]":
    from pydantic import TypeAdapter

    return TypeAdapter(Paper)
