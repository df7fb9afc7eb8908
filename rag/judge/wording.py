"""How much of a question's words stand in a text, each weighing by how telling it is.

A word stands there in any of its forms, or as the abbreviation that the candidates define for it.
This counts words; what a text means, and whether it answers, is for others to say.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from rag.core.questions import Question
from rag.judge.places import Flags, Places
from rag.library import Library
from rag.search.retrieval import Match
from rag.text.abbreviations import abbreviations
from rag.text.words import stems

Array = NDArray[np.float64]

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
        self._places = Places(
            [[p.text for p in m.record.passages] for m in matches],
            abbreviations(m.paper.abstract for m in matches),
        )
        self._numbers = {m.paper.id: n for n, m in enumerate(matches)}
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
        self._places.look_for(self._weights)
        passages, papers = self._places.passages, self._places.papers
        self._in_passages = {stem: passages(stem) for stem in self._weights}
        self._in_papers = {stem: papers(stem) for stem in self._weights}

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

    @cached_property
    def whole(self) -> Array:
        """Which share of the words each paper holds, in title or abstract; shape (papers,)."""
        return self._share_of(self._in_papers, len(self._numbers))

    @cached_property
    def _of_passages(self) -> Array:
        return self._share_of(self._in_passages, int(self._places.starts[-1]))

    def shares(self, match: Match) -> Array:
        """Return which share of the words each passage holds, shape (passages,); 0 without any."""
        start, end = self._places.starts[(n := self.number(match)) : n + 2]
        return self._of_passages[start:end]

    def number(self, match: Match) -> int:
        """Return where a paper is among the candidates."""
        return self._numbers[match.paper.id]

    def of_phrase(self, phrase: str) -> Array:
        """Return which share of the words of a phrase one passage of each paper holds, in [0, 1].

        Shape (papers,), as for `of_phrase_anywhere`.
        """
        held = self._of(phrase, self._in_passages, int(self._places.starts[-1]))
        return np.maximum.reduceat(held, self._places.starts[:-1]) if len(held) else held

    def of_phrase_anywhere(self, phrase: str) -> Array:
        """Return which share of the words of a phrase each paper holds, in [0, 1]."""
        return self._of(phrase, self._in_papers, len(self._numbers))

    def _share_of(self, there: Mapping[str, Flags], size: int) -> Array:
        return _weighed(self._weights, there, size) / (self._total or 1.0)

    def _of(self, phrase: str, there: Mapping[str, Flags], size: int) -> Array:
        wanted = {stem: w for stem in stems(phrase) if (w := self._weights.get(stem))}
        if not wanted:
            return np.ones(size)  # it says nothing that could be missing
        return _weighed(wanted, there, size) / sum(wanted.values())

    def terms(self, terms: Sequence[str]) -> Flags:
        """Return which papers have any of some terms, its words one after the other; (papers,)."""
        return self._places.terms(terms)

    def share(self, held: Collection[str]) -> float:
        """Return which share of the words is among these stems, in [0, 1]."""
        there = sum(w for stem, w in self._weights.items() if self.holds(stem, held))
        return there / self._total if self._total else 0.0

    def holds(self, stem: str, held: Collection[str]) -> bool:
        """Tell whether a word is among stems, in any of its forms or as its abbreviation."""
        return self._places.among(stem, held)

    def alternatives(self) -> list[list[tuple[str, ...]]]:
        """Return for each word the terms that stand for it, see `rag.library.Library.naming`.

        Nothing if no word tells anything: each stands in `TOLD_BY_NONE` of the papers.
        """
        size = len(self._library)
        if all(self._frequency(stem) > TOLD_BY_NONE * size for stem in self._weights):
            return []
        return [
            [(form,) for form in sorted({stem, *self._places.same(stem)})]
            + sorted(self._places.long(stem))
            for stem in self._weights
        ]

    def _frequency(self, stem: str) -> int:
        """Return in how many papers of the index a word stands, in this form or another."""
        here = self._library.frequency(stem)
        if here:
            return here
        others = self._library.frequencies(sorted(self._places.same(stem)))
        return max(others, default=0) or int(self._places.anywhere(stem))


def _weighed(weights: Mapping[str, float], there: Mapping[str, Flags], size: int) -> Array:
    """Return the weights of the words that each text holds, added up."""
    found = np.zeros(size)
    for stem, weight in weights.items():
        found += weight * there[stem]
    return found
