"""What tells whether a paper matches, in figures: nearness, words, and what the judge says.

Cosines are also given against those of a sample of the index, BM25 against the best that any paper
has: so they mean the same in an index of a hundred papers and of a hundred thousand. The judge
reads the nearest sentence of the most promising papers, and the best of these in whole, its
bi-encoder their titles and nearest sentences. Where it reads, figures are also given against those
of the rival candidates, because their level differs with the manner of asking. What the field calls
a thing that is asked for in everyday words (`rag.search.glossary`) is looked for as well.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rag.core.questions import Question
from rag.judge.wording import Wording
from rag.library.records import Record, unpacked
from rag.models.embedding import Embedding
from rag.models.reranker import Reranker
from rag.search import glossary
from rag.search.glossary import Sense
from rag.search.retrieval import Match, sought
from rag.text import genres, lists

JUDGED = 40
"""Papers that the judge reads for one question, whatever the size of the index."""

READ_FIRST = 20
"""Of these, the ones that it reads first; where they all say nothing, the rest would."""

READ_WHOLE = 20
"""Papers that the judge reads in whole as well, up to its 256 tokens: those of which a sentence
says most, since what is asked may be said in several. All forty are ranked no better."""

READ_ON = -9.0
"""Logit of a sentence below which it says nothing: of a hundred papers that match one is lower, of
those that do not four in ten. What says nothing is not read in whole."""

UNLIKELY = -4.5
"""Log odds by the scores alone below which a paper is not read: half of the forty lie there, and on
seven corpora, each left out of the fit, which papers match is told as well without."""

BRIEF = 6.5
"""Words of a topic around which a question turns from terms to everyday words."""

MEMBERS = 6
"""Members of a list in a question that are looked for one by one."""

SENSES = ("term_near_z", "term_words", "clear", "clear_and_held")
"""Figures by the glossary; the last two are of the question, how clear its likeliest thing is."""

RIVALS = (5, 10)
"""Of the best candidates, which are set beside the first: as many match as most questions have,
and twice as many."""

AGAINST_RIVALS = ("place", "deviation", "below_best", "fifth", "tenth")
"""How a figure of a paper lies among the candidates: the share of them before it, in standard
deviations, below the best; and how far the fifth and the tenth lie below the best."""

RIVALLED = (
    "near", "near_whole", "part_near_z", "term_near_z", "words", "bm25",
    "judge", "judge_sentence", "judge_both", "title", "says",
)  # fmt: skip
"""Figures that are also given against the rival candidates."""

LONGEST = 30
"""Words of a topic that count: those who ask in more tell of themselves."""

_LISTED = re.compile(r"\s*(?:,|/|\bor\b|\band/or\b)\s+|(?<=\w)/(?=\w)")

UNREAD = -11.0
"""Logit of a sentence that says nothing of what is asked: that of the judge on unrelated texts."""

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judged:
    """What the judge said of the sentences that it read.

    Attributes
    ----------
    logits
        By the position of the match, and of the passage in it.
    cosines
        By the position of the match: of its title with what is asked, and of its nearest sentence.
    wholes
        Its logits on titles and abstracts together, by the position of the match; not of all.
    """

    logits: dict[int, dict[int, float]]
    cosines: dict[int, tuple[float, float]]
    wholes: dict[int, float] = field(default_factory=dict)

    def likely(self, odds: Array) -> "Judged":
        """Return what it would have said had it read only what is not `UNLIKELY`."""
        some = [n for n in self.logits if odds[n] >= UNLIKELY]
        return Judged(
            {n: self.logits[n] for n in some},
            {n: self.cosines[n] for n in some},
            {n: self.wholes[n] for n in self.loudest(some) if n in self.wholes},
        )

    def loudest(self, some: Iterable[int]) -> list[int]:
        """Return of these matches those that it reads in whole."""
        heard = filter(self.says_something, some)
        return sorted(heard, key=lambda n: -self.sentence(n))[:READ_WHOLE]

    def says_something(self, position: int) -> bool:
        """Tell whether a sentence of a match says anything of what is asked."""
        return self.sentence(position) >= READ_ON

    def sentence(self, position: int) -> float:
        """Return its highest logit for a sentence of a match."""
        return max(self.logits.get(position, {}).values(), default=UNREAD)

    def whole(self, position: int) -> float:
        """Return its logit for a match as a whole; for its sentence where it read no more."""
        return self.wholes.get(position, self.sentence(position))

    def best(self, position: int) -> float:
        """Return its highest logit for a match, for a sentence or the whole."""
        return max(self.sentence(position), self.whole(position))


def scores(
    question: Question,
    matches: Sequence[Match],
    wording: Wording,
    embedding: Embedding,
    among: Sequence[Record],
) -> dict[str, Array]:
    """Return the figures that need no judge, each of shape (matches,).

    Parameters
    ----------
    wording
        Of the same matches, in the same order.
    among
        Papers of the index that tell how near papers are in general.
    """
    parts = parts_of(question)
    members = list(dict.fromkeys(member for some in parts for member in some))
    text = sought(question)
    asked = np.stack([embedding.encode_query(text), *embedding.encode(members)])
    in_general, whole_in_general = best_and_whole(among, asked)
    of_members, _ = best_and_whole([m.record for m in matches], asked[1:])
    middle, spread = in_general.mean(axis=0), in_general.std(axis=0) + 1e-6
    best = np.array([m.dense for m in matches])
    whole = np.array([m.whole for m in matches])
    words = np.array([m.lexical for m in matches])
    held = [wording.shares(m) for m in matches]
    named = question.genres
    whole_spread = float(whole_in_general[:, 0].std()) + 1e-6
    part_words = _weakest(parts, {member: wording.of_phrase(member) for member in members})
    several, brief = float(len(question.parts) > 1), brevity(question)
    return {
        "near": best,
        "near_whole": whole,
        "near_z": (best - middle[0]) / spread[0],
        "near_whole_z": (whole - float(whole_in_general[:, 0].mean())) / whole_spread,
        "words": wording.whole,
        "words_title": np.array([shares[0] for shares in held]),
        "words_sentence": np.array([shares.max() for shares in held]),
        "bm25": words / max(float(words.max(initial=0.0)), 1e-6),
        "genre": np.array([_of_genres(named, m) for m in matches]),
        "part_near_z": _weakest(
            parts, dict(zip(members, ((of_members - middle[1:]) / spread[1:]).T, strict=True))
        ),
        "part_words": part_words,
        "lacks_part": several * (1 - part_words),
        "lacks_part_if_brief": several * (1 - part_words) * brief,
        "parts_if_brief": np.full(len(matches), several * brief),
        "overview": np.full(len(matches), float(question.kind == "overview")),
        "asked_words": np.full(len(matches), float(min(len(question.topic.split()), LONGEST))),
        "asked_parts": np.full(len(matches), float(len(question.parts))),
        **_of_senses(glossary.senses(text, embedding), matches, wording, among),
    }


def _of_senses(
    senses: Sequence[Sense], matches: Sequence[Match], wording: Wording, among: Sequence[Record]
) -> dict[str, Array]:
    """Return how near papers are to what the question may mean in the field's own terms.

    And whether they have one of these terms; each thing counts by how clear it is that it is meant.
    """
    count = len(matches)
    if not senses:
        return dict.fromkeys(SENSES, np.zeros(count))
    starts = np.cumsum([0, *(len(sense.terms) for sense in senses)])[:-1]
    weights = np.array([sense.weight for sense in senses])
    vectors = np.concatenate([sense.vectors for sense in senses])

    def nearest(records: Sequence[Record]) -> Array:
        return np.maximum.reduceat(best_and_whole(records, vectors)[0], starts, axis=1)

    general = nearest(among)
    near = (nearest([m.record for m in matches]) - general.mean(axis=0)) / (
        general.std(axis=0) + 1e-6
    )
    held = np.array([wording.terms(sense.terms) for sense in senses]).T
    return {
        "term_near_z": (near * weights).max(axis=1),
        "term_words": (held * weights).max(axis=1),
        "clear": np.full(count, weights[0]),
        "clear_and_held": np.full(count, weights[0] * held[:, 0].any()),
    }


def parts_of(question: Question) -> list[tuple[str, ...]]:
    """Return the parts of a question, each with the members of which one is enough."""
    return [_alternatives(part) for part in question.parts or (question.topic,)]


def _alternatives(phrase: str) -> tuple[str, ...]:
    """Return the members of a list, with what they may share and as they stand; or the phrase."""
    as_they_stand = [part for part in _LISTED.split(phrase) if part.strip()]
    found = tuple(dict.fromkeys([*as_they_stand, *lists.members(phrase)]))
    return found[:MEMBERS] if len(as_they_stand) > 1 else (phrase,)


def _weakest(parts: Sequence[Sequence[str]], values: Mapping[str, Array]) -> Array:
    """Return how well each paper has the part of the question that it has least.

    "Transformers for tracking" wants both. Of a list ("denoising or super-resolution") one member
    is enough.
    """
    best = [np.max([values[m] for m in some], axis=0) for some in parts]
    return np.asarray(np.min(best, axis=0))


def judged(scored: dict[str, Array], said: Judged, count: int) -> dict[str, Array]:
    """Return the figures with those of the judge, for the first ``count`` matches.

    Parameters
    ----------
    scored
        Of `scores`, in the order of the matches.
    said
        What the judge said of each of them.
    """
    logits = np.array([said.best(position) for position in range(count)])
    sentences = np.array([said.sentence(position) for position in range(count)])
    wholes = np.array([said.whole(position) for position in range(count)])
    known = [*said.cosines.values()]
    least = np.min(known, axis=0) if known else np.zeros(2)  # what was not read is no nearer
    near = np.array([said.cosines.get(position, least) for position in range(count)]).reshape(-1, 2)
    found = {name: values[:count] for name, values in scored.items()} | {
        "judge": logits,
        "judge_sentence": sentences,
        "judge_both": np.minimum(sentences, wholes),
        "title": near[:, 0],
        "says": near[:, 1],
    }
    found["judge_best"] = np.full(count, logits.max(initial=UNREAD))
    found["judge_median"] = np.full(count, np.median(logits) if count else UNREAD)
    for name in RIVALLED:
        found |= _against_rivals(name, found[name])
    return found


def _against_rivals(name: str, values: Array) -> dict[str, Array]:
    """Return how a figure of each candidate lies among those of the others."""
    count = len(values)
    if not count:
        return {f"{name}_{how}": values for how in AGAINST_RIVALS}
    ranked = np.sort(values)[::-1]
    places = np.searchsorted(-ranked, -values) / count
    found = [places, (values - values.mean()) / (values.std() + 1e-6), values - ranked[0]]
    found += [np.full(count, ranked[min(place, count) - 1] - ranked[0]) for place in RIVALS]
    return {f"{name}_{how}": each for how, each in zip(AGAINST_RIVALS, found, strict=True)}


def brevity(question: Question) -> float:
    """Return how brief a question is, from 0 to 1: in few words people use the field's own."""
    return 1 / (1 + math.exp(len(question.topic.split()) - BRIEF))


