"""Documents of Word's (.docx) as Markdown, with their headings, lists, links and tables."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import unquote

from rag.listings.fields import plain_name
from rag.listings.packed import Parts, get, name

if TYPE_CHECKING:
    from lxml import etree

DOCUMENT = "word/document.xml"
_HEADING = re.compile(r"(?:heading|berschrift|titre|titolo|ttulo|kop|rubrik)(?P<level>\d)")
_INSTRUCTED = re.compile(r'\s*HYPERLINK\s+"(?P<address>[^"]+)"')


def grid(rows: Sequence[list[str]]) -> list[str]:
    """Return a table as Markdown."""
    shown = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    return ["", *shown[:1], f"|{' --- |' * len(rows[0])}", *shown[1:], ""] if rows else []


def read(parts: Parts) -> str:
    """Return a document as Markdown."""
    links, lines = parts.links(DOCUMENT), list[str]()
    for body in parts.whole(DOCUMENT, "body"):
        for block in body.iter("{*}p", "{*}tbl"):
            if any(name(up) == "tbl" for up in block.iterancestors()):
                continue
            if name(block) == "tbl":
                lines += grid([
                    [
                        " ".join(_word(p, links, marked=False) for p in cell.iter("{*}p")).strip()
                        for cell in row.iterchildren("{*}tc")
                    ]
                    for row in block.iterchildren("{*}tr")
                ])  # fmt: skip
                continue
            style = next((get(one, "val") for one in block.iter("{*}pStyle")), "")
            listed = next(block.iter("{*}numPr"), None) is not None
            lines += paragraph(_word(block, links), level_of(style), listed=listed)
    return "\n".join(lines)


def paragraph(said: str, level: int, *, listed: bool) -> list[str]:
    """Return the lines of a paragraph: a heading of a level, a member of a list, or plain."""
    if not said.strip():
        return [""]
    if level:
        return ["", f"{'#' * level} {said.replace('**', '').strip()}", ""]
    return [f"- {said.strip()}"] if listed else ["", said.strip(), ""]


def level_of(style: str) -> int:
    """Return the level of the heading that a style is of; 0 if of none."""
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
            if name(one) == "t":
                said += one.text or ""
            elif name(one) in ("tab", "br", "cr"):
                said += " "
            elif name(one) == "instrText" and (told := _INSTRUCTED.match(one.text or "")):
                address = told["address"]
            elif name(one) == "fldChar" and get(one, "fldCharType") == "end":
                address = ""
        up = run.getparent()
        to = links.get(get(up, "id"), "") if up is not None and name(up) == "hyperlink" else ""
        bold = run.find("{*}rPr/{*}b")
        runs.append(
            (said, bold is not None and get(bold, "val") not in ("0", "false"), to or address)
        )
    return joined(runs, marked=marked)


def joined(runs: Sequence[tuple[str, bool, str]], *, marked: bool) -> str:
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
