"""The words that were typed to find papers, found again in the texts of those that were found."""

import re

from rag.library import Library
from rag.text.words import Word, stem
from rag.text.words import words as words_of
from ui.text import marked

AROUND = 60
"""Characters of a text shown on either side of a word that was sought."""


class Sought:
    """The words that were typed, found again in texts: also inflected, and the last one begun."""

    def __init__(self, typed: str, library: Library) -> None:
        self._stems = frozenset(library.words(typed))
        self._last = typed.split()[-1].lower() if typed else ""

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return where they stand in a text."""
        if not self._stems:
            return []
        return [(word.start, word.end) for word in _parts(text) if self._is(word)]

    def _is(self, word: Word) -> bool:
        return word.stem in self._stems or self._begins(word)

    def lacking(self, title: str, text: str) -> list[tuple[int, int]]:
        """Return where in a text those stand that a title has not."""
        if not self._stems:
            return []
        held = {word.stem for word in _parts(title)}
        begun = any(map(self._begins, _parts(title)))
        return [
            (word.start, word.end)
            for word in _parts(text)
            if self._is(word) and word.stem not in held and not (begun and self._begins(word))
        ]

    def _begins(self, word: Word) -> bool:
        return word.text.lower().startswith(self._last)

    def snippet(self, title: str, text: str) -> str:
        """Return the words of a text around what was sought, if the title has not all of it."""
        places = sorted(self.lacking(title, text))
        if not places:
            return ""
        start = max(0, places[0][0] - AROUND)
        end = min(len(text), places[0][1] + AROUND)
        while start and not text[start - 1].isspace():
            start -= 1
        while end < len(text) and not text[end].isspace():
            end += 1
        inside = [(a - start, b - start) for a, b in self.spans(text) if start <= a and b <= end]
        return f'<p class="snippet">… {marked(text[start:end], inside)} …</p>'


def _parts(text: str) -> list[Word]:
    """Return the words of a text, and apart those that hyphens join."""
    found: list[Word] = []
    for word in words_of(text):
        found.append(word)
        if "-" in word.text:
            for part in re.finditer(r"[^-]+", word.text):
                start, end = word.start + part.start(), word.start + part.end()
                found.append(Word(part[0], stem(part[0]), start, end))
    return found
