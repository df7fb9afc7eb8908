"""A question taken apart: what it is about, what it leaves out, which answer it wants.

``read`` makes a `Question` of a text that stands alone and is without its filters. It knows how
people ask, from `english.toml`, and nothing of papers but whether a text is a title of the index.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from rag.core.questions import LONGEST_QUESTION, Kind, Question
from rag.errors import QuestionError
from rag.question import comparing, english, excluded, frames, kinds, languages, names
from rag.question.learned import PATTERNS, Manner
from rag.question.names import Name
from rag.question.phrases import parts
from rag.question.topics import Trim
from rag.text import genres

_FOLDED = re.compile(r"\s+")
_OPERATORS = frozenset("and or not xor near".split())
_SETS: frozenset[Kind] = frozenset(("papers", "overview", "count"))
_OF_NAMED: frozenset[Kind] = frozenset(("fact", "explain", "compare", "yes-no", "record"))
_NEWEST = re.compile(
    r"\b(?:newest|latest|most recent(?:ly)?|recent(?:ly)?|"
    r"new(?= (?:papers?|works?|articles?|preprints?|"
    r"publications?)\b))\b|\bwhat(?:['’]s|\s(?:is|are))\s(?:there\s)?new\b",
    re.IGNORECASE,
)
_OF_OTHERS = re.compile(
    r"\b(?:recent|latest|newest)\b(?=\s(?!papers?|works?|articles?|preprints?|publications?|stud|"
    r"advances|developments|progress|research|trends|results|methods|approaches|on\b|in\b|about\b|from\b))",
    re.IGNORECASE,
)
_ASKING = re.compile(
    rf"^(?:(?P<before>.*(?:[:,]|\s[-–—]))\s)?(?:{kinds.BEFORE_ASKED}\s)?"
    r"(?:how\s(?:many|much)|how(?=\s\w+\s(?:do|is|are|was|did|can|has))|what(?:['’]s)?|which|who|whose|when|where|why)\s"
    r"(?:(?:is|are|was|were)\s(?:the\s|there\s)?)?",
    re.IGNORECASE,
)
_AUXILIARY = re.compile(r"\s(?:does|do|did)\s(?=[\w“\"])", re.IGNORECASE)
_EXPLAINED = re.compile(
    r"^(?:(?:please\s)?(?:explain|describe|tell\s(?:me|us)|elaborate\son|introduce)\s(?:more\s|something\s)?(?:about\s|of\s)?|"
    r"what(?:['’]s|\s(?:is|are|was|were))\s(?:an?\s)?|more\s(?:about|on)\s)",
    re.IGNORECASE,
)
_HOW = re.compile(
    r"^(?:how\s(?:exactly\s)?(?:does|do|did|is|are|was|were)\s|how\s|what\s(?:does|do|did)\s|"
    r"(?:does|do|did|is|are|was|were|can|could|has|have|had|will|would|should|may|might)\s(?:it\spossible\sto\s)?)",
    re.IGNORECASE,
)

Titled = Callable[[str], bool]
"""Tells whether a text is the title of a paper of the index, or its part before the colon."""


def read(text: str, titled: Titled = lambda _: False, manner: Manner = PATTERNS) -> Question:
    """Read a question.

    Parameters
    ----------
    text
        It stands alone and has no filters.
    titled
        Tells whether a text is the title of a paper of the index, or its part before the colon.
    manner
        Tells which kind of answer a question wants, and what is its topic.

    Raises
    ------
    QuestionError
        If the question is empty, holds no word, or is longer than ``LONGEST_QUESTION``.
    """
    text = checked(text)
    if languages.foreign(text):
        return Question(text, "foreign", text, tuple(frames.content(text)), (text,))
    asked = frames.plain(text)
    found = names.find(asked, titled)
    kind, wants = manner.kind(asked, found)
    if kind in ("talk", "index"):
        return Question(text, kind, "")
    several = comparing.of_several(asked) if kind in ("compare", *_SETS) else None
    if several and len(found) < 2 and (several.apart or not found):
        into: Kind = "compare" if several.apart else "overview"
        one = _of_papers(several.topic, into, asks_newest(asked), manner)
        return replace(one, text=text, most=several.most)
    if kind in _SETS:
        return _of_papers(text, kind, asks_newest(asked), manner)
    core = manner.cut(asked, kind, found)
    if core != asked:
        found = names.find(core, titled)
        again, wants_again = manner.kind(core, found)
        if core.endswith("?") and again in _OF_NAMED:  # without the rest it is plainer
            kind, wants = again, wants_again
    return _of_named(core, kind, wants or _form(core, kind), found, manner.trim)


def asks_newest(text: str) -> bool:
    """Tell whether the newest papers are wanted first."""
    return bool(_NEWEST.search(text)) and not _OF_OTHERS.search(text)


def restricted(text: str, titled: Titled, manner: Manner = PATTERNS) -> Question:
    """Read what is left of a question without its filters; it may be nothing but a frame."""
    if not frames.words(text):
        return Question(text, "papers", "")
    question = read(text, titled, manner)
    if not is_bare(text):
        return question
    kind = "count" if question.kind == "index" else question.kind
    return Question(text, kind if kind in _SETS else "papers", "", newest=asks_newest(text))


def checked(text: str) -> str:
    """Return a question with its white space folded.

    Raises
    ------
    QuestionError
        If it is empty, holds nothing but grammar, or is too long.
    """
    text = _FOLDED.sub(" ", text).strip()
    if not frames.words(text):
        raise QuestionError("The question is empty: ask about the papers in words.")
    if len(text) > LONGEST_QUESTION:
        raise QuestionError(
            f"The question has {len(text):,} characters, {LONGEST_QUESTION:,} are allowed: "
            "shorten it."
        )
    return text


def meant(text: str) -> None:
    """Make sure that a question has a word to look for.

    Raises
    ------
    QuestionError
        If it is nothing but words like "the" and "and".
    """
    said = [word.lower() for word in frames.words(text)]
    if said and all(word in _EMPTY or word in _OPERATORS for word in said):
        raise QuestionError(
            f"“{text}” holds no word to look for: ask about the papers in words, "
            "as in “which papers use transformers for tracking”."
        )


_EMPTY = frozenset(
    """a an the of in on at to for by with from and or not but if is are was be do does it this that
    these those he she they we you i my your our their its as so than then there""".split()
)


def _of_papers(text: str, kind: Kind, newest: bool, manner: Manner) -> Question:
    """Return a question for a set of papers: parted from what it leaves out, and from genres."""
    rest, left_out = excluded.split(text, manner.hear)
    asks = manner.asks(rest)
    topic = frames.topic(rest)
    if newest:
        topic = re.sub(
            r"^(?:(?:the )?(?:newest|latest|most recent|recent)\s)+", "", topic, flags=re.I
        )
    topic = manner.trim(topic, kind) if frames.content(topic) else ""
    beside = asks.without(topic, rest)
    if asks.names and _is_of_any(genres.without(asks.names, beside)):
        topic = rest[asks.spans[0][0] : asks.spans[-1][1]]
        terms = tuple(frames.content(topic))
        return Question(text, kind, topic, terms, (), left_out, newest=newest, genres=asks.names)
    if genres.sure(asks.names):  # of the others the words say as much as the genre
        topic = beside
    terms = tuple(frames.content(topic))
    return Question(
        text, kind, topic, terms, parts(topic), left_out, newest=newest, genres=asks.names
    )


def _is_of_any(text: str) -> bool:
    """Tell whether a text says nothing but what any paper has."""
    return all(word.lower() in _OF_ANY for word in frames.content(text))


_OF_ANY = frozenset(
    """topic topics area areas field fields subject subjects method methods approach approaches
    technique techniques model models experiment experiments result results author authors work
    works idea ideas thing things conclude conclusion conclusions""".split()
)
"""Words for what any paper has: beside a genre they ask for nothing more."""


def _of_named(asked: str, kind: Kind, wants: str, found: list[Name], trim: Trim) -> Question:
    """Return a question about something named: a fact, an explanation, a comparison, a record."""
    plain = bare(asked)
    detail = kinds.asked_for(plain, wants) if kind == "fact" else ""  # type: ignore[arg-type]
    if kind == "compare":
        subjects = comparing.sides(asked, found)
    else:
        subjects = _subjects(asked, kind, found, detail)
    trimmed = trim(plain, kind) if kind in ("explain", "yes-no") else plain
    topic = trimmed if kind == "explain" and trimmed != plain else topic_of(trimmed, kind)
    if kind == "compare":
        topic = " and ".join(subjects) or frames.topic(plain)
    terms = tuple(frames.content(topic))
    return Question(
        asked,
        kind,
        topic,
        terms,
        parts(topic),
        (),
        subjects,
        detail,
        wants,  # type: ignore[arg-type]
    )


def bare(asked: str) -> str:
    """Return a question without the marks at its end."""
    return asked.strip().rstrip("?!. ")


def _form(asked: str, kind: Kind) -> str:
    return kinds.form(asked) if kind == "fact" else ""


def topic_of(plain: str, kind: Kind) -> str:
    """Return what a question is about, without the words that make it a question."""
    if kind == "fact":
        found = _ASKING.match(plain)
        rest = plain[found.end() :] if found else plain
        before = f"{found['before'].rstrip(' :,–—-')} " if found and found["before"] else ""
        return before + _HOW.sub("", _AUXILIARY.sub(" ", rest, count=1), count=1)
    if kind == "record":
        on = re.search(
            r"\b(?:papers?|work|article)\s(?:on|about|that|which|called)\s(?P<on>.+)", plain, re.I
        )
        return on["on"] if on else ""
    rest = _EXPLAINED.sub("", plain, count=1)
    rest = _HOW.sub("", rest, count=1)
    if kind == "yes-no":
        rest = _without_outcome(rest)
    elif kind == "explain":
        rest = re.sub(r"(?<=\w) works?$", "", rest)
    return rest or plain


def _without_outcome(asked: str) -> str:
    """Return what a yes-or-no question is asked of: a comma stands for how well that goes.

    >>> _without_outcome("depth help to improve tracking"), _without_outcome("it worth using depth")
    ('depth, tracking', 'depth')
    """
    outcomes = english.words("words", "outcomes")
    pieces, piece = [], list[str]()
    for word in asked.split():
        if word.lower().strip(",;:") in outcomes:
            pieces.append(piece)
            piece = []
        else:
            piece.append(word)
    trimmed = [_trimmed(words) for words in (*pieces, piece)]
    return ", ".join(words for words in trimmed if frames.content(words))


def _trimmed(words: list[str]) -> str:
    """Return words without those at either end that only join them to an outcome."""
    text = " ".join(words)
    text = re.sub(
        r"^(?:(?:it|to|than|for|at|on|in|as|by|when|using|use|make|makes|with|of|from|a|an|the|be|"
        r"really|actually|any|more|less|much)\s)+", "", f"{text} ", flags=re.IGNORECASE,
    )  # fmt: skip
    return re.sub(
        r"(?:\s(?:is|are|be|to|really|actually|also|still|any|it|make|makes|always|ever|generally))+$",
        "", text.strip(), flags=re.IGNORECASE,
    )  # fmt: skip


def _subjects(asked: str, kind: Kind, found: list[Name], detail: str) -> tuple[str, ...]:
    """Return the names that a question is about: what does, is or has it, else the last named."""
    usable = [n for n in found if n.sure or _acts(asked, n) or _owns(asked, n)]
    if kind == "yes-no":  # "is X better than Y"
        return tuple(
            dict.fromkeys(n.text for n in found if n in usable or _THAN.search(asked, 0, n.start))
        )
    about = (
        [n for n in usable if _acts(asked, n)] or [n for n in usable if _owns(asked, n)] or usable
    )
    if kind == "explain":
        about = about[:1] if about and _acts(asked, about[0]) else about
    return tuple(dict.fromkeys(n.text for n in about if n.text not in detail.split()))


_SUFFIX = re.compile(r"^\S+-(?:based|like|style|free|aware|driven|level|frames?|specific)$")
_THAN = re.compile(r"\bthan\s(?:the\s)?$", re.IGNORECASE)


def _acts(asked: str, name: Name) -> bool:
    """Tell whether a name is what does something, or is asked for by itself."""
    before = asked[: name.start]
    after = asked[name.end :].strip(" ?!.")
    if not name.sure and (before.endswith(("the ", "The ")) or _SUFFIX.search(name.text)):
        return False  # "the FPGA system", "the BERT-based method"
    if re.search(
        r"\b(?:behind|explain|describe)\s(?:how\s|the\s(?:idea\sbehind\s)?)?[“\"]?$", before, re.I
    ):
        return True
    if re.search(
        r"\b(?:does|do|did|is|are|was|were|has|have|had|can|could|will|would|how|trick|idea|what|about)\s"
        r"(?:(?:an?|the|paper|method|model|authors\sof)\s)*[“\"]?$", before, re.I,
    ):  # fmt: skip
        return bool(after) or not re.search(r"\b(?:than|with)\s$", before)
    return after.startswith(("'s ", "’s "))


def _owns(asked: str, name: Name) -> bool:
    words = r"(?:of|for|by|train|on)" if name.sure else r"(?:version\sof|train|by)"
    return bool(re.search(rf"\b{words}\s(?:the\s)?[“\"]?$", asked[: name.start], re.IGNORECASE))


def is_bare(text: str) -> bool:
    """Tell whether words only frame a question, as "which papers are there?" does."""
    return not frames.content(frames.topic(text)) if frames.words(text) else True
