"""The assistant as parts of a LangChain program: a retriever and a runnable."""

from collections.abc import Iterator
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableConfig
from pydantic import ConfigDict

from rag.assistant import Assistant
from rag.core.answers import Answer
from rag.question import reading


class PaperRetriever(BaseRetriever):
    """Finds the k papers that rank highest, as documents that hold the abstract.

    Their metadata has ``id``, ``title``, ``url``, ``pdf``, ``score``, ``dense``, ``lexical`` and
    ``evidence``: offsets ``{"start", "end"}`` into the abstract, the deciding sentence first.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    assistant: Assistant
    k: int = 5

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        question = reading.read(query, self.assistant.library).question
        matches = self.assistant.search(query, self.k)
        found = self.assistant.gathering().sentences(question, matches)
        return [
            Document(
                id=m.paper.id,
                page_content=m.paper.abstract,
                metadata={
                    "id": m.paper.id,
                    "title": m.paper.title,
                    "url": m.paper.url,
                    "pdf": m.paper.pdf,
                    "score": m.score,
                    "dense": m.dense,
                    "lexical": m.lexical,
                    "evidence": [{"start": p.start, "end": p.end} for p in item.passages],
                },
            )
            for m, item in zip(matches, found, strict=True)
        ]


class Answering(Runnable[str, Answer]):
    """From a question to an `Answer`; streamed, the answer with one more claim each time."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def invoke(
        self,
        input: str,
        config: RunnableConfig | None = None,
        **kwargs: Any,  # noqa: ANN401
    ) -> Answer:
        """Answer a question."""
        return self._call_with_config(self._assistant.ask, input, config, **kwargs)

    def stream(
        self,
        input: str,
        config: RunnableConfig | None = None,
        **kwargs: Any,  # noqa: ANN401
    ) -> Iterator[Answer]:
        """Yield the answer as it grows; the last one is complete."""
        yield from self.transform(iter([input]), config, **kwargs)

    def transform(
        self,
        input: Iterator[str],
        config: RunnableConfig | None = None,
        **kwargs: Any,  # noqa: ANN401
    ) -> Iterator[Answer]:
        """Answer the question that the pieces of the input add up to."""
        yield from self._transform_stream_with_config(input, self._answers, config, **kwargs)

    def _answers(self, pieces: Iterator[str]) -> Iterator[Answer]:
        yield from self._assistant.answers("".join(pieces))
