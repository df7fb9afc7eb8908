"""The assistant as parts of a LangChain program."""

from typing import Any

import pytest
from langchain_core.documents import Document
from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableLambda, RunnablePassthrough

from rag import Answer, RagError
from tests.waiting import finished

QUESTION = "which papers use transformers for tracking"
OTHER = "How fast does STMTrack run?"


def said(answer: Answer) -> tuple:
    return answer.question, answer.claims, answer.citations, answer.near_misses


@pytest.fixture(scope="module")
def runnable(assistant):
    return assistant.as_runnable()


@pytest.fixture(scope="module")
def expected(assistant):
    return said(assistant.ask(QUESTION))


# -- the retriever ---------------------------------------------------------------------------------


def test_documents_of_the_retriever(assistant, papers):
    by_id = {p.id: p for p in papers}
    retriever = assistant.as_retriever(k=4)
    assert isinstance(retriever, BaseRetriever)
    documents = retriever.invoke(QUESTION)
    matches = assistant.search(QUESTION, k=4)
    assert [d.id for d in documents] == [m.paper.id for m in matches]
    for document, match in zip(documents, matches, strict=True):
        paper, metadata = by_id[document.id], document.metadata
        assert isinstance(document, Document)
        assert document.page_content == paper.abstract
        assert metadata["id"] == paper.id
        assert metadata["title"] == paper.title
        assert metadata["url"] == paper.url
        assert metadata["pdf"] == paper.pdf
        assert metadata["score"] == match.score
        assert metadata["dense"] == match.dense
        assert metadata["lexical"] == match.lexical
        assert metadata["evidence"]
        for span in metadata["evidence"]:
            assert set(span) == {"start", "end"}
            text = document.page_content[span["start"] : span["end"]]
            assert text == text.strip()
            assert len(text) > 20


def test_the_deciding_sentence_comes_first(assistant):
    [document] = assistant.as_retriever(k=1).invoke("graph transformers for multi-object tracking")
    span = document.metadata["evidence"][0]
    assert document.metadata["id"] == "2104.00194"
    assert "graph transformer" in document.page_content[span["start"] : span["end"]]


def test_the_retriever_in_other_ways(assistant):
    retriever = assistant.as_retriever(k=2)
    once = retriever.invoke(QUESTION)
    assert len(once) == 2
    assert retriever.batch([QUESTION, OTHER])[0] == once
    assert finished(retriever.ainvoke(QUESTION)) == once
    with pytest.raises(RagError):
        retriever.invoke("")


def test_the_retriever_in_a_chain(assistant):
    def together(documents: list[Document]) -> str:
        return "\n".join(d.metadata["title"] for d in documents)

    prompt = ChatPromptTemplate.from_template("{context}\n\nQuestion: {question}")
    model = GenericFakeChatModel(messages=iter([AIMessage("TransMOT does.")]))
    chain = (
        {"context": assistant.as_retriever(k=2) | together, "question": RunnablePassthrough()}
        | prompt
        | model
        | StrOutputParser()
    )
    assert chain.invoke(QUESTION) == "TransMOT does."


# -- the runnable ----------------------------------------------------------------------------------


def test_invoke(runnable, expected):
    assert isinstance(runnable, Runnable)
    assert said(runnable.invoke(QUESTION)) == expected


def test_ainvoke(runnable, expected):
    assert said(finished(runnable.ainvoke(QUESTION))) == expected


def test_batch(runnable, expected):
    first, second, third = runnable.batch([QUESTION, OTHER, QUESTION])
    assert said(first) == said(third) == expected
    assert second.kind == "fact"


def test_abatch(runnable, expected):
    both = finished(runnable.abatch([QUESTION, OTHER]))
    assert said(both[0]) == expected


def test_stream(runnable, assistant, expected):
    grown = list(runnable.stream(QUESTION))
    assert [said(a)[1] for a in grown] == [said(a)[1] for a in assistant.answers(QUESTION)]
    assert said(grown[-1]) == expected


def test_astream(runnable, expected):
    async def collect() -> list[Answer]:
        return [answer async for answer in runnable.astream(QUESTION)]

    assert said(finished(collect())[-1]) == expected


def test_composition(runnable):
    texts = runnable | RunnableLambda(lambda answer: answer.text)
    assert texts.invoke(OTHER).startswith("“")
    assert "37 FPS" in texts.invoke(OTHER)
    from_topic = RunnableLambda(lambda topic: f"which papers are about {topic}") | runnable
    answer = from_topic.invoke("person re-identification")
    assert answer.question == "which papers are about person re-identification"
    assert answer.matched == 2


def test_composition_with_a_prompt(runnable):
    prompt = ChatPromptTemplate.from_template("Say it simply: {answer}")
    chain = runnable | (lambda answer: {"answer": answer.text}) | prompt
    [message] = chain.invoke(OTHER).to_messages()
    assert message.content.startswith("Say it simply: “")


def test_composition_after_a_model(runnable, expected):
    """The pieces that a model streams add up to the question."""
    model = GenericFakeChatModel(messages=iter([AIMessage(QUESTION)]))
    chain = model | StrOutputParser() | runnable
    *_, last = chain.stream("What should I ask?")
    assert said(last) == expected


def test_callbacks_and_config(runnable):
    seen: list[Any] = []

    from langchain_core.callbacks import BaseCallbackHandler

    class Watching(BaseCallbackHandler):
        def on_chain_start(self, serialized, inputs, **kwargs):
            seen.append(("start", inputs, kwargs.get("tags")))

        def on_chain_end(self, outputs, **kwargs):
            seen.append(("end", outputs, None))

    runnable.invoke(OTHER, {"callbacks": [Watching()], "tags": ["mine"]})
    assert seen[0][:2] == ("start", OTHER)
    assert "mine" in seen[0][2]
    assert seen[-1][0] == "end"


def test_an_empty_question_is_an_error(runnable):
    for ask in (runnable.invoke, lambda q: list(runnable.stream(q))):
        with pytest.raises(RagError, match="empty"):
            ask("")
    results = runnable.batch([OTHER, ""], return_exceptions=True)
    assert isinstance(results[0], Answer)
    assert isinstance(results[1], RagError)
