"""A paper cut into passages: its title, and the sentences of its abstract with their offsets.

Every character of an abstract that is not a space is in exactly one passage, and no passage is
longer than what the embedding model takes in; the model itself is not known here, only whether a
text fits. How an abstract is cut decides what an index holds, so `PASSAGE_RULE` changes with it.
"""

import re
from collections.abc import Callable, Iterator

from rag.core.papers import Paper
from rag.core.passages import Passage
from rag.text.sentences import sentences, trimmed

PASSAGE_RULE = "title, sentences, clauses of what does not fit; version 1"

# Where a sentence that is too long is divided, best first.
_CLAUSES = (re.compile(r"(?<=;)\s+"), re.compile(r"(?<=[,:])\s+"), re.compile(r"\s+"))


def passages(paper: Paper, fits: Callable[[str], bool]) -> list[Passage]:
    """Cut a paper into its title, which stays whole, and the sentences of its abstract.

    Parameters
    ----------
    paper
        The paper; its abstract may be empty.
    fits
        Whether the embedding model takes a text in whole. A sentence that does not fit is divided
        in the middle, at the best place there is, until its parts do.
    """
    found = [Passage(paper.id, 0, 0, paper.title)]
    for sentence in sentences(paper.abstract):
        for start, end in _fitting(paper.abstract, *sentence, fits):
            found.append(Passage(paper.id, start, end, paper.abstract[start:end]))
    return found


def _fitting(
    text: str, start: int, end: int, fits: Callable[[str], bool]
) -> Iterator[tuple[int, int]]:
    """Divide a stretch until every part fits; a single character stays whatever it is."""
    if end - start < 2 or fits(text[start:end]):
        yield start, end
        return
    cut = _division(text, start, end)
    for part in (trimmed(text, start, cut), trimmed(text, cut, end)):
        if part is not None:
            yield from _fitting(text, *part, fits)


def _division(text: str, start: int, end: int) -> int:
    """Return the clause boundary that is nearest to the middle, or else the middle."""
    middle = (start + end) // 2
    for boundary in _CLAUSES:
        places = [match.end() for match in boundary.finditer(text, start, end)]
        if places:
            return min(places, key=lambda place: abs(place - middle))
    return middle
