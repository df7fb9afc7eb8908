"""Documents and tables of office programs (.xlsx, .ods, .docx, .odt) as the text that is in them.

A table becomes CSV, with what its cells link to in a column of its own; a document becomes
Markdown, with its headings, lists, links and tables. What that says of papers is read by the
readers of such text. Nothing in the file is fetched, calculated or expanded, and no more is
unpacked than a listing may hold.
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import IO, TYPE_CHECKING
from urllib.parse import unquote

from rag.errors import ListingError
from rag.listings import limits, table
from rag.listings.fields import plain_name

if TYPE_CHECKING:
    from lxml import etree

BEGINNING = b"PK\x03\x04"
"""First bytes of such a file, as of any zip archive."""

_LARGEST = 100_000_000
"""Bytes of such a file: it is read whole, and a hundred thousand papers are in less."""

_LARGEST_TREE = 24_000_000
"""Bytes of a document that is looked at as a whole, which takes ten times the room: 2,000 pages."""

_WORKBOOK, _DOCUMENT, _OPEN = "xl/workbook.xml", "word/document.xml", "content.xml"
_MOST_SHEETS = 200
_WIDEST = 1_000  # columns of a table
_REPEATED = 100  # times that a cell is said to stand there; an empty one is said to a million times
_EPOCH = {False: datetime(1899, 12, 30, tzinfo=UTC), True: datetime(1904, 1, 1, tzinfo=UTC)}
_DATES = {*range(14, 18), 22, *range(27, 32), 34, 35, 36, *range(50, 59)}  # ECMA-376, 18.8.30
_NO_DATE = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
_CELL = re.compile(r"(?P<column>[A-Z]{1,3})\d+")
_HEADING = re.compile(r"(?:heading|berschrift|titre|titolo|ttulo|kop|rubrik)(?P<level>\d)")
_FORMULA = re.compile(r'\bHYPERLINK\(\s*"(?P<address>[^"]+)"', re.IGNORECASE)
_INSTRUCTED = re.compile(r'\s*HYPERLINK\s+"(?P<address>[^"]+)"')

Row = list[str]


def text(packed: IO[bytes], name: str) -> str:
    """Return the text of a document.

    Parameters
    ----------
    packed
        The file, to be read from its beginning.
    name
        What an error calls it.

    Raises
    ------
    ListingError
        If it is another archive, damaged, locked with a password, or unpacks to too much.
    """
    held = packed.read(_LARGEST + 1)
    if len(held) > _LARGEST:
        raise ListingError(f"{name} is larger than {_LARGEST:,} bytes; save it as CSV or Markdown")
    try:
        with zipfile.ZipFile(io.BytesIO(held)) as archive:
            parts = _Parts(archive, limits.UNPACKED_FREELY + limits.MOST_UNPACKED * len(held))
            for part, read in ((_WORKBOOK, _xlsx), (_DOCUMENT, _docx), (_OPEN, _open_document)):
                if part in parts.names:
                    return read(parts)
    except _TooLargeError as error:
        raise ListingError(f"{name} unpacks to far more than a listing; save it as CSV") from error
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, KeyError, SyntaxError) as error:
        raise ListingError(f"{name} is damaged or cut off; save it anew") from error
    except (RuntimeError, NotImplementedError) as error:  # what zipfile says of a password
        raise ListingError(f"{name} is locked with a password; save it without") from error
    raise ListingError(f"{name} is an archive, no listing; unpack it and give its files")


class _TooLargeError(Exception):
    """An archive holds more than it may."""


class _Parts:
    """The files in an archive, together no larger than they may be."""

    def __init__(self, archive: zipfile.ZipFile, most: int) -> None:
        self._archive, self._left = archive, min(most, 2 * limits.UNPACKED_FREELY)
        self.names = frozenset(archive.namelist())

    def elements(self, part: str, *tags: str) -> "Iterator[etree._Element]":
        """Yield the elements of a part with these names, emptied when the next is asked for."""
        from lxml import etree

        if part not in self.names:
            return
        with self._archive.open(part) as packed:
            found = etree.iterparse(
                _Counted(packed, self.take),
                tag=[f"{{*}}{tag}" for tag in tags],
                resolve_entities=False,
                load_dtd=False,
                no_network=True,
                remove_comments=True,
            )
            for _, element in found:
                yield element
                element.clear()
                while element.getprevious() is not None:
                    parent = element.getparent()
                    if parent is None:
                        break
                    del parent[0]

    def links(self, part: str) -> dict[str, str]:
        """Return the addresses outside that a part names, by how it names them."""
        folder, _, file = part.rpartition("/")
        return {
            element.get("Id", ""): element.get("Target", "")
            for element in self.elements(f"{folder}/_rels/{file}.rels", "Relationship")
        }

    def whole(self, part: str, *tags: str) -> "Iterator[etree._Element]":
        """Yield as `elements` does what is most of a part."""
        if self._archive.getinfo(part).file_size > _LARGEST_TREE:
            raise _TooLargeError
        yield from self.elements(part, *tags)

    def take(self, size: int) -> None:
        """Count some bytes or characters more.

        Raises
        ------
        _TooLargeError
            If there are more than there may be.
        """
        self._left -= size
        if self._left < 0:
            raise _TooLargeError


class _Counted(io.RawIOBase):
    """A stream that tells how much was read of it."""

    def __init__(self, packed: IO[bytes], told: Callable[[int], None]) -> None:
        self._packed, self._told = packed, told

    def readable(self) -> bool:
        """Return true: it is there to be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Read some bytes."""
        found = self._packed.read(size if size >= 0 else 1 << 16)
        self._told(len(found))
        return found


def _name(element: "etree._Element") -> str:
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def _get(element: "etree._Element", name: str) -> str:
    """Return an attribute, in whatever namespace it is."""
    return next((str(v) for k, v in element.items() if str(k).rpartition("}")[2] == name), "")


# -- Tables ---------------------------------------------------------------------------------------


def _csv(sheets: Sequence[tuple[list[Row], list[Row]]]) -> str:
    """Return sheets, each as its rows and the links of these, as one text; those of papers only."""
    texts = []
    for rows, links in sheets:
        head = next((at for at, row in enumerate(rows) if table.is_head(row)), 0)
        written = io.StringIO()
        out = csv.writer(written, lineterminator="\n")
        linked = any(links)
        for at, (row, to) in enumerate(zip(rows, links, strict=True)):
            behind = ["Links" if at == head else " ".join(to)] if linked else []
            if any(cell.strip() for cell in row):
                cells = [" ".join(cell.split()) for cell in row]
                out.writerow([*cells, *[""] * (len(rows[head]) - len(row)), *behind])
        texts.append(written.getvalue())
    ofpapers = [one for one in texts if table.matches(one) or table.lacking(one)]
    return "".join(ofpapers or texts)


def _xlsx(parts: _Parts) -> str:
    shared = [_plain(one) for one in parts.elements("xl/sharedStrings.xml", "si")]
    dates, since = _date_styles(parts), _EPOCH[False]
    for element in parts.elements(_WORKBOOK, "workbookPr"):
        since = _EPOCH[element.get("date1904") in ("1", "true")]
    named = parts.links(_WORKBOOK)
    ids = [_get(sheet, "id") for sheet in parts.elements(_WORKBOOK, "sheet")]
    sheets = []
    for target in (named.get(i, "") for i in ids[:_MOST_SHEETS]):
        part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
        sheets.append(_sheet(parts, part, lambda cell: _value(cell, shared, dates, since)))
    return _csv(sheets)


def _sheet(
    parts: _Parts, part: str, value: "Callable[[etree._Element], str]"
) -> tuple[list[Row], list[Row]]:
    rows, links, named = list[Row](), list[Row](), parts.links(part)
    numbers = dict[str, int]()
    for element in parts.elements(part, "row", "hyperlink"):
        if _name(element) == "hyperlink":
            at = numbers.get(re.sub(r"\D", "", _get(element, "ref").partition(":")[0]))
            address = named.get(_get(element, "id"), "")
            if at is not None and address:
                links[at].append(address)
            continue
        row, to = list[str](), list[str]()
        for cell in element:
            to += _computed("".join(one.text or "" for one in cell.iterchildren("{*}f")))
            at = _column(_get(cell, "r"), len(row))
            if at < _WIDEST:
                row += [""] * (at - len(row))
                row.append(value(cell))
        numbers[_get(element, "r") or str(len(rows) + 1)] = len(rows)
        parts.take(sum(map(len, row)))  # a text that is there once may be that of many cells
        rows.append(row)
        links.append(to)
    return rows, links


def _computed(formula: str) -> list[str]:
    """Return the address that a formula makes a link of, if it does."""
    found = _FORMULA.search(formula)
    return [found["address"]] if found else []


def _column(reference: str, default: int) -> int:
    """Return the number of a column, from 0, of a cell's name: 27 of AB12."""
    found = _CELL.fullmatch(reference)
    if found is None:
        return default
    number = 0
    for letter in found["column"]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _value(cell: "etree._Element", shared: list[str], dates: set[int], since: datetime) -> str:
    kind, said = cell.get("t", "n"), ""
    for inside in cell:
        if _name(inside) == "v":
            said = inside.text or ""
        elif _name(inside) == "is":
            return _plain(inside)
    if kind == "s":
        place = int(said) if said.isdecimal() else -1
        return shared[place] if 0 <= place < len(shared) else ""
    if kind != "n" or not said:
        return said if kind != "e" else ""
    try:
        number = float(said)
        style = cell.get("s", "")
        if style.isdecimal() and int(style) in dates:
            return (since + timedelta(days=number)).date().isoformat()
        return f"{number:.15g}"  # 2104.00194 is kept as 2104.0019400000001
    except (ValueError, OverflowError):
        return said


