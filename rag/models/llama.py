"""A GGUF file run by llama.cpp: texts to tokens, and tokens to the scores of the next one.

One context serves everybody, in turns. What a turn computes depends on its own texts alone, to the
last bit: before a turn the context is emptied and the state that the turn goes on from is put back,
so that what others asked in between cannot change a rounding. A beginning that many prompts share
is evaluated once and its state kept. It does not know what a conversation is.
"""

import ctypes
import os
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelError
from rag.models import gguf_file
from rag.models.onnx import cores_said

LONGEST_CONTEXT = 8_192
"""Tokens; what evidence for one answer needs, and the memory of a laptop allows at 8 B."""

AT_ONCE = 8
"""Texts continued together. Decoding waits for the memory, so that several cost little more than
one: with 1.5 B on two cores 7 tokens a second alone, 17 of four and 26 of eight. One of 135 M fits
into the cache and waits for arithmetic: there eight cost a fifth less than one after the other."""

_BATCH = 512  # tokens evaluated together, llama.cpp's own default
_KEPT = 256 * 1024 * 1024  # bytes of states kept for beginnings
_LONGEST_PIECE = 256  # bytes of one token; the longest of a common vocabulary has 128


class Text:
    """A text that the model goes on with: what of it is evaluated, and what is not yet.

    Attributes
    ----------
    tokens
        All of it.
    begun
        Up to where other texts share its beginning, from the shortest to the longest, in tokens;
        each stretch is evaluated by itself.
    """

    def __init__(self, tokens: Sequence[int], begun: Sequence[int] = ()) -> None:
        self.tokens = list(tokens)
        self.begun = [length for length in begun if length]
        self.done = 0  # tokens evaluated
        self.dropped = False
        self.state: ctypes.Array[ctypes.c_uint8] | None = None  # while others have the context

    def drop(self) -> None:
        """Say that it is not gone on with; at any time, from any thread."""
        self.dropped, self.state = True, None


