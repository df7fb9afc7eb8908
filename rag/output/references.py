"""Papers as BibTeX and RIS, for reference managers; and the keys that papers are cited by.

They are written by bibtexparser and rispy. What TeX would take for a command is escaped here: the
encoder of bibtexparser would also escape the TeX that titles and abstracts are written in.

A paper that is on arXiv alone is a preprint; one that appeared elsewhere is what it is there, with
its DOI and its journal, and arXiv's identifier only if it has one.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from rag.core.identifiers import doi_of, is_address
from rag.core.names import is_body, parted
from rag.core.papers import Paper

if TYPE_CHECKING:
    from bibtexparser.model import Entry

_SET = re.compile(r"(?<![\\\w^}\])*])\{([^{}\\]*)\}")  # braces that are no command's
_TEX = {"^": r"\^{}", "~": r"\textasciitilde{}"}
_BIBTEX_TYPES = {
    "article-journal": ("article", "journal"), "paper-conference": ("inproceedings", "booktitle"),
    "chapter": ("incollection", "booktitle"), "book": ("book", "publisher"),
    "thesis": ("phdthesis", "school"), "report": ("techreport", "institution"),
    "dataset": ("dataset", "publisher"), "article": ("misc", "howpublished"),
}  # fmt: skip
_RIS_TYPES = {
    "article-journal": "JOUR", "paper-conference": "CPAPER", "chapter": "CHAP", "book": "BOOK",
    "thesis": "THES", "report": "RPRT", "dataset": "DATA", "article": "UNPB",
}  # fmt: skip
_LITTLE = (
    "a an the on in of for to with and from by at is are can do does how what why when towards "
    "toward via using"
).split()
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = re.compile(r"^(  month = )\{([a-z]{3})\}", re.MULTILINE)  # BibTeX's own word for one
_NUMBERS = {
    "pmid": re.compile(r"https://pubmed\.ncbi\.nlm\.nih\.gov/(\d+)/"),
    "pmcid": re.compile(r"https://pmc\.ncbi\.nlm\.nih\.gov/articles/(PMC\d+)/"),
}
_LONGEST_WORD = 20  # letters of a key's word


def keys(papers: Iterable[Paper]) -> dict[str, str]:
    """Return the key that each paper is cited by, by its identifier; no two are alike.

    First author, year and the first word of the title; where that is the key of several papers,
    the end of the identifier as well.

    >>> from datetime import date
    >>> one = Paper("2104.00194", "TransMOT: a View", "", "", "", authors=("Xinyi Zhou",))
    >>> keys([one])
    {'2104.00194': 'zhou2021transmot'}
    """
    plain = {paper.id: key(paper) for paper in papers}
    counts = Counter(plain.values())
    found = dict[str, str]()
    taken = {name for name, count in counts.items() if count == 1}
    for identifier, name in sorted(plain.items()):
        if counts[name] > 1:
            digits = "".join(re.findall(r"[a-z0-9]+", identifier.lower()))[-8:]
            name = f"{name}-{digits}"
            while name in taken:
                name += "x"
            taken.add(name)
        found[identifier] = name
    return {identifier: found[identifier] for identifier in plain}


def key(paper: Paper) -> str:
    """Return the key of a paper, as it is where no other paper has it."""
    family = _ascii(parted(paper.authors[0]).whole_family) if paper.authors else ""
    words = [_ascii(word) for word in re.findall(r"[\w’'-]+", paper.title)]
    telling = [word for word in words if word and word not in _LITTLE] or [w for w in words if w]
    year = str(paper.appeared or "")
    return f"{family}{year}{telling[0][:_LONGEST_WORD] if telling else ''}" or "paper"


def bibtex(
    papers: Iterable[Paper], named: Mapping[str, str] | None = None, abstracts: bool = False
) -> str:
    """Return papers as BibTeX entries.

    Parameters
    ----------
    named
        The key of each paper by its identifier; None: those of `keys`.
    abstracts
        Whether the entries have them.
    """
    from bibtexparser.library import Library
    from bibtexparser.middlewares.enclosing import AddEnclosingMiddleware
    from bibtexparser.writer import BibtexFormat, write

    listed = list(papers)
    named = keys(listed) if named is None else named
    form = BibtexFormat()  # type: ignore[no-untyped-call]
    form.indent, form.block_separator = "  ", "\n"
    entries = Library([_bibtex(paper, named[paper.id], abstracts) for paper in listed])
    braces = AddEnclosingMiddleware(False, default_enclosing="{", enclose_integers=True)
    return _MONTH.sub(r"\1\2", write(braces.transform(entries), form))


def ris(papers: Iterable[Paper]) -> str:
    """Return papers as RIS records."""
    from rispy import RisWriter

    class Plain(RisWriter):  # type: ignore[misc]
        """Writes no numbers between the records."""

        def set_header(self, _: int) -> str:
            return ""

    written: str = Plain().formats([_ris(paper) for paper in papers])
    return written


def _bibtex(paper: Paper, name: str, abstracts: bool) -> "Entry":
    """Return an entry whose values are escaped, and still without their braces."""
    from bibtexparser.model import Entry, Field

    kind, venue = _BIBTEX_TYPES.get(paper.kind, ("misc", "howpublished"))
    day = day_of_year(paper)
    if not paper.venue and paper.is_on_arxiv:
        kind = "misc"
    elif paper.kind == "article":
        kind, venue = "misc", "howpublished"
    elif paper.venue and kind == "misc":
        kind, venue = "article", "journal"
    fields = {
        "title": f"{{{_bibtex_text(paper.title)}}}",
        "author": " and ".join(map(_bibtex_name, paper.authors)),
        "year": str(paper.appeared or ""),
        "month": _MONTHS[day.month - 1] if day else "",
        "day": str(day.day) if day else "",
        venue: _bibtex_text(paper.venue),
        "doi": _without_braces(paper.doi),
        "eprint": paper.id if paper.is_on_arxiv else "",
        "archiveprefix": "arXiv" if paper.is_on_arxiv else "",
        "primaryclass": paper.categories[0] if paper.is_on_arxiv and paper.categories else "",
        "url": _without_braces(paper.url),
        "type": "preprint" if paper.kind == "article" and not paper.is_on_arxiv else "",
        "version": str(paper.version or "") if paper.is_on_arxiv else "",
        "keywords": ", ".join(paper.categories) if abstracts else "",
        "note": "Withdrawn" if paper.withdrawn else "",
        **numbers(paper),
        "abstract": _bibtex_text(paper.abstract) if abstracts else "",
    }
    return Entry(kind, name, [Field(field, value) for field, value in fields.items() if value])


def _ris(paper: Paper) -> dict[str, str | list[str]]:
    """Return a record by rispy's names, in the order in which it is written."""
    day = day_of_year(paper)
    kind = _RIS_TYPES.get(paper.kind, "JOUR" if paper.venue else "GEN")
    further = (name for name in paper.identifiers if is_address(name) and not doi_of(name))
    version = f"v{paper.version}" if paper.version else ""
    record: dict[str, str | list[str]] = {
        "type_of_reference": "UNPB" if paper.is_on_arxiv and not paper.venue else kind,
        "title": _on_one_line(paper.title),
        "authors": [_on_one_line(_family_first(author)) for author in paper.authors],
        "year": str(paper.appeared or ""),
        "date": day.strftime("%Y/%m/%d") if day else "",
        "journal_name" if kind == "JOUR" else "secondary_title": _on_one_line(paper.venue),
        "doi": paper.doi,
        "abstract": _on_one_line(paper.abstract),
        "keywords": list(paper.categories),
        "id": f"{paper.id}{version}" if paper.is_on_arxiv else "",
        "urls": [*filter(None, (paper.url, *further))],
        "notes": ["Withdrawn"] if paper.withdrawn else [],
        "file_attachments1": paper.pdf,
    }
    return {name: value for name, value in record.items() if value}


