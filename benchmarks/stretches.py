"""Fit what hears which genres of paper a question asks for, and what it leaves out.

    python -m benchmarks.stretches genres|excluded [--write]

Learns from `tests/gold/genre_questions.jsonl` or `exclusions.jsonl`: questions by several writers
with the stretches that ask for a genre, or that name what is left out, many of them without any
though they look like it. That other questions have none (or which, of what is left out) is learned
from `tests/gold/manners.jsonl`. Prints, with each writer left out of the fit, of how many questions
that have some it is heard, and of how many that have none, by the patterns alone and as learned;
and which share of the words heard, and of those there are, is right. --write puts what is fitted on
all into rag/question/.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from benchmarks.reading import GOLD, WRITTEN, Asked, fit_words, held, in_context, write_words
from rag.models.embedding import Embedding
from rag.question import excluded, frames, genres, stretches, topics
from rag.question.stretches import Weights
from rag.text.genres import NAMES

FOLDS, SEED = 4, 0
OF_WORDS, OF_WHOLE = 0.15, 1.0
"""Regularisation: the inverse of its strength."""


@dataclass(frozen=True)
class Written:
    """A question, the things that it does (the first one is learned), and the stretches that do."""

    writer: str
    text: str
    does: tuple[str, ...]
    spans: tuple[str, ...]


@dataclass(frozen=True)
class Task:
    """What is learned.

    Attributes
    ----------
    things
        That a question may do.
    by_patterns
        The phrases that patterns find in a question.
    learned
        The phrases that are found as learned.
    signs
        What patterns say of a question.
    """

    written: list[Written]
    beside: list[Written]
    things: tuple[str, ...]
    words: Path
    whole: Path
    by_patterns: Callable[[str], Sequence[str]]
    learned: Callable[[str, Embedding], Sequence[str]]
    signs: Callable[[str], Iterable[str]]


def main() -> None:
    """Fit and judge; print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task", choices=("genres", "excluded"))
    parser.add_argument("--write", action="store_true", help="write what is fitted on all")
    given = parser.parse_args()
    task, embedding = {"genres": of_genres, "excluded": of_excluded}[given.task](), Embedding.load()
    for writer in dict.fromkeys(one.writer for one in task.written):
        known = [one for one in (*task.written, *task.beside) if one.writer != writer]
        report(writer, task, *fit(task, known, embedding), embedding)
    if given.write:
        words, whole = fit(task, [*task.written, *task.beside], embedding)
        write_words(task.words, words)
        np.savez_compressed(
            task.whole,
            rows=np.array("\n".join(whole.rows)),
            said=whole.said.astype(np.float16),
            meant=whole.meant.astype(np.float16),
            bias=whole.bias,
        )


def of_genres() -> Task:
    """Return what is to be learned of genres."""
    written = []
    for one in _lines(GOLD / "genre_questions.jsonl"):
        names = tuple(genre["name"] for genre in one["genres"])
        spans = tuple(genre["span"] for genre in one["genres"])
        written.append(Written(one["writer"], one["question"], names, spans))
    beside = []
    for one in _lines(WRITTEN):  # not written for genres: there patterns are right
        text, heard = one["question"], genres.by_patterns(one["question"])
        spans = tuple(text[start:end] for start, end in heard.spans)
        beside.append(Written(one["writer"], text, heard.names, spans))

    def by_patterns(text: str) -> list[str]:
        return [text[start:end] for start, end in genres.by_patterns(text).spans]

    def learned(text: str, embedding: Embedding) -> list[str]:
        heard = genres.asked(text, embedding.encode_query, embedding.in_context)
        return [text[start:end] for start, end in heard.spans]

    return Task(
        written, beside, NAMES, genres.WORDS, genres.FILE, by_patterns, learned,
        genres.signs,
    )  # fmt: skip


def of_excluded() -> Task:
    """Return what is to be learned of what is left out."""
    written = [_leaving_out(one) for one in _lines(GOLD / "exclusions.jsonl")]
    beside = [_leaving_out(one) for one in _lines(WRITTEN)]

    def by_patterns(text: str) -> Sequence[str]:
        return excluded.split(text)[1]

    def learned(text: str, embedding: Embedding) -> Sequence[str]:
        hear = partial(
            excluded.heard, encode=embedding.encode_query, in_context=embedding.in_context
        )
        return excluded.split(text, hear)[1]

    return Task(
        written, beside, ("leaves out",), excluded.WORDS, excluded.FILE, by_patterns, learned,
        excluded.signs,
    )  # fmt: skip


