"""A question for a detail: which paper it is about, and which of its sentences hold the answer.

The judge reads the sentences of the most promising papers; the paper whose sentence answers best is
the one. Whether that is enough to answer is one logistic regression: how well it answers, how far
ahead of the next paper it is, whether what is asked for and the names in the question stand there,
and whether the sentence has the form of the answer. What it does not hold is not answered.
"""

import re
from collections.abc import Sequence

import numpy as np

from rag.core.questions import Question
from rag.judge import attributes, figures, sentences
from rag.judge.calibration import likelihood, regressions
from rag.judge.evidence import Evidence, Findings
from rag.judge.wording import Wording
from rag.library import Library
from rag.models.embedding import Embedding
from rag.models.reranker import Reranker
from rag.search.retrieval import Match
from rag.text.words import same, stems

PAPERS = 12
"""Papers of which the judge reads sentences."""

SENTENCES = 4
"""Sentences that it reads of each; of the best one it reads all."""

HOLDS = 0.35
"""Probability from which a detail is taken to be stated. With each of 23 corpora left out 169
of 179 that are stated are said and 75 of 89 that are not are refused; at 0.25 it is 170 and 71."""

CLOSE = 2.5
"""Logits behind the best sentence up to which a second one is shown beside it."""

MOST_NEAR = 3
"""Nearest papers shown where nothing answers."""

FORM, NUMBER = 2.0, 9.0
"""What having the form of the answer adds to a sentence, in logits; a number is owed."""

UNHEARD = -6.0
"""Logit of the best sentence below which nothing answers, whatever else speaks for it."""

LONGEST_COUNTED = 20
"""Words of a question that count as its length: in many words people ask in everyday ones."""

_NUMBER = re.compile(
    r"(?<![A-Za-z\d-])[~<>]?\d+(?:[.,]\d+)*(?!\d*[A-Z]\w|\d*d\b)"
    r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|"
    r"forty|fifty|sixty|hundreds?|thousands?|millions?|billions?|half|twice|double|dozens?)\b",
    re.IGNORECASE,
)
_NAMES = re.compile(r"\b(?:[A-Z]{2,}[\w-]*|\w*[a-z]+[A-Z\d][\w-]*|(?<=[a-z,] )[A-Z]\w+)\b")
_SPEED = re.compile(
    r"\b(?:fps|frames? (?:per|a|/) ?s\w*|real[- ]?time|hz|ms|milliseconds?|seconds?|minutes?|"
    r"hours?|faster|speed\w*|times|latency|throughput)\b|\d ?[x×]",
    re.IGNORECASE,
)
_SHARE = re.compile(r"\b(?:share|percentage|percent|fraction|proportion|portion)\b", re.IGNORECASE)
_PERCENT = re.compile(
    r"%|\bper ?cent\b|\b(?:half|third|thirds|quarter|quarters|tenth)\b|\b\d+ (?:out )?of \d+\b",
    re.I,
)
_VENUE = re.compile(
    r"\b(?:cvpr|iccv|eccv|neurips|nips|icml|iclr|acl|emnlp|naacl|aaai|ijcai|miccai|siggraph|icra|iros|"
    r"interspeech|icassp|journal|conference|workshop|transactions|proceedings|accepted|published)\b",
    re.IGNORECASE,
)
_CODE = re.compile(r"\b(?:code|implementation|github|gitlab|software|open[- ]sourced?)\b", re.I)
_COINED = re.compile(r"\b\w*[a-z]\w*[A-Z]\w*|\b[A-Z]{2,}\w*(?:-[A-Z\d]\w*)*|\b[A-Za-z]+-?\d+\w*\b")
_CAPITALISED = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}\w*")
_QUANTITIES = frozenset(
    """average best factor fastest faster fraction gain highest how improvement increase large long
    lower lowest mean more much name number often overall percentage portion proportion rate
    reduction score share size speed speedup times total value""".split()
)
_BESIDE_A_NUMBER = 4  # words after a number that say what it counts


