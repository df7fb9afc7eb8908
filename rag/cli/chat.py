"""A conversation at the terminal: a line is a question, what was said is kept in mind.

An error is one line and the conversation goes on. Ctrl-C stops the answer that is being written, or
clears the line; Ctrl-D leaves. Where the input is no terminal its lines are read one after the
other. What a question leans on is not decided here.
"""

import io
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rag.cli import terminal
from rag.errors import RagError
from rag.output import terminal as shown

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession

    from rag.assistant import Assistant
    from rag.core.answers import Answer

MOST_TURNS = 50
"""Answers that a question may lean on, the latest."""

COMMANDS = "/new forgets what was said, /sources and /bibtex list what the last answer cites, /quit"


def run(assistant: "Assistant") -> None:
    """Answer line after line, until there are no more."""
    history: list[Answer] = []
    terminal.note(f"{len(assistant.library):,} papers. {COMMANDS} (or Ctrl-D) leaves.")
    for line in _lines():
        if line in ("/quit", "/exit"):
            return
        try:
            if line.startswith("/"):
                _command(line, history)
            elif line:
                history.append(terminal.show_growing(assistant, line, history))
                del history[:-MOST_TURNS]
        except RagError as error:
            terminal.note(str(error))
        except KeyboardInterrupt:
            terminal.note("Stopped.")


def _command(line: str, history: "list[Answer]") -> None:
    if line == "/new":
        history.clear()
        terminal.note("Forgotten.")
    elif line not in ("/sources", "/bibtex"):
        terminal.note(f"There is no {line}: {COMMANDS} leaves.")
    elif not history or not history[-1].citations:
        terminal.note("The last answer cites no paper." if history else "There is no answer yet.")
    elif line == "/sources":
        shown.show_sources(history[-1])
    else:
        terminal.out(history[-1].to_bibtex())


def _lines() -> Iterator[str]:
    """Yield what is typed, or the lines of the input."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        if isinstance(sys.stdin, io.TextIOWrapper):  # what is no text is a question like any other
            sys.stdin.reconfigure(errors="replace")
        yield from (line.strip() for line in sys.stdin)
        return
    session = _session()
    while True:
        try:
            yield session.prompt("> ").strip()
        except KeyboardInterrupt:
            continue
        except EOFError:
            return


def _session() -> "PromptSession[str]":
    """Return a prompt that remembers earlier lines, if they can be kept."""
    from platformdirs import user_data_path
    from prompt_toolkit import PromptSession
    from prompt_toolkit.history import FileHistory

    kept = user_data_path("arxiv-rag") / "questions"
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
    except OSError:
        return PromptSession()
    return PromptSession(history=FileHistory(kept))
