"""Text that was copied from a page of arXiv's that lists papers: of a day, or what a search found.

::

    Fri, 2 Apr 2021 (showing 2 of 108 entries)
    [1] arXiv:2104.00194 [pdf, other]
    Title: A Title
    Authors: One Name, Another Name
    Comments: 8 pages
    Subjects: Computer Vision and Pattern Recognition (cs.CV)
    The abstract, on the page of new papers only.

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
    r"(?P<notes>(?:\s*[(\[][^()\[\]]{0,80}[)\]]){0,4})\s*(?P<rest>$|(?:Title|Authors?):.*)"
)
_MAIL = re.compile(r"^\\\\", re.MULTILINE)  # what arXiv's mails set between papers
_LABEL = re.compile(
    r"(?:^|\s)\s*(?P<name>Title|Authors?|Comments?|Subjects|Journal[- ]ref(?:erence)?|DOI|Abstract"
    r"|Report(?:-no| number|-number)?|MSC[- ]class(?:es)?|ACM[- ]class(?:es)?|Submitted"
    r"|Originally announced|Keywords)\s*:(?=\s|$)",
    re.MULTILINE,
)
_DAY = re.compile(
    r".{0,40}?\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? (?P<day>\d{1,2} [A-Z][a-z]{2,8} \d{4})\b.*"
)
_ENDS = re.compile(
    r"\s*(?:Total of \d|Showing |\[? ?(?:total of|showing) |(?:New|Cross|Replacement)[\w -]*"
    r"(?:submissions|lists?|replacements?)\b.{0,60}$|Links to:|Submissions? (?:received )?from)",
    re.IGNORECASE,
)
_CATEGORY = re.compile(r"\(([\w.-]+)\)|(?:^|[\s;,])([a-z-]+\.[A-Za-z-]+)(?=$|[\s;,])")


def matches(head: str) -> bool:
    """Tell whether a text has the first line of a paper, and its title behind the label."""
    if _MAIL.search(head):
        return False
    lines = head.split("\n")
    begins = next((at for at, line in enumerate(lines) if _BEGIN.fullmatch(line)), None)
    return begins is not None and bool(re.search(r"(?:^|\s)Title:", "\n".join(lines[begins:])))


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
    fields = _fields("\n".join(held.lines))
    categories = ["".join(found) for found in _CATEGORY.findall(fields.get("subjects", ""))]
    return Entry(
        line,
        title=fields.get("title", ""),
        link=link,
        abstract=fields.get("abstract", ""),
        listed=listed,
        categories=tuple(filter(is_category, categories)),
        authors=tuple(people.names(people.without_affiliations(fields.get("author", "")))),
        comment=fields.get("comment", ""),
        links=tuple(filter(doi_of, fields.get("doi", "").split())),
        venue=fields.get("journal", ""),
        only_named=True,
    )


def _fields(text: str) -> dict[str, str]:
    """Return what stands behind each label; what is below the subjects is the abstract."""
    found = [*_LABEL.finditer(text)]
    ends = (*(each.start() for each in found[1:]), len(text))
    fields = dict[str, str]()
    for each, end in zip(found, ends, strict=False):
        name = re.split(r"[- ]", each["name"].lower())[0].rstrip("s")
        name, said = name.replace("subject", "subjects"), text[each.end() : end].strip()
        if name == "subjects":
            said, _, abstract = said.partition("\n")
            fields.setdefault("abstract", " ".join(abstract.split()))
        if said:
            fields[name] = " ".join(said.split())
    return fields
