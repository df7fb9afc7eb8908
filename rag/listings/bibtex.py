"""BibTeX entries that have an abstract, as reference managers and publishers export them.

A paper is known by its arXiv identifier (eprint, or anywhere in url, doi, journal, volume or note),
else by its DOI or address. An entry that is broken takes nothing along: reading goes on at the
next. One entry is held at a time.
"""

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from rag.core.identifiers import arxiv_id, arxiv_version, known_by, old_style
from rag.core.names import is_suffix
from rag.listings import escapes, limits, people
from rag.listings.days import day, month
from rag.listings.entries import Entry, Refused, chosen
from rag.listings.records import keywords, with_subtitle

FORMAT = "BibTeX with abstracts"
ENDINGS = (".bib", ".bibtex", ".txt")
SIGNS = "@%"

_ENTRY = re.compile(
    r"^\s*@(?!comment|string|preamble)[a-z]+\s*\{\s*[^\s{},]*\s*,", re.IGNORECASE | re.MULTILINE
)
_BLOCK = re.compile(r"\s*@\s*[a-zA-Z]+\s*[{(]")
_STRING = re.compile(
    r"\s*@string\s*[{(]\s*(?P<name>[\w:.+/-]+)\s*=\s*(?P<value>.*?)[)}]\s*$", re.I | re.S
)
_ENCLOSED = re.compile(r"\{(.*)\}|\"(.*)\"", re.DOTALL)
_NAMES_ARXIV = re.compile(r"arxiv|\bcorr\b|\babs/", re.IGNORECASE)
_OLD_STYLE = re.compile(r"[a-z-]+(?:\.[A-Z]{2})?/\d{7}(?:v\d+)?")  # hep-th/9711200
_MAY_NAME_ARXIV = (
    "journal", "volume", "number", "eid", "pages", "note", "howpublished", "publisher", "series",
)  # fmt: skip
_COMMAND_AFTER_AND = re.compile(r"(\sand\s+)(?=\\)", re.IGNORECASE)
_PIECE = re.compile(r"\"[^\"]*\"|\{[^{}]*\}|[\w:.+/-]+")
_ADDRESS_INSIDE = re.compile(r"https?://[^\s{}]+", re.IGNORECASE)
_NAME_PART = re.compile(r"\b(family|given|prefix|suffix)\s*=\s*\"?([^,\"]+?)\"?\s*(?=,|$)")
_MOST_STRINGS = 10_000
_VENUES = ("journal", "journaltitle", "booktitle", "school", "institution")
# The commands that ADS writes for journals of astronomy.
_JOURNALS = {
    "aap": "Astronomy & Astrophysics", "aj": "The Astronomical Journal",
    "apj": "The Astrophysical Journal", "apjl": "The Astrophysical Journal Letters",
    "apjs": "The Astrophysical Journal Supplement Series", "jcap": "JCAP",
    "araa": "Annual Review of Astronomy and Astrophysics", "nat": "Nature",
    "mnras": "Monthly Notices of the Royal Astronomical Society", "pra": "Physical Review A",
    "prb": "Physical Review B", "prd": "Physical Review D", "prl": "Physical Review Letters",
    "pasp": "Publications of the Astronomical Society of the Pacific",
}  # fmt: skip
_KINDS = {
    "article": "article-journal", "inproceedings": "paper-conference", "phdthesis": "thesis",
    "conference": "paper-conference", "incollection": "chapter", "inbook": "chapter",
    "book": "book", "mastersthesis": "thesis", "thesis": "thesis", "techreport": "report",
    "report": "report", "dataset": "dataset", "data": "dataset",
}  # fmt: skip


