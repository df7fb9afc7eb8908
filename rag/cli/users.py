"""The commands for those who may use the page: user add, user drop, user list."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from rag.errors import RagError

File = Annotated[
    Path, typer.Argument(help="The file that `rag ui --auth` is given.", metavar="FILE")
]
Name = Annotated[str, typer.Argument(help="The name to log in with.", metavar="NAME")]

user = typer.Typer(no_args_is_help=True, help="Say who may use the page.")


@user.command()
def add(name: Name, file: File) -> None:
    """Let somebody in, or change a password; only its hash (scrypt) is written.

    The password is asked for twice, or read from standard input, one line.
    """
    from rag.cli import terminal
    from ui import passwords

    if sys.stdin.isatty():
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    new = passwords.put(file, name, password)
    terminal.note(f"{name} {'may use the page' if new else 'has a new password'}: {file}.")


@user.command()
def drop(name: Name, file: File) -> None:
    """Let somebody in no more."""
    from rag.cli import terminal
    from ui import passwords

    if not passwords.drop(file, name):
        raise RagError(
            f"{file} has nobody called {name}: `rag user list {file}` says who is there."
        )
    terminal.note(f"{name} may use the page no more: {file}.")


@user.command("list")
def list_(file: File) -> None:
    """List the names in a file."""
    from rag.cli import terminal
    from ui import passwords

    for name in passwords.read(file, terminal.note):
        terminal.out(name)
