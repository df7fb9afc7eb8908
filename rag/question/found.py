"""Words of a question that restrict it, as those who read them hand them on."""

from dataclasses import dataclass
from typing import Literal

from rag.core.filters import Filters

About = Literal["days", "categories", "papers", "authors", "left out"]


@dataclass(frozen=True, slots=True)
class Found:
    """Words of a text, from ``start`` to ``end``, that are a filter.

    Attributes
    ----------
    phrase
        Says the same at the end of a question.
    instead
        Stands in their place in what is left of the question.
    named, pronoun
        The same for a question that would mean nothing without its paper: the paper by its name,
        and as "it".
    names
        The papers as the question writes them.
    """

    about: About
    start: int
    end: int
    filters: Filters
    phrase: str
    instead: str = ""
    named: str = ""
    pronoun: str = ""
    names: tuple[str, ...] = ()