def read(
    question: Question,
    matches: Sequence[Match],
    embedding: Embedding,
    reranker: Reranker,
    odds: Array | None = None,
    unlikely: float = UNLIKELY,
    every: bool = False,
) -> Judged:
    """Let the judge read the nearest sentence of the first matches, and the best of these in whole.

    And its bi-encoder the title and the nearest sentence, each alone.

    Of those, where log odds by the scores alone are given, that are not unlikely. Where a
    question is a list ("mirrors, glass or water") a sentence is read for the member that it is
    nearest to as well, since the judge wants all that it is asked for.

    Parameters
    ----------
    every
        Whether all that say something are read in whole, so that `Judged.likely` has them.
    """
    text, members = sought(question), _members(question)
    likely = [
        (position, match)
        for position, match in enumerate(matches[:JUDGED])
        if odds is None or odds[position] >= unlikely
    ]
    logits: dict[int, dict[int, float]] = {position: {} for position, _ in likely}
    said = Judged(logits, {})

    def hear(wanted: Sequence[tuple[int, int, str]]) -> None:
        pairs = [(asked, sentence(matches[n].record, passage)) for n, passage, asked in wanted]
        for (n, passage, _), logit in zip(wanted, reranker.score(pairs).tolist(), strict=True):
            logits[n][passage] = max(logits[n].get(passage, UNREAD), logit)

    def hear_nearest(some: Sequence[tuple[int, Match]]) -> None:
        hear([(position, nearest(match)[0], text) for position, match in some])

    first = likely[:READ_FIRST]
    hear_nearest(first)
    if any(said.says_something(position) for position, _ in first):
        hear_nearest(likely[READ_FIRST:])
    if members:
        more = []
        vectors = embedding.encode(list(members))
        for position, match in likely:
            near = match.record.vectors @ vectors.T
            place = np.unravel_index(int(near.argmax()), near.shape)
            more.append((position, int(place[0]), members[int(place[1])]))
        hear(more)
    some = list(filter(said.says_something, logits)) if every else said.loudest(logits)
    wholes = reranker.score([(text, whole(matches[n].record)) for n in some]).tolist()
    cosines = _cosines(text, likely, reranker)
    return Judged(logits, cosines, dict(zip(some, wholes, strict=True)))


