"""What tells how a question is to be read: which kind of answer it wants, and what is its topic.

Both are learned for one embedding model (`manners`, `topics`); for any other the patterns alone
tell the kind, and a topic keeps the words that no frame takes off.
"""

from dataclasses import dataclass

from rag.question import kinds, manners, topics
from rag.question.manners import Encode
from rag.question.topics import InContext, Trim


@dataclass(frozen=True, slots=True)
class Manner:
    """How to read a question that stands alone.

    Attributes
    ----------
    kind
        Tells which kind of answer a question wants, from its names.
    trim
        Returns the words of a question that are its topic.
    """

    kind: kinds.Decide = kinds.kind
    trim: Trim = topics.as_it_stands


PATTERNS = Manner()
"""By patterns alone."""


def manner(model: str, encode: Encode, in_context: InContext) -> Manner:
    """Return how questions are read with an embedding model.

    Parameters
    ----------
    model
        Its name.
    encode
        Its vector of a question.
    in_context
        What it makes of the words of a question.
    """
    return Manner(manners.kind_of(model, encode), topics.trim(model, in_context))
