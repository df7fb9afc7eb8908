"""Text that was copied from a page of arXiv's that lists papers: of a day, or what a search found.

::

    Fri, 2 Apr 2021 (showing 2 of 108 entries)
    [1] arXiv:2104.00194 [pdf, other]
    Title: A Title
    Authors: One Name, Another Name
    Comments: 8 pages
    Subjects: Computer Vision and Pattern Recognition (cs.CV)
    The abstract, on the page of new papers only.

What a search found has its categories on the first line, a title without a label, and the day
behind the abstract::

    arXiv:2104.00194 [pdf, other] cs.CV
    A Title
    Authors: One Name, Another Name
    Abstract: The abstract. △ Less
    Submitted 3 May, 2021; v1 submitted 31 March, 2021; originally announced April 2021.

However the browser breaks the lines: what a label announces goes on to the next one. A paper whose
abstract was not on the page is named with the line that brings it.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from rag.core.identifiers import doi_of, is_category
from rag.listings import limits, people
from rag.listings.days import day
from rag.listings.entries import Entry, Refused

FORMAT = "text copied from a listing of arXiv's ([1] arXiv:2104.00194 [pdf] Title: ...)"
ENDINGS = (".txt",)
SIGNS = "[aS"

_BEGIN = re.compile(
    r"\s*(?:\[\d+\]|\d+\.)?\s*(?P<link>arXiv:[\w.-]+(?:/\d{7}(?:v\d+)?)?)"
    r"(?P<notes>(?:\s*[(\[][^()\[\]]{0,80}[)\]]){0,4})\s*(?P<rest>$|(?:Title|Authors?):.*"
    r"|(?:(?:[a-z-]+\.[A-Z]{2}|[a-z]+-[a-z]+(?:\.[a-z-]+)?|physics\.[a-z-]+)(?:\s+|$))+(?:doi\b.*)?)"
)
_MAIL = re.compile(r"^\\\\", re.MULTILINE)  # what arXiv's mails set between papers
_LABEL = re.compile(
    r"(?<!\S)(?P<name>Title|Authors?|Comments?|Subjects|Journal[- ]ref(?:erence)?|DOI|Abstract"
    r"|Report(?:-no| number|-number)?|MSC[- ]class(?:es)?|ACM[- ]class(?:es)?|Submitted"
    r"|Originally announced|Keywords)\s*:(?=\s|$)"
)
_SUBMITTED = re.compile(
    r"(?<!\S)Submitted\s+(?P<last>\d{1,2}\s[A-Z][a-z]{2,8},?\s\d{4})"
    r"(?:;\s+v1\s+submitted\s+(?P<first>\d{1,2}\s[A-Z][a-z]{2,8},?\s\d{4}))?"
    r"(?:;\s+originally\s+announced\s+[A-Z][a-z]{2,8}\s\d{4})?\."
)
_BUTTON = re.compile(r"[\u25b2\u25b3\u25bc\u25bd]\s?(?:Less|More)(?!\S)")
_DAY = re.compile(
    r".{0,40}?\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? (?P<day>\d{1,2} [A-Z][a-z]{2,8} \d{4})\b.*"
)
_ENDS = re.compile(
    r"\s*(?:Total of \d|Showing (?:\d|up to \d|first \d|new listings)|\[ ?(?:total of|showing) "
    r"|(?:New|Cross|Replacement)[\w -]*(?:submissions|lists?|replacements?)(?: ?\(| for |$).{0,60}$"
    r"|Links to:|Submissions? (?:received )?from )"
)
_CATEGORY = re.compile(r"\(([\w.-]+)\)|(?:^|[\s;,])([a-z-]+\.[A-Za-z-]+)(?=$|[\s;,])")


def matches(head: str) -> bool:
    """Tell whether a text has the first line of a paper, and below it the label of its title.

    What a search found has those of authors and abstract instead.
    """
    if _MAIL.search(head):
        return False
    lines = head.split("\n")
    begins = next((at for at, line in enumerate(lines) if _BEGIN.fullmatch(line)), None)
    if begins is None:
        return False
    names = {found["name"] for found in _LABEL.finditer("\n".join(lines[begins:]))}
    return "Title" in names or {"Authors", "Abstract"} <= names


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the papers of the text, in its order."""
    begun: tuple[int, str, limits.Held] | None = None
    listed: date | None = None
    for number, line in limits.numbered(lines):
        text = line.rstrip("\n").replace("\u00a0", " ")
        begin, dated = _BEGIN.fullmatch(text), _DAY.fullmatch(text)
        if begun and (begin or _ENDS.match(text) or dated):
            yield _entry(*begun, listed)
            begun = None
        if dated and len(text) < limits.LONGEST_FIELD:
            listed = day(dated["day"])
        if begin:
            begun = number, begin["link"], limits.Held()
            begun[2].add(begin["rest"])
        elif begun:
            begun[2].add(text)
    if begun:
        yield _entry(*begun, listed)


def _entry(line: int, link: str, held: limits.Held, listed: date | None) -> Entry:
    text = _BUTTON.sub("", "\n".join(held.lines))
    submitted = _SUBMITTED.search(text)
    fields = _fields(_SUBMITTED.sub("", text, count=1))
    updated = day(" ".join(submitted["last"].split())) if submitted else None
    if submitted:
        listed = day(" ".join((submitted["first"] or submitted["last"]).split()))
    categories = ["".join(found) for found in _CATEGORY.findall(fields.get("subjects", ""))]
    return Entry(
        line,
        title=fields.get("title", ""),
        link=link,
        abstract=fields.get("abstract", ""),
        listed=listed,
        updated=updated if updated != listed else None,
        categories=tuple(filter(is_category, categories)),
        authors=tuple(people.names(people.without_affiliations(fields.get("author", "")))),
        comment=fields.get("comment", ""),
        links=tuple(filter(doi_of, fields.get("doi", "").split())),
        venue=fields.get("journal", ""),
        only_named=True,
    )


def _fields(text: str) -> dict[str, str]:
    """Return what stands behind each label; what is below the subjects is the abstract.

    Before the first label these are categories and a title.
    """
    found = [*_LABEL.finditer(text)]
    ends = (*(each.start() for each in found[1:]), len(text))
    fields = _before(text[: found[0].start()]) if found else dict[str, str]()
    for each, end in zip(found, ends, strict=False):
        name = re.split(r"[- ]", each["name"].lower())[0].rstrip("s")
        name, said = name.replace("subject", "subjects"), text[each.end() : end].strip()
        if name == "subjects":
            said, _, abstract = said.partition("\n")
            fields.setdefault("abstract", " ".join(abstract.split()))
        if said:
            fields[name] = " ".join(said.split())
    return fields


def _before(text: str) -> dict[str, str]:
    """Return the categories on the first line and the title below it; nothing if it has none."""
    first, _, title = text.partition("\n")
    found = [f"({word})" for word in first.split() if is_category(word)]
    return {"subjects": " ".join(found), "title": " ".join(title.split())} if found else {}
