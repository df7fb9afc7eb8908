"""The command that gives papers out again: export."""

import csv
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from rag.cli.choosing import Authors, Categories, Tag, chosen, pages
from rag.cli.shared import Since, Until
from rag.errors import RagError

if TYPE_CHECKING:
    from rag.core.papers import Paper
    from rag.library import Library

Format = Literal["jsonl", "bibtex", "ris", "csl", "csv", "obsidian"]


def export(
    format_: Annotated[
        Format, typer.Option("--format", help="obsidian writes a note for each into --to FOLDER.")
    ] = "jsonl",
    words: Annotated[str, typer.Option(help="Only papers with these words.")] = "",
    category: Categories = [],  # noqa: B006
    since: Since = None,
    until: Until = None,
    author: Authors = [],  # noqa: B006
    tag: Tag = "",
    to: Annotated[Path | None, typer.Option(help="Folder for the notes.", metavar="FOLDER")] = None,
) -> None:
    """Print papers for other programs; as JSON lines, `rag index` builds the same index from them.

    Without --format and filters, tags and watches are in it as well.
    """
    from rag.library import Library
    from rag.settings import Settings

    settings = Settings()
    library = Library.open(settings.index, server=settings.chroma)
    filters = chosen(library, since, until, category, author, tag)

    def papers() -> Iterator["Paper"]:
        everything = not filters and not words
        return library.papers() if everything else pages(library, words, filters, "id")[1]

    if format_ == "obsidian":
        _notes(library, papers, to)
    elif format_ == "jsonl":
        _lines(library, papers(), whole=not filters and not words)
    else:
        _print(format_, papers)


Papers = Callable[[], Iterator["Paper"]]
"""Reads the papers anew each time: their keys are told before the first is written."""


def _print(format_: Format, papers: Papers) -> None:
    from rag.cli import terminal
    from rag.output import exchange, references

    if format_ == "csv":
        rows = csv.writer(sys.stdout, lineterminator="\n")
        rows.writerow(exchange.COLUMNS)
        rows.writerows(map(exchange.row, papers()))
        return
    if format_ == "ris":
        for paper in papers():
            terminal.out(references.ris([paper]))
        return
    named = references.keys(papers())
    if format_ == "bibtex":
        for paper in papers():
            terminal.out(references.bibtex([paper], named, abstracts=True))
        return
    first = True
    for paper in papers():
        item = json.dumps(exchange.csl(paper, named[paper.id]), ensure_ascii=False)
        terminal.out(f"{'[' if first else ','}{item}")
        first = False
    terminal.out("[]" if first else "]")


def _lines(library: "Library", papers: Iterator["Paper"], whole: bool) -> None:
    from rag.cli import terminal
    from rag.collections import Collections
    from rag.listings import exported

    for paper in papers:
        terminal.out(exported.line(paper))
    if whole and (kept := Collections(library.path).to_dict()):
        terminal.out(exported.beside(kept))


def _notes(library: "Library", papers: Papers, folder: Path | None) -> None:
    """Write a note for each paper; a note that is there belongs to its owner and is left alone."""
    from rag.cli import terminal
    from rag.collections import Collections
    from rag.output import exchange, references

    if folder is None:
        raise RagError(
            "Name the folder for the notes, as in `rag export --format obsidian --to DIR`."
        )
    kept, named = Collections(library.path), references.keys(papers())
    written = there = 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for paper in papers():
            name = named[paper.id]
            note = exchange.note(paper, name, tuple(kept.tags_of(paper.id)))
            try:
                with (folder / f"{name}.md").open("x", encoding="utf-8") as file:
                    file.write(note)
                written += 1
            except FileExistsError:
                there += 1
    except OSError as error:
        raise RagError(
            f"{folder} cannot be written ({error.strerror}): give --to another folder."
        ) from error
    terminal.note(
        f"{written:,} notes written to {folder}; {there:,} were there and are as they were."
    )
