"""What the page is made from: index, models, versions; and a warning where the model is small."""

import platform
from collections.abc import Mapping
from html import escape
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from rag.assistant import Assistant

PACKAGES = ("arxiv-rag", "gradio", "chromadb", "tantivy", "llama-cpp-python", "onnxruntime")

LABELS = {
    "index": "Index",
    "format": "Format of the index",
    "papers": "Papers",
    "first_day": "First day",
    "last_day": "Last day",
    "embedding": "Embedding model",
    "dimensions": "Dimensions",
    "llm": "Language model",
    "llm_context": "Its context, in tokens",
    "versions": "Versions",
}

SMALL = (
    "The language model in use is a small one: it writes one plain sentence about a paper, and "
    "often has to be replaced by a quotation. A model of three billion parameters or more writes "
    "better, and joins papers in one text: start with "
    "<code>RAG_LLM=/path/to/model.gguf rag ui</code>, or name an OpenAI-compatible server as in "
    "<code>RAG_LLM=http://127.0.0.1:8080/v1</code>."
)
NONE = (
    "No language model is in use: answers are quotations alone. Start without "
    "<code>RAG_LLM=none</code> for sentences in a model’s words."
)


def facts(assistant: Assistant, _asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is in use as HTML: a warning if one is due, and a table."""
    shown = "".join(
        f"<dt>{LABELS[name]}</dt><dd>{escape(str(value))}</dd>"
        for name, value in known(assistant).items()
        if value is not None
    )
    model = assistant.model
    warned = "" if model and model.capable else SMALL if model else NONE
    above = f'<p class="warning">{warned}</p>' if warned else ""
    return {"html": f"{above}<dl>{shown}</dl>"}


def known(assistant: Assistant) -> dict[str, Any]:
    """Return what is in use: index, papers and their days, models, versions."""
    library = assistant.library
    identity, model = library.identity, assistant.model
    first, last = library.days()
    return {
        "index": str(library.path),
        "format": identity.format,
        "papers": len(library),
        "first_day": first.isoformat() if first else None,
        "last_day": last.isoformat() if last else None,
        "embedding": identity.model,
        "dimensions": identity.dimensions,
        "llm": model.name if model else None,
        "llm_context": model.context if model else None,
        "versions": ", ".join([f"Python {platform.python_version()}", *_versions()]),
    }


def _versions() -> list[str]:
    found = []
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return found
