"""What a GGUF file says of itself: read before llama.cpp is given it.

A file that is cut off or of another kind is then refused in words, where llama.cpp says only that
it failed, or runs into an assertion that ends the process. The format is that of ggml-org/ggml,
docs/gguf.md, versions 2 and 3.
"""

import os
import struct
from pathlib import Path
from typing import IO, Any

from rag.errors import ModelError
from rag.files import opened

_MAGIC = b"GGUF"
_NUMBERS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q",
            11: "<q", 12: "<d"}  # fmt: skip
_STRING, _ARRAY = 8, 9
_LONGEST, _MOST = 1 << 24, 1 << 20  # bytes of a text, and tensors and keys, that can be meant
_BLOCKS = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34),
    9: (32, 36), 10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210),
    15: (256, 292), 16: (256, 66), 17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18),
    21: (256, 110), 22: (256, 82), 23: (256, 136), 24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8),
    28: (1, 8), 29: (256, 56), 30: (1, 2),
}  # fmt: skip
"""Numbers of a block and its bytes, by the type of a tensor; unknown types are not measured."""

_NO_WRITERS = {
    *("bert", "nomic-bert", "nomic-bert-moe", "jina-bert-v2", "jina-bert-v3", "modern-bert"),
    *("neo-bert", "eurobert", "gemma-embedding", "t5encoder"),  # they make vectors
    *("t5", "clip", "mmproj", "wavtokenizer-dec", "whisper"),
}
"""Architectures that llama.cpp loads, or begins to load, and that write no text by themselves."""


_ASKED_FOR = {"general.architecture", "general.alignment", "tokenizer.ggml.model"}


class _MalformedError(ValueError):
    """The file is not what its format asks for."""


def check(path: Path) -> None:
    """Make sure that a file is a whole GGUF file of a model that writes text.

    Raises
    ------
    ModelError
        If it is none, cut off, or of another kind.
    """
    try:
        with opened(path) as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(0)
            if file.read(4) != _MAGIC:
                raise ModelError(f"{path} is no GGUF file: set RAG_LLM to one.")
            said, needed = _read(file)
    except OSError as error:
        raise ModelError(
            f"{path} cannot be read ({error.strerror}): set RAG_LLM to a GGUF file that can."
        ) from error
    except (_MalformedError, struct.error) as error:
        raise ModelError(
            f"{path} is damaged or cut off within its description: fetch it again, or set RAG_LLM "
            "to another GGUF file."
        ) from error
    if needed > size:
        raise ModelError(
            f"{path} is cut off, it has {size:,} of at least {needed:,} bytes: fetch it again, or "
            "set RAG_LLM to another GGUF file."
        )
    kind = said.get("general.architecture")
    if kind in _NO_WRITERS or "tokenizer.ggml.model" not in said:
        raise ModelError(
            f"{path} is a GGUF file of the kind {str(kind)[:40]}, which writes no text: set "
            "RAG_LLM to an instruction model."
        )


def _read(file: IO[bytes]) -> tuple[dict[str, Any], int]:
    """Return what a file says of itself, and how many bytes it has at least."""
    version, tensors, keys = struct.unpack("<IQQ", file.read(20))
    if version not in (2, 3) or max(tensors, keys) > _MOST:
        raise _MalformedError(f"version {version}")
    said: dict[str, Any] = {}
    for _ in range(keys):
        name = _string(file)
        value = _value(file, *struct.unpack("<I", file.read(4)))
        if name in _ASKED_FOR:  # all that a file says can be as much as it is long
            said[name] = value
    ends = [_tensor(file) for _ in range(tensors)]
    raw = said.get("general.alignment", 32)
    alignment = raw if isinstance(raw, int) and 0 < raw <= _MOST else 32
    begin = -(-file.tell() // alignment) * alignment
    return said, begin + max(ends) if ends else 0


def _tensor(file: IO[bytes]) -> int:
    """Read the description of a tensor; return where it ends, counted from the first one."""
    _string(file)
    (dimensions,) = struct.unpack("<I", file.read(4))
    if dimensions > 8:
        raise _MalformedError(f"{dimensions} dimensions")
    numbers = 1
    for extent in struct.unpack(f"<{dimensions}Q", file.read(8 * dimensions)):
        numbers *= extent
    kind, offset = struct.unpack("<IQ", file.read(12))
    block, width = _BLOCKS.get(kind, (1, 0))
    return int(offset + numbers // block * width)


def _string(file: IO[bytes]) -> str:
    (length,) = struct.unpack("<Q", file.read(8))
    if length > _LONGEST:
        raise _MalformedError(f"a text of {length} bytes")
    text = file.read(length)
    if len(text) < length:
        raise _MalformedError("it ends within a text")
    return text.decode("utf-8", "replace")


def _value(file: IO[bytes], kind: int) -> Any:  # noqa: ANN401 - of any of the format's types
    if kind in _NUMBERS:
        form = _NUMBERS[kind]
        return struct.unpack(form, file.read(struct.calcsize(form)))[0]
    if kind == _STRING:
        return _string(file)
    if kind != _ARRAY:
        raise _MalformedError(f"a value of type {kind}")
    inner, count = struct.unpack("<IQ", file.read(12))
    if count > _LONGEST or inner == _ARRAY:
        raise _MalformedError(f"a list of {count} values of type {inner}")
    if inner in _NUMBERS:
        file.seek(count * struct.calcsize(_NUMBERS[inner]), os.SEEK_CUR)
        return count
    for _ in range(count):
        _string(file)
    return count
