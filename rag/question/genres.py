"""Which genres of paper a question asks for, and with which words, learned from how people ask.

"Did anyone bother to release what they built for LiDAR odometry?" asks for published code. What
tells it (`rag.question.stretches`) was fitted by `python -m benchmarks.stretches` on questions
written for it (`tests/gold/genre_questions.jsonl`), which also prints what it is worth on those of
writers left out. For any other embedding model the patterns of `rag.text.genres` tell it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rag.question import frames, stretches
from rag.question.manners import Encode
from rag.question.topics import InContext
from rag.text import genres

WORDS = Path(__file__).with_name("genre_words.npz")
FILE = Path(__file__).with_name("genres.npz")

ASKED = 0.65
"""Probability from which a question asks for a genre. From 0.3 nearly twice as many are told, but
of the plain questions of `tests/gold` one in fifty then has a genre that nobody meant."""

ANOTHER = 0.25
"""Probability from which it asks for another one as well."""

LEANING = 1.0
"""Log odds added for every word to be of those that ask, where the question as a whole asks."""


@dataclass(frozen=True, slots=True)
class Asks:
    """The genres that a question asks for, and the stretches of words that do so."""

    names: tuple[str, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()

    def without(self, topic: str, text: str) -> str:
        """Return the topic of a question without the words that ask for genres.

        Parameters
        ----------
        topic
            Some words of the question, in their order.
        text
            The question that was heard.

        >>> asks = Asks(("a survey",), ((0, 7),))
        >>> asks.without("surveys of LLM agents", "surveys of LLM agents")
        'LLM agents'
        """
        if not self.spans:
            return topic
        for start, end in self.spans:
            words = text[start:end]
            for each in [words] if _whole(words).search(topic) else frames.content(words):
                topic = _whole(each).sub(" ", topic, count=1)
        topic = re.sub(r"\(\s*\)|\s+(?=[,;:.?!)])|(?<=[(,])\s*,", "", " ".join(topic.split()))
        topic = re.sub(r",(?=,)", "", topic)
        return genres.idle(topic)


def _whole(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(words)}(?!\w)")


Read = Callable[[str], Asks]
"""Returns the genres that a question asks for."""


def by_patterns(text: str) -> Asks:
    """Return the genres that a question asks for by patterns alone."""
    return Asks(genres.asked(text), tuple(sorted(genres.spans(text))))


def signs(text: str) -> list[str]:
    """Return what patterns say of a question: the genres that it asks for."""
    return [f"pattern {name}" for name in genres.asked(text)]


def asked(text: str, encode: Encode, in_context: InContext) -> Asks:
    """Return the genres that a question asks for.

    Parameters
    ----------
    encode
        The vector of a text by the embedding model that this was learned with.
    in_context
        What it makes of the words of a question.
    """
    heard = stretches.hear(text, signs(text), encode, in_context, WORDS, FILE)
    if heard is None:
        return by_patterns(text)
    each = heard.likely[1:]
    best = int(np.argmax(each))
    if each[best] < ASKED:
        return Asks()
    names = (name for n, name in enumerate(genres.NAMES) if n == best or each[n] >= ANOTHER)
    return Asks(tuple(names), tuple(heard.stretches(LEANING)))
