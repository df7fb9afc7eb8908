"""The check of a sentence against the abstract that it cites.

A sentence passes when one sentence of the abstract says the same, word after word. It may put "it"
or the paper's name for "we" or "our tracker", "its" for "our" where that can mean nothing else, say
"uses" for "leverages", change endings, leave out words of praise, and stop early where a phrase
ends. It may add no word but a "that" ("we show our tracker is"), change no order, and leave out no
"not", "only", "if" or "than". The same words in another order can say the opposite and still be
near in meaning (cosine 0.95 and more), so nearness alone tells little.

It is deliberately strict: what fails is shown as a quotation instead, so a true sentence lost costs
little, and a false one shown costs everything. It does not know who wrote the sentence, nor why.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from rag.core.papers import Paper
from rag.core.passages import Passage
from rag.models.embedding import Embedding
from rag.text.words import stem
from rag.write import subjects
from rag.write.subjects import DECISIVE, LINKS, plain

NEAR_ENOUGH = 0.4
"""Cosine of a paraphrase with the sentence that bears it out; it keeps a fragment from standing for
a long sentence (the true ones of tests/test_support.py have 0.46 to 0.99)."""

FEWEST_WORDS = 3
"""Words after the subject; fewer say nothing ("It performs well")."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# One of a group may stand for another; the first one is its name.
_SAME = {
    stem(word): (word, stem(group.split()[0]))
    for group in (
        "propose present introduce describe",
        "use employ utilize utilise leverage",
        "show demonstrate",
        "achieve reach attain obtain",
        "is are was were be",
        "that which",
        "analyse analyses",
    )
    for word in group.split()
}
_POSSESSIVES = _words("our its their")
_ARTICLES = _words("a an the this these") | _POSSESSIVES
_ADVERBS = _words("""
    also further furthermore additionally significantly substantially greatly effectively
    efficiently successfully clearly""")
# Right after its subject these only tell in which order a paper goes: "we first design".
_ORDER = _words("first next then thus hence therefore here now")
# Before what a paper proposes these only praise; elsewhere they restrict ("new classes").
_PRAISE = _words("novel new simple yet but effective efficient powerful accurate robust flexible")
_UNDONE = re.compile(
    r"\b(?:impossible|infeasible|future (?:work|research|stud\w+)|in (?:the )?future)\b", re.I
)
_LIMITS = DECISIVE - {"than", "compared"}  # these matter to a sentence that compares only
_COMPARES = re.compile(
    r"more|most|less|fewer|better|best|worse|higher|lower|faster|slower|larger|smaller|bigger|greater|"
    r"stronger|easier|deeper|first|superior|state-of-the-art|(?:outperform|surpass|exceed|improv)\w*",
    re.IGNORECASE,
)
_NARROWING = _words("on for with among under at in within given using after")  # "On COCO, we"
_TOKEN = re.compile(rf"\b[Aa] few\b|{subjects.TOKEN.pattern}")  # "few" alone says the opposite
# What words of one stem may end with: "detects" for "detect", but not "animals" for "animation".
_ENDINGS = _words("e s es ed d ing y ies ied 's") | {""}
_ASIDE = re.compile(
    r"\([^()]*\)"
    r"|(?:, )?\b(?:named|called|dubbed|termed as|denoted as) (?:[A-Z][\w+-]* ?|\([^()]*\))+"
)
# "The effectiveness of its method": "its" can mean nothing but the paper.
_MERITS = _words("""
    effectiveness superiority advantage advantages benefit benefits efficacy usefulness potential
    performance generality robustness behavior behaviour all""")
