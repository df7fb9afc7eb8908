"""A note about one paper, as Obsidian and its plug-ins write them: front matter, then text.

::

    ---
    title: A Title
    authors: [One Name, Another Name]
    doi: 10.1000/1
    ---
    ## Abstract
    The abstract.

The abstract stands in the front matter, below a heading, in a call-out or behind its name. What
else is in the note is its owner's.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rag.core.identifiers import known_by
from rag.listings import limits, records
from rag.listings.entries import Entry, Refused
from rag.listings.fields import as_text, plain_name

FORMAT = "Obsidian note (front matter with a title, and an abstract)"
ENDINGS = (".md",)
SIGNS = "-"

_FRONT = re.compile(r"\A\s*---[ \t]*\n(?P<front>.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_BEGUN = re.compile(r"\A\s*---[ \t]*\n(?P<front>.*?)(?:\n---|\Z)", re.DOTALL)
_FIELD = re.compile(r"^(?P<quote>[\"']?)(?P<name>[\w -]{1,40})(?P=quote):(?:\s|$)", re.MULTILINE)
_TELLING = ("citekey", "authors", "author", "abstract", "source")  # fields of a note about a paper
_LONGEST_FRONT = 100_000
_HEADING = re.compile(r"#{1,6}\s+(?P<text>.*?)\s*#*")
_LABEL = re.compile(
    r"(?:[>*-]\s*)*(?:\*\*|__|\[!)?\s*(?P<name>abstract|summary|doi|url|link|arxiv)\b(?P<end>[^\w\n]{0,8})(?P<text>.*)",
    re.IGNORECASE,
)
_LINK = re.compile(r"\[\[(?P<target>[^\[\]|]*)(?:\|(?P<shown>[^\[\]]*))?\]\]")


def matches(head: str) -> bool:
    """Tell whether a text begins with front matter that names a title and more of a paper."""
    front = _BEGUN.match(head)
    names = {plain_name(f["name"]) for f in _FIELD.finditer(front["front"])} if front else set()
    linked = {*records.LINKS, *_TELLING}
    known = {*records.TITLES, "aliases"} & names, linked & names
    return bool(known[1] and (known[0] or re.search(r"^#\s", head, re.MULTILINE)))


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the paper of a note."""
    held = limits.Held()
    for _, line in limits.numbered(lines):
        held.add(line.rstrip("\n"))
    text = "\n".join(held.lines)
    front = _FRONT.match(text)
    if front is None or len(front["front"]) > _LONGEST_FRONT:
        yield Refused(source, 1, "front matter that does not end")
        return
    try:
        fields = _fields(front["front"])
    except ValueError as error:
        yield Refused(source, 1, f"front matter that cannot be read: {error}")
        return
    if known_by(source := as_text(fields.get("source"))):  # Obsidian's clipper calls it so
        fields.setdefault("url", source)
    body = _body(text[front.end() :])
    for name, said in body.items():
        if not as_text(fields.get(name)):
            fields[name] = said
    yield records.entry(1, fields)


def _fields(front: str) -> dict[str, Any]:
    """Return front matter as fields; a name that repeats another part of it is refused.

    Raises
    ------
    ValueError
        If it is no YAML of names and values.
    """
    import yaml

    class Loader(yaml.SafeLoader):  # type: ignore[misc] # it has no types
        """YAML without references, which a short text can use to be a huge one."""

        def compose_node(self, parent: Any, index: Any) -> Any:  # noqa: ANN401 - as it is there
            if self.check_event(yaml.AliasEvent):
                raise yaml.YAMLError("a reference to another part")
            return super().compose_node(parent, index)

    try:
        found = yaml.load(front, Loader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ValueError(" ".join(str(error).split())[:80]) from None
    if not isinstance(found, Mapping):
        raise ValueError("it has no fields")
    return {str(name): _plain(value) for name, value in found.items()}


def _plain(value: object) -> object:
    """Return a value of YAML as JSON would have it, with links between notes as their text."""
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, dict):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, str):
        return _LINK.sub(lambda link: link["shown"] or link["target"], value)
    return value if value is None or isinstance(value, int | bool) else str(value)


def _body(text: str) -> dict[str, str]:
    """Return what stands below the front matter under names that are known: title and abstract."""
    found, under = dict[str, str](), ""
    for line in text.split("\n"):
        stripped = line.strip()
        heading, label = _HEADING.fullmatch(stripped), _LABEL.fullmatch(stripped)
        if heading:
            name = plain_name(heading["text"])
            under = "abstract" if name in ("abstract", "summary") else ""
            if line.startswith("# ") and not under:
                found.setdefault("title", heading["text"])
        elif label and (set(label["end"]) & {":", "]", "*", "_"} or not label["text"]):
            name = label["name"].lower().replace("summary", "abstract")
            under = name if name == "abstract" else ""
            found.setdefault(name, label["text"].lstrip(":*_] "))
        elif under:
            if not stripped.lstrip(">") and found.get(under):
                under = ""
            else:
                found[under] = f"{found.get(under, '')} {stripped.lstrip('> ')}".strip()
    return found
