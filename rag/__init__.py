"""Answers questions about research papers from their abstracts, and proves every sentence.

>>> from rag import Assistant
>>> Assistant.open().ask("which papers use transformers for tracking")  # doctest: +SKIP
"""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.core.answers import Answer, Citation, Claim, Quote
    from rag.errors import RagError

# onnxruntime reports to its makers from its import on, and Chroma may import it first.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

__all__ = ["Answer", "Assistant", "Citation", "Claim", "Quote", "RagError"]


def __getattr__(name: str) -> object:
    """Import on first use what takes long to import."""
    from importlib import import_module

    homes = {"Assistant": "rag.assistant", "RagError": "rag.errors"}
    if name not in __all__:
        raise AttributeError(f"module 'rag' has no attribute {name!r}")
    return getattr(import_module(homes.get(name, "rag.core.answers")), name)
