"""What the commands share: options for days and JSON, and the assistant of the settings."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rag.assistant import Assistant


MOST = 1_000_000_000
"""Papers that a number may be given for: no index has as many."""


def read_day(text: str) -> date:
    """Read a day that was given as an option.

    Raises
    ------
    BadParameter
        If it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text} is no day: write it as 2021-04-30") from error


Since = Annotated[
    date | None,
    typer.Option(
        "--since",
        parser=read_day,
        metavar="DAY",
        show_default=False,
        help="Only papers of this day or later.",
    ),
]
Until = Annotated[
    date | None,
    typer.Option(
        "--until",
        parser=read_day,
        metavar="DAY",
        show_default=False,
        help="Only papers of this day or earlier.",
    ),
]

Json = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]


def open_assistant(writes: bool = True) -> "Assistant":
    """Open the index and load the models of the settings; without the one that writes, if told."""
    from rag.assistant import Assistant

    return Assistant.open(llm=None if writes else "none")
