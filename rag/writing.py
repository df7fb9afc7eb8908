"""Evidence to draft sentences, in the language model's words.

A small model writes one sentence about one paper, from the sentence of the abstract that decides
and nothing else; worked examples as earlier turns show it how, and the first sentence is taken. A
capable model writes one text on all of them, each sentence ending with the bracket number of its
paper; there a grammar sees to the shape and allows no number that is not in the list. (A grammar
for the single sentence made the packaged model three to five times slower and no better.) Whether
a draft is true is for the support check.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rag.errors import ModelError, RagError
from rag.evidence import Evidence
from rag.passages import sentences
from rag.questions import Question

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

    from rag.models import LanguageModel

LONGEST_SENTENCE = 90
"""Tokens; a sentence that has not ended by then has lost its way."""

TOKENS_A_PAPER = 70
"""Tokens of joint text to allow for each paper."""

_INSTRUCTION = (
    "You tell in one short sentence how a paper answers a question. "
    "Use only the words of the quoted sentence."
)
_EXAMPLES = (
    (
        "which papers use graph networks for traffic forecasting",
        "FlowGraph: Forecasting City Traffic with Graph Attention",
        "In this paper we propose FlowGraph, which uses graph attention networks to forecast the "
        "traffic of a city from the readings of its sensors.",
        "It uses graph attention networks to forecast the traffic of a city.",
    ),
    (
        "How accurate is LeafNet?",
        "LeafNet: Recognizing Plant Diseases on Phones",
        "Experiments on two datasets show that LeafNet reaches an accuracy of 94.2% while running "
        "on a phone.",
        "LeafNet reaches an accuracy of 94.2% while running on a phone.",
    ),
    (
        "papers on speech enhancement",
        "Masks for Noisy Rooms",
        "To this end, we introduce a recurrent network that estimates masks for noisy speech, and "
        "train it on recordings of real rooms.",
        "It introduces a recurrent network that estimates masks for noisy speech.",
    ),
)
_JOINT_INSTRUCTION = (
    "You answer a question about research papers from quoted sentences. Write one short sentence "
    "for each paper, in the order given, and end it with the paper's number in brackets. Use only "
    "what the quotations say. Add nothing before or after."
)
_REFERENCE = re.compile(r"\s*\[(\d+)\]\s*")


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence that a model wrote, and the evidence (by position) that it is to be checked on."""

    text: str
    about: int


def drafts(
    question: Question,
    evidence: Sequence[Evidence],
    model: "LanguageModel | None",
    watch: Callable[[str], None] | None = None,
) -> Iterator[Draft]:
    """Yield draft sentences as they are finished, at most one for each piece of evidence.

    Parameters
    ----------
    question, evidence
        What was asked and what decides it; may be empty.
    model
        None writes nothing.
    watch
        Called with the unfinished text, again and again while it grows.
    """
    if model is None or not evidence:
        return
    if model.capable:
        yield from _joint(question, evidence, model, watch)
        return
    for number, item in enumerate(evidence):
        text = _sentence(question, item, model, watch)
        if text:
            yield Draft(text, number)


def _sentence(
    question: Question,
    item: Evidence,
    model: "LanguageModel",
    watch: Callable[[str], None] | None,
) -> str:
    from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

    messages: list[BaseMessage] = [SystemMessage(_INSTRUCTION)]
    for asked, title, quoted, answer in _EXAMPLES:
        messages += [HumanMessage(_task(asked, title, quoted)), AIMessage(answer)]
    quoted = item.passages[0].text
    messages.append(HumanMessage(_task(question.text, item.paper.title, quoted)))
    text = ""
    for piece in _said(model, messages, stop=["\n"], max_tokens=LONGEST_SENTENCE):
        text += piece
        if watch:
            watch(text)
    spans = sentences(text)
    first = " ".join(text[slice(*spans[0])].split()) if spans else ""
    return first if first.endswith(".") else ""


def _said(
    model: "LanguageModel",
    messages: "Sequence[BaseMessage]",
    **options: Any,  # noqa: ANN401
) -> Iterator[str]:
    """Yield what the model says piece by piece; a server can fail at any of them."""
    from rag.models import cause

    try:
        for chunk in model.chat.stream(messages, **options):
            yield str(chunk.content)
    except RagError:
        raise
    except Exception as error:
        raise ModelError(
            f"The language model {model.name} failed while it wrote ({cause(error)}): "
            "ask again, or set RAG_LLM to another one or to none."
        ) from error


def _task(question: str, title: str, quoted: str) -> str:
    return f"Question: {question}\nPaper: {title}\nQuoted sentence: {quoted}"


def _joint(
    question: Question,
    evidence: Sequence[Evidence],
    model: "LanguageModel",
    watch: Callable[[str], None] | None,
) -> Iterator[Draft]:
    from langchain_core.messages import HumanMessage, SystemMessage

    listed = _within_budget(question, evidence, model)
    if not listed:
        return
    messages = [SystemMessage(_JOINT_INSTRUCTION), HumanMessage(_joint_task(question, listed))]
    options: dict[str, Any] = (
        {"grammar": _joint_grammar(len(listed))} if model.takes_grammar else {}
    )
    text, done = "", set[int]()
    for piece in _said(model, messages, max_tokens=TOKENS_A_PAPER * len(listed), **options):
        text += piece
        if watch:
            watch(text)
        while found := _REFERENCE.search(text):
            sentence, text = _finished(text, found)
            about = int(found[1]) - 1
            if sentence and about in range(len(listed)) and about not in done:
                done.add(about)
                yield Draft(sentence, about)


def _finished(text: str, reference: re.Match[str]) -> tuple[str, str]:
    """Return the sentence that a reference ends, whole, and the text after it."""
    sentence = " ".join(text[: reference.start()].split()).lstrip("-*•.0123456789) ")
    if sentence and sentence[-1] not in ".!?":
        sentence += "."
    return sentence, text[reference.end() :].lstrip(". ")


def _joint_task(question: Question, evidence: Sequence[Evidence]) -> str:
    quoted = "\n".join(
        f"[{n}] {item.paper.title}: {' '.join(p.text for p in item.passages)}"
        for n, item in enumerate(evidence, start=1)
    )
    return f"Question: {question.text}\n\nQuotations:\n{quoted}"


def _joint_grammar(count: int) -> str:
    allowed = " | ".join(f'"{n}"' for n in range(1, count + 1))
    return (
        'root ::= sentence (" " sentence)*\n'
        r'sentence ::= [A-Z] ([^\n.!?[\]] | "." [^ \n.[\]])* " [" number "]."' + "\n"
        f"number ::= {allowed}\n"
    )


def _within_budget(
    question: Question, evidence: Sequence[Evidence], model: "LanguageModel"
) -> Sequence[Evidence]:
    """Return as much of the evidence, from the front, as prompt and answer have room for."""
    room = model.context - model.count(_JOINT_INSTRUCTION + question.text) - TOKENS_A_PAPER
    for number, item in enumerate(evidence):
        quoted = f"[{number + 1}] {item.paper.title}: {' '.join(p.text for p in item.passages)}\n"
        room -= model.count(quoted) + TOKENS_A_PAPER
        if room < 0:
            return evidence[:number]
    return evidence
