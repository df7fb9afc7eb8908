"""Lines with a tag and a value: RIS, Web of Science and PubMed's format, EndNote's and others'.

::

    TY  - JOUR            PT J                 %0 Journal Article
    TI  - A Title         TI A Title           %T A Title
    AB  - The abstract.   AB The abstract.     %X The abstract.
    ER  -                 ER

One record is held at a time; those of RIS are read by rispy.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from rag.core.identifiers import doi_of, known_by
from rag.listings import limits, people, records
from rag.listings.entries import Entry, Refused
from rag.listings.text import without_stop

FORMAT = (
    "RIS, EndNote, RefWorks, NoteExpress, PubMed, Ovid, Cochrane, ADS or Web of Science records"
)
ENDINGS = (".ris", ".enw", ".ciw", ".nbib", ".txt")
SIGNS = "TPFR%{<"

_MARKS = re.compile(
    r"^(?:(?P<ris>\ufeff?TY  ?- ?\w+)|(?P<wok>PT [A-Z]\s*$)|(?P<endnote>%0 \w)"
    r"|(?P<ads>%R (?:1[89]|20)\d\d\S{15}\s*$)"
    r"|(?P<noteexpress>\{Reference Type\}: ?\w)|(?P<pubmed>(?:PMID|OID) ?- ?\w)"
    r"|(?P<refworks>RT (?:Journal|Conference|Book|Dissertation|Report)\b)"
    r"|(?P<cochrane>Record #\d+ of \d+\s*$)|(?P<ovid><\d{1,6}>\s*$))",
    re.MULTILINE,
)
_OVID = re.compile(r"^<\d{1,6}>\s*\n[A-Z][\w ]+\n +\S", re.MULTILINE)  # a number alone may be any
_RIS_LINE = re.compile(r"^([A-Z][A-Z0-9]) {1,2}- ?(.*)$")
_WOK_LINE = re.compile(r"^([A-Z][A-Z0-9])(?: (.*))?$")
_PUBMED_LINE = re.compile(r"^([A-Z]{2,4}) *- (.*)$")
_ENDNOTE_LINE = re.compile(r"^%(\S) (.*)$")
_NOTEEXPRESS_LINE = re.compile(r"^\{([\w -]{1,40})\}: ?(.*)$")
_AUTHOR = re.compile(r"^AU  - (.+)$", re.MULTILINE)
_RETRACTED = re.compile(r"^PT  - Retracted Publication\s*$", re.MULTILINE)
_LONGEST = 5 * limits.LONGEST_TEXT
_RIS_KINDS = {
    "JOUR": "journal article", "CONF": "conference paper", "CPAPER": "conference paper",
    "CHAP": "book chapter", "BOOK": "book", "THES": "thesis", "RPRT": "report", "MGZN": "article",
    "DATA": "dataset", "UNPB": "preprint",
}  # fmt: skip

_NAMES = {
    "T": "title", "A": "author", "X": "abstract", "U": "url", "R": "doi", "D": "year",
    "8": "date", "J": "journal", "B": "journal", "0": "type",
    "TI": "title", "FAU": "author", "AB": "abstract", "PMID": "pmid", "AID": "doi", "LID": "doi",
    "DP": "year", "CN": "author", "JT": "journal", "PT": "type",
}  # fmt: skip
_ADS = {
    "T": "title", "A": "author", "B": "abstract", "D": "year", "J": "journal", "U": "url",
    "Y": "doi",
}  # fmt: skip
_REFWORKS = {
    "RT": "type", "T1": "title", "A1": "author", "AB": "abstract", "YR": "year", "FD": "date",
    "JF": "journal", "T2": "journal", "DO": "doi", "UL": "url", "LK": "url",
}  # fmt: skip
_COCHRANE_LINE = re.compile(r"^([A-Z]{2,3}): ?(.*)$")
_COCHRANE = {
    "TI": "title", "AU": "author", "AB": "abstract", "SO": "journal", "YR": "year", "DOI": "doi",
    "US": "url", "PT": "type",
}  # fmt: skip
_NOTEEXPRESS = {
    "Title": "title", "Author": "author", "Abstract": "abstract", "URL": "url", "DOI": "doi",
    "Year": "year", "Date": "date", "Journal": "journal", "Tertiary Title": "journal",
    "Reference Type": "type",
}  # fmt: skip
_MANY = ("author", "url", "type")


def matches(head: str) -> bool:
    """Tell whether a text has the first line of a record."""
    found = _MARKS.search(head)
    return found is not None and (found.lastgroup != "ovid" or bool(_OVID.search(head)))


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the papers of a file of tagged records, in its order."""
    for line, dialect, text in _records(lines):
        if len(text) > _LONGEST:
            yield Refused(source, line, f"longer than {limits.LONGEST_TEXT:,} characters")
            continue
        try:
            record = _READERS[dialect](text)
        except Exception as error:  # rispy raises what it meets
            yield Refused(source, line, f"a broken record: {' '.join(str(error).split())[:80]}")
            continue
        if len(record) > limits.MOST_KEYS:
            yield Refused(source, line, f"more than {limits.MOST_KEYS:,} fields")
        else:
            yield records.entry(line, record)


