"""From what a model says, piece by piece, to whole sentences with the numbers they cite.

Models think aloud, write lists and headings, put numbers before or after the full stop, and end in
the middle. What is thought, a tool call or a fence of code is left out; what is a sentence comes
out as one, as soon as it has ended, whatever follows. Whether it is true is not known here.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rag.text.sentences import sentences

LONGEST = 70
"""Words of a sentence; what has not ended by then has lost its way."""

MOST_ALIKE = 2
"""Sentences said before that may come again before the model is taken to go in circles."""

_THOUGHT = ("think", "thinking", "thought", "reasoning", "tool_call", "function_call", "scratchpad")
_OPENS = re.compile(rf"<\|?(?P<what>{'|'.join(_THOUGHT)})\b[^>]*>|```[^\n]*\n?", re.IGNORECASE)
_CLOSES = re.compile(rf"</?\|?/?(?:{'|'.join(_THOUGHT)})\|?>", re.IGNORECASE)
_TAG = re.compile(r"</?\w[^<>]{0,80}>|<\|[^|<>]{0,40}\|>")
_LIST = re.compile(r"^\s*(?:[-*•+]|\d{1,2}[.)]|#{1,6})\s+")
_LABEL = re.compile(r"^\s*(?:answer|summary|synthesis|response|in short|final answer)\s*:\s*", re.I)
_MARKS = re.compile(r"\*\*|__|`|(?<!\w)\*(?=\w)|(?<=\w)\*(?!\w)")
_NUMBERS = r"\[\s*\^?\d+(?:\s*(?:,|;|-|–|and)\s*\[?\^?\d+\]?)*\s*\]"
_REFERENCE = re.compile(rf"\s*({_NUMBERS}(?:\s*(?:,|and)?\s*{_NUMBERS})*)")
_COMING = re.compile(r"\s*\[[\d\s,;–-]*")  # may become a number of the sentence before
_RUN_ON = re.compile(r"(?<=[.!?])(?=\[\d)")


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence without its bracket numbers, and the numbers: each part of it may have its own.

    ``parts`` are the stretches of the sentence, each with the numbers that follow it; one stretch
    where the numbers stand at the end.
    """

    text: str
    parts: tuple[tuple[str, tuple[int, ...]], ...]

    @property
    def numbers(self) -> tuple[int, ...]:
        """All numbers, each once, in their order."""
        return tuple(dict.fromkeys(n for _, numbers in self.parts for n in numbers))


def said(pieces: Iterable[str]) -> Iterator[Said]:
    """Yield the sentences of a stream as they end; what has no end when it stops is left out."""
    before: dict[str, int] = {}
    for text in _sentences(_spoken(pieces)):
        sentence = read(text)
        if sentence is None:
            continue
        again = " ".join(re.findall(r"\w+", sentence.text.lower()))
        before[again] = before.get(again, 0) + 1
        if before[again] > MOST_ALIKE:
            return
        if before[again] == 1:
            yield sentence


def read(text: str) -> Said | None:
    """Return a sentence as it is to be shown, with its numbers; None for what is none.

    >>> read("- **LoFTR** matches without detectors [2], [3].").numbers
    (2, 3)
    """
    text = _MARKS.sub("", _LABEL.sub("", _LIST.sub("", _TAG.sub("", text))))
    text = " ".join(text.split())
    if text.startswith(("{", "[{", "|")) or "://" in text or "](" in text:
        return None
    leading = re.match(rf"(?:{_NUMBERS}\s*)+[:.]?\s*", text)
    before = _read_numbers(leading[0]) if leading else ()  # "[1] LoFTR matches": some begin with it
    text = text[leading.end() :] if leading else text
    parts, start = [], 0
    for found in _REFERENCE.finditer(text):
        stretch = text[start : found.start()].strip(" ,;.")
        numbers = _read_numbers(found[1])
        if stretch:
            parts.append((stretch, numbers))
        elif parts:
            parts[-1] = (parts[-1][0], parts[-1][1] + numbers)
        start = found.end()
    if before and not any(numbers for _, numbers in parts):
        parts, start = [(text.strip(" ,;."), before)], len(text)
    rest = text[start:].strip()
    if re.search(r"\w", rest):
        parts.append((rest.rstrip(". "), ()))
    whole = " ".join(_REFERENCE.sub(" ", text).split())
    whole = re.sub(r"\s+([,.;:!?)])", r"\1", whole).strip(" ,;")
    if not parts or len(whole.split()) > LONGEST or not re.search(r"\w", whole):
        return None
    if whole[-1] not in ".!?":
        if rest and not parts[-1][1]:  # it breaks off: no number and no end
            return None
        whole += "."
    return Said(whole[:1].upper() + whole[1:], tuple(parts))


def _read_numbers(text: str) -> tuple[int, ...]:
    found: list[int] = []
    for first, last in re.findall(r"(\d{1,6})(?:\s*[-–]\s*(\d{1,6}))?", text):
        reach = range(int(first), int(last or first) + 1)
        found += reach if len(reach) < 20 else [int(first)]
    return tuple(dict.fromkeys(found))


def _spoken(pieces: Iterable[str]) -> Iterator[str]:
    """Yield what is said to the reader: no thoughts, no calls, no code."""
    held, inside = "", False
    for piece in pieces:
        held += piece
        while True:
            if inside:
                closes = _CLOSES.search(held) or re.search(r"```", held)
                if not closes:
                    held = held[-30:]
                    break
                held, inside = held[closes.end() :], False
            opens = _OPENS.search(held)
            if not opens:
                lone = _CLOSES.search(held)  # some leave out the beginning of their thoughts
                if lone:
                    held = held[lone.end() :]
                    yield "\f"
                    continue
                keep = held.rfind("<") if "<" in held[-30:] else held.rfind("`", -3)
                cut = keep if keep >= 0 else len(held)
                if cut:
                    yield held[:cut]
                held = held[cut:]
                break
            yield held[: opens.start()]
            held, inside = held[opens.end() :], True
    if held and not inside and not held.startswith(("<", "`")):
        yield held


def _sentences(pieces: Iterable[str]) -> Iterator[str]:
    """Yield stretches of text that have ended, each a sentence with the numbers around its end."""
    held = ""
    for piece in pieces:
        if piece == "\f":  # all before was a thought
            held = ""
            continue
        held = _RUN_ON.sub(" ", held + piece)
        while (cut := _whole(held)) is not None:
            sentence, held = held[:cut], held[cut:]
            if sentence.strip():
                yield sentence
    for start, end in _spans(held):
        last = held[start:end]
        if re.search(rf"[.!?]\W*$|{_NUMBERS}\W*$", last):
            yield last


def _whole(held: str) -> int | None:
    """Return where the first sentence of a text ends for certain: something follows it."""
    line = held.find("\n")
    spans = _spans(held if line < 0 else held[:line])
    if len(spans) > 1 and not _COMING.fullmatch(held[spans[0][1] :]):
        return spans[0][1]
    return line + 1 if line >= 0 else None


def _spans(text: str) -> list[tuple[int, int]]:
    """Return the sentences of a text; numbers after a full stop belong to what they follow."""
    found: list[tuple[int, int]] = []
    for start, end in sentences(text):
        leading = re.match(rf"(?:\s*{_NUMBERS})+[.]?", text[start:end])
        if leading and found and not re.search(rf"{_NUMBERS}\W*$", text[slice(*found[-1])]):
            found[-1] = (found[-1][0], start + leading.end())
            start += leading.end()
            if not text[start:end].strip():
                continue
        found.append((start, end))
    return found