def _date_styles(parts: _Parts) -> set[int]:
    """Return the numbers of the styles of cells that are shown as days."""
    own = dict[int, bool]()
    for one in parts.elements("xl/styles.xml", "numFmt"):
        with suppress(ValueError):
            shown = _NO_DATE.sub("", one.get("formatCode", "")).lower()
            own[int(one.get("numFmtId", ""))] = bool(re.search(r"[yd]", shown))
    for styles in parts.elements("xl/styles.xml", "cellXfs"):
        numbers = [int(n) if (n := one.get("numFmtId", "")).isdecimal() else 0 for one in styles]
        return {at for at, number in enumerate(numbers) if own.get(number, number in _DATES)}
    return set()


def _plain(element: "etree._Element") -> str:
    """Return the text of a string, without how its signs are pronounced."""
    return "".join(
        one.text or ""
        for one in element.iter("{*}t")
        if (up := one.getparent()) is None or _name(up) != "rPh"
    )


def _ods(parts: _Parts, element: "etree._Element") -> tuple[list[Row], list[Row]]:
    rows, links = list[Row](), list[Row]()
    for one in element.iter("{*}table-row"):
        row, to = list[str](), list[str]()
        for cell in one:
            day = _get(cell, "date-value")[:10]
            said = day or " ".join(_inline(p, marked=False) for p in cell.iter("{*}p"))
            to += [_get(link, "href") for link in cell.iter("{*}a")]
            to += _computed(_get(cell, "formula"))
            times = _get(cell, "number-columns-repeated")
            count = min(int(times), _REPEATED if said else _WIDEST) if times.isdecimal() else 1
            row += [said] * count
            if len(row) > _WIDEST:
                break
        while row and not row[-1]:
            row.pop()
        parts.take(sum(map(len, row)))
        rows.append(row)
        links.append(to)
    return rows, links


