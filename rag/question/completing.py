"""What a follow-up leaves out, put in from the earlier question: "and for video?", "except LoFTR".

``elliptic`` swaps or adds a part, ``less`` leaves more out, ``renamed`` asks the same of another
name. Filters stay behind what they restrict. What is only pointed to is the business of
`references`.
"""

import re
from collections.abc import Iterable, Sequence

from rag.core.filters import Known
from rag.core.questions import Kind
from rag.question import english, excluded, frames, names
from rag.question import filters as restricting
from rag.question.parsing import read
from rag.question.turns import Turn
from rag.text.words import stems

LONGEST_ELLIPSIS = 8
"""Words of a follow-up that only swaps a part of the earlier question."""

_FILLERS = (
    r"(?:and|but|or|so|ok(?:ay)?|now|also|only|just|then|please|what\sabout|how\sabout|what\sif|instead|"
    r"what|how|those|the|ones?|of\sthem|show|list|give|find|me|are|is|were|there|any|which|"
    r"published)"
)
OPENING = re.compile(
    r"^(?:(?:ok(?:ay)?|and|but|or|so|now|also|only|just|then|what\sabout|how\sabout|what\sif|"
    r"the\ssame)\b[\s,:]*)+",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"^(?:which|what|who|whose|when|where|why|how|do|does|did|is|are|was|were|can|could|has|have|tell|"
    r"show|list|find|give|explain|summari[sz]e|describe|compare|(?:at|by|on|in|over|with|for|to)\s"
    r"(?:how|which|what))\b|\b(?:papers?|works|articles)\b",
    re.IGNORECASE,
)
_ALIKE = (
    ("with", "using", "via", "use", "uses", "by means of", "based on", "employ", "employs"),
    ("for",),
    ("on", "about", "address", "addresses", "tackle", "tackles", "concern", "deal with"),
    ("in",),
    ("from",),
    ("under",),
)
_BOUNDARY = (
    r"(?:for|in|on|with|by|to|from|of|via|using|use|uses|through|under|during|against|that|which|"
    r"who|where|when|while|as|than|without)"
)
QUOTED = re.compile(r"“[^”]+”(?:’s)?")
OF_ONE: tuple[Kind, ...] = ("fact", "explain", "yes-no", "record")


def less(text: str, last: Turn, known: Known) -> str:
    """Leave more out of the last search: "and without transformers?", "except TransMOT"."""
    opening = OPENING.match(text)
    phrase = (text[opening.end() :] if opening else text).rstrip(" ?!.")
    found = restricting.find(phrase, known)
    papers = [f for f in found if f.about == "left out"]
    rest, things = excluded.split(restricting.without(phrase, found))
    if not (papers or things) or frames.content(rest) or len(phrase.split()) > LONGEST_ELLIPSIS:
        return ""
    base, suffix = parted(last.question, known)
    said = {stem for thing in things for stem in stems(thing)}
    wanted = read(base) if base else None
    if wanted and said and said & set(stems(wanted.topic)):
        kept = [p for p in wanted.parts if not said & set(stems(p))]
        if wanted.genres:
            for part in (p for p in wanted.parts if p not in kept):
                base = re.sub(rf"(?:\s*,|\s+and|\s+or)?\s+{re.escape(part)}(?!\w)", "", base)
        else:
            base = f"papers on {' and '.join(kept)}" if kept else "papers"
    joint = "," if re.match(r"(?:no|neither|nor)\b", phrase, re.IGNORECASE) else ""
    return f"{base}{suffix}{joint} {phrase}"


def about_paper(asked_names: str, last: Turn) -> str:
    """Ask of a paper what was asked of another one, or else for an account of it."""
    if last.kind in OF_ONE:
        swapped = renamed(last, asked_names)
        if swapped != last.question:
            return swapped
    return f"tell me more about {asked_names}"


def renamed(last: Turn, name: str) -> str:
    """Put another name in the place of the one that the last question is about."""
    if QUOTED.search(last.question):
        return QUOTED.sub(name, last.question, count=1)
    subjects = [n for n in read(last.question).subjects if n in last.question]
    if subjects:
        return last.question.replace(subjects[0], name, 1)
    if coined := names.first_coined(last.question):
        return last.question.replace(coined, name, 1)
    if found := english.compiled(english.data()["followups"]["subject"]).search(last.question):
        return f"{last.question[: found.start('name')]}{name}{last.question[found.end('name') :]}"
    return last.question


