"""Papers as BibTeX and RIS, for reference managers."""

import re
from collections.abc import Iterable

from rag.core.papers import Paper

_TEX = {"^": r"\^{}", "~": r"\textasciitilde{}"}


def bibtex(papers: Iterable[Paper]) -> str:
    """Return papers as BibTeX entries."""
    return "\n".join(map(_bibtex, papers))


def ris(papers: Iterable[Paper]) -> str:
    """Return papers as RIS records."""
    return "\n".join(map(_ris, papers))


def _bibtex(paper: Paper) -> str:
    fields = {
        "title": f"{{{_bibtex_text(paper.title)}}}",
        "author": _bibtex_text(" and ".join(paper.authors)),
        "year": str(paper.listed.year) if paper.listed else "",
        "eprint": paper.id,
        "archiveprefix": "arXiv",
        "primaryclass": paper.categories[0] if paper.categories else "",
        "url": paper.url,
    }
    body = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    key = re.sub(r"[^\w.-]", "-", paper.id)
    return f"@misc{{arxiv-{key},\n{body}\n}}\n"


def _ris(paper: Paper) -> str:
    """Return a record of the type of an unpublished paper; each line is a tag and a value."""
    lines = [
        ("TY", "UNPB"),
        ("TI", paper.title),
        *(("AU", author) for author in paper.authors),
        ("PY", str(paper.listed.year) if paper.listed else ""),
        ("DA", paper.listed.strftime("%Y/%m/%d") if paper.listed else ""),
        ("AB", paper.abstract),
        *(("KW", category) for category in paper.categories),
        ("ID", paper.id),
        ("UR", paper.url),
        ("L1", paper.pdf),
    ]
    told = [f"{tag}  - {' '.join(value.split())}" for tag, value in lines if value]
    return "\n".join([*told, "ER  - ", ""])


def _bibtex_text(text: str) -> str:
    """Escape what TeX would take for a command; maths between dollar signs stays as it is.

    BibTeX counts braces, whatever stands before them: those that do not balance go.
    """
    if not _balanced(text) or text.endswith("\\"):
        text = re.sub(r"[{}\\]", "", text)
    parts = re.split(r"(\$[^$]+\$)", text)
    return "".join(
        part if n % 2 else re.sub(r"[&%#_$^~]", lambda m: _TEX.get(m[0], f"\\{m[0]}"), part)
        for n, part in enumerate(parts)
    )


def _balanced(text: str) -> bool:
    depth = 0
    for mark in re.findall(r"[{}]", text):
        depth += 1 if mark == "{" else -1
        if depth < 0:
            return False
    return not depth
