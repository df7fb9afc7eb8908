"""The fields of a record under plain names, however its program writes them, and what they say."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

_TEXTS = (
    "value", "@value", "text", "#text", "title", "name", "displayname", "display_name",
    "description", "content",
)  # fmt: skip
"""What the text of an object is filed under."""

_QUALIFIED = re.compile(r"^[A-Za-z]\w{0,20}:(?=[A-Za-z])|_(?:s|ss|t|txt|i|dt|str)$")
_ONLY_WHOLE = ("name", "display_name", "displayname", "value", "text")


def fields(record: Mapping[str, object]) -> dict[str, object]:
    """Return a record under plain names, small letters and digits only; the first of each counts.

    A name is also known without what a program puts around it.

    >>> fields({"arXiv ID": 1, "arxiv_id": 2}), fields({"dc:title": "A"})["title"]
    ({'arxivid': 1}, 'A')
    """
    plain = dict[str, object]()
    for name, value in record.items():
        plain.setdefault(plain_name(name), value)
    for name, value in record.items():
        for other in _unqualified(name):
            plain.setdefault(other, value)
    return plain


@lru_cache(maxsize=1000)
def _unqualified(name: str) -> tuple[str, ...]:
    """Return what a name is without a prefix of XML's, a type of Solr's, or as the end of a path.

    >>> _unqualified("dc:title"), _unqualified("title_s"), _unqualified("a.source.display_name")
    (('title',), ('title',), ('sourcedisplayname', 'source'))
    """
    bare = _QUALIFIED.sub("", name)
    *path, last = bare.split(".")
    if path and last in _ONLY_WHOLE:
        return plain_name(f"{path[-1]}{last}"), plain_name(path[-1])
    return (plain_name(last),) if path or bare != name else ()


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
