"""A question being answered, told step by step, and stopped as soon as nobody wants it.

The answer is made in a thread of its own, so that it can be stopped in the middle of a sentence,
and the page can show that something happens meanwhile.
"""

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from rag.assistant import Assistant
from rag.core.answers import Answer
from rag.core.filters import Filters

Stage = Literal["waiting", "searching", "reading", "writing", "done"]


@dataclass(frozen=True, slots=True)
class Step:
    """How far an answer is, and what of it is known."""

    stage: Stage
    answer: Answer | None = None


class Stopped(Exception):  # noqa: N818 - nothing went wrong
    """The answer was stopped."""


def steps(
    assistant: Assistant,
    question: str,
    history: Sequence[Answer],
    filters: Filters | None,
    stopped: threading.Event,
) -> Iterator[Step]:
    """Answer a question, telling each step; the last one is done.

    Raises
    ------
    RagError
        What `Assistant.answers` raises.
    Stopped
        Soon after `stopped` is set, which is done here too when nobody asks for the next step.
    """
    work = _Work(stopped)
    asked = partial(assistant.answers, question, history, filters=filters)
    threading.Thread(target=work.run, args=(asked,), name="answering", daemon=True).start()
    try:
        yield Step("searching")
        while True:
            step = work.told.get()
            if isinstance(step, Exception):
                raise step
            yield step
            if step.stage == "done":
                return
    finally:
        stopped.set()


class _Work:
    """The work of the thread, which reports each step."""

    def __init__(self, stopped: threading.Event) -> None:
        self.told: queue.SimpleQueue[Step | Exception] = queue.SimpleQueue()
        self._stopped = stopped
        self._found: Answer | None = None  # what is known before the first sentence is written

    def run(self, asked: Callable[..., Iterator[Answer]]) -> None:
        """Tell each step of an answer, or the error that ends it."""
        answer: Answer | None = None
        try:
            for answer in asked(watch=self._watch):
                if self._stopped.is_set():
                    raise Stopped
                if answer.claims:
                    self.told.put(Step("writing", answer))
                else:
                    self._found = answer
                    self.told.put(Step("reading", answer))
            self.told.put(Step("done", answer))
        except Exception as error:  # raised again where the steps are taken
            self.told.put(error)

    def _watch(self, _draft: str) -> None:
        """Leave in the middle of a sentence; the first word of the first one is a step."""
        if self._stopped.is_set():
            raise Stopped
        if self._found:
            self.told.put(Step("writing", self._found))
            self._found = None
