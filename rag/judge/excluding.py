"""Which papers do what a question excludes.

A paper does it when its title names it, when a sentence about the paper itself does, or when it is
about it in other words, as a question for just that would find. A paper that only mentions it, as
what others do or as what it does without, stays.
"""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.judge.figures import best_and_whole
from rag.library.records import Record
from rag.models.embedding import Embedding
from rag.models.reranker import Reranker
from rag.search.retrieval import Match
from rag.text import speech
from rag.text.words import same, stems

NEAR = 0.5
"""Cosine of what is excluded with a passage from which the passage is about it."""

SAYS = 0.0
"""Logit of the judge from which a sentence answers a question for what is excluded."""

FAR_NEARER = 3.0
"""How many standard deviations nearer to what is excluded than papers in general a paper is that is
about it, whatever its words: on the development corpora none that should have stayed was."""

READ = 40
"""Papers that the judge reads for what is excluded."""

_DENIED = re.compile(
    r"\b(?:without|no|not|nor|free of|instead of|rather than|unlike|avoid\w*|replac\w+|eliminat\w+|"
    r"remov\w+|beyond|does not (?:use|need|require))\b[^.,;]{0,60}$",
    re.IGNORECASE,
)
_GENERIC = frozenset(
    stem
    for word in """paper work thing stuff one any anything everything something about related kind
    involve""".split()
    for stem in stems(word)
)


def does(
    excluded: Sequence[str],
    matches: Sequence[Match],
    count: int,
    embedding: Embedding,
    reranker: Reranker | None,
    among: Sequence[Record],
) -> set[int]:
    """Return the positions of the matches that do any of what is excluded.

    Parameters
    ----------
    excluded
        Phrases.
    count
        How many of the matches are asked about, from the front; the near misses behind them too.
    among
        Papers of the index that tell how near papers are in general.
    """
    if not excluded:
        return set()
    found: set[int] = set()
    some = list(matches[: count + READ])
    vectors = embedding.encode(list(excluded))
    in_general, _ = best_and_whole(among, vectors)
    best, _ = best_and_whole([match.record for match in some], vectors)
    far = (best - in_general.mean(axis=0)) / (in_general.std(axis=0) + 1e-6) >= FAR_NEARER
    for phrase, vector, is_far in zip(excluded, vectors, far.T, strict=True):
        found |= {n for n, match in enumerate(some) if _names(phrase, match)}
        found |= {n for n, m in enumerate(some) if is_far[n] and not _does_without(phrase, m)}
        near = [
            n
            for n, match in enumerate(some)
            if n not in found and float((match.record.vectors @ vector).max()) >= NEAR
        ][:READ]
        if reranker is None:
            found |= set(near)
            continue
        pairs = [(phrase, f"{some[n].paper.title}. {_nearest(some[n], vector)}") for n in near]
        logits = reranker.score(pairs)
        found |= {n for n, logit in zip(near, logits, strict=True) if logit >= SAYS}
    return found


def _names(phrase: str, match: Match) -> bool:
    """Tell whether a paper names a phrase in its title, or where it speaks of itself."""
    wanted = [stem for stem in stems(phrase) if stem not in _GENERIC]
    if not wanted:
        return False
    for passage in match.record.passages:
        held = stems(passage.text)
        if not all(any(same(w, h) for h in held) for w in wanted):
            continue
        if passage.is_title:
            if not _denied(passage.text, wanted):
                return True
            continue
        said = speech.read(passage.text)
        if not (said.background or (said.others and not said.own)) and not _denied(
            passage.text, wanted
        ):
            return True
    return False


def _does_without(phrase: str, match: Match) -> bool:
    """Tell whether a paper says that it does without what a phrase names."""
    wanted = [stem for stem in stems(phrase) if stem not in _GENERIC]
    return bool(wanted) and any(_denied(p.text, wanted) for p in match.record.passages)


def _denied(text: str, wanted: Sequence[str]) -> bool:
    """Tell whether a sentence says that something is done without: "no transformer is needed"."""
    for word in re.finditer(r"[\w-]+", text):
        if any(same(wanted[0], stem) for stem in stems(word[0])):
            return bool(_DENIED.search(text[: word.start()]))
    return False


def _nearest(match: Match, vector: NDArray[np.float32]) -> str:
    cosines = match.record.vectors @ vector
    return match.record.passages[int(cosines.argmax())].text
