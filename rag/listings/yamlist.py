"""Papers in YAML: a list of them, or each under its key.

Pandoc's CSL YAML, the data of pages made with Jekyll, and Typst's Hayagriva are such::

    - id: roe2019
      title: A Title
      author: [{family: Roe, given: Ann}]
      DOI: 10.1000/1
      abstract: The abstract.

It is read as the JSON that says the same, each paper in the line in which it stands. A reference to
another part of the text, which a short text can use to be a huge one, is refused.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from rag.listings import limits, objects, records
from rag.listings.entries import Entry, Refused
from rag.listings.fields import plain_name

if TYPE_CHECKING:
    import yaml

FORMAT = "YAML with a list of papers"
ENDINGS = (".yaml", ".yml")
SIGNS = "-"

_LONGEST = 2 * limits.LONGEST_LINE  # characters; it is held as a whole
_DEEPEST = 40
_LINE = re.compile(
    r"(?P<in>\s*(?:- +)*)(?P<quote>[\"']?)(?P<name>[\w./ -]{1,60})(?P=quote):(?: |$)"
)
_OTHER = re.compile(r"\s*(?:#|---|\.\.\.|- |[\[\]{}\"'|>]|$)")
_ITEM = re.compile(r"(?:- |\w)|\s{1,4}- ")  # with which a list may go on
_FEWEST_LINES = 3


def matches(head: str) -> bool:
    """Tell whether a text is lines of names and values, with the title of a paper further in."""
    if head.lstrip("\ufeff \n").startswith(("{", "[", "<")):
        return False
    lines = head.split("\n")[:-1] or [head]
    found = [(line, _LINE.match(line)) for line in lines]
    if any(not name and not _OTHER.match(line) and not line[:1].isspace() for line, name in found):
        return False
    named = [(each["in"], plain_name(each["name"])) for _, each in found if each and each["in"]]
    titles = {depth for depth, name in named if name in records.TITLES}
    abstracts = {depth for depth, name in named if name in records.ABSTRACTS}
    # Of the fields of one paper only the first one has the mark of an item before it.
    together = any(
        len(title) == len(abstract) and not ("-" in title and "-" in abstract)
        for title in titles
        for abstract in abstracts
    )
    inside = {name for _, name in named}
    return together and len(named) >= _FEWEST_LINES and records.is_paper(inside)


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the papers of a text in YAML, in its order."""
    import yaml

    held, size = list[str](), 0
    for _, line in limits.numbered(lines):
        size += len(line)
        if size > _LONGEST:
            yield Refused(source, len(held) + 1, f"YAML of more than {_LONGEST:,} characters")
            return
        held.append(line)
    try:
        yield from objects.read(_as_json("".join(held)), source)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        at = min(int(mark.line), len(held) - 1) if mark else 0
        while at and not _ITEM.match(held[at]):
            at -= 1
        said = getattr(error, "problem", None) or str(error) or "it is nested too deeply"
        try:
            yield from objects.read(_as_json("".join(held[:at])), source)
        except (yaml.YAMLError, ValueError, RecursionError):
            at = 0
        yield Refused(source, at + 1, f"broken YAML, from here on nothing is read: {said}")


def _as_json(text: str) -> list[str]:
    """Return a text in YAML as the lines of the JSON that says the same.

    Raises
    ------
    yaml.YAMLError
        If it is broken.
    ValueError
        If a part of it refers to another one, or it is nested too deeply.
    """
    import yaml

    documents = [*yaml.compose_all(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))]
    return "".join(_Json().document(documents)).splitlines(keepends=True)


class _Json:
    """Writes nodes of YAML as JSON, so that each object begins in the line that it begins in."""

    def __init__(self) -> None:
        self._line = 0
        self._seen = set[int]()

    def document(self, nodes: "Iterable[yaml.Node | None]") -> Iterator[str]:
        """Yield the text of some documents, one after the other."""
        for node in filter(None, nodes):
            if not isinstance(node.value, str):
                yield from self._node(node, 0)

    def _node(self, node: "yaml.Node", depth: int) -> Iterator[str]:
        if depth > _DEEPEST:
            raise ValueError("it is nested too deeply")
        if isinstance(node.value, str):
            yield json.dumps(node.value, ensure_ascii=False)
            return
        if id(node) in self._seen:
            raise ValueError("a reference to another part")
        self._seen.add(id(node))
        yield self._broken(node)
        is_object = node.id == "mapping"
        yield "{" if is_object else "["
        for at, part in enumerate(node.value):
            yield "," if at else ""
            if is_object:
                name, part = part
                yield f"{json.dumps(str(name.value), ensure_ascii=False)}:"
            yield from self._node(part, depth + 1)
        yield "}" if is_object else "]"

    def _broken(self, node: "yaml.Node") -> str:
        """Return the ends of lines up to the one in which a node begins."""
        more = max(int(node.start_mark.line) - self._line, 0)
        self._line += more
        return "\n" * more
