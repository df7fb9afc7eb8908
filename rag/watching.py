"""Which new papers match a watch: what the assistant answers to its question, in quotations.

Papers are judged the nearest first, and no further than some of them match: of a day mostly a few
do, and judging one takes some 50 ms, so that a hundred watches would take minutes over all of them.
"""

from collections.abc import Sequence

from rag.assistant import Assistant
from rag.collections.news import Find
from rag.core.filters import Filters

MOST_TOLD = 200
"""Papers that one watch looks at at most, the nearest ones."""

AT_ONCE = 10
"""Papers to judge at once."""

WORTH_MORE = 0.3
"""Of the papers judged, how many have to match for the next ones to be judged: those are further
away."""


class Judging:
    """Says which papers match a question, and by which sentence; see `rag.collections.news.Judge`.

    Parameters
    ----------
    assistant
        Whose index and judge are used; its language model is not.
    """

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = Assistant(
            assistant.library, assistant.embedding, None, assistant.reranker
        )

    def __call__(
        self, question: str, papers: Sequence[str], categories: Sequence[str]
    ) -> Sequence[Find]:
        """Return those of some papers that match and are in one of the categories, if any."""
        filters = Filters(ids=tuple(papers), categories=tuple(categories))
        ranked = [m.paper.id for m in self._assistant.search(question, MOST_TOLD, filters)]
        found = list[Find]()
        for at in range(0, len(ranked), AT_ONCE):
            some = ranked[at : at + AT_ONCE]
            more = self._among(question, some)
            found += more
            if len(more) < len(some) * WORTH_MORE:
                break
        return found

    def _among(self, question: str, papers: Sequence[str]) -> list[Find]:
        answer = self._assistant.ask(question, filters=Filters(ids=tuple(papers)))
        why = dict[int, str]()
        for claim in answer.claims:
            for number in claim.citations:
                why.setdefault(number, claim.text)
        return [Find(c.paper, why[c.number]) for c in answer.citations if c.number in why]
