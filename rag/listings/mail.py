r"""The mails in which arXiv announces the papers of a day, to whoever has subscribed.

::

    \\
    arXiv:2104.01234
    Date: Fri, 2 Apr 2021 12:00:00 GMT   (1234kb,D)

    Title: A Title
    Authors: One Name, Another Name
    Categories: cs.CV cs.LG
    \\
      The abstract.
    \\ ( https://arxiv.org/abs/2104.01234 ,  1234kb)

Of papers that were replaced the mails have no abstract; they are passed over. One that its authors
withdrew needs none.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from rag.core.identifiers import doi_of
from rag.listings import limits, people
from rag.listings.days import day
from rag.listings.entries import Entry, Refused

FORMAT = "mail of arXiv with the papers of a day"
ENDINGS = (".txt", ".eml", ".mbox")
SIGNS = "\\-"

_BEGINS = re.compile(r"^\\\\\s*\n(?:arXiv:|Paper: )\S+.*\n(?:.*\n)?Date: ", re.MULTILINE)
_NUMBER = re.compile(r"(?:arXiv:|Paper: )(?P<link>\S+)")
_FIELD = re.compile(r"(?P<name>[A-Z][A-Za-z-]+)(?: \([^()]*\))?:\s+(?P<text>.*)")
_WITHDRAWN = re.compile(r"withdrawn\b(?: by \w+)?\s*(?P<day>[^()]*)")
_SIZE = re.compile(r"\s*\([^()]*\)\s*$")


def matches(head: str) -> bool:
    """Tell whether a text has the first lines of a paper as the mails write it."""
    return bool(_BEGINS.search(head))


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the papers of a mail, in its order."""
    begun: tuple[int, list[str]] | None = None
    for number, mark, part in _parts(lines):
        if part and _NUMBER.match(part[0]):
            begun = number, part
            if len(part) > 1 and (withdrawn := _WITHDRAWN.match(part[1])):
                yield replace(
                    _entry(*begun, ""), updated=day(withdrawn["day"]), comment="withdrawn"
                )
                begun = None
            continue
        if begun and mark == r"\\":
            yield _entry(*begun, " ".join(part))
        begun = None


def _parts(lines: Iterable[str]) -> Iterator[tuple[int, str, list[str]]]:
    """Yield what stands between two lines that begin with the mark: its line, the mark, its own."""
    start, mark, held = 1, "", limits.Held()
    for number, line in limits.numbered(lines):
        text = line.rstrip()
        if text.startswith(r"\\"):
            yield start, mark, held.lines
            start, mark, held = number + 1, text, limits.Held()
        elif text:
            held.add(text)
    yield start, mark, held.lines


def _entry(line: int, said: list[str], abstract: str) -> Entry:
    fields, under = dict[str, str](), ""
    for text in said[1:]:
        if found := _FIELD.fullmatch(text):
            under = found["name"].lower()
            fields.setdefault(under, found["text"])
        elif under and text.startswith(" "):
            fields[under] += f" {text.strip()}"
    number = _NUMBER.match(said[0])
    return Entry(
        line,
        title=fields.get("title", ""),
        link=f"arXiv:{number['link']}" if number else "",
        abstract=abstract,
        listed=day(_SIZE.sub("", fields.get("date", ""))),
        categories=tuple(fields.get("categories", "").split()),
        authors=tuple(people.names(people.without_affiliations(fields.get("authors", "")))),
        comment=fields.get("comments", ""),
        links=tuple(filter(doi_of, fields.get("doi", "").split())),
        venue=fields.get("journal-ref", ""),
    )
