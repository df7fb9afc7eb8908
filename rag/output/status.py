"""The status of an index as rows of a table, at the terminal and on the page."""

from collections.abc import Iterator, Mapping
from typing import Any

CATEGORIES_SHOWN = 12
"""Categories that are named, the largest."""

LABELS = {
    "index": "Index",
    "format": "Format of the index",
    "papers": "Papers",
    "withdrawn": "Withdrawn",
    "first_day": "First day",
    "last_day": "Last day",
    "categories": "Categories",
    "vectors": "Vectors",
    "embedding": "Embedding model",
    "dimensions": "Dimensions",
    "reranker": "Judge",
    "llm": "Language model",
    "llm_context": "Its context, in tokens",
    "versions": "Versions",
}


def rows(status: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield label and value of all that `rag.library.status.status` knows, in its order."""
    for name, value in status.items():
        if isinstance(value, Mapping):
            yield LABELS[name], _largest(value)
        elif value is not None:
            yield LABELS[name], f"{value:,}" if isinstance(value, int) else str(value)


def _largest(counts: Mapping[str, int]) -> str:
    """Return the first of many counts, and how many more there are."""
    most = list(counts.items())[:CATEGORIES_SHOWN]
    shown = ", ".join(f"{name} {count:,}" for name, count in most)
    more = len(counts) - len(most)
    return f"{shown} and {more:,} more" if more else shown
