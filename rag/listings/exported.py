"""What `rag export` writes: a paper a line as the index keeps it, text cleaned and all.

It is read back as it is, so that an index is the same wherever it is built from this.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.core.identifiers import addresses, known_by
from rag.core.papers import Paper, whole_told
from rag.files import parsed
from rag.listings import limits
from rag.listings.entries import Entry, Refused
from rag.listings.opening import FAILURES, opened

if TYPE_CHECKING:
    from pydantic import TypeAdapter

FORMAT = "JSON lines of `rag export`"
ENDINGS = (".jsonl",)
SIGNS = "{"

MARK = "arxiv-rag"
"""First key of each line; its value is the version of this format."""

VERSION = 1

_BEGINNING = f'{{"{MARK}": '
_BESIDE = "collections"
_BESIDE_BEGINNING = f'{_BEGINNING}{VERSION}, "{_BESIDE}": '


def line(paper: Paper) -> str:
    """Return a paper as a line, without its end."""
    return json.dumps({MARK: VERSION, **paper.to_dict()}, ensure_ascii=False)


def beside(kept: Mapping[str, Any]) -> str:
    """Return what is kept beside the papers, tags and watches, as a line without its end."""
    return json.dumps({MARK: VERSION, _BESIDE: kept}, ensure_ascii=False)


def kept_beside(path: Path) -> list[dict[str, Any]]:
    """Return what `beside` wrote into the export at a path; nothing if it is none, or a pipe."""
    found = list[dict[str, Any]]()
    if not path.is_file():
        return found
    try:
        with opened(path) as file:
            if not matches(file.readline(len(_BEGINNING) + 1)):
                return found
            while line := file.readline(limits.LONGEST_LINE * 10):
                if line.startswith(_BESIDE_BEGINNING):
                    kept = parsed(line).get(_BESIDE)
                    found += [kept] if isinstance(kept, dict) else []
    except (*FAILURES, ValueError):  # it is met again, and told, where its papers are read
        pass
    return found


def matches(head: str) -> bool:
    """Tell whether the first line has the mark of an export."""
    return head.lstrip().startswith(_BEGINNING)


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the papers of an export, in its order."""
    for number, text in limits.numbered(lines):
        if not text.strip() or text.startswith(_BESIDE_BEGINNING):
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
        paper = _form().validate_json(_whole(text), strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise ValueError(f"{place} {first['msg']}".strip()) from error
    return replace(_checked(paper), told=tuple(_checked(replace(p, told=())) for p in paper.told))


def _whole(text: str) -> str:
    """Return a line in which what each source told is there in full."""
    if '"told": [{' not in text and '"accounts": [{' not in text:
        return text
    kept = parsed(text)
    try:
        return json.dumps({**kept, "told": whole_told(kept)})
    except (AttributeError, TypeError) as error:
        raise ValueError("what its sources told is no list of objects") from error


def _checked(paper: Paper) -> Paper:
    if not (paper.title and (paper.abstract or paper.withdrawn)):
        raise ValueError("no title or no abstract")
    known = known_by(paper.id)
    url, pdf = addresses(paper.id)
    if known is None or paper.url != url or paper.pdf not in ("", pdf):
        raise ValueError(f"{paper.id[:80]} is not known by {paper.url[:80]}")
    # An earlier version wrote identifiers in another way, and knew fewer PDFs.
    url, pdf = addresses(known)
    others = {*paper.identifiers, *({paper.id} - {known})}
    return replace(paper, id=known, url=url, pdf=pdf, identifiers=tuple(sorted(others)))


@lru_cache(maxsize=1)
def _form() -> "TypeAdapter[Paper]":
    from pydantic import TypeAdapter

    return TypeAdapter(Paper)
