"""The questions of a gold file: what is asked, and what its answer has to be.

Promises that a file is read in whole or refused in one line that says where and why. It asks
nothing.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from rag.core.answers import Verdict
from rag.errors import EvaluationError, QuestionError
from rag.question.parsing import read

Kind = Literal["set", "fact", "explain", "compare", "yes-no", "unanswerable"]

KINDS: tuple[Kind, ...] = ("set", "fact", "explain", "compare", "yes-no", "unanswerable")

VERDICTS: tuple[Verdict, ...] = ("yes", "no", "mixed", "")

_DETAILED = ("fact", "explain", "compare")


@dataclass(frozen=True, slots=True)
class Gold:
    """A question and what its answer has to be.

    Attributes
    ----------
    kind
        ``set``: all papers that match; ``fact``: one detail; ``explain``: how one thing works;
        ``compare``: several papers side by side; ``yes-no``: what papers say for and against;
        ``unanswerable``: no answer.
    relevant
        Identifiers of the papers to cite; none for an unanswerable question, nor for a yes-or-no
        question that none of them answers.
    acceptable
        Papers that may be cited or not; they count neither way.
    answer_contains
        For a fact, an explanation and a comparison: strings of which the answer has to hold one.
    verdict
        For a yes-or-no question: what the papers say; empty where none says it.
    """

    id: str
    kind: Kind
    question: str
    relevant: frozenset[str]
    acceptable: frozenset[str] = frozenset()
    answer_contains: tuple[str, ...] = ()
    verdict: Verdict = ""


def read_file(path: Path) -> list[Gold]:
    """Read the questions of a JSON lines file.

    Each line has ``id``, ``kind``, ``question`` and ``relevant``; facts, explanations and
    comparisons have ``answer_contains`` too, yes-or-no questions ``verdict``, and any may have
    ``acceptable``.

    Raises
    ------
    EvaluationError
        If the file cannot be read, or a line of it is no such question.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise EvaluationError(f"{path} cannot be read ({why}): give a JSON lines file.") from error
    found: dict[str, Gold] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            gold = _gold(json.loads(line))
        except json.JSONDecodeError as error:
            raise EvaluationError(f"{path}, line {number}: it is not JSON: {error}.") from error
        except (EvaluationError, QuestionError) as error:
            raise EvaluationError(f"{path}, line {number}: {error}") from error
        if gold.id in found:
            raise EvaluationError(f"{path}, line {number}: the id {gold.id} is there already.")
        found[gold.id] = gold
    if not found:
        raise EvaluationError(f"{path} holds no questions: give a JSON lines file.")
    return list(found.values())


def _gold(entry: Any) -> Gold:  # noqa: ANN401
    if not isinstance(entry, dict):
        raise EvaluationError("expected an object with id, kind, question and relevant.")
    kind = entry.get("kind")
    if kind not in KINDS:
        known = "unknown" if kind else "missing"
        raise EvaluationError(f"the kind {kind!r} is {known}: it is one of {', '.join(KINDS)}.")
    for name in ("id", "question"):
        if not isinstance(entry.get(name), str):
            raise EvaluationError(f"{name} is missing, or no string.")
    read(entry["question"])
    relevant = _strings(entry, "relevant", owed=True)
    expected = _strings(entry, "answer_contains", owed=kind in _DETAILED)
    verdict = entry.get("verdict", None if kind == "yes-no" else "")
    if verdict not in VERDICTS or (verdict and kind != "yes-no"):
        raise EvaluationError("verdict is missing, or not one of yes, no, mixed and an empty text.")
    if kind == "yes-no" and bool(verdict) != bool(relevant):
        raise EvaluationError("a verdict needs a relevant paper, and a relevant paper a verdict.")
    if kind not in ("unanswerable", "yes-no") and not relevant:
        raise EvaluationError(f"a {kind} question needs a relevant paper.")
    if kind == "unanswerable" and relevant:
        raise EvaluationError("an unanswerable question has no relevant paper.")
    if kind in _DETAILED and not all([expected, *(text.strip() for text in expected)]):
        raise EvaluationError(f"a {kind} question needs strings in answer_contains.")
    acceptable = frozenset(_strings(entry, "acceptable")) - set(relevant)
    return Gold(
        entry["id"], kind, entry["question"], frozenset(relevant), acceptable, expected, verdict
    )


def _strings(entry: dict[str, Any], name: str, *, owed: bool = False) -> tuple[str, ...]:
    values = entry.get(name, None if owed else [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise EvaluationError(f"{name} is missing, or no list of strings.")
    return tuple(values)