def _leaving_out(one: Mapping[str, Any]) -> Written:
    spans = tuple(one["excluded"])
    return Written(one["writer"], one["question"], ("leaves out",) if spans else (), spans)


def _lines(file: Path) -> Iterator[Any]:
    return map(json.loads, file.read_text(encoding="utf-8").splitlines())


def fit(
    task: Task, written: Sequence[Written], embedding: Embedding
) -> tuple[topics.Weights, Weights]:
    """Fit both regressions; for the second, words are heard as by a first that left them out."""
    fold = np.random.default_rng(SEED).integers(0, FOLDS, len(written))
    odds: dict[int, NDArray[np.float64]] = {}
    for left_out in range(FOLDS):
        some = [one for one, n in zip(written, fold, strict=True) if n != left_out]
        words = _words(some, embedding)
        for n in np.flatnonzero(fold == left_out):
            tokens, vectors = _heard(written[n].text, embedding)
            odds[int(n)] = np.array(topics.of_words(tokens, vectors, "papers", words))
    rows, said = held([[*stretches.runs(one.text), *task.signs(one.text)] for one in written])
    meant = np.stack(
        [
            stretches.meaning(_vector(one.text, embedding), _heard(one.text, embedding)[1], odds[n])
            for n, one in enumerate(written)
        ]
    )
    labels = [1 + task.things.index(one.does[0]) if one.does else 0 for one in written]
    model = LogisticRegression(C=OF_WHOLE, max_iter=1000)
    model.fit(hstack([said, csr_matrix(meant)]).tocsr(), labels)
    weights = model.coef_.T.astype(np.float32)
    whole = Weights(
        rows, weights[: len(rows)], weights[len(rows) :], model.intercept_.astype(np.float32)
    )
    return _words(written, embedding), whole


def _words(written: Sequence[Written], embedding: Embedding) -> topics.Weights:
    some = [(Asked(one.writer, one.text, ("papers",)), one.spans) for one in written]
    return fit_words(some, embedding, as_it_stands=True, strength=OF_WORDS)


def report(
    writer: str, task: Task, words: topics.Weights, whole: Weights, embedding: Embedding
) -> None:
    """Print what is heard of the questions of a writer who was left out."""
    counts: dict[str, Counter[str]] = {"patterns": Counter(), "learned": Counter()}
    with (
        patch.object(topics, "weights", lambda file, known=words: known),
        patch.object(stretches, "weights", lambda file, known=whole: known),
    ):
        for one in (one for one in task.written if one.writer == writer):
            for name, phrases in (
                ("patterns", task.by_patterns(one.text)),
                ("learned", task.learned(one.text, embedding)),
            ):
                heard, there = _content(phrases), _content(one.spans)
                counts[name]["some" if one.spans else "none"] += 1
                counts[name]["heard" if one.spans else "wrong"] += bool(phrases)
                counts[name]["right"] += len(heard & there)
                counts[name]["words"] += len(heard)
                counts[name]["there"] += len(there)
    for name, told in counts.items():
        sys.stdout.write(
            f"{writer} {name:8}: heard of {told['heard']} of {told['some']} that have some and of "
            f"{told['wrong']} of {told['none']} that have none; words right, of those heard "
            f"{told['right'] / max(told['words'], 1):.2f}, of those there "
            f"{told['right'] / told['there']:.2f}\n"
        )


def _content(phrases: Iterable[str]) -> set[str]:
    return {word.lower() for phrase in phrases for word in frames.content(phrase)}


@cache
def _vector(text: str, embedding: Embedding) -> NDArray[np.float32]:
    return embedding.encode_query(text)


def _heard(text: str, embedding: Embedding) -> tuple[list[str], NDArray[np.float32]]:
    found = list(topics.TOKEN.finditer(text))
    spans = tuple(token.span() for token in found)
    return [token[0] for token in found], in_context(embedding, text, spans)


if __name__ == "__main__":
    main()