def matches(head: str) -> bool:
    """Tell whether a text has the first line of a BibTeX entry."""
    return bool(_ENTRY.search(head))


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the papers of a BibTeX file, in its order."""
    strings = dict[str, str]()
    for line, text in _blocks(lines):
        if len(text) > 5 * limits.LONGEST_TEXT:
            yield Refused(source, line, f"longer than {limits.LONGEST_TEXT:,} characters")
        elif string := _STRING.fullmatch(text):
            if len(strings) < _MOST_STRINGS:
                strings[string["name"].lower()] = _bare(string["value"].strip())
        elif _BLOCK.match(text):
            yield from _entries(line, text, strings, source)


def _blocks(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Yield each block with its first line, from one @ at the start of a line to the next.

    Of a block that is too long the beginning, one character longer than a block may be.
    """
    most = 5 * limits.LONGEST_TEXT + 1
    start, held, size = 1, list[str](), 0
    for number, line in limits.numbered(lines):
        if held and _BLOCK.match(line):
            yield start, "".join(held)
            start, held, size = number, [], 0
        if size < most:
            held.append(line[: most - size])
            size += len(line)
    yield start, "".join(held)


def _entries(
    first: int, text: str, strings: Mapping[str, str], source: str
) -> Iterator[Entry | Refused]:
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.model import (
        DuplicateBlockKeyBlock,
        DuplicateFieldKeyBlock,
        ParsingFailedBlock,
    )
    from bibtexparser.model import Entry as Reference

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # it is said by a refusal
    for block in parse_string(text).blocks:
        line = first + (block.start_line or 0)
        twice = (DuplicateBlockKeyBlock, DuplicateFieldKeyBlock)
        # Two papers under one key are papers all the same, and a field twice counts once.
        reference = block.ignore_error_block if isinstance(block, twice) else block
        if isinstance(reference, Reference):
            if len(reference.fields) > limits.MOST_KEYS:
                yield Refused(source, line, f"more than {limits.MOST_KEYS:,} fields")
                continue
            fields = dict[str, str]()
            for field in reference.fields:
                value = str(field.value).strip()
                fields.setdefault(field.key.lower(), _joined(value, strings))
            yield _entry(line, reference.entry_type.lower(), fields)
        elif isinstance(block, ParsingFailedBlock):
            reason = getattr(block.error, "abort_reason", "") or "a field that is there twice"
            yield Refused(source, line, f"broken BibTeX: {' '.join(reason.split())}")


def _entry(line: int, kind: str, fields: Mapping[str, str]) -> Entry:
    links = [*_links(fields)]
    if not any(map(known_by, links)):
        said = f"{fields.get('howpublished', '')} {fields.get('note', '')}"
        links += [found.rstrip(".,;)") for found in _ADDRESS_INSIDE.findall(said)[:1]]
    names = (*_VENUES, "publisher") if kind in ("book", "dataset") else _VENUES
    venue = next((said for name in names if (said := fields.get(name, ""))), "")
    year = re.search(r"(?<!\d)\d{4}(?!\d)", fields.get("year", "") or fields.get("date", ""))
    on_arxiv = arxiv_id(venue) or venue.lower() in ("arxiv", "corr") or "arxiv" in venue.lower()
    return Entry(
        line,
        title=with_subtitle(
            escapes.plain(fields.get("title", "")), escapes.plain(fields.get("subtitle", ""))
        ),
        link=chosen(links),
        abstract=escapes.plain(fields.get("abstract", "")),
        listed=_day(fields),
        categories=(
            *fields.get("primaryclass", "").split(),
            *keywords(fields.get("keywords", "")),
        ),
        comment=fields.get("note", ""),
        version=_version(fields) if any(map(arxiv_id, links)) else None,
        authors=tuple(_authors(fields.get("author", ""))),
        links=tuple(links[: limits.MOST_NAMES]),
        venue="" if on_arxiv else _venue(venue),
        year=int(year[0]) if year else None,
        kind="" if on_arxiv else _KINDS.get(kind, "") or _kind(fields),
        may_lack_link=True,
    )


def _version(fields: Mapping[str, str]) -> int | None:
    """Return the version of what is on arXiv, where the identifier does not name it."""
    found = re.fullmatch(r"v?([1-9]\d{0,2})", fields.get("version", ""))
    named = any(arxiv_version(said) for said in (fields.get("eprint", ""), fields.get("url", "")))
    return int(found[1]) if found and not named else None


def _kind(fields: Mapping[str, str]) -> str:
    return "article" if fields.get("type", "").lower() == "preprint" else ""


