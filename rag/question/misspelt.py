"""Words of a question that are misspelt: no paper has them, and papers have what is one slip away.

What may be meant as it stands is left alone: words of the language, names (which have capitals or
digits), short words, and what stands in quotation marks. Right spellings are those of the papers,
so that no list of words has to know the field; and of the words that people ask with.
"""

import re
from collections.abc import Callable

from rag.core.filters import Known
from rag.question.manners import ASKING
from rag.text import slips

Spell = Callable[[str, Known], str]
"""Returns a question with its misspelt words as papers spell them."""

_ASKING = ASKING | frozenset(
    """paper papers article articles abstracts studies research methods without anything anyone
    anybody something someone somebody everything please looking wonder interested""".split()
)
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|`[^`]*`")
_WORD = re.compile(rf"(?<![\w@/.:’'-])(?:\A[A-Z])?[a-z]{{{slips.SHORTEST - 1},}}(?![\w@/’'-]|\.\w)")


def as_it_stands(text: str, known: Known) -> str:
    """Return a question as it is."""
    return text


def corrected(text: str, known: Known, *, is_word: Callable[[str], bool]) -> str:
    """Return a question with its misspelt words as papers spell them, or as people ask.

    Parameters
    ----------
    is_word
        Tells whether a word is one of the language.
    """
    quoted = [match.span() for match in _QUOTED.finditer(text)]

    def spelt(match: re.Match[str]) -> str:
        start, word = match.start(), match[0].lower()
        if len(word) < slips.SHORTEST or any(a < start < b for a, b in quoted):
            return match[0]
        if word in _ASKING or known.has_word(word) or is_word(word):
            return match[0]
        found = known.nearly(word, _ASKING)
        if match[0] == word:
            return found or word
        return found.capitalize() if found in _ASKING else match[0]  # or it may be a name

    return _WORD.sub(spelt, text)
