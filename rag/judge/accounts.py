"""What papers say of themselves: the sentences that tell what a paper does, and how.

"How does LoFTR work", "tell me more about the second one" and "papers in cs.RO since April" ask for
no detail that a sentence could hold; then those count that say what the paper does. For a
comparison the sentences are put under what they are of: the work, its data, its results.
"""

import math
import re
from collections.abc import Mapping, Sequence

import numpy as np

from rag.core.questions import Question
from rag.judge import figures
from rag.judge.evidence import Evidence, Findings
from rag.judge.sentences import WITHOUT_JUDGE, of_cosine, opening
from rag.library.records import Record
from rag.models.reranker import Reranker
from rag.search.retrieval import Match
from rag.text import speech

MENTIONS = 0.5
"""Probability that a paper is asked about of which others' work bears the name."""

MOST_TOLD = 6
"""Sentences of an account of one paper: most of an abstract, without its background."""

WORK, METHOD, DATA, RESULT = "what it does", "how", "data", "results"
"""The rows of a comparison."""

OWN, PROPOSES, RESULTS, BACKGROUND, SERVICE = 2.0, 1.5, 1.5, 5.0, 9.0
"""What a sentence of an account gains for telling of the paper itself and of what it proposes, and
loses for being of results, background or service, in logits."""

OWN_ROW, OUTCOME, EASY_WORDS, WORD_COST = 7.0, 4.0, 25, 0.06
"""What a sentence of a comparison gains for telling of the paper itself or of an outcome; words
that are read at a glance, and what each more costs."""

EXPLAINS = 8.0
"""Logits behind the best sentence up to which another one is part of an explanation."""

LIKELIEST = 6
"""Papers whose sentences are read, where no paper bears the name of what was asked about."""

IS_MEANT = 0.0
"""Log odds that a paper matches, with half of the logit of its best sentence, from which it is
taken to be the one that is asked about beside others that match; chosen on 22 corpora, of which the
judge had learned none."""

_ASKED = {
    WORK: "What does {} propose?",
    METHOD: "How does {} work?",
    DATA: "On which data is {} trained and evaluated?",
    RESULT: "Which results does {} achieve?",
}
_NAMES = re.compile(r"\b(?:[A-Z]{2,}[\w-]*|\w*[a-z]+[A-Z\d][\w-]*|[A-Z][a-z]+\d+)\b")
_DATA = re.compile(
    r"\b(?:datasets?|data sets?|benchmarks?|corpus|corpora|images|videos|samples|patients|scans)\b",
    re.IGNORECASE,
)
_OUTCOME = re.compile(
    r"\b(?:outperform\w*|achiev\w+|surpass\w*|improv\w+|reduc\w+|state-of-the-art|results?|"
    r"accura\w+|better|faster|competitive|superior|comparable|demonstrat\w+|shows? that|"
    r"experiments?)\b|\d+(?:\.\d+)? ?(?:%|\\%|x\b|×|fps)",
    re.IGNORECASE,
)


def account(record: Record, most: int) -> Evidence:
    """Return the sentences that tell what a paper does, in the order of its abstract.

    Parameters
    ----------
    most
        Number of sentences; 1 is the one that says what the paper proposes.
    """
    passages = record.passages
    sentences = [n for n, p in enumerate(passages) if not p.is_title] or [0]
    title = next((n for n, p in enumerate(passages) if p.is_title), 0)
    vectors = record.vectors
    near = (vectors @ vectors[title] + vectors @ record.whole) / 2
    scores = WITHOUT_JUDGE / 2 * near + np.array([_tells(p.text) for p in passages])
    best = sorted(sentences, key=lambda n: (-scores[n], n))[:most]
    return Evidence(record, tuple(passages[n] for n in sorted(best)), 1.0)


def explain(
    question: Question, record: Record, reranker: Reranker | None, strength: float = 1.0
) -> Evidence:
    """Return the sentences of a paper that describe what was asked about.

    Parameters
    ----------
    strength
        Probability that the paper is the one that is asked about; 1: it bears the name.
    """
    passages, logits = record.passages, _logits(question.text, record, reranker)
    value = {n: logit + _tells(passages[n].text) for n, logit in logits.items()}
    order = sorted(value, key=lambda n: (-value[n], n))
    named = strength == 1.0
    before = opening(record) if named else frozenset[int]()  # a field is told of there
    told = [n for n in order if value[n] >= value[order[0]] - EXPLAINS and n not in before]
    told = told[:MOST_TOLD] or order[:1]
    return Evidence(record, tuple(passages[n] for n in sorted(told)), strength)


def meant(
    question: Question, matched: Sequence[Evidence], reranker: Reranker | None
) -> Evidence | None:
    """Return the paper that a question describes without its name, if one stands out.

    Parameters
    ----------
    matched
        Papers that match what the question is about; a single one is the paper.
    """
    few = sorted(matched, key=lambda item: -item.strength)[:LIKELIEST]
    odds = [math.log(max(i.strength, 1e-6) / max(1 - i.strength, 1e-6)) for i in few]
    values = [
        one + max(_logits(question.text, item.record, reranker).values()) / 2
        for one, item in zip(odds, few, strict=True)
    ]
    best = int(np.argmax(values)) if few else -1
    return few[best] if len(matched) == 1 or (few and values[best] >= IS_MEANT) else None


