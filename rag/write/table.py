"""From papers to a table of evidence: each cell a clause of the abstract, or blank.

Which words answer a column is found in `rag.judge.cells`, without a language model; here they are
cut and put in their places. What is known of a paper beside its abstract comes from its record.
"""

from collections.abc import Callable, Mapping, Sequence

from rag.core.passages import Passage
from rag.core.questions import Question
from rag.core.papers import Paper
from rag.core.tables import Cell, Row, Table
from rag.judge import cells
from rag.judge.cells import Found
from rag.judge.evidence import Evidence
from rag.write import clauses

_OF_RECORD: Mapping[str, Callable[[Paper], str]] = {
    "paper": lambda paper: paper.title,
    "first author": lambda paper: paper.authors[0] if paper.authors else "",
    "authors": lambda paper: "; ".join(paper.authors),
    "year": lambda paper: str(paper.listed.year) if paper.listed else "",
    "date": lambda paper: paper.listed.isoformat() if paper.listed else "",
    "category": lambda paper: paper.categories[0] if paper.categories else "",
    "link": lambda paper: paper.url,
}


def build(
    columns: Sequence[str],
    evidence: Sequence[Evidence],
    question: Question,
    answered: Mapping[str, Mapping[str, Found]],
    first: int = 1,
) -> Table:
    """Put a table together.

    Parameters
    ----------
    columns
        Names, as they were asked for.
    evidence
        The papers, with the sentences that show why they match.
    question
        What was asked.
    answered
        For each column that no rule knows, what answers it, by the identifier of the paper.
    first
        The number of the first paper.
    """
    return Table(
        tuple(columns),
        tuple(
            Row(
                number,
                item.paper,
                tuple(_cell(name, item, question, answered.get(name, {})) for name in columns),
            )
            for number, item in enumerate(evidence, start=first)
        ),
    )


def _cell(
    column: str, item: Evidence, question: Question, answered: Mapping[str, Found]
) -> Cell:
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
