"""How much of a question's words stand in a text, each weighing by how telling it is.

A word stands there in any of its forms, or as the abbreviation that the candidates define for it.
This counts words; what a text means, and whether it answers, is for others to say.
"""

import math
from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.core.questions import Question
from rag.library import Library
from rag.search.retrieval import Match
from rag.text.abbreviations import abbreviations
from rag.text.words import SHORTEST_ROOT, same, stems

TOLD_BY_NONE = 0.3
"""Share of the papers from which a word tells nothing of any of them."""


class Wording:
    """The words of a question, looked for in the candidates.

    Attributes
    ----------
    unknown
        Words of the question that stand in no paper of the index, as the question writes them.
    count
        How many words there are.
    """

    def __init__(self, question: Question, matches: Sequence[Match], library: Library) -> None:
        self._texts = {m.paper.id: [stems(p.text) for p in m.record.passages] for m in matches}
        self._vocabulary = {s for texts in self._texts.values() for text in texts for s in text}
        self._short = abbreviations(m.paper.abstract for m in matches)
        self._forms: dict[str, frozenset[str]] = {}
        self._library = library
        words = {stem: term for term in question.terms for stem in stems(term)}
        size = max(len(library), 1)
        here = {stem: self._frequency(stem) for stem in words}
        self.unknown = tuple(
            dict.fromkeys(words[stem] for stem in words if not here[stem] and stem.isalpha())
        )
        self._weights = {
            stem: math.log(1 + (size - min(n, size) + 0.5) / (n + 0.5)) for stem, n in here.items()
        }
        self._total = sum(self._weights.values())
        self.count = len(self._weights)
        self._here = here

    def unknown_share(self, parts: Sequence[Sequence[str]]) -> float:
        """Return which share of the parts of a question, by weight, stands in no paper.

        Parameters
        ----------
        parts
            For each its members, of which one is enough: that with the fewest unknown words counts.
        """
        total = unknown = 0.0
        for members in parts:
            lacking, whole = min(
                map(self._unknown, members), key=lambda pair: (pair[0] / (pair[1] or 1.0), -pair[1])
            )
            total, unknown = total + whole, unknown + lacking
        return unknown / total if total else 0.0

    def _unknown(self, phrase: str) -> tuple[float, float]:
        """Return the weight of the unknown words of a phrase, and of all its words."""
        known = {s: w for s in stems(phrase) if (w := self._weights.get(s)) is not None}
        return sum(w for s, w in known.items() if not self._here[s]), sum(known.values())

    def shares(self, match: Match) -> NDArray[np.float64]:
        """Return which share of the words each passage holds, shape (passages,); 0 without any."""
        return np.array([self.share(text) for text in self._texts[match.paper.id]])

    def whole(self, match: Match) -> float:
        """Return which share of the words a paper holds, in title or abstract."""
        return self.share(self._words_of(match))

    def of_phrase(self, phrase: str, match: Match) -> float:
        """Return which share of the words of a phrase one passage of a paper holds, in [0, 1]."""
        return max(self._of(phrase, held) for held in self._texts[match.paper.id])

    def of_phrase_anywhere(self, phrase: str, match: Match) -> float:
        """Return which share of the words of a phrase a paper holds, in [0, 1]."""
        return self._of(phrase, self._words_of(match))

    def _words_of(self, match: Match) -> set[str]:
        return {stem for text in self._texts[match.paper.id] for stem in text}

    def _of(self, phrase: str, held: Collection[str]) -> float:
        wanted = {stem: self._weights.get(stem, 0.0) for stem in stems(phrase)}
        total = sum(wanted.values())
        if not total:
            return 1.0  # it says nothing that could be missing
        return sum(w for stem, w in wanted.items() if w and self.holds(stem, held)) / total

    def names(self, terms: Sequence[str], match: Match) -> bool:
        """Tell whether a paper has any of some terms, its words one after the other."""
        wanted = [f" {' '.join(found)} " for term in terms if (found := stems(term))]
        texts = (f" {' '.join(text)} " for text in self._texts[match.paper.id])
        return any(term in text for text in texts for term in wanted)

    def share(self, held: Collection[str]) -> float:
        """Return which share of the words is among these stems, in [0, 1]."""
        there = sum(w for stem, w in self._weights.items() if self.holds(stem, held))
        return there / self._total if self._total else 0.0

    def holds(self, stem: str, held: Collection[str]) -> bool:
        """Tell whether a word is among stems, in any of its forms or as its abbreviation."""
        if not self._same(stem).isdisjoint(held):
            return True
        return any(
            all(not self._same(part).isdisjoint(held) for part in long)
            for long in self._short.get(stem, ())
        )

    def alternatives(self) -> list[list[tuple[str, ...]]]:
        """Return for each word the terms that stand for it, see `rag.library.Library.naming`.

        Nothing if no word tells anything: each stands in `TOLD_BY_NONE` of the papers.
        """
        size = len(self._library)
        if all(self._frequency(stem) > TOLD_BY_NONE * size for stem in self._weights):
            return []
        return [
            [(form,) for form in sorted({stem, *self._same(stem)})]
            + sorted(self._short.get(stem, ()))
            for stem in self._weights
        ]

    def _same(self, wanted: str) -> frozenset[str]:
        """Return the stems of the candidates that are the same word as this one."""
        if wanted not in self._forms:
            root = wanted[:SHORTEST_ROOT]  # two forms of a word begin alike
            alike = (s for s in self._vocabulary if s.startswith(root))
            self._forms[wanted] = frozenset(s for s in alike if same(wanted, s))
        return self._forms[wanted]

    def _frequency(self, stem: str) -> int:
        """Return in how many papers of the index a word stands, in this form or another."""
        here = self._library.frequency(stem)
        if here:
            return here
        others = self._library.frequencies(sorted(self._same(stem)))
        return max(others, default=0) or (1 if self.holds(stem, self._vocabulary) else 0)
