"""Where a question says "in my NAME": the tag that it means, and the question without it."""

import re
from collections.abc import Iterable

_TAIL = r"(?:\s+(?:list|collection|tag|papers|library|folder))?"


def taken_out(text: str, tags: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    """Return a question without its "in my NAME", and the tags that it names.

    Parameters
    ----------
    tags
        The tags that there are; another name is left in the question.

    >>> taken_out("which papers in my Reading list use transformers?", ["reading", "later"])
    ('which papers use transformers?', ('reading',))
    """
    found = []
    for tag in sorted(tags, key=len, reverse=True):
        name = r"\s+".join(map(re.escape, tag.split()))
        said = re.compile(
            rf"\s*,?\s*\b(?:in|from|among|of|within) my [\"'“‘]?{name}[\"'”’]?{_TAIL}(?!\w)",  # noqa: RUF001
            re.IGNORECASE,
        )
        text, count = said.subn("", text)
        found += [tag] if count else []
    return text.strip(), tuple(found)