def elliptic(text: str, last: Turn, search: Turn, known: Known) -> str:
    """Complete what is no question by itself from the last one, or from the last search."""
    opening = OPENING.match(text)
    phrase = text[opening.end() :] if opening else text
    phrase = phrase.rstrip(" ?!.")
    if narrows(phrase, known):
        return narrowed(phrase, search, known)
    if _QUESTION.search(phrase) or not 0 < len(phrase.split()) <= LONGEST_ELLIPSIS:
        return text
    if re.match(rf"{_BOUNDARY}\s", phrase, re.IGNORECASE):
        last = search
    base, suffix = parted(last.question, known)
    if last.kind in OF_ONE:  # its paper is part of the question
        base, suffix = last.question.rstrip(" ?!."), ""
    if longer := _longer(base, phrase, bare=opening is None):
        return f"{longer}{suffix}"
    if opening is None:
        return text
    if last.kind in OF_ONE:
        return renamed(last, phrase)
    if names.is_coined(phrase):
        return f"tell me more about {phrase}"
    replaced = _other_concept(base, phrase)
    return f"{replaced}{suffix}" if replaced else text


def _longer(base: str, phrase: str, bare: bool) -> str:
    """Put a phrase that begins with a preposition into a question; empty if it begins with none."""
    for alike in _ALIKE:
        if found := re.match(rf"(?:{'|'.join(alike)})\s(?=\w)", phrase, re.IGNORECASE):
            swapped = _swapped(base, alike, found[0].strip(), phrase[found.end() :])
            return swapped or f"{base} {phrase}"
    if bare and not phrase.lower().startswith("without "):
        return ""
    return f"{base} {phrase}" if re.match(rf"{_BOUNDARY}\s", phrase, re.IGNORECASE) else ""


def _swapped(base: str, alike: Sequence[str], word: str, thing: str) -> str:
    """Replace what follows the same preposition, or one that means as much; empty if none does."""
    pattern = re.compile(
        rf"\b(?P<word>{'|'.join(alike)})\s(?P<thing>(?:(?!\b{_BOUNDARY}\b)[^?!.,;:])+)",
        re.IGNORECASE,
    )
    found = list(pattern.finditer(base))
    if not found:
        return ""
    at = found[-1]
    rest = base[at.end() :]
    return f"{base[: at.start()]}{at['word']} {thing}{' ' if rest[:1].isalnum() else ''}{rest}"


def _other_concept(base: str, phrase: str) -> str:
    """Replace what shares a word with the phrase, else what the question names last."""
    new, named = set(stems(phrase)), read(base)
    parts = named.parts or ((named.topic,) if named.topic else ())
    if not parts:
        return ""
    alike = [part for part in parts if new & set(stems(part))]
    concept = re.split(r"\s+or\s+", (alike or parts)[-1])
    spans = [
        found.span()
        for words in concept
        if (found := re.search(r"\W+(?:\w+\W+){0,2}?".join(map(re.escape, words.split())), base))
    ]
    if not spans:
        return ""
    return base[: min(s for s, _ in spans)] + phrase + base[max(e for _, e in spans) :]


def narrows(phrase: str, known: Known) -> bool:
    """Tell whether a phrase is filters and nothing else."""
    found = restricting.find(phrase, known)
    if not found or any(f.about == "papers" for f in found):
        return False
    rest = restricting.without(phrase, found)
    return only_fillers(rest) and "papers" not in phrase.lower()


def only_fillers(text: str) -> bool:
    """Tell whether a text holds nothing but words that lead up to what a follow-up names."""
    return not re.search(r"\w", re.sub(rf"\b{_FILLERS}\b", "", text, flags=re.IGNORECASE))


def narrowed(phrase: str, last: Turn, known: Known) -> str:
    """Add filters to the last question, in the place of those that say the same kind of thing."""
    new = restricting.find(phrase, known)
    base, suffix = parted(last.question, known, without={f.about for f in new})
    return f"{base}{suffix}{''.join(f.phrase for f in new)}"


def parted(text: str, known: Known, without: Iterable[str] = ()) -> tuple[str, str]:
    """Return a question without its filters and end mark, and the filters to stand behind it."""
    found = restricting.find(text, known)
    base = restricting.without(text, found).rstrip(" ?!.")
    return base, "".join(f.phrase for f in found if f.about not in set(without))
