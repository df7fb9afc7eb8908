"""Which papers do what a question excludes.

A paper does it when its title names it, when a sentence about the paper itself does, or when it is
about it in other words, as a question for just that would find. A paper that only mentions it, as
what it does without, stays, and mostly one that mentions it as what others do.
"""

import re
from collections.abc import Sequence

from rag.judge.figures import best_and_whole, is_of, sentence
from rag.library.records import Record
from rag.models.embedding import Embedding
from rag.models.reranker import Reranker
from rag.search.retrieval import Match
from rag.text import genres, speech
from rag.text.words import same, stems

NEAR = 0.15
"""Cosine of what is excluded with a passage from which the judge reads the passage."""

SAYS = 3.5
"""Logit of the judge from which a sentence is about what is excluded. In 65 questions of fourteen
corpora it takes away 10 papers that match, and 65 that do not; chosen with each of these left out,
10 and 63."""

ABOUT = 0.5
"""Cosine from which a passage is about what is excluded, where there is no judge."""

FAR_NEARER = 3.0
"""How many standard deviations nearer to what is excluded than papers in general a paper is that is
about it, whatever its words, where there is no judge: on the development corpora none that should
have stayed was."""

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
    best, _ = best_and_whole([match.record for match in some], vectors)
    for phrase, vector, cosines in zip(excluded, vectors, best.T, strict=True):
        if kinds := _genres(phrase):
            found |= {n for n, m in enumerate(some) if all(is_of(kind, m.record) for kind in kinds)}
            continue
        found |= {n for n, match in enumerate(some) if _names(phrase, match)}
        left = [n for n, m in enumerate(some) if n not in found and not _does_without(phrase, m)]
        if reranker is None:
            in_general = best_and_whole(among, vector[None])[0]
            far = in_general.mean() + FAR_NEARER * (in_general.std() + 1e-6)
            found |= {n for n in left if cosines[n] >= min(ABOUT, far)}
            continue
        near = [n for n in left if cosines[n] >= NEAR][:READ]
        pairs = [
            (phrase, sentence(some[n].record, int((some[n].record.vectors @ vector).argmax())))
            for n in near
        ]
        logits = reranker.score(pairs)
        found |= {n for n, logit in zip(near, logits, strict=True) if logit >= SAYS}
    return found


def _genres(phrase: str) -> tuple[str, ...]:
    """Return the kinds of paper that a phrase names and nothing else: "no surveys please".

    What also names a topic ("surveys of LLM agents") is left to the words and the judge.
    """
    names = genres.sure(genres.asked(phrase))
    return () if genres.without(names, phrase) else names


def _wanted(phrase: str) -> list[str]:
    return [stem for stem in stems(phrase) if stem not in _GENERIC]


def _holds(text: str, wanted: Sequence[str]) -> bool:
    held = stems(text)
    return all(any(same(w, h) for h in held) for w in wanted)


def _names(phrase: str, match: Match) -> bool:
    """Tell whether a paper names a phrase in its title, or where it speaks of itself."""
    wanted = _wanted(phrase)
    if not wanted:
        return False
    for passage in match.record.passages:
        if not _holds(passage.text, wanted):
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
    wanted = _wanted(phrase)
    return bool(wanted) and any(
        _holds(p.text, wanted) and _denied(p.text, wanted) for p in match.record.passages
    )


def _denied(text: str, wanted: Sequence[str]) -> bool:
    """Tell whether a sentence says that something is done without: "no transformer is needed"."""
    for word in re.finditer(r"[\w-]+", text):
        if any(same(wanted[0], stem) for stem in stems(word[0])):
            return bool(_DENIED.search(text[: word.start()]))
    return False