def find(
    question: Question,
    matches: Sequence[Match],
    library: Library,
    embedding: Embedding,
    reranker: Reranker | None,
) -> Findings:
    """Find the paper that the question is about and the sentences that hold the detail.

    Returns
    -------
    Findings
        One paper at most, the fact first among its sentences.
    """
    if not matches:
        return Findings((), ())
    wording = Wording(question, matches, library)
    best, logits, measured = measure(question, matches, wording, embedding, reranker)
    kind = "fact" if reranker is not None else "fact_scores"
    odds = float(likelihood(regressions()[kind].logits(measured))[0])
    others = [m for m in matches if m is not best]
    near = tuple(Evidence(m.record, (), 0.0) for m in [best, *others][:MOST_NEAR])
    if odds < HOLDS or not _possible(question, measured):
        return Findings((), near, unknown=wording.unknown)
    passages = best.record.passages
    value = {n: logit + _by_form(question, passages[n].text) for n, logit in logits.items()}
    order = sorted(value, key=lambda n: (-value[n], n))
    close = [n for n in order[:2] if value[n] >= value[order[0]] - CLOSE]
    told = tuple(passages[n] for n in close)
    if attributes.lacking(question, " ".join(p.text for p in told)):
        return Findings((), near, unknown=wording.unknown)
    return Findings((Evidence(best.record, told, odds),), ())


def _possible(question: Question, measured: dict[str, "figures.Array"]) -> bool:
    """Tell whether a sentence can answer at all.

    A paper that does not spell a name in the question is about something else, a sentence without a
    number states none, and one that the judge finds unrelated is.
    """
    spelt = float(measured["names"][0]) == 1.0
    counted = question.wants != "number" or float(measured["form"][0]) > 0
    return spelt and counted and float(measured["judge"][0]) > UNHEARD


def measure(
    question: Question,
    matches: Sequence[Match],
    wording: Wording,
    embedding: Embedding,
    reranker: Reranker | None,
) -> tuple[Match, dict[int, float], dict[str, "figures.Array"]]:
    """Find the best paper, read it in whole, and measure how well it answers.

    Returns
    -------
    tuple
        The paper, the logits of its sentences by position, and the figures, each of shape (1,).
    """
    few = _about_its_subjects(question, matches)[:PAPERS]
    first = _read(question, few, wording, reranker, SENTENCES)
    tops = [max(said.values(), default=figures.UNREAD) for said in first]
    order = np.argsort(-np.array(tops), kind="stable")
    best = few[order[0]]
    logits = _read(question, [best], wording, reranker, len(best.record.passages))[0]
    passages = best.record.passages
    top = max(logits, key=lambda n: logits[n] + _by_form(question, passages[n].text))
    said = stems(passages[top].text)
    measured = {
        "judge": logits[top],
        "ahead": logits[top] - (tops[order[1]] if len(order) > 1 else figures.UNREAD),
        "near": float(best.cosines[top]),
        "words": wording.share({*said, *stems(best.paper.title)}),
        "words_paper": wording.whole[wording.number(best)],
        "names": _names_share(question, best),
        "asked": (asked := _asked(question, passages[top].text, embedding)),
        "named": float(bool(question.subjects)),
        "not_asked_of_named": (1.0 - asked) * bool(question.subjects),
        "length": float(min(len(question.text.split()), LONGEST_COUNTED)),
        "form": has_form(question, passages[top].text),
    }
    return best, logits, {name: np.array([value]) for name, value in measured.items()}


def _about_its_subjects(question: Question, matches: Sequence[Match]) -> list[Match]:
    """Return the papers that have the names in the question; all, where it has none or they do."""
    named = [match for match in matches if _names_all(question, match)]
    return named if question.subjects and named else list(matches)


def _names_all(question: Question, match: Match) -> bool:
    """Tell whether a paper has all names that the question has; true if it has none."""
    text = f"{match.paper.title} {match.paper.abstract}"
    return all(_has(name, text) for name in question.subjects)


