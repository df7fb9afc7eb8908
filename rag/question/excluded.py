"""What a question leaves out: "without transformers", "other than medical ones", "no fish please".

What a method does without is no exclusion: "learn without labels" asks for just that. The marks,
and the words that tell the two apart, are in `english.toml`, with examples of both. People have
more ways ("satellites don't interest us"), and deny much that they leave in ("I have no time").
Whether a question leaves out anything, and with which words, is therefore also heard as it was
learned (`rag.question.stretches`), by `python -m benchmarks.stretches` from questions written for
it (`tests/gold/exclusions.jsonl`).
"""

import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from rag.question import english, frames, stretches
from rag.question.manners import Encode
from rag.question.stretches import Heard
from rag.question.topics import InContext

WORDS = Path(__file__).with_name("excluded_words.npz")
FILE = Path(__file__).with_name("excluded.npz")

NOTHING = 0.2
"""Probability below which a question leaves out nothing, but for what a sure mark has before it."""

SURELY = 0.95
"""Probability from which it leaves out something, also where no mark is known."""

KEPT = -4.0
"""Mean log odds of the words behind a mark that is not sure below which they are not left out."""

LEAST = 1.0
"""Log odds of the likeliest word below which none is known well enough to be left out unmarked."""

LEANING = 1.0
"""Log odds added for every word to be of what is left out, where a question surely does that."""

Hear = Callable[[str], Heard | None]
"""Returns what is heard of a question; None: only patterns tell."""

_STOP = (
    r"(?:[.?!;)]|,? but\b|\s[-–—]\s|,?\s(?:and\s)?(?:please|thanks?|preferably)\b|"
    r",\s(?:or|and)\s(?:with|in|on|for|using|from)\b|,\s(?:we|i|they|you|since|because|as)\s|"
    r",?\s(?:and|but)\s(?:[\w'’-]+\s){1,4}?(?:(?:has|have|needs?)\sto|must|should)\s(?!not\b))"
)
_RESUMES = re.compile(
    r"\s(?:on|for|in|with|using|from|at|that|which|do|does|use|uses|deal|about|to)\s"
)
_ENDS = re.compile(_STOP)
_AIMS = "purposes|tasks|applications|domains|areas|fields|goals|uses|settings|problems|topics"
"""What is said to be other than something and names nothing: "for purposes other than SLAM"."""

_BEFORE = re.compile(
    r"(?:[\s,;:(–—-]|\b(?:and|but|or|so|also|just|simply|preferably|please|if possible)\b|"
    rf"\b(?:for|in|on|to|from|with)\s(?:any\s|other\s)?(?:{_AIMS})(?=\s*$))*$",
    re.IGNORECASE,
)
_AND = re.compile(r"\s*(?:,|/|,?\s\b(?:and|or|nor|and/or)\b)\s*", re.IGNORECASE)
_WITHOUT = re.compile(r"(?<![\w/])w/o(?:ut)?(?![\w/])", re.IGNORECASE)
_LINK = re.compile(r"^(?:that|which|who|and|but|they) ", re.IGNORECASE)
_DENIES = re.compile(r"(?:(?:that|which|who) )?(?:do|does)(?: not|n['’]t)\b", re.IGNORECASE)
_MINUS = re.compile(r"(?:^|(?<=\s))-(?P<word>[A-Za-z“\"][\w-]*)")
_MEMBER = re.compile(
    rf"(?!(?:papers|works|articles|methods|approaches|techniques|models|ones|things|{_AIMS})\b)"
    r"\b[a-z]\w+s (?:other than|besides|apart from)\s*$"
)
_MORE = re.compile(r"\s*(?:,\s*)?(?:and|or|nor)\s+", re.IGNORECASE)


@cache
def _marks() -> tuple[re.Pattern[str], ...]:
    """Return what stands before an exclusion; the first group of the last is the thing itself."""
    kept = english.data()["excluded"]
    return tuple(
        english.compiled(kept[name], ahead, r"(?![\w-])\s*")
        for name, ahead in (
            ("marks", r"(?<![\w-])"),
            (
                "opening",
                r"(?:^|(?<=[.?!,;(] )|(?<=\()|(?<= and )|(?<= but )|(?<=, so )|(?<= - )|"
                r"(?<= please ))",
            ),
            ("denied", r"(?<![\w-])"),
            ("unlike", r"(?<=\w )"),
        )
    )