def _venue(said: str) -> str:
    """Return a venue as text; one that is a command is a journal, or none that is known."""
    if said.startswith("\\"):
        return _JOURNALS.get(said.strip("\\ ").lower(), "")
    return escapes.name(said)


def _links(fields: Mapping[str, str]) -> Iterator[str]:
    eprint = fields.get("eprint", "")
    kind = (fields.get("eprinttype", "") or fields.get("archiveprefix", "")).lower()
    if eprint and kind in ("", "arxiv"):
        archive = old_style(fields.get("primaryclass", ""), eprint)
        yield eprint if arxiv_id(eprint) else archive or ""
    for name in ("arxivid", "arxiv"):
        yield fields.get(name, "")
    for name in _MAY_NAME_ARXIV:
        said = fields.get(name, "")
        named = _NAMES_ARXIV.search(f"{said} {fields.get('journal', '')}")
        old = name == "journal" and _OLD_STYLE.fullmatch(said)
        yield said if (named or old) and arxiv_id(said) else ""
    for name in ("doi", "url", "bdsk-url-1", "ee", "link"):
        yield fields.get(name, "")
    for name in ("howpublished", "note"):
        yield said if known_by(said := fields.get(name, "")) else ""
    number = fields.get("pmid", "") or (eprint if kind == "pubmed" else "")
    if number.isdecimal():
        yield f"https://pubmed.ncbi.nlm.nih.gov/{number}/"
    if re.fullmatch(r"PMC\d+", central := fields.get("pmcid", "") or fields.get("pmc", "")):
        yield f"https://pmc.ncbi.nlm.nih.gov/articles/{central}/"
    if eprint and kind == "hal":
        yield f"https://hal.science/{eprint}"


def _joined(value: str, strings: Mapping[str, str]) -> str:
    """Return a value without what is around it, put together from its parts: nips # " 2020"."""
    parts = re.split(r"\s*#\s*", value)
    if len(parts) > 1 and not all(map(_PIECE.fullmatch, parts)):
        parts = [value]
    return "".join(_bare(strings.get(part.lower(), part)) for part in parts)


def _bare(value: str) -> str:
    """Return a value without the braces or quotation marks around it."""
    found = _ENCLOSED.fullmatch(value.strip())
    if found is None or (found[1] is not None and not _encloses(found[1])):
        return value
    return found[1] or found[2] or ""


def _encloses(inside: str) -> bool:
    """Tell whether no brace closes in a text that was not opened in it."""
    depth = 0
    for mark in re.findall(r"\\.|[{}]", inside):
        depth += {"{": 1, "}": -1}.get(mark, 0)
        if depth < 0:
            return False
    return True


def _day(fields: Mapping[str, str]) -> date | None:
    if "date" in fields:
        return day(fields["date"])
    in_year, of_year = fields.get("month", ""), fields.get("year", "")
    days = re.sub(r"-+", "-", in_year.replace("~", " "))  # 18--24 Jul, jul # "~18"
    found = day(f"{days} {of_year}") if re.search(r"\d", days) and not days.isdecimal() else None
    in_month = fields.get("day", "")
    if found is None and in_year and in_month.isdecimal():
        found = day(f"{of_year}-{month(in_year)}-{in_month}")
    return found or day(f"{of_year}-{month(in_year)}")


def _authors(text: str) -> Iterator[str]:
    from bibtexparser.middlewares.names import (
        parse_single_name_into_parts,
        split_multiple_persons_names,
    )

    text = _COMMAND_AFTER_AND.sub(r"\1{}", text)  # which the splitting would lose
    for name in split_multiple_persons_names(text)[: limits.MOST_AUTHORS + 1]:
        if told := dict(_NAME_PART.findall(name)):  # biblatex: family=Berg, given=Jan
            yield escapes.name(people.structured(told))
            continue
        parts = parse_single_name_into_parts(name, strict=False)
        if parts.jr and is_suffix(" ".join(parts.first)):  # ADS: {Smith}, John, Jr.
            parts.first, parts.jr = parts.jr, parts.first
        if plain := people.one(escapes.name(parts.merge_first_name_first).replace(",", "\0")):
            yield plain.replace("\0", ",")