def _read(
    question: Question,
    matches: Sequence[Match],
    wording: Wording,
    reranker: Reranker | None,
    most: int,
) -> list[dict[int, float]]:
    """Return for each match the logits of its most promising sentences, by position."""
    chosen = []
    for match in matches:
        shares = wording.shares(match)
        forms = [has_form(question, p.text) for p in match.record.passages]
        value = match.cosines + shares / 2 + np.array(forms) / 4
        ranked = [int(n) for n in np.argsort(-value, kind="stable")]
        chosen.append(
            ([n for n in ranked if not match.record.passages[n].is_title] or ranked)[:most]
        )
    if reranker is None:
        return [
            {n: sentences.of_cosine(match.cosines[n]) for n in some}
            for match, some in zip(matches, chosen, strict=True)
        ]
    pairs = [
        (question.text, figures.sentence(match.record, n))
        for match, some in zip(matches, chosen, strict=True)
        for n in some
    ]
    logits = iter(reranker.score(pairs).tolist())
    return [{n: next(logits) for n in some} for some in chosen]


def has_form(question: Question, text: str) -> float:
    """Return whether a sentence has the form of the answer: 1, 0, or 0.5 where any will do."""
    if question.wants in ("number", "speed"):
        asked = set(_NUMBER.findall(question.text))
        new = bool(set(_NUMBER.findall(text)) - asked)
        if new and _SHARE.search(question.asked_for):
            return 1.0 if _PERCENT.search(text) else 0.5
        return float(new and (question.wants == "number" or bool(_SPEED.search(text))))
    if question.wants == "venue":
        return float(bool(_VENUE.search(text)))
    if question.wants == "code":
        return float(bool(_CODE.search(text)))
    if question.wants in ("dataset", "name"):
        return float(any(name not in question.text for name in _NAMES.findall(text)))
    return 0.5


def _by_form(question: Question, text: str) -> float:
    """Return what a sentence gains for having the form of the answer, in logits."""
    weight = NUMBER if question.wants in ("number", "speed") else FORM
    return weight * has_form(question, text)


def _asked(question: Question, text: str, embedding: Embedding) -> float:
    """Return how surely a sentence speaks of what is asked for, in [0, 1].

    The share of its words that stand there, or what the last of them has to do with the words
    there, beside a number where one is asked for: "people" in "24 participants". 1 where nothing in
    particular is asked for: a share or a factor can be said without the word.
    """
    words = [w for w in re.findall(r"[^\W\d_]+", question.asked_for) if len(w) > 1]
    words = [w for w in words if w.lower() not in _QUANTITIES]
    if not words or (question.wants in ("dataset", "speed") and has_form(question, text) == 1.0):
        return 1.0
    held = stems(text)
    there = [any(same(stem, h) for stem in stems(w) for h in held) for w in words]
    beside = re.findall(r"[^\W\d_]{3,}", text)
    if question.wants == "number":
        after = (text[m.end() :].split()[:_BESIDE_A_NUMBER] for m in _NUMBER.finditer(text))
        beside = [w for some in after for w in re.findall(r"[^\W\d_]{3,}", " ".join(some))]
    head = embedding.words.of_word(words[-1])
    near = [float(embedding.words.of_word(w) @ head) for w in dict.fromkeys(beside)]
    return max(sum(there) / len(there), min(max(near, default=0.0), 1.0), 0.0)


def _names_share(question: Question, match: Match) -> float:
    """Return which share of the names and acronyms of a question a paper has; 1 without any.

    Of a capitalised word its beginning is enough: "Indian" is "India".
    """
    begun = [name[: max(4, len(name) - 2)] for name in _CAPITALISED.findall(question.text)]
    names = dict.fromkeys([*question.subjects, *_COINED.findall(question.text), *begun])
    if not names:
        return 1.0
    text = f"{match.paper.title} {match.paper.abstract}"
    return sum(_has(name, text) for name in names) / len(names)


def _has(name: str, text: str) -> bool:
    plain = re.sub(r"[\W_]", "", name.casefold()).removesuffix("s")
    return plain in re.sub(r"[\W_]", "", text.casefold())
