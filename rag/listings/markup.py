"""The elements of an XML text one by one, while it is read; what they mean is not known here.

Nothing that the text says is fetched or expanded: of what its head declares, no entity is put in.
Where the XML is broken, the element around the break is refused and reading goes on after it.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from rag.listings.entries import Refused

if TYPE_CHECKING:
    from lxml.etree import _Element as Element
else:
    Element: TypeAlias = object

_PIECE = 1 << 16
"""Characters to parse before what was found is handed on: a feed may stand on one line."""


def elements(
    lines: Iterable[str], names: Iterable[str], source: str
) -> Iterator["tuple[int, Element] | Refused"]:
    """Yield the elements with these names, whatever their namespace, and the lines they begin in.

    An element is emptied when the next one is asked for: memory stays constant.
    """
    from lxml import etree

    parser = etree.XMLPullParser(
        events=("end",),
        tag=tuple(f"{{*}}{name}" for name in names),
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        encoding="utf-8",  # of the bytes below, whatever the text says of itself
    )
    seen = 0
    for piece in _pieces(lines):
        if piece:
            parser.feed(piece.encode())
        else:
            _close(parser)
        broken = [error for error in parser.feed_error_log[seen:] if error.level > 1]
        ended = [element for _, element in parser.read_events()]
        for element in ended:
            ...
