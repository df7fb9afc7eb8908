"""The check of a free sentence: whether an abstract bears out what a model says in its own words.

First what needs no model: a number, unit or name that the abstract does not have is never shown,
nor a direction or negation that is found to be against it. Then the model is asked about this
sentence and this abstract alone, yes or no, and the answer is read from the probabilities of its
first word; then about the sentence denied, since a small model says yes to much, and what counts is
that it says so to the one rather than to the other. It never sees why the sentence was written.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag.core.papers import Paper
from rag.core.passages import Passage
from rag.text.sentences import sentences
from rag.text.words import same, words
from rag.write import bindings, denials, details, directions, exchanges

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

    from rag.models.language import LanguageModel

    Score = Callable[[Sequence[tuple[str, str]]], NDArray[np.float32]]

FEWEST_WORDS, FEWEST_SHARED = 5, 2
"""Words of a sentence, and words that it has to share with the paper, for it to say anything."""

MOST_QUOTES = 2
"""Sentences of one abstract quoted for one sentence."""

_NOT_ABOUT_PAPERS = re.compile(
    r"\b(?:i|i'm|i'll|me|my|we|us|our|ours|you|your)\b"
    r"|\b(?:as an ai|language model,|sorry|cannot (?:answer|help|provide)|unable to (?:answer|"
    r"help)|ignore|instructions?|"
    r"the (?:given |provided |quoted )?(?:sentences?|quotations?|text|prompt))\b",
    re.IGNORECASE,
)
_STRANGE = re.compile(r"[^\x20-\x7eà-žÀ-Žα-ωΑ-Ω–—’“”×°±≤≥≈μ]")
_CHECKER = "You check statements about research papers against their abstracts."
_ASKED = "Is every detail of the statement true according to the abstract? Answer Yes or No."


@dataclass(frozen=True, slots=True)
class Agreement:
    """Whether a sentence is borne out, by which sentences of the abstract, and if not, why not.

    ``odds`` are the model's, as far as it was asked.
    """

    passages: tuple[Passage, ...]
    reason: str = ""
    odds: float | None = None

    def __bool__(self) -> bool:
        return bool(self.passages)


def check(
    statement: str,
    paper: Paper,
    model: "LanguageModel",
    score: "Score | None" = None,
    others: Sequence[str] = (),
) -> Agreement:
    """Check a sentence against a paper.

    Parameters
    ----------
    statement
        One sentence, or a part of one, without bracket numbers.
    paper
        A paper that it cites.
    model
        Who is asked; its odds count from its threshold on. It is asked only about what passes all
        else.
    score
        The learned judge: logits of how well a text answers another. It helps to find the
        sentences that bear the statement out; None: shared words alone do.
    others
        Names of the other papers that the sentence cites.

    Raises
    ------
    ModelError
        If the model fails.
    """
    reason = unfit(statement) or contradicted(statement, paper, others)
    if reason:
        return Agreement((), reason)
    odds = believed(statement, paper, model)
    if odds is None or odds < model.threshold:
        return Agreement((), "the model does not find it in the abstract", odds)
    return Agreement(bearing(statement, paper, score), odds=odds)


def unfit(sentence: str) -> str:
    """Say why a sentence cannot be one about papers in plain English; nothing if it can."""
    if len(sentence.split()) < FEWEST_WORDS:
        return "it says nothing"
    strange = _STRANGE.search(sentence)
    if strange:
        return f"{strange[0]!r} does not belong into an English sentence"
    if found := _NOT_ABOUT_PAPERS.search(sentence):
        return f"{found[0]!r} is not said about papers"
    pairs = all(sentence.count(a) == sentence.count(b) for a, b in ("()", "[]", "“”"))
    return "" if pairs and sentence.count('"') % 2 == 0 else "a bracket is left open"


def contradicted(statement: str, paper: Paper, others: Sequence[str] = ()) -> str:
    """Say what of a statement is not, or is otherwise, in a paper; nothing if nothing is found."""
    texts = [paper.abstract[start:end] for start, end in sentences(paper.abstract)]
    if len(_shared(statement, f"{paper.title} {paper.abstract}")) < FEWEST_SHARED:
        return "it has nothing of the abstract"
    said, sources = details.plain(statement), [details.plain(t) for t in (paper.title, *texts)]
    return (
        details.missing(statement, paper.title, paper.abstract, " ".join(others))
        or bindings.moved(said, sources)
        or exchanges.exchanged(said, sources[1:])
        or denials.against(said, sources)
        or directions.against(said, sources[1:])
    )


def believed(statement: str, paper: Paper, model: "LanguageModel") -> float | None:
    """Return how much a model believes a statement about a paper.

    Returns
    -------
    float or None
        The odds of its "yes" (the difference of the log-probabilities of yes and no), and by how
        much they exceed those of the statement denied: what a model says yes to whatever is said
        of a paper comes out low. None for a model that gives no probabilities.
    """
    told = _odds(statement, paper, model)
    if told is None:
        return None
    denied = _odds(negated(statement), paper, model)
    return None if denied is None else told + (told - denied)


def negated(statement: str) -> str:
    """Return a statement denied.

    >>> negated("The tracker is fast.")
    'It is not true that the tracker is fast.'
    """
    name = re.match(r"\w*[A-Z]\w*[A-Z]|[A-Z]\w*[\d-]", statement)
    return f"It is not true that {statement if name else statement[:1].lower() + statement[1:]}"


def _odds(statement: str, paper: Paper, model: "LanguageModel") -> float | None:
    from langchain_core.messages import HumanMessage, SystemMessage

    shared = f"Title: {paper.title}\nAbstract: {paper.abstract}\n\nStatement: "
    messages: list[BaseMessage] = [
        SystemMessage(_CHECKER),
        HumanMessage(f"{shared}{statement}\n\n{_ASKED}"),
    ]
    return model.odds(messages, len(shared), ("Yes", "No"))


def bearing(statement: str, paper: Paper, score: "Score | None" = None) -> tuple[Passage, ...]:
    """Return the sentences of an abstract that bear a statement out, in their order there.

    One for what shares most with the statement, and one more where that holds numbers or names of
    it that the first does not.
    """
    spans = sentences(paper.abstract)
    passages = [Passage(paper.id, a, b, paper.abstract[a:b]) for a, b in spans]
    worth = np.array([sum(_shared(statement, p.text).values()) for p in passages], np.float32)
    if score is not None:
        judged = score([(statement, f"{paper.title}: {p.text}") for p in passages])
        worth = worth + worth.max(initial=1.0) / (1 + np.exp(-judged))
    order = sorted(range(len(passages)), key=lambda n: (-float(worth[n]), n))
    chosen = order[:1]
    for n in order[1:]:
        held = " ".join(passages[c].text for c in chosen)
        more = _details(statement, passages[n].text) - _details(statement, held)
        if more and len(chosen) < MOST_QUOTES:
            chosen.append(n)
    return tuple(passages[n] for n in sorted(chosen))


def _shared(statement: str, text: str) -> dict[str, float]:
    """Return the words of a statement that a text has, numbers and names weighing more."""
    there = {word.stem for word in words(text)}
    return {
        word.stem: 1.0 + 2.0 * any(c.isdigit() or c.isupper() for c in word.text[1:])
        for word in words(statement)
        if word.text.lower() not in details.EMPTY and any(same(word.stem, s) for s in there)
    }


def _details(statement: str, text: str) -> set[str]:
    """Return the numbers and names of a statement that a text has."""
    said, there = details.plain(statement), details.plain(text)
    numbers = {
        str(n.value) for n in details.numbers(said)
        if any(details.agree(n, other) for other in details.numbers(there))
    }  # fmt: skip
    known = {name.lower() for name, _ in details.names(there)}
    return numbers | {name for name, _ in details.names(said) if name.lower() in known}