# -- Documents ------------------------------------------------------------------------------------


def _grid(rows: Sequence[Row]) -> list[str]:
    """Return a table as Markdown."""
    shown = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    return ["", *shown[:1], f"|{' --- |' * len(rows[0])}", *shown[1:], ""] if rows else []


def _docx(parts: _Parts) -> str:
    links, lines = parts.links(_DOCUMENT), list[str]()
    for body in parts.whole(_DOCUMENT, "body"):
        for block in body.iter("{*}p", "{*}tbl"):
            if any(_name(up) == "tbl" for up in block.iterancestors()):
                continue
            if _name(block) == "tbl":
                lines += _grid([
                    [
                        " ".join(_word(p, links, marked=False) for p in cell.iter("{*}p")).strip()
                        for cell in row.iterchildren("{*}tc")
                    ]
                    for row in block.iterchildren("{*}tr")
                ])  # fmt: skip
                continue
            style = next((_get(one, "val") for one in block.iter("{*}pStyle")), "")
            listed = next(block.iter("{*}numPr"), None) is not None
            lines += _paragraph(_word(block, links), _level(style), listed=listed)
    return "\n".join(lines)


def _paragraph(said: str, level: int, *, listed: bool) -> list[str]:
    if not said.strip():
        return [""]
    if level:
        return ["", f"{'#' * level} {said.replace('**', '').strip()}", ""]
    return [f"- {said.strip()}"] if listed else ["", said.strip(), ""]


