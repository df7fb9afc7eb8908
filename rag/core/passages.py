"""A stretch of a paper's text: its title, or a sentence of its abstract with its offsets."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of an abstract, `abstract[start:end] == text`, or a title from 0 to 0."""

    paper_id: str
    start: int
    end: int
    text: str

    @property
    def is_title(self) -> bool:
        """Whether this is the title; a passage of an abstract is never empty."""
        return self.end == 0
