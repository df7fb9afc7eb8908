"""The whole way of a question, from its words to a checked answer.

Read from top to bottom this is the table of contents of the program: a question is read, papers
are found and judged, sentences are written, checked and cited.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag.core.answers import Answer, Claim, Models, numbered
from rag.core.filters import Filters
from rag.core.papers import Paper
from rag.core.questions import Question
from rag.core.tables import COLUMNS, Table
from rag.errors import LibraryError
from rag.judge import cells, reasons
from rag.judge.evidence import Evidence
from rag.judge.gathering import Gathering
from rag.library import Library
from rag.library.disk import read_identity
from rag.models import reranker as judges
from rag.models.embedding import Embedding
from rag.models.reranker import Reranker
from rag.question import learned, reading
from rag.question.followups import Turn
from rag.question.reading import Asked
from rag.search import retrieval, tagged
from rag.search.retrieval import Match
from rag.settings import Settings
from rag.write import opening, table
from rag.write.claims import Writing
from rag.write.opening import Found
from rag.write.table import Tabulating

if TYPE_CHECKING:
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.runnables import Runnable
    from langchain_core.tools import StructuredTool

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
        self,
        library: Library,
        embedding: Embedding,
        model: "LanguageModel | None",
        reranker: Reranker | None = None,
    ) -> None:
        self.library = library
        self.embedding = embedding
        self.model = model
        self.reranker = reranker
        self.manner = learned.manner(
            embedding.name, embedding.encode_query, embedding.in_context, embedding.is_word
        )

    @classmethod
    def open(
        cls,
        index: Path | str | None = None,
        embedding: str | None = None,
        llm: str | None = None,
        reranker: str | None = None,
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
        model = _language_model(llm or settings.llm, settings.llm_key)
        return cls(library, loaded, model, judges.load(reranker or settings.reranker))

    def read(
        self,
        question: str,
        history: Sequence[Answer | Turn] = (),
        filters: Filters | None = None,
    ) -> Asked:
        """Read a question without answering it, see `rag.question.reading.read`."""
        return reading.read(question, self.library, history, filters, self.manner)

    def search(self, question: str, k: int = 10, filters: Filters | None = None) -> list[Match]:
        """Return the k papers that rank highest for a question, whether they answer it or not.

        Of those that pass the filters, which are read from the question if they are not given. A
        question that is nothing but filters has the newest papers first.
        """
        question, filters = tagged.within(self.library, question, filters)
        asked = self.read(question, filters=filters)
        if not asked.question.topic:
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
        known = top = 0
        for answer in self.answers(question, history, filters=filters, skip=skip):
            yield from (*answer.claims[known:], *answer.summary[top:])
            known, top = len(answer.claims), len(answer.summary)

    def like(self, identifier: str, k: int = 5) -> list[Paper]:
        """Return the k papers nearest in meaning to one of the index, the nearest first.

        The list is empty if the index has no such paper.
        """
        own = self.wholes([identifier])
        if identifier not in own:
            return []
        near = self.library.nearest(own[identifier], LIKE_PASSAGES)
        wholes = self.wholes(name for name in near if name != identifier)
        ranked = sorted(wholes, key=lambda name: -float(wholes[name] @ own[identifier]))[:k]
        return [record.paper for record in self.library.records(ranked).values()]

    def table(
        self,
        papers: Answer | Iterable[str],
        question: str = "",
        columns: Sequence[str] | str | None = None,
    ) -> Table:
        """Return a table of papers and what they say, without the language model.

        Parameters
        ----------
        papers
            An answer, of which all papers that match make a row, or identifiers.
        question
            What the papers are to answer; that of the answer, if it is not given.
        columns
            Names, or one text with commas between them; `rag.core.tables.COLUMNS` if not given.

        Raises
        ------
        LibraryError
            If the index has not all of the papers.
        QuestionError
            If the columns are no list of different names.
        """
        names = COLUMNS
        if columns is not None:
            names = table.named(columns if isinstance(columns, str) else ",".join(columns))
        numbers: dict[str, int] = {}
        if isinstance(papers, Answer):
            question = question or papers.resolved or papers.question
            numbers = dict(zip(papers.matching, papers.numbers, strict=True))
            papers = papers.matching
        wanted = list(dict.fromkeys(papers))
        records = self.library.records(wanted)
        if missing := [name for name in wanted if name not in records]:
            raise LibraryError(f"The index has no paper {missing[0]}: `rag list` says what it has.")
        asked = Question("", "papers", "")
        if question:
            asked = self.read(question).question
        evidence = [Evidence(records[name], (), 1.0) for name in wanted]
        if any(cells.kind(name) == cells.WHY for name in names):
            evidence = reasons.find(asked, list(records.values()), self.library, self.embedding)
        return table.build(names, evidence, numbered(wanted, numbers), asked, self.reranker)

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
        has one claim more. What needs no model is there first, the paragraph on top comes last.
        """
        started = time.perf_counter()
        question, filters = tagged.within(self.library, question, filters)
        asked = self.read(question, history, filters)
        if asked.question.kind in ("index", "talk"):
            answer = opening.told(asked, self.library, self._models())
            yield replace(answer, seconds={"total": round(time.perf_counter() - started, 4)})
            return
        skip += asked.skip
        numbers = opening.numbers_of(history)
        gathering = self.gathering()
        found = self._find(asked, skip, numbers, gathering)
        if not found.findings.matched and _is_broad(asked.question):
            broader = replace(asked, question=replace(asked.question, kind="papers"))
            others = self._find(broader, skip, numbers, gathering)
            asked, found = (broader, others) if others.findings.matched else (asked, found)
        judged = time.perf_counter()
        tabulate = Tabulating(self.table)
        answer = opening.begun(asked, found, skip, self.library, self._models(), tabulate)
        yield answer
        for claim in self._writing(asked.question, answer, found, watch).claims(found.shown):
            answer = replace(answer, claims=(*answer.claims, claim))
            yield answer
        for claim in self._paragraph(asked.question, answer, found, watch):
            answer = replace(answer, summary=(*answer.summary, claim))
            yield answer
        ended = time.perf_counter()
        spent = {"evidence": judged - started, "writing": ended - judged, "total": ended - started}
        yield replace(answer, seconds={name: round(s, 4) for name, s in spent.items()})

    def as_retriever(self, k: int = 5) -> "BaseRetriever":
        """Return a LangChain retriever over the papers of this library."""
        from rag.integrations.langchain import PaperRetriever

        return PaperRetriever(assistant=self, k=k)

    def as_runnable(self) -> "Runnable[str, Answer]":
        """Return a LangChain runnable from a question to an `Answer`."""
        from rag.integrations.langchain import Answering

        return Answering(self)

    def as_tool(self) -> "StructuredTool":
        """Return a LangChain tool that answers questions, for an agent to call.

        It takes ``question`` and, if wanted, ``since``, ``until`` and ``categories``, which then
        replace what the question says of days, categories and authors. Its content is the text of
        the answer with its numbered sources and their links, its artifact `Answer.to_dict`. A
        question that cannot be answered gives the line that says why.
        """
        from rag.integrations.langchain import asking_tool

        return asking_tool(self)

    def gathering(self) -> Gathering:
        """Return what gathers evidence from this library with these models."""
        return Gathering(self.library, self.embedding, self.reranker)

    def _find(
        self, asked: Asked, skip: int, numbers: Mapping[str, int], gathering: Gathering
    ) -> Found:
        """Find what answers a question, and the page of it that is to be shown.

        Papers get their numbers in the order in which they match, shown or not, so that a page has
        the same ones however it is come to; those in ``numbers`` keep theirs.
        """
        question = asked.question
        page = slice(skip, skip + _most(question))
        findings = gathering.gather(question, asked.filters, page)
        whole = question.kind in ("compare", "record", *opening.ONE_PAPER)
        shown = findings.matched if whole else findings.matched[page]
        groups = self._groups(question, shown) if question.kind == "overview" else []
        shown = tuple(shown[n] for group in groups for n in group.members) or shown
        named = [group.name for group in groups for _ in group.members]
        numbers = numbered((item.paper.id for item in findings.matched), numbers)
        of = {numbers[i.paper.id]: name for i, name in zip(shown, named, strict=False)}
        return Found(findings, shown, numbers, of)

    def _writing(
        self,
        question: Question,
        answer: Answer,
        found: Found,
        watch: Callable[[str], None] | None,
    ) -> Writing:
        """Return what writes a sentence a paper; a model that writes the paragraph leaves that."""
        alone = self.model is None or self.model.capable
        model = None if alone else self.model
        return Writing(question, answer.citations, self.embedding, model, found.groups, watch)

    def _paragraph(
        self,
        question: Question,
        answer: Answer,
        found: Found,
        watch: Callable[[str], None] | None,
    ) -> Iterator[Claim]:
        """Yield the sentences of the paragraph on top, where there is a model that can."""
        if self.model is None or not self.model.capable:
            return
        from rag.write import synthesis

        score = self.reranker.score if self.reranker else None
        yield from synthesis.write(
            question, found.shown, answer.citations, self.model, score, watch
        )

    def _models(self) -> Models:
        return Models(
            self.embedding.name,
            self.reranker.name if self.reranker else None,
            self.model.name if self.model else None,
        )

    def _groups(self, question: Question, shown: Sequence[Evidence]) -> "list[Group]":
        from rag.write import groups  # with SciPy, which no other question needs

        return groups.grouped(
            [item.paper for item in shown],
            [item.record.whole for item in shown],
            question.topic,
            self.embedding,
        )


def _language_model(name: str | None, key: str) -> "LanguageModel | None":
    if name == "none":
        return None
    from rag.models import language  # takes a second, for which there is no need without one
    from rag.write import trial

    return trial.tried(language.load(name, key))


def _is_broad(question: Question) -> bool:
    """Tell whether papers on a topic answer as well where none explains it: it names none."""
    return question.kind == "explain" and bool(question.topic) and not question.subjects


def _most(question: Question) -> int:
    return MOST_IN_OVERVIEW if question.kind == "overview" else MOST_SHOWN
