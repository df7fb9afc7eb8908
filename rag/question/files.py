"""Questions from a file, one JSON object a line."""

import json
from pathlib import Path

from rag.errors import QuestionError
from rag.question.parsing import checked


def read_file(path: Path) -> list[tuple[str, str]]:
    """Read identifiers and questions from a JSON lines file with ``id`` and ``question``.

    Raises
    ------
    QuestionError
        If the file cannot be read, or a line of it is no question; nothing is asked then.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
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
        except (ValueError, KeyError, TypeError) as error:
            raise QuestionError(
                f'{path}, line {number}: expected {{"id": ..., "question": ...}}.'
            ) from error
        except QuestionError as error:
            raise QuestionError(f"{path}, line {number}: {error}") from error
    if not asked:
        raise QuestionError(f"{path} holds no questions: give a JSON lines file.")
    return asked