def _records(lines: Iterable[str]) -> Iterator[tuple[int, str, str]]:
    """Yield of each record its first line, its dialect and its text; too long a text is cut."""
    start, dialect, held, size = 0, "", list[str](), 0
    for number, line in limits.numbered(lines):
        line = line.removeprefix("\ufeff")
        if mark := _MARKS.match(line):
            if dialect:
                yield start, dialect, "".join(held)
            start, dialect, held, size = number, str(mark.lastgroup), [], 0
        if dialect and size <= _LONGEST:
            held.append(line)
            size += len(line)
    if dialect:
        yield start, dialect, "".join(held)


def _ris(text: str) -> dict[str, Any]:
    import rispy

    tagged = [_RIS_LINE.match(line) for line in text.splitlines()]
    plain = "\n".join(
        f"{found[1]}  - {found[2]}" if found else line
        for found, line in zip(tagged, text.splitlines(), strict=True)
        if not (found and found[1] == "ER")
    )
    (said,) = rispy.loads(f"{plain}\nER  - \n")
    links = [*_addresses(said.get("urls", [])), *_unknown(said, "L1", "L2")]
    beside = said.get("type_of_work") or ""
    return {
        "title": said.get("title") or said.get("primary_title"),
        "abstract": said.get("abstract") or said.get("notes_abstract"),
        "authors": said.get("authors") or said.get("first_authors"),
        "doi": said.get("doi") or (beside if doi_of(beside) else ""),
        "url": links + [v for k, v in said.items() if k.startswith("file_attachments")],
        "date": "/".join(str(said.get("date") or said.get("year") or "").split("/")[:3]),
        "year": said.get("year") or said.get("publication_year"),
        "journal": next(filter(None, (said.get(name) for name in (
            "secondary_title", "alternate_title3", "journal_name", "alternate_title2",
        ))), next(_unknown(said, "BT"), "")),
        "categories": [*filter(records.is_keyword, said.get("keywords", []))],
        "comment": " ".join(map(str, said.get("notes", []))),
        "type": _RIS_KINDS.get(said.get("type_of_reference", ""), ""),
        "arxiv": next((t for t in (said.get("id"), said.get("number"), *_notes(said)) if t), ""),
    }  # fmt: skip


def _addresses(parts: Iterable[str]) -> list[str]:
    """Return addresses whole again that rispy has cut at a semicolon: a DOI may have one."""
    found = list[str]()
    for part in parts:
        if found and part and known_by(part) is None:
            found[-1] += f";{part}"
        else:
            found.append(part)
    return found


def _notes(said: dict[str, Any]) -> Iterator[str]:
    for note in said.get("notes", []):
        if "arxiv" in str(note).lower():
            yield str(note)


def _unknown(said: dict[str, Any], *tags: str) -> Iterator[str]:
    for tag in tags:
        yield from said.get("unknown_tag", {}).get(tag, [])


