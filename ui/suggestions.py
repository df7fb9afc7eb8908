"""Questions that the index answers: examples for the first page, and follow-ups.

They are made of its titles and of the answer just given, and each is tried before it is offered,
without the language model: what the assistant would abstain from is never suggested.
"""

import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, takewhile

from rag.assistant import Assistant
from rag.core.answers import Answer
from rag.core.filters import Filters, short_name
from rag.errors import QuestionError
from rag.question.followups import Turn
from rag.write.naming import phrases
from ui.topics import ENDS, stands_alone

MOST = 3
"""Follow-up questions offered at a time; more are read by nobody."""

LONGEST_NAME = 30
"""Characters of a paper's name in a question that is offered: three have to fit into a row."""

MOST_EXAMPLES = 4
"""Examples offered on the first page."""

MOST_NAMES = 5
"""Subjects that examples are tried with."""

TITLES = 300
"""Newest papers whose titles name the subjects of the examples."""

SECONDS = 1.0
"""Time for trying follow-up questions; what has not been tried by then is not offered."""

_OF_SEVERAL = ("which of them introduce a new dataset?", "which of them run in real time?")
_OF_ONE = ("tell me more about it", "which datasets does it use?", "is its code available?")
_NO_PAPERS = ("talk", "index", "foreign")  # kinds of questions that nothing goes on from


def follow_ups(assistant: Assistant, answer: Answer, history: Sequence[Answer | Turn]) -> list[str]:
    """Return questions that go on from an answer, at most `MOST`.

    Parameters
    ----------
    history
        The earlier answers, without this one.
    """
    told = frozenset(c.paper.id for c in answer.citations)
    asked = {_plain(earlier.question) for earlier in (*history, answer)}
    fresh = (question for question in _next(answer) if _plain(question) not in asked)
    until = time.monotonic() + SECONDS
    tried = takewhile(lambda _: time.monotonic() < until, fresh)
    return list(islice(_answered(assistant, tried, [*history, answer], told), MOST))


def examples(assistant: Assistant) -> list[str]:
    """Return examples, at most `MOST_EXAMPLES`; none where the index is empty."""
    records = assistant.library.records(assistant.library.select(Filters(), k=TITLES))
    papers = [record.paper for record in records.values()]
    counted = Counter(name for paper in papers for name in phrases(paper.title))
    titles = [paper.title for paper in papers]
    common = (name for name, _ in counted.most_common() if len(name.split()[0]) > 1)
    names = list(islice((name for name in common if stands_alone(name, titles)), MOST_NAMES))
    asked = [f"which papers are about {name}?" for name in names[:1]]
    asked += ["which papers introduce a new dataset?"]
    asked += [f"give me an overview of {name}" for name in names[1:2]]
    asked += [f"tell me more about “{short_name(paper)}”" for paper in papers[:1]]
    asked += [f"which papers are about {name}?" for name in names[2:]]
    return list(islice(_answered(assistant, asked, []), MOST_EXAMPLES))


def _next(answer: Answer) -> Iterator[str]:
    """Yield what may be worth asking next, the likeliest first."""
    if answer.kind in _NO_PAPERS:
        return
    if answer.skipped + len(answer.citations) < answer.matched and answer.kind == "papers":
        yield "show more"
    if answer.kind == "compare":
        yield "which of them run in real time?"
        yield "is their code available?"
    elif len(answer.citations) > 1:
        yield from (f"which of them are about {name}?" for name in _shared(answer)[:1])
        yield from _OF_SEVERAL
        yield "tell me more about the first one"
    elif answer.citations:
        yield from _OF_ONE
    for near in answer.near_misses:
        name = short_name(near.paper)
        if near.why and len(name) <= LONGEST_NAME:
            yield f"tell me more about “{name}”"


def _shared(answer: Answer) -> list[str]:
    """Return phrases of several words that some titles of an answer share, the commonest first."""
    titles = [c.paper.title for c in answer.citations]
    counted = Counter(name for title in titles for name in set(phrases(title)))
    shared = [name for name, count in counted.most_common() if 1 < count < len(titles)]
    asked = _plain(f"{answer.question} {answer.resolved}")
    return [
        name
        for name in shared
        if len(name) <= LONGEST_NAME
        and _plain(name) not in asked
        and not any(name in longer for longer in shared if name != longer)
        and any(re.search(rf"{re.escape(name)}{ENDS}", title, re.IGNORECASE) for title in titles)
    ]


def _plain(question: str) -> str:
    return " ".join(question.lower().split()).rstrip(" ?!.")


def _answered(
    assistant: Assistant,
    asked: Iterable[str],
    history: Sequence[Answer | Turn],
    told: frozenset[str] = frozenset(),
) -> Iterator[str]:
    """Yield the questions that get an answer which cites other papers than the last one did."""
    quoting = Assistant(assistant.library, assistant.embedding, None)
    for question in asked:
        try:
            answer = quoting.ask(question, history)
        except QuestionError:
            continue
        cited = frozenset(c.paper.id for c in answer.citations)
        if cited and (cited != told or len(cited) == 1):
            yield question
