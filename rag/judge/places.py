"""Where words stand in the candidates: in which of their passages, and in which papers.

Worked out for all passages at once, since a large index has thousands of them a question.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.text.words import SHORTEST_ROOT, same, stems

Flags = NDArray[np.bool_]


class Places:
    """The words of the passages of some papers, by their stems.

    Parameters
    ----------
    papers
        The texts of the passages of each paper; at least one, its title.
    short
        For an abbreviation the long forms that the papers define for it, as stems.

    Attributes
    ----------
    starts
        Where each paper's passages begin, shape (papers + 1,).
    """

    def __init__(
        self,
        papers: Sequence[Sequence[str]],
        short: Mapping[str, Collection[tuple[str, ...]]],
    ) -> None:
        self._texts = [stems(text) for texts in papers for text in texts]
        self.starts = np.cumsum([0, *map(len, papers)])
        self._short = short
        self._vocabulary = set[str]().union(*self._texts)
        self._alike: dict[str, frozenset[str]] = {}
        self._at: dict[str, list[int]] = {}  # passages, of the stems that were looked for

    def look_for(self, wanted: Collection[str]) -> None:
        """Find where some words stand, all in one pass: it takes as long as for one of them."""
        together = {part for stem in wanted for long in self.long(stem) for part in long}
        self._find({form for stem in (*wanted, *together) for form in self.same(stem)})

    def same(self, wanted: str) -> frozenset[str]:
        """Return the stems of the papers that are the same word as this one."""
        if wanted not in self._alike:
            root = wanted[:SHORTEST_ROOT]  # two forms of a word begin alike
            alike = (stem for stem in self._vocabulary if stem.startswith(root))
            self._alike[wanted] = frozenset(stem for stem in alike if same(wanted, stem))
        return self._alike[wanted]

    def long(self, stem: str) -> Collection[tuple[str, ...]]:
        """Return what an abbreviation stands for, as stems; nothing if it is none."""
        return self._short.get(stem, ())

    def among(self, stem: str, held: Collection[str]) -> bool:
        """Tell whether a word is among stems, in any of its forms or as its abbreviation."""
        if not self.same(stem).isdisjoint(held):
            return True
        return any(
            all(not self.same(part).isdisjoint(held) for part in long) for long in self.long(stem)
        )

    def anywhere(self, stem: str) -> bool:
        """Tell whether a word is among the words of all papers together."""
        return self.among(stem, self._vocabulary)

    def passages(self, stem: str) -> Flags:
        """Return which passages hold a word, as in `among`; shape (passages,)."""
        found = self._any(self.same(stem))
        for long in self.long(stem):
            found |= np.logical_and.reduce([self._any(self.same(part)) for part in long])
        return found

    def papers(self, stem: str) -> Flags:
        """Return which papers hold a word, its parts in one passage or in several; (papers,)."""
        found = self._of_papers(self._any(self.same(stem)))
        for long in self.long(stem):
            parts = [self._of_papers(self._any(self.same(part))) for part in long]
            found |= np.logical_and.reduce(parts)
        return found

    def terms(self, terms: Iterable[str]) -> Flags:
        """Return which papers have any of some terms, its words one after the other; (papers,)."""
        found = np.zeros(len(self._texts), bool)
        several = [wanted for term in terms if (wanted := stems(term))]
        self._find({stem for wanted in several for stem in wanted})
        for wanted in several:
            together = np.logical_and.reduce([self._any([stem]) for stem in wanted])
            for place in np.flatnonzero(together & ~found):
                found[place] = f" {' '.join(wanted)} " in f" {' '.join(self._texts[place])} "
        return self._of_papers(found)

    def _find(self, wanted: Iterable[str]) -> None:
        new = frozenset(wanted) - self._at.keys()
        if not new:
            return
        self._at.update((stem, []) for stem in new)
        for place, text in enumerate(self._texts):
            for stem in new.intersection(text):
                self._at[stem].append(place)

    def _any(self, found: Collection[str]) -> Flags:
        self._find(found)
        flags = np.zeros(len(self._texts), bool)
        for stem in found:
            flags[self._at[stem]] = True
        return flags

    def _of_papers(self, flags: Flags) -> Flags:
        return np.logical_or.reduceat(flags, self.starts[:-1]) if len(flags) else flags
