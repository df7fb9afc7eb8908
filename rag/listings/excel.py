"""Tables of Excel's (.xlsx) as CSV, with what their cells link to in a column of its own."""

import csv
import io
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from rag.listings import table
from rag.listings.packed import Parts, get, name

if TYPE_CHECKING:
    from lxml import etree

WORKBOOK = "xl/workbook.xml"
MOST_SHEETS = 200
WIDEST = 1_000  # columns of a table
_EPOCH = {False: datetime(1899, 12, 30, tzinfo=UTC), True: datetime(1904, 1, 1, tzinfo=UTC)}
_DATES = {*range(14, 18), 22, *range(27, 32), 34, 35, 36, *range(50, 59)}  # ECMA-376, 18.8.30
_NO_DATE = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
_CELL = re.compile(r"(?P<column>[A-Z]{1,3})\d+")
_FORMULA = re.compile(r'\bHYPERLINK\(\s*"(?P<address>[^"]+)"', re.IGNORECASE)

Row = list[str]
Sheet = tuple[list[Row], list[Row]]
"""The rows of a table, and what the cells of each link to."""


def csv_of(sheets: Sequence[Sheet]) -> str:
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


def read(parts: Parts) -> str:
    """Return the tables of a workbook as CSV."""
    shared = [_plain(one) for one in parts.elements("xl/sharedStrings.xml", "si")]
    dates, since = _date_styles(parts), _EPOCH[False]
    for element in parts.elements(WORKBOOK, "workbookPr"):
        since = _EPOCH[element.get("date1904") in ("1", "true")]
    named = parts.links(WORKBOOK)
    ids = [get(sheet, "id") for sheet in parts.elements(WORKBOOK, "sheet")]
    sheets = []
    for target in (named.get(i, "") for i in ids[:MOST_SHEETS]):
        part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
        sheets.append(_sheet(parts, part, lambda cell: _value(cell, shared, dates, since)))
    return csv_of(sheets)


def _sheet(parts: Parts, part: str, value: "Callable[[etree._Element], str]") -> Sheet:
    rows, links, named = list[Row](), list[Row](), parts.links(part)
    numbers = dict[str, int]()
    for element in parts.elements(part, "row", "hyperlink"):
        if name(element) == "hyperlink":
            at = numbers.get(re.sub(r"\D", "", get(element, "ref").partition(":")[0]))
            address = named.get(get(element, "id"), "")
            if at is not None and address:
                links[at].append(address)
            continue
        row, to = list[str](), list[str]()
        for cell in element:
            to += computed("".join(one.text or "" for one in cell.iterchildren("{*}f")))
            at = _column(get(cell, "r"), len(row))
            if at < WIDEST:
                row += [""] * (at - len(row))
                row.append(value(cell))
        numbers[get(element, "r") or str(len(rows) + 1)] = len(rows)
        parts.take(sum(map(len, row)))  # a text that is there once may be that of many cells
        rows.append(row)
        links.append(to)
    return rows, links


def computed(formula: str) -> list[str]:
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
        if name(inside) == "v":
            said = inside.text or ""
        elif name(inside) == "is":
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


def _date_styles(parts: Parts) -> set[int]:
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
        if (up := one.getparent()) is None or name(up) != "rPh"
    )
