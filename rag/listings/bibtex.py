"""BibTeX entries that have an abstract, as reference managers and publishers export them.

A paper is known by its arXiv identifier (eprint, or anywhere in url, doi, journal or note), else
by its DOI or address. An entry that is broken takes nothing along: reading goes on at the next.
"""

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from rag.core.papers import arxiv_id
from rag.listings.days import day, month
from rag.listings.entries import Entry, Refused, chosen

FORMAT = "BibTeX with abstracts"

_ENTRY = re.compile(
    r"^\s*@(?!comment|string|preamble)[a-z]+\s*\{\s*[^\s{},]*\s*,", re.IGNORECASE | re.MULTILINE
)
_ENCLOSED = re.compile(r"\{([^{}]*)\}|\"([^\"]*)\"", re.DOTALL)
_ESCAPED = re.compile(r"\\([_%&#~$])")


def matches(head: str) -> bool:
    """Tell whether a text has the first line of a BibTeX entry."""
    return bool(_ENTRY.search(head))


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the papers of a BibTeX file, in its order."""
    return _entries("".join(lines), source)


def _entries(text: str, source: str) -> Iterator[Entry | Refused]:
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.model import DuplicateBlockKeyBlock, ParsingFailedBlock
    from bibtexparser.model import Entry as Reference

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # it is said by a refusal
    for block in parse_string(text).blocks:
        line = (block.start_line or 0) + 1
        # Two papers under one key are papers all the same.
        reference = block.ignore_error_block if isinstance(block, DuplicateBlockKeyBlock) else block
        if isinstance(reference, Reference):
            yield _entry(line, {f.key.lower(): _bare(str(f.value)) for f in reference.fields})
        elif isinstance(block, ParsingFailedBlock):
            reason = getattr(block.error, "abort_reason", "") or "a field that is there twice"
            yield Refused(source, line, f"broken BibTeX: {' '.join(reason.split())}")


def _entry(line: int, fields: Mapping[str, str]) -> Entry:
    elsewhere = (fields.get(name, "") for name in ("journal", "note", "howpublished"))
    links = [_ESCAPED.sub(r"\1", fields.get(name, "")) for name in ("eprint", "url", "doi")]
    return Entry(
        line,
        title=fields.get("title", ""),
        link=chosen([*links, *(text for text in elsewhere if arxiv_id(text))]),
        abstract=fields.get("abstract", ""),
        listed=_day(fields),
        categories=tuple(fields.get("primaryclass", "").split()),
        authors=tuple(_authors(fields.get("author", ""))),
    )


def _bare(value: str) -> str:
    """Return a value without the braces or quotation marks around it."""
    found = _ENCLOSED.fullmatch(value.strip())
    return found[1] or found[2] or "" if found else value


def _day(fields: Mapping[str, str]) -> date | None:
    if "date" in fields:
        return day(fields["date"])
    return day(f"{fields.get('year', '')}-{month(fields.get('month', ''))}")


def _authors(text: str) -> Iterator[str]:
    from bibtexparser.middlewares.names import (
        parse_single_name_into_parts,
        split_multiple_persons_names,
    )

    for name in split_multiple_persons_names(text):
        yield parse_single_name_into_parts(name, strict=False).merge_first_name_first
