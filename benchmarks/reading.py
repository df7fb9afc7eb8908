"""Fit what reads a question: which kind of answer it wants, what is its topic, which part asks.

    python -m benchmarks.reading [--write]

Learns from `tests/gold/manners.jsonl`: questions by several writers with the kinds that are fair
for each (the best first) and the stretches that say what is looked for; for the kinds also from the
questions that taught the judge and from those of the other gold files. Prints how many are read as
one of their kinds, and how many words of the topic are right, by the patterns alone and as learned,
with each writer, and each corpus of the gold files, left out of the fit; and how many questions of
the corpora that are kept back are read as one of their kinds.
--write puts the weights fitted on all into rag/question/manners.npz, topics.npz and cores.npz.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, partial
from pathlib import Path
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from rag.core.questions import Kind
from rag.evaluation.expected import read_file
from rag.models.embedding import Embedding
from rag.question import cores, excluded, frames, kinds, manners, names, parsing, topics
from rag.question.manners import MEANING
from rag.question.names import Name

GOLD = Path(__file__).parents[1] / "tests" / "gold"
WRITTEN = GOLD / "manners.jsonl"
JUDGED = GOLD / "judged.jsonl"
SETS: tuple[Kind, ...] = ("papers", "overview", "count")
FAIR: dict[str, tuple[Kind, ...]] = {
    "set": SETS, "overview": ("overview", "papers", "count"), "fact": ("fact",),
    "explain": ("explain",),
}  # fmt: skip
"""The kinds that are fair for a question that taught the judge; none for one without an answer."""
TRIMMED: tuple[Kind, ...] = (*SETS, "explain", "yes-no")
KNOWN_FROM, SEEN_FROM = 3, 2
"""Questions that have a word, or a run of words, from which it counts."""
KEPT_BACK = (
    "vision160", "edges150", "last140", "late170", "tenth160", "eleven160", "texts160", "words120",
    "spring140", "wide160", "winter180", "learning120", "machines150", "year110", "autumn140",
    "august120",
)  # fmt: skip
"""The corpora of which how people ask was not learned."""

OF_KINDS, OF_TOPICS = 3.0, 0.05
"""Regularisation: the inverse of its strength."""

MEANT = 0.3
"""What the standardised vector of a word counts beside the words around it."""


@dataclass(frozen=True)
class Asked:
    """A question, who wrote it, and the kinds that are fair for it.

    Attributes
    ----------
    topic
        The stretches of its topic.
    core
        These, and those that say which detail is asked for, and of what.
    """

    writer: str
    text: str
    kinds: tuple[Kind, ...]
    topic: tuple[str, ...] = ()
    core: tuple[str, ...] = ()

    @property
    def read(self) -> tuple[str, list[Name]]:
        """The question without greetings and the like, and the names in it."""
        text = frames.plain(self.text)
        return text, names.find(text, lambda _: False)


def main() -> None:
    """Fit and judge; print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the weights fitted on all")
    given = parser.parse_args()
    embedding, asked = Embedding.load(), questions()
    for writer in dict.fromkeys(one.writer for one in asked):
        left_out = [one for one in asked if one.writer == writer]
        others = [one for one in asked if one.writer != writer]
        sys.stdout.write(f"{writer:18} {len(left_out):4} questions\n")
        with patch.object(manners, "weights", partial(_same, fit_kinds(others, embedding))):
            read = partial(manners.learned, encode=embedding.encode_query)
            sys.stdout.write(
                f"  read rightly by patterns {share(left_out, kinds.kind):.3f}, "
                f"as learned {share(left_out, read):.3f}\n"
            )
        if some := [one for one in left_out if one.topic and one.kinds[0] in TRIMMED]:
            fitted = {
                topics.FILE: fit_topics(others, embedding),
                cores.FILE: fit_cores(others, embedding),
            }
            with patch.object(topics, "weights", lambda file=topics.FILE, of=fitted: of[file]):
                trim = partial(topics.trimmed, in_context=embedding.in_context)
                cut = partial(cores.core, in_context=embedding.in_context)
                sys.stdout.write(
                    f"  words of the topic (precision, recall) by patterns "
                    f"{words_right(some, topics.as_it_stands)}, as learned "
                    f"{words_right(some, trim)}\n"
                    f"  messages of which all that asks is kept, words kept: "
                    f"{kept_by([one for one in left_out if one.kinds[0] not in SETS], cut)}\n"
                )
    on_all = fit_kinds(asked, embedding)
    with patch.object(manners, "weights", partial(_same, on_all)):
        read = partial(manners.learned, encode=embedding.encode_query)
        for kind, some in sorted(kept_back().items()):
            sys.stdout.write(
                f"kept back, {kind:8} {len(some):4} read rightly {share(some, read):.3f}\n"
            )
    if given.write:
        write_kinds(on_all)
        write_words(topics.FILE, fit_topics(asked, embedding))
        write_words(cores.FILE, fit_cores(asked, embedding))


