"""The assistant as parts of a LangChain program: a retriever, a runnable, and a tool for agents."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.tools import StructuredTool, ToolException
from pydantic import BaseModel, ConfigDict, Field

from rag.assistant import Assistant
from rag.core.answers import Answer
from rag.core.filters import Filters
from rag.errors import RagError
from rag.output import text


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
        question = self.assistant.read(query).question
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


TOOL = "ask_papers"
"""The name by which a language model calls the tool."""


class Arguments(BaseModel):
    """What a language model fills in when it calls the tool."""

    question: str = Field(
        description="One question in English that stands alone, such as "
        '"which papers use transformers for tracking?" or "How fast does STMTrack run?".'
    )
    since: date | None = Field(None, description="Only papers listed on or after this day.")
    until: date | None = Field(None, description="Only papers listed on or before this day.")
    categories: list[str] = Field(
        default_factory=list, description='Only papers in one of these, such as "cs.CV".'
    )


def asking_tool(assistant: Assistant) -> StructuredTool:
    """Return a tool that answers a question; see `Assistant.as_tool`."""

    def ask(
        question: str,
        since: date | None = None,
        until: date | None = None,
        categories: Sequence[str] = (),
    ) -> tuple[str, dict[str, Any]]:
        filters = Filters(since=since, until=until, categories=tuple(categories))
        try:
            answer = assistant.ask(question, filters=filters or None)
        except RagError as error:
            raise ToolException(str(error)) from error
        return text.with_sources(answer), answer.to_dict()

    return StructuredTool.from_function(
        ask,
        name=TOOL,
        description=(
            f"Answers a question from the abstracts of {len(assistant.library):,} research papers. "
            "Every sentence is supported by the abstract that its number in brackets names; titles "
            "and links of the papers follow. If it finds nothing, the papers do not answer this."
        ),
        args_schema=Arguments,
        response_format="content_and_artifact",
        handle_tool_error=True,  # the model is told in a line what to ask otherwise
    )
