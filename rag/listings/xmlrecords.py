"""XML of whatever service, in which papers have a title and an abstract: Crossref, Europe PMC, ACL.

Which element is a paper is told by the beginning: the smallest one around a title and an abstract.
What the elements in it are called is known in `records.py`, as are the fields of JSON. When and in
what a paper appeared may stand above it, beside all the papers of an issue.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain, islice
from typing import TYPE_CHECKING

from rag.listings import limits, linked, published, records
from rag.listings.entries import Entry, Refused
from rag.listings.fields import plain_name
from rag.listings.markup import elements, root, told

if TYPE_CHECKING:
    from lxml import etree

FORMAT = "XML whose elements have title and abstract (Crossref, Europe PMC, ACL Anthology)"
ENDINGS = (".xml",)
SIGNS = "<"

_TITLES = frozenset(("title", "articletitle", "documenttitle"))
_ABSTRACTS = frozenset(("abstract", "abstracttext", "abstractnote"))
_WHOLE = _TITLES | _ABSTRACTS | {"titles", "abstracts"}
_ABOVE = frozenset(
    (*published.VENUES, "fulltitle", "publicationdate", "year", "month", "pubyear", "pubdate")
)
_REFERENCES = (
    "listbibl",
    "citationlist",
    "references",
    "reflist",
    "citations",
    "referencelist",
    "relatedworks",
)
_BEGINNING = 200_000  # characters by which the element of a paper is told
_DEEPEST = 20
_LOOKED_AT = 20  # abstracts, to find one that has a title


def matches(head: str) -> bool:
    """Tell whether a text is XML in whose beginning an element has a title and an abstract."""
    name = root(head)
    return bool(name) and name.lower() != "html" and bool(_paper(head))


def _paper(head: str) -> str:
    """Return the name of the element that is a paper; empty if there is none."""
    from lxml import etree

    if not head.lstrip("\ufeff \n\t").startswith("<"):
        return ""
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, load_dtd=False, no_network=True, encoding="utf-8"
    )
    tree: etree._Element | None = None
    with suppress(etree.XMLSyntaxError):
        tree = etree.fromstring(head.encode(), parser)
    if tree is None:
        return ""
    for found in islice(filter(_is_abstract, _inside(tree)), _LOOKED_AT):
        for around in islice(found.iterancestors(), _DEEPEST):
            if any(_name(element) in _TITLES for element in _inside(around)):
                return str(etree.QName(around).localname)
    return ""


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the papers of a text in XML, in its order."""
    lines = iter(lines)
    head, size = list[str](), 0
    for line in lines:
        head.append(line)
        size += len(line)
        if size > _BEGINNING:
            break
    name = _paper("".join(head))
    beside: tuple[object, dict[str, object]] = None, {}
    for found in elements(chain(head, lines), (name,), source) if name else ():
        if isinstance(found, Refused):
            yield found
            continue
        line_number, element = found
        parent = element.getparent()
        if parent is not beside[0]:
            beside = parent, _above(element)
        yield _entry(source, line_number, {**beside[1], **_fields(element)})
        _drop_before(element)


def _drop_before(element: "etree._Element") -> None:
    """Free what stood around the papers before, so that memory stays constant."""
    for around in element.iterancestors():
        before = around.getprevious()
        while before is not None and before.tag == around.tag:
            before.getparent().remove(before)
            before = around.getprevious()


def _entry(source: str, line: int, record: dict[str, object]) -> Entry | Refused:
    if len(record) > limits.MOST_KEYS:
        return Refused(source, line, f"more than {limits.MOST_KEYS:,} fields")
    return records.entry(line, record)


def _name(element: "etree._Element") -> str:
    return plain_name(str(element.tag).rpartition("}")[2])


def _is_abstract(element: "etree._Element") -> bool:
    return _name(element) in _ABSTRACTS or (
        _name(element) == "description" and _kind(element).lower() == "abstract"
    )


def _is_identifier(element: "etree._Element") -> bool:
    return _name(element) in linked.NESTED or _name(element).endswith("id")


def _kind(element: "etree._Element") -> str:
    """Return what an element says of its kind: type="DOI", pub-id-type, descriptionType."""
    return next((v for k, v in element.items() if plain_name(k).endswith("type")), "")


def _children(element: "etree._Element") -> "Iterator[etree._Element]":
    yield from (child for child in element if isinstance(child.tag, str))


def _inside(element: "etree._Element") -> "Iterator[etree._Element]":
    yield from (inner for inner in element.iter() if isinstance(inner.tag, str))


def _above(element: "etree._Element") -> dict[str, object]:
    """Return when and in what the papers appeared among which an element stands."""
    found, within = dict[str, object](), element
    for around in element.iterancestors():
        for child in _children(around):
            if child.tag != element.tag and child is not within:
                said = _fields(child) | {_name(child): _value(child)}
                found = {k: v for k, v in said.items() if k in _ABOVE and v} | found
        within = around
    if venue := found.pop("fulltitle", ""):
        found.setdefault("journal", venue)
    return found


def _fields(element: "etree._Element") -> dict[str, object]:
    """Return what is in an element by name: as it is nested, and what is further in beside it."""
    told_here = _value(element)
    fields = dict(told_here) if isinstance(told_here, dict) else {}
    further = dict[str, list[object]]()
    authors = set[object]()
    for inner in _own(element):
        name = _name(inner)
        if inner.getparent() in authors:
            authors.add(inner)
        elif name in records.AUTHORS or name in linked.NESTED:
            further.setdefault(name, []).append(_value(inner))
            authors.add(inner)
        elif not len(inner):
            fields.setdefault(name, told(inner))
        if _is_abstract(inner):
            fields.setdefault("abstract", _value(inner))
    return {**further, **fields}


def _own(element: "etree._Element") -> "Iterator[etree._Element]":
    """Yield what is in an element, and nothing of what it refers to."""
    waiting = [*_children(element)][::-1]
    while waiting:
        inner = waiting.pop()
        if _name(inner) not in _REFERENCES:
            yield inner
            waiting += [*_children(inner)][::-1]


def _value(element: "etree._Element", depth: int = 0) -> object:
    """Return an element as JSON would have it: its text, or what its children say by name."""
    children = [*_children(element)]
    kind = _kind(element)
    if _name(element) in _WHOLE or _is_abstract(element) or not children or depth > _DEEPEST:
        text = re.sub(r"<[^<>]{1,20}>", " ", told(element)) if children else told(element)
        text = " ".join(text.split())
        return {"type": kind, "value": text} if _is_identifier(element) and kind else text
    found = dict[str, object]()
    for child in children:
        name = _name(child)
        if name in _REFERENCES:
            continue
        value, before = _value(child, depth + 1), found.get(name)
        if isinstance(before, list):
            before.append(value)
        else:
            found[name] = value if before is None else [before, value]
    return found
