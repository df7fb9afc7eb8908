"""Papers as CSL-JSON, as rows of a table and as Obsidian notes, for the programs people use."""

import re
from typing import Any

from rag.core.names import parted
from rag.core.papers import Paper
from rag.output.references import day_of_year, numbers

COLUMNS = (
    "id", "title", "authors", "year", "venue", "doi", "url", "listed", "version", "updated",
    "withdrawn", "categories", "links", "abstract", "type",
)  # fmt: skip
"""The columns of a table."""


_MARKED = re.compile(
    r"\s*(?:#|>|[-*+|]\s|\d+[.)]\s|\W{0,3}(?:abstract|summary|doi|url|link|arxiv)\b)", re.IGNORECASE
)
"""What an abstract may begin with and means something else in a note: it has it beside, then."""


def csl(paper: Paper, key: str) -> dict[str, Any]:
    """Return a paper as an item of CSL-JSON, as Zotero and Pandoc read it."""
    day, first = day_of_year(paper), paper.listed
    parts = [day.year, day.month, day.day] if day else [paper.appeared] if paper.appeared else []
    item = {
        "id": key,
        "type": paper.kind or _kind(paper),
        "title": paper.title,
        "author": [_person(name) for name in paper.authors],
        "issued": {"date-parts": [parts]} if parts else None,
        "submitted": {"date-parts": [[first.year, first.month, first.day]]}
        if first and first.year != paper.appeared
        else None,
        "container-title": paper.venue,
        "DOI": paper.doi,
        "URL": paper.url,
        "abstract": paper.abstract,
        "archive": "arXiv" if paper.is_on_arxiv else "",
        "archive_location": paper.id if paper.is_on_arxiv else "",
        "version": str(paper.version or "") if paper.is_on_arxiv else "",
        "keyword": ", ".join(paper.categories),
        "status": "withdrawn" if paper.withdrawn else "",
        **{name.upper(): number for name, number in numbers(paper).items()},
    }
    return {name: value for name, value in item.items() if value}


def _kind(paper: Paper) -> str:
    if paper.venue:
        return "article-journal"
    return "article" if paper.is_on_arxiv else "document"


def row(paper: Paper) -> list[str]:
    """Return a paper as a row of a table with the columns `COLUMNS`."""
    kept = paper.to_dict() | {"year": paper.appeared, "type": paper.kind}
    kept["links"] = paper.identifiers
    values = (kept[name] for name in COLUMNS)
    return [
        "; ".join(value) if isinstance(value, tuple) else "" if value is None else str(value)
        for value in values
    ]


def note(paper: Paper, key: str, tags: tuple[str, ...] = ()) -> str:
    """Return a paper as a Markdown note with front matter."""
    import yaml

    front = {
        "title": paper.title,
        "authors": list(paper.authors),
        "year": paper.appeared,
        "date": paper.listed,
        "version": paper.version,
        "updated": paper.updated,
        "withdrawn": paper.withdrawn,
        "venue": paper.venue,
        "type": paper.kind,
        "doi": paper.doi,
        "arxiv": paper.id if paper.is_on_arxiv else "",
        "url": paper.url,
        **numbers(paper),
        "citekey": key,
        "categories": list(paper.categories),
        "tags": list(tags),
        "abstract": paper.abstract if _MARKED.match(paper.abstract) else "",
    }
    said = yaml.safe_dump(
        {name: value for name, value in front.items() if value},
        allow_unicode=True, sort_keys=False, width=1_000_000,
    )  # fmt: skip
    return f"---\n{said}---\n# {paper.title}\n\n## Abstract\n\n{paper.abstract}\n"


def _person(name: str) -> dict[str, str]:
    """Return a name of CSL's, with its particles before the family name: Zotero reads no others."""
    parts = parted(name)
    if not parts.given:
        return {"literal": name}
    told = {"family": parts.whole_family, "given": parts.given, "suffix": parts.suffix}
    return {part: said for part, said in told.items() if said}