class Llama:
    """A loaded model. Only one thread at a time may call what evaluates (see `rag.models.turns`).

    Parameters
    ----------
    path
        A GGUF file.

    Raises
    ------
    ModelError
        If it cannot be read, is no GGUF file, or cannot be loaded.
    """

    def __init__(self, path: Path | str) -> None:
        # Threads that wait for each other by spinning take the processor from those they wait for:
        # beside one other busy process on two cores a sentence takes five to ten times as long.
        # OpenMP reads this once, when llama.cpp is loaded.
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        gguf_file.check(Path(path))
        import llama_cpp

        # It tells of hundreds of things while it loads, each by a call into Python, and a Ctrl-C
        # that arrives there is lost. A function of C that does nothing listens instead; what fails
        # is raised here.
        deaf = ctypes.cast(ctypes.pythonapi.Py_IsInitialized, llama_cpp.llama_log_callback)
        llama_cpp.llama_log_set(deaf, None)
        self._api = llama_cpp
        self._context: Any = None
        self._model = _loaded(llama_cpp, Path(path))
        self._vocabulary = llama_cpp.llama_model_get_vocab(self._model)
        self.parameters = int(llama_cpp.llama_model_n_params(self._model))
        self.bytes = int(llama_cpp.llama_model_size(self._model))
        trained = int(llama_cpp.llama_model_n_ctx_train(self._model)) or LONGEST_CONTEXT
        self.context = min(trained, LONGEST_CONTEXT)
        self._size = int(llama_cpp.llama_vocab_n_tokens(self._vocabulary))
        self._context = self._opened(path)
        self._memory = llama_cpp.llama_get_memory(self._context)
        self._batch = llama_cpp.llama_batch_init(_BATCH, 0, 1)
        self._holder: Text | None = None
        self._beginnings: OrderedDict[tuple[int, ...], Any] = OrderedDict()

    def __del__(self) -> None:
        if getattr(self, "_context", None):
            self._api.llama_batch_free(self._batch)
            self._api.llama_free(self._context)
        if getattr(self, "_model", None):
            self._api.llama_model_free(self._model)

    # -- texts and tokens --------------------------------------------------------------------------

    def tokens(self, text: str) -> list[int]:
        """Cut a text into tokens; those of the template ("<|im_start|>") are one each."""
        data = text.encode("utf-8", "replace")
        room = len(data) + 8
        while True:
            found = (self._api.llama_token * room)()
            count = self._api.llama_tokenize(
                self._vocabulary, data, len(data), found, room, False, True
            )
            if count >= 0:
                return list(found[:count])
            room = -count

    def piece(self, token: int) -> bytes:
        """Return what a token stands for; nothing for those of the template."""
        buffer = (ctypes.c_char * _LONGEST_PIECE)()
        count = self._api.llama_token_to_piece(
            self._vocabulary, token, buffer, _LONGEST_PIECE, 0, False
        )
        return buffer.raw[: max(count, 0)]

    def ends(self, token: int) -> bool:
        """Tell whether a token ends what the model says."""
        return bool(self._api.llama_vocab_is_eog(self._vocabulary, token))

    def template(self) -> str | None:
        """Return the chat template that the file brings."""
        found = self._api.llama_model_chat_template(self._model, None)
        return found.decode("utf-8", "replace") if found else None

    def special(self, which: str) -> str:
        """Return the text of the token that begins ("bos") or ends ("eos") a text, if any."""
        token = getattr(self._api, f"llama_vocab_{which}")(self._vocabulary)
        if token < 0:
            return ""
        return str(self._api.llama_vocab_get_text(self._vocabulary, token).decode())

    # -- evaluation --------------------------------------------------------------------------------

    def scores(self, text: Text) -> NDArray[np.float32]:
        """Evaluate what of a text is not yet; return the logits of its next token."""
        self._hold(text)
        last = self._evaluate([(0, text)])
        return last[0]

    def together(self, texts: Sequence[Text]) -> "Together":
        """Begin to go on with several texts at once; they share their beginning."""
        return Together(self, texts)

    def _hold(self, text: Text) -> None:
        """Put the context into the state in which a text left it, or in which it begins."""
        if self._holder is text:
            return
        self.give_way()
        if text.state is not None:
            self._put_back(text.state, 0)
            text.state = None
        else:
            self._begin(text)
        self._holder = text

    def give_way(self) -> None:
        """Keep the state of the text that has the context, and empty it."""
        holder = self._holder
        if holder is not None and not holder.dropped:
            holder.state = self._state(0)
        self._holder = None
        self._api.llama_memory_clear(self._memory, False)

    def _begin(self, text: Text) -> None:
        """Evaluate the shared beginning of a text, as far as its state is not kept."""
        keys = [tuple(text.tokens[:length]) for length in text.begun]
        known = next((key for key in reversed(keys) if key in self._beginnings), ())
        if known:
            self._beginnings.move_to_end(known)
            self._put_back(self._beginnings[known], 0)
        text.done = len(known)
        for key in keys:
            if len(key) > text.done:
                start = text.done
                left = enumerate(key[start:], start=start)
                self._run([(0, place, token) for place, token in left], wanted=())
                text.done = len(key)
                self._keep(key)

    def _keep(self, key: tuple[int, ...]) -> None:
        """Keep the state after a beginning, and let go of those that were not used for longest."""
        self._beginnings[key] = self._state(0)
        while sum(map(len, self._beginnings.values())) > _KEPT and len(self._beginnings) > 1:
            self._beginnings.popitem(last=False)

    def _evaluate(self, texts: Sequence[tuple[int, Text]]) -> list[NDArray[np.float32]]:
        """Evaluate what is left of several texts, each in its own sequence, in one batch."""
        items, wanted = [], []
        for sequence, text in texts:
            left = text.tokens[text.done :]
            items += [(sequence, text.done + n, token) for n, token in enumerate(left)]
            wanted.append(len(items) - 1)
            text.done = len(text.tokens)
        return self._run(items, wanted)

    def _run(
        self, items: Sequence[tuple[int, int, int]], wanted: Sequence[int]
    ) -> list[NDArray[np.float32]]:
        """Decode tokens (sequence, position, token); return the logits after those wanted."""
        found, batch = [], self._batch
        for start in range(0, len(items), _BATCH):
            part = items[start : start + _BATCH]
            here = [n - start for n in wanted if start <= n < start + len(part)]
            batch.n_tokens = len(part)
            for n, (sequence, position, token) in enumerate(part):
                batch.token[n], batch.pos[n] = token, position
                batch.n_seq_id[n], batch.seq_id[n][0] = 1, sequence
                batch.logits[n] = n in here
            failed = self._api.llama_decode(self._context, batch)
            if failed:
                self._holder = None
                self._api.llama_memory_clear(self._memory, False)
                raise ModelError(
                    f"llama.cpp could not go on (llama_decode gave {failed}): ask less at once, or "
                    "set RAG_LLM to a model with a longer context."
                )
            for n in here:
                scores = self._api.llama_get_logits_ith(self._context, n)
                found.append(np.ctypeslib.as_array(scores, shape=(self._size,)).copy())
        return found

    def _state(self, sequence: int) -> Any:  # noqa: ANN401
        size = self._api.llama_state_seq_get_size(self._context, sequence)
        kept = (ctypes.c_uint8 * size)()
        self._api.llama_state_seq_get_data(self._context, kept, size, sequence)
        return kept

    def _put_back(self, state: Any, sequence: int) -> None:  # noqa: ANN401
        if not self._api.llama_state_seq_set_data(self._context, state, len(state), sequence):
            raise ModelError("llama.cpp did not take back its own state: ask again.")

    def _opened(self, path: Path | str) -> Any:  # noqa: ANN401
        wanted = self._api.llama_context_default_params()
        wanted.n_ctx = self.context
        wanted.n_batch = wanted.n_ubatch = _BATCH
        wanted.n_seq_max = AT_ONCE + 1
        wanted.kv_unified = True  # texts that share a beginning share its memory
        wanted.n_threads = wanted.n_threads_batch = cores()
        wanted.flash_attn_type = self._api.LLAMA_FLASH_ATTN_TYPE_DISABLED
        wanted.no_perf = True
        context = self._api.llama_init_from_model(self._model, wanted)
        if not context:
            raise _unloadable(Path(path), "no context of its length fits into the memory")
        return context


