"""Which new papers match a watch: what the assistant answers to its question, in quotations."""

from collections.abc import Sequence

from rag.assistant import Assistant
from rag.collections.news import Find
from rag.core.filters import Filters

MOST_TOLD = 200
"""Papers that one watch tells of at most, those that match best."""


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
        found = list[Find]()
        skip = 0
        while skip < MOST_TOLD:
            answer = self._assistant.ask(question, filters=filters, skip=skip)
            why = dict[int, str]()
            for claim in answer.claims:
                for number in claim.citations:
                    why.setdefault(number, claim.text)
            found += [Find(c.paper, why[c.number]) for c in answer.citations if c.number in why]
            skip += len(answer.citations)
            if not answer.citations or skip >= len(answer.matching):
                break
        return found
