"""The phrases of a topic that have to come together: "transformers" and "tracking"."""

import re

from rag.question import frames

_BOUNDARY = re.compile(
    r"\s*(?:[,;:()]|\s[-–—/]\s|(?<![\w-])(?:for|in|on|with|by|to|from|of|via|using|uses?|used|at|into|through|"
    r"over|under|during|against|between|among|that|which|who|whose|where|when|while|is|are|was|were|"
    r"do|does|did|can|could|has|have|and|as|than|so|based|such|like|how|what|whether|if)(?![\w’'-]))\s*",
    re.IGNORECASE,
)
_LISTED = re.compile(r",\sor\s|,\s(?=[^;:]*\bor\b)", re.IGNORECASE)
_ASIDE = re.compile(r"\s*\((?=[^()]*(?:,|/|\b(?:or|and|vs|versus)\b))[^()]*\)")
"""A list in brackets: it says what the phrase before it may be, and need not come together."""

_SAME = re.compile(
    r",?\s\((?P<in>[^()]+)\)|,\s(?:i\.?e\.?,?|that\sis,?|aka|also\sknown\sas|so[-\s]called)\s|"
    r",\s(?=(?:the|an?)\s)",
    re.IGNORECASE,
)
"""Where a thing is named once more: "entanglement, the spooky connection", "heartbeats (ECG)"."""

_MOST_PARTS = 4
_LONGEST_PART = 5  # words; a longer stretch is a clause, not a phrase


def parts(topic: str) -> tuple[str, ...]:
    """Return the phrases of a topic that have to come together; the topic if it is not clear."""
    if not topic:
        return ()
    plain = _ASIDE.sub(" ", topic) if frames.content(_ASIDE.sub(" ", topic)) else topic
    plain = _SAME.sub(_once_more, frames.literal(plain.strip(" ?!.")))
    pieces = _BOUNDARY.split(_LISTED.sub(" or ", plain))
    found = [piece for said in pieces if (piece := _phrase(said))]
    clear = 0 < len(found) <= _MOST_PARTS and all(
        len(p.split()) <= _LONGEST_PART + 4 for p in found
    )
    return tuple(dict.fromkeys(found)) if clear else (topic,)


def _once_more(match: re.Match[str]) -> str:
    """Return what links a thing to its other name: of the two one is enough."""
    return f" or {match['in']}" if match["in"] else " or "


def _phrase(said: str) -> str:
    """Return a phrase without words at its ends that carry no meaning; empty if none does."""
    words = said.split()
    while words and frames.is_stop(words[0].strip(",;:.?!")):
        words.pop(0)
    while words and frames.is_stop(words[-1].strip(",;:.?!")):
        words.pop()
    phrase = " ".join(words).strip(" ,;:.?!")
    return phrase if frames.content(phrase) else ""


def framing(word: str) -> bool:
    """Tell whether a word frames what is said and names nothing in it."""
    return frames.is_stop(word) or bool(_BOUNDARY.fullmatch(word))
