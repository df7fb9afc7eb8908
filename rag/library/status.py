"""What an index holds and what it is used with, as one object: `rag status`, the page, the API."""

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from rag.errors import masked
from rag.library import Library

PACKAGES = ("arxiv-rag", "chromadb", "gradio", "llama-cpp-python", "onnxruntime", "tantivy")
"""Packages whose versions somebody who helps will ask for."""


def status(library: Library, reranker: str, llm: str, context: int | None = None) -> dict[str, Any]:
    """Return what is in use; every value but ``categories`` is a number, a text or None.

    Parameters
    ----------
    reranker, llm
        The judge and the language model, as they are to be named.
    context
        Tokens that the language model reads at once, if it is loaded.
    """
    first, last = library.days()
    return {
        "index": str(library.path),
        "format": library.identity.format,
        "papers": len(library),
        "withdrawn": library.store().withdrawn,
        "first_day": first.isoformat() if first else None,
        "last_day": last.isoformat() if last else None,
        "categories": library.categories(),
        "vectors": masked(library.server or str(library.path / "vectors")),
        "embedding": library.identity.model,
        "dimensions": library.identity.dimensions,
        "reranker": reranker,
        "llm": masked(llm),
        "llm_context": context,
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
