"""The status on the page: index, models, versions; and a warning where the model is small."""

from collections.abc import Mapping
from html import escape
from typing import Any

from rag.assistant import Assistant
from rag.library.status import status
from rag.output.status import rows

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
        f"<dt>{escape(label)}</dt><dd>{escape(value)}</dd>"
        for label, value in rows(known(assistant))
    )
    model = assistant.model
    warned = "" if model and model.capable else SMALL if model else NONE
    above = f'<p class="warning">{warned}</p>' if warned else ""
    return {"html": f"{above}<dl>{shown}</dl>"}


def known(assistant: Assistant) -> dict[str, Any]:
    """Return what is in use: index, papers and their days, models, versions."""
    judge, model = assistant.reranker, assistant.model
    return status(
        assistant.library,
        judge.name if judge else "none",
        model.name if model else "none",
        model.context if model else None,
    )
