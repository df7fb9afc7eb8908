"""How far a paper covers the concepts of a question, in words and in meaning.

In words: all words of an alternative within one sentence or the title, the closer together the
better, abbreviations counting as what they stand for. In meaning: the cosine of the alternative
with the best sentence and with the paper as a whole. Beside it stands what the paper's other words
have to do with the concept: a paper on lungs and patients is medical without saying so. Whether
that is enough is not decided here.

The constants were set together, by random search on 79 which-papers questions and 30 unanswerable
ones about the bundled listing (tests/gold), for the likelihood that `rag.judge.evidence` gives to
the labels. It is flat around them.
"""

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rag.core.passages import Passage
from rag.core.questions import Concept, Question
from rag.library import Library
from rag.models.embedding import Embedding
from rag.search.retrieval import Match
from rag.text import aspects
from rag.text.abbreviations import abbreviations
from rag.text.words import SHORTEST_ROOT, TEXTS_IN_MEMORY, same, stem, stems, words

NEAR_FLOOR = 0.33
"""Cosine up to which nearness counts for nothing: unrelated sentences of one field have it."""

NEAR_SPAN = 0.36
"""Cosine above the floor that counts as full coverage."""

SENTENCE_SHARE = 0.56
"""Share of the best sentence in nearness; the rest is the paper as a whole."""

BETTER_SIDE = 0.5
"""Share of the better of words and nearness in coverage; the rest is the other one."""

MENTION = 0.74
"""What words count for that stand only once, in a sentence that is not about the paper itself."""

LEAST = 0.03
"""Coverage of what is not covered at all; a geometric mean cannot take a zero."""

RELATED_FLOOR = 0.2
"""Cosine of two words' own vectors up to which they have nothing to do with each other."""

RELATED_SPAN = 0.55
"""Cosine above the floor from which one word is as good as the other."""

RELATED_SHARE = 0.65
"""How much of what a concept lacks, in words and nearness, related words can make up for."""

COMPOUND_LOST = 0.6
"""What nearness counts for where the paper lacks a compound: "self-supervised" and
"semi-supervised" are near, and not the same."""

_TORN = 0.5  # for a phrase whose compound does not stand together: "supervised self-training"
_COMPOUND = re.compile(r"\w+(?:-\w+)+")
_GENERIC_SHARE = 0.2  # what a generic word weighs in a phrase against a telling one

IN_ONE_SENTENCE = 0.78
"""What all words of a phrase count for, far apart in a sentence; in order they count 1."""

_IN_ORDER, _CLOSE, _GAP = 1.0, 0.9, 3  # the gap: words between that still read as one phrase
_PARTIAL = 0.7  # for some of the words: this times the square of their share
_REDUCED = 0.95  # for a phrase without its generic words: "transformer architecture"
_TIMES = 3  # sentences with the phrase from which it is certainly more than mentioned

_GENERIC = frozenset(
    stem(word)
    for word in """algorithm analyse analysis analyze application approach architecture compute data
    estimate existing framework improve infer learning method model network new obtain perform
    predict problem recover setting system task technique understand way""".split()
)
_OWN_WORK = re.compile(
    r"\b(?:we|our|this (?:paper|work|article)|(?:is|are) proposed|proposes|introduces|presents)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?!\d[dD]\b)(?:.*\d|.+[A-Z]|[A-Z])")


@dataclass(frozen=True, slots=True)
class Covered:
    """How one concept is covered by one paper.

    Attributes
    ----------
    value
        In [0, 1].
    in_words
        Whether all words of an alternative stand in one sentence or in the title.
    passages
        How much each passage of the paper shows it, shape (passages,).
    """

    value: float
    in_words: bool
    passages: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Alternative:
    wordings: tuple[tuple[tuple[str, ...], float], ...]  # stems, and what they are worth at most
    stems: tuple[tuple[str, str], ...]  # of each word: stem and surface
    vector: NDArray[np.float32]
    compounds: tuple[tuple[str, ...], ...]  # the stems of "self-supervised"
    forms: frozenset[str]  # of all stems of all wordings: a sentence without one holds nothing
    is_name: bool
    named: bool  # it is enough that the paper names it


