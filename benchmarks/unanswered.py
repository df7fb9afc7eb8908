"""Questions without an answer, made of ones that have one: what answers them is taken away.

A question for papers has no answer once the papers that match are gone, and one for a detail none
once the sentences are gone that state it; all that is near stays. That gives several times as many
as people wrote to have no answer, as hard as they come, and each beside one that has an answer.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import cast

from rag.evaluation.expected import Gold
from rag.library import Library
from rag.library.records import Record, pack
from rag.search.retrieval import Match
from rag.text.words import stems


class Fewer:
    """A library as it would be without some texts, as far as `rag.judge.wording` looks at it."""

    def __init__(self, library: Library, gone: Iterable[Collection[str]], papers: int) -> None:
        self._library = library
        self._gone = Counter(stem for some in gone for stem in some)
        self._papers = papers

    def __len__(self) -> int:
        return len(self._library) - self._papers

    def frequencies(self, terms: Iterable[str]) -> list[int]:
        """Return in how many papers each term is left."""
        terms = list(terms)
        found = zip(terms, self._library.frequencies(terms), strict=True)
        return [max(count - self._gone[term], 0) for term, count in found]

    def frequency(self, term: str) -> int:
        """Return in how many papers a term is left."""
        return self.frequencies([term])[0]


def unanswered(gold: Gold) -> Gold:
    """Return a question as one that has no answer."""
    nothing = frozenset[str]()
    return replace(gold, kind="unanswerable", relevant=nothing, acceptable=nothing)


def without_papers(
    gold: Gold, matches: Sequence[Match], library: Library
) -> tuple[list[Match], Library]:
    """Return the candidates that do not match a question, and the library as if of others alone."""
    hidden = gold.relevant | gold.acceptable
    gone = [set(stems(_text(r))) for r in library.records(hidden).values()]
    left = [match for match in matches if match.paper.id not in hidden]
    return left, cast(Library, Fewer(library, gone, len(gone)))


def without_sentences(
    gold: Gold, matches: Sequence[Match], library: Library
) -> tuple[list[Match], Library] | None:
    """Return the candidates without what states a detail; None where a title states it."""
    left, gone = [], []
    for match in matches:
        if match.paper.id in gold.relevant:
            shorter = _shorter(match, gold.answer_contains)
            if shorter is None:
                return None
            gone.append({*stems(_text(match.record))} - {*stems(_text(shorter.record))})
            match = shorter
        left.append(match)
    return (left, cast(Library, Fewer(library, gone, 0))) if gone else None


def _shorter(match: Match, said: Sequence[str]) -> Match | None:
    """Return a paper without the sentences that hold any of some strings, if any of them do."""
    wanted = [one.casefold() for one in said]
    record, passages = match.record, match.record.passages
    stating = [any(one in p.text.casefold() for one in wanted) for p in passages]
    if not any(stating) or any(
        p.is_title for p, states in zip(passages, stating, strict=True) if states
    ):
        return None
    kept = [n for n, states in enumerate(stating) if not states]
    text, spans = "", []
    for n in kept:
        if passages[n].is_title:
            spans.append(record.spans[n])
        else:
            start = len(text) + bool(text)
            text = f"{text} {passages[n].text}".strip()
            spans.append((start, len(text)))
    vectors = record.vectors[kept]
    fewer = Record.of(replace(record.paper, abstract=text), spans, pack(vectors), record.dimensions)
    cosines = match.cosines[kept]
    return replace(match, record=fewer, cosines=cosines, dense=float(cosines.max()))


def _text(record: Record) -> str:
    return f"{record.paper.title} {record.paper.abstract}"
