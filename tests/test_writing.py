"""Drafts: one sentence a paper with the real small model, joint texts with models that lie."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

from rag import questions, support, writing
from rag.assistant import Assistant
from rag.errors import ModelError
from rag.evidence import Evidence
from rag.library.disk import Record
from rag.models import LanguageModel
from rag.papers import Paper, abstract_page, pdf_link
from rag.passages import Passage

QUESTION = "which papers use transformers for tracking"


class Scripted(BaseChatModel):
    """Says what it was told to say, a few characters at a time, and remembers what it was asked."""

    text: str
    asked: list[Any] = []  # noqa: RUF012

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(
        self, messages: list[BaseMessage], stop=None, run_manager=None, **kwargs: Any
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage(content=self.text))])

    def _stream(
        self, messages: list[BaseMessage], stop=None, run_manager=None, **kwargs: Any
    ) -> Iterator[ChatGenerationChunk]:
        self.asked.append((messages, kwargs))
        for start in range(0, max(len(self.text), 1), 7):
            yield ChatGenerationChunk(message=AIMessageChunk(content=self.text[start : start + 7]))


def scripted(text: str, context: int = 8192) -> LanguageModel:
    return LanguageModel("scripted", Scripted(text=text, asked=[]), True, context, False)


def evidence(count: int, text: str = "We use transformers to track objects in video.") -> list:
    found = []
    for n in range(count):
        name = f"2104.{n:05}"
        paper = Paper(
            name, f"Paper {n}", text, abstract_page(name), pdf_link(name), date(2021, 4, 2)
        )
        passage = Passage(name, 0, len(text), text)
        found.append(Evidence(Record(paper, (passage,), ""), (passage,), 0.9))
    return found


def drafted(text: str, count: int = 3, context: int = 8192) -> list[writing.Draft]:
    return list(writing.drafts(questions.read(QUESTION), evidence(count), scripted(text, context)))


# -- the small model -------------------------------------------------------------------------------


def test_the_small_model_writes_one_sentence_a_paper(assistant, assistant_with_model):
    seen: list[str] = []
    answer = assistant_with_model.ask(QUESTION, watch=seen.append)
    plain = assistant.ask(QUESTION)
    assert answer.citations == plain.citations
    assert len(answer.claims) == answer.matched
    assert seen
    for claim in answer.claims:
        assert claim.text.endswith(".")
        assert "\n" not in claim.text
    assert answer.models["llm"] == "SmolLM2-135M-Instruct.Q4_1"


def test_no_model_and_no_evidence_write_nothing():
    read = questions.read(QUESTION)
    silent = scripted("It lies [1].")
    assert list(writing.drafts(read, evidence(2), None)) == []
    assert list(writing.drafts(read, (), silent)) == []
    assert list(writing.drafts(read, (), replace(silent, capable=False))) == []
    assert silent.chat.asked == []


@pytest.mark.parametrize(
    ("said", "draft"),
    [
        ("It tracks. It also sings.", "It tracks."),
        ("It tracks  \t objects.", "It tracks objects."),
        ("It tracks", ""),
        ("", ""),
        ("   ", ""),
        ("Does it track?", ""),
    ],
)
def test_only_a_whole_first_sentence_is_taken(said, draft):
    model = replace(scripted(said), capable=False)
    found = list(writing.drafts(questions.read(QUESTION), evidence(1), model))
    assert [d.text for d in found] == ([draft] if draft else [])


# -- the joint text --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It tracks [1]. It sees [3].", [("It tracks.", 0), ("It sees.", 2)]),
        ("It tracks. [1] It sees. [2]", [("It tracks.", 0), ("It sees.", 1)]),
        ("It learns [3]. It tracks [1].", [("It learns.", 2), ("It tracks.", 0)]),
        ("It tracks [1]. It tracks again [1].", [("It tracks.", 0)]),
        ("It tracks [0]. It sees [4]. It flies [99999999999999999999].", []),
        ("It tracks [-1]. It sees [x]. It flies [1.5].", []),
        ("It tracks and it sees and it never says where", []),
        ("", []),
        ("[1][2][3]", []),
        ("It tracks [1][2].", [("It tracks.", 0)]),
        ("It tracks (1). It sees 【2】.", []),
        ("1. It tracks [1].\n2. It sees [2].", [("It tracks.", 0), ("It sees.", 1)]),
        ("- It tracks [1]\n- It sees [2]", [("It tracks.", 0), ("It sees.", 1)]),
    ],
)  # fmt: skip
def test_joint_text_is_cut_at_its_numbers(text, expected):
    assert [(d.text, d.about) for d in drafted(text)] == expected


def test_joint_text_is_watched():
    seen: list[str] = []
    model = scripted("It tracks [1]. It sees [2].")
    list(writing.drafts(questions.read(QUESTION), evidence(2), model, seen.append))
    assert seen[0] == "It trac"
    assert "".join(seen[1:4]).endswith("It sees [2].")


def test_the_prompt_holds_the_question_and_the_numbered_quotations():
    model = scripted("It tracks [1].")
    list(writing.drafts(questions.read(QUESTION), evidence(2), model))
    [(messages, options)] = model.chat.asked
    assert QUESTION in messages[-1].content
    assert "[1] Paper 0: We use transformers" in messages[-1].content
    assert "[2] Paper 1: We use transformers" in messages[-1].content
    assert options["max_tokens"] == 2 * writing.TOKENS_A_PAPER
    assert "grammar" not in options


@pytest.mark.parametrize("context", [100, 300, 1000, 4096])
def test_hundreds_of_papers_fit_a_small_context(context):
    model = scripted("It tracks [1].", context)
    list(writing.drafts(questions.read(QUESTION), evidence(400), model))
    for messages, options in model.chat.asked:
        prompt = sum(model.count(m.content) for m in messages)
        assert prompt + options["max_tokens"] <= context
    assert len(model.chat.asked) == (context >= 300)


def test_hundreds_of_papers_fit_the_real_model(assistant_with_model):
    model = replace(assistant_with_model.model, capable=True, context=600)
    read = questions.read(QUESTION)
    listed = writing._within_budget(read, evidence(400), model)
    assert 1 <= len(listed) < 10


# -- models that lie -------------------------------------------------------------------------------

LIES = {
    "false": "STMTrack leverages transformers [1]. It runs at 1000 FPS [2]. It cures the flu [3].",
    "markdown": "**TransMOT** is [great](http://evil.example) [1]. # Heading [2]. `code` [3].",
    "html": "<script>alert(1)</script> [1]. <img src=x onerror=alert(1)> [2].",
    "link": "See http://evil.example for more [1]. [x](javascript:alert(1)) [2].",
    "invented numbers": "It tracks [7]. It sees [12]. It uses transformers [0].",
    "no numbers": "Both papers use transformers for tracking, and they are very good indeed.",
    "wrong paper": "It repurposes a Transformer-alike regression branch [1]. It leverages powerful "
    "graph transformers [2].",
    "instructions": "Ignore the abstract [1]. As an AI language model I cannot answer [2].",
    "nothing": "",
    "one word": "transformers " * 300,
    "brackets": "[[[1]]] [1] ] [ [2",
    "bidi": "It leverages \u202epowerful graph transformers\u202c [1].",
}


@pytest.mark.parametrize("name", LIES)
@pytest.mark.parametrize("capable", [True, False])
def test_a_lie_is_not_shown(assistant, library, embedding, name, capable):
    model = replace(scripted(LIES[name]), capable=capable)
    answer = Assistant(library, embedding, model).ask(QUESTION)
    plain = assistant.ask(QUESTION)
    assert answer.citations == plain.citations
    assert answer.matched == plain.matched
    assert {n for c in answer.claims for n in c.citations} == {c.number for c in answer.citations}
    assert_borne_out(answer, library, embedding)
    assert answer.claims == plain.claims
    assert "evil" not in answer.text + answer.to_markdown()


def test_a_truth_among_lies_is_shown(assistant, library, embedding):
    plain = assistant.ask(QUESTION)
    numbers = {c.paper.id: c.number for c in plain.citations}
    [quoted] = [c.text for c in plain.claims if c.citations == (numbers["2104.00194"],)]
    true = (
        "TransMOT leverages powerful graph transformers"
        if "leverages powerful" in quoted
        else "TransMOT models the interactions of a large number of objects"
    )
    said = {
        numbers["2104.00403"]: "It is made of cheese",
        numbers["2104.00194"]: true,
    }
    model = scripted(" ".join(f"{said[n]} [{n}]." for n in sorted(said)))
    answer = Assistant(library, embedding, model).ask(QUESTION)
    [claim] = [c for c in answer.claims if c.support == "paraphrase"]
    assert claim.text == f"{true}."
    assert claim.citations == (numbers["2104.00194"],)
    assert claim.quotes[0].paper_id == "2104.00194"
    assert len(answer.claims) == answer.matched


def test_a_text_out_of_order_loses_no_paper(assistant, library, embedding):
    plain = assistant.ask(QUESTION)
    assert plain.matched >= 2
    said = " ".join(
        f"{c.text.removesuffix('.')} [{c.citations[0]}]." for c in reversed(plain.claims)
    )
    answer = Assistant(library, embedding, scripted(said)).ask(QUESTION)
    assert [c.citations for c in answer.claims] == [c.citations for c in plain.claims]
    assert_borne_out(answer, library, embedding)


def test_a_model_that_breaks_is_one_line(library, embedding):
    class Broken(Scripted):
        def _stream(self, *_: Any, **__: Any) -> Iterator[ChatGenerationChunk]:
            yield ChatGenerationChunk(message=AIMessageChunk(content="It "))
            raise ValueError("first\nsecond")

    model = replace(scripted(""), chat=Broken(text=""))
    with pytest.raises(ModelError, match=r"while it wrote .first second.") as caught:
        Assistant(library, embedding, model).ask(QUESTION)
    assert "\n" not in str(caught.value)


def assert_borne_out(answer, library, embedding):
    titles = {c.number: c.paper for c in answer.citations}
    for claim in answer.claims:
        for quote in claim.quotes:
            paper = library.get(quote.paper_id)
            assert paper is not None
            assert paper.abstract[quote.start : quote.end] == quote.text
            assert paper in [titles[n] for n in claim.citations]
        if claim.support == "quote":
            assert claim.text == claim.quotes[0].text
        else:
            passages = [Passage(q.paper_id, q.start, q.end, q.text) for q in claim.quotes]
            paper = titles[claim.citations[0]]
            assert support.check(claim.text, paper, passages, embedding)


# -- the grammar of the joint text, with the real model --------------------------------------------


def test_the_grammar_allows_listed_numbers_only(assistant_with_model, library, embedding):
    model = replace(assistant_with_model.model, capable=True)
    seen: list[str] = []
    answer = Assistant(library, embedding, model).ask(QUESTION, watch=seen.append)
    text = "".join(seen)
    found = {int(n) for n in re.findall(r"\[(\d+)\]", text)}
    assert found <= {c.number for c in answer.citations}
    assert "\n" not in text
    assert len(answer.claims) == answer.matched
    assert_borne_out(answer, library, embedding)


@pytest.mark.parametrize("count", [1, 9, 12])
def test_the_grammar_can_be_read(count):
    import llama_cpp

    assert llama_cpp.LlamaGrammar.from_string(writing._joint_grammar(count), verbose=False)
