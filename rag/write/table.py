"""From papers to a table of evidence: each cell a clause of the abstract, or blank.

Which words answer a column is found in `rag.judge.cells`, without a language model; here they are
cut and put in their places. What is known of a paper beside its abstract comes from its record.
"""

from collections.abc import Callable, Mapping, Sequence

from rag.core.answers import Answer
from rag.core.papers import Paper
from rag.core.passages import Passage
from rag.core.questions import Question
from rag.core.tables import Cell, Row, Table
from rag.errors import QuestionError
from rag.judge import cells, columns
from rag.judge.cells import Found
from rag.judge.evidence import Evidence
from rag.models.reranker import Reranker
from rag.write import clauses

MOST_COLUMNS = 12
"""Columns of a table; more do not fit anywhere."""

_OF_RECORD: Mapping[str, Callable[[Paper], str]] = {
    "paper": lambda paper: paper.title,
    "first author": lambda paper: paper.authors[0] if paper.authors else "",
    "authors": lambda paper: "; ".join(paper.authors),
    "year": lambda paper: str(paper.appeared or ""),
    "date": lambda paper: paper.listed.isoformat() if paper.listed else "",
    "category": lambda paper: paper.categories[0] if paper.categories else "",
    "link": lambda paper: paper.url,
}


class Tabulating:
    """What makes the table of an answer later; a copy of the answer elsewhere is without it."""

    def __init__(self, make: Callable[[Answer], Table]) -> None:
        self._make = make

    def __call__(self, answer: Answer) -> Table:
        """Make the table."""
        return self._make(answer)

    def __reduce__(self) -> tuple[type[None], tuple[()]]:
        return type(None), ()  # an index and its models cannot be copied or sent


def named(text: str) -> tuple[str, ...]:
    """Return the columns that a list names, separated by commas.

    >>> named("task, dataset,  metric")
    ('task', 'dataset', 'metric')

    Raises
    ------
    QuestionError
        If it names none, or one twice, or too many.
    """
    found = tuple(name for part in text.split(",") if (name := " ".join(part.split())))
    if not found or len(found) > MOST_COLUMNS or len({n.casefold() for n in found}) < len(found):
        raise QuestionError(
            f"Name one to {MOST_COLUMNS} different columns with commas between them, as in "
            '"task, dataset, metric".'
        )
    return found


def build(
    names: Sequence[str],
    evidence: Sequence[Evidence],
    numbers: Mapping[str, int],
    question: Question,
    reranker: Reranker | None,
) -> Table:
    """Put a table together.

    Parameters
    ----------
    names
        Of the columns.
    evidence
        The papers, with the sentences that show why they match.
    numbers
        The bracket number of each paper by its identifier.
    question
        What was asked.
    reranker
        The judge, which reads for columns that no rule knows; None leaves those blank.
    """
    free = [name for name in names if not cells.kind(name)]
    answered = columns.read(free, [item.record for item in evidence], reranker)
    return Table(
        tuple(names),
        tuple(
            Row(
                numbers[item.paper.id],
                item.paper,
                tuple(_cell(name, item, question, answered.get(name, {})) for name in names),
            )
            for item in evidence
        ),
    )


def _cell(column: str, item: Evidence, question: Question, answered: Mapping[str, Found]) -> Cell:
    """Return the cell of a paper in one column."""
    kind = cells.kind(column)
    if kind in _OF_RECORD:
        return Cell(item.paper.id, _OF_RECORD[kind](item.paper))
    if kind == cells.WHY:
        return _quoted(clauses.cut(question, item.passages[0]) if item.passages else None, item)
    found = cells.RULES[kind](item.record) if kind else answered.get(item.paper.id)
    if found is None:
        return Cell(item.paper.id)
    return _quoted(
        found.passage if found.whole else clauses.around(found.passage, found.keeps), item
    )


def _quoted(passage: Passage | None, item: Evidence) -> Cell:
    """Return words of the abstract as a cell; a title that matches has no place in it."""
    if passage is None or passage.is_title:
        return Cell(item.paper.id)
    return Cell(item.paper.id, passage.text, passage.start, passage.end)