def _level(style: str) -> int:
    if plain_name(style) == "title":
        return 1
    found = _HEADING.search(plain_name(style))
    return min(int(found["level"]), 6) if found else 0


def _word(paragraph: "etree._Element", links: dict[str, str], *, marked: bool = True) -> str:
    """Return a paragraph of Word's: what is bold in stars, what links as Markdown has it."""
    runs, address = list[tuple[str, bool, str]](), ""
    for run in paragraph.iter("{*}r"):
        said = ""
        for one in run:
            if _name(one) == "t":
                said += one.text or ""
            elif _name(one) in ("tab", "br", "cr"):
                said += " "
            elif _name(one) == "instrText" and (told := _INSTRUCTED.match(one.text or "")):
                address = told["address"]
            elif _name(one) == "fldChar" and _get(one, "fldCharType") == "end":
                address = ""
        up = run.getparent()
        to = links.get(_get(up, "id"), "") if up is not None and _name(up) == "hyperlink" else ""
        bold = run.find("{*}rPr/{*}b")
        runs.append(
            (said, bold is not None and _get(bold, "val") not in ("0", "false"), to or address)
        )
    return _joined(runs, marked=marked)


def _joined(runs: Sequence[tuple[str, bool, str]], *, marked: bool) -> str:
    """Return runs of text, of which each may be bold and may link, in Markdown."""
    merged = list[tuple[str, bool, str]]()
    for said, bold, to in runs:
        if merged and merged[-1][1:] == (bold, to):
            merged[-1] = (merged[-1][0] + said, bold, to)
        elif said:
            merged.append((said, bold, to))
    out = ""
    for said, bold, to in merged:
        core = said.strip()
        shown = core
        if to and core:
            shown = to if core == to or unquote(to) == core else f"[{core}]({to})"
        elif bold and marked and core:
            shown = f"**{core}**"
        lead, tail = said[: len(said) - len(said.lstrip())], said[len(said.rstrip()) :]
        out += lead + shown + (tail if core else "")
    return out


def _open_document(parts: _Parts) -> str:
    sheets, lines = list[tuple[list[Row], list[Row]]](), list[str]()
    for body in parts.whole(_OPEN, "spreadsheet", "text"):
        if _name(body) == "spreadsheet":
            sheets += [_ods(parts, one) for one in body.iterchildren("{*}table")][:_MOST_SHEETS]
        for block in body.iter("{*}h", "{*}p", "{*}table") if _name(body) == "text" else ():
            ups = {_name(up) for up in block.iterancestors()}
            if "table" in ups:
                continue
            if _name(block) == "table":
                rows = ([
                    " ".join(_inline(p, marked=False) for p in cell.iter("{*}p")).strip()
                    for cell in row.iterchildren("{*}table-cell")
                ] for row in block.iter("{*}table-row"))  # fmt: skip
                lines += _grid([*rows])
                continue
            level = _get(block, "outline-level")
            style = _level(_get(block, "style-name")) if _name(block) == "p" else 0
            depth = (int(level) if level.isdecimal() else 1) if _name(block) == "h" else style
            lines += _paragraph(_inline(block), min(depth, 6), listed="list-item" in ups)
    return _csv(sheets) if sheets else "\n".join(lines)


def _inline(element: "etree._Element", *, marked: bool = True) -> str:
    """Return a paragraph of an open document, with what links as Markdown has it."""
    runs = list[tuple[str, bool, str]]()

    def add(one: "etree._Element", to: str) -> None:
        to = _get(one, "href") if _name(one) == "a" else to
        blank = " " if _name(one) in ("s", "tab", "line-break") else ""
        runs.append((blank + (one.text or ""), False, to))
        for inside in one:
            if _name(inside) not in ("note", "annotation"):
                add(inside, to)
            runs.append((inside.tail or "", False, to))

    add(element, "")
    return _joined(runs, marked=marked)
