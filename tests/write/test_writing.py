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

from rag.assistant import Assistant
from rag.core.papers import Paper, abstract_page, pdf_link
from rag.core.passages import Passage
from rag.errors import ModelError
from rag.judge.evidence import Evidence
from rag.library.passages import passages
from rag.library.records import Record
from rag.models.language import LanguageModel
from rag.question import parsing as questions
from rag.text.sentences import sentences
from rag.write import check as support
from rag.write import clauses
from rag.write import drafts as writing

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
        found.append(Evidence(Record.of(paper, [(0, len(text))], b"", 8), (passage,), 0.9))
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


OURS = "We show that our tracker follows all objects in a video with transformers."


def led(said: str, text: str = "We use transformers to track objects in video.") -> str:
    """Return the draft of a small model that goes on as scripted after the given beginning."""
    model = replace(scripted(said), capable=False)
    found = list(writing.drafts(questions.read(QUESTION), evidence(1, text), model))
    return found[0].text if found else ""


@pytest.mark.parametrize(
    ("said", "draft"),
    [
        (" transformers. It also sings.", "It uses transformers."),
        (" transformers  \t to track.", "It uses transformers to track."),
        (" transformers", ""),
        ("", ""),
        ("   ", ""),
        (" transformers?", ""),
        (".", "It uses."),
    ],
)
def test_only_a_whole_first_sentence_is_taken(said, draft):
    assert led(said) == draft


@pytest.mark.parametrize(
    ("said", "draft"),
    [
        (" that our tracker follows them.", "It shows that its tracker follows them."),
        (" our loss and our data.", "It shows its loss and its data."),
        (" hours of video.", "It shows hours of video."),
        (" that we follow objects.", ""),
        (" what others gave us.", ""),
        (" ours.", ""),
        (" that We follow.", ""),
        (" what I think.", ""),
        (" my data.", ""),
        (" usage of the web.", "It shows usage of the web."),
    ],
)
def test_our_becomes_its_and_we_is_refused(said, draft):
    assert led(said, OURS) == draft


@pytest.mark.parametrize(
    "text",
    [
        "Recent work uses transformers for tracking in long videos.",
        "We believe that transformers track objects in long videos.",
        "Tracking with transformers is hard in long videos.",
    ],
)
def test_what_is_not_the_papers_own_is_not_written(text):
    model = replace(scripted(" transformers."), capable=False)
    found = list(writing.drafts(questions.read(QUESTION), evidence(1, text), model))
    assert found == [writing.Draft("", 0)]  # said at once: nobody waits for the next one
    assert model.chat.asked == []


def test_the_small_model_gets_the_clause_and_the_beginning_of_its_sentence():
    text = "To follow objects, we further propose a tracker with transformers for long videos."
    model = replace(scripted(" a tracker."), capable=False)
    list(writing.drafts(questions.read(QUESTION), evidence(1, text), model))
    [(messages, options)] = model.chat.asked
    assert messages[-1].type == "ai"
    assert messages[-1].content == "It proposes"
    assert messages[-2].content.endswith(
        "we further propose a tracker with transformers for long videos."
    )
    assert options["max_tokens"] == writing.LONGEST_SENTENCE