def day_of_year(paper: Paper) -> date | None:
    """Return the day of a paper, where that is one of the year that it is dated with.

    A first of January stands for a year of which no day is known.
    """
    day = paper.listed
    known = day and day.year == paper.appeared and (day.month, day.day) != (1, 1)
    return day if known else None


def numbers(paper: Paper) -> dict[str, str]:
    """Return the numbers that PubMed and PubMed Central have of a paper, by their usual names."""
    found = (
        (name, match[1])
        for name, pattern in _NUMBERS.items()
        for one in (paper.id, *paper.identifiers)
        if (match := pattern.fullmatch(one))
    )
    return dict(found)


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _family_first(name: str) -> str:
    parts = parted(name)
    return ", ".join(filter(None, (parts.whole_family, parts.given, parts.suffix)))


def _bibtex_name(name: str) -> str:
    if is_body(name) or re.search(r"(?:^|\s)and(?:\s|$)|,", name):
        return f"{{{_bibtex_text(name)}}}"
    parts = parted(name)
    if parts.suffix or " " in parts.whole_family:  # else its last word would be all
        told = (parts.whole_family, parts.suffix, parts.given)
        return _bibtex_text(", ".join(filter(None, told)))
    return _bibtex_text(name)


def _ascii(text: str) -> str:
    """Return the letters and digits of a word without accents; empty if it has none of Latin."""
    plain = text.casefold().replace("ø", "o").replace("ł", "l").replace("æ", "ae")
    return re.sub(r"[^a-z0-9]", "", unicodedata.normalize("NFKD", plain))


def _without_braces(text: str) -> str:
    return re.sub(r"[{}\\]", "", text)


def _bibtex_text(text: str) -> str:
    """Escape what TeX would take for a command; maths between dollar signs stays as it is.

    BibTeX counts braces, whatever stands before them: those that do not balance go.
    """
    if not _balanced(text) or text.endswith("\\"):
        text = re.sub(r"[{}\\]", "", text)
    parts = re.split(r"(\$[^$]+\$)", text)
    return "".join(
        part
        if n % 2
        else re.sub(
            r"[&%#_$^~]", lambda m: _TEX.get(m[0], f"\\{m[0]}"), _SET.sub(r"\\{\1\\}", part)
        )
        for n, part in enumerate(parts)
    )


def _balanced(text: str) -> bool:
    depth = 0
    for mark in re.findall(r"[{}]", text):
        depth += 1 if mark == "{" else -1
        if depth < 0:
            return False
    return not depth
