"""The assistant as a tool: by itself, and called by an agent of the real `langchain`."""

from datetime import date
from typing import Any

import pytest
from langchain.agents import create_agent
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.tools import StructuredTool
from langchain_core.utils.function_calling import convert_to_openai_tool

from rag import Assistant
from rag.core.answers import Answer
from tests.integrations.scripted import Scripted
from tests.waiting import finished

QUESTION = "which papers use transformers for tracking"
NOTHING = "which papers are about exoplanet atmospheres"


@pytest.fixture(scope="module")
def tool(assistant: Assistant) -> StructuredTool:
    return assistant.as_tool()


def called(tool: StructuredTool, **arguments: Any) -> ToolMessage:
    """Call the tool as an agent does."""
    call = {"name": tool.name, "args": arguments, "id": "1", "type": "tool_call"}
    message = tool.invoke(call)
    assert isinstance(message, ToolMessage)
    return message


def test_what_a_model_is_told_of_it(tool: StructuredTool, assistant: Assistant) -> None:
    function = convert_to_openai_tool(tool)["function"]
    assert function["name"] == "ask_papers"
    assert f"{len(assistant.library)} research papers" in function["description"]
    parameters = function["parameters"]
    assert set(parameters["properties"]) == {"question", "since", "until", "categories"}
    assert parameters["required"] == ["question"]
    assert all(given["description"] for given in parameters["properties"].values())


def test_content_and_artifact(tool: StructuredTool, assistant: Assistant) -> None:
    message = called(tool, question=QUESTION)
    answer = assistant.ask(QUESTION)
    assert message.status == "success"
    assert str(message.content).startswith(answer.text)
    for citation in answer.citations:
        line = f"[{citation.number}] {citation.paper.title}  {citation.paper.url}"
        assert line in str(message.content).splitlines()
    read = Answer.from_dict(message.artifact)
    assert read.claims == answer.claims
    assert [c.paper.id for c in read.citations] == [c.paper.id for c in answer.citations]


def test_days_and_categories_restrict_it(tool: StructuredTool) -> None:
    within = called(
        tool, question=QUESTION, since="2021-04-01", until="2021-04-30", categories=["cs.CV"]
    )
    assert within.artifact["filters"] == {
        "since": "2021-04-01", "until": "2021-04-30", "categories": ["cs.CV"],
    }  # fmt: skip
    assert within.artifact["matched"]
    later = called(tool, question=QUESTION, since=date(2022, 1, 1))
    assert later.artifact["abstained"]
    assert not later.artifact["searched"]


def test_nothing_found_names_the_nearest(tool: StructuredTool) -> None:
    message = called(tool, question=NOTHING)
    assert message.artifact["abstained"]
    nearest = [f"- {near['title']}  {near['url']}" for near in message.artifact["near_misses"]]
    assert set(nearest) <= set(str(message.content).splitlines())


def test_a_question_that_cannot_be_read_is_told_in_a_line(tool: StructuredTool) -> None:
    message = called(tool, question=" ")
    assert message.status == "error"
    assert len(str(message.content).splitlines()) == 1
    assert message.artifact is None


def test_an_agent_calls_it(assistant: Assistant) -> None:
    call = {"name": "ask_papers", "args": {"question": QUESTION}, "id": "7", "type": "tool_call"}
    script = [AIMessage("", tool_calls=[call]), AIMessage("TransMOT does [1].")]
    model = Scripted(messages=iter(script))
    agent = create_agent(model, tools=[assistant.as_tool()])
    asked: Any = {"messages": [HumanMessage("Who uses transformers for tracking?")]}
    *_, said, found, last = agent.invoke(asked)["messages"]
    assert [bound.name for bound in model.bound] == ["ask_papers"]
    assert said.tool_calls[0]["args"] == {"question": QUESTION}
    assert isinstance(found, ToolMessage)
    assert "TransMOT" in found.content
    assert "https://arxiv.org/abs/2104.00194" in found.content
    assert Answer.from_dict(found.artifact).question == QUESTION
    assert last.content == "TransMOT does [1]."


def test_an_agent_calls_it_without_waiting(assistant: Assistant) -> None:
    call = {"name": "ask_papers", "args": {"question": QUESTION}, "id": "7", "type": "tool_call"}
    model = Scripted(messages=iter([AIMessage("", tool_calls=[call]), AIMessage("Done.")]))
    agent = create_agent(model, tools=[assistant.as_tool()])
    messages = finished(agent.ainvoke({"messages": [HumanMessage("?")]}))["messages"]
    assert "TransMOT" in messages[-2].content
