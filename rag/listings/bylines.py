"""Lists of names among other text: whether something is one, and which part of a line is.

The names in it are read by `people.py`.
"""

import re
from itertools import groupby

from rag.core.names import PARTICLES
from rag.listings.people import are_pairs

_ET_AL = re.compile(r",?\s*\bet\.? ?al\b\.*", re.IGNORECASE)
_NAME = re.compile(
    rf"(?:(?:[A-ZÀ-ÖØ-ÞΑ-ΩЀ-Я][\w.'’-]*|{'|'.join(sorted(PARTICLES))}|d'[A-Z]\w+)"
    r"(?:\s+|$)){1,6}"
)
_NO_NAMES = re.compile(
    r"\b(?:Best|Oral|Spotlight|Highlight|Award|Paper|Poster|Workshop|Conference|Journal|Proceedings"
    r"|University|Institute|College|Laborator(?:y|ies)|Labs?|Research|Official|Code|Project|Page"
    r"|Survey|New|Updated|Accepted|Nature|Science|Transactions|Letters|arXiv|Learning|Vision)\b"
)
_BETWEEN_NAMES = re.compile(r"\s*(?:[,;&]|\band\b)\s*")
_AROUND_NAMES = " |·•,:;-–—"


def without_others(text: str) -> str:
    """Return a list of names without what stands for the rest of them, wherever that is.

    >>> without_others("Ann Roe et.al.")
    'Ann Roe'
    """
    return _ET_AL.sub("", text)


def run_of_names(text: str) -> str:
    """Return the longest list of names among what commas divide.

    >>> run_of_names("2024-05-17, Ann Roe, Bob Poe et al., Paper:")
    'Ann Roe, Bob Poe'
    """
    parts = [
        re.sub(r"^(?:by|and)\b", "", part.strip(_AROUND_NAMES)).strip(_AROUND_NAMES)
        for part in without_others(text).split(",")
    ]
    runs = groupby(parts, lambda part: len(part.split()) > 1 and are_names(part))
    named = [[*run] for are_all, run in runs if are_all]
    longest = max(named, key=len, default=[])
    return ", ".join(longest)


def are_names(text: str) -> bool:
    """Tell whether a text is a list of names: a few words each, in capitals, and most of them full.

    >>> are_names("Ann Roe, B. van der Poe and Cy Doe"), are_names("Best Paper"), are_names("A map")
    (True, False, False)
    """
    text = without_others(text).strip(" ,;")
    parts = [part for part in _BETWEEN_NAMES.split(text) if part]
    if len(parts) > 1 and are_pairs(parts):  # Roe, A., Poe, B.
        return all(map(_NAME.fullmatch, parts[::2]))
    if not parts or any(not _NAME.fullmatch(part) for part in parts):
        return False
    if _NO_NAMES.search(text):
        return False
    full = sum(1 for part in parts if len(part.split()) > 1)
    return full * 2 > len(parts) and all(len(part.split()) <= 5 for part in parts) and not (
        len(parts) == 1 and len(text.split()) > 4
    )  # fmt: skip