def _wok(text: str) -> dict[str, Any]:
    said, under = dict[str, list[str]](), ""
    for line in text.splitlines():
        if found := _WOK_LINE.match(line):
            under = found[1]
            said.setdefault(under, []).append((found[2] or "").strip())
        elif under and line.strip():
            said[under].append(line.strip())
    joined = {tag: " ".join(values) for tag, values in said.items()}
    kind = {"J": "journal article", "C": "conference paper", "B": "book"}
    return {
        "title": joined.get("TI"),
        "abstract": joined.get("AB"),
        "authors": said.get("AF") or said.get("AU"),
        "doi": joined.get("DI"),
        "year": joined.get("PY"),
        "date": f"{joined.get('PD', '')} {joined.get('PY', '')}".strip(),
        "pmid": joined.get("PM"),
        "journal": joined.get("SO"),
        "type": kind.get(joined.get("PT", ""), ""),
        "ut": joined.get("UT"),
    }


def _endnote(text: str) -> dict[str, Any]:
    return _plain(text, _ENDNOTE_LINE)


def _ads(text: str) -> dict[str, Any]:
    """Return a record as ADS tags it: the names in one line, or each in its own."""
    said = _plain(text, _ENDNOTE_LINE, _ADS)
    beside, volume = said.pop("doi", ""), said.get("journal", "").partition(", ")
    found = re.search(r"(?<!\S)DOI: ?([^\s;]{1,300})", beside)
    named = [name.strip() for names in said.get("author", []) for name in names.split(";")]
    arxiv = re.search(r"\barXiv:[\w./-]{1,60}\w", beside)
    more = {"author": [*filter(None, named)], "journal": volume[0]}
    more |= {"doi": found[1]} if found else {}
    more |= {"date": said["year"]} if "year" in said else {}
    return said | more | ({"arxiv": arxiv[0]} if arxiv else {})


def _pubmed(text: str) -> dict[str, Any]:
    said = _plain(text, _PUBMED_LINE)
    if "author" not in said:  # ERIC has whole names where PubMed has initials
        said["author"] = [found[1] for found in _AUTHOR.finditer(text)]
    if isinstance(title := said.get("title"), str):
        said["title"] = without_stop(title)
    if _RETRACTED.search(text):
        said["comment"] = "retracted"
    return said


def _refworks(text: str) -> dict[str, Any]:
    return _plain(text, _WOK_LINE, _REFWORKS)


def _noteexpress(text: str) -> dict[str, Any]:
    said = _plain(text, _NOTEEXPRESS_LINE, _NOTEEXPRESS)
    named = [name.strip() for names in said.get("author", []) for name in names.split(";")]
    return said | {"author": list(filter(None, named))}


def _cochrane(text: str) -> dict[str, Any]:
    said = _plain(text, _COCHRANE_LINE, _COCHRANE)
    return said | {"author": [*map(people.by_initials, said.get("author", []))]}


def _ovid(text: str) -> dict[str, Any]:
    """Return a record whose values stand below their names, further in."""
    said, under = dict[str, str](), ""
    for line in text.splitlines()[1:]:
        if line.strip() and not line.startswith(" "):
            under = line.strip()
        elif under and line.strip():
            said[under] = f"{said.get(under, '')} {line.strip()}".strip()
    names = re.split(r"; ?", said.pop("Authors", ""))
    return said | {
        "title": without_stop(said.pop("Title", "")),
        "author": [*filter(None, map(people.by_initials, names))],
    }


def _plain(
    text: str, pattern: re.Pattern[str], names: Mapping[str, str] = _NAMES
) -> dict[str, Any]:
    """Return the fields of a record whose lines have a tag, or go on with the one above."""
    record, under = dict[str, Any](), ""
    for line in text.splitlines():
        if found := pattern.match(line):
            under, value = names.get(found[1], ""), (found[2] or "").strip()
            if under == "doi" and "[" in value:  # PubMed: 10.1000/x [doi], S0000 [pii]
                under, value = ("doi" if "[doi]" in value else ""), value.partition(" ")[0]
            if under in _MANY:
                record.setdefault(under, []).append(value)
            elif under and under not in record:
                record[under] = value
            else:
                under = ""
        elif under and line.strip():
            if under in _MANY:
                record[under][-1] += f" {line.strip()}"
            else:
                record[under] += f" {line.strip()}"
    return record


_READERS: dict[str, Callable[[str], dict[str, Any]]] = {
    "ris": _ris, "wok": _wok, "endnote": _endnote, "ads": _ads, "pubmed": _pubmed,
    "refworks": _refworks, "noteexpress": _noteexpress, "cochrane": _cochrane, "ovid": _ovid,
}  # fmt: skip
