"""Markdown in which each paper has a heading, and a link and an abstract in it or below.

::

    ### 1. [A Title](https://arxiv.org/abs/2601.00001)
    **Authors**: One Name, Another Name
    **Category**: cs.CV
    #### Abstract
    The abstract.

Programs that make a page a day write it in many ways: the link in the heading or behind a label,
the labels in bold or not, the names in italics, the abstract behind its label, under a heading of
its own or folded away. What a machine wrote about a paper (TL;DR, Motivation) is left out, as is a
heading below which there is neither a link to a paper nor its authors and its abstract.
"""

import re
from collections.abc import Iterable, Iterator

from rag.core.identifiers import is_category, known_by
from rag.listings import limits, people, reporter
from rag.listings.days import day
from rag.listings.entries import Entry, Refused, chosen
from rag.listings.grid import strong

FORMAT = "Markdown with a heading a paper (### [Title](link)) and its abstract below"
ENDINGS = (".md",)
SIGNS = "#<-"

_TITLE = re.compile(
    r"(?:(?:#{1,6}|[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?(?:\*\*)?|\*\*)\s*"
    r"(?:\[?\(?#?\d+[\])]?[.):]?\s+)?(?:\*\*)?"
    r"\[(?P<title>.+)\]\(\s*<?(?P<link>[^\s()<>]+(?:\([^\s()]*\)[^\s()<>]*)*)>?\s*\)(?:\*\*)?\W{0,9}"
)
_HEADING = re.compile(r"(?P<level>#{1,6})\s+(?P<text>.*)")
_NUMBERED = re.compile(r"(?:\[\d+\]|\(?\d+[.):])\s+")
_ONLY_LINKS = re.compile(r"(?:[-*+]\s+)?(?:\[[^\[\]]*\]\([^()]*\)[\s|·•,/]*)+")
_TARGET = re.compile(r"\]\(\s*<?(?P<address>[^\s()<>]+)")
_LABEL = re.compile(
    r"(?:[-*+>]\s+)?(?:\*\*|__|<b>|<summary>)?\s*(?P<name>[^\W\d_][\w;/ -]{0,24}?)\s*"
    r"(?:\*\*|__|</b>)?\s*"
    r"[:\uff1a]\s*(?:\*\*|__|</b>|</summary>)?\s*(?P<text>.*)"
)
_FOLD_NAME = re.compile(r"<summary>\s*(?P<name>[^<>]*?)\s*:?\s*</summary>", re.IGNORECASE)
_FOLD = re.compile(r"</?(?:details|summary)[^<>]*>", re.IGNORECASE)
_ITALICS = re.compile(r"([*_])(?P<names>[^*_].*?[^*_])\1(?P<rest>\s*[·•|].*)?")
_RULE = re.compile(r"-{3,}|\*{3,}|_{3,}|</details>")
_ABSTRACT = ("abstract", "abstractoriginal", "originalabstract")
_KNOWN = {
    "authors": "authors", "author": "authors", "category": "categories",
    "categories": "categories", "maincategory": "categories", "primarycategory": "categories",
    "subjects": "categories", "year": "listed", "published": "listed", "publisheddate": "listed",
    "date": "listed", "arxivid": "link", "arxiv": "link", "paper": "link", "links": "link",
    "arxivlink": "link", "paperlink": "link", "link": "link", "url": "link", "doi": "link",
    "pdf": "link", "comment": "comment", "comments": "comment", "venue": "venue",
    "journal": "venue",
}  # fmt: skip


def matches(head: str) -> bool:
    """Tell whether a text has a heading and links to a paper there or below, and an abstract."""
    lines = [line.strip() for line in head.split("\n")]
    if not any(_begins_abstract(line) is not None for line in lines):
        return False
    if any(_linked(line) for line in lines):
        return True
    others = reporter.matches(head) or lines[0] == "---"  # a note
    headed = any(_HEADING.fullmatch(line) or _titles(line) for line in lines)
    return headed and not others and any(map(_tells_paper, lines))


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the papers of such a page, in its order."""
    for number, title, link, body in _sections(lines):
        fields = _fields(body)
        links = [*filter(None, [link]), *_targets(fields.get("link", ""))]
        if not links and not {"abstract", "authors"} <= fields.keys():
            continue  # a heading of something else
        yield Entry(
            number,
            title=strong(title),
            link=chosen(links),
            abstract=fields.get("abstract", ""),
            listed=day(fields.get("listed", "")),
            categories=tuple(re.findall(r"[\w.-]+", fields.get("categories", ""))),
            authors=tuple(people.names(fields.get("authors", ""))),
            comment=fields.get("comment", ""),
            links=tuple(links),
            venue=fields.get("venue", ""),
            may_lack_link=not links,
        )


def _targets(text: str) -> list[str]:
    """Return the addresses and identifiers in a text with Markdown's links."""
    plain = _TARGET.sub(lambda found: f" {found['address']} ", text)
    return [word for word in re.split(r"[\s()\[\]<>,|]+", plain) if known_by(word)]


