"""A question as it was read."""

from dataclasses import dataclass
from typing import Literal

LONGEST_QUESTION = 2_000
"""Characters. The embedding model reads about 1,000; anything longer is a pasted document."""

Kind = Literal["papers", "fact", "overview"]


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing that a paper has to cover: any of the alternatives will do.

    Attributes
    ----------
    alternatives
        Phrases of content words.
    aspect
        Whether it is something that an abstract does (see `rag.text.aspects`), not a topic.
    named
        Whether it is enough that the paper names it: "results on KITTI".
    """

    alternatives: tuple[str, ...]
    aspect: bool = False
    named: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A question and how it was read.

    Attributes
    ----------
    text
        As asked, with white space folded.
    kind
        ``papers``: all papers that match; ``fact``: one detail; ``overview``: an account.
    topic
        The words that carry meaning, in their order.
    concepts
        What has to be covered, each concept by one of its alternatives.
    wants
        For a fact: the form of the detail asked for (``number``, ``dataset``, ``name``), or empty.
    """

    text: str
    kind: Kind
    topic: str
    concepts: tuple[Concept, ...]
    wants: str = ""
