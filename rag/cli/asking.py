"""The commands that ask: ask, search, chat."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from rag.cli.shared import Json, open_assistant

Question = Annotated[
    str | None, typer.Argument(help="The question, in English.", show_default=False)
]
FromFile = Annotated[
    Path | None,
    typer.Option(
        "--from", help="Read questions from a JSON lines file (id, question).", metavar="FILE"
    ),
]


def ask(
    question: Question = None,
    from_file: FromFile = None,
    json: Json = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown.")] = False,
    bibtex: Annotated[bool, typer.Option("--bibtex", help="Print the cited papers.")] = False,
    skip: Annotated[int, typer.Option(min=0, help="Leave out so many matching papers.")] = 0,
) -> None:
    """Answer a question, every sentence cited and checked."""
    from rag.cli import terminal
    from rag.output import terminal as shown

    asked = list(_questions(question, from_file))
    with terminal.waiting("Opening the index"):
        assistant = open_assistant()
    for name, text in asked:
        if not (json or markdown or bibtex):
            shown.show_answer(terminal.watched(assistant, text, skip))
            continue
        with terminal.waiting("Reading"):
            answer = assistant.ask(text, skip=skip)
        if json:
            terminal.out(terminal.line(answer.to_dict() | _named("id", name)))
        else:
            terminal.out(answer.to_markdown() if markdown else answer.to_bibtex())


def search(
    question: Question = None,
    from_file: FromFile = None,
    json: Json = False,
    k: Annotated[int, typer.Option("-k", min=1, help="How many papers.")] = 10,
) -> None:
    """Rank the papers for a question, whether they answer it or not."""
    from rag.assistant import Assistant
    from rag.cli import terminal

    asked = list(_questions(question, from_file))
    with terminal.waiting("Opening the index"):
        assistant = Assistant.open(llm="none")
    for name, text in asked:
        matches = assistant.search(text, k)
        if not json:
            terminal.show_matches(matches)
            continue
        for match in matches:
            terminal.out(terminal.line(match.to_dict() | _named("query_id", name)))


def chat() -> None:
    """Ask one question after the other; "which of them" and "the second one" are understood."""
    from rag.cli import chat, terminal

    with terminal.waiting("Opening the index"):
        assistant = open_assistant()
    chat.run(assistant)


def _named(key: str, name: str) -> dict[str, str]:
    """Return the identifier of a question from a file as a field; nothing for one without."""
    return {key: name} if name else {}


def _questions(question: str | None, file: Path | None) -> Iterator[tuple[str, str]]:
    """Yield identifier and text of what is asked; all of it is checked before anything is done."""
    from rag.errors import QuestionError
    from rag.question.parsing import read, read_file

    if (question is None) == (file is None):
        raise QuestionError('Ask one question, as in `rag ask "which papers ..."`, or give --from.')
    if question is not None:
        read(question)
        yield "", question
    if file is not None:
        yield from read_file(file)
