"""Text of papers and questions as HTML in which nothing can run.

Every character that means something in HTML is escaped, links are let through only if they lead
to the web, and maths becomes MathML of which only known elements and attributes are kept. Maths
that cannot be parsed stays as it was written. No browser is asked to fetch anything.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import escape, unescape
from itertools import pairwise
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from rag.text.maths import MATHS

# What latex2mathml makes of mathematics. Its elements can carry links, styles and raw HTML, if the
# LaTeX says so (\href, \style, \text): those are none of these.
_ELEMENTS = frozenset(
    "math mrow mi mn mo mtext mspace msub msup msubsup munder mover munderover mfrac msqrt mroot "
    "mtable mtr mtd mphantom mpadded menclose mmultiscripts mprescripts none".split()
)
_ATTRIBUTES = frozenset(
    "accent accentunder align columnalign columnspacing depth display fence height largeop "
    "linethickness lspace mathvariant maxsize minsize movablelimits notation rowspacing rspace "
    "separator stretchy symmetric voffset width".split()
)
_VALUE = re.compile(r"[\w .%+-]{0,40}")
_MATHS = re.compile(MATHS)
_DELIMITERS = (("$$", "$$"), ("$", "$"), (r"\(", r"\)"), (r"\[", r"\]"))


def words(text: str) -> str:
    """Return a text as HTML, with its maths as MathML."""
    return marked(text, ())


def link(address: str) -> str:
    """Return an address as the value of an attribute; empty unless it leads to the web."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return ""
    return escape(address.strip()) if parts.scheme in ("http", "https") and parts.netloc else ""


def linked(label: str, address: str) -> str:
    """Return HTML as a link that opens beside the page, or as it is if there is nowhere to go."""
    target = link(address)
    if not target:
        return label
    return f'<a href="{target}" target="_blank" rel="noopener noreferrer">{label}</a>'


def marked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """Return a text as HTML in which the characters of each span (start, end) are marked.

    Spans may overlap. A formula is marked whole or not at all.
    """
    formulas = [found.span() for found in _MATHS.finditer(text)]
    joined = _joined(_around(span, formulas) for span in spans)
    edges = sorted({0, len(text), *(e for span in (*joined, *formulas) for e in span)})
    parts, inside = [], False
    for start, end in pairwise(edges):
        within = any(first <= start and end <= last for first, last in joined)
        if within != inside:
            parts.append("<mark>" if within else "</mark>")
            inside = within
        some = text[start:end]
        parts.append(formula(some) if (start, end) in formulas else escape(some))
    return "".join(parts) + ("</mark>" if inside else "")


@lru_cache(maxsize=2_000)
def formula(latex: str) -> str:
    """Return maths between its delimiters as MathML, or as it was written if it is none.

    It has what was written as ``data-latex``, which is what the page copies.
    """
    from latex2mathml.converter import convert_to_element

    inner = latex
    for opening, closing in _DELIMITERS:
        if latex.startswith(opening) and latex.endswith(closing):
            inner = latex[len(opening) : -len(closing)]
            break
    try:
        shown = _mathml(convert_to_element(inner))
    except Exception:  # whatever a paper has between its dollars, and a converter makes of it
        return escape(latex)
    return shown.replace("<math", f'<math data-latex="{escape(latex)}"', 1)


def _mathml(element: Element) -> str:
    """Write an element with what is known to be harmless; raise `ValueError` for anything else."""
    name = str(element.tag).rpartition("}")[2]
    if name not in _ELEMENTS:
        raise ValueError(name)
    kept = "".join(
        f' {attribute}="{escape(value)}"'
        for attribute, value in element.attrib.items()
        if attribute in _ATTRIBUTES and _VALUE.fullmatch(value)
    )
    said = escape(unescape(element.text or ""))
    inner = said + "".join(_mathml(child) for child in element)
    return f"<{name}{kept}>{inner}</{name}>"


def _around(span: tuple[int, int], formulas: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Widen a span to the formulas that it cuts through."""
    start, end = span
    for first, last in formulas:
        if first < end and start < last:
            start, end = min(start, first), max(end, last)
    return start, end


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans in their order, those that touch made one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif start < end:
            joined.append((start, end))
    return joined
