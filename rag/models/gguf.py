"""A GGUF file as a LangChain chat model, through the model's own chat template.

The same messages give the same text: decoding is greedy, and the messages before the last one are
evaluated once and by themselves, so that what was asked before cannot change a rounding. Who asks
at the same time waits by the sentence, not by the answer.
"""

import codecs
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from numpy.typing import NDArray
from pydantic import ConfigDict, PrivateAttr

from rag.errors import ModelError
from rag.models.llama import Llama, Text
from rag.models.turns import Turns

ROLES = {"human": "user", "ai": "assistant", "system": "system"}

_ENDS = re.compile(r"[.!?\n]\W*$")  # where a sentence may be over, and another's turn may come
_NO_THOUGHTS = "<think>\n\n</think>\n\n"  # as templates with that switch write it
_ANY = "\N{REPLACEMENT CHARACTER}"


class GgufChat(BaseChatModel):
    """A GGUF file as a chat model.

    Takes ``max_tokens`` beside LangChain's ``stop``. A last message of the assistant's is taken to
    be the beginning of the answer, and continued.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    path: str
    _llama: Llama = PrivateAttr()
    _turns: Turns = PrivateAttr(default_factory=Turns)
    _format: Callable[..., Any] = PrivateAttr()
    _quiet: str = PrivateAttr(default="")  # what a model that thinks first is told it has thought

    def model_post_init(self, context: Any, /) -> None:  # noqa: ANN401
        """Load the file."""
        super().model_post_init(context)
        self._llama = Llama(self.path)
        self._format = _formatter(self._llama)
        if "enable_thinking" in (self._llama.template() or ""):
            self._quiet = _NO_THOUGHTS

    @property
    def _llm_type(self) -> str:
        return "gguf"

    @property
    def parameters(self) -> int:
        """Number of weights."""
        return self._llama.parameters

    @property
    def context(self) -> int:
        """Tokens that prompt and answer may have together."""
        return self._llama.context

    def count(self, text: str) -> int:
        """Return how many tokens a text has."""
        return len(self._llama.tokens(text))

    def odds(self, messages: Sequence[BaseMessage], shared: int, answers: tuple[str, str]) -> float:
        """Return how much more likely an answer begins with one word than with another.

        Parameters
        ----------
        messages
            What is asked.
        shared
            How many characters at the beginning of the last message other questions share with it;
            they are evaluated once for all of them.
        answers
            The two words, each of which counts in any case and with a space before it.

        Returns
        -------
        float
            The difference of their log-probabilities.
        """
        other = [*messages[:-1], type(messages[-1])(str(messages[-1].content)[:shared] + _ANY)]
        prompt, fixed = self._prompt(messages)
        text = Text(prompt, (fixed, self._prompt(messages, other)[1]))
        self._check(text, 1)
        with self._turns.taken(self._turns.draw()):
            scores = self._llama.scores(text)
            text.drop()
        first, second = (self._likelihood(scores, word) for word in answers)
        return first - second

    def together(
        self,
        conversations: Sequence[Sequence[BaseMessage]],
        stop: Sequence[str] = (),
        max_tokens: int = 100,
        said: Callable[[int, str], bool] = lambda number, piece: True,
    ) -> list[str]:
        """Return what the model says in several conversations that differ in their last messages.

        They are decoded in one batch, `rag.models.llama.AT_ONCE` at most; nobody else has a turn
        until all of them are finished.

        Parameters
        ----------
        said
            Is told each piece as it comes, and of which conversation; where it returns False,
            nothing more is written there.
        """
        writings = [_Writing(self._text(messages), stop, max_tokens) for messages in conversations]
        common = max(writings[0].text.begun, default=0)
        own = sum(len(writing.text.tokens) - common for writing in writings)
        for writing in writings:
            writing.left = min(max_tokens, (self.context - common - own) // len(writings))
            self._check(writing.text, self.context if writing.left < 1 else 1)
        with self._turns.taken(self._turns.draw()):
            batch = self._llama.together([writing.text for writing in writings])
            try:
                while going := [w for w in writings if not w.over]:
                    scores = batch.scores([w.text for w in going])
                    for writing, row in zip(going, scores, strict=True):
                        piece = writing.add(self._llama, row)
                        if piece and not said(writings.index(writing), piece):
                            writing.over = True
            finally:
                batch.close()
        return [w.said for w in writings]

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,  # noqa: ANN401
    ) -> ChatResult:
        chunks = self._stream(messages, stop, run_manager, **kwargs)
        text = "".join(str(chunk.message.content) for chunk in chunks)
        return ChatResult(generations=[ChatGeneration(message=AIMessage(content=text))])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,  # noqa: ANN401
    ) -> Iterator[ChatGenerationChunk]:
        text = self._text(messages)
        self._check(text, 1)
        room = self._room(text)
        writing = _Writing(text, stop or (), min(kwargs.get("max_tokens") or room, room))
        number = self._turns.draw()
        try:
            while not writing.over:
                with self._turns.taken(number):
                    piece = writing.add(self._llama, self._llama.scores(text))
                if _ENDS.search(writing.said):
                    number = self._turns.draw()
                if piece:
                    if run_manager:
                        run_manager.on_llm_new_token(piece)
                    yield ChatGenerationChunk(message=AIMessageChunk(content=piece))
        finally:
            text.drop()

    def _text(self, messages: Sequence[BaseMessage]) -> Text:
        prompt, fixed = self._prompt(messages)
        return Text(prompt, (fixed,))

    def _prompt(
        self, messages: Sequence[BaseMessage], other: Sequence[BaseMessage] | None = None
    ) -> tuple[list[int], int]:
        """Return the tokens of a conversation, and how many do not depend on its last message.

        ``other`` is a conversation with which the beginning is shared; None: the same one with
        another last message.
        """
        prompt = self._llama.tokens(self._written(messages))
        last = -2 if len(messages) > 1 and messages[-1].type == "ai" else -1
        other = other or [*messages[:last], type(messages[last])(_ANY)]
        compared = self._llama.tokens(self._written(other))
        pairs = enumerate(zip(prompt, compared, strict=False))
        return prompt, next((n for n, (a, b) in pairs if a != b), 0)

    def _written(self, messages: Sequence[BaseMessage]) -> str:
        """Return a conversation as the model's own template writes it."""
        turns = [
            {"role": ROLES.get(message.type, "user"), "content": str(message.content)}
            for message in messages
        ]
        begun = str(turns.pop()["content"]) if turns[-1]["role"] == "assistant" else ""
        begun = f"{self._quiet}{begun}"
        try:
            return str(self._format(messages=turns).prompt) + begun
        except Exception as error:  # a template is a program of the file's, and can refuse anything
            if turns[0]["role"] != "system" or len(turns) < 2:
                raise ModelError(
                    f"The chat template of {self.path} cannot be used ({error}): "
                    "set RAG_LLM to another GGUF file."
                ) from error
            # Some know no system role: what it would say goes before the first question.
            first = {**turns[1], "content": f"{turns[0]['content']}\n\n{turns[1]['content']}"}
            return str(self._format(messages=[first, *turns[2:]]).prompt) + begun

    def _check(self, text: Text, least: int) -> None:
        if self._room(text) < least:
            raise ModelError(
                f"The prompt has {len(text.tokens)} tokens, {self.path} takes {self.context}: "
                "set RAG_LLM to a model with a longer context."
            )

    def _room(self, text: Text) -> int:
        return self.context - len(text.tokens)

    def _likelihood(self, scores: NDArray[np.float32], word: str) -> float:
        """Return the log of the summed weights of the tokens that a word may begin with."""
        forms = {form for w in (word, word.lower(), word.upper()) for form in (w, f" {w}")}
        tokens = {self._llama.tokens(form)[0] for form in forms if self._is_one(form)}
        return float(np.logaddexp.reduce([float(scores[token]) for token in sorted(tokens)]))

    def _is_one(self, form: str) -> bool:
        """Tell whether the first token of a text is more than the space that it begins with."""
        return bool(self._llama.piece(self._llama.tokens(form)[0]).strip())


