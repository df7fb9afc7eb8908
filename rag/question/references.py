"""Words that point back to papers named before: "the second one", "[3]", "it", "which of them".

``point`` puts the papers in the place of such words, in quotation marks or by identifier, so that
the question can be read without what was said before. A word is taken to point back only where
nothing before it in the question can be what it stands for.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rag.core.filters import Known, short_name
from rag.core.papers import Paper
from rag.errors import QuestionError
from rag.question.manners import ASKING
from rag.question.parsing import is_bare, read

MOST_BY_NAME = 3
"""Papers that are called by their names; more of them are easier to read as identifiers."""

MOST_SPELT_OUT = 30
"""Papers that a question can name one by one; more of them are counted in it."""

LONGEST_ASIDE = 10
"""Words up to which a question with "it" in it is about what was said before."""

_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
)
_NOUN = (
    r"(?:ones?|papers?|works?|methods?|articles?|stud(?:y|ies)|approach(?:es)?|models?|results?|"
    r"trackers?|preprints?)"
)
_ONWARD = r"(?!\s(?:to|that|which|of|on|about|for|with|in|by|using|called|who|ever)\b)"
_OF_THEM = r"(?:\sof\s(?:them|these|those)\b)?"
_NOT_THEM = (
    r"(?!\s(?:\w+\s)?(?:people|folks?|guys|researchers|scientists|engineers|teams|groups|days|years|"
    r"things|kinds?|sorts?)\b)"
)
_LINKS = (
    r"(?:in|on|for|with|by|to|from|at|and|or|but|not|of|as|that|which|who|about|more|most|under|over|"
    r"without|then|only|also|like|based|regarding|when|two|three|four|five|six|are|is|do|does|have|has)"
)
_NOT_OTHERS = (
    rf"(?!(?:(?<=about\s)|(?<=of\s)|(?<=between\s)|(?<=among\s))those"
    rf"(?:\s(?!{_LINKS}\b|{_NOUN}\b|\w+(?:ed|ly|ing)\b)[a-z]\w*){{2}})"
)
"""Two words of its own behind "those" are no papers: "about those radio flashes"."""
_SET = (
    rf"(?:them|(?:these|those){_NOT_THEM}(?:\s(?:\w+\s)?{_NOUN})?|"
    rf"the\s(?:above|same|found|previous)\s{_NOUN}|"
    rf"the\s{_NOUN}\s(?:above|before|you\s(?:found|listed|named|cited)))(?!\w)"
)
_AUXILIARY = r"(?:do|does|did|are|is|was|were|can|could|have|has|will|would)"

_NUMBER = re.compile(
    r"\[(?P<mark>\d{1,3})\]|\b(?:paper|result|number|no\.)\s?#?(?P<number>\d{1,2})\b(?![.\d-])|"
    r"(?<!\w)#(?P<hash>\d{1,2})\b",
    re.IGNORECASE,
)
_ORDINAL = re.compile(
    rf"\bthe\s(?P<pair>former|latter)\b(?:\sone\b)?|\bthe\s(?:very\s)?(?:(?P<word>{'|'.join(_ORDINALS)}|last)|(?P<digits>\d{{1,2}})(?:st|nd|rd|th))"
    rf"(?:(?:\s{_NOUN}\b){_OF_THEM}{_ONWARD}|\sof\s(?:them|these|those)\b|(?=\s*(?:$|[?.!,;]|and\b)))",
    re.IGNORECASE,
)
_ONE = re.compile(
    rf"\b(?:this|that)\s(?:same\s)?(?:paper|work|method|article|study|approach|model|one)\b{_ONWARD}|"
    rf"\bthe\s(?:same\s)?(?:paper|method|article|authors)\b{_ONWARD}|"
    rf"(?<=\b(?:about|plain)\s)(?:it|this|that)(?=\s*(?:$|[?.!,;]))|"
    rf"\bit\b(?!\s(?:possible|true|better|easy|hard|necessary|known|that)\b)|\bits\b",
    re.IGNORECASE,
)
_SOME = re.compile(
    rf"(?:^|\s)(?:(?P<head>which|what|how\smany|{_AUXILIARY}\s(?:any|some|one|all|either|both|each)|any|"
    rf"some|all|either|one|none)(?:\s(?:ones?|papers?))?\s(?:out\s)?(?:of|among|from|in)\s{_NOT_OTHERS}(?P<set>{_SET})"
    rf"|(?P<ones>which\sones?)(?=\s)"
    rf"|(?P<they>{_AUXILIARY}\s(?:they|{_SET}))(?=\s)"
    rf"|(?P<best>which\s(?:(?:one|paper|method)\s)?(?=(?:is|are|was|has)\s.*(?P<tail>\sof\s{_SET})))"
    rf"|(?:(?:compare|summari[sz]e|describe|explain|list|show|about|between|among|of)\s)"
    rf"(?P<named>{_NOT_OTHERS}{_SET}))",
    re.IGNORECASE,
)
_ITEM = re.compile(
    r"\b(?:us(?:e|es|ing)|with|on|about|for|of|by|to|like|appl(?:y|ies)|address(?:es)?|improves?)\s"
    r"(?P<item>them|it|those|these|that|this)(?=\s*(?:$|[?.!,;]|\b(?:for|in|on|to|with|and|or|at)\b))",
    re.IGNORECASE,
)
_ASKED = re.compile(
    rf"(?:^|.*\s)(?:{_AUXILIARY}|(?:what|how)\s{_AUXILIARY}|about)\s$", re.IGNORECASE
)
_COUNTED = re.compile(r"\b(?:of |among |in )?the [\d,]+ papers found before\b")
_COUNTED_OF = re.compile(
    r"\b(?P<which>which|what|(?P<many>how many)|(?:do|does|are|is|can|have|has) any|any|all|some)"
    r"(?: ones?| papers)?"
    r" of the [\d,]+ papers found before\b",
    re.IGNORECASE,
)
_HERE = re.compile(
    r"\b(?:these|those|the)\s(?:papers|works|articles|studies|abstracts|preprints)\b", re.IGNORECASE
)
_SAYING = ASKING | frozenset("a an the of in on for to and or about all me us please say".split())
_CLAUSE = re.compile(r"(?:^|(?:\s[-–—]|[:;.?!])\s)(?:(?!\s[-–—]\s|[:;.?!]\s).)*$")
_BESIDES = re.compile(r"(?:and|what about|how about)\s+its?\b", re.IGNORECASE)
_NAMED = re.compile(r"[“”\"]|(?<=\s)[A-Z]|\d")


@dataclass(frozen=True, slots=True)
class Earlier:
    """What may be pointed to.

    Attributes
    ----------
    lists
        The papers of each earlier answer that cites any, in their order, the latest answer last.
    concept
        What the earlier question first named; empty if there is none.
    matching
        Identifiers of all papers that match, of the same answers, shown or not.
    numbered
        Each paper that has a bracket number in the conversation, by that number.
    """

    lists: tuple[tuple[Paper, ...], ...]
    concept: str = ""
    matching: tuple[tuple[str, ...], ...] = ()
    numbered: Mapping[int, Paper] = field(default_factory=dict)

    @property
    def latest(self) -> tuple[Paper, ...]:
        """The latest answer that cites several papers, else the latest: what has numbers."""
        return self.lists[self._at]

    @property
    def found(self) -> tuple[str, ...]:
        """Identifiers of all papers that the same answer found."""
        shown = tuple(paper.id for paper in self.latest)
        found = self.matching[self._at] if self.matching else ()
        return found if len(found) > len(shown) else shown

    @property
    def _at(self) -> int:
        several = [n for n, some in enumerate(self.lists) if len(some) > 1]
        return several[-1] if several else len(self.lists) - 1


def of_here(text: str) -> bool:
    """Tell whether a question that nothing came before may mean all papers here by "these".

    >>> of_here("how do these papers find people"), of_here("compare these papers")
    (True, False)
    """
    if not _HERE.search(text):
        return False
    words = _HERE.sub(" ", text).lower().split()
    return any(word.strip("?!.,") not in _SAYING for word in words)


def points_back(text: str) -> bool:
    """Tell whether a question is nothing but a pointer to what was said before."""
    if len(text.split()) > LONGEST_ASIDE:
        return False
    return any(
        pattern.search(text) and is_bare(pattern.sub(" ", text))
        for pattern in (_NUMBER, _ORDINAL, _SOME, _ONE)
    )


def point(text: str, earlier: Earlier, known: Known) -> str:
    """Put what words point to in their place; a text that points to nothing stays as it is.

    Raises
    ------
    QuestionError
        If a number points to a paper that no earlier answer has.
    """
    numbered = _numbered(text, earlier, known)
    if numbered != text or not earlier.lists:
        return numbered
    some = _SOME.search(text)
    if some and is_bare(text[: some.start()]):
        return _set(text, some, them(earlier, known))
    item = _ITEM.search(text)
    if item and read(text).kind == "papers" and is_bare(text[: item.start()]):
        stands_for = earlier.concept
        if len(earlier.lists[-1]) == 1:
            stands_for = short_name(earlier.lists[-1][0])
        if stands_for:
            return text[: item.start("item")] + stands_for + text[item.end("item") :]
    return _focus(text, earlier.lists[-1], known)


def them(earlier: Earlier, known: Known) -> str:
    """Return what "them" stands for: all that was found, by name, number or count."""
    if len(earlier.found) == len(earlier.latest):
        return called(earlier.latest, known)
    if len(earlier.found) > MOST_SPELT_OUT:
        return f"the {len(earlier.found):,} papers found before"
    *most, last = earlier.found
    return f"{', '.join(most)} and {last}"


def counts_back(text: str) -> bool:
    """Tell whether a question speaks of papers found before without naming them."""
    return bool(_COUNTED.search(text))


def found_before(text: str) -> str:
    """Return a question without the count of the papers that it is asked of."""
    text = _COUNTED_OF.sub(lambda m: "how many papers" if m["many"] else "which papers", text)
    return re.sub(r"\s+", " ", _COUNTED.sub("papers", text)).strip()


def called(papers: Sequence[Paper], known: Known) -> str:
    """Return papers as a question can name them: by their names in quotation marks, or numbers."""
    names = [_name(p, known) if len(papers) <= MOST_BY_NAME else p.id for p in papers]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _name(paper: Paper, known: Known) -> str:
    for name in (short_name(paper), paper.title):
        if not re.search(r"[\"“”«»]", name) and [p.id for p in known.titled(name)] == [paper.id]:
            return f"“{name}”"
    return paper.id


def _numbered(text: str, earlier: Earlier, known: Known) -> str:
    """Put papers in the place of their numbers."""

    def by_number(match: re.Match[str]) -> str:
        number = int(match["mark"] or match["number"] or match["hash"])
        if number in earlier.numbered:
            return called([earlier.numbered[number]], known)
        return _at(number, match[0], earlier, known)

    def by_ordinal(match: re.Match[str]) -> str:
        word = (match["word"] or match["pair"] or "").lower()
        word = {"latter": "last", "former": "first"}.get(word, word)
        number = -1 if word == "last" else int(match["digits"] or _ORDINALS.index(word) + 1)
        return _at(number, match[0], earlier, known)

    return _ORDINAL.sub(by_ordinal, _NUMBER.sub(by_number, text))


def _at(number: int, said: str, earlier: Earlier, known: Known) -> str:
    if not earlier.lists:
        return said
    papers = earlier.latest
    if number and number <= len(papers):
        return called([papers[number - 1 if number > 0 else -1]], known)
    has = "1 paper" if len(papers) == 1 else f"{len(papers)} papers"
    said = said.removeprefix("the ")
    raise QuestionError(f"The earlier answer cites {has}, there is no “{said}”: name one of them.")


def _set(text: str, match: re.Match[str], names: str) -> str:
    if match["ones"]:
        start, end, names = *match.span("ones"), f"which of {names}"
    elif match["best"]:
        head, tail = text[: match.start("best")], match.span("tail")
        return f"{head}which of {names} {text[match.end('best') : tail[0]]}{text[tail[1] :]}"
    elif match["they"]:
        verb = match["they"].split()[0]
        start, end, names = *match.span("they"), f"{verb} any of {names}"
    else:
        start, end = match.span("set" if match["set"] else "named")
    return text[:start] + names + text[end:]


def _focus(text: str, papers: Sequence[Paper], known: Known) -> str:
    """Put the first paper of the latest answer in the place of "it" or "this paper"."""
    match = _ONE.search(text)
    if match is None or len(text.split()) > LONGEST_ASIDE:
        return text
    before = text[: match.start()]
    if not is_bare(before) and not _ASKED.search(before):
        return text  # "Which country has the yen as its currency?"
    if not is_bare(_CLAUSE.sub("", before)):
        return text  # "a metalens for depth: how thick is it?"
    if read(text).kind == "papers" and not _ASKED.match(before) and not _BESIDES.match(text):
        return text
    if match[0].lower().startswith("the ") and len(papers) > 1:
        return text
    if _NAMED.search(text, 1, match.start()):  # "What does LoFTR use and is it fast?"
        return text
    name = called(papers[:1], known)
    if match[0].lower() == "its":
        name += "’s"
    return text[: match.start()] + name + text[match.end() :]
