"""The words and patterns of `english.toml`, compiled when they are first needed."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def data() -> dict[str, Any]:
    """Return the file as it is."""
    return tomllib.loads((files("rag.question") / "english.toml").read_text(encoding="utf-8"))


@cache
def compiled(pattern: str, ahead: str = "", behind: str = "") -> re.Pattern[str]:
    """Compile a pattern with the classes of the file in it, letters in either case."""
    for _ in range(3):  # classes name classes
        pattern = re.sub(r"<(\w+)>", _class, pattern)
    return re.compile(f"{ahead}{pattern}{behind}", re.IGNORECASE)


def _class(match: re.Match[str]) -> str:
    return str(data()["classes"].get(match[1], match[0]))


@cache
def words(section: str, name: str) -> frozenset[str]:
    """Return a list of words, in lower case."""
    return frozenset(data()[section][name].lower().split())


@cache
def phrases(section: str, name: str) -> tuple[str, ...]:
    """Return a list of phrases, the longest first."""
    kept = [" ".join(p.split()) for p in data()[section][name].split("|")]
    return tuple(sorted((p for p in kept if p), key=len, reverse=True))