def compared(name: str, record: Record, reranker: Reranker | None) -> Evidence:
    """Return the sentences of a paper for the rows of a comparison.

    Parameters
    ----------
    name
        What the question calls it.

    Returns
    -------
    Evidence
        With as many rows as passages. A row that no sentence is of is not there.
    """
    passages = record.passages
    said = {row: _logits(asked.format(name), record, reranker) for row, asked in _ASKED.items()}
    taken: dict[int, str] = {}
    for row, most in ((WORK, 1), (RESULT, 1), (DATA, 1), (METHOD, 2)):
        value = {
            n: logit + _suits(row, passages[n].text)
            for n, logit in said[row].items()
            if n not in taken and _may_stand(row, passages[n].text)
        }
        for n in sorted(value, key=lambda n: (-value[n], n))[:most]:
            taken[n] = row
    rows = list(_ASKED)
    order = sorted(taken, key=lambda n: (rows.index(taken[n]), n))
    return Evidence(
        record, tuple(passages[n] for n in order), 1.0, rows=tuple(taken[n] for n in order)
    )


def introducing(names: Sequence[str], matches: Sequence[Match]) -> list[Record]:
    """Return the papers that have all of the names, the one that introduces them first.

    A paper introduces a name that opens its title, else one that its own sentences speak of, rather
    with the capitals that are asked for: "Temporal Search" is a method, "temporal search" a task.
    """
    found = []
    for match in matches:
        title, abstract = match.paper.title, match.paper.abstract
        if all(_has(name, f"{title} {abstract}") for name in names):
            opens = all(_has(name, title.partition(":")[0]) for name in names)
            own = any(
                _has(name, p.text) and speech.read(p.text).own
                for name in names
                for p in match.record.passages
            )
            as_written = all(name in f"{title} {abstract}" for name in names)
            found.append((not opens, not own, not as_written, -match.score, match.record))
    return [record for *_, record in sorted(found, key=lambda one: one[:4])]


def mentioning(names: Sequence[str], record: Record) -> Evidence | None:
    """Return the sentences of a paper that only mention names; None if it speaks of them itself.

    Then they stand neither in its title nor where it tells of its own work: it is likely not what
    is asked.
    """
    some = [p for p in record.passages if any(_has(name, p.text) for name in names)]
    if not some or any(p.is_title or speech.read(p.text).own for p in some):
        return None
    return Evidence(record, tuple(some[:MOST_TOLD]), MENTIONS)


def _has(name: str, text: str) -> bool:
    """Tell whether a name stands in a text, with its hyphens and spaces or without."""
    pieces = [re.escape(piece) for piece in re.findall(r"[^\W_]+|\+", name)]
    pattern = r"[\W_]*".join(pieces)
    return bool(pieces) and bool(re.search(rf"(?<![^\W_]){pattern}(?![^\W_])", text, re.I))


def _logits(text: str, record: Record, reranker: Reranker | None) -> Mapping[int, float]:
    """Return how well each sentence of a paper answers, by its position."""
    passages = record.passages
    some = [n for n, p in enumerate(passages) if not p.is_title] or [0]
    if reranker is None:
        near = record.vectors @ record.whole
        return {n: of_cosine(near[n]) for n in some}
    logits = reranker.score([(text, figures.sentence(record, n)) for n in some])
    return {n: float(logit) for n, logit in zip(some, logits, strict=True)}


def _tells(text: str) -> float:
    """Return what a sentence gains for telling what the paper does and how, in logits."""
    said = speech.read(text)
    gain = OWN * said.own + PROPOSES * said.proposes - RESULTS * (said.result and not said.proposes)
    background = said.background or (said.others and not said.own)
    return gain - BACKGROUND * background - SERVICE * said.service


def _suits(row: str, text: str) -> float:
    """Return what a sentence gains in a row for its form, in logits."""
    if row == RESULT:
        return (
            _own(text) + OUTCOME * bool(_OUTCOME.search(text)) + RESULTS * speech.read(text).result
        )
    return _own(text) if row == DATA else _tells(text)


def _own(text: str) -> float:
    """Return what a sentence gains for telling of the paper itself, short and by itself."""
    said = speech.read(text)
    own = said.own or (said.result and not said.others)
    return OWN_ROW * own - said.leans - WORD_COST * max(text.count(" ") - EASY_WORDS, 0)


def _may_stand(row: str, text: str) -> bool:
    """Tell whether a sentence may stand in a row: about data it has to name some, and so on."""
    said = speech.read(text)
    if said.service or said.background or (said.others and not said.own):
        return False
    if row == DATA:
        return bool(_DATA.search(text)) and bool(_NAMES.search(text) or re.search(r"\d", text))
    if row == RESULT:
        return bool(_OUTCOME.search(text))
    return True


def nearest_in_meaning(matches: Sequence[Match], k: int) -> Findings:
    """Return the papers nearest in meaning, for a question that cannot be read."""
    best = sorted(matches, key=lambda m: (-(m.dense + m.whole), m.paper.id))[:k]
    return Findings(tuple(account(m.record, 1) for m in best), ())
