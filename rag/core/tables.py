"""A table of evidence: papers down, what they say across, each cell in words of the abstract.

Plain data; how cells are found is the business of `rag.judge.cells` and `rag.write.table`, how they
are rendered that of `rag.output`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rag.core.papers import Paper, linked, links

COLUMNS: tuple[str, ...] = (
    "paper", "first author", "year", "why it matches", "method", "data", "result", "code",
)  # fmt: skip
"""The columns of a table where none are named."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What a paper says in one column: `abstract[start:end] == text`.

    What is known of a paper beside its abstract (title, author, year) has no place in it: start and
    end are 0. A cell without a text is blank: the abstract does not say, or not surely.
    """

    paper_id: str
    text: str = ""
    start: int = 0
    end: int = 0

    @property
    def is_quoted(self) -> bool:
        """Whether the text is the abstract's own."""
        return self.end > 0


@dataclass(frozen=True, slots=True)
class Row:
    """A paper with its number and its cells, as many as the table has columns."""

    number: int
    paper: Paper
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Papers and what they say.

    Attributes
    ----------
    columns
        Names, as they were asked for.
    rows
        In the order of the answer.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def to_dict(self) -> dict[str, Any]:
        """Return the table as JSON can say it; a blank cell is null."""
        return {
            "columns": list(self.columns),
            "rows": [
                {
                    "number": row.number,
                    **links(row.paper),
                    "cells": [
                        {"text": cell.text, "start": cell.start, "end": cell.end}
                        if cell.text
                        else None
                        for cell in row.cells
                    ],
                }
                for row in self.rows
            ],
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> "Table":
        """Return the table that `to_dict` was called on.

        Raises
        ------
        KeyError, TypeError, ValueError
            If it is no such dict.
        """
        rows = []
        for row in kept["rows"]:
            paper = linked(row)
            cells = tuple(Cell(paper.id, **(cell or {})) for cell in row["cells"])
            rows.append(Row(int(row["number"]), paper, cells))
        return cls(tuple(map(str, kept["columns"])), tuple(rows))
