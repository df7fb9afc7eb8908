"""Notes and outlines in XML: Evernote's export (.enex), and OPML of Workflowy, Dynalist and others.

::

    <outline text="A Title" _note="https://arxiv.org/abs/2104.00194">
      <outline text="The abstract."/></outline>
    <note><title>A Title</title><content>...</content><note-attributes><source-url>...

Each note, and each outline with what is below it, is read as a page of Markdown would be, with its
title as a heading.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING

from rag.listings import limits, mentions, pages
from rag.listings.entries import Entry, Refused
from rag.listings.markup import elements, root, text

if TYPE_CHECKING:
    from lxml import etree

FORMAT = "notes of Evernote (.enex) or an outline in OPML"
ENDINGS = (".enex", ".opml", ".xml")
SIGNS = "<"

_BREAK = re.compile(r"<(?:/?(?:div|p|li|ul|ol|h\d|tr)\b|br\b)[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<(?!/?a\b)[^<>]*>", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s<>\"]+|arXiv:\S+", re.IGNORECASE)
_DEEPEST = 20


def matches(head: str) -> bool:
    """Tell whether a text is XML with the outermost element of either."""
    return root(head) in ("en-export", "opml")


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the papers of notes or of an outline, in their order."""
    for found in elements(lines, ("note", "body"), source):
        if isinstance(found, Refused):
            yield found
            continue
        line, element = found
        if str(element.tag).endswith("body"):
            for outline in element:
                yield from _outline(outline, source, 0)
        else:
            address = text(element, "source-url") or next(
                (one.text or "" for one in element.iter("{*}source-url")), ""
            )
            said = _BREAK.sub("\n\n", text(element, "content"))
            yield from _page(line, text(element, "title"), address, _TAG.sub("", said), source)


def _outline(outline: "etree._Element", source: str, depth: int) -> Iterator[Entry | Refused]:
    """Read an outline: the paper that it names, or those below it."""
    title = _plain(outline.get("text") or "")
    own = " ".join((title, _plain(outline.get("_note") or "")))
    found = _ADDRESS.search(own) or _ADDRESS.search(outline.get("url") or "")
    if found is None:
        for inside in outline if depth < _DEEPEST else ():
            yield from _outline(inside, source, depth + 1)
        return
    below = [_plain(one.get("text") or "") for one in outline.iterdescendants()]
    said = "\n\n".join([_plain(outline.get("_note") or ""), *below])
    line = outline.sourceline or 1
    yield from _page(line, _ADDRESS.sub("", title).strip(), found[0], said, source)


def _plain(said: str) -> str:
    return unescape(_TAG.sub("", said))


def _page(line: int, title: str, address: str, said: str, source: str) -> Iterator[Entry | Refused]:
    """Read what is told of a paper below its title."""
    heading = f"## [{' '.join(title.split())}]({address})" if address else f"## {title}"
    page = f"{heading}\n\n{said[: limits.LONGEST_TEXT]}\n"
    if pages.matches(page):
        for item in pages.read(page.splitlines(keepends=True), source):
            yield replace(item, line=line)
    elif seen := mentions.mentioned([address, title, *said.split("\n")]):
        yield Refused(source, line, mentions.said(seen), whole=True)