def by_patterns(text: str) -> None:
    """Hear nothing of a question, where nothing was learned for the embedding model."""


def heard(text: str, encode: Encode, in_context: InContext) -> Heard | None:
    """Return what is heard of what a question leaves out.

    Parameters
    ----------
    encode, in_context
        The vector of a text, and what its words mean where they stand, by the embedding model that
        this was learned with.
    """
    return stretches.hear(text, signs(text), encode, in_context, WORDS, FILE)


def signs(text: str) -> Sequence[str]:
    """Return what patterns say of a question: whether it leaves out something."""
    return ["pattern"] if _marked(text, None)[1] else []


def split(text: str, hear: Hear = by_patterns) -> tuple[str, tuple[str, ...]]:
    """Part a question that asks for papers from what it leaves out.

    Parameters
    ----------
    hear
        Returns what is heard of it beside the marks.

    Returns
    -------
    tuple
        The question without it, and a phrase for each thing left out.
    """
    text = _WITHOUT.sub("without", text)
    told = hear(text)
    rest, found = _marked(text, told)
    if told is None or found or told.likely[1] < SURELY or float(told.odds.max()) < LEAST:
        return rest, found
    rest = text
    for start, end in reversed(told.stretches(LEANING)):
        if frames.content(text[start:end]):
            rest = f"{rest[:start]} {rest[end:]}"
            found = (*_phrases(text[start:end]), *found)
    return re.sub(r"\s+", " ", rest).strip(), tuple(dict.fromkeys(found))


def _marked(asked: str, told: Heard | None) -> tuple[str, tuple[str, ...]]:
    """Part a question from what its marks leave out."""
    text = asked
    found: list[str] = []
    found += [word for m in _MINUS.finditer(text) if (word := m["word"].strip('“"'))]
    text = _MINUS.sub("", text)
    text = _refused(_involved(text, found), found)
    at = 0
    while mark := _next(text, at):
        end = _end(text, mark.end())
        shorter = _shorter(text, mark, end)
        named = text[mark.start() : shorter]
        kept = not _SURE.match(mark[0].strip()) and _kept(asked, named, len(mark[0]), told)
        if kept or not _leaves_out(text, mark, text[mark.end() : end]):
            head = text[: mark.start()]
            if _DENIES.match(mark[0]) and _described(text[mark.end() : end]):
                text, at = f"{head}without {text[mark.end() :]}", len(head) + len("without ")
            else:
                at = mark.end()
            continue
        end = shorter
        thing = text[mark.end() : end]
        found += _phrases(thing)
        before = _BEFORE.sub("", text[: mark.start()])
        closing = (
            text[end:].lstrip(" )") if text[mark.start() - 1 : mark.start()] == "(" else text[end:]
        )
        closing = _TAIL.sub("", closing)
        if before[-1:] in ".?!":
            closing = closing.lstrip(".?! ")
        joint = "" if closing[:1] in "?!.,;:)" else " "
        text = f"{before}{joint}{closing}".strip()
        at = len(before)
    return re.sub(r"\s+", " ", text).strip(), tuple(dict.fromkeys(found))


_SURE = re.compile(
    r"(?:other than|except|exclud|apart from|aside|besides|leav|omit|ignor|skip|minus|outside)",
    re.IGNORECASE,
)
"""Marks that say nothing else."""


def _kept(asked: str, named: str, mark: int, told: Heard | None) -> bool:
    """Tell whether words behind a mark, of so many characters, were heard not to be left out."""
    if told is None:
        return False
    if told.likely[1] < NOTHING:
        return True
    start = asked.find(named)
    if start < 0:
        return False
    each = zip(told.spans, told.odds, strict=True)
    inside = [odds for (at, _), odds in each if mark <= at - start < len(named)]
    return bool(inside) and float(np.mean(inside)) < KEPT


_AGAIN = re.compile(r"^(?:nothing to do with|not|no|without|neither|nor|other than)\s+", re.I)
_TAIL = re.compile(r"^[\s,]*(?:please|thanks?)\b(?=[\s.?!]*$)", re.IGNORECASE)


def _next(text: str, at: int) -> re.Match[str] | None:
    """Return the next mark, the longest of those that begin there."""
    found = [m for pattern in _marks() if (m := pattern.search(text, at))]
    return min(found, key=lambda m: (m.start(), -m.end()), default=None)