@dataclass
class _Writing:
    """A text that grows token by token until it ends, meets a stop, or has no room left."""

    text: Text
    stop: Sequence[str]
    left: int
    said: str = ""
    over: bool = False
    _held: str = ""  # it may be the beginning of a stop
    _decoder: Any = field(default_factory=lambda: codecs.getincrementaldecoder("utf-8")("replace"))

    def add(self, llama: Llama, scores: NDArray[np.float32]) -> str:
        """Take the likeliest next token; return what is new in the text."""
        token = int(np.argmax(scores))
        self.left -= 1
        if llama.ends(token):
            self.over = True
            return self._give(self._decoder.decode(b"", final=True))
        self.text.tokens.append(token)
        self.over = self.left < 1
        return self._give(self._decoder.decode(llama.piece(token), final=self.over))

    def _give(self, piece: str) -> str:
        held = self._held + piece
        ends = [place for stop in self.stop if (place := held.find(stop)) >= 0]
        if ends:
            self.over = True
            held = held[: min(ends)]
        self._held = "" if self.over else self._possible(held)
        given = held[: len(held) - len(self._held)]
        self.said += given
        return given

    def _possible(self, text: str) -> str:
        """Return the end of a text with which a stop may begin."""
        longest = max(map(len, self.stop), default=0)
        ends = (text[-n:] for n in range(min(longest - 1, len(text)), 0, -1))
        return next((end for end in ends if any(s.startswith(end) for s in self.stop)), "")


def _formatter(llama: Llama) -> Callable[..., Any]:
    """Return what turns messages into a prompt: the model's own template, or else ChatML."""
    from llama_cpp.llama_chat_format import CHATML_CHAT_TEMPLATE, Jinja2ChatFormatter

    template = llama.template() or CHATML_CHAT_TEMPLATE
    formatter: Callable[..., Any] = Jinja2ChatFormatter(
        template, llama.special("eos"), llama.special("bos")
    )
    return formatter