_IDLE = ["without", "bells", "and", "whistles"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a sentence is borne out, by which passage, and if not, why not."""

    passage: Passage | None
    reason: str = ""

    def __bool__(self) -> bool:
        return self.passage is not None


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    key: str
    start: int
    end: int
    whose: str = ""  # "our", "its", "their" right before it


def check(
    sentence: str, paper: Paper, passages: Sequence[Passage], embedding: Embedding
) -> Verdict:
    """Check a sentence against a paper.

    Parameters
    ----------
    sentence
        One sentence, without bracket numbers.
    paper
        The paper that it cites.
    passages
        The sentences of its abstract that may bear it out.
    """
    names = subjects.names(paper)
    reasons = []
    for passage in passages:
        sources = (passage.text, *subjects.active(passage.text))
        found = [_differs(plain(sentence), plain(source), names) for source in sources]
        reason = "" if "" in found else found[0]
        if not reason:
            near = float(embedding.encode([sentence])[0] @ embedding.encode([passage.text])[0])
            if near >= NEAR_ENOUGH:
                return Verdict(passage)
            reason = f"far from what it rests on (cosine {near:.2f})"
        reasons.append(reason)
    return Verdict(None, reasons[0] if reasons else "no sentence to rest on")


def _differs(sentence: str, source: str, names: str) -> str:
    """Say how a sentence goes beyond the one that is to bear it out; nothing if it does not."""
    if sentence == source:
        return ""
    strange = set(re.sub(r"[\w\s,.%+-]", "", sentence)) - set(source)
    if strange:
        return f"{min(strange)!r} is not in the abstract"
    opening = subjects.BEFORE.match(sentence)
    sentence = sentence[opening.end() :] if opening else sentence
    subject = re.match(rf"(?:{subjects.STAND_IN}|{names})(?![\w+-])", sentence, re.IGNORECASE)
    said = _tokens(sentence, subject.end() if subject else 0)
    if len(said) < FEWEST_WORDS:
        return "it says nothing"
    starts = subjects.own(source, names) if subject else subjects.statements(source)
    reason = "it rests on a sentence that is not about the paper itself"
    for before in starts:
        reason = _follows(said, source, before)
        if not reason:
            return ""
    return reason


def _follows(said: Sequence[_Token], source: str, before: str) -> str:
    """Say where a sentence leaves the words that it is to follow; nothing if it does not."""
    there = _tokens(source, len(before))
    place, proposed = 0, False
    for number, token in enumerate(said):
        if token.text == "that" and place and _may_add_that(there, place):
            continue
        while place < len(there) and not _alike(there[place], token):
            if not _may_go(there, place, proposed, source):
                return f"{token.text!r} does not follow in the abstract"
            place += 1
        if place == len(there):
            return f"{token.text!r} does not follow in the abstract"
        if token.whose and not _may_own(said, number, there[place]):
            return f"{token.whose!r} may be another's"
        proposed = proposed or there[place].key == _PROPOSE
        place += 1
    compares = any(_COMPARES.fullmatch(token.text) for token in said)
    if compares and _narrowed(before):
        return "it compares in general what is compared in particular"
    return _stops_badly(said[-1], there, place, source, compares)


def _stops_badly(
    last: _Token, there: Sequence[_Token], place: int, source: str, compares: bool
) -> str:
    """Say why a sentence may not end where it does; nothing if it may."""
    left = there[place:]
    decisive, stops = (DECISIVE, {"and", "while"}) if compares else (_LIMITS, LINKS)
    rest = source[there[place - 1].end :]
    if any(token.text.lower() in decisive for token in left) or _UNDONE.search(rest):
        return "what it leaves out is decisive"
    between = source[there[place - 1].end : left[0].start] if left else "."
    ends = re.search(r"[^\w\s]", between) or left[0].text.lower() in stops
    if not ends or (left and not between.strip() and last.text[0].isdigit()):
        return "it breaks off within a phrase"
    return ""


def _may_add_that(there: Sequence[_Token], place: int) -> bool:
    """Tell whether "that" may be added here: "we show our tracker is" begins a statement."""
    follows = there[place] if place < len(there) else None
    return (
        there[place - 1].key in _TELLS
        and follows is not None
        and (follows.whose == "our" or follows.text in {"it", "we", "proposed"})
    )


def _may_own(said: Sequence[_Token], number: int, source: _Token) -> bool:
    """Tell whether "its" means the same in a sentence as what it stands for in the source.

    For "our" it may stand where nothing else has come before that it could mean: "It evaluates its
    method", "It shows that its method", but not "It shows that a detector improves with its loss".
    """
    whose = said[number].whose
    if whose == source.whose or source.whose != "our":
        return whose == source.whose
    before = [token.text.lower() for token in said[:number]]
    if number < 2 or (number == 3 and before[1] == "and"):  # "analyses and compares its results"
        return True
    if before[-4:] == _IDLE:
        before = before[:-4]
    one, two = before[-1], before[-2]
    told = two if one == "that" else one
    return _key(told) in _ANNOUNCES or (one == "of" and two in _MERITS)


def _may_go(there: Sequence[_Token], place: int, proposed: bool, source: str) -> bool:
    """Tell whether a word may be left out: an adverb, praise of what is proposed, an aside."""
    token = there[place]
    for aside in _ASIDE.finditer(source):
        if aside.start() <= token.start < aside.end():
            return DECISIVE.isdisjoint(aside[0].lower().strip("()").split())
    word = token.text.lower()
    after_decisive = place > 0 and there[place - 1].text.lower() in DECISIVE
    if word in _ADVERBS or (not place and word in _ORDER):
        return not after_decisive
    return (
        proposed
        and word in _PRAISE
        and there[place - 1].key
        in {
            _PROPOSE,
            *_PRAISE_KEYS,
        }
    )


def _narrowed(before: str) -> bool:
    """Tell whether a statement begins with where it holds: "On COCO, our method"."""
    first = re.match(r"(?!in (?:this|addition|particular|contrast|summary)\b)[a-z]+", before, re.I)
    return first is not None and "," in before and first[0].lower() in _NARROWING


def _tokens(text: str, start: int) -> list[_Token]:
    """Return the words of a text from an offset on, articles left out."""
    found, whose = [], ""
    for match in _TOKEN.finditer(text, start):
        word = match[0].lower()
        if word not in _ARTICLES:
            found.append(_Token(match[0], _key(match[0]), match.start(), match.end(), whose))
        whose = word if word in _POSSESSIVES else ""
    return found


def _key(word: str) -> str:
    """Return what two words have to share to be one: the stem, but numbers and names whole."""
    if re.search(r"\d|\w[A-Z]|\+", word):
        return word.lower().removesuffix("s")
    root = stem(word)
    member, name = _SAME.get(root, ("", ""))
    return name if member and _inflected(word.lower(), member) else root


def _alike(one: _Token, other: _Token) -> bool:
    """Tell whether two words are one, in whatever form, or of one group."""
    if one.key != other.key:
        return False
    a, b = one.text.lower(), other.text.lower()
    if a.endswith("ing") != b.endswith("ing"):  # "poses" are not "posing"
        return False
    return one.key in _NAMES_OF_GROUPS or _inflected(a, b)


def _inflected(one: str, other: str) -> bool:
    """Tell whether two words of one stem are forms of one word."""
    shared = sum(
        1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    )
    last = one[:shared][-1:]  # doubled in "planned"
    return all(
        end in _ENDINGS or (last and end in {f"{last}ed", f"{last}ing"})
        for end in (one[shared:], other[shared:])
    )


_PROPOSE = _key("propose")
_NAMES_OF_GROUPS = frozenset(name for _, name in _SAME.values())
_TELLS = frozenset(_key(word) for word in _words("show demonstrate find prove"))
_ANNOUNCES = _TELLS | {_key(word) for word in _words("verify confirm indicate observe")}
_PRAISE_KEYS = frozenset(_key(word) for word in _PRAISE)