class Together:
    """Several texts gone on with in one batch; their common beginning is evaluated once.

    Nobody else may use the model until it is closed.
    """

    def __init__(self, model: Llama, texts: Sequence[Text]) -> None:
        assert 0 < len(texts) <= AT_ONCE, "more texts than sequences"
        self._model = model
        self._sequences = {id(text): n for n, text in enumerate(texts, start=1)}
        model.give_way()
        common = Text(texts[0].tokens, texts[0].begun)
        model._begin(common)
        for text in texts:
            text.done = common.done
            if common.done:
                model._api.llama_memory_seq_cp(model._memory, 0, self._sequences[id(text)], -1, -1)

    def scores(self, texts: Sequence[Text]) -> list[NDArray[np.float32]]:
        """Evaluate what is left of the texts; return the logits of each one's next token."""
        return self._model._evaluate([(self._sequences[id(text)], text) for text in texts])

    def close(self) -> None:
        """Leave the context to others."""
        self._model._api.llama_memory_clear(self._model._memory, False)


def cores() -> int:
    """Return how many processors this process may use; more threads than that only spin.

    Who starts several such processes on one computer says in `OMP_NUM_THREADS` what each may have.
    """
    if said := cores_said():
        return said
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _loaded(api: Any, path: Path) -> Any:  # noqa: ANN401
    wanted = api.llama_model_default_params()
    wanted.use_mmap = True
    model = api.llama_model_load_from_file(str(path).encode(), wanted)
    if not model:
        raise _unloadable(path, "llama.cpp refuses it")
    return model


def _unloadable(path: Path, why: str) -> ModelError:
    return ModelError(
        f"{path} cannot be loaded ({why}): it may be damaged, too large for this machine's memory, "
        "or of a newer kind; set RAG_LLM to another GGUF file."
    )