# -- beginnings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clause", "begun"),
    [
        ("we propose a loss", "It proposes"),
        ("We study faces", "It studies"),
        ("We studied faces", "It studied"),
        ("we have shown a loss", "It has"),
        ("we can embed faces", "It can"),
        ("we cannot see faces", "It cannot"),
        ("we are the first to see faces", "It is"),
        ("we do not use labels", "It does"),
        ("we embed faces", "It embeds"),
        ("we embedded faces", "It embedded"),
        ("we feed images to it", "It feeds"),
        ("we exceed the others", "It exceeds"),
        ("we push the limits", "It pushes"),
        ("we pushed the limits", "It pushed"),
        ("we conducted tests", "It conducted"),
        ("we found that faces differ", "It found"),
        ("we built a net", "It built"),
        ("we proposes a loss", "It proposes"),
        ("we has a loss", "It has"),
        ("we discuss faces", "It discusses"),
        ("we focus on faces", "It focuses"),
        ("we process faces", "It processes"),
        ("we fix the labels", "It fixes"),
        ("we search for faces", "It searches"),
        ("we employ a net", "It employs"),
        ("we go on", "It goes"),
        ("we apply deep learning", "It applies"),
        ("we rely on labels", "It relies"),
        ("we fine-tune a net", "It fine-tunes"),
        ("we re-evaluate trackers", "It re-evaluates"),
        ("we further propose a loss", "It proposes"),
        ("we first design a loss", "It designs"),
        ("we also then propose a loss", "It proposes"),
        ("we jointly train two nets", "It jointly trains"),
        ("we instead propose a loss", "It instead proposes"),
        ("this paper proposes a loss", "It proposes"),
        ("This work also proposes a loss", "It proposes"),
        ("This study thoroughly studies faces", "It thoroughly studies"),
        ("This paper is about faces", "It is"),
        ("Our tracker runs at 37 FPS", "The tracker"),
        ("our 3D-aware tracker runs", "The 3D-aware"),
        ("a new loss for faces is proposed", "A new loss for faces is proposed"),
        ("Two losses are proposed", ""),
        ("LoFTR outperforms the others", "LoFTR"),
        ("nnU-Net outperforms the others", "nnU-Net"),
        ("GAN inversion is hard", "GAN"),
        ("Experiments show that it works", "Experiments"),
        ("extensive experiments show that it works", "Extensive experiments"),
        ("The results show that it works", "The results"),
        ("we believe that it works", ""),
        ("we call it LoFTR", ""),
        ("we hope it works", ""),
        ("we will release it", ""),
        ("we may find faces", ""),
        ("we not only propose a loss", ""),
        ("we, in turn, propose a loss", ""),
        ("we've shown a loss", ""),
        ("This paper's aim is a loss", ""),
        ("weather is bad", ""),
        ("ours is a loss", ""),
        ("Recent trackers run at 37 FPS", ""),
        ("", ""),
    ],
)
def test_beginning(clause, begun):
    assert writing.beginning(clause) == begun


def test_a_beginning_of_any_sentence_goes_on_with_it(papers):
    for paper in papers:
        for start, end in sentences(paper.abstract):
            clause = paper.abstract[start:end]
            begun, rest = writing._begun(clause)
            assert clause.endswith(rest)
            assert not re.search(r"\b(?:we|our|us)\b", begun, re.IGNORECASE)
            assert bool(begun) or not rest


def test_what_begins_by_rule_and_is_said_word_for_word_passes_the_check(papers, embedding):
    """Of such sentences nearly all have to pass, or the model is asked for nothing (0.93)."""
    passed = []
    for paper in papers[:40]:
        for passage in passages(paper, lambda _: True)[1:]:
            cut = clauses.cut(questions.read("papers on zebras"), passage).text
            said = re.sub(r"\bour\b", "its", "".join(writing._begun(cut))).rstrip(".,;:") + "."
            if len(said) > 1 and not writing._STILL_WE.search(said):
                passed.append(bool(support.check(said, paper, [passage], embedding)))
    assert len(passed) > 100
    assert sum(passed) / len(passed) > 0.85


# -- a draft is mended -----------------------------------------------------------------------------


def mended(draft: str, said: str = " a video.", text: str = OURS, **other: Any) -> Any:
    model = replace(scripted(said), capable=False, **other)
    [item] = evidence(1, text)
    text = writing.mended(questions.read(QUESTION), item, draft, model)
    begun = [messages[-1].content for messages, _ in model.chat.asked]
    return text, begun


def test_a_failed_draft_is_led_past_the_word_where_it_went_wrong():
    text, begun = mended("It shows that its tracker sings.", " all objects.")
    assert begun == ["It shows that its tracker follows all"]
    assert text == "It shows that its tracker follows all all objects."


def test_a_draft_that_stops_early_is_led_on():
    _, begun = mended("It shows that its tracker follows.")
    assert begun == ["It shows that its tracker follows all"]


@pytest.mark.parametrize("draft", ["", "Nothing like it.", "We show that our tracker"])
def test_a_draft_that_never_was_in_its_clause_is_not_mended(draft):
    assert mended(draft) == ("", [])


def test_a_draft_that_goes_wrong_at_the_end_is_not_mended():
    whole = "It shows that its tracker follows all objects in a video with transformers."
    assert mended(whole) == ("", [])
    assert mended(whole.replace("transformers", "labels")) == ("", [])


def test_what_begins_in_no_way_is_not_mended():
    text = "Recent work uses transformers for tracking in long videos."
    assert mended("Recent work sings.", text=text) == ("", [])


def test_only_a_model_that_is_led_mends():
    [item] = evidence(1, OURS)
    read, draft = questions.read(QUESTION), "It shows that its tracker sings."
    assert writing.mended(read, item, draft, None) == ""
    assert writing.mended(read, item, draft, scripted(" x.")) == ""


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
    said = LIES[name] if capable else f" {LIES[name]}"
    model = replace(scripted(said), capable=capable)
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