def questions() -> list[Asked]:
    """Return the questions to learn from."""
    found = []
    for line in WRITTEN.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        fair, topic = tuple(one["kinds"]), tuple(one["topic"])
        core = (*topic, *([one["detail"]] if one["detail"] else []), *one["subjects"])
        found.append(Asked(one["writer"], one["question"], fair, topic, core))
    for line in JUDGED.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        if one["kind"] in FAIR:
            found.append(Asked(f"judged {one['writer']}", one["question"], FAIR[one["kind"]]))
    for file in sorted(GOLD.glob("*.*.jsonl")):
        if file.name.startswith(KEPT_BACK):
            continue
        for gold in read_file(file):
            fair = SETS if gold.kind == "set" else (gold.kind,)
            if gold.kind != "unanswerable":
                corpus = file.name.partition(".")[0]
                found.append(Asked(corpus, gold.question, fair))  # type: ignore[arg-type]
    return found


def kept_back() -> dict[str, list[Asked]]:
    """Return the questions of the corpora that are kept back, by the kind that they ask for."""
    found: dict[str, list[Asked]] = {}
    for file in sorted(GOLD.glob("*.*.jsonl")):
        if not file.name.startswith(KEPT_BACK):
            continue
        for gold in read_file(file):
            kind = "overview" if ".overview." in file.name else gold.kind
            if kind != "unanswerable":
                fair = FAIR.get(kind, (gold.kind,))
                one = Asked(file.name, gold.question, fair)  # type: ignore[arg-type]
                found.setdefault(kind, []).append(one)
    return found


def fit_kinds(asked: Sequence[Asked], embedding: Embedding) -> manners.Weights:
    """Fit the regression of kinds."""
    read = [one.read for one in asked]
    counted = Counter(t for text, found in read for t in set(manners.tokens(text, found)))
    words = frozenset(word for word, n in counted.items() if n >= KNOWN_FROM)
    built = [list(manners.features(text, found, words)) for text, found in read]
    rows, said = held(built)
    meant = MEANING * np.stack([embedding.encode_query(text) for text, _ in read])
    model = LogisticRegression(C=OF_KINDS, max_iter=3000)
    model.fit(hstack([said, csr_matrix(meant)]).tocsr(), [one.kinds[0] for one in asked])
    fitted = model.coef_.T.astype(np.float16).astype(np.float32)
    return manners.Weights(
        embedding.name, tuple(model.classes_.tolist()), words, rows,
        fitted[: len(rows)], fitted[len(rows) :], model.intercept_.astype(np.float32),
    )  # fmt: skip


def fit_topics(asked: Sequence[Asked], embedding: Embedding) -> topics.Weights:
    """Fit the regression of the words that are the topic."""
    return fit_words([(one, one.topic) for one in asked if one.topic], embedding)


def fit_cores(asked: Sequence[Asked], embedding: Embedding) -> topics.Weights:
    """Fit the regression of the words that ask."""
    some = [one for one in asked if one.core and one.kinds[0] not in SETS]
    return fit_words([(one, one.core) for one in some], embedding)


def fit_words(
    chosen: Sequence[tuple[Asked, Sequence[str]]],
    embedding: Embedding,
    as_it_stands: bool = False,
    strength: float = OF_TOPICS,
) -> topics.Weights:
    """Fit a regression of the words of some questions that are in certain stretches.

    Parameters
    ----------
    as_it_stands
        Whether the questions keep what patterns take off.
    strength
        The inverse of the regularisation.
    """
    some = [one for one, _ in chosen]
    counted = Counter(t.lower() for one in some for t in set(topics.TOKEN.findall(one.text)))
    words = frozenset(word for word, n in counted.items() if n >= KNOWN_FROM)
    built, labels, means = [], list[bool](), []
    for one, stretches in chosen:
        text = one.text if as_it_stands else framed(one)
        found = list(topics.TOKEN.finditer(text))
        tokens = [token[0] for token in found]
        built += list(topics.of_each(tokens, one.kinds[0], words))
        labels += inside(one.text, stretches, tokens)
        means.append(in_context(embedding, text, tuple(token.span() for token in found)))
    rows, said = held(built)
    meant = np.concatenate(means)
    middle, spread = meant.mean(axis=0), meant.std(axis=0) + 1e-6
    every = hstack([said, csr_matrix(MEANT * (meant - middle) / spread)]).tocsr()
    model = LogisticRegression(C=strength, max_iter=300).fit(every, labels)
    fitted = model.coef_[0].astype(np.float16).astype(float)[: len(rows)]
    context = (MEANT * model.coef_[0][len(rows) :] / spread).astype(np.float32)
    bias = float(model.intercept_[0] - middle @ context)
    weights = dict(zip(rows, fitted.tolist(), strict=True))
    return topics.Weights(words, weights, context, bias)


