"""What a conversation is called: what its first question is about, as the answer read it.

"hi, my thesis is on tracking, which papers use transformers?" is too long for a list, and begins
alike whatever is asked. The words of the question that are its topic are a name, with what it
excludes and what restricts it; so are the papers that it names.
"""

import re
from dataclasses import replace

from rag.core.answers import Answer
from rag.core.filters import short_name
from rag.text import genres

MOST_PAPERS = 3
"""Papers that a name names; a question about more is called by its own words."""

_NO_TOPIC = ("talk", "index", "foreign")  # kinds of questions that are about no papers
_OF_PAPERS = ("explain", "record", "compare")
_LOOSE = "with|on|of|for|about|and|or|but|in|to|by|from|at|as|that|which|how|what|the|an?"
_DOES = "us(?:es?|ing)|involv(?:es?|ing)|cover(?:s|ing)?|deal(?:s|ing)? with|work(?:s|ing)? on"
_BEFORE = re.compile(rf"^(?:(?:{_LOOSE}|{_DOES})\s+)+", re.IGNORECASE)
_BEHIND = re.compile(rf"(?:[\s,;:]+(?:{_LOOSE}))*[\s,;:.?!]*$", re.IGNORECASE)
_SENTENCES = re.compile(r"[.?!]\s")


def topic(answer: Answer) -> str:
    """Return what a question is about, to call its conversation by; empty if that is not known.

    >>> asked = "hi, which papers use transformers for tracking since 2020?"
    >>> found = Answer(asked, "papers", (), (), 0, 9, (), looked_for=("transformers", "tracking"))
    >>> topic(found)
    'Transformers for tracking'
    """
    if answer.kind in _NO_TOPIC:
        return ""
    named = _papers(answer)
    about = named or _within(answer)
    if about and answer.excluded:
        about = f"{about} without {' or '.join(map(_trimmed, answer.excluded))}"
    given = replace(answer.filters, ids=(), titles=(), not_ids=(), not_titles=())
    restricted = "" if named else str(given)
    said = " ".join(part for part in (about, restricted) if part)
    if not about and restricted:
        said = f"Papers {restricted}"
    return _begun(said)


def _papers(answer: Answer) -> str:
    """Return the papers that a question names, if it is about these."""
    of_it = answer.filters.ids or answer.filters.titles
    if answer.kind not in _OF_PAPERS or not of_it or len(answer.citations) > MOST_PAPERS:
        return ""
    return " and ".join(short_name(cited.paper) for cited in answer.citations)


def _within(answer: Answer) -> str:
    """Return the words of a question from the first to the last that are looked for."""
    words = [w for n, w in enumerate(answer.looked_for) if not n or w not in genres.NAMES]
    sought = [trimmed for each in words if (trimmed := _trimmed(each))]
    places = [answer.question.lower().find(words.lower()) for words in sought]
    if not sought or min(places) < 0:
        return " and ".join(sought)
    end = max(at + len(words) for at, words in zip(places, sought, strict=True))
    whole = answer.question[min(places) : end]
    return " and ".join(sought) if _SENTENCES.search(whole) else whole


def _trimmed(words: str) -> str:
    """Return words without those at their ends that join them to others."""
    return _BEHIND.sub("", _BEFORE.sub("", " ".join(words.split())))


def _begun(said: str) -> str:
    """Return a name as a list has it: with a capital, unless its first word has a spelling."""
    first = said.split(maxsplit=1)[0] if said else ""
    return said[:1].upper() + said[1:] if first == first.lower() else said
