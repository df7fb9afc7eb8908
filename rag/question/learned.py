"""What tells how a question is to be read: which kind of answer it wants, and what is its topic.

And which part of a message asks at all, and for which genres of paper. All of it is learned for one
embedding model (`manners`, `topics`, `cores`, `genres`); for any other the patterns alone tell the
kind and the genres, and what no frame takes off stays.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from rag.question import cores, excluded, genres, kinds, manners, misspelt, topics
from rag.question.cores import Cut
from rag.question.manners import Encode
from rag.question.misspelt import Spell
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
    cut
        Returns the part of a message that asks.
    spell
        Returns a question with its misspelt words as they should be.
    asks
        Returns the genres of paper that a question asks for.
    hear
        Returns what is heard of what a question leaves out.
    """

    kind: kinds.Decide = kinds.kind
    trim: Trim = topics.as_it_stands
    cut: Cut = cores.whole
    spell: Spell = misspelt.as_it_stands
    asks: genres.Read = genres.by_patterns
    hear: excluded.Hear = excluded.by_patterns


PATTERNS = Manner()
"""By patterns alone."""


def manner(
    model: str, encode: Encode, in_context: InContext, is_word: Callable[[str], bool]
) -> Manner:
    """Return how questions are read with an embedding model.

    Parameters
    ----------
    model
        Its name.
    encode
        Its vector of a question.
    in_context
        What it makes of the words of a question.
    is_word
        Whether a word is one that it was taught.
    """
    kind = manners.kind_of(model, encode)
    if kind is kinds.kind:
        return PATTERNS
    trim = partial(topics.trimmed, in_context=in_context)
    spell = partial(misspelt.corrected, is_word=is_word)
    asked = partial(genres.asked, encode=encode, in_context=in_context)
    hear = partial(excluded.heard, encode=encode, in_context=in_context)
    return Manner(kind, trim, partial(cores.core, in_context=in_context), spell, asked, hear)
