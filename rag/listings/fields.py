"""The fields of a record under plain names, however its program writes them, and what they say."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

_TEXTS = (
    "value", "text", "title", "name", "displayname", "display_name", "description", "content",
)  # fmt: skip
"""What the text of an object is filed under."""


def fields(record: Mapping[str, object]) -> dict[str, object]:
    """Return a record under plain names, small letters and digits only; the first of each counts.

    >>> fields({"arXiv ID": 1, "arxiv_id": 2})
    {'arxivid': 1}
    """
    plain = dict[str, object]()
    for name, value in record.items():
        plain.setdefault(plain_name(name), value)
    return plain


@lru_cache(maxsize=1000)  # a file has the same few names in every record
def plain_name(name: str) -> str:
    """Return the small letters and digits of a name."""
    return re.sub(r"[\W_]", "", name.lower())


def first(named: Mapping[str, object], names: Iterable[str]) -> str:
    """Return what the first of some fields that says anything says; empty if none does."""
    return next((found for name in names if (found := as_text(named.get(name)))), "")


def as_text(value: object) -> str:
    """Return what a value says: a text, a number, or what an object or a list of one holds."""
    if isinstance(value, list):
        value = value[0] if value and not isinstance(value[0], list) else ""
    if isinstance(value, dict):
        value = next((value[name] for name in _TEXTS if isinstance(value.get(name), str)), "")
    return (
        str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    )
