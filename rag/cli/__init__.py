"""The command ``rag``: its commands, and how an error ends it."""

import errno
import io
import os
import sys

import typer

from rag.cli import (
    asking,
    collecting,
    exporting,
    fetching,
    indexing,
    measuring,
    model,
    papers,
    serving,
    users,
)
from rag.cli.leaving import INTERRUPTED, STOPPED, leave
from rag.errors import RagError
from rag.output.screen import harmless

FAILED = 2
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Answers questions about research papers from their abstracts, and proves every sentence.",
    epilog="Settings: RAG_INDEX (folder of the index), RAG_LLM (a GGUF file, repo_id:filename, "
    "http://host/v1, or none), RAG_EMBEDDING (a sentence-transformers model).",
)

for command in (
    asking.ask, asking.search, asking.count, asking.chat, serving.ui, serving.mcp,
    indexing.index, fetching.fetch,
    papers.list_, papers.show, papers.drop, exporting.export, papers.status, papers.doctor,
    papers.backup, papers.restore, collecting.tag, collecting.new,
):  # fmt: skip
    app.command(command.__name__.rstrip("_"))(command)
app.add_typer(collecting.watch, name="watch")
app.add_typer(measuring.evaluation, name="eval")
app.add_typer(model.model, name="model")
app.add_typer(users.user, name="user")


def main() -> None:
    """Run the command line; every error is one line, and status 2 (130 for Ctrl-C)."""
    _have_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a letter that it cannot write is no failure
            stream.reconfigure(errors="replace")
    try:
        status = app(standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        _fail(STOPPED, INTERRUPTED)
    except RagError as error:
        _fail(str(error), FAILED)
    except BrokenPipeError:
        leave(FAILED)
    except Exception as error:
        if hasattr(error, "format_message"):  # what click says of wrong options
            _refuse(error.format_message())
        if os.environ.get("RAG_DEBUG"):
            raise
        _fail(_unexpected(error), FAILED)
    if status == INTERRUPTED:  # typer says so by this number alone
        _fail(STOPPED, INTERRUPTED)
    sys.exit(status if isinstance(status, int) else 0)


def _have_streams() -> None:
    """Put nothing in the place of streams that were closed by who started this.

    Else the next files to be opened take their numbers, and get what is printed there.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
    if sys.stdin is None:
        sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)


def _unexpected(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return f"{error.strerror}: make room where this writes, and run it again."
    return f"Unexpected {type(error).__name__}: {error} (RAG_DEBUG=1 shows where.)"


def _refuse(said: str) -> None:
    if not said:  # there was no command, and the help has been printed
        sys.exit(FAILED)
    _fail(f"{said.rstrip('.')}: see `rag --help`.", FAILED)


def _fail(message: str, status: int) -> None:
    sys.stderr.write(f"rag: {harmless(' '.join(message.split()))}\n")
    leave(status)
