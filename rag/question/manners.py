"""Which kind of answer a question wants, learned from how people ask.

The patterns of `english.toml` know many ways to ask, and take what they do not know for a question
for papers. People have more: "walk me through X", "X in a nutshell?". One multinomial regression
therefore hears what pattern matched, how the question is built (its words in runs of up to three,
names and rare words as one sign) and what it means (its vector), and says otherwise where it is
likelier than not. It was fitted by `python -m benchmarks.reading` on questions written for it
(`tests/gold/manners.jsonl`), which also prints what it is worth on those of writers left out.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.core.questions import Kind, Wanted
from rag.question import kinds
from rag.question.names import Name

FILE = Path(__file__).with_name("manners.npz")

LIKELY, SURELY = 0.5, 0.9
"""Probability from which a kind is taken instead of what the patterns say; the second is for kinds
whose answer has no papers, where the patterns hear a comparison, and for papers and comparisons
where they hear a yes or a no."""

RUN = 3
"""Words that stand together, at most."""

MEANING = 3.0
"""What the vector of a question counts beside the words that it has or has not."""

RARE = "_"
_TOKEN = re.compile(rf"[{kinds.SURE}{kinds.PERHAPS}]|[a-z]+(?:['’][a-z]+)?|\d+|[?.!,:;–—-]")
LONGEST_NAME = 4
"""Words up to which a text without a mark and without a word that asks is the name of a thing."""

_MARK = re.compile(r"[?!,;:]|[.] |[.]$")
ASKING = frozenset(
    """what which who whose whom when where why how is are was were do does did can could has have
    explain define describe summarize summarise compare versus vs list show give tell find need
    want please overview summary count number many much difference between""".split()
)
"""Words that people ask with."""

_WANTED: tuple[tuple[Wanted, str], ...] = (
    ("link", r"\b(?:links?|urls?|pdfs?|bibtex|doi|arxiv (?:id|number)|where)\b"),
    ("version", r"\b(?:versions?|withdrawn|retracted|revised|updated)\b"),
    ("date", r"\b(?:when|dates?|years?|months?|days?|old|published|appear(?:ed)?|came out)\b"),
    (
        "authors",
        r"\b(?:who|whose|authors?|wrote|written|people|names?|behind|teams?|groups?)\b",
    ),
    ("category", r"\b(?:categor(?:y|ies)|subjects?|sections?|fields?)\b"),
)

Encode = Callable[[str], NDArray[np.float32]]
"""Gives the vector of a text, shape (dimensions,)."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A multinomial regression.

    Attributes
    ----------
    model
        Name of the embedding model that it was fitted with.
    kinds
        In the order of the columns.
    words
        The words that are not rare.
    rows
        Of each pattern and run of words, where its weights are.
    said, meant
        Weights of patterns and runs, (rows, kinds), and of the vector, (dimensions, kinds).
    bias
        Shape (kinds,).
    """

    model: str
    kinds: tuple[Kind, ...]
    words: frozenset[str]
    rows: dict[str, int]
    said: NDArray[np.float32]
    meant: NDArray[np.float32]
    bias: NDArray[np.float32]

    def likelihoods(
        self, features: Iterable[str], vector: NDArray[np.float32]
    ) -> dict[Kind, float]:
        """Return how likely each kind is, by the features of a question and its vector."""
        held = [row for one in features if (row := self.rows.get(one)) is not None]
        logits = self.bias + self.said[held].sum(axis=0) + MEANING * vector @ self.meant
        odds = np.exp(logits - logits.max())
        return dict(zip(self.kinds, (odds / odds.sum()).tolist(), strict=True))


@lru_cache(maxsize=1)
def weights() -> Weights:
    """Return the regression that was fitted."""
    with np.load(FILE, allow_pickle=False) as kept:
        return Weights(
            str(kept["model"]),
            tuple(str(kind) for kind in kept["kinds"]),  # type: ignore[misc]
            frozenset(str(kept["words"]).split("\n")),
            {name: n for n, name in enumerate(str(kept["rows"]).split("\n"))},
            kept["said"].astype(np.float32),
            kept["meant"].astype(np.float32),
            kept["bias"].astype(np.float32),
        )


def kind_of(model: str, encode: Encode) -> kinds.Decide:
    """Return what tells the kind of a question: learned for the model fitted with, or patterns.

    Parameters
    ----------
    model
        Name of the embedding model.
    encode
        Its vector of a question.
    """
    fitted = model.removesuffix(":int8") == weights().model
    return partial(learned, encode=encode) if fitted else kinds.kind


def learned(text: str, names: Sequence[Name] = (), *, encode: Encode) -> tuple[Kind, Wanted]:
    """Return the kind of a question that is without manner, as `rag.question.kinds.kind` does."""
    said, wants = kinds.kind(text, names)
    if said == "record" or not (kinds.matched(text, names) or _asks(text)):
        return said, wants  # what names a part of a record asks for it
    fitted = weights()
    found = fitted.likelihoods(features(text, names, fitted.words), encode(text))
    best = max(found, key=lambda kind: found[kind])
    yes_no = said == "yes-no" and best in ("papers", "compare")
    sure = best in ("talk", "index") or said == "compare" or yes_no
    if best == said or found[best] < (SURELY if sure else LIKELY):
        return said, wants
    if best == "record" and not names:
        return said, wants  # of a paper that is not named there is no record to be found
    return best, wanted(text) if best == "record" else ""


def _asks(text: str) -> bool:
    """Tell whether a text may ask for more than the thing that it names, as "NeRF" does not."""
    words = text.split()
    return (
        bool(_MARK.search(text.strip()))
        or len(words) > LONGEST_NAME
        or any(word.lower() in ASKING for word in words)
    )


def wanted(text: str) -> Wanted:
    """Return what is asked of a paper's record; its link where nothing else is named."""
    return next((w for w, pattern in _WANTED if re.search(pattern, text, re.IGNORECASE)), "link")


def tokens(text: str, names: Sequence[Name]) -> list[str]:
    """Return the words and marks of a question, names as signs."""
    return _TOKEN.findall(kinds.mask(text, names).lower())


def features(text: str, names: Sequence[Name], words: frozenset[str]) -> Iterator[str]:
    """Yield what a question is built of: the pattern that it matches, and its runs of words."""
    yield f"rule {kinds.matched(text, names)}"
    common: list[str] = []
    for token in tokens(text, names):
        token = token if token in words else RARE
        if token != RARE or common[-1:] != [RARE]:
            common.append(token)
    yield from runs(common)


def runs(words: Sequence[str]) -> Iterator[str]:
    """Yield the runs of words that stand together, each once, the ends marked."""
    ends = ["^", *words, "$"]
    yield from dict.fromkeys(
        " ".join(ends[n : n + size])
        for size in range(1, RUN + 1)
        for n in range(len(ends) - size + 1)
    )
