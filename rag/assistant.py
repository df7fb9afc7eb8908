"""The whole way of a question, from its words to a checked answer.

Read from top to bottom this is the table of contents of the program: a question is read, papers
are found and judged, sentences are written, checked and cited.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag.core.answers import Answer, Citation, Claim, NearMiss, Quote, cited, numbers
from rag.core.filters import Filters
from rag.core.papers import Paper
from rag.core.passages import Passage
from rag.core.questions import Question
from rag.judge import accounts
from rag.judge import evidence as judging
from rag.judge.evidence import Evidence
from rag.library import Library
from rag.library.disk import read_identity
from rag.models.embedding import Embedding
from rag.question import reading
from rag.question.followups import Turn
from rag.question.reading import Asked
from rag.search import retrieval
from rag.search.retrieval import Match
from rag.settings import Settings
from rag.write import check as support
from rag.write import clauses
from rag.write import drafts as writing

if TYPE_CHECKING:
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.runnables import Runnable

    from rag.models.language import LanguageModel
    from rag.write.groups import Group

MOST_SHOWN = 30
"""Matching papers in one answer; `skip` pages through the rest."""

MOST_IN_OVERVIEW = 8
"""Papers in an overview, the strongest."""

LIKE_PASSAGES = 200
"""Passages to look at for papers like another one: about 60 papers, of which few are asked for."""


class Assistant:
    """Answers questions from a library of papers. Open one with `Assistant.open`."""

    def __init__(
        self, library: Library, embedding: Embedding, model: "LanguageModel | None"
    ) -> None:
        self.library = library
        self.embedding = embedding
        self.model = model

    @classmethod
    def open(
        cls,
        index: Path | str | None = None,
        embedding: str | None = None,
        llm: str | None = None,
    ) -> "Assistant":
        """Open an index and load the models; what is not given is taken from the settings.

        Raises
        ------
        LibraryError
            If there is no index, or it was built with another embedding model.
        ModelError
            If a model cannot be loaded.
        """
        settings = Settings()
        path = Path(index) if index else settings.index
        read_identity(path)  # a missing index is told before a model is loaded
        loaded = Embedding.load(embedding or settings.embedding)
        library = Library.open(path, loaded, settings.chroma)
        return cls(library, loaded, _language_model(llm or settings.llm, settings.llm_key))

    def search(self, question: str, k: int = 10, filters: Filters | None = None) -> list[Match]:
        """Return the k papers that rank highest for a question, whether they answer it or not.

        Of those that pass the filters, which are read from the question if they are not given. A
        question that is nothing but filters has the newest papers first.
        """
        asked = reading.read(question, self.library, filters=filters)
        if not asked.question.concepts:
            return retrieval.newest(self.library, asked.filters, 0, k)
        return retrieval.search(asked.question, self.library, self.embedding, asked.filters, k)

    def ask(
        self,
        question: str,
        history: Sequence[Answer | Turn] = (),
        *,
        filters: Filters | None = None,
        skip: int = 0,
        watch: Callable[[str], None] | None = None,
    ) -> Answer:
        """Answer a question.

        Parameters
        ----------
        question
            In English, up to `questions.LONGEST_QUESTION` characters.
        history
            Earlier answers, the latest last: what "which of them" and "the second one" point to.
            `Turn.from_dict` gives one back from the JSON of an answer.
        filters
            What to restrict the search to, instead of what the question says of it; its words are
            not searched for either way. None: what the question says.
        skip
            How many of the matching papers to leave out at the front: the next page of an answer.
        watch
            Called with what is being written while it grows, before it is checked.

        Raises
        ------
        QuestionError
            If the question is empty or too long, or points to an answer that there is not.
        """
        *_, answer = self.answers(question, history, filters=filters, skip=skip, watch=watch)
        return answer

    def stream(
        self,
        question: str,
        history: Sequence[Answer | Turn] = (),
        *,
        filters: Filters | None = None,
        skip: int = 0,
    ) -> Iterator[Claim]:
        """Yield the claims of an answer one by one, each as soon as it has been checked."""
        known = 0
        for answer in self.answers(question, history, filters=filters, skip=skip):
            yield from answer.claims[known:]
            known = len(answer.claims)

    def like(self, identifier: str, k: int = 5) -> list[Paper]:
        """Return the k papers nearest in meaning to one of the index, the nearest first.

        None if the index has no such paper.
        """
        own = self.wholes([identifier])
        if identifier not in own:
            return []
        near = self.library.nearest(own[identifier], LIKE_PASSAGES)
        wholes = self.wholes(name for name in near if name != identifier)
        ranked = sorted(wholes, key=lambda name: -float(wholes[name] @ own[identifier]))[:k]
        return [record.paper for record in self.library.records(ranked).values()]

    def wholes(self, identifiers: Iterable[str]) -> dict[str, NDArray[np.float32]]:
        """Return of each paper that can be found its unit vector as a whole, (dimensions,)."""
        records = self.library.records(identifiers)
        return {name: record.whole for name, record in records.items() if record.packed}

    def answers(
        self,
        question: str,
        history: Sequence[Answer | Turn] = (),
        *,
        filters: Filters | None = None,
        skip: int = 0,
        watch: Callable[[str], None] | None = None,
    ) -> Iterator[Answer]:
        """Yield an answer as it grows; the last one is complete. The parameters are those of `ask`.

        The first one says what matches and is cited, before anything is written; each that follows
        has one claim more.
        """
        started = time.perf_counter()
        asked = reading.read(question, self.library, history, filters)
        skip += asked.skip
        found = self._find(asked, skip, started)
        judged = time.perf_counter()
        answer = Answer(
            question=asked.text,
            kind=asked.question.kind,
            claims=(),
            citations=cited(item.paper for item in found.shown),
            matched=found.matched,
            total=len(self.library),
            near_misses=found.near,
            looked_for=tuple(" or ".join(c.alternatives) for c in asked.question.concepts),
            skipped=skip,
            searched=self.library.count(asked.filters),
            resolved=asked.resolved,
            filters=asked.filters.to_dict(),
            index=self._index(),
            models=self._models(),
        )
        yield answer
        for claim in self._claims(asked.question, found.shown, answer.citations, watch):
            told = replace(claim, group=found.groups.get(claim.citations[0], ""))
            answer = replace(answer, claims=(*answer.claims, told))
            yield answer
        ended = time.perf_counter()
        spent = {**found.seconds, "writing": ended - judged, "total": ended - started}
        yield replace(answer, seconds={name: round(s, 4) for name, s in spent.items()})

    def as_retriever(self, k: int = 5) -> "BaseRetriever":
        """Return a LangChain retriever over the papers of this library."""
        from rag.integrations.langchain import PaperRetriever

        return PaperRetriever(assistant=self, k=k)

    def as_runnable(self) -> "Runnable[str, Answer]":
        """Return a LangChain runnable from a question to an `Answer`."""
        from rag.integrations.langchain import Answering

        return Answering(self)

    def _find(self, asked: Asked, skip: int, started: float) -> "_Found":
        """Find what answers a question, and the page of it that is to be shown."""
        question, most = asked.question, _most(asked.question)
        if not question.concepts:
            matched = self.library.count(asked.filters)
            page = retrieval.newest(self.library, asked.filters, skip, most)
            told = accounts.MOST_TOLD if matched == 1 else 1
            found = time.perf_counter()
            shown = tuple(accounts.account(match, told) for match in page)
            seconds = {"retrieval": found - started, "evidence": time.perf_counter() - found}
            return _Found(shown, matched, (), seconds)
        matches = retrieval.search(question, self.library, self.embedding, asked.filters)
        found = time.perf_counter()
        findings = judging.gather(question, matches, self.library, self.embedding)
        near = [NearMiss(e.paper, e.covers, e.missing) for e in findings.near]
        if not findings.matched:  # the nearest papers of all, whatever they lack
            near = [NearMiss(m.paper) for m in matches[: judging.MOST_NEAR]]
        elif question.kind == "fact":  # one paper that holds the fact leaves nothing nearly missed
            near = []
        shown = findings.matched[skip : skip + most]
        groups = self._groups(question, shown) if question.kind == "overview" else []
        shown = tuple(shown[n] for group in groups for n in group.members) or shown
        named = [group.name for group in groups for _ in group.members]
        seconds = {"retrieval": found - started, "evidence": time.perf_counter() - found}
        numbered = dict(enumerate(named, start=1))
        return _Found(shown, len(findings.matched), tuple(near), seconds, numbered)

    def _groups(self, question: Question, shown: Sequence[Evidence]) -> "list[Group]":
        from rag.write import groups as grouping  # with SciPy, which no other question needs

        return grouping.grouped(
            [item.paper for item in shown],
            [item.record.whole for item in shown],
            question.topic,
            self.embedding,
        )

    def _claims(
        self,
        question: Question,
        shown: tuple[Evidence, ...],
        citations: tuple[Citation, ...],
        watch: Callable[[str], None] | None,
    ) -> Iterator[Claim]:
        """Yield the claims in the order of the evidence: checked drafts, else quotations."""
        number = numbers(citations)
        if not question.concepts:  # nothing was asked that a sentence of the model could miss
            for item in shown:
                for passage in item.passages:
                    yield _quotation(question, passage, (number[item.paper.id],))
            return
        drafts = writing.drafts(question, shown, self.model, watch)
        written: dict[int, str] = {}
        for position, item in enumerate(shown):
            while position not in written and (draft := next(drafts, None)):
                written[draft.about] = draft.text
            text = written.get(position, "")
            cites = (number[item.paper.id],)
            yield self._claim(question, text, item, cites, watch)
            if question.kind == "fact":
                for passage in item.passages[1:]:
                    yield _quotation(question, passage, cites)

    def _claim(
        self,
        question: Question,
        text: str,
        item: Evidence,
        cites: tuple[int, ...],
        watch: Callable[[str], None] | None,
    ) -> Claim:
        """Return a draft if it passes, else its mended form if that does, else the quotation."""
        borne_out = self._supporting(question, text, item)
        if text and borne_out is None:
            text = writing.mended(question, item, text, self.model, watch)
            borne_out = self._supporting(question, text, item)
        if borne_out is not None:
            return Claim(text, cites, "paraphrase", (_quote(borne_out),))
        return _quotation(question, item.passages[0], cites)

    def _supporting(self, question: Question, text: str, item: Evidence) -> Passage | None:
        """Return the sentence that bears a draft out, if the draft says what the evidence shows."""
        clause = clauses.cut(question, item.passages[0])
        if not text or _repeats(text, item.paper):
            return None
        if not clauses.keeper(question, clause.text)(text):
            return None
        return support.check(text, item.paper, item.passages, self.embedding).passage

    def _models(self) -> dict[str, str | None]:
        return {
            "embedding": self.embedding.name,
            "llm": self.model.name if self.model else None,
        }

    def _index(self) -> dict[str, object]:
        identity = self.library.identity
        return {
            "path": str(self.library.path),
            "papers": len(self.library),
            "model": identity.model,
            "dimensions": identity.dimensions,
            "format": identity.format,
        }


@dataclass(frozen=True, slots=True)
class _Found:
    """The evidence to show, of how many papers, the near misses, and the time it took."""

    shown: tuple[Evidence, ...]
    matched: int
    near: tuple[NearMiss, ...]
    seconds: dict[str, float]
    groups: dict[int, str] = field(default_factory=dict)  # by the number of the citation


def _language_model(name: str | None, key: str) -> "LanguageModel | None":
    if name == "none":
        return None
    from rag.models import (
        language as models,  # with LangChain, a second; not owed by who wants none
    )

    return models.load(name, key)


def _most(question: Question) -> int:
    return MOST_IN_OVERVIEW if question.kind == "overview" else MOST_SHOWN


def _repeats(text: str, paper: Paper) -> bool:
    """Tell whether a text is but the title again, or words of the abstract: those are quoted."""
    said = text.rstrip(".").lower()
    return said in paper.abstract.lower() or said in paper.title.lower()


def _quotation(question: Question, passage: Passage, cites: tuple[int, ...]) -> Claim:
    clause = clauses.cut(question, passage)
    return Claim(clause.text, cites, "quote", (_quote(clause),))


def _quote(passage: Passage) -> Quote:
    return Quote(passage.paper_id, passage.start, passage.end, passage.text)
