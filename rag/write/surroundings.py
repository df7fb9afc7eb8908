"""What stands around a name or a number: the words, each weighing less with distance.

A comma, an "and", another name or number in between count as words. What the check of a sentence
compares is how much of the surroundings a sentence and an abstract have in common.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.text.words import words
from rag.write import denials, details
from rag.write.details import EMPTY, Number

FENCE, CROSSED = 2, 4
"""Words for which a comma or an "and", and another of its kind, count between two things."""

FENCES = re.compile(r"[;:,(]|\b(?:and|but|while|whereas|although)\b")
_CONTRASTS = re.compile(r"\b(?:but|while|whereas|although)\b")  # these count twice
_INITIALS_PLURAL = re.compile(r"(?<=[A-Z])s$")


@dataclass(frozen=True, slots=True)
class Name:
    """A name of one or more words, the number that belongs to it included: "NYU Depth V2"."""

    parts: frozenset[str]
    start: int
    end: int

    def matches(self, other: "Name") -> bool:
        """Tell whether two names may be of one thing: one may be the other in brief."""
        return self.parts <= other.parts or other.parts <= self.parts


def names(text: str) -> list[Name]:
    """Return the names of a text, those that follow each other as one."""
    found: list[Name] = []
    spans = [(at, at + len(word)) for word, at in details.names(text)]
    spans += [(n.start, n.end) for n in details.numbers(text) if in_name(text, n)]
    for start, end in sorted(spans):
        part = frozenset({details.bare(_INITIALS_PLURAL.sub("", text[start:end]))})
        if found and text[found[-1].end : start] == " ":
            found[-1] = Name(found[-1].parts | part, found[-1].start, end)
        else:
            found.append(Name(part, start, end))
    return found


def in_name(text: str, number: Number) -> bool:
    """Tell whether a number belongs to the name before it: "VOC 2007", "Task 1"."""
    before = re.search(r"([A-Z][\w-]*) $", text[: number.start])
    return (
        before is not None
        and not number.unit
        and before[1] not in details.PLAIN_CAPITALS
        and text[number.start].isdigit()
    )


def around(text: str, start: int, end: int, others: Sequence[Name | Number]) -> dict[str, float]:
    """Return the stems around a stretch, each with its weight: less with distance and commas.

    What is denied is there as its contrary, "without labels" as "unlabeled". ``others`` are those
    that share the words out: what stands beyond one of them counts little.
    """
    found: dict[str, float] = {}
    denied = {word.start for reach in denials.reaches(text) for word in reach.words}
    for word in words(text):
        if word.text.lower() in EMPTY or (word.start < end and word.end > start):
            continue
        span = (word.start, word.end)
        low, high = (end, word.start) if word.start >= end else (word.end, start)
        crossed = sum(low <= n.start and n.end <= high for n in others)
        weight = 1 / (1 + between(text, span, (start, end)) + CROSSED * crossed)
        root = f"un{word.stem}" if word.start in denied else word.stem
        found[root] = max(found.get(root, 0.0), weight)
    return found


def between(text: str, one: tuple[int, int], other: tuple[int, int]) -> int:
    """Return how far two spans are apart, in words."""
    between = text[one[1] : other[0]] if one[0] < other[0] else text[other[1] : one[0]]
    fences = len(FENCES.findall(between)) + len(_CONTRASTS.findall(between))
    return len(between.split()) + FENCE * fences


def alike(one: dict[str, float], other: dict[str, float]) -> float:
    """Return how much two surroundings have in common."""
    return sum(min(weight, other[stem]) for stem, weight in one.items() if stem in other)
