"""Evidence to draft sentences, in the words of a small language model.

It writes one sentence about one paper, from the clause of the abstract that decides and nothing
else; worked examples as earlier turns show it how, and its first words are given: "we propose" has
to become "It proposes". The first sentence is taken. Sentences for several papers are decoded
together, and come in the order of the evidence. (A grammar for the sentence made the packaged model
three to five times slower and no better.) Whether a draft is true is for the support check. A model
that is capable of more writes a paragraph instead (`rag.write.synthesis`).
"""

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TYPE_CHECKING

from rag.core.questions import Question
from rag.judge.evidence import Evidence
from rag.text import speech
from rag.text.sentences import sentences
from rag.write import clauses

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

    from rag.models.language import LanguageModel

LONGEST_SENTENCE = 90
"""Tokens; a sentence that has not ended by then has lost its way."""

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
_PASSIVE = re.compile(rf"(?P<what>an? .{{3,120}}?) (?:is|are) {speech.PROPOSED}\b", re.I)
_OURS, _STILL_WE = re.compile(r"\bour\b"), re.compile(r"\b(?:[Ww]e|us|[Oo]urs?|I|[Mm]y)\b")
_COINED = re.compile(r"\w*[a-z]\w*[A-Z][\w-]*|[A-Z]{2,}[\w-]*")
_IRREGULAR = {"have": "has", "are": "is", "do": "does", "go": "goes"}
# The same in every person ("we found"), or right after "it" already.
_UNCHANGED = frozenset(
    "has is does can could cannot did began brought built chose drew found gave got held kept knew "
    "led learnt left made met ran saw sought spent split took taught told understood won "
    "wrote".split()
)


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
        None writes nothing, and neither does one that is capable of a paragraph.
    watch
        Called with the unfinished text, again and again while it grows.
    """
    if model is None or model.capable:
        return
    start, size = 0, 1  # the first one by itself: it is waited for
    while start < len(evidence):
        some = evidence[start : start + size]
        cut = [clauses.cut(question, item.passages[0]).text for item in some]
        begun = [(clause, beginning(clause)) for clause in cut]
        written = together(model, [pair for pair in begun if pair[1]], watch)
        for number, (_, text) in enumerate(begun, start=start):
            yield Draft(next(written) if text else "", number)
        start, size = start + size, model.at_once


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
    begun = " ".join(clause_words[: right + 2])
    cut = clauses.cut(question, item.passages[0]).text
    return next(together(model, [(cut, begun)], watch))


def together(
    model: "LanguageModel",
    tasks: Sequence[tuple[str, str]],
    watch: Callable[[str], None] | None = None,
) -> Iterator[str]:
    """Yield a sentence for each clause and its beginning, in order, each as soon as it is there.

    The model is at work in a thread of its own: it goes on while what it has written is checked,
    and stops at once where nobody waits for the rest.
    """
    if not tasks:
        return
    coming: SimpleQueue[tuple[int, str] | BaseException | None] = SimpleQueue()
    stopped = threading.Event()

    written = [begun for _, begun in tasks]

    def said(number: int, piece: str) -> bool:
        coming.put((number, piece))
        written[number] += piece
        return not stopped.is_set() and not _first(written[number])

    def work() -> None:
        try:
            model.together([_messages(*task) for task in tasks], said, ["\n"], LONGEST_SENTENCE)
            coming.put(None)
        except BaseException as error:
            coming.put(error)

    threading.Thread(target=work, daemon=True, name="drafts").start()
    texts, over = [begun for _, begun in tasks], False
    try:
        for number in range(len(tasks)):
            while not over and not _first(texts[number]):
                item = coming.get()
                if isinstance(item, BaseException):
                    raise item
                if item is None:
                    over = True
                    break
                texts[item[0]] += item[1]
                if watch and item[0] == number:
                    watch(texts[number])
            yield _finished(texts[number])
    finally:
        stopped.set()


def _messages(clause: str, begun: str) -> "list[BaseMessage]":
    from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

    messages: list[BaseMessage] = [SystemMessage(_INSTRUCTION)]
    for quoted, told in _EXAMPLES:
        messages += [HumanMessage(_task(quoted)), AIMessage(told)]
    return [*messages, HumanMessage(_task(clause)), AIMessage(begun)]


def _first(text: str) -> str:
    """Return the first sentence of a text that another one follows; nothing while none does."""
    spans = sentences(text)
    return text[slice(*spans[0])] if len(spans) > 1 else ""


def _finished(text: str) -> str:
    """Return the first sentence as a draft; nothing if it has no end, or still says "we"."""
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


def _task(quoted: str) -> str:
    return f"Sentence: {quoted.rstrip('.')}."
