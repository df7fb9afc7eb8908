"""Evidence to draft sentences, in the language model's words.

A small model writes one sentence about one paper, from the clause of the abstract that decides
and nothing else; worked examples as earlier turns show it how, and its first words are given: "we
propose" has to become "It proposes". The first sentence is taken. A capable model writes one text
on all of them, each sentence ending with the bracket number of its paper; there a grammar sees to
the shape and allows no number that is not in the list. (A grammar for the single sentence made the
packaged model three to five times slower and no better.) Whether a draft is true is for the support
check.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rag.core.questions import Question
from rag.errors import ModelError, RagError
from rag.judge.evidence import Evidence
from rag.text.sentences import sentences
from rag.write import clauses

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

    from rag.models.language import LanguageModel

LONGEST_SENTENCE = 90
"""Tokens; a sentence that has not ended by then has lost its way."""

TOKENS_A_PAPER = 70
"""Tokens of joint text to allow for each paper."""

_INSTRUCTION = (
    "You report what a paper does. Say the sentence again, about the paper, and keep its words."
)
_EXAMPLES = (
    (
        "we propose FlowGraph, a graph attention network that forecasts the traffic of a city from "
        "the readings of its sensors.",
        "It proposes FlowGraph, a graph attention network that forecasts the traffic of a city "
        "from the readings of its sensors.",
    ),
    (
        "Our method outperforms the previous ones on three benchmarks by 4.2% while running at 12 "
        "FPS.",
        "The method outperforms the previous ones on three benchmarks by 4.2% while running at 12 "
        "FPS.",
    ),
    (
        "LeafNet effectively recognizes plant diseases on a phone.",
        "LeafNet recognizes plant diseases on a phone.",
    ),
    (
        "we show that masks for noisy speech can be estimated by a recurrent network.",
        "It shows that masks for noisy speech can be estimated by a recurrent network.",
    ),
    (
        "A new loss for training with few labels is proposed in this paper.",
        "A new loss for training with few labels is proposed.",
    ),
)
_LEFT_OUT = r"(?:(?:also|further|first|next|then|thus|therefore|hence|here|now) )*"
_ADVERBS = (
    rf"{_LEFT_OUT}(?P<adverbs>(?:(?:(?!(?:re|com|im|multip|app|supp)ly\b)\w+ly|instead|again) )*)"
)
# What after "we" is no verb, or one that only the authors can be the subject of.
_NOT_SAID = (
    r"and|or|not|in|on|at|as|by|for|from|to|with|the|an?|all|both|each|only|believe|believed|hope|"
    r"think|thought|argue|argued|call|called|note|noted|name|named|refer|referred|were|was|had|"
    r"thank|wish|want|would|will|shall|should|may|might|must|need"
)
_WE = re.compile(
    rf"we {_ADVERBS}(?P<verb>(?!(?:{_NOT_SAID})\b)[a-z]+(?:-[a-z]+)*)(?![\w'’])", re.IGNORECASE
)
_THIS_PAPER = re.compile(
    r"(?:this|the present) (?:paper|work|study|article|survey|report) "
    rf"{_ADVERBS}(?P<verb>(?!thus\b)[a-z]+(?:-[a-z]+)*s)\b",
    re.IGNORECASE,
)
_OUR = re.compile(r"our (?P<what>[\w-]+)", re.IGNORECASE)
_RESULTS = re.compile(
    r"(?:extensive |our |the )?(?:\w+ )?(?:experiments?|results?|evaluations?)\b", re.IGNORECASE
)
_PASSIVE = re.compile(
    r"(?P<what>an? .{3,120}?) (?:is|are) (?:proposed|presented|introduced)\b", re.I
)
_OURS, _STILL_WE = re.compile(r"\bour\b"), re.compile(r"\b(?:[Ww]e|us|[Oo]urs?|I|[Mm]y)\b")
_COINED = re.compile(r"\w*[a-z]\w*[A-Z][\w-]*|[A-Z]{2,}[\w-]*")
_IRREGULAR = {"have": "has", "are": "is", "do": "does", "go": "goes"}
# The same in every person ("we found"), or right after "it" already.
_UNCHANGED = frozenset(
    "has is does can could cannot did began brought built chose drew found gave got held kept knew "
    "led learnt left made met ran saw sought spent split took taught told understood won "
    "wrote".split()
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

    A draft is empty where nothing came of it: whoever waits for it need not wait for the rest.

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
        yield Draft(_sentence(question, item, model, watch), number)


def mended(
    question: Question,
    item: Evidence,
    draft: str,
    model: "LanguageModel | None",
    watch: Callable[[str], None] | None = None,
) -> str:
    """Return another draft for one that went wrong: led past the word where it left its clause.

    Empty where there is nothing to mend, or the model is not one that is led.
    """
    if model is None or model.capable:
        return ""
    clause = "".join(_begun(clauses.cut(question, item.passages[0]).text))
    draft_words, clause_words = draft.split(), _OURS.sub("its", clause).split()
    pairs = zip(draft_words, clause_words, strict=False)
    right = next((n for n, (a, b) in enumerate(pairs) if a != b), 0)
    if not 0 < right < len(clause_words) - 1:
        return ""
    return _sentence(question, item, model, watch, " ".join(clause_words[: right + 2]))


def _sentence(
    question: Question,
    item: Evidence,
    model: "LanguageModel",
    watch: Callable[[str], None] | None,
    begun: str = "",
) -> str:
    from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

    clause = clauses.cut(question, item.passages[0]).text
    text = begun or beginning(clause)
    if not text:
        return ""
    messages: list[BaseMessage] = [SystemMessage(_INSTRUCTION)]
    for quoted, told in _EXAMPLES:
        messages += [HumanMessage(_task(quoted)), AIMessage(told)]
    messages += [HumanMessage(_task(clause)), AIMessage(text)]
    for piece in _said(model, messages, stop=["\n"], max_tokens=LONGEST_SENTENCE):
        text += piece
        if watch:
            watch(text)
    spans = sentences(text)
    first = " ".join(text[slice(*spans[0])].split()) if spans else ""
    first = _OURS.sub("its", first)
    return first if first.endswith(".") and not _STILL_WE.search(first) else ""


def beginning(clause: str) -> str:
    """Return how a sentence in the third person begins that says what a clause does.

    Nothing if that cannot be said of it: the clause tells of others, or "we believe" something.

    >>> beginning("we further propose a loss")
    'It proposes'
    >>> beginning("Our tracker runs at 37 FPS")
    'The tracker'
    """
    return _begun(clause)[0]


def _begun(clause: str) -> tuple[str, str]:
    """Return the beginning of a clause in the third person, and what follows it."""
    begun = ""
    if found := _WE.match(clause):
        begun = f"It {found['adverbs']}{_third_person(found['verb'].lower())}"
    elif found := _THIS_PAPER.match(clause):
        begun = f"It {found['adverbs']}{found['verb']}"
    elif found := _OUR.match(clause):
        begun = f"The {found['what']}"
    elif found := _PASSIVE.match(clause) or _RESULTS.match(clause):
        begun = found[0][:1].upper() + found[0][1:]
    elif found := _COINED.match(clause):
        begun = found[0]
    return begun, clause[found.end() :] if found else ""


def _third_person(verb: str) -> str:
    past = verb.endswith("ed") and not verb.endswith("eed") and verb not in {"embed", "shed"}
    already = re.search(r"(?:es|[^aisu]s)$", verb)
    if verb in _UNCHANGED or past or already:
        return verb
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    if re.search(r"[^aeiou]y$", verb):
        return f"{verb[:-1]}ies"
    return f"{verb}es" if re.search(r"(?:[sxz]|ch|sh)$", verb) else f"{verb}s"


def _said(
    model: "LanguageModel",
    messages: "Sequence[BaseMessage]",
    **options: Any,  # noqa: ANN401
) -> Iterator[str]:
    """Yield what the model says piece by piece; a server can fail at any of them."""
    from rag.models.language import cause

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


def _task(quoted: str) -> str:
    return f"Sentence: {quoted.rstrip('.')}."


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
