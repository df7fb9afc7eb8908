"""Questions from a file, one JSON object a line."""

import json
import sys
from pathlib import Path

from rag.errors import QuestionError
from rag.question.parsing import checked

LARGEST = 100_000_000
"""Bytes of a file of questions: some hundred thousand of the longest."""

_PIPE = Path("-")


def read_file(path: Path) -> list[tuple[str, str]]:
    """Read identifiers and questions from a JSON lines file with ``id`` and ``question``.

    ``-`` is standard input.

    Raises
    ------
    QuestionError
        If the file cannot be read, or a line of it is no question; nothing is asked then.
    """
    try:
        lines = _content(path).decode().split("\n")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise QuestionError(f"{path} cannot be read ({why}): give a JSON lines file.") from error
    asked = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            asked.append((str(entry["id"]), str(entry["question"])))
            checked(asked[-1][1])
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise QuestionError(
                f'{path}, line {number}: expected {{"id": ..., "question": ...}}.'
            ) from error
        except QuestionError as error:
            raise QuestionError(f"{path}, line {number}: {error}") from error
    if not asked:
        raise QuestionError(f"{path} holds no questions: give a JSON lines file.")
    return asked


def _content(path: Path) -> bytes:
    with sys.stdin.buffer if path == _PIPE else path.open("rb") as opened:
        content = opened.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise QuestionError(f"{path} has more than {LARGEST:,} bytes: give it in parts.")
    return content