def _cosines(
    text: str, likely: Sequence[tuple[int, Match]], reranker: Reranker
) -> dict[int, tuple[float, float]]:
    """Return how near the titles, and the nearest sentences, come by the bi-encoder."""
    pairs = [(m.record.paper.title, m.record.passages[nearest(m)[0]].text) for _, m in likely]
    near = reranker.cosines(text, [each for pair in pairs for each in pair]).tolist()
    found = zip(near[::2], near[1::2], strict=True)
    return {position: each for (position, _), each in zip(likely, found, strict=True)}


def _members(question: Question) -> tuple[str, ...]:
    """Return the members of a question that is nothing but a list; none if it is no list."""
    found = _alternatives(question.topic) if len(question.parts) < 2 else ()
    return found if len(found) > 1 else ()


def _of_genres(names: Sequence[str], match: Match) -> float:
    """Return how far a paper is of the genres asked for: -1 of none to 1 of all, 0 if none is."""
    if not names:
        return 0.0
    return 2 * sum(is_of(name, match.record) for name in names) / len(names) - 1


def is_of(genre: str, record: Record) -> bool:
    """Tell whether a paper says of itself that it is of a genre."""
    return any(genres.shown(genre, p.text, p.is_title) for p in record.passages)


def nearest(match: Match) -> list[int]:
    """Return the positions of a paper's sentences, the nearest first; the title if it is alone."""
    order = [int(n) for n in np.argsort(-match.cosines, kind="stable")]
    return [n for n in order if not match.record.passages[n].is_title] or order


def sentence(record: Record, passage: int) -> str:
    """Return a sentence as the judge reads it: its paper's title tells what "it" is."""
    found = record.passages[passage]
    return found.text if found.is_title else f"{record.paper.title}: {found.text}"


def whole(record: Record) -> str:
    """Return a paper as the judge reads it."""
    title, abstract = record.paper.title, record.paper.abstract
    return f"{title}: {abstract}" if abstract else title


def best_and_whole(records: Sequence[Record], vectors: NDArray[np.float32]) -> tuple[Array, Array]:
    """Return the cosines of papers with vectors: of the best passage, and as a whole.

    Parameters
    ----------
    vectors
        Unit vectors, shape (k, dimensions).

    Returns
    -------
    tuple
        Both of shape (papers, k); one paper of zeros where there is none.
    """
    kept = [record for record in records if record.packed]
    if not kept:
        return np.zeros((1, len(vectors))), np.zeros((1, len(vectors)))
    starts = np.cumsum([0, *(record.count + 1 for record in kept)])[:-1]
    cosines = (unpacked(kept) @ vectors.T).astype(np.float64)
    whole = cosines[starts]
    cosines[starts] = -1.0
    return np.maximum.reduceat(cosines, starts, axis=0), whole