@cache
def in_context(
    embedding: Embedding, text: str, spans: tuple[tuple[int, int], ...]
) -> NDArray[np.float32]:
    """Return what the words of a question mean where they stand; kept from fit to fit."""
    found = embedding.in_context(text, spans)
    if found is None:
        raise SystemExit(f"{embedding.name} does not tell what words mean where they stand")
    return found


def held(built: Sequence[Sequence[str]]) -> tuple[dict[str, int], csr_matrix]:
    """Return the features that are seen often enough, in order, and which of them each has."""
    seen = Counter(one for some in built for one in set(some))
    rows = {name: n for n, name in enumerate(sorted(f for f, n in seen.items() if n >= SEEN_FROM))}
    places = [[rows[one] for one in some if one in rows] for some in built]
    starts = np.cumsum([0, *map(len, places)])
    columns = [row for some in places for row in some]
    return rows, csr_matrix((np.ones(starts[-1]), columns, starts), (len(built), len(rows)))


def framed(one: Asked) -> str:
    """Return a question without what patterns take off, as it comes to be trimmed."""
    if one.kinds[0] in SETS:
        return frames.topic(excluded.split(one.text)[0]) or one.text
    return parsing.bare(frames.plain(one.text))


def inside(text: str, stretches: Sequence[str], tokens: Sequence[str]) -> list[bool]:
    """Tell of each word of a framed question whether it is of one of the stretches of the whole."""
    marked, start = np.zeros(len(text), bool), 0
    for stretch in stretches:
        start = max(text.find(stretch, start), text.find(stretch))
        marked[start : start + len(stretch)] = True
    whole = list(topics.TOKEN.finditer(text))
    labels = [False] * len(tokens)
    matcher = SequenceMatcher(None, [w[0].lower() for w in whole], [t.lower() for t in tokens],
                              autojunk=False)  # fmt: skip
    for at, there, size in matcher.get_matching_blocks():
        for n in range(size):
            labels[there + n] = bool(marked[whole[at + n].start()])
    return labels


def share(asked: Sequence[Asked], kind: kinds.Decide) -> float:
    """Return how many of some questions are read as one of their kinds, in [0, 1]."""
    return float(np.mean([kind(*one.read)[0] in one.kinds for one in asked]))


def words_right(asked: Sequence[Asked], topic: Callable[[str, Kind], str]) -> str:
    """Return the mean precision and recall of the words that carry meaning."""
    precision, recall = [], []
    for one in asked:
        said = {w.lower() for w in frames.content(topic(framed(one), one.kinds[0]))}
        meant = {w.lower() for stretch in one.topic for w in frames.content(stretch)}
        if meant:
            precision.append(len(said & meant) / max(len(said), 1))
            recall.append(len(said & meant) / len(meant))
    return f"{np.mean(precision):.3f} {np.mean(recall):.3f}"


def kept_by(asked: Sequence[Asked], cut: cores.Cut) -> str:
    """Return of how many messages all that asks is kept, and which share of all words is."""
    whole, words, left = [], 0, 0
    for one in asked:
        text, found = one.read
        core = cut(text, one.kinds[0], found)
        whole.append(all(stretch in core for stretch in one.core if stretch in text))
        words, left = words + len(text.split()), left + len(core.split())
    return f"{np.mean(whole):.3f}, {left / max(words, 1):.3f}"


def _same(one: object) -> object:
    return one


def write_kinds(fitted: manners.Weights) -> None:
    """Write the weights of kinds."""
    np.savez_compressed(
        manners.FILE,
        model=np.array(fitted.model),
        kinds=np.array(fitted.kinds),
        words=np.array("\n".join(sorted(fitted.words))),
        rows=np.array("\n".join(fitted.rows)),
        said=fitted.said.astype(np.float16),
        meant=fitted.meant.astype(np.float16),
        bias=fitted.bias,
    )


def write_words(file: Path, fitted: topics.Weights) -> None:
    """Write the weights of words."""
    np.savez_compressed(
        file,
        words=np.array("\n".join(sorted(fitted.words))),
        names=np.array("\n".join(fitted.weights)),
        weights=np.array(list(fitted.weights.values()), dtype=np.float16),
        context=fitted.context,
        bias=np.array(fitted.bias),
    )


if __name__ == "__main__":
    main()
