"""What the commands share: options for days and JSON, and the assistant of the settings."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rag.assistant import Assistant

Day = typer.Option(formats=["%Y-%m-%d"], metavar="DAY", show_default=False)

Json = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]


def open_assistant() -> "Assistant":
    """Open the index and load the models of the settings."""
    from rag.assistant import Assistant

    return Assistant.open()
