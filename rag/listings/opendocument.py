"""Tables (.ods) and documents (.odt) of LibreOffice and others, as CSV and as Markdown."""

from typing import TYPE_CHECKING

from rag.listings.excel import MOST_SHEETS, WIDEST, Row, Sheet, computed, csv_of
from rag.listings.packed import Parts, get, name
from rag.listings.word import grid, joined, level_of, paragraph

if TYPE_CHECKING:
    from lxml import etree

CONTENT = "content.xml"
_REPEATED = 100  # times that a cell is said to stand there; an empty one is said to a million times


def read(parts: Parts) -> str:
    """Return tables as CSV, or a document as Markdown."""
    sheets, lines = list[Sheet](), list[str]()
    for body in parts.whole(CONTENT, "spreadsheet", "text"):
        if name(body) == "spreadsheet":
            sheets += [_ods(parts, one) for one in body.iterchildren("{*}table")][:MOST_SHEETS]
        for block in body.iter("{*}h", "{*}p", "{*}table") if name(body) == "text" else ():
            ups = {name(up) for up in block.iterancestors()}
            if "table" in ups:
                continue
            if name(block) == "table":
                rows = ([
                    " ".join(_inline(p, marked=False) for p in cell.iter("{*}p")).strip()
                    for cell in row.iterchildren("{*}table-cell")
                ] for row in block.iter("{*}table-row"))  # fmt: skip
                lines += grid([*rows])
                continue
            level = get(block, "outline-level")
            style = level_of(get(block, "style-name")) if name(block) == "p" else 0
            depth = (int(level) if level.isdecimal() else 1) if name(block) == "h" else style
            lines += paragraph(_inline(block), min(depth, 6), listed="list-item" in ups)
    return csv_of(sheets) if sheets else "\n".join(lines)


def _inline(element: "etree._Element", *, marked: bool = True) -> str:
    """Return a paragraph of an open document, with what links as Markdown has it."""
    runs = list[tuple[str, bool, str]]()

    def add(one: "etree._Element", to: str) -> None:
        to = get(one, "href") if name(one) == "a" else to
        blank = " " if name(one) in ("s", "tab", "line-break") else ""
        runs.append((blank + (one.text or ""), False, to))
        for inside in one:
            if name(inside) not in ("note", "annotation"):
                add(inside, to)
            runs.append((inside.tail or "", False, to))

    add(element, "")
    return joined(runs, marked=marked)


def _ods(parts: Parts, element: "etree._Element") -> Sheet:
    rows, links = list[Row](), list[Row]()
    for one in element.iter("{*}table-row"):
        row, to = list[str](), list[str]()
        for cell in one:
            day = get(cell, "date-value")[:10]
            said = day or " ".join(_inline(p, marked=False) for p in cell.iter("{*}p"))
            to += [get(link, "href") for link in cell.iter("{*}a")]
            to += computed(get(cell, "formula"))
            times = get(cell, "number-columns-repeated")
            count = min(int(times), _REPEATED if said else WIDEST) if times.isdecimal() else 1
            row += [said] * count
            if len(row) > WIDEST:
                break
        while row and not row[-1]:
            row.pop()
        parts.take(sum(map(len, row)))
        rows.append(row)
        links.append(to)
    return rows, links
