"""Drafts: one sentence a paper, with the real small model and with scripted ones."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

from rag.core.papers import Paper, abstract_page, pdf_link
from rag.core.passages import Passage
from rag.errors import ModelError
from rag.judge.evidence import Evidence
from rag.library.passages import passages
from rag.library.records import Record
from rag.models import language as models
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
    return LanguageModel("scripted", Scripted(text=text, asked=[]), False, context)


def asked_of(model: LanguageModel) -> list[Any]:
    """What a scripted model was asked."""
    assert isinstance(model.chat, Scripted)
    return model.chat.asked


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


# -- the small model -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small():
    return models.load()


def about(papers: list[Paper], count: int) -> list[Evidence]:
    """The first sentence of each paper in which it speaks of itself."""
    found: list[Evidence] = []
    for paper in papers:
        spans = sentences(paper.abstract)
        own = [s for s in spans if re.match(r"(?:In this \w+, )?[Ww]e ", paper.abstract[slice(*s)])]
        if own and len(found) < count:
            start, end = own[0]
            passage = Passage(paper.id, start, end, paper.abstract[start:end])
            found.append(Evidence(Record.of(paper, spans, b"", 8), (passage,), 0.9))
    return found


@pytest.mark.slow
def test_the_small_model_writes_one_sentence_a_paper_in_order(papers, small):
    read, items = questions.read(QUESTION), about(papers, 10)
    seen: list[str] = []
    drafts = list(writing.drafts(read, items, small, seen.append))
    assert [draft.about for draft in drafts] == list(range(10))
    written = [draft.text for draft in drafts if draft.text]
    assert len(written) >= 8
    for text in written:
        assert text.endswith(".")
        assert "\n" not in text
        assert len(sentences(text)) == 1
    assert len(seen) > 10
    assert list(writing.drafts(read, items, small)) == drafts  # the same again


@pytest.mark.slow
def test_drafts_that_nobody_waits_for_are_not_written(papers, small):
    coming: Any = writing.drafts(questions.read(QUESTION), about(papers, 8), small)
    first = next(coming)
    assert first.about == 0
    coming.close()
    text = "".join(small.say([HumanMessage("Say a word.")], max_tokens=5))
    assert text.strip()  # the model is free again


def test_a_model_that_breaks_is_one_line():
    class Broken(Scripted):
        def _stream(self, *_: Any, **__: Any) -> Iterator[ChatGenerationChunk]:
            yield ChatGenerationChunk(message=AIMessageChunk(content=" it "))
            raise ValueError("first\nsecond")

    model = replace(scripted(""), chat=Broken(text=""))
    with pytest.raises(ModelError, match=r"while it wrote .first second.") as caught:
        list(writing.drafts(questions.read(QUESTION), evidence(2), model))
    assert "\n" not in str(caught.value)


def test_no_model_and_no_evidence_write_nothing():
    read = questions.read(QUESTION)
    silent = scripted("It lies [1].")
    assert list(writing.drafts(read, evidence(2), None)) == []
    assert list(writing.drafts(read, (), silent)) == []
    assert list(writing.drafts(read, evidence(2), replace(silent, capable=True))) == []
    assert asked_of(silent) == []


OURS = "We show that our tracker follows all objects in a video with transformers."


def led(said: str, text: str = "We use transformers to track objects in video.") -> str:
    """Return the draft of a small model that goes on as scripted after the given beginning."""
    model = scripted(said)
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
    model = scripted(" transformers.")
    found = list(writing.drafts(questions.read(QUESTION), evidence(1, text), model))
    assert found == [writing.Draft("", 0)]  # said at once: nobody waits for the next one
    assert asked_of(model) == []


def test_the_small_model_gets_the_clause_and_the_beginning_of_its_sentence():
    text = "To follow objects, we further propose a tracker with transformers for long videos."
    model = scripted(" a tracker.")
    list(writing.drafts(questions.read(QUESTION), evidence(1, text), model))
    [(messages, options)] = asked_of(model)
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


@pytest.mark.slow
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
    model = replace(scripted(said), **other)
    [item] = evidence(1, text)
    text = writing.mended(questions.read(QUESTION), item, draft, model)
    begun = [messages[-1].content for messages, _ in asked_of(model)]
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
    assert writing.mended(read, item, draft, replace(scripted(" x."), capable=True)) == ""
