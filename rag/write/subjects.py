"""Whom a sentence of an abstract speaks of: the paper itself, or others.

"We", "our tracker", "the proposed method" and the name that a paper gives to its work are the
paper itself. "Recent work", "our baseline", "we hope that our method" and "in future work, we" are
not, or not as a fact. It yields what stands before a predicate of the paper, so that the check of a
sentence can begin behind it. It does not compare sentences.
"""

import re
from collections.abc import Iterator

from rag.core.papers import Paper
from rag.text import speech


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TOKEN = re.compile(r"[^\W_]+(?:(?:[-/^+'’]|[.,](?=\d))[^\W_]+)*[+%]*")
# Without one of these a sentence says something else.
DECISIVE = _words("""
    no not none nor neither never nothing cannot can't don't doesn't didn't isn't aren't hardly
    scarcely barely without except fail fails failed failing unable lack lacks lacking less fewer
    little few only just solely merely if when unless until once whether provided assuming but yet
    although though however despite except instead rather unlike whereas otherwise than compared
    respectively may might could would should sometimes often usually mostly partly partially nearly
    almost ignore ignores ignoring avoid avoids avoiding incorrect wrong false worse""")
# Words that no phrase ends before: where one of these follows, a sentence may stop.
LINKS = _words("""
    about across after against along among and as at based because before between by during for from
    given in including into of on onto or over such that through thus to toward towards under using
    via when where whereas which while with within""")
_KINDS = (
    r"(?:algorithm|approach|architecture|framework|method|model|network|paper|pipeline|report|"
    r"scheme|solution|study|survey|system|technique|tracker|work)s?"
)
STAND_IN = rf"(?:it|they|we|(?:the|this) (?:proposed )?{_KINDS}|the (?:authors?|researchers))"
_OWN = (
    rf"(?:we|this (?:paper|work|study|article|survey|report)|the (?:proposed|presented) {_KINDS}"
    r"|(?P<long>our|the proposed))"
)
_LONGEST_SUBJECT = 4  # words after "our": "our modular adaptation pipeline"
_COINED = re.compile(r"\w*[A-Z]\w*[A-Z\d+]\w*\+*")
_FINDINGS = r"(?:results?|experiments?|evaluations?|analysis|study|paper|work|datasets|data)"
_FOUND = re.compile(
    rf"(?:^|[, ])(?:we|{_FINDINGS})"
    r" (?:\w+ly |also |further )?(?:show|demonstrate|prove|find|confirm|verify|indicate)(?:s|ing)?"
    r"(?: \w+ly)?(?: that)?$",
    re.IGNORECASE,
)
_BY_OTHERS = re.compile(
    r"\b(?:previous|prior|recent|existing|earlier|past|related|their|his|other|another|many|some)"
    r" (?:\w+ )?(?:stud(?:y|ies)|works?|papers?|research|analys[ei]s)\b"
    r"|\b(?:previous|prior|recent|existing|earlier|past|related|their|his) (?:\w+ )?"
    r"(?:results?|experiments?|evaluations?|data)\b"
    r"|\b(?:a|one) (?:study|paper|work)\b|\bet al\b|'s\b|\bliterature\b|\[\d",
    re.IGNORECASE,
)
# "Our baseline" is the paper's, and not what it proposes.
_BESIDE = _words("""
    baseline baselines teacher previous earlier preliminary initial naive original ablated best
    worst smallest largest competing""")
_IDLE = re.compile(r"\bwith(?:out| few)(?: any)? bells and whistles\b", re.IGNORECASE)
BEFORE = re.compile(
    r"(?:in this (?:paper|work|study|article|report|project)|to this end|here|hence|thus|then|"
    r"finally|therefore|moreover|furthermore|first|second|third|and|\W)*",
    re.IGNORECASE,
)
# With these a clause begins that a statement of its own may follow.
_CONTRASTS = _words("although though while unlike instead despite however different contrary")
# What follows is thought, or planned, or true at times, or was done in another paper.
SUPPOSED = re.compile(
    r"\b(?:believes?|hopes?|expects?|thinks?|argues?|claims?|assumes?|suggests?|hypothesi[sz]es?|"
    r"conjectures?|suspects?|doubts?|speculates?|supposes?|postulates?|wish|plans?|said|says|"
    r"future|in theory|in principle|theoretically|ideally|hypothetically|potentially|possibly|"
    r"perhaps|probably|rarely|seldom|occasionally|in (?:\w+ ){0,2}cases?|refutes?|den(?:y|ies)|"
    r"had|on paper|previously|earlier|last year|in (?:the|our|an?) (?:previous|prior|past|last))\b"
    r"|\bin \[",
    re.IGNORECASE,
)
_PROPOSE = (
    r"\b(?:we|(?:this|the present) (?:paper|work))"
    r"(?: (?!(?:hard|rare|bare|scarce|on|mere|part|near|usual|most)ly)(?:\w+ly|also|further|first|"
    r"then|thus|hence|here|therefore|instead))? "
    rf"{speech.PROPOSING}\w+"
)
# "We propose a solution named X, which ...": what follows is said of the solution.
_PROPOSED = re.compile(
    rf"{_PROPOSE} (?P<what>(?:[\w+-]+,? |\([^()]*\),? ){{1,8}}?)(?:which|that)\b", re.I
)
_MADE = re.compile(rf"(?:{_KINDS}|loss|module|strategy|function|mechanism|metric)")
# "A new loss is proposed in this paper": who proposes it is the paper.
_PASSIVE = re.compile(
    r"^(?P<before>.*?)(?P<what>(?:an?|two|three)\b[^,;:()]*?) (?:is|are) (?:further |also |then )?"
    rf"(?P<verb>{speech.PROPOSED})"
    r"(?P<here> in this (?:paper|work|study))?(?P<after>\b.*)$",
    re.IGNORECASE,
)
_AIM = re.compile(
    r"(?:to (?!date\b|the\b|us\b)\w+|in order to|by \w+ing|based on|inspired by|motivated by|"
    r"for this|with this)\b[^.;:()\[\]]*,",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"^ in (?!order\b)|\bby (?!\w+ing\b)|\bet al\b|[(\[][^)\]]*\d|\bin [A-Z]|"
    r"\b(?:previous|prior|recent|recently|existing|earlier|literature|each|every)\b"
)
_NAME = r"([A-Z][\w+-]*)"
_CALLED = r"(?:named|called|dubbed|termed as|denoted as)"
_PLAIN_WORD = rf"(?!(?:{'|'.join(sorted(LINKS))}|baseline|backbone|teacher|use)\b)[\w+-]+"
_NAMED = re.compile(
    rf"{_PROPOSE} (?:{_PLAIN_WORD},? ){{1,10}}?{_CALLED} {_NAME}"
    rf"|{_PROPOSE}[^.]{{0,120}}?, {_CALLED} {_NAME}"
    rf"|{_PROPOSE} (?:an? |the )?(?:novel |new )?(?:[A-Z][\w-]*\s){{1,5}}\({_NAME}\)"
    r"(?! (?:in)?to\b)"
    rf"|\bour (?:{_PLAIN_WORD} ){{1,4}}\({_NAME}\)"
)


def called(paper: Paper) -> list[str]:
    """Return the names that a paper gives to its own work."""
    found = [name for pair in _NAMED.findall(paper.abstract) for name in pair if name]
    title, colon, _ = (part.strip() for part in paper.title.partition(":"))
    if colon and " " not in title and _is_its_own(title, paper.abstract):
        found.append(title)
    return list(dict.fromkeys(found))


def names(paper: Paper) -> str:
    """Return a pattern for the names that a paper gives to its own work."""
    return "|".join(re.escape(plain(name)) for name in called(paper)) or r"(?!)"


def active(text: str) -> Iterator[str]:
    """Yield "we propose a loss" for "a novel loss is proposed", which says the same.

    Only where it is the paper that proposes: not "in [3]", not "recently", not "by Smith"; and only
    for what is new or made, as a box may be proposed for each anchor, too.
    """
    found = _PASSIVE.match(text)
    if not found or _ELSEWHERE.search(found["after"]):
        return
    before, what, verb = found["before"], found["what"], found["verb"].lower()
    said = {word.lower() for word in TOKEN.findall(what)}
    if not said.isdisjoint({"that", "which", "who", "whose", "where", "when", "each", "every"}):
        return
    here = found["here"] or re.search(r"\bin this (?:paper|work|study)\b", before, re.I)
    head = re.split(rf" (?:{'|'.join(LINKS)}) ", what)[0].split()[-1].lower()
    made = verb == "proposed" and _MADE.fullmatch(head)
    if not (here or made or not said.isdisjoint({"new", "novel"})):
        return
    alone = _AIM.fullmatch(before.strip()) and DECISIVE.isdisjoint(before.lower().split())
    if BEFORE.fullmatch(before.strip()) or alone:
        yield f"{before}we {verb.removesuffix('d')} {what}{found['after']}"


def own(source: str, called: str) -> Iterator[str]:
    """Yield what stands before a predicate of the paper itself: "To this end, our tracker"."""
    for match in _PROPOSED.finditer(source):
        what = [token.lower() for token in TOKEN.findall(match["what"])]
        head = TOKEN.findall(re.sub(r"\([^()]*\)", "", match["what"]))[-1:]
        made = head and (_MADE.fullmatch(head[0].lower()) or _COINED.fullmatch(head[0]))
        plainly = _BESIDE.isdisjoint(what) and LINKS.isdisjoint(what)
        if made and plainly and stands_alone(source[: match.start()]):
            yield source[: match.end()]
    for match in re.finditer(rf"(?<![\w-])(?:{_OWN}|{called})(?![\w+-])", source, re.IGNORECASE):
        if not stands_alone(source[: match.start()]):
            continue
        if not match["long"]:
            yield source[: match.end()]
        else:
            yield from (source[:end] for end in _ends_of_subject(source, match.end()))


def statements(source: str) -> Iterator[str]:
    """Yield what stands before a statement: nothing, "Moreover,", "Experiments show that"."""
    opening = BEFORE.match(source)
    yield opening[0] if opening else ""
    for match in re.finditer(r"\bthat\b,?", source):
        if _FOUND.search(source[: match.end()]) and stands_alone(source[: match.end()]):
            yield source[: match.end()]


def stands_alone(before: str) -> bool:
    """Tell whether what comes before a statement leaves it standing as it is."""
    before = before.strip()
    if BEFORE.fullmatch(before):
        return True
    if SUPPOSED.search(before):
        return False
    said = [token.lower() for token in TOKEN.findall(_IDLE.sub("", before))]
    if before.endswith(",") and not _CONTRASTS.isdisjoint(said[:1]):
        return True
    if not DECISIVE.isdisjoint(said):
        return False
    if _BY_OTHERS.search(before) and re.search(r"\bthat\b,?", before):
        return False
    return before.endswith((",", ";")) or bool(_FOUND.search(before))


def plain(text: str) -> str:
    """Return a text with dashes, times signs and quotation marks of one kind."""
    for old, new in (("–", "-"), ("—", " - "), ("×", "x"), ("$", ""), ("\\times", "x"), ("’", "'")):
        text = text.replace(old, new)
    return re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)


def _is_its_own(name: str, abstract: str) -> bool:
    """Tell whether a paper coined the name before the colon of its title: LoFTR, but not SLAM."""
    if re.search(r"[a-z].*[A-Z\d]|[A-Z]{2,}[a-z]{2}", name) and not name.endswith("Ns"):
        return True
    introduced = (
        r"(?:we|this paper|this work) (?:\w+ly |also )?"
        rf"(?:{speech.PROPOSING}|call|name|dub|releas|describ)\w*\b[^.]{{0,80}}?\b{re.escape(name)}\b"
        rf"|\b(?:named|called|dubbed|our) {re.escape(name)}\b"
    )
    return re.search(introduced, abstract, re.IGNORECASE) is not None


def _ends_of_subject(source: str, start: int) -> Iterator[int]:
    """Yield where the subject that "our" opens may end: a name, "method", "tracker", "results"."""
    found = TOKEN.finditer(source, start)
    for place, token in zip(range(_LONGEST_SUBJECT), found, strict=False):
        word = token[0].lower()
        parted = re.search(r"[,;:]", source[start : token.start()])
        if parted or word in LINKS or word in DECISIVE or word in _BESIDE:
            return
        if re.fullmatch(_KINDS, word):
            yield token.end()
            return
        if not place and (_COINED.fullmatch(token[0]) or re.fullmatch(_FINDINGS, word)):
            yield token.end()
