"""The lines of a page in Markdown or HTML, each with what it is: heading, item, row, label.

HTML is turned into the Markdown that says the same, so that who reads the lines knows one way of
writing only. What a line means is not known here.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rag.listings import limits

Links = tuple[tuple[str, str], ...]
"""Texts and addresses."""

_AS_MARKDOWN = (
    (re.compile(r"<!--.{0,2000}?-->|<img\b[^<>]*>|!\[[^\[\]]*\]\([^()]*\)", re.IGNORECASE), ""),
    (
        re.compile(
            r"<a\b[^<>]*?\bhref\s*=\s*[\"']?([^\s\"'<>]+)[^<>]*>(.{0,1000}?)</a\s*>", re.IGNORECASE
        ),
        r"[\2](\1)",
    ),
    (re.compile(r"</?(?:b|strong)\b[^<>]*>", re.IGNORECASE), "**"),
    (re.compile(r"</?(?:i|em)\b[^<>]*>", re.IGNORECASE), "*"),
    (re.compile(r"<li\b[^<>]*>", re.IGNORECASE), "\n- "),
    (re.compile(r"<h([1-6])\b[^<>]*>", re.IGNORECASE), r"\n<h\1>"),
    (
        re.compile(
            r"</?(?:details|summary|p|br|div|ul|ol|dl|dt|dd|table|tbody|thead|tr|td|th|center|hr"
            r"|blockquote|section|article|html|body)\b[^<>]*>|</(?:li|h[1-6])\s*>",
            re.IGNORECASE,
        ),
        "\n",
    ),
    (re.compile(r"</?(?:span|font|a|kbd|u|small)\b[^<>]*>", re.IGNORECASE), ""),
)  # fmt: skip
_HEADING = re.compile(r"(?:(?P<marks>#{1,6})(?=[^#\w])\s*|<h(?P<level>[1-6])>)(?P<text>.*)")
_ITEM = re.compile(r"(?:[-*+•]|\d{1,4}[.)])\s+(?:\[[ xX]\]\s+)?(?P<text>.*)")
_RULE = re.compile(r"(?:[-*_=]\s?){3,}")
_ROW_RULE = re.compile(r"\|?(?:\s*:?-+:?\s*\|)+\s*(?::?-+:?)?\s*\|?")
_TABLE_ROW = re.compile(r"\s*<tr\b[^<>]*>", re.IGNORECASE)
_ROW_ENDS = re.compile(r"(?<=</tr>)|(?=<tr\b)", re.IGNORECASE)
_ROW_END = re.compile(r".{0,4}</tr>", re.IGNORECASE)
_BLOCK = re.compile(
    r"(?=<(?:li|h[1-6]|p|div|ul|ol|dl|dt|dd|table|details|section|article|blockquote|hr|br)\b)",
    re.IGNORECASE,
)
_CELL = re.compile(r"<t[dh]\b[^<>]*>", re.IGNORECASE)
_NAME_AND_VALUE = re.compile(r"\s*<th\b[^<>]*>(?:(?!<t[dh]\b).)*<td\b", re.I | re.S)
_HEAD_CELL = re.compile(r"<th\b", re.IGNORECASE)
_CALLOUT = re.compile(r"\[!(?P<name>\w+)\][+-]?\s*(?P<text>.*)")
_DIVIDER = re.compile(r"(?<!\\)\|")
_COUNT = re.compile(
    r"^(?:\*\*)?(?:\[(?:[a-z]{1,9} )?\d{1,4}\](?!\()|\(\d{1,3}\)|#?\d{1,3}[.)、:](?!\d))\s*(?=\S)"
)
_SIGN = "\u200d\u2190-\u2bff\ufe0e\ufe0f\U0001f000-\U0001faff"  # arrows, dingbats, emoji
_FIRST_SIGNS = re.compile(rf"^(?P<marks>[*_]*)\s{{0,3}}[{_SIGN}][{_SIGN}\s]*")
_LAST_SIGNS = re.compile(
    rf"\s{{0,3}}(?<![{_SIGN}])[{_SIGN}]{{1,9}}\s*\d*\s*(?P<marks>[*_]*)$"
)  # \u2b06 42
_LABEL = re.compile(
    r"(?P<bold>[*_`]{0,3})\s*(?P<name>[^\W\d_][^:\uff1a*_`|\[\]]{0,28}?)\s*(?P<ends>[*_`]{0,3})\s*"
    r"(?:::?|\uff1a)\s*(?P<behind>[*_`]{1,3}(?=\s|$))?:{0,2}\s*(?P<text>.*)"  # also ::
)
_NEXT_LABEL = re.compile(r"\s+[|·•]\s+(?=\W{0,6}[^\W\d_][\w ]{1,24}[*_]{0,2}\s*[:\uff1a])")
_LINK = re.compile(
    r"(?<!\[)\[{1,3}+(?P<text>[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*){0,4})\]{1,3}\("
    r"\s*<?(?P<address>[^\s()<>]+(?:\([^\s()]*\)[^\s()<>]*){0,4})>?(?:\s+\"[^\"]*\")?\s*\)\]?"
)
LONGEST = 2 * limits.LONGEST_TEXT
"""Characters of a line, or of a block of HTML in a line that has several."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page.

    Attributes
    ----------
    number
        In the file, from 1.
    kind
        ``h1`` to ``h6``, ``li0``, ``li1`` (by how far it is set in), ``row``, ``rule``, ``bold``,
        ``text``, ``cut`` where the rest of a line or block is left out because it is longer than
        `LONGEST`, or nothing for one that is blank.
    text
        What it says, without the marks of its kind and the count before it.
    name, value
        What may be a label before the text, as it is written, and what is behind it.
    marked
        Whether the label is in bold or the like.
    cells
        Of a row: what each column holds, as lines.
    """

    number: int
    kind: str
    text: str
    name: str = ""
    value: str = ""
    marked: bool = False
    cells: tuple[tuple["Line", ...], ...] = ()


def lines(said: Iterable[str]) -> Iterator[Line]:
    """Yield the lines of a page; the head of a table comes as a row whose rule follows it."""
    before: Line | None = None
    for line in _lines(said):
        if before and line.kind == "rule" and _underlines(line.text, before):
            level = "h1" if line.text.startswith("=") else "h2"
            yield Line(before.number, level, before.text, before.name, before.value)
            before = None
            continue
        if before:
            yield before
        before = line
    if before:
        yield before


def _underlines(rule: str, line: Line) -> bool:
    """Tell whether a rule makes a heading of the line above it; others stand below an abstract."""
    kind = line.kind == "text" and not line.marked
    return kind and len(rule) > 3 and len(line.text) // 2 <= len(rule) and set(rule) < {*"=-"}


def _lines(said: Iterable[str]) -> Iterator[Line]:
    for number, line in _whole_rows(limits.numbered(said)):
        if line is None:
            yield Line(number, "cut", "")
            continue
        text = line.rstrip("\n")
        is_row = _TABLE_ROW.match(text)
        for block in _BLOCK.split(text) if len(text) > LONGEST and not is_row else (text,):
            yield from _block(number, block[:LONGEST].expandtabs(4))
            if len(block) > LONGEST:
                yield Line(number, "cut", "")


def _block(number: int, text: str) -> Iterator[Line]:
    """Yield the lines that a line of a page, or a block of HTML in it, is turned into."""
    if row := _TABLE_ROW.match(text):
        yield from _html_row(number, text[row.end() :])
        return
    if text.strip().startswith("|") or _ROW_RULE.fullmatch(text.strip()):
        yield _row(number, text.strip())
        return
    for part in _plain(text).split("\n"):
        yield from _parts(number, part)


def _whole_rows(numbered: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str | None]]:
    """Yield the lines, those from the begin of a row in HTML to its end as one.

    Nothing follows a line of which there is only the beginning.
    """
    start, held = 0, ""
    for number, line in numbered:
        for piece in _ROW_ENDS.split(line) if "<t" in line.lower() or held else (line,):
            if not held and not _TABLE_ROW.match(piece):
                yield number, piece
                continue
            start, held = start if held else number, f"{held} {piece.strip()}"
            if _ROW_END.match(held[-9:].lstrip()) or len(held) > LONGEST:
                yield start, held.strip()
                held = ""
        if limits.is_too_long(line):
            yield number, None
    if held:
        yield start, held.strip()


def _html_row(number: int, text: str) -> Iterator[Line]:
    """Yield a row of a table in HTML, and behind the head of one a rule."""
    cells = [_cell(number, cell) for cell in _CELL.split(text)[1:]]
    if _NAME_AND_VALUE.match(text) and len(cells) == len(("name", "value")):
        yield from _named_row(number, *cells)
        return
    shown = "|".join(line.text for cell in cells for line in cell)
    yield Line(number, "row", shown, cells=tuple(cells))
    if _HEAD_CELL.search(text):
        yield Line(number, "rule", "|")


def _named_row(number: int, name: tuple["Line", ...], value: tuple["Line", ...]) -> Iterator[Line]:
    """Yield what a row says whose first cell names the second: of one paper, not of one a row."""
    said = " ".join(line.text for line in name)
    for at, line in enumerate(value):
        yield line if at else Line(number, "text", line.text, said, line.text, marked=True)


def links(text: str) -> Links:
    """Return the links in a text: what is to be seen of each, and where it leads."""
    return tuple((found["text"].strip(), found["address"]) for found in _LINK.finditer(text))


def spans(text: str) -> Iterator[tuple[int, int, str, str]]:
    """Yield where each link of a text begins and ends, and what `links` gives of it."""
    for found in _LINK.finditer(text):
        yield *found.span(), found["text"].strip(), found["address"]


def without_links(text: str, instead: str = "") -> str:
    """Return a text in which something stands for each link."""
    return _LINK.sub(lambda _: instead, text)


def unlinked(text: str) -> str:
    """Return a text with what is to be seen of its links."""
    return _LINK.sub(lambda found: found["text"], text)


def _plain(text: str) -> str:
    for pattern, instead in _AS_MARKDOWN if "<" in text or "![" in text else ():
        text = pattern.sub(instead, text)
    return text


def _row(number: int, text: str) -> Line:
    if _ROW_RULE.fullmatch(text):
        return Line(number, "rule", "|")
    inner = text.removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    cells = [_cell(number, cell.replace("\\|", "|")) for cell in _DIVIDER.split(inner)]
    return Line(number, "row", inner, cells=tuple(cells))


def _cell(number: int, text: str) -> tuple[Line, ...]:
    parts = _plain(text).split("\n")
    return tuple(each for part in parts for each in _parts(number, part) if each.kind)


def _parts(number: int, line: str) -> Iterator[Line]:
    """Yield a line, or each of the labels that stand on it."""
    kind, text = _kind(line)
    if kind in ("", "rule"):
        yield Line(number, kind, text)
        return
    for part in _NEXT_LABEL.split(text):
        yield _labelled(number, kind, part)
        kind = "text"


def _labelled(number: int, kind: str, text: str) -> Line:
    bare = _without_signs(text)
    bare = _without_signs(_COUNT.sub(lambda found: "**" if "**" in found[0] else "", bare, count=1))
    label = _LABEL.fullmatch(bare)
    if kind == "text" and re.match(r"(\*\*|__)\S", bare):
        kind = "bold"
    if label is None or label["text"].startswith("//"):
        return Line(number, kind, bare)
    value, marks = label["text"].strip(), label["bold"]
    marked = bool(marks and (label["ends"] or label["behind"]))
    if marks and not marked and value.endswith(marks):
        value = value.removesuffix(marks).strip()  # **Authors: One Name**
    return Line(number, kind, bare, label["name"].strip(), value, marked)


def _without_signs(text: str) -> str:
    return _LAST_SIGNS.sub(r"\g<marks>", _FIRST_SIGNS.sub(r"\g<marks>", text))


def _kind(line: str) -> tuple[str, str]:
    """Return the kind of a line, and what it says."""
    text = re.sub(r"^\s*(?:>\s?)+", "", line)
    depth, text = len(text) - len(text.lstrip()), " ".join(text.split())
    if not text or text in "-*+•":
        return "", ""
    if _RULE.fullmatch(text):
        return "rule", text
    if heading := _HEADING.fullmatch(text):
        level = int(heading["level"] or len(heading["marks"] or "#"))
        return f"h{level}", heading["text"].rstrip("# ").strip()
    if callout := _CALLOUT.fullmatch(text):
        return ("bold", callout["text"]) if callout["text"] else ("text", callout["name"])
    if item := _ITEM.fullmatch(text):
        return f"li{min(depth // 2, 9)}", item["text"].strip()
    return "text", text