class Reader:
    """Reads candidate papers with one question in mind."""

    def __init__(
        self, question: Question, matches: Sequence[Match], library: Library, embedding: Embedding
    ) -> None:
        self._library = library
        self._size = max(len(library), 1)
        self._short = abbreviations(m.paper.abstract for m in matches)
        self._texts = {m.paper.id: [stems(p.text) for p in m.record.passages] for m in matches}
        self._vocabulary = {s for texts in self._texts.values() for text in texts for s in text}
        self._forms: dict[str, frozenset[str]] = {}
        self._of_word = embedding.words.of_word
        self._words = embedding.words.used_in(
            [f"{m.paper.title} {m.paper.abstract}" for m in matches]
        )
        self._starts = np.cumsum([0, *self._words.counts[:-1]])
        self._places = {m.paper.id: n for n, m in enumerate(matches)}
        self._related: dict[str, NDArray[np.float64]] = {}
        self._telling: dict[str, float] = {}
        self.topic = embedding.encode_query(question.topic)
        self._asked = question.concepts
        self.seeks_name = any(concept.named for concept in question.concepts)
        self._concepts = [
            [self._alternative(text, embedding, concept.named) for text in concept.alternatives]
            for concept in question.concepts
        ]
        self.weights = self._weights(question.concepts)

    def weight(self, word: str) -> float:
        """Return how telling a stem is, in (0, 1]: its inverse document frequency, scaled."""
        if word not in self._telling:
            here = self._library.frequency(word) + 0.5
            rest = self._size - here + 1
            self._telling[word] = math.log1p(rest / here) / math.log1p((self._size + 0.5) / 0.5)
        return self._telling[word]

    def read(self, match: Match) -> list[Covered]:
        """Return how a paper covers each concept of the question."""
        texts = self._texts[match.paper.id]
        own = [p.is_title or tells_of_paper(p.text) for p in match.record.passages]
        whole = match.centroid
        return [
            _does(concept.alternatives[0], match.record.passages)
            if concept.aspect
            else max(
                (
                    self._cover(a, texts, own, match.vectors, whole, self._relation(a, match))
                    for a in alternatives
                ),
                key=lambda covered: covered.value,
            )
            for concept, alternatives in zip(self._asked, self._concepts, strict=True)
        ]

    def share(self, wanted: Sequence[str], found: Collection[str]) -> float:
        """Return which share of the wanted stems, by weight, is among those found."""
        total = sum(self.weight(w) for w in wanted)
        there = sum(self.weight(w) for w in wanted if self._among(w, found))
        return there / total if total else 0.0

    def _among(self, wanted: str, found: Collection[str]) -> bool:
        if not self._same(wanted).isdisjoint(found):
            return True
        return any(
            all(not self._same(part).isdisjoint(found) for part in long)
            for long in self._short.get(wanted, ())
        )

    def _same(self, wanted: str) -> frozenset[str]:
        """Return the stems of the candidates that are the same word as this one."""
        if wanted not in self._forms:
            root = wanted[:SHORTEST_ROOT]  # two forms of a word begin alike
            alike = (s for s in self._vocabulary if s.startswith(root))
            self._forms[wanted] = frozenset(s for s in alike if same(wanted, s))
        return self._forms[wanted]

    def _weights(self, concepts: Sequence[Concept]) -> list[float]:
        """Return the weight of each concept: that of its most telling word, the largest being 1."""
        raw = [
            1.0
            if concept.aspect
            else max(
                self.weight(w.stem) * (0.5 if w.stem in _GENERIC else 1.0)
                for text in concept.alternatives
                for w in words(text)
            )
            for concept in concepts
        ]
        return [weight / max(raw) for weight in raw]

    def _alternative(self, text: str, embedding: Embedding, named: bool) -> _Alternative:
        asked = stems(text)
        wordings = {asked: _IN_ORDER} | dict.fromkeys(self._rewordings(asked), _IN_ORDER)
        for wording in list(wordings):
            telling = tuple(s for s in wording if s not in _GENERIC)
            if telling and telling not in wordings:
                wordings[telling] = _REDUCED
        is_name = any(_NAME.match(w.text) for w in words(text))
        return _Alternative(
            tuple(wordings.items()),
            tuple((w.stem, w.text) for w in words(text)),
            embedding.encode_query(text),
            tuple(stems(compound) for compound in _COMPOUND.findall(text)),
            frozenset().union(*(self._same(s) for wording in wordings for s in wording)),
            is_name,
            named,
        )

    def _rewordings(self, asked: tuple[str, ...]) -> list[tuple[str, ...]]:
        """Return a phrase with abbreviations spelt out, and with spelt-out ones abbreviated."""
        found = []
        for short, longs in self._short.items():
            for long in longs:
                for old, new in (((stem(short),), long), (long, (stem(short),))):
                    at = _position(old, asked)
                    if at is not None:
                        found.append((*asked[:at], *new, *asked[at + len(old) :]))
        return found

    def _cover(
        self,
        alternative: _Alternative,
        texts: Sequence[Sequence[str]],
        own: Sequence[bool],
        vectors: NDArray[np.float32],
        whole: NDArray[np.float32],
        related: float,
    ) -> Covered:
        in_words = np.array([self._in_words(alternative, text) for text in texts])
        cosines = vectors @ alternative.vector
        best = float(in_words.max())
        if best >= IN_ONE_SENTENCE:
            times = int((in_words >= IN_ONE_SENTENCE).sum())
            meant = any(o and q >= IN_ONE_SENTENCE for o, q in zip(own, in_words, strict=True))
            if not alternative.named:
                best *= MENTION + (1 - MENTION) * (1.0 if meant else min(times / _TIMES, 1.0))
        near = SENTENCE_SHARE * float(cosines.max())
        near += (1 - SENTENCE_SHARE) * float(whole @ alternative.vector)
        near = min(max((near - NEAR_FLOOR) / NEAR_SPAN, 0.0), 1.0)
        if alternative.is_name and in_words.max() < IN_ONE_SENTENCE:
            near = related = 0.0
        if not all(any(self._together(c, t) for t in texts) for c in alternative.compounds):
            near, related = near * COMPOUND_LOST, related * COMPOUND_LOST
        value = BETTER_SIDE * max(best, near) + (1 - BETTER_SIDE) * min(best, near)
        value += RELATED_SHARE * related * (1 - value)
        return Covered(
            best if alternative.named else value,
            bool(in_words.max() >= IN_ONE_SENTENCE),
            (in_words + cosines.clip(0, 1)) / 2,
        )

    def _together(self, wanted: Sequence[str], found: Sequence[str]) -> bool:
        """Tell whether stems stand one after the other in a sentence, in any form."""
        forms = [self._same(w) for w in wanted]
        return any(
            all(found[at + n] in form for n, form in enumerate(forms))
            for at in range(len(found) - len(forms) + 1)
        )

    def _relation(self, alternative: _Alternative, match: Match) -> float:
        """Return how much a paper's words have to do with those of a phrase, in [0, 1]."""
        place = self._places[match.paper.id]
        total = logs = 0.0
        for stem_, word in alternative.stems:
            weight = self.weight(stem_) * (_GENERIC_SHARE if stem_ in _GENERIC else 1.0) + 0.05
            logs += weight * math.log(max(float(self._relations(stem_, word)[place]), LEAST))
            total += weight
        return math.exp(logs / total) if total else 0.0

    def _relations(self, stem_: str, word: str) -> NDArray[np.float64]:
        """Return for each candidate how likely one of its words, at least, stands for a word.

        Each counts by its nearness and by how telling it is; together they are a noisy or.
        """
        if word not in self._related:
            cosines = self._words.vectors @ self._of_word(word)
            likely = ((cosines - RELATED_FLOOR) / RELATED_SPAN).clip(0, 1).astype(np.float64)
            for n in np.flatnonzero(likely):
                likely[n] *= self.weight(self._words.stems[n])
            held = np.log1p(-likely.clip(0, 0.99))[self._words.places]
            self._related[word] = 1 - np.exp(np.add.reduceat(held, self._starts))
        return self._related[word]

    def _in_words(self, alternative: _Alternative, text: Sequence[str]) -> float:
        if alternative.forms.isdisjoint(text):
            return 0.0
        torn = [c for c in alternative.compounds if not self._together(c, text)]
        return max(
            worth * self._phrase(w, text) * (_TORN if any(set(c) <= set(w) for c in torn) else 1.0)
            for w, worth in alternative.wordings
        )

    def _phrase(self, wanted: Sequence[str], found: Sequence[str]) -> float:
        """Return how well the stems of a sentence hold those of a phrase, in [0, 1]."""
        held = set(found)
        there = [w for w in wanted if not self._same(w).isdisjoint(held)]
        if len(there) < len(wanted):
            return _PARTIAL * (self._sum(there) / self._sum(wanted)) ** 2
        places = [[n for n, f in enumerate(found) if f in self._same(w)] for w in wanted]
        span = min(_span(start, places) for start in places[0])
        if span <= len(wanted):
            return _IN_ORDER
        return _CLOSE if span <= len(wanted) + _GAP else IN_ONE_SENTENCE

    def _sum(self, some: Sequence[str]) -> float:
        return sum(self.weight(s) + 0.05 for s in some)  # 0.05: no word weighs nothing


