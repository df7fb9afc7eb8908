"""A question for a detail: which paper it is about, and which of its sentences hold the answer.

The paper is the one that has the words of the question; the sentence is near the question, has what
the title leaves open, and has the form of the answer: a number, the names of datasets, a name.
Whether that is enough to answer is not decided here.
"""

import re

import numpy as np
from numpy.typing import NDArray

from rag.core.passages import Passage
from rag.core.questions import Question
from rag.judge.coverage import Reader
from rag.judge.sentences import MOST_SENTENCES, SERVICE, best_first
from rag.search.retrieval import Match
from rag.text.words import stems

FORM_BONUS = 0.25
"""What having the form of the answer (a number, names) adds to a sentence."""

NAME_BONUS = 0.15
"""What holding a name that the question does not hold adds, where a name may be asked for."""

FEWEST_NAMES = 2
"""Names from which a sentence may list datasets."""

CLOSE_SECOND = 0.8
"""Share of the best sentence's score from which a second one is shown beside it."""

_NUMBER = re.compile(
    r"(?<![A-Za-z\d-])\d+(?:[.,]\d+)*(?![\d]*[A-Zd]\b)"
    r"|\b(?:two|three|four|five|six|seven|eight|nine|ten|hundred|thousand|million|billion)\b"
)
_NAMES = re.compile(r"\b(?:[A-Z]{2,}[\w-]*|\w*[a-z]+[A-Z\d][\w-]*|(?<=[a-z,] )[A-Z]\w+)\b")
_DATASET = re.compile(r"\b(?:datasets?|benchmarks?|corpus|data sets?)\b", re.IGNORECASE)
_SEVERAL = re.compile(r"\b(?:datasets|benchmarks|corpora|data sets)\b", re.IGNORECASE)
_COUNTS = ("two", "three", "four", "five")
_COUNT = re.compile(rf"\b(?:{'|'.join(_COUNTS)})\b", re.IGNORECASE)
_COINED = re.compile(r"\b\w*[a-z]\w*[A-Z]\w*")  # TransMOT, AlphaFold: a name of one thing only


def judge(
    question: Question, match: Match, reader: Reader, asked: NDArray[np.float32]
) -> tuple[tuple[Passage, ...], float]:
    """Judge one paper.

    Parameters
    ----------
    asked
        The vector of the question.

    Returns
    -------
    tuple
        Its best sentences, the fact first, and how likely they hold the answer, in [0, 1].
    """
    wanted = list(dict.fromkeys(stems(question.topic)))
    texts = [stems(p.text) for p in match.record.passages]
    held = {stem for text in texts for stem in text}
    everywhere = reader.share(wanted, held)
    named = stems(" ".join(_COINED.findall(question.text)))
    if any(not reader.share([name], held) for name in named):  # it is about something else
        everywhere = 0.0
    open_ = [w for w in wanted if w not in texts[0]] or wanted  # the title only says which paper
    cosines = match.vectors @ asked
    scores = np.array(
        [
            float(cosine) + reader.share(open_, text) / 2 + _form(question, passage.text)
            for cosine, text, passage in zip(cosines, texts, match.record.passages, strict=True)
        ]
    )
    order = best_first(match, scores)
    strength = (everywhere + min(max(float(cosines.max()), 0.0), 1.0)) / 2 if everywhere else 0.0
    close = [n for n in order[:MOST_SENTENCES] if scores[n] >= CLOSE_SECOND * scores[order[0]]]
    close.sort(key=lambda n: -_form(question, match.record.passages[n].text))  # the fact first
    return tuple(match.record.passages[n] for n in close), strength


def _form(question: Question, text: str) -> float:
    """Return what the form of a sentence adds to it, if it holds what is asked for."""
    if SERVICE.search(text):
        return -FORM_BONUS
    if question.wants == "number":
        asked = set(_NUMBER.findall(question.text))
        return FORM_BONUS if set(_NUMBER.findall(text)) - asked else 0.0
    named = {name for name in _NAMES.findall(text) if name not in question.text}
    if question.wants == "dataset":
        fewest = FEWEST_NAMES if _SEVERAL.search(question.text) else 1
        told = len(named) >= FEWEST_NAMES or (_DATASET.search(text) and len(named) >= fewest)
        return FORM_BONUS if told else 0.0
    return NAME_BONUS if len(named) >= _how_many(question.text) else 0.0


def _how_many(question: str) -> int:
    """Return how many names a question asks for: "Which two networks"."""
    found = _COUNT.search(question)
    return _COUNTS.index(found[0].lower()) + 2 if found else 1
