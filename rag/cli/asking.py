"""The commands that ask: ask, search, chat."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import typer

from rag.cli.leaving import at_once
from rag.cli.shared import MOST, Json, open_assistant

By = Literal["year", "month", "category", "code", "dataset"]
"""What papers are counted by."""

Question = Annotated[
    str | None, typer.Argument(help="The question, in English.", show_default=False)
]
FromFile = Annotated[
    Path | None,
    typer.Option(
        "--from", help="Read questions from a JSON lines file (id, question).", metavar="FILE"
    ),
]


@at_once()
def ask(
    question: Question = None,
    from_file: FromFile = None,
    json: Json = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown.")] = False,
    bibtex: Annotated[bool, typer.Option("--bibtex", help="Print the cited papers.")] = False,
    table: Annotated[
        bool, typer.Option("--table", help="Print a table of all papers that match.")
    ] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print that table as CSV.")] = False,
    columns: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES",
            help='Columns of the table, as in "task, dataset, metric".',
            show_default=False,
        ),
    ] = None,
    all_: Annotated[
        bool, typer.Option("--all", help="With --bibtex: all papers that match, not those cited.")
    ] = False,
    mentions: Annotated[
        bool, typer.Option("--mentions", help="List the papers that only mention it, too.")
    ] = False,
    skip: Annotated[
        int, typer.Option(min=0, max=MOST, help="Leave out so many matching papers.")
    ] = 0,
) -> None:
    """Answer a question, every sentence cited and checked."""
    from rag.cli import tabulating, terminal
    from rag.output import terminal as shown

    asked = list(_questions(question, from_file))
    form = tabulating.form(json, markdown, bibtex, table, csv, columns)
    with terminal.waiting("Opening the index"):
        assistant = open_assistant(writes=form in ("text", "json", "markdown"))
    for name, said in asked:
        if form == "text":
            answer = terminal.watched(assistant, said, skip)
            shown.show_answer(answer)
            if mentions:
                shown.show_mentions(tabulating.mentioning(assistant, answer))
            continue
        with terminal.waiting("Reading"):
            answer = assistant.ask(said, skip=skip)
            wanted = form in ("table", "csv") or table or columns
            made = assistant.table(answer, columns=columns) if wanted else None
        if form == "json":
            told = tabulating.told(assistant, answer, made, mentions)
            terminal.out(terminal.line(told | _named("id", name)))
        elif form in ("table", "csv"):
            tabulating.show(answer, made, form)
        elif form == "bibtex":
            terminal.out(tabulating.bibtex(assistant, answer, all_))
        else:
            terminal.out(answer.to_markdown())


@at_once()
def count(
    question: Annotated[str, typer.Argument(help="What the papers are about, in English.")],
    by: Annotated[
        By | None, typer.Option(help="Only by this; all of them otherwise.", show_default=False)
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    json: Json = False,
) -> None:
    """Count the papers on something: by year, month, category, with code, with a new dataset."""
    from rag.cli import tabulating, terminal

    asked = [text for _, text in _questions(question, None)]
    with terminal.waiting("Opening the index"):
        assistant = open_assistant(writes=False)
    with terminal.waiting("Counting"):
        answer = assistant.ask(asked[0])
    counts = {n: c for n, c in answer.counts.items() if by in (None, n)}
    if json:
        told = {name: getattr(answer, name) for name in ("question", "matched", "total")}
        terminal.out(terminal.line({**told, "counts": counts}))
    elif csv:
        terminal.out(tabulating.counted_csv(counts, by))
    else:
        tabulating.show_counts(answer, counts)


@at_once()
def search(
    question: Question = None,
    from_file: FromFile = None,
    json: Json = False,
    k: Annotated[int, typer.Option("-k", min=1, max=MOST, help="How many papers.")] = 10,
) -> None:
    """Rank the papers for a question, whether they answer it or not."""
    from rag.assistant import Assistant
    from rag.cli import terminal

    asked = list(_questions(question, from_file))
    with terminal.waiting("Opening the index"):
        assistant = Assistant.open(llm="none")
    for name, said in asked:
        matches = assistant.search(said, k)
        if not json:
            terminal.show_matches(matches)
            continue
        for match in matches:
            terminal.out(terminal.line(match.to_dict() | _named("query_id", name)))


def chat() -> None:
    """Ask one question after the other; "which of them" and "the second one" are understood."""
    from rag.cli import chat, terminal

    with at_once(), terminal.waiting("Opening the index"):
        assistant = open_assistant()
    chat.run(assistant)


def _named(key: str, name: str) -> dict[str, str]:
    """Return the identifier of a question from a file as a field; nothing for one without."""
    return {key: name} if name else {}


def _questions(question: str | None, file: Path | None) -> Iterator[tuple[str, str]]:
    """Yield identifier and text of what is asked; all of it is checked before anything is done."""
    from rag.errors import QuestionError
    from rag.question.files import read_file
    from rag.question.parsing import read

    if (question is None) == (file is None):
        raise QuestionError('Ask one question, as in `rag ask "which papers ..."`, or give --from.')
    if question is not None:
        read(question)
        yield "", question
    if file is not None:
        yield from read_file(file)
