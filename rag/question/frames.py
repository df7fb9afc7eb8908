"""What only frames a question: "Could you please list", "I was wondering whether anyone has".

``topic`` takes it off from both ends of each sentence and leaves what is asked about in its own
words and their order. A frame is a pattern in `english.toml` and holds no word of any topic; where
nothing matches, everything stays: a lost word of the topic does more harm than a frame left on.
"""

import re
from dataclasses import dataclass
from functools import cache

from rag.question import english

_SENTENCES = re.compile(r"(?<=[.?!])\s+(?=[A-Z“\"(])")
_MARKS = " ,;:.?!–—"
_WORD = re.compile(r"[^\W_]+(?:[-'’+./^][^\W_]+)*\+*", re.UNICODE)


@dataclass(frozen=True, slots=True)
class _Frames:
    start: tuple[re.Pattern[str], ...]
    link: tuple[re.Pattern[str], ...]
    end: tuple[re.Pattern[str], ...]
    sentence: tuple[re.Pattern[str], ...]


@cache
def _frames(manner: bool) -> _Frames:
    """Return the frames of manner, or all of them."""
    kept = [f for f in english.data()["frame"] if not manner or f.get("manner")]
    edges = {"start": ("", ""), "link": ("", ""), "end": ("", "$"), "sentence": ("", "")}
    return _Frames(
        *(
            tuple(english.compiled(f["pattern"], *edges[at]) for f in kept if f["at"] == at)
            for at in ("start", "link", "end", "sentence")
        )
    )


def plain(text: str) -> str:
    """Return a question without greetings, politeness and what the asker says of himself."""
    return _joined(text, _frames(manner=True)) or text


def topic(text: str) -> str:
    """Return what a question that asks for papers is about; empty if it names nothing."""
    return _joined(text, _frames(manner=False))


def content(text: str) -> list[str]:
    """Return the words of a text that carry meaning, as written; idioms carry none."""
    stop = english.words("words", "stop")
    return [w for w in _WORD.findall(literal(text)) if w.lower() not in stop]


def literal(text: str) -> str:
    """Return a text without idioms, whose words mean something else together."""
    for idiom in _idioms():
        text = idiom.sub(" ", text)
    return text


def words(text: str) -> list[str]:
    """Return all words of a text."""
    return _WORD.findall(text)


def is_stop(word: str) -> bool:
    """Tell whether a word carries no meaning of its own."""
    return word.lower() in english.words("words", "stop")


@cache
def _idioms() -> tuple[re.Pattern[str], ...]:
    said = english.phrases("words", "idioms")
    return tuple(re.compile(rf"\b{re.escape(p)}\b", re.IGNORECASE) for p in said)


def sentences(text: str) -> list[str]:
    """Cut a question into its sentences."""
    return [s for s in _SENTENCES.split(text) if s.strip()]


def _joined(text: str, frames: _Frames) -> str:
    """Take the frames off every sentence, and sentences away that are nothing else."""
    kept = [
        bare
        for sentence in sentences(text)
        if not any(p.fullmatch(sentence.strip(_MARKS)) for p in frames.sentence)
        and (bare := _bare(sentence, frames))
    ]
    if any(map(content, kept)):
        kept = [sentence for sentence in kept if content(sentence)]
    whole = " ".join(s if s[-1:] in ".?!" else f"{s}." for s in kept[:-1])
    last = kept[-1] if kept else ""
    return f"{whole} {last}".strip()


def _bare(sentence: str, frames: _Frames) -> str:
    """Take frames off both ends until none is left."""
    text, links = sentence.strip(), False
    while True:
        shorter, which = _ahead(text, frames.start)
        shorter = _behind(shorter, frames.end)
        links = links or (which is not None and which not in _manner())
        if shorter == text and links:
            shorter, _ = _ahead(text, frames.link)
        if shorter == text:
            return text.strip(_MARKS) if frames.link else text
        text = shorter


@cache
def _manner() -> frozenset[re.Pattern[str]]:
    return frozenset(_frames(manner=True).start)


def _ahead(text: str, patterns: tuple[re.Pattern[str], ...]) -> tuple[str, re.Pattern[str] | None]:
    padded = f"{text.lstrip(' ,;:–—-')} "
    found = [match for pattern in patterns if (match := pattern.match(padded))]
    longest = max(found, key=lambda match: match.end(), default=None)
    if longest is None:
        return text, None
    return padded[longest.end() :].strip(), longest.re


def _behind(text: str, patterns: tuple[re.Pattern[str], ...]) -> str:
    padded = f" {text.rstrip(_MARKS)}"
    for pattern in patterns:
        if found := pattern.search(padded):
            return padded[: found.start()].strip()
    return text
