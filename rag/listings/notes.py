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
else is in the note is its owner's. The front matter may be TOML between ``+++`` (Hugo), or the
lines ``name:: value`` that Logseq begins a page with; Obsidian has such lines anywhere.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rag.core.identifiers import known_by
from rag.listings import limits, linked, people, records
from rag.listings.entries import Entry, Refused
from rag.listings.fields import as_text, plain_name

FORMAT = "note of Obsidian, Logseq or Hugo (front matter with a title, and an abstract)"
ENDINGS = (".md",)
SIGNS = "-"

_FRONT = re.compile(
    r"\A\s*(?P<mark>---|\+\+\+)[ \t]*\n(?P<front>.*?)\n(?:(?P=mark)|\.\.\.)[ \t]*(?:\n|\Z)"
    r"|\A\s*(?P<inline>(?:[\w-][\w -]{0,39}::[ \t][^\n]*\n){2,})",
    re.DOTALL,
)
_BEGUN = re.compile(
    r"\A\s*(?:(?P<mark>---|\+\+\+)[ \t]*\n(?P<front>.*?)(?:\n(?P=mark)|\Z)"
    r"|(?P<inline>(?:[\w-][\w -]{0,39}::[ \t][^\n]*\n){2,}))",
    re.DOTALL,
)
_FIELD = re.compile(
    r"^(?P<quote>[\"']?)(?P<name>\w[\w -]{0,39})(?P=quote)(?::{1,2}|\s*=)(?:\s|$)", re.MULTILINE
)
_INLINE = re.compile(
    r"(?:^|[\s(\[])(?:\*\*|__)?(?P<name>\w[\w -]{0,39}?)(?:\*\*|__)?::[ \t]+(?P<value>[^\n]+)"
)
_TOLD = ("year", "date", "journal", "publicationtitle", "itemtype", "venue")
_TELLING = ("citekey", "authors", "author", "abstract", "source")  # fields of a note about a paper
_LONGEST_FRONT = 100_000
_HEADING = re.compile(r"#{1,6}\s+(?P<text>.*?)\s*#*")
_LABEL = re.compile(
    r"(?:[>*-]\s*)*(?:\*\*|__|\[!)?\s*(?P<name>abstract|summary|doi|url|link|arxiv)\b(?P<end>[^\w\n]{0,8})(?P<text>.*)",
    re.IGNORECASE,
)
_ITEM = re.compile(r"^[>\s]*(?:[-*]\s)?")
_OUTLINED = re.compile(r"^[-*] (?=#|[Aa]bstract$)")  # Logseq: everything is an item
CODE = r"(?!\s*[^\s,\[\]]{1,6}(?:,\s*[^\s,\[\]]{1,6}){1,3}\s*\]\])"  # [[7,1,3]] is no link
_LINK = re.compile(rf"\[\[{CODE}(?P<target>[^\[\]|]*)(?:\|(?P<shown>[^\[\]]*))?\]\]")


def matches(head: str) -> bool:
    """Tell whether a text begins with front matter that names a title and more of a paper."""
    front = _BEGUN.match(head)
    said = (front["front"] or front["inline"] or "") if front else ""
    names = {plain_name(found["name"]) for found in _FIELD.finditer(said)}
    telling = {*linked.LINKS, *_TELLING}
    known = {*records.TITLES, "aliases"} & names, telling & names
    return bool(known[1] and (known[0] or re.search(r"^#\s", head, re.MULTILINE)))


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the paper of a note."""
    held = limits.Held()
    for _, line in limits.numbered(lines):
        held.add(line.rstrip("\n"))
    text = "\n".join(held.lines)
    front = _FRONT.match(text)
    if front is None or len(front[0]) > _LONGEST_FRONT:
        yield Refused(source, 1, "front matter that does not end")
        return
    try:
        fields = _fields(front)
    except ValueError as error:
        yield Refused(source, 1, f"front matter that cannot be read: {error}")
        return
    if known_by(source := as_text(fields.get("source"))):  # Obsidian's clipper calls it so
        fields.setdefault("url", source)
    below = text[front.end() :]
    for told in (_inline(below), _body(below)):
        for name, said in told.items():
            if not as_text(fields.get(name)):
                fields[name] = said
    yield records.entry(1, fields)


def _inline(text: str) -> dict[str, object]:
    """Return what lines with a name and two colons say; who is named there more than once."""
    found, authors = dict[str, object](), list[str]()
    for each in _INLINE.finditer(text):
        name = plain_name(each["name"])
        value = _LINK.sub(lambda link: link["shown"] or link["target"], each["value"].strip())
        if name in ("author", "firstauthor", "authors"):
            authors += people.names(value)
        elif name in (*records.TITLES, *linked.LINKS, *records.ABSTRACTS_OF_PAPERS, *_TOLD):
            found.setdefault(name, value)
    return found | ({"authors": authors} if authors else {})


def _fields(front: re.Match[str]) -> dict[str, Any]:
    """Return front matter as fields.

    Raises
    ------
    ValueError
        If it is no YAML or TOML of names and values.
    """
    if front["inline"]:
        return _inline(front["inline"])
    if front["mark"] == "---":
        return _yaml(front["front"])
    try:
        return {name: _plain(value) for name, value in tomllib.loads(front["front"]).items()}
    except tomllib.TOMLDecodeError as error:
        raise ValueError(str(error)[:80]) from None


def _yaml(front: str) -> dict[str, Any]:
    """Return YAML as fields; a name that repeats another part of it is refused.

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
        stripped = _OUTLINED.sub("", _LINK.sub(r"\g<target>", line.strip()))
        heading, label = _HEADING.fullmatch(stripped), _LABEL.fullmatch(stripped)
        if label and under and not found.get(under) and len(label["text"].split()) > 1:
            label = None  # an abstract may begin with such a word
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
                found[under] = f"{found.get(under, '')} {_ITEM.sub('', stripped)}".strip()
    return found
