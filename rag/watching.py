"""Which new papers match a watch, and by which sentence: what the judge finds, no answer."""

from collections.abc import Sequence
from dataclasses import replace

from rag.assistant import Assistant
from rag.collections.news import Find
from rag.core.filters import Filters
from rag.judge.gathering import Gathering
from rag.question import frames
from rag.question.phrases import parts
from rag.search import tagged

MOST_TOLD = 200
"""Papers that one watch tells of at most, those that match best."""

LIKELY = 0.25
"""Probability from which a paper is told of: an answer shows more, to be complete, but who watches
is shown something every day."""

UNLIKELY = -3.5
"""Log odds by the scores alone below which the judge does not read a paper for a watch: on seven
corpora, each left out of the fit, F1 is 0.002 lower than with the bound for answers."""


class Judging:
    """Says which papers match a question, and by which sentence; see `rag.collections.news.Judge`.

    Parameters
    ----------
    assistant
        Whose index and judge are used; its language model is not.
    """

    def __init__(self, assistant: Assistant) -> None:
        self._read = assistant.read
        self._library = assistant.library
        self._models = assistant.embedding, assistant.reranker

    def __call__(
        self, question: str, papers: Sequence[str], categories: Sequence[str]
    ) -> Sequence[Find]:
        """Return those of some papers that match and are in one of the categories, if any.

        However it is asked, a watch is for papers: "how do masked autoencoders work?" is for those
        on masked autoencoders.
        """
        library = self._library
        question, own = tagged.within(library, question, None)
        asked = self._read(question, filters=own)
        if asked.question.kind in ("index", "talk"):
            return []
        new: Sequence[str] = papers
        for filters in (asked.filters, Filters(categories=tuple(categories))):
            new = library.select(filters, among=new) if new and filters else new
        if not new:
            return []
        compared = asked.question.subjects if asked.question.kind == "compare" else ()
        topic = " or ".join(compared) or asked.question.topic or " ".join(asked.question.subjects)
        terms = tuple(frames.content(topic))
        wanted = replace(
            asked.question, kind="papers", topic=topic, terms=terms, parts=parts(topic)
        )
        gathering = Gathering(library, *self._models, UNLIKELY)
        found = gathering.gather(wanted, Filters(ids=tuple(new)), slice(MOST_TOLD))
        return [
            Find(item.paper, item.passages[0].text)
            for item in found.matched
            if item.passages and item.strength >= LIKELY
        ]
