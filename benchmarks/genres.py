"""Fit what tells of which genre a paper is, and what it is worth on papers left out.

    python -m benchmarks.genres LISTING [--write]

LISTING holds the papers of `tests/gold/genre_papers.jsonl`: which genres each is of, by people,
and which sentences say so (0 is the title, then the sentences of the abstract by their numbers).
Prints for each genre how many of the papers that are called so are (precision) and how many that
are so are called so (recall), by the patterns alone and by regressions fitted on other papers; the
bound of each, which is one number, is set on the same folds.
--write puts what is fitted on all into rag/text/genres.npz.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from rag import listings
from rag.core.papers import Paper
from rag.text import genres
from rag.text.genres import Weights
from rag.text.sentences import sentences

LABELS = Path(__file__).parents[1] / "tests" / "gold" / "genre_papers.jsonl"
FOLDS, SEED = 5, 1
SEEN_FROM = 3
"""Sentences that have a sign from which it counts."""
REGULARISATION, OF_PATTERNS = 1.0, 3.0
"""The inverse of its strength, and how much more a pattern may count than a word."""
LEANING = 0.01
"""What of F1 may be lost for finding more: what is asked beside the genre is judged as well."""
BOUNDS = np.arange(-4.0, 2.0, 0.25)


@dataclass(frozen=True)
class Labelled:
    """A sentence of a paper: its signs, whose patterns it matches, and the genres that it shows."""

    paper: str
    signs: frozenset[str]
    matches: frozenset[str]
    shows: frozenset[str]


def main() -> None:
    """Fit and judge; print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("listing", type=Path)
    parser.add_argument("--write", action="store_true", help="write what is fitted on all")
    given = parser.parse_args()
    every = labelled(given.listing)
    papers = sorted({one.paper for one in every})
    fold = dict(
        zip(papers, np.random.default_rng(SEED).integers(0, FOLDS, len(papers)), strict=True)
    )
    odds = np.zeros((len(every), len(genres.NAMES)))
    for left_out in range(FOLDS):
        inside = np.array([fold[one.paper] == left_out for one in every])
        fitted = fit([one for one, held in zip(every, inside, strict=True) if not held])
        odds[inside] = odds_of(fitted, [s for s, held in zip(every, inside, strict=True) if held])
    bounds = np.zeros(len(genres.NAMES))
    for n, name in enumerate(genres.NAMES):
        truth = _papers(every, [name in one.shows for one in every])
        pattern = _papers(every, [name in one.matches for one in every])
        called = {bound: _papers(every, odds[:, n] > bound) for bound in BOUNDS}
        best = max(_f1(some, truth) for some in called.values())
        bounds[n] = min(b for b in BOUNDS if _f1(called[b], truth) >= best - LEANING)
        sys.stdout.write(
            f"{name:33} {len(truth):4} papers; precision, recall: patterns "
            f"{_told(pattern, truth)}, learned {_told(called[bounds[n]], truth)}\n"
        )
    if given.write:
        write(fit(every), bounds)


def labelled(listing: Path) -> list[Labelled]:
    """Return the sentences of the labelled papers."""
    known = {p.id: p for p in listings.read(listing) if isinstance(p, Paper)}
    found = []
    for line in LABELS.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        if one["id"] not in known:
            raise SystemExit(f"{listing} has no paper {one['id']}")
        paper = known[one["id"]]
        texts = [paper.title, *(paper.abstract[a:b] for a, b in sentences(paper.abstract))]
        for place, text in enumerate(texts):
            signs = frozenset(genres.signs(text, place == 0))
            matches = frozenset(n for n in genres.NAMES if genres.matches(n, text, place == 0))
            shows = frozenset(name for name, some in one["genres"].items() if place in some)
            found.append(Labelled(one["id"], signs, matches, shows))
    return found


def fit(sentences: Sequence[Labelled]) -> Weights:
    """Fit a regression for each genre."""
    seen = Counter(sign for one in sentences for sign in one.signs)
    rows = {
        s: n for n, s in enumerate(sorted(s for s, count in seen.items() if count >= SEEN_FROM))
    }
    held = _matrix(rows, sentences)
    words, patterns, bias = [], [], []
    for name in genres.NAMES:
        shows = [name in one.shows for one in sentences]
        model = LogisticRegression(C=REGULARISATION, solver="liblinear", max_iter=300)
        model.fit(hstack([held, OF_PATTERNS * _matched(name, sentences)]).tocsr(), shows)
        words.append(model.coef_[0][:-1])
        patterns.append(OF_PATTERNS * float(model.coef_[0][-1]))
        bias.append(float(model.intercept_[0]))
    return Weights(
        rows,
        np.array(words, np.float32).T,
        np.array(patterns, np.float32),
        np.array(bias, np.float32),
    )


def odds_of(fitted: Weights, sentences: Sequence[Labelled]) -> NDArray[np.float64]:
    """Return the log odds of each genre, shape (sentences, genres)."""
    words = _matrix(fitted.rows, sentences) @ fitted.words
    matched = hstack([_matched(name, sentences) for name in genres.NAMES]).toarray()
    return np.asarray(words + matched * fitted.patterns + fitted.bias)


def write(fitted: Weights, bounds: NDArray[np.float64]) -> None:
    """Write what was fitted, so that 0 parts what is called so from what is not."""
    np.savez_compressed(
        genres.FILE,
        names=np.array("\n".join(genres.NAMES)),
        rows=np.array("\n".join(fitted.rows)),
        words=fitted.words.astype(np.float16),
        patterns=fitted.patterns,
        bias=(fitted.bias - bounds).astype(np.float32),
    )


def _matrix(rows: dict[str, int], sentences: Sequence[Labelled]) -> csr_matrix:
    places = [sorted(rows[sign] for sign in one.signs if sign in rows) for one in sentences]
    starts = np.cumsum([0, *map(len, places)])
    columns = [row for some in places for row in some]
    return csr_matrix((np.ones(starts[-1]), columns, starts), (len(sentences), len(rows)))


def _matched(name: str, sentences: Sequence[Labelled]) -> csr_matrix:
    return csr_matrix(np.array([[float(name in one.matches)] for one in sentences]))


def _papers(sentences: Sequence[Labelled], chosen: Iterable[bool]) -> frozenset[str]:
    return frozenset(one.paper for one, taken in zip(sentences, chosen, strict=True) if taken)


def _f1(called: frozenset[str], truth: frozenset[str]) -> float:
    return 2 * len(called & truth) / (len(called) + len(truth))


def _told(called: frozenset[str], truth: frozenset[str]) -> str:
    right = len(called & truth)
    return f"{right / max(len(called), 1):.2f} {right / len(truth):.2f}"


if __name__ == "__main__":
    main()
