"""Text of PubMed's in the format Abstract: numbered papers with blank lines between their parts.

::

    1. J Kites. 2020 Mar;12(3):100-110. doi: 10.1000/jk.2020.3. Epub 2020 Feb 11.

    A title.

    Roe AB(1), Poe C(2).

    Author information:
    (1)A department.

    The abstract.

    DOI: 10.1000/jk.2020.3
    PMID: 32111111

What stands between the authors and the identifiers and is neither told of these nor of rights or
interests is the abstract.
"""

import re
from collections.abc import Iterable, Iterator

from rag.listings import limits, people
from rag.listings.days import day
from rag.listings.entries import Entry, Refused, chosen
from rag.listings.text import without_stop

FORMAT = "text of PubMed's (1. Journal. 2020 Mar; ... PMID: 32111111)"
ENDINGS = (".txt",)
SIGNS = "1"

_BEGIN = re.compile(
    r"\d{1,6}\. (?P<venue>[^.]{2,200}(?:\.(?! \d{4})[^.]{1,100}){0,3})\. (?P<day>\d{4}\b.*)"
)
_DAY = re.compile(r"\d{4}(?: [A-Z][a-z]{2}(?:-[A-Z][a-z]{2})?(?: \d{1,2})?)?")
_IDENTIFIER = re.compile(r"(?P<name>DOI|PMCID|PMID): (?P<value>\S+)", re.MULTILINE)
_DOI = re.compile(r"\bdoi: (\S+)")  # of the first line, in the text of a browser the only one
_NO_ABSTRACT = re.compile(
    r"(?:Author information:|Copyright|\u00a9|Conflict of interest|Comment (?:in|on)|Erratum in"
    r"|Update (?:in|of)|Publisher: |Plain Language Summary|Collaborators: |DOI: |PMC?ID: )"
)  # fmt: skip
_NUMBERS = re.compile(r"(?:\(\d{1,3}\)|#)+")
_ADDRESSES = {
    "DOI": "https://doi.org/{}",
    "PMID": "https://pubmed.ncbi.nlm.nih.gov/{}/",
    "PMCID": "https://pmc.ncbi.nlm.nih.gov/articles/{}/",
}


def matches(head: str) -> bool:
    """Tell whether a text begins with a numbered paper, or names one's number of PubMed below."""
    first = next((line for line in head.split("\n") if line.strip()), "")
    return bool(_BEGIN.match(first)) and "\n\n" in head.strip()


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the papers of a text, in its order."""
    held, start, blank = limits.Held(), 0, True
    for number, line in limits.numbered(lines):
        text = line.rstrip("\n")
        if blank and _BEGIN.match(text):
            if start:
                yield _entry(start, held)
            held, start = limits.Held(), number
        if start:
            held.add(text)
        blank = not text.strip()
    if start:
        yield _entry(start, held)


def _entry(line: int, held: limits.Held) -> Entry:
    text = "\n".join(held.lines)
    parts = [" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip()]
    begin = _BEGIN.match(parts[0])
    links = [_ADDRESSES[each["name"]].format(each["value"]) for each in _IDENTIFIER.finditer(text)]
    links += [_ADDRESSES["DOI"].format(each[1].rstrip(".")) for each in _DOI.finditer(parts[0])]
    below = [part for part in parts[3:] if not _NO_ABSTRACT.match(part)]
    published = _DAY.match(begin["day"]) if begin else None
    listed = day(published[0]) if published else None
    named = _NUMBERS.sub("", parts[2]).rstrip(".").split(",") if below else []
    return Entry(
        line,
        title=without_stop(parts[1]) if len(parts) > 1 else "",
        link=chosen(links),
        abstract=" ".join(below),
        listed=listed,
        authors=tuple(map(people.by_initials, named)),
        links=tuple(links),
        venue=begin["venue"] if begin else "",
        year=listed.year if listed else None,
        kind="article-journal",
        may_lack_link=True,
    )
