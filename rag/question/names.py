"""Names in a question: what was coined ("LoFTR", "IA-RED2"), quoted, or is a title of the index."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rag.core.identifiers import arxiv_id

_COINED = re.compile(
    r"(?<![\w-])(?:(?:"
    r"[A-Z]*[a-z]+[A-Z][\w+]*|"  # LoFTR, pySLAM, BrickGPT
    r"[A-Z]{2,}[a-z]+[A-Z\d]*[\w+]*|"
    r"\d+[A-Z]{2,}[a-z]{2,}[\w+]*|"  # 3DMatch
    r"[A-Za-z]+\d+[\w+]*|[A-Za-z]\w*\+{1,2}|[A-Z]{2,}"  # YOLO9000, MeanShift++, NEAS
    r")(?:-[A-Z\d][\w+]*)*|"
    r"[A-Z]{1,3}[a-z]?-[A-Z][\w+]*(?:-[A-Z\d][\w+]*)*|"  # DC-SGD, D-ORCA
    r"[A-Z][a-z]+-[A-Z]{2,}\w*)(?![\w-])"  # Meta-RL is as good as a name
)
_LINK = re.compile(r"(?:[\w-]+\.)*(?:arxiv|doi)\.org/", re.IGNORECASE)
_ACRONYM = re.compile(r"[A-Z]{2,}s?")
_QUOTED = re.compile(r"\"([^\"]+)\"|“([^”]+)”|«([^»]+)»")
_TOKEN = re.compile(r"[^\s,;()\[\]“”\"]+")
_CAPITAL = r"[^\W\d_a-z][\w+]*(?:-[\w+]+)*"
_RUN = re.compile(
    rf"(?<![\w-]){_CAPITAL}(?:(?:\s(?:of|for|the|and|in|to|on|from|with|via|is|by|a|an)){{0,2}}\s{_CAPITAL})*"
)
_OPENERS = frozenset(
    """which what who whom whose where when why how does do did is are was were can could has have
    had will would should in on at by with for from to of into above below over under between
    through during beyond against within compare explain describe tell please could give show list
    find the a an by and or i summarize summarise""".split()
)
_STARTERS = frozenset(
    """there here then now this that these those it he she they we you my our your their his her
    its nobody somebody everybody anybody someone everyone anyone nothing something everything
    anything some any many most all each every both no not but if because although though while
    since once so as also given suppose imagine assume let hi hello hey thanks well ok okay maybe
    perhaps sometimes often today lately recently""".split()
)
"""Words that begin a sentence, and are no name there by themselves or before one word."""

_MOST_SEARCHED = 4  # runs of capitals of one question that are looked up as titles


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a text, and whether it can be nothing else."""

    start: int
    end: int
    text: str
    sure: bool


def arxiv_identifier(word: str) -> str | None:
    """Return the arXiv identifier that a word is, or is a link to, "https://" typed or not."""
    return arxiv_id(word) or (arxiv_id(f"https://{word}") if _LINK.match(word) else None)


def is_coined(text: str) -> bool:
    """Tell whether a word was made up as a name; plain acronyms ("GAN", "LLMs") were not."""
    found = _COINED.fullmatch(text)
    return found is not None and not _ACRONYM.fullmatch(text)


def first_coined(text: str) -> str:
    """Return the first coined name in a text, acronyms counted; empty if there is none."""
    found = _COINED.search(text)
    return found[0] if found else ""


def find(text: str, titled: Callable[[str], bool]) -> list[Name]:
    """Find the names in a text, in its order.

    Parameters
    ----------
    text
        A question.
    titled
        Tells whether a text is the title of a paper of the index, or its part before the colon.
    """
    found: list[Name] = []
    for some in (_quoted(text), _identifiers(text), _runs(text, titled), _coined(text, titled)):
        for name in some:
            if all(name.end <= f.start or f.end <= name.start for f in found):
                found.append(name)
    return sorted(found, key=lambda n: n.start)


def _quoted(text: str) -> Iterator[Name]:
    for match in _QUOTED.finditer(text):
        yield Name(*match.span(), next(g for g in match.groups() if g), sure=True)


def _identifiers(text: str) -> Iterator[Name]:
    for match in _TOKEN.finditer(text):
        if arxiv_identifier(match[0]):
            said = match[0].rstrip(".?!:'’")
            yield Name(match.start(), match.start() + len(said), said, sure=True)


def _runs(text: str, titled: Callable[[str], bool]) -> Iterator[Name]:
    """Yield runs of capitals: titles of the index, and what may be a name."""
    searched = 0
    for match in _RUN.finditer(text):
        start, said = match.start(), match[0]
        opens = text[:start].rstrip()[-1:] in ("", ".", "?", "!", ":", ";")
        openers = _OPENERS | _STARTERS if opens and said.count(" ") < 2 else _OPENERS
        while said and said.split()[0].lower() in openers and (not start or " " in said):
            head, _, said = said.partition(" ")
            start += len(head) + 1
        if not said or said.lower() in openers:
            continue
        if searched < _MOST_SEARCHED and not (" " not in said and is_coined(said)):
            searched += 1
            if titled(said):
                yield Name(start, start + len(said), said, sure=True)
                continue
        for part in _parts(said):
            words = part.split()
            if not any(map(is_coined, words)) and not (len(words) == 1 and _COINED.fullmatch(part)):
                at = start + said.index(part)
                yield Name(at, at + len(part), part, sure=False)


def _parts(said: str) -> list[str]:
    """Cut a run that is no title where two names may meet: "DC-SGD and Meta-Clip"."""
    parts = re.split(r"\s(?:and|from|with|to|in|on|via|is|by)\s(?:the\s|a\s)?", said)
    return parts if len(parts) > 1 else [said]


def _coined(text: str, titled: Callable[[str], bool]) -> Iterator[Name]:
    for match in _COINED.finditer(text):
        said = match[0]
        sure = not _ACRONYM.fullmatch(said) and not re.fullmatch(r"\d?[A-Za-z]\d|[A-Za-z]\d+", said)
        yield Name(*match.span(), said, sure=sure or titled(said))