def _involved(text: str, found: list[str]) -> str:
    pattern = english.compiled(english.data()["excluded"]["involved"], r",?\s*\b")
    match = pattern.search(text.rstrip("?!. "))
    if match is None:
        return text
    found += _phrases(match["thing"])
    return text[: match.start()]


def _refused(text: str, found: list[str]) -> str:
    """Take out what is refused beside what is wanted: "lidar yes, cars no"."""
    match = english.compiled(english.data()["excluded"]["yes_no"]).match(text)
    if match is None:
        return text
    found += _phrases(match["thing"])
    return match["wanted"] + text[match.end() :]


def _end(text: str, start: int) -> int:
    ends = _ENDS.search(text, start)
    return ends.start() if ends else len(text)


def _leaves_out(text: str, mark: re.Match[str], thing: str) -> bool:
    """Tell whether what follows a mark is left out, not what a method does without.

    Nor is a member of a class: who asks for "languages other than English" wants papers on these,
    also if they are on English as well; and "not faces only" wants faces and more.
    """
    bare = _generic().sub("", thing.strip(), count=1)
    words = frames.words(bare)
    if not frames.content(bare):
        return False
    if mark[0].strip().lower() == "not" and words[-1].lower() in ("only", "alone"):
        return False
    gerund = re.fullmatch(r"without", mark[0].strip(), re.I) and re.match(r"\w+ing\b", thing)
    if gerund and thing.split()[0].lower() not in ("training", "fine-tuning"):
        using = re.match(r"(?:using|relying|involving|employing)\b", thing, re.I)
        if not using:
            return False
    if _MEMBER.search(text[: mark.end()]) and thing.removeprefix("the ")[:1].isupper():
        return False
    verb = re.search(
        r"(?:with or|needs?|needed|needing|requires?|requiring)\s$", text[: mark.start()]
    )
    if verb and not mark[0].lower().startswith(("do", "never")):
        return False
    if re.search(r"\b(?:need|require|have)\s*$", mark[0], re.I) and not re.match(
        r"(?:which|what)?\s*(?:papers|works)\b", text[: mark.start()], re.I
    ):
        return False
    plain = _LINK.sub("", mark[0].lower().strip())
    if plain.startswith(
        ("without", "no", "with no", "do", "does", "never", "minus")
    ) and not plain.startswith(("nothing", "not")):
        return not _described(bare)
    return True


def _described(thing: str) -> bool:
    """Tell whether a thing is what methods do without: "labels"."""
    lacks = english.words("excluded", "describes")
    return any(word.lower() in lacks for word in frames.words(thing)[:3])


def _shorter(text: str, mark: re.Match[str], end: int) -> int:
    """Return where a thing ends after which the question goes on: "without GANs on KITTI"."""
    thing = text[mark.end() : end]
    skipped = _generic().match(thing)
    start = mark.end() + (skipped.end() if skipped else 0)
    goes_on = _RESUMES.search(text, start, end)
    if goes_on is None:
        return end
    bare_before = not frames.content(frames.topic(_BEFORE.sub("", text[: mark.start()])) or "")
    named = re.match(r"\s(?:on|with|in)\s(?:the\s)?[A-Z\d]", text[goes_on.start() :])
    return goes_on.start() if (bare_before and start == mark.end()) or named else end


@cache
def _generic() -> re.Pattern[str]:
    return english.compiled(english.data()["excluded"]["generic"])


def _phrases(thing: str) -> list[str]:
    """Cut "scans or other medical images" into its parts, without words that only lead up."""
    thing = thing.strip(" ,;:.?!()")
    kept = _generic().match(f"{thing} ")
    inside = re.match(r"(?:inside|outside|between|under)\b", thing, re.I)
    if kept and not inside:
        thing = thing[kept.end() :].strip() if kept.end() <= len(thing) else ""
    parts = (
        [thing] if re.match(r"\w{2,}ing\b.*\b(?:or|and)\b \w+ing\b", thing) else _AND.split(thing)
    )
    trimmed = []
    for part in parts:
        part = _AGAIN.sub("", part.strip())
        lead = _generic().match(f"{part.strip()} ")
        bare = part.strip()[lead.end() :] if lead and not inside else part.strip()
        bare = re.sub(r"\s(?:ones?|papers?|works?|things?|stuff|at all|either)$", "", bare).strip(
            " ,."
        )
        if bare:
            trimmed.append(bare)
    return trimmed
