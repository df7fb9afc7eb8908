"""How surely a text is the title of a paper, a slip or two allowed."""

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache

from rag.text.spelling import spelled, without_umlauts

NEARLY = 0.92
"""Share of letters in common from which a quoted text is a title with a slip in it."""

SHORTEST_NEARLY = 12
"""Letters from which a title may have a slip; below, another letter is another name."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|\+")


def likeness(text: str, title: str) -> float:
    """Return how surely a text is a title or its part before the colon.

    It is 1 but for case, marks and spelling; below `NEARLY` it is 0.
    """
    asked = _plain(text)
    name, colon, _ = title.partition(":")
    return max(_likeness(asked, _plain(title)), _likeness(asked, _plain(name)) if colon else 0.0)


def _likeness(asked: str, whole: str) -> float:
    if asked == whole:
        return float(bool(asked))
    if min(len(asked), len(whole)) < SHORTEST_NEARLY:
        return 0.0
    alike = SequenceMatcher(None, asked, whole, autojunk=False)
    if min(alike.real_quick_ratio(), alike.quick_ratio()) < NEARLY:
        return 0.0
    return ratio if (ratio := alike.ratio()) >= NEARLY else 0.0


@lru_cache(maxsize=10_000)  # every beginning of a question is compared with much the same titles
def _plain(text: str) -> str:
    """Return the letters of a text, each word in its one spelling."""
    found = _WORD.findall(unicodedata.normalize("NFC", text))
    return "".join(without_umlauts(spelled(word)) for word in found)
