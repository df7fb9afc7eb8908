"""A question read in full: what it leans on, what restricts it, what it asks for.

The one place where conversation, filters and questions meet. It needs an index, to know what is a
title or an author and which day is the newest; it searches nothing.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from rag.core.answers import Answer
from rag.core.filters import Filters, Known
from rag.core.questions import Question
from rag.question import filters as restricting
from rag.question import followups as conversation
from rag.question import parsing as questions
from rag.question.filters import Reading
from rag.question.followups import Turn

_COMPARE = re.compile(r"^(?:compare|contrast)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is understood.

    Attributes
    ----------
    text
        As asked, with white space folded.
    resolved
        The same, standing alone; empty if it did already.
    question
        What is looked for. Without concepts it asks for whatever passes the filters.
    filters
        What a paper has to be to be looked at.
    skip
        Matching papers that were shown before.
    """

    text: str
    resolved: str
    question: Question
    filters: Filters
    skip: int = 0


def read(
    text: str,
    known: Known,
    history: Iterable[Answer | Turn] = (),
    filters: Filters | None = None,
) -> Asked:
    """Read a question.

    Parameters
    ----------
    text
        In English, up to `questions.LONGEST_QUESTION` characters.
    known
        The index.
    history
        Earlier answers, the latest last.
    filters
        Used instead of what the question says, if given.

    Raises
    ------
    QuestionError
        If the question is empty or too long, or points to what has not been said.
    """
    text = questions.read(text).text
    resolved = conversation.resolve(text, history, known)
    reading = restricting.read(resolved.text, known)
    question = _question(reading, restricted=bool(reading.filters) or filters is not None)
    return Asked(
        text,
        resolved.text if resolved.text != text else "",
        question,
        reading.filters if filters is None else filters,
        resolved.skip,
    )


def _question(reading: Reading, restricted: bool) -> Question:
    named = reading.filters.ids or reading.filters.titles
    if restricted and questions.is_bare(_COMPARE.sub("", reading.rest)):
        kind = questions.read(reading.rest).kind if reading.rest else "papers"
        account = kind == "overview" or len(named) == 1 or (named and kind == "fact")
        return Question(reading.rest, "overview" if account else "papers", "")
    question = questions.read(reading.rest)
    if not named or question.kind == "papers":
        return question
    if question.kind == "fact":
        # The name tells that it is the paper asked about, and would hide which sentence answers.
        return replace(questions.read(reading.named), text=reading.pronoun)
    return Question(reading.rest, "overview", "") if len(named) == 1 else question
