"""The check of a sentence against the abstract that it cites.

A sentence passes when one sentence of the abstract says the same, word after word. It may put "it"
or the paper's name for "we" or "our tracker", say "uses" for "leverages", change endings, leave out
words of praise, and stop early where a phrase ends. It may add no word, change no order, and leave
out no "not", "only", "if" or "than". The same words in another order can say the opposite and still
be near in meaning (cosine 0.95 and more), so nearness alone tells little.

It is deliberately strict: what fails is shown as a quotation instead, so a true sentence lost costs
little, and a false one shown costs everything. It does not know who wrote the sentence, nor why.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.embedding import Embedding
from rag.papers import Paper
from rag.passages import Passage
from rag.words import stem

NEAR_ENOUGH = 0.4
"""Cosine of a paraphrase with the sentence that bears it out; it keeps a fragment from standing for
a long sentence (the true ones of tests/test_support.py have 0.46 to 0.99)."""

FEWEST_WORDS = 3
"""Words after the subject; fewer say nothing ("It performs well")."""

_LONGEST_SUBJECT = 4  # words after "our": "our modular adaptation pipeline"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# One of a group may stand for another; the first one is its name.
_SAME = {
    stem(word): stem(group.split()[0])
    for group in (
        "propose proposes present introduce describe",
        "use employ utilize utilise leverage",
        "show demonstrate",
        "achieve reach attain obtain",
        "is are was were be",
        "that which",
    )
    for word in group.split()
}
_ARTICLES = _words("a an the this these our its their")
_ADVERBS = _words("""
    also further furthermore additionally significantly substantially greatly effectively
    efficiently successfully clearly""")
# Before what a paper proposes these only praise; elsewhere they restrict ("new classes").
_PRAISE = _words("novel new simple yet but effective efficient powerful accurate robust flexible")
# Without one of these a sentence says something else.
_DECISIVE = _words("""
    no not none nor neither never nothing cannot can't don't doesn't didn't isn't aren't hardly
    scarcely barely without except fail fails failed failing unable lack lacks lacking less fewer
    little few only just solely merely if when unless until once whether provided assuming but yet
    although though however despite except instead rather unlike whereas otherwise than compared
    respectively may might could would should sometimes often usually mostly partly partially nearly
    almost ignore ignores ignoring avoid avoids avoiding incorrect wrong false worse""")
_LIMITS = _DECISIVE - {"than", "compared"}  # these matter to a sentence that compares only
_COMPARES = re.compile(
    r"more|most|less|fewer|better|best|worse|higher|lower|faster|slower|larger|smaller|bigger|greater|"
    r"stronger|easier|deeper|first|superior|state-of-the-art|(?:outperform|surpass|exceed|improv)\w*",
    re.IGNORECASE,
)
_NARROWING = _words("on for with among under at in within given using after")  # "On COCO, we"
# With these a clause begins that a statement of its own may follow.
_CONTRASTS = _words("although though while unlike instead despite however different contrary")
# Words that no phrase ends before: where one of these follows, a sentence may stop.
_LINKS = _words("""
    about across after against along among and as at based because before between by during for from
    given in including into is are was were of on onto or over such that through thus to toward
    towards under using via when where whereas which while with within""")
_TOKEN = re.compile(r"[^\W_]+(?:(?:[-/^+'’]|[.,](?=\d))[^\W_]+)*[+%]*")
_KINDS = (
    r"(?:algorithm|approach|architecture|framework|method|model|network|paper|pipeline|report|"
    r"scheme|solution|study|survey|system|technique|tracker|work)s?"
)
_STAND_IN = rf"(?:it|they|we|(?:the|this) (?:proposed )?{_KINDS}|the (?:authors?|researchers))"
_OWN = (
    rf"(?:we|this (?:paper|work|study|article|survey|report)|the (?:proposed|presented) {_KINDS}"
    r"|(?P<long>our|the proposed))"
)
_FOUND = re.compile(
    r"(?:^|[, ])(?:we|results?|experiments?|evaluations?|analysis|study|paper|work|datasets|data)"
    r" (?:\w+ly |also |further )?(?:show|demonstrate|prove|find|confirm|verify|indicate)(?:s|ing)?"
    r"(?: \w+ly)?(?: that)?$",
    re.IGNORECASE,
)
_IDLE = re.compile(r"\bwith(?:out| few)(?: any)? bells and whistles\b", re.IGNORECASE)
_BEFORE = re.compile(
    r"(?:in this (?:paper|work|study|article|report|project)|to this end|here|hence|thus|then|"
    r"finally|therefore|moreover|furthermore|first|second|third|and|\W)*",
    re.IGNORECASE,
)
_PROPOSE = r"\b(?:we|paper|work)(?: \w+)? (?:propos|present|introduc|design|devis|develop)\w+"
# "We propose a solution named X, which ...": what follows is said of the solution.
_PROPOSED = re.compile(
    rf"{_PROPOSE} (?P<what>(?:[\w+-]+,? |\([^()]*\),? ){{1,8}}?)(?:which|that)\b", re.I
)
_ASIDE = re.compile(
    r"\([^()]*\)"
    r"|(?:, )?\b(?:named|called|dubbed|termed as|denoted as) (?:[A-Z][\w+-]* ?|\([^()]*\))+"
)
# "A new loss is proposed in this paper": who proposes it is the paper.
_PASSIVE = re.compile(
    r"^(?P<before>.*?)(?P<what>(?:an?|the|two|three)\b[^,;:]*?),? (?:is|are) (?:further |also |then )?"
    r"(?P<verb>proposed|presented|introduced|developed|designed)"
    r"(?: in this (?:paper|work|study))?(?P<after>\b.*)$",
    re.IGNORECASE,
)
_NAMED = re.compile(
    rf"{_PROPOSE}[^.]{{0,120}}?\b(?:named|called|dubbed|termed as|denoted as) ([A-Z][\w+-]*)"
    rf"|{_PROPOSE} (?:an? |the )?(?:novel |new )?(?:[A-Z][\w-]*\s){{1,5}}\(([A-Z][\w+-]*)\)"
    r"|\bour (?:\w+ ){1,4}\(([A-Z][\w+-]*)\)"
)


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
    names = _names(paper)
    reasons = []
    for passage in passages:
        sources = (passage.text, *_active(passage.text))
        found = [_differs(_plain(sentence), _plain(source), names) for source in sources]
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
    opening = _BEFORE.match(sentence)
    sentence = sentence[opening.end() :] if opening else sentence
    subject = re.match(rf"(?:{_STAND_IN}|{names})(?![\w+-])", sentence, re.IGNORECASE)
    said = _tokens(sentence, subject.end() if subject else 0)
    if len(said) < FEWEST_WORDS:
        return "it says nothing"
    starts = _own_subjects(source, names) if subject else _statements(source)
    reason = "it rests on a sentence that is not about the paper itself"
    for before in starts:
        reason = _follows(said, source, before)
        if not reason:
            return ""
    return reason


def _active(text: str) -> Iterator[str]:
    """Yield "we propose a loss" for "a loss is proposed", which a reader takes for the same."""
    found = _PASSIVE.match(text)
    if found and _stands_alone(found["before"]):
        verb = found["verb"].lower().removesuffix("d")
        yield f"{found['before']}we {verb} {found['what']}{found['after']}"


def _follows(said: Sequence[_Token], source: str, before: str) -> str:
    """Say where a sentence leaves the words that it is to follow; nothing if it does not."""
    there = _tokens(source, len(before))
    place, proposed = 0, False
    for token in said:
        if token.key == _SAME[stem("that")] and place and there[place - 1].key in _TELLS:
            if place < len(there) and there[place].key == token.key:
                place += 1
            continue
        while place < len(there) and there[place].key != token.key:
            if not _may_go(there, place, proposed, source):
                return f"{token.text!r} does not follow in the abstract"
            place += 1
        if place == len(there):
            return f"{token.text!r} does not follow in the abstract"
        proposed = proposed or there[place].key == _SAME[stem("propose")]
        place += 1
    left = there[place:]
    compares = any(_COMPARES.fullmatch(token.text) for token in said)
    decisive, stops = (_DECISIVE, {"and", "while"}) if compares else (_LIMITS, _LINKS)
    if compares and _narrowed(before):
        return "it compares in general what is compared in particular"
    if any(token.text.lower() in decisive for token in left):
        return "what it leaves out is decisive"
    between = source[there[place - 1].end : left[0].start] if left else "."
    ends = re.search(r"[^\w\s]", between) or left[0].text.lower() in stops
    if not ends or (left and not between.strip() and said[-1].text[0].isdigit()):
        return "it breaks off within a phrase"
    return ""


def _may_go(there: Sequence[_Token], place: int, proposed: bool, source: str) -> bool:
    """Tell whether a word may be left out: an adverb, praise of what is proposed, an aside."""
    token = there[place]
    if any(m.start() <= token.start < m.end() for m in _ASIDE.finditer(source)):
        return True
    word = token.text.lower()
    after_decisive = place > 0 and there[place - 1].text.lower() in _DECISIVE
    if word in _ADVERBS:
        return not after_decisive
    return (
        proposed
        and word in _PRAISE
        and there[place - 1].key
        in {
            _SAME[stem("propose")],
            *_PRAISE_KEYS,
        }
    )


def _own_subjects(source: str, names: str) -> Iterator[str]:
    """Yield what stands before a predicate of the paper itself: "To this end, our tracker"."""
    for match in _PROPOSED.finditer(source):
        what = {token.text.lower() for token in _tokens(match["what"], 0)}
        if what.isdisjoint(_LINKS) and _stands_alone(source[: match.start()]):
            yield source[: match.end()]
    for match in re.finditer(rf"(?<![\w-])(?:{_OWN}|{names})(?![\w+-])", source, re.IGNORECASE):
        if not _stands_alone(source[: match.start()]):
            continue
        yield source[: match.end()]
        if match["long"]:
            yield from (source[:end] for end in _ends_of_subject(source, match.end()))


def _ends_of_subject(source: str, start: int) -> Iterator[int]:
    """Yield where the subject that "our" opens may end: after a word, or at "method", "tracker"."""
    for place, token in enumerate(_tokens(source, start)[:_LONGEST_SUBJECT]):
        word = token.text.lower()
        parted = re.search(r"[,;:]", source[start : token.start])
        if parted or word in _LINKS or word in _DECISIVE:
            return
        is_kind = re.fullmatch(_KINDS, word)
        if is_kind or not place:
            yield token.end
        if is_kind:
            return


def _statements(source: str) -> Iterator[str]:
    """Yield what stands before a statement: nothing, "Moreover,", "Experiments show that"."""
    opening = _BEFORE.match(source)
    yield opening[0] if opening else ""
    for match in re.finditer(r"\bthat\b,?", source):
        if _FOUND.search(source[: match.end()]) and _stands_alone(source[: match.end()]):
            yield source[: match.end()]


def _stands_alone(before: str) -> bool:
    """Tell whether what comes before a statement leaves it standing as it is."""
    before = before.strip()
    if _BEFORE.fullmatch(before):
        return True
    said = [token.text.lower() for token in _tokens(_IDLE.sub("", before), 0)]
    if before.endswith(",") and not _CONTRASTS.isdisjoint(said[:1]):
        return True
    if not _DECISIVE.isdisjoint(said):
        return False
    return before.endswith((",", ";")) or bool(_FOUND.search(before))


def _narrowed(before: str) -> bool:
    """Tell whether a statement begins with where it holds: "On COCO, our method"."""
    first = re.match(r"(?!in (?:this|addition|particular|contrast|summary)\b)[a-z]+", before, re.I)
    return first is not None and "," in before and first[0].lower() in _NARROWING


def _names(paper: Paper) -> str:
    """Return a pattern for the names that a paper gives to its own work."""
    title, colon, _ = paper.title.partition(":")
    found = [title] if colon and " " not in title.strip() else []
    found += [name for pair in _NAMED.findall(paper.abstract) for name in pair if name]
    return "|".join(re.escape(_plain(name.strip())) for name in found) or r"(?!)"


def _tokens(text: str, start: int) -> list[_Token]:
    """Return the words of a text from an offset on, articles left out."""
    found = (_Token(m[0], _key(m[0]), m.start(), m.end()) for m in _TOKEN.finditer(text, start))
    return [token for token in found if token.text.lower() not in _ARTICLES]


def _key(word: str) -> str:
    """Return what two words have to share to be one: the stem, but numbers and names whole."""
    if re.search(r"\d|\w[A-Z]|\+", word):
        return word.lower().removesuffix("s")
    return _SAME.get(stem(word), stem(word))


def _plain(text: str) -> str:
    """Return a text with dashes, times signs and quotation marks of one kind."""
    for old, new in (("–", "-"), ("—", " - "), ("×", "x"), ("$", ""), ("\\times", "x"), ("’", "'")):
        text = text.replace(old, new)
    return re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)


_TELLS = frozenset(_key(word) for word in _words("show demonstrate find prove"))
_PRAISE_KEYS = frozenset(_key(word) for word in _PRAISE)