@lru_cache(maxsize=TEXTS_IN_MEMORY)
def tells_of_paper(text: str) -> bool:
    """Tell whether a sentence says that it is about the paper itself."""
    return bool(_OWN_WORK.search(text))


def _does(aspect: str, passages: Sequence[Passage]) -> Covered:
    """Return whether a paper does what a question asks for, and where it says so."""
    there = np.array([float(aspects.shown(aspect, p.text, p.is_title)) for p in passages])
    return Covered(float(there.max()), bool(there.max()), there)


def together(values: Sequence[float], weights: Sequence[float]) -> float:
    """Return the coverage of all concepts: their weighted geometric mean, in [0, 1]."""
    if not values:
        return 0.0
    total = sum(weights)
    logs = [w * math.log(max(value, LEAST)) for value, w in zip(values, weights, strict=True)]
    return math.exp(sum(logs) / total)


def _position(part: Sequence[str], of: Sequence[str]) -> int | None:
    for at in range(len(of) - len(part) + 1):
        if tuple(of[at : at + len(part)]) == tuple(part):
            return at
    return None


def _span(start: int, places: Sequence[Sequence[int]]) -> int:
    """Return how many words a phrase spans if each of its words is taken nearest to the first."""
    chosen = [min(at, key=lambda n: abs(n - start)) for at in places]
    return max(chosen) - min(chosen) + 1
