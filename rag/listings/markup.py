"""The elements of an XML text one by one, while it is read; what they mean is not known here.

Nothing that the text says is fetched or expanded: of what its head declares, no entity is put in.
Where the XML is broken, the element around the break is refused and reading goes on after it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from rag.listings import limits
from rag.listings.entries import Refused

if TYPE_CHECKING:
    from lxml import etree

_PIECE = 1 << 16
"""Characters to parse at once at most."""

_HEAD = re.compile(
    r"\s*+(?>(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^<>\[]*+(?:\[.*?\]\s*+)?>)\s*+)*+"
    r"<(?:[\w.-]+:)?(?P<name>[\w.-]+)",
    re.DOTALL,
)


def root(head: str) -> str:
    """Return the name of the outermost element of an XML text, without its prefix; "" if none."""
    found = _HEAD.match(head)
    return found["name"] if found else ""


def elements(
    lines: Iterable[str], names: Sequence[str], source: str
) -> "Iterator[tuple[int, etree._Element] | Refused]":
    """Yield the elements with these names, in whatever namespace, and the line each begins in.

    An element is emptied once the next one is asked for, so that memory stays constant.
    """
    from lxml import etree

    parser = etree.XMLPullParser(
        events=("end",),
        tag=[f"{{*}}{name}" for name in names],
        encoding="utf-8",  # of the pieces below, whatever the text says of itself
        recover=True,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )
    seen, breaks, size, at = 0, list[tuple[int, str]](), 0, 1
    for piece in _pieces(lines, names):
        size, at = size + len(piece), at + piece.count("\n")
        if size > limits.LONGEST_LINE:
            said = (
                f"longer than {limits.LONGEST_LINE:,} characters, the rest of the file is left out"
            )
            yield Refused(source, at, said)
            return
        try:
            if piece:
                parser.feed(piece.encode())
            else:
                parser.close()
        except etree.XMLSyntaxError:
            pass  # it is in the log as well
        log = parser.feed_error_log
        fatal = [error for error in log[seen:] if error.level == etree.ErrorLevels.FATAL]
        # Below its first line a message quotes the text.
        breaks += [(error.line, error.message.partition("\n")[0].strip()) for error in fatal]
        seen = len(log)
        for _, element in parser.read_events():
            size = 0
            line = element.sourceline
            inside = [b for b in breaks if b[0] >= line and b[0] <= _last_line(element)]
            breaks = [b for b in breaks if b not in inside]
            if inside:
                yield Refused(source, line, f"broken XML in line {inside[0][0]}: {inside[0][1]}")
            elif (entity := next(element.iter(etree.Entity), None)) is not None:
                yield Refused(source, line, f"{entity.text} stands for what is not in the entry")
            else:
                yield line, element
            _drop(element)
    if breaks:
        yield Refused(source, breaks[0][0], f"broken XML: {breaks[0][1]}")


def text(element: "etree._Element", name: str) -> str:
    """Return what stands in the first child with this name, tags left out; "" if there is none."""
    return next(texts(element, name), "")


def texts(element: "etree._Element", name: str) -> Iterator[str]:
    """Yield what stands in each child with this name, tags left out."""
    for child in element.iterfind(f"{{*}}{name}"):
        yield "".join(child.itertext())


def told(element: "etree._Element", without: Sequence[str] = ()) -> str:
    """Return what an element says, of its markup only what is raised: 10<sup>5</sup> is not 105.

    Parameters
    ----------
    without
        Names of elements that are left out.
    """
    said = [element.text or ""]
    for child in element:
        name = str(child.tag).rpartition("}")[2]
        inner = "" if name in without else told(child, without)
        said += [f"<sup>{inner}</sup>" if name == "sup" and inner else inner, child.tail or ""]
    return " ".join("".join(said).split())


def _pieces(lines: Iterable[str], names: Sequence[str]) -> Iterator[str]:
    """Yield the text in pieces of which each has the end of one element at most; then an empty one.

    So a break in a piece can only be in the element that ends there, even if all is on one line.
    """
    end = re.compile(rf"</(?:[\w.-]+:)?(?:{'|'.join(names)})\s*>")
    held, size = list[str](), 0
    for line in lines:
        at = 0
        while at < len(line):
            found = end.search(line, at, at + _PIECE)
            stop = found.end() if found else at + _PIECE
            held.append(line[at:stop])
            size, at = size + stop - at, stop
            if found or size >= _PIECE:
                yield "".join(held)
                held, size = [], 0
    yield "".join(held)
    if held:
        yield ""


def _last_line(element: "etree._Element") -> int:
    from lxml import etree

    first: int = element.sourceline
    return first + int(etree.tostring(element, encoding="unicode", with_tail=False).count("\n"))


def _drop(element: "etree._Element") -> None:
    """Free an element and what is before it, unless it stands in one that was not closed."""
    if next(element.iterancestors(element.tag), None) is not None:
        return
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]
