"""Markdown in which each paper has a heading that links to it, and labelled lines below.

::

    ### 1. [A Title](https://arxiv.org/abs/2601.00001)
    **Authors**: One Name, Another Name
    **Category**: cs.CV
    #### Abstract
    The abstract.

Programs that make a page a day write it in many ways: the labels in bold or not, the names in
italics, the abstract behind its label, under a heading of its own or folded away. What a machine
wrote about a paper (TL;DR, Motivation) is left out.
"""

import re
from collections.abc import Iterable, Iterator

from rag.core.identifiers import known_by
from rag.listings import limits, people
from rag.listings.days import day
from rag.listings.entries import Entry, Refused, chosen

FORMAT = "Markdown with a linked heading a paper (### [Title](link)) and its abstract below"
ENDINGS = (".md",)
SIGNS = "#<-"

_TITLE = re.compile(
    r"(?:#{1,6}|[-*+]|\d+[.)])\s+(?:\*\*)?\s*(?:\[?\(?#?\d+[\])]?[.):]?\s+)?(?:\*\*)?"
    r"\[(?P<title>.+)\]\(\s*<?(?P<link>[^\s()<>]+(?:\([^\s()]*\)[^\s()<>]*)*)>?\s*\)(?:\*\*)?\W{0,9}"
)
_HEADING = re.compile(r"#{1,6}\s+(?P<text>.*)")
_LABEL = re.compile(
    r"(?:[-*+>]\s+)?(?:\*\*|__|<b>|<summary>)?\s*(?P<name>[^\W\d_][\w;/ -]{0,24}?)\s*"
    r"(?:\*\*|__|</b>)?\s*"
    r"[:\uff1a]\s*(?:\*\*|__|</b>|</summary>)?\s*(?P<text>.*)"
)
_FOLD = re.compile(r"</?(?:details|summary)[^<>]*>", re.IGNORECASE)
_ITALICS = re.compile(r"([*_])(?P<names>[^*_].*[^*_])\1")
_RULE = re.compile(r"-{3,}|\*{3,}|_{3,}|</details>")
_ABSTRACT = ("abstract", "abstractoriginal", "originalabstract")
_KNOWN = {
    "authors": "authors", "author": "authors", "category": "categories", "categories": "categories",
    "maincategory": "categories", "primarycategory": "categories", "subjects": "categories",
    "published": "listed", "publisheddate": "listed", "date": "listed", "arxivid": "link",
    "link": "link", "url": "link", "doi": "link", "pdf": "link", "comment": "comment",
    "comments": "comment", "venue": "venue", "journal": "venue",
}  # fmt: skip


def matches(head: str) -> bool:
    """Tell whether a text has a heading that links to a paper, and an abstract below one."""
    lines = [line.strip() for line in head.split("\n")]
    titled = any(_linked(line) for line in lines)
    return titled and any(_begins_abstract(line) is not None for line in lines)


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the papers of such a page, in its order."""
    for number, title, link, body in _sections(lines):
        fields = _fields(body)
        links = [link, *fields.get("link", "").split()]
        yield Entry(
            number,
            title=title,
            link=chosen(links),
            abstract=fields.get("abstract", ""),
            listed=day(fields.get("listed", "")),
            categories=tuple(re.findall(r"[\w.-]+", fields.get("categories", ""))),
            authors=tuple(people.names(fields.get("authors", ""))),
            comment=fields.get("comment", ""),
            links=tuple(links),
            venue=fields.get("venue", ""),
        )


def _linked(line: str) -> re.Match[str] | None:
    found = _TITLE.fullmatch(line) if len(line) <= limits.LONGEST_FIELD else None
    return found if found and known_by(found["link"]) else None


def _begins_abstract(line: str) -> str | None:
    """Return what stands behind the name of the abstract in a line; None if it is not there."""
    plain = _FOLD.sub("", line[: limits.LONGEST_TEXT * 5]).strip()
    heading = _HEADING.fullmatch(plain)
    label = _LABEL.fullmatch(f"{heading['text']}:" if heading else plain)
    if label and _name(label["name"]) in _ABSTRACT:
        return label["text"].strip()
    return "" if re.sub(r"\W", "", plain).lower() in _ABSTRACT else None


def _name(text: str) -> str:
    return re.sub(r"[\W_]", "", text).lower()


def _sections(lines: Iterable[str]) -> Iterator[tuple[int, str, str, list[str]]]:
    """Yield the line, title and link of each linked heading, and the lines below it."""
    number, title, link, body = 0, "", "", limits.Held()
    for at, line in limits.numbered(lines):
        text = line.strip()
        if found := _linked(text):
            if number:
                yield number, title, link, body.lines
            number, title, link, body = at, found["title"], found["link"], limits.Held()
        elif number and re.match(r"#{1,2}\s", text) and _begins_abstract(text) is None:
            yield number, title, link, body.lines
            number = 0
        else:
            body.add(text)
    if number:
        yield number, title, link, body.lines


def _fields(body: Iterable[str]) -> dict[str, str]:
    found, under = dict[str, str](), ""
    for line in body:
        begun = _begins_abstract(line)
        label = _LABEL.fullmatch(line)
        if begun is not None and "abstract" not in found:
            under, found["abstract"] = "abstract", begun
        elif _RULE.fullmatch(line) or _HEADING.fullmatch(line):
            under = ""
        elif label and (name := _KNOWN.get(_name(label["name"]))):
            under = ""
            found[name] = f"{found.get(name, '')} {label['text'].strip(' `*')}".strip()
        elif under and not line and found["abstract"]:
            under = ""
        elif under:
            found["abstract"] = f"{found['abstract']} {_FOLD.sub('', line).lstrip('> ')}".strip()
        elif (names := _ITALICS.fullmatch(line)) and "authors" not in found:
            found["authors"] = names["names"]
    return found
