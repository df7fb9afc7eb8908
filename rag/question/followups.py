"""A question that leans on earlier ones, made to stand alone by rule.

``resolve`` spells out what is only pointed to ("which of them", "the second one") or left out
("and for video?", "only in cs.RO"), from the answers given before. The outcome is a question like
any other, which says the same to someone who has not heard the rest; a question that stands alone
is left as it is. Nothing here searches or judges.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache

from rag.core.answers import Answer
from rag.core.filters import Known
from rag.core.papers import Paper
from rag.errors import QuestionError
from rag.question import english, kinds
from rag.question import filters as restricting
from rag.question.completing import (
    OF_ONE,
    OPENING,
    QUOTED,
    about_paper,
    elliptic,
    less,
    narrows,
    only_fillers,
    parted,
)
from rag.question.parsing import is_bare, read
from rag.question.references import Earlier, called, counts_back, of_here, point, points_back, them
from rag.question.turns import Resolved, Turn
from rag.text.likeness import likeness

__all__ = ["NO_EARLIER", "Resolved", "Turn", "resolve"]

NO_EARLIER = "There is no earlier answer: ask about the papers first."

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
_HELPED = re.compile(
    r"^(?:.*?\s)?(?P<verb>(?:does|do|did|is|are|was|were|can|could|has|have)\s.+)", re.IGNORECASE
)


@cache
def _pattern(name: str) -> re.Pattern[str]:
    """Return how a follow-up of some kind is put, of `english.toml`."""
    return english.compiled(english.data()["followups"][name])


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
    back = points_back(text) and (bool(turns) or not of_here(text))
    if not cited and (back or (_MORE.match(text) and not turns)):
        raise QuestionError(
            "No earlier answer cites a paper: ask about the papers first." if turns else NO_EARLIER
        )
    if not turns or _is_talk(text):
        return Resolved(text)
    last = turns[-1]
    if _MORE.match(text):
        return _continued(last, known)
    with_papers = [turn for turn in turns if turn.papers]
    numbered = {turn.known[p.id]: p for turn in turns for p in turn.papers}
    found = tuple(turn.matching for turn in with_papers)
    earlier = Earlier(cited, _concept(last, known), found, numbered)
    corrected = _pattern("corrects").sub("", text, count=1)
    resolved = _resolved(corrected, text, turns, earlier, known)
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
        return about_paper(about, last)
    if pointed != text or text not in whole:
        return pointed
    subjects = [t for t in reversed(turns) if not is_bare(parted(t.question, known)[0])]
    # "and for video?" goes on from the papers looked for, not from a detail of one of them
    searches = [t for t in subjects if not QUOTED.search(t.question)]
    latest = subjects[0] if subjects else last
    search = searches[0] if searches else latest
    return less(text, search, known) or elliptic(text, latest, search, known)


def _is_talk(text: str) -> bool:
    return kinds.kind(text)[0] == "talk"


def _of_answer(text: str, last: Turn, earlier: Earlier, known: Known) -> str:
    """Read what is asked of the whole last answer: "why?", "in one sentence", "used datasets?"."""
    if not earlier.lists:
        return ""
    one = len(last.papers) == 1
    if _pattern("why").fullmatch(text):
        verb = _HELPED.match(last.question)
        if last.kind in ("fact", "yes-no") and verb:
            asked_for = read(last.question).asked_for
            rest = last.question[verb.start("verb") :].rstrip(" ?!.")
            return f"why {rest}{'' if asked_for in rest else f' {asked_for}'}?"
        return f"tell me more about {them(earlier, known)}"
    if how := _pattern("briefly").fullmatch(text):
        papers = called(last.papers, known) if one else them(earlier, known)
        return f"{'explain' if one else 'summarize'} {papers} {how['how']}"
    if _pattern("unsaid").fullmatch(text.strip(" ?!.")):
        return f"{text.rstrip(' ?!.')} in {them(earlier, known)}?"
    return ""


def _those(text: str, earlier: Earlier, known: Known) -> str:
    """Read "show me the ones about video" as a question about what was found."""
    match = _pattern("ones").match(text)
    if match is None or not earlier.lists or narrows(match["rest"], known):
        return text
    link = "" if re.match(r"(?:that|which|who)\b", match["rest"], re.I) else "are "
    rest = re.sub(r"^(?:that|which|who)\s", "", match["rest"], flags=re.IGNORECASE)
    return f"which of {them(earlier, known)} {link}{rest}"


def _continued(last: Turn, known: Known) -> Resolved:
    """Return the next page of the last answer, or an account of the one paper that it cites."""
    if not last.papers:
        raise QuestionError("The last answer cites no paper: there is nothing more to show.")
    if len(last.papers) == 1 and last.kind in OF_ONE:
        return Resolved(f"tell me more about {called(last.papers, known)}")
    return Resolved(last.question, last.skipped + len(last.papers))


def _by_name(text: str, cited: Sequence[Sequence[Paper]], known: Known) -> str:
    """Put a cited paper in the place of its name, where the question is about nothing else."""
    found = _ASK_MORE.match(text)
    opening = OPENING.match(text)
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
    bare = only_fillers(restricting.without(text, found))
    return found[0].phrase.removeprefix(", of ") if bare and len(found) == 1 else ""


def _concept(last: Turn, known: Known) -> str:
    """Return what the last question first named."""
    rest = restricting.read(last.question, known).rest
    if is_bare(rest):
        return ""
    named = read(rest).parts
    return named[0] if named else ""
