"""Questions made by hand, so that the judge is tested apart from the parser; a judge watched."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.core.papers import Paper
from rag.core.questions import Question
from rag.judge.evidence import Evidence, Findings
from rag.library.passages import passages
from rag.library.records import Record, pack
from rag.models.embedding import Embedding
from rag.models.reranker import Reranker
from rag.search.retrieval import Match

TRANSMOT, TREG, STMTRACK = "2104.00194", "2104.00403", "2104.00324"
LOFTR, NEURALRECON = "2104.00680", "2104.00681"
SLAM, DENSE_SLAM = "2104.00099", "2104.00085"
EFFICIENTNET, SMOOTHING = "2104.00298", "2104.00676"


def papers_on(topic: str, *parts: str, **more: Any) -> Question:
    """Return a question for all papers on a topic; each word of it counts but the smallest."""
    terms = tuple(w for w in topic.split() if w not in ("for", "in", "of", "on", "with", "and"))
    text = more.pop("text", f"which papers are about {topic}")
    kind = more.pop("kind", "papers")
    return Question(text, kind, topic, terms, parts or (topic,), **more)


def fact(text: str, asked_for: str = "", wants: Any = "", *subjects: str) -> Question:
    """Return a question for a detail."""
    topic = text.rstrip("?")
    terms = tuple(w for w in topic.split()[1:] if len(w) > 3 and w not in ("does", "have", "many"))
    return Question(
        text, "fact", topic, terms, (topic,), subjects=subjects, asked_for=asked_for, wants=wants
    )


def ids(found: Sequence[Evidence]) -> list[str]:
    """Return the identifiers of papers, in their order."""
    return [item.paper.id for item in found]


def check_quotable(findings: Findings) -> None:
    """Make sure that each sentence stands in the abstract, and that no paper is on both sides."""
    for item in (*findings.matched, *findings.near):
        assert 0 <= item.strength <= 1
        for passage in item.passages:
            assert passage.paper_id == item.paper.id
            assert item.paper.abstract[passage.start : passage.end] == passage.text
    matched, near = ids(findings.matched), ids(findings.near)
    assert len(set(matched)) == len(matched)
    assert not set(matched) & set(near)


class Watched:
    """The real judge, with the pairs that it was given."""

    def __init__(self, reranker: Reranker) -> None:
        self.name = reranker.name
        self.pairs: list[tuple[str, str]] = []
        self._reranker = reranker

    def score(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        self.pairs += pairs
        return self._reranker.score(pairs)

    def cosines(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._reranker.cosines(question, texts)

    def settles(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        return self._reranker.settles(pairs)


def many(matches: Sequence[Match], times: int) -> list[Match]:
    """Return the matches of an index that has each paper so many times, under other identifiers."""
    found = list(matches)
    for n in range(1, times):
        for match in matches:
            paper = replace(match.paper, id=f"{match.paper.id}-{n}")
            record = Record.of(
                paper, match.record.spans, match.record.packed, match.record.dimensions
            )
            found.append(replace(match, record=record))
    return sorted(found, key=lambda m: (-m.score, m.paper.id))


def record(title: str, abstract: str, embedding: Embedding) -> Record:
    """Return the record of a paper that is made up."""
    paper = Paper("2104.99999", title, abstract, "https://arxiv.org/abs/2104.99999", "")
    found = passages(paper, embedding.fits)
    vectors = embedding.encode([p.text for p in found])
    spans = [(p.start, p.end) for p in found]
    return Record.of(paper, spans, pack(vectors), embedding.dimensions)


def matched(one: Record, query: str, embedding: Embedding) -> Match:
    """Return a record with its cosines to a query."""
    vector = embedding.encode_query(query)
    cosines = one.vectors @ vector
    return Match(one, 0.0, float(cosines.max()), float(one.whole @ vector), 0.0, cosines)
