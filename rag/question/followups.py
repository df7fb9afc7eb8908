"""A question that leans on earlier ones, made to stand alone by rule.

``resolve`` spells out what is only pointed to ("which of them", "the second one") or left out
("and for video?", "only in cs.RO"), from the answers given before. The outcome is a question like
any other, which says the same to someone who has not heard the rest; a question that stands alone
is left as it is. Nothing here searches or judges.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rag.core.answers import Answer, linked
from rag.core.filters import Known
from rag.core.papers import Paper
from rag.core.questions import Kind
from rag.errors import QuestionError
from rag.question import excluded, frames, kinds, names
from rag.question import filters as restricting
from rag.question.parsing import is_bare, read
from rag.question.references import Earlier, called, counts_back, point, points_back, them
from rag.text.likeness import likeness
from rag.text.words import stems

NO_EARLIER = "There is no earlier answer: ask about the papers first."

LONGEST_ELLIPSIS = 8
"""Words of a follow-up that only swaps a part of the earlier question."""

_FILLERS = (
    r"(?:and|but|or|so|ok(?:ay)?|now|also|only|just|then|please|what\sabout|how\sabout|what\sif|instead|"
    r"what|how|those|the|ones?|of\sthem|show|list|give|find|me|are|is|were|there|any|which|"
    r"published)"
)
_OPENING = re.compile(
    r"^(?:(?:ok(?:ay)?|and|but|or|so|now|also|only|just|then|what\sabout|how\sabout|what\sif|"
    r"the\ssame)\b[\s,:]*)+",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"^(?:and\s)?(?:(?:show|list|give)(?:\s(?:me|us))?\s)?(?:some\s|the\s)?(?:more|next|rest|others)"
    r"(?:\s(?:page|papers|results|ones|of\s(?:them|these|those)))?(?:,?\splease)?\s*[.!?]*$|"
    r"^(?:go\son|continue|tell\sme\smore)\s*[.!?]*$",
    re.IGNORECASE,
)
_ASK_MORE = re.compile(
    r"^(?:(?:please\s)?(?:(?:can\syou\s)?(?:tell|show|give)\s(?:me|us)|i\swant\sto\sknow)\s)?"
    r"(?:more|something|details?)\s(?:about|on|of)\s(?P<name>.+?)\s*[.!?]*$",
    re.IGNORECASE,
)
_CORRECTS = re.compile(
    r"^(?:(?:no|nope|sorry|not that(?: one)?|actually|rather)(?:\s?[,:;.–-]\s*|\s(?=the\s|i\smean))|i\smeant?\s)+"
    r"(?:i\smeant?\s|but\s)?(?=\S)",
    re.IGNORECASE,
)
_WHY = re.compile(
    r"(?:and |but )?(?:why(?: is that| so| not| that| are they (?:here|listed))?|how come)[ ?!.]*",
    re.IGNORECASE,
)
_HELPED = re.compile(
    r"^(?:.*?\s)?(?P<verb>(?:does|do|did|is|are|was|were|can|could|has|have)\s.+)", re.IGNORECASE
)
_BRIEFLY = re.compile(
    r"(?:(?:and |now |please |again |say (?:it|that) |(?:can|could) you (?:say|put|summari[sz]e) (?:it|that|this|them) )*)"
    r"(?P<how>in (?:one|a(?: single| few)?|two|three|\d) (?:short )?(?:sentences?|words?|lines?)|briefly|in short|shorter)"
    r"(?:,? please)?[ ?!.]*",
    re.IGNORECASE,
)
_DETAIL = (
    r"(?:datasets?|data sets?|benchmarks?|data|code|metrics?|measures?|baselines?|results?|accuracy|speeds?|"
    r"parameters?|models?|backbones?|architectures?|losses|hardware|gpus?|venues?|categories|authors?|limitations?|"
    r"methods?|languages?|tasks?|features?|sensors?)"
)
_UNSAID = re.compile(
    rf"(?:and |but )?(?:(?:on )?(?:which|what|how many) (?:other |kinds? of |of the )?{_DETAIL}(?: (?:are|is|were|was|do they|did they))?"
    r"(?: (?:used|reported|evaluated|tested|compared|use|report|there|released|available|mentioned|given))*(?: on)?"
    rf"|what (?:are|is) the {_DETAIL}|is (?:the |there )?code(?: available)?)",
    re.IGNORECASE,
)
_ONES = re.compile(
    r"^(?:(?:and|but|now|only|just|please|ok)\s)*(?:(?:show|list|give|find|keep|pick)\s(?:me\s|us\s)?)?(?:only\s|just\s)?"
    r"(?:the\sones|those|the\spapers|ones)\s(?P<rest>(?:about|on|for|with|that|which|who|using|from|in|dealing)\s.+)",
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
_QUOTED = re.compile(r"“[^”]+”(?:’s)?")
_OF_ONE: tuple[Kind, ...] = ("fact", "explain", "yes-no", "record")
_SUBJECT = re.compile(
    r"\b(?:does|do|did|can|could|is|are|was|were|has|have|behind|about)\s(?:the\s)?(?P<name>(?:[\w-]+\s){0,3}?[\w-]+)"
    r"(?=\s(?:work|run|use|need|have|get|reach|achieve|remove|improve|report|propose|do|differ|cost|take|make|"
    r"\w+(?:ed|en)|in|on|for|with|by|from|to)\b|\s[a-z]+\s*[?.]?$|[?.]?$)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Turn:
    """What has to be kept of an answer to understand the next question.

    Attributes
    ----------
    question
        As it was read: what it leant on spelt out.
    kind
        Of the answer.
    papers
        Those cited, in the order of their numbers.
    skipped
        How many matching papers came before them.
    matching
        Identifiers of all papers that matched, cited or not.
    among
        Identifiers of the papers that the question was asked of, where it only counts them.
    """

    question: str
    kind: Kind
    papers: tuple[Paper, ...]
    skipped: int = 0
    matching: tuple[str, ...] = ()
    among: tuple[str, ...] = ()

    @classmethod
    def of(cls, answer: Answer) -> "Turn":
        """Return what has to be kept of an answer."""
        asked = answer.resolved or answer.question
        papers = tuple(c.paper for c in answer.citations)
        among = answer.filters.ids if counts_back(asked) else ()
        return cls(asked, answer.kind, papers, answer.skipped, answer.matching, among)

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> "Turn":
        """Return what has to be kept of an answer that was turned into a dict or JSON.

        Raises
        ------
        QuestionError
            If it is no such dict.
        """
        try:
            papers = tuple(linked(c) for c in kept["citations"])
            asked = str(kept.get("resolved") or kept["question"])
            among = kept.get("filters", {}).get("ids", ()) if counts_back(asked) else ()
            return cls(
                asked,
                kept["kind"],
                papers,
                int(kept.get("skipped", 0)),
                tuple(map(str, kept.get("matching", ()))),
                tuple(map(str, among)),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise QuestionError("The history holds what is no answer: give answers.") from error


@dataclass(frozen=True, slots=True)
class Resolved:
    """A question that stands alone.

    Attributes
    ----------
    skip
        How many of its papers were shown already.
    among
        Identifiers of the papers that it is asked of, where it only counts them.
    """

    text: str
    skip: int = 0
    among: tuple[str, ...] = ()


def resolve(text: str, history: Iterable[Answer | Turn], known: Known) -> Resolved:
    """Make a question stand alone.

    Parameters
    ----------
    text
        The question; its white space is folded.
    history
        Earlier answers, the latest last.
    known
        The index.

    Returns
    -------
    Resolved
        With the same text if it stands alone.

    Raises
    ------
    QuestionError
        If it points to what has not been said: to an earlier answer, or to one more paper than
        that had.
    """
    turns = [turn if isinstance(turn, Turn) else Turn.of(turn) for turn in history]
    cited = tuple(turn.papers for turn in turns if turn.papers)
    if not cited and (points_back(text) or (_MORE.match(text) and not turns)):
        raise QuestionError(
            "No earlier answer cites a paper: ask about the papers first." if turns else NO_EARLIER
        )
    if not turns or _is_talk(text):
        return Resolved(text)
    last = turns[-1]
    if _MORE.match(text):
        return _continued(last, known)
    with_papers = [turn for turn in turns if turn.papers]
    earlier = Earlier(cited, _concept(last, known), tuple(t.matching for t in with_papers))
    resolved = _resolved(_CORRECTS.sub("", text, count=1) or text, text, turns, earlier, known)
    if counts_back(resolved) and earlier.lists:
        before = next((t.among for t in reversed(turns) if t.among), ())
        new = them(earlier, known) in resolved and not counts_back(last.question)
        return Resolved(resolved, among=earlier.found if new or not before else before)
    return Resolved(resolved)


def _resolved(text: str, whole: str, turns: Sequence[Turn], earlier: Earlier, known: Known) -> str:
    """Return a question that stands alone; ``whole`` is the one as asked."""
    last = turns[-1]
    if asked := _of_answer(text, last, earlier, known):
        return asked
    text = _those(text, earlier, known)
    pointed = point(_by_name(text, earlier.lists, known), earlier, known)
    if about := _only_paper(pointed, known):
        return _about_paper(about, last)
    if pointed != text or text not in whole:
        return pointed
    subjects = [t for t in reversed(turns) if not is_bare(_parted(t.question, known)[0])]
    # "and for video?" goes on from the papers looked for, not from a detail of one of them
    searches = [t for t in subjects if not _QUOTED.search(t.question)]
    latest = subjects[0] if subjects else last
    search = searches[0] if searches else latest
    if less := _less(text, search, known):
        return less
    found = _elliptic(text, latest, search, known)
    return found


def _is_talk(text: str) -> bool:
    return kinds.kind(text)[0] == "talk"


def _of_answer(text: str, last: Turn, earlier: Earlier, known: Known) -> str:
    """Read what is asked of the whole last answer: "why?", "in one sentence", "used datasets?"."""
    if not earlier.lists:
        return ""
    one = len(last.papers) == 1
    if _WHY.fullmatch(text):
        verb = _HELPED.match(last.question)
        if last.kind in ("fact", "yes-no") and verb:
            asked_for = read(last.question).asked_for
            rest = last.question[verb.start("verb") :].rstrip(" ?!.")
            return f"why {rest}{'' if asked_for in rest else f' {asked_for}'}?"
        return f"tell me more about {them(earlier, known)}"
    if how := _BRIEFLY.fullmatch(text):
        papers = called(last.papers, known) if one else them(earlier, known)
        return f"{'explain' if one else 'summarize'} {papers} {how['how']}"
    if _UNSAID.fullmatch(text.strip(" ?!.")):
        return f"{text.rstrip(' ?!.')} in {them(earlier, known)}?"
    return ""


def _those(text: str, earlier: Earlier, known: Known) -> str:
    """Read "show me the ones about video" as a question about what was found."""
    match = _ONES.match(text)
    if match is None or not earlier.lists or _narrows(match["rest"], known):
        return text
    link = "" if re.match(r"(?:that|which|who)\b", match["rest"], re.I) else "are "
    rest = re.sub(r"^(?:that|which|who)\s", "", match["rest"], flags=re.IGNORECASE)
    return f"which of {them(earlier, known)} {link}{rest}"


def _less(text: str, last: Turn, known: Known) -> str:
    """Leave more out of the last search: "and without transformers?", "except TransMOT"."""
    opening = _OPENING.match(text)
    phrase = (text[opening.end() :] if opening else text).rstrip(" ?!.")
    found = restricting.find(phrase, known)
    papers = [f for f in found if f.about == "left out"]
    rest, things = excluded.split(restricting.without(phrase, found))
    if not (papers or things) or frames.content(rest) or len(phrase.split()) > LONGEST_ELLIPSIS:
        return ""
    base, suffix = _parted(last.question, known)
    said = {stem for thing in things for stem in stems(thing)}
    wanted = read(base) if base else None
    if wanted and said and said & set(stems(wanted.topic)):
        kept = [p for p in wanted.parts if not said & set(stems(p))]
        base = f"papers on {' and '.join(kept)}" if kept else "papers"
    return f"{base} {phrase}{suffix}"


def _continued(last: Turn, known: Known) -> Resolved:
    """Return the next page of the last answer, or an account of the one paper that it cites."""
    if not last.papers:
        raise QuestionError("The last answer cites no paper: there is nothing more to show.")
    if len(last.papers) == 1 and last.kind == "fact":
        return Resolved(f"tell me more about {called(last.papers, known)}")
    return Resolved(last.question, last.skipped + len(last.papers))


def _by_name(text: str, cited: Sequence[Sequence[Paper]], known: Known) -> str:
    """Put a cited paper in the place of its name, where the question is about nothing else."""
    found = _ASK_MORE.match(text)
    opening = _OPENING.match(text)
    start, name = (opening.end(), text[opening.end() :].rstrip(" ?!.")) if opening else (0, "")
    if found:
        start, name = found.start("name"), found["name"]
    for papers in reversed(cited):
        for paper in papers:
            if name and likeness(name, paper.title):
                return text[:start] + called([paper], known)
    return text


def _only_paper(text: str, known: Known) -> str:
    """Return the words for the papers in "and “X”?", if there is nothing else in it."""
    found = restricting.find(text, known)
    if not found or {f.about for f in found} != {"papers"}:
        return ""
    rest = re.sub(rf"\b{_FILLERS}\b|[^\w]", "", restricting.without(text, found), flags=re.I)
    return found[0].phrase.removeprefix(", of ") if not rest and len(found) == 1 else ""


def _about_paper(asked_names: str, last: Turn) -> str:
    """Ask of a paper what was asked of another one, or else for an account of it."""
    if last.kind in _OF_ONE:
        swapped = _renamed(last, asked_names)
        if swapped != last.question:
            return swapped
    return f"tell me more about {asked_names}"


def _renamed(last: Turn, name: str) -> str:
    """Put another name in the place of the one that the last question is about."""
    if _QUOTED.search(last.question):
        return _QUOTED.sub(name, last.question, count=1)
    subjects = [n for n in read(last.question).subjects if n in last.question]
    if subjects:
        return last.question.replace(subjects[0], name, 1)
    if coined := names.first_coined(last.question):
        return last.question.replace(coined, name, 1)
    if found := _SUBJECT.search(last.question):
        return f"{last.question[: found.start('name')]}{name}{last.question[found.end('name') :]}"
    return last.question


def _concept(last: Turn, known: Known) -> str:
    """Return what the last question first named."""
    rest = restricting.read(last.question, known).rest
    if is_bare(rest):
        return ""
    named = read(rest).parts
    return named[0] if named else ""


def _elliptic(text: str, last: Turn, search: Turn, known: Known) -> str:
    """Complete what is no question by itself from the last one, or from the last search."""
    opening = _OPENING.match(text)
    phrase = text[opening.end() :] if opening else text
    phrase = phrase.rstrip(" ?!.")
    if _narrows(phrase, known):
        return _narrowed(phrase, search, known)
    if _QUESTION.search(phrase) or not 0 < len(phrase.split()) <= LONGEST_ELLIPSIS:
        return text
    if re.match(rf"{_BOUNDARY}\s", phrase, re.IGNORECASE):
        last = search
    base, suffix = _parted(last.question, known)
    if last.kind in _OF_ONE:  # its paper is part of the question
        base, suffix = last.question.rstrip(" ?!."), ""
    for alike in _ALIKE:
        if found := re.match(rf"(?:{'|'.join(alike)})\s(?=\w)", phrase, re.IGNORECASE):
            swapped = _swapped(base, alike, found[0].strip(), phrase[found.end() :])
            return f"{swapped or f'{base} {phrase}'}{suffix}"
    if opening is None and not phrase.lower().startswith("without "):
        return text
    if re.match(rf"{_BOUNDARY}\s", phrase, re.IGNORECASE):
        return f"{base} {phrase}{suffix}"
    if last.kind in _OF_ONE:
        return _renamed(last, phrase)
    if names.is_coined(phrase):
        return f"tell me more about {phrase}"
    replaced = _other_concept(base, phrase)
    return f"{replaced}{suffix}" if replaced else text


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
    new, parts = set(stems(phrase)), read(base).parts
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


def _narrows(phrase: str, known: Known) -> bool:
    """Tell whether a phrase is filters and nothing else."""
    found = restricting.find(phrase, known)
    if not found or any(f.about == "papers" for f in found):
        return False
    rest = re.sub(rf"\b{_FILLERS}\b", "", restricting.without(phrase, found), flags=re.IGNORECASE)
    return not re.search(r"\w", rest) and "papers" not in phrase.lower()


def _narrowed(phrase: str, last: Turn, known: Known) -> str:
    """Add filters to the last question, in the place of those that say the same kind of thing."""
    new = restricting.find(phrase, known)
    base, suffix = _parted(last.question, known, without={f.about for f in new})
    return f"{base}{suffix}{''.join(f.phrase for f in new)}"


def _parted(text: str, known: Known, without: Iterable[str] = ()) -> tuple[str, str]:
    """Return a question without its filters and end mark, and the filters to stand behind it."""
    found = restricting.find(text, known)
    base = restricting.without(text, found).rstrip(" ?!.")
    return base, "".join(f.phrase for f in found if f.about not in set(without))