def _labels_link(line: str) -> bool:
    """Tell whether a line has a link behind its label, or is nothing but links to a paper."""
    if len(line) > limits.LONGEST_FIELD:
        return False
    if _ONLY_LINKS.fullmatch(line):
        return bool(_targets(line))
    label = _LABEL.fullmatch(line)
    return bool(label and _KNOWN.get(_name(label["name"])) == "link" and _targets(label["text"]))


def _tells_paper(line: str) -> bool:
    """Tell whether a line has a link to a paper, or authors behind their label."""
    label = _LABEL.fullmatch(line) if len(line) <= limits.LONGEST_FIELD else None
    authors = label and _KNOWN.get(_name(label["name"])) == "authors" and label["text"]
    return bool(authors) or _labels_link(line)


def _titles(line: str) -> str:
    """Return the title behind its label; empty if there is none in a line."""
    label = _LABEL.fullmatch(line) if len(line) <= limits.LONGEST_FIELD else None
    return label["text"].strip(" *") if label and _name(label["name"]) == "title" else ""


def _linked(line: str) -> re.Match[str] | None:
    found = _TITLE.fullmatch(line) if len(line) <= limits.LONGEST_FIELD else None
    return found if found and known_by(found["link"]) else None


def _begins_abstract(line: str) -> str | None:
    """Return what stands behind the name of the abstract in a line; None if it is not there."""
    plain = _FOLD_NAME.sub(r"\g<name>: ", line[: limits.LONGEST_TEXT * 5])
    plain = _FOLD.sub("", plain).strip()
    heading = _HEADING.fullmatch(plain)
    label = _LABEL.fullmatch(f"{heading['text']}:" if heading else plain)
    if label and _name(label["name"]) in _ABSTRACT:
        return label["text"].strip()
    return "" if re.sub(r"\W", "", plain).lower() in _ABSTRACT else None


def _name(text: str) -> str:
    return re.sub(r"[\W_]", "", text).lower()


def _sections(lines: Iterable[str]) -> Iterator[tuple[int, str, str, list[str]]]:
    """Yield the line, title and link of each heading or labelled title, and the lines below it.

    The link is empty where the heading has none. Below one that has, smaller headings are parts of
    it; below another they are until it has a link.
    """
    number, level, title, link, body = 0, 0, "", "", limits.Held()
    has_link = False
    for at, line in limits.numbered(lines):
        text = line.strip()
        found, plain = _linked(text), _HEADING.fullmatch(text)
        if plain and not found and _begins_abstract(text) is None:
            ends = 2 if link else level if has_link else 6
            begins = len(plain["level"]) <= ends
        else:
            begins = False
        labelled = "" if link or found or begins else _titles(text)
        if not found and not begins and not labelled:
            body.add(text)
            has_link = has_link or (not link and _labels_link(text))
            continue
        if number:
            yield number, title, link, body.lines
        number, body, has_link = at, limits.Held(), False
        if found:
            title, link = found["title"], found["link"]
        elif plain:
            level = len(plain["level"])
            title, link = _NUMBERED.sub("", strong(plain["text"]), count=1), ""
        else:
            level, title, link = 6, labelled, ""
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
        elif _ONLY_LINKS.fullmatch(line):
            found["link"] = f"{found.get('link', '')} {line}"
        elif label and (name := _KNOWN.get(_name(label["name"]))):
            under = ""
            found[name] = f"{found.get(name, '')} {label['text'].strip(' `*')}".strip()
        elif under and not line and found["abstract"]:
            under = ""
        elif under:
            found["abstract"] = f"{found['abstract']} {_FOLD.sub('', line).lstrip('> ')}".strip()
        elif (names := _ITALICS.fullmatch(line)) and "authors" not in found:
            found |= {"authors": names["names"], **_beside(names["rest"] or "")}
    return found


def _beside(rest: str) -> dict[str, str]:
    """Return what stands behind the names of the authors: categories, and a day."""
    parts = [part.strip(" `") for part in re.split(r"[·•|]", rest)]
    categories = " ".join(filter(is_category, parts))
    days = [part for part in parts if day(part)]
    told = {"categories": categories, "listed": next(iter(days), "")}
    return {name: said for name, said in told.items() if said}
