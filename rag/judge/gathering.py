"""From a question to evidence, by the kind of the question.

The one place that knows which part of this room answers which kind; each part judges in its own
way. What is said of the evidence is not decided here.
"""

from collections.abc import Sequence
from dataclasses import replace

from rag.core.filters import Filters
from rag.core.questions import Question
from rag.judge import accounts, facts, figures, mentions, papers, parts, sentences, stances
from rag.judge.evidence import Evidence, Findings
from rag.judge.wording import Wording
from rag.library import Library
from rag.library.records import Record
from rag.models.embedding import Embedding
from rag.models.reranker import Remembering, Reranker
from rag.search import retrieval
from rag.search.retrieval import Match

NEAREST = 5
"""Papers shown to a question in another language: those nearest in meaning."""

MOST_COMPARED = 6
"""Papers side by side; more of them are a list."""

BEARING_A_NAME = 30
"""Papers whose words are nearest to those of a name, among which the one that bears it is found."""

DESCRIPTION = 3
"""Words from which what is compared describes a paper instead of naming it."""

CERTAIN, LIKELY = 0.9, 0.5
"""Probabilities from which a paper surely, or likely, matches."""


class Gathering:
    """What evidence is gathered from: the index, and the models that read it.

    Parameters
    ----------
    reranker
        The judge; None does without.
    unlikely
        Log odds by the scores alone below which it does not read a paper.
    """

    def __init__(
        self,
        library: Library,
        embedding: Embedding,
        reranker: Reranker | None,
        unlikely: float = figures.UNLIKELY,
    ) -> None:
        self._library = library
        self._embedding = embedding
        self._unlikely = unlikely
        self._reranker = Remembering(reranker) if reranker else None

    def gather(self, question: Question, filters: Filters, page: slice) -> Findings:
        """Find what answers a question.

        Parameters
        ----------
        filters
            What a paper has to be to be looked at.
        page
            Which of the matching papers are to be shown: only these get sentences.
        """
        named = self._named(filters)
        if question.kind == "compare":
            of_topic = not named or question.most or question.newest
            if of_topic and question.topic and not question.subjects:
                return self._compared_of_topic(question, filters)
            return self._compared(question, named)
        if question.kind == "record":
            bearers = named or self._bearing(question.subjects)
            return Findings(tuple(Evidence(r, (), 1.0) for r in bearers[:MOST_COMPARED]), ())
        if question.kind == "explain":
            return self._explained(question, filters, named, page)
        if not question.topic:
            return self._listed(filters, page)
        if question.kind in ("papers", "overview", "count"):
            return self._which(question, filters, page)
        matches = self._search(question, filters)
        if question.kind == "foreign":
            return accounts.nearest_in_meaning(matches, NEAREST)
        models = (self._library, self._embedding, self._reranker)
        if question.kind == "fact":
            return facts.find(question, matches, *models)
        found = self._counted(papers.which(question, matches, *models, slice(0)), matches)
        return self._weighed(question, found, matches, page)

    def sentences(self, question: Question, matches: Sequence[Match]) -> list[Evidence]:
        """Return the sentences of papers that say most on a question, whether they match or not."""
        if not question.topic:
            return [accounts.account(match.record, 1) for match in matches]
        wording = Wording(question, matches, self._library)
        return [
            Evidence(m.record, sentences.deciding(question, m, wording, ()), 1.0) for m in matches
        ]

    def _explained(
        self, question: Question, filters: Filters, named: Sequence[Record], page: slice
    ) -> Findings:
        """Return what the paper says that is named, or else the one that is meant, of itself.

        Nothing where papers match and none of them stands out.
        """
        if len(named) == 1 and not question.topic:
            return Findings((accounts.account(named[0], accounts.MOST_TOLD),), ())
        if len(named) == 1 or question.subjects:
            bearers = named or self._bearing(question.subjects)
            if not bearers:
                return self._nothing(question, filters)
            mentioned = None if named else accounts.mentioning(question.subjects, bearers[0])
            told = mentioned or accounts.explain(question, bearers[0], self._reranker)
            return Findings((told,), ())
        if not question.topic:
            return self._listed(filters, page)
        one, matches = replace(question, kind="papers"), self._search(question, filters)
        models = (self._library, self._embedding, self._reranker)
        found = self._counted(papers.which(one, matches, *models, slice(0)), matches)
        item = accounts.meant(question, found.matched, self._reranker)
        if item is None:
            return replace(found, matched=())
        told = accounts.explain(question, item.record, self._reranker, item.strength)
        return replace(found, matched=(told,), near=())

    def _which(self, question: Question, filters: Filters, page: slice) -> Findings:
        """Find the papers that match, where a genre is asked for among those of it."""
        names = papers.deciding(question)
        matches = self._search(question, filters)
        alone = bool(names) and not question.parts
        if names:
            matches = papers.of_genres(names, matches)
        found = papers.which(
            question,
            matches,
            self._library,
            self._embedding,
            self._reranker,
            page,
            all_of_them=alone,
            unlikely=self._unlikely,
        )
        found = self._counted(found, matches)
        if alone:
            return found
        others = mentions.find(
            question, filters, matches, found, self._library, self._embedding, only=bool(names)
        )
        return replace(found, mentioned=others)

    def _counted(self, found: Findings, matches: Sequence[Match]) -> Findings:
        """Return what was found with among how many, where not all papers were looked at."""
        return found if self._library.compares_all else replace(found, among=len(matches))

    def _search(self, question: Question, filters: Filters) -> list[Match]:
        return retrieval.search(question, self._library, self._embedding, filters)

    def _listed(self, filters: Filters, page: slice) -> Findings:
        """Return the papers that pass the filters, the newest first."""
        identifiers = self._library.select(filters)
        few = len(identifiers) == 1
        records = self._library.records(identifiers[page])
        told = {
            i: accounts.account(record, accounts.MOST_TOLD if few else 1)
            for i, record in records.items()
        }
        every = self._library.records(identifiers) if len(told) < len(identifiers) else records
        return Findings(
            tuple(told.get(i) or Evidence(record, (), 1.0) for i, record in every.items()), ()
        )

    def _named(self, filters: Filters) -> list[Record]:
        """Return the papers that the filters name one by one."""
        if not (filters.ids or filters.titles):
            return []
        identifiers = self._library.select(filters)
        return list(self._library.records(identifiers[:MOST_COMPARED]).values())

    def _bearing(self, names: Sequence[str]) -> list[Record]:
        """Return the papers that bear all of these names, the likeliest first."""
        if not names:
            return []
        titled = [paper.id for name in names for paper in self._library.titled(name)]
        found = self._library.matching(" ".join(names), BEARING_A_NAME)
        records = self._library.records(found)
        matches = [
            replace(retrieval.unscored(record), score=found[i])
            for i, record in records.items()
            if record.packed
        ]
        bearers = accounts.introducing(names, matches)
        first = [r for r in self._library.records(titled).values() if r.packed]
        return list({r.id: r for r in [*first, *bearers]}.values())

    def _compared(self, question: Question, named: Sequence[Record]) -> Findings:
        """Return what is compared, a paper for each name, with its sentences by rows."""
        found: dict[str, tuple[str, Record]] = {r.id: (r.paper.title, r) for r in named}
        unknown = []
        for name in question.subjects:
            bearers = self._bearing([name]) or self._described(question, name)
            others = [r for r in bearers if r.id not in found]
            if others:
                found[others[0].id] = (name, others[0])
            elif not bearers:
                unknown.append(name)
        shown = [
            accounts.compared(name, record, self._reranker)
            for name, record in list(found.values())[:MOST_COMPARED]
        ]
        return Findings(tuple(shown), (), unknown=tuple(unknown))

    def _compared_of_topic(self, question: Question, filters: Filters) -> Findings:
        """Return the first papers on a topic, side by side.

        Whether any of them surely is on it is told by the likeliest of all.
        """
        found = self._which(replace(question, kind="papers"), filters, slice(0))
        if not found.matched:
            return found
        most = question.most or MOST_COMPARED
        some, others = found.matched[:most], found.matched[most:]
        surest = max(item.strength for item in found.matched)
        shown = [
            replace(accounts.compared(i.paper.title, i.record, self._reranker), strength=surest)
            for i in some
        ]
        left_out = tuple(item.paper.id for item in others)
        return replace(found, matched=tuple(shown), mentioned=left_out, unknown=())

    def _described(self, question: Question, what: str) -> list[Record]:
        """Return the paper that is likely on what is described in several words, if there is one.

        "Panel flutter by piston theory" is no name that a paper could bear.
        """
        if len(what.split()) < DESCRIPTION:
            return []
        terms = tuple(term for term in question.terms if term in what)
        one = replace(question, kind="papers", topic=what, terms=terms, parts=(what,), subjects=())
        matches = self._search(one, Filters())
        models = (self._library, self._embedding, self._reranker)
        found = papers.which(one, matches, *models, slice(0)) if matches else Findings((), ())
        return [item.record for item in found.matched[:1] if item.strength >= LIKELY]

    def _nothing(self, question: Question, filters: Filters) -> Findings:
        """Return the nearest papers, where the index has none of the name that was asked about."""
        matches = self._search(question, filters)[: papers.MOST_NEAR]
        near = tuple(Evidence(match.record, (), 0.0) for match in matches)
        return Findings((), near, unknown=question.subjects)

    def _weighed(
        self, question: Question, found: Findings, matches: Sequence[Match], page: slice
    ) -> Findings:
        """Return what each paper of a page says to a yes-or-no question.

        One that does not surely match, nor likely so with a sentence that settles it, is but near
        if it lacks a part of what is asked, or says nothing and may not match.
        """
        by_id = {match.paper.id: match for match in matches}
        shown = [by_id[item.paper.id] for item in found.matched[page]]
        wording = Wording(question, shown, self._library)
        lacking = parts.lacking(question, shown, wording, self._embedding)
        said = {
            match.paper.id: (lacks, stances.stance(question.text, match.record.passages, settling))
            for match, settling, lacks in zip(
                shown, self._settling(question, shown, wording), lacking, strict=True
            )
        }
        kept, near = [], []
        for item in found.matched:
            lacks, (passages, stance) = said.get(item.paper.id, ((), ((), "")))
            sure = item.strength >= (LIKELY if stance else CERTAIN)
            if sure or (not lacks and (stance or item.strength >= LIKELY)):
                kept.append(replace(item, passages=passages or item.passages, stance=stance))
            else:
                near.append(replace(item, passages=(), missing=lacks))
        return replace(found, matched=tuple(kept), near=(*near, *found.near)[: papers.MOST_NEAR])

    def _settling(
        self, question: Question, shown: Sequence[Match], wording: Wording
    ) -> list[dict[int, float]]:
        """Return how surely the likeliest sentences of papers settle a question, by position."""
        read = sentences.promising(shown, wording, stances.READ)
        if self._reranker is None:
            return [dict.fromkeys(some, 0.0) for some in read]
        places = [(k, n) for k, some in enumerate(read) for n in some]
        pairs = [(question.text, figures.sentence(shown[k].record, n)) for k, n in places]
        found: list[dict[int, float]] = [{} for _ in shown]
        for (k, n), sure in zip(places, self._reranker.settles(pairs).tolist(), strict=True):
            found[k][n] = sure
        return found
