"""Papers as references to be taken away: of an answer, the library, the reading list."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rag.assistant import Assistant
from rag.core.answers import Answer
from rag.core.papers import Paper
from rag.errors import CollectionError
from rag.output import exchange, references
from rag.output.table import csv_of

FORMS = {"bibtex": "BibTeX", "ris": "RIS", "csl": "CSL-JSON", "csv": "CSV"}
"""What papers can be taken away as, with the names that the page has for it."""

WHOLE = {"markdown": "Markdown (the answer)", "json": "JSON (the answer)"}
"""What an answer can be taken away as, with its claims."""

ENDINGS = {
    "bibtex": "bib", "ris": "ris", "csl": "json", "csv": "csv", "markdown": "md", "json": "json",
}  # fmt: skip
"""The endings of their files."""


def of_papers(papers: Sequence[Paper], form: str, abstracts: bool = True) -> str:
    """Return papers in one of the `FORMS`.

    Parameters
    ----------
    abstracts
        Whether BibTeX has them, for a reference manager; a bibliography has not.

    Raises
    ------
    CollectionError
        If there is no such form.
    """
    if form == "csv":
        return csv_of([list(exchange.COLUMNS), *map(exchange.row, papers)])
    if form == "ris":
        return references.ris(papers)
    if form == "bibtex":
        return references.bibtex(papers, abstracts=abstracts)
    if form != "csl":
        raise CollectionError(f"There is no form {form}: give one of {', '.join(FORMS)}.")
    named = references.keys(papers)
    items = [exchange.csl(paper, named[paper.id]) for paper in papers]
    return json.dumps(items, ensure_ascii=False, indent=1) + "\n"


def of_answer(assistant: Assistant, answer: Answer, asked: Mapping[str, Any]) -> tuple[str, str]:
    """Return what is taken away of an answer, and the name of its file.

    Parameters
    ----------
    asked
        ``form``, one of `FORMS` or of `WHOLE`; ``papers``, the identifiers of those of its papers
        that are wanted: those that it cites, if it names none; ``all``: whether all that match are.
    """
    form = str(asked.get("form") or "bibtex")
    if form == "markdown":
        return answer.to_markdown(), "answer.md"
    if form == "json":
        return answer.to_json() + "\n", "answer.json"
    cited = {c.paper.id: c.paper for c in answer.citations}
    own = [*cited, *(name for name in answer.matching if name not in cited)]
    wanted = own if asked.get("all") else list(cited)
    if isinstance(asked.get("papers"), list):
        given = set(map(str, asked["papers"]))
        wanted = [name for name in own if name in given]
    held = assistant.library.records(name for name in wanted if name not in cited)
    known = {**cited, **{name: record.paper for name, record in held.items()}}
    papers = [known[name] for name in wanted if name in known]
    return of_papers(papers, form, abstracts=False), f"citations.{ENDINGS[form]}"
