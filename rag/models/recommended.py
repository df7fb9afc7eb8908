"""Language models that suit a laptop, from small to large; the self-test has the last word."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recommended:
    """A model that `rag model use NAME` fetches.

    Attributes
    ----------
    name
        Short, as it is named at the command line.
    file
        ``repo_id:filename`` on the hub.
    gigabytes
        To fetch, and on the disk.
    memory
        Gigabytes that it takes while it runs, with a context of 8,192 tokens.
    licence
        Of the weights.
    """

    name: str
    file: str
    gigabytes: float
    memory: float
    licence: str


RECOMMENDED = (
    Recommended(
        "qwen2.5-1.5b", "Qwen/Qwen2.5-1.5B-Instruct-GGUF:qwen2.5-1.5b-instruct-q4_k_m.gguf",
        1.1, 1.6, "Apache 2.0",
    ),
    Recommended(
        "llama-3.2-3b", "bartowski/Llama-3.2-3B-Instruct-GGUF:Llama-3.2-3B-Instruct-Q4_K_M.gguf",
        2.0, 3.2, "Llama 3.2 Community",
    ),
    Recommended(
        "phi-3.5-mini", "bartowski/Phi-3.5-mini-instruct-GGUF:Phi-3.5-mini-instruct-Q4_K_M.gguf",
        2.4, 5.8, "MIT",
    ),
    Recommended(
        "qwen3-4b",
        "unsloth/Qwen3-4B-Instruct-2507-GGUF:Qwen3-4B-Instruct-2507-Q4_K_M.gguf",
        2.5, 4.0, "Apache 2.0",
    ),
    Recommended(
        "mistral-7b",
        "bartowski/Mistral-7B-Instruct-v0.3-GGUF:Mistral-7B-Instruct-v0.3-Q4_K_M.gguf",
        4.4, 5.8, "Apache 2.0",
    ),
)  # fmt: skip
"""Memory is that of the file and of its context, reckoned from the shape of each model."""


def named(name: str) -> Recommended | None:
    """Return the recommended model of a name."""
    return next((model for model in RECOMMENDED if model.name == name.lower()), None)
