"""A language model on an OpenAI-compatible server, as a LangChain chat model.

How likely an answer is, is read from the probabilities of its first token where the server gives
them; where it gives none, from the word that it says.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rag.errors import ModelError, line

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

CONTEXT = 8_192
"""Tokens that prompt and answer may have together; what servers offer at the least these days."""

CERTAIN = 10.0
"""What a bare "Yes" counts as, where no probabilities are given."""

UNSEEN = -12.0
"""Log-probability of a word that is not among the likeliest twenty."""

_TIMEOUT = 120.0  # seconds for one answer
_LIKELIEST = 20  # as many as the protocol allows


class Server:
    """A server that answered, and the model that it serves.

    Parameters
    ----------
    address
        ``http://host/v1``, with ``#model`` behind it where it serves several.

    Raises
    ------
    ModelError
        If it does not answer, or has no model.
    """

    def __init__(self, address: str, key: str) -> None:
        from langchain_openai import ChatOpenAI
        from openai import OpenAI

        self.base, _, name = address.partition("#")
        try:
            asked = OpenAI(base_url=self.base, api_key=key, timeout=10)
            served = [] if name else asked.models.list().data
        except Exception as error:  # what is no such server can answer anything
            raise ModelError(
                f"The language model server at {self.base} does not answer ({line(error)}): "
                "start it, or set RAG_LLM and RAG_LLM_KEY to another."
            ) from error
        if not name and not served:
            raise ModelError(
                f"The language model server at {self.base} has no model: load one there, "
                f"or name it as in RAG_LLM={self.base}#model."
            )
        self.name = name or str(served[0].id)
        self.chat: ChatOpenAI = ChatOpenAI(
            model=self.name,
            base_url=self.base,
            api_key=lambda: key,
            temperature=0.0,
            timeout=_TIMEOUT,
            max_retries=2,
        )

    def odds(self, messages: "Sequence[BaseMessage]", answers: tuple[str, str]) -> float:
        """Return how much more likely an answer begins with one word than with another.

        Raises
        ------
        Exception
            Whatever the client raises when the server fails.
        """
        said = self.chat.bind(logprobs=True, top_logprobs=_LIKELIEST, max_tokens=4).invoke(
            list(messages)
        )
        tokens = (said.response_metadata.get("logprobs") or {}).get("content") or []
        if not tokens:
            return _told(str(said.content), answers)
        likeliest = tokens[0].get("top_logprobs") or tokens[:1]
        first, second = (_likelihood(likeliest, word) for word in answers)
        return first - second


def _likelihood(likeliest: Sequence[dict[str, Any]], word: str) -> float:
    """Return the log of the summed probability of the tokens that are a word, in any case."""
    found = [
        float(token["logprob"])
        for token in likeliest
        if str(token["token"]).strip(" \n.*\"'").lower() == word.lower()
    ]
    return math.log(sum(map(math.exp, found))) if found else UNSEEN


def _told(text: str, answers: tuple[str, str]) -> float:
    said = text.strip(" \n.*\"'").lower()
    first, second = (said.startswith(word.lower()) for word in answers)
    return CERTAIN * (first - second)
