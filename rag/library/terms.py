"""From texts to the terms that papers are filed under and found by.

What a word is, in all its spellings, is decided in `rag.text.words` for everybody; tantivy gets the
terms with spaces between them and only takes them apart. An index that an older version made is
read by the terms that it was made of, until its next writer makes them anew.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from rag.text import words

if TYPE_CHECKING:
    import tantivy

TOKENIZER = "english"
"""The name that the fields' tokenizer has had in every index."""

OLDER_FORMAT = 3
"""The format of an index whose words were cut and stemmed by tantivy."""

_ENDINGS = (
    "ing",
    "ings",
    "ed",
    "es",
    "ation",
    "ations",
    "ional",
    "ions",
    "ers",
    "als",
    "ives",
    "ments",
)
_SHORTEST_ROOT = 3  # letters
_LONGEST_TERM = 60  # bytes; longer "words" are encoded data, not language


def tokenizer() -> "tantivy.TextAnalyzer":
    """Return what takes terms apart that have spaces between them."""
    import tantivy

    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
        .filter(tantivy.Filter.remove_long(_LONGEST_TERM))
        .build()
    )


def reading(format_: int) -> Callable[[str], list[str]]:
    """Return what makes the terms of a question for an index of a format."""
    return _older().analyze if format_ == OLDER_FORMAT else of_text


def of_text(text: str) -> list[str]:
    """Return the terms of a text, in its order."""
    return list(words.stems(text))


def unfinished(term: str) -> list[str]:
    """Return the stems that a word may have whose ending is not typed to its end.

    >>> unfinished("trackin")
    ['track']
    """
    cut = range(len(term) - 1, _SHORTEST_ROOT - 1, -1)
    return [term[:n] for n in cut if any(end.startswith(term[n:]) for end in _ENDINGS)]


def of_name(name: str) -> list[str]:
    """Return the terms of a person's name, in its order."""
    return list(words.name(name))


def values(text: str) -> list[str]:
    """Return what tantivy files a text under: its terms, and apart those of parts of compounds."""
    return _joined(words.stems(text), words.filed(text))


def name_values(name: str) -> list[str]:
    """Return what tantivy files an author under: "Jean-Pierre" is also "Jean Pierre"."""
    whole, apart = words.name(name), words.stems(name)
    return _joined(whole, apart if apart != whole else (), words.filed(name))


def _joined(*some: Sequence[str]) -> list[str]:
    return [" ".join(terms) for terms in some if terms]


@cache
def _older() -> "tantivy.TextAnalyzer":
    import tantivy

    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(_LONGEST_TERM))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )
