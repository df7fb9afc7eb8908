"""The check of a sentence against the abstract that it cites.

A sentence passes when an abstract bears it out: every number, name and content word in it stands in
the abstract or the title (stem, case and plural aside), in the order in which one sentence of the
abstract has them, with the same negations, about the paper itself where it says so, and near that
sentence in meaning. It is deliberately strict: what fails is shown as a quotation instead, so
a true sentence lost costs little, and a false one shown costs everything.

It does not know who wrote the sentence, nor why.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rag.embedding import Embedding
from rag.papers import Paper
from rag.passages import Passage
from rag.words import Word, same, stem, words

NEAR_ENOUGH = 0.6
"""Cosine of a paraphrase with the sentence that bears it out."""

IN_ORDER = 0.8
"""Share of a sentence's content words that stand in the same order in what bears it out."""

_NEUTRAL = frozenset(
    stem(word)
    for word in """
    a about achieve achieves address addresses aim aims all allow allows also an and any apply
    applies approach are as at author authors based be because been being both but by called can
    consists contribution could deal deals demonstrate demonstrates describe describes design
    develop develops do does each enable enables focus focuses for from has have he help helps here
    how i in include includes introduce introduces into is it its itself leverage leverages
    leveraging main make makes may method more most named of on one or other our over paper
    papers perform performs present presents propose proposed proposes provide provides research
    result results say says she should show shows so solution some study such system tackle tackles
    technique than that the their them then there these they this those through thus to try tries
    use used uses using via was way we were what when where which while who whose will with work
    would you
    """.split()
)
_NEGATIONS = frozenset(
    """cannot except fail fails free hardly instead less little neither never no none nor not
    nothing rarely rather unlike without""".split()
)
_TOKEN = re.compile(r"[^\W_]+(?:[-.,/^+%×][^\W_]+)*[+%]*", re.UNICODE)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NUMBER_WORDS = frozenset(
    """two three four five six seven eight nine ten eleven twelve hundred thousand million
    billion half twice double triple first second third""".split()
)
_OWN = re.compile(
    r"\b(?:we|our|ours|us|this (?:paper|work|article|study|survey|report)|the (?:proposed|presented)"
    r"|(?:is|are) (?:proposed|presented|introduced))\b",
    re.IGNORECASE,
)
_OF_OTHERS = re.compile(
    r"\b(?:existing|previous|prior|recent|traditional|conventional|current|classical|most|many|"
    r"several|state-of-the-art) (?:\w+[\s-]){0,3}?(?:methods?|works?|approach(?:es)?|models?|"
    r"algorithms?|techniques?|trackers?|stud(?:y|ies)|systems?|solutions?|pipelines?|datasets?)\b",
    re.IGNORECASE,
)
_CLAIMS_PAPER = re.compile(
    r"^(?:it|they|we|the (?:authors?|paper|method|approach|work|proposed)|this (?:paper|work|"
    r"method|approach|study)|the proposed)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a sentence is borne out, by which passage, and if not, why not."""

    passage: Passage | None
    reason: str = ""

    def __bool__(self) -> bool:
        return self.passage is not None


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
    reason = _unknown_tokens(sentence, paper) or _unknown_words(sentence, paper)
    if reason:
        return Verdict(None, reason)
    for passage in passages:
        reason = _differs(sentence, paper, passage)
        if not reason:
            near = float(embedding.encode([sentence])[0] @ embedding.encode([passage.text])[0])
            if near >= NEAR_ENOUGH:
                return Verdict(passage)
            reason = f"far from what it rests on (cosine {near:.2f})"
    return Verdict(None, reason or "no sentence to rest on")


def _unknown_tokens(sentence: str, paper: Paper) -> str:
    """Name the first number or name, as one token, that the paper does not have."""
    text = _plain(f"{paper.title} {paper.abstract}")
    for match in _TOKEN.finditer(sentence):
        token = match[0].rstrip(",.")
        is_name = bool(re.search(r"\d|\w[A-Z]", token)) or (
            token[0].isupper() and match.start() > 0
        )
        if not is_name or stem(token) in _NEUTRAL:
            continue
        wanted = _plain(token)
        if not re.search(rf"(?<!\w){re.escape(wanted)}(?:e?s)?(?!\w)", text) and not re.search(
            rf"(?<!\w){re.escape(wanted.removesuffix('s'))}(?!\w)", text
        ):
            return f"{token!r} is not in the abstract"
    return ""


def _unknown_words(sentence: str, paper: Paper) -> str:
    """Name the first content word that the paper does not have."""
    known = {w.stem for w in words(f"{paper.title} {paper.abstract}")}
    for word in words(sentence):
        small = word.text.lower()
        if (word.stem in _NEUTRAL or small in _NEGATIONS) and small not in _NUMBER_WORDS:
            continue
        if not any(same(word.stem, k) for k in known):
            return f"{word.text!r} is not in the abstract"
    return ""


def _differs(sentence: str, paper: Paper, passage: Passage) -> str:
    """Say how a sentence goes beyond a passage that has its words."""
    said, source = words(sentence), words(passage.text)
    if _negations(said) != _negations(source):
        return "the negations differ"
    names = {w.stem for w in words(paper.title.partition(":")[0])}
    content = [w.stem for w in said if w.stem not in _NEUTRAL]
    if not content:
        return "it says nothing"
    of_paper = _OWN.search(passage.text) or any(w.stem in names for w in source[:3])
    if _CLAIMS_PAPER.match(sentence) and (_OF_OTHERS.search(passage.text) or not of_paper):
        return "it rests on a sentence that is not about the paper itself"
    # What a sentence adds from the rest of the paper may be its own name, nothing else.
    order = [w for w in content if w not in names]
    if order and _common(order, [w.stem for w in source]) < IN_ORDER * len(order):
        return "its words are put together in another way"
    return ""


def _negations(text: Sequence[Word]) -> Collection[str]:
    return {w.text.lower() for w in text if w.text.lower() in _NEGATIONS or "n't" in w.text}


def _common(a: Sequence[str], b: Sequence[str]) -> int:
    """Return the length of the longest common subsequence of two lists of stems."""
    row = [0] * (len(b) + 1)
    for x in a:
        before = 0
        for n, y in enumerate(b, start=1):
            before, row[n] = row[n], before + 1 if same(x, y) else max(row[n], row[n - 1])
    return row[-1]


def _plain(text: str) -> str:
    """Return a text for comparing tokens: lower case, dashes and times signs of one kind."""
    for old, new in (("–", "-"), ("—", "-"), ("×", "x"), ("$", ""), ("\\times", "x")):
        text = text.replace(old, new)
    return re.sub(r"(?<=\d),(?=\d{3}\b)", "", text).lower()
