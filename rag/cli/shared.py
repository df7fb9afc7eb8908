"""What the commands share: the option `--json`, and the assistant as the settings have it."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rag.assistant import Assistant

Json = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]


def open_assistant() -> "Assistant":
    """Open the index and load the models of the settings."""
    from rag.assistant import Assistant

    return Assistant.open()
