"""How well the papers are ranked, on a collection whose relevant documents are known.

A collection is a folder in the layout of BEIR (https://github.com/beir-cellar/beir):
``corpus.jsonl`` (``_id``, ``title``, ``text``), ``queries.jsonl`` (``_id``, ``text``) and
``qrels.tsv`` (a header, then query, document and score). Its index is an ordinary library, built
once and kept in the user's cache folder; one whose building was interrupted is finished by the next
run. The measures are those of trec_eval, by way of ir-measures. It does not know how papers are
ranked: ``rankings`` asks the retrieval.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.core.papers import Paper
from rag.errors import EvaluationError, QuestionError
from rag.library import Library, disk
from rag.library.passages import PASSAGE_RULE
from rag.question import parsing as questions
from rag.search import retrieval

if TYPE_CHECKING:
    from rag.models.embedding import Embedding

CORPUS, QUERIES, QRELS = "corpus.jsonl", "queries.jsonl", "qrels.tsv"

MEASURES = ("nDCG@10", "R@5", "R@20", "R@100", "AP")
"""By the names that ir-measures has for them: R is recall, the mean of AP is MAP."""

DEPTH = 100
"""Documents of a ranking that are looked at, as far as recall is asked for; AP of more would favour
the longest ranking."""

COMPLETE = "complete"
"""The file that a finished index has. It holds the number of documents."""

Progress = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]
Judgements = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection that has been read, its documents apart: they are read when they are indexed.

    Attributes
    ----------
    documents
        How many there are.
    digest
        Of the file of the documents, 12 hexadecimal digits.
    queries
        Text of each query that has judgements.
    judgements
        For each of these queries the relevant documents and their scores, all greater than 0.
    """

    folder: Path
    documents: int
    digest: str
    queries: dict[str, str]
    judgements: Judgements


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a collection was measured to give.

    Attributes
    ----------
    means
        For each ranking (``lexical``, ``dense``, ``fused``) each measure's mean over the queries.
    by_query
        The same for each query.
    seconds
        Time of each search, in seconds.
    """

    collection: Collection
    means: dict[str, dict[str, float]]
    by_query: dict[str, dict[str, dict[str, float]]]
    seconds: list[float]


def read_folder(folder: Path) -> Collection:
    """Read a collection.

    Raises
    ------
    EvaluationError
        If a file is missing or malformed, or no query has a relevant document.
    """
    if not folder.is_dir():
        raise EvaluationError(
            f"There is no folder {folder}: give one with {CORPUS}, {QUERIES} and {QRELS}."
        )
    judged = _judgements(folder / QRELS)
    queries = {}
    for number, entry in _entries(folder / QUERIES, ("_id", "text")):
        if entry["_id"] in judged:
            try:
                questions.read(entry["text"])
            except QuestionError as error:
                raise EvaluationError(f"{folder / QUERIES}, line {number}: {error}") from error
            queries[entry["_id"]] = entry["text"]
    if not queries:
        raise EvaluationError(f"No query of {folder} has a relevant document: see {QRELS}.")
    seen = set()
    for number, entry in _entries(folder / CORPUS, ("_id", "title", "text")):
        if entry["_id"] in seen:
            raise EvaluationError(f"{folder / CORPUS}, line {number}: the _id is there already.")
        if "@" in entry["_id"]:  # it parts an identifier from a digest in the index
            raise EvaluationError(f"{folder / CORPUS}, line {number}: an _id must not hold @.")
        seen.add(entry["_id"])
    if not seen:
        raise EvaluationError(f"{folder / CORPUS} holds no documents.")
    with (folder / CORPUS).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()[:12]
    return Collection(folder, len(seen), digest, queries, {i: judged[i] for i in queries})


def _entries(file: Path, owed: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield line number and object of each line of a JSON lines file; what is owed are strings."""
    for number, line in _lines(file):
        try:
            entry: Any = json.loads(line)
        except ValueError as error:
            raise EvaluationError(f"{file}, line {number}: it is not JSON.") from error
        if not isinstance(entry, dict) or not all(isinstance(entry.get(n), str) for n in owed):
            raise EvaluationError(f"{file}, line {number}: expected strings {', '.join(owed)}.")
        yield number, entry


def _judgements(file: Path) -> Judgements:
    found: Judgements = {}
    for number, line in _lines(file):
        try:
            query, document, score = line.split("\t")
            if number > 1 and int(score) > 0:
                found.setdefault(query, {})[document] = int(score)
        except ValueError as error:
            raise EvaluationError(
                f"{file}, line {number}: expected query-id, corpus-id and a whole score, with tabs."
            ) from error
    return found


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    """Yield number and text of the lines of a file that are not empty."""
    try:
        with file.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield number, line.rstrip("\n")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise EvaluationError(f"{file} cannot be read ({why}).") from error


def documents(collection: Collection) -> Iterator[Paper]:
    """Yield the documents of a collection as papers, white space folded; they have no links."""
    for _, entry in _entries(collection.folder / CORPUS, ("_id", "title", "text")):
        title, text = (" ".join(entry[name].split()) for name in ("title", "text"))
        yield Paper(entry["_id"], title, text, url="", pdf="")


def index_folder(collection: Collection, embedding: "Embedding") -> Path:
    """Return where the index of a collection is kept: other documents or vectors, another place."""
    from platformdirs import user_cache_path

    rule = f"{embedding.fingerprint}\n{PASSAGE_RULE}\n{disk.FORMAT}"
    made_by = hashlib.sha256(rule.encode()).hexdigest()[:12]
    name = f"{collection.folder.resolve().name}-{collection.digest}-{made_by}"
    return user_cache_path("arxiv-rag") / "benchmarks" / name


def index(collection: Collection, embedding: "Embedding", progress: Progress) -> Library:
    """Open the index of a collection; build it, or finish building it, if need be.

    Raises
    ------
    LibraryBusyError
        If another process is building it.
    LibraryError
        If the cache folder cannot be written, or what is in it is damaged.
    """
    library = Library.create(index_folder(collection, embedding), embedding)
    complete = library.path / COMPLETE
    if not complete.exists():
        with progress(f"Indexing {collection.folder.resolve().name}", collection.documents) as done:
            library.put(documents(collection), embedding, lambda some: done(len(some)))
        with disk.told(library.path, "written"):
            complete.write_text(f"{len(library)}\n", encoding="utf-8")
    return library


def rankings(text: str, library: Library, embedding: "Embedding") -> dict[str, list[str]]:
    """Rank documents for a query in three ways, best first, ``DEPTH`` of them at most.

    ``fused`` is the ranking that users get. ``lexical`` and ``dense`` are its two sides, each alone
    and with the scores that the retrieval gives; equal scores are in the order of the identifiers.
    """
    question = questions.read(text)
    matches = retrieval.search(question, library, embedding)
    words = library.matching(question.topic, DEPTH)
    near = {match.paper.id: match.dense + match.whole for match in matches}
    return {
        "lexical": _best(words),
        "dense": _best(near),
        "fused": [match.paper.id for match in matches[:DEPTH]],
    }


def _best(scores: dict[str, float]) -> list[str]:
    return sorted(scores, key=lambda i: (-scores[i], i))[:DEPTH]


def measure(
    runs: dict[str, dict[str, list[str]]], judgements: Judgements
) -> tuple[dict[str, dict[str, float]], dict[str, dict[str, dict[str, float]]]]:
    """Return the measures of rankings: their means, and those of each query.

    Parameters
    ----------
    runs
        For each ranking the documents of each query, best first. A query without any has 0.
    judgements
        For each query the relevant documents and their scores.
    """
    import ir_measures

    asked = [ir_measures.parse_measure(name) for name in MEASURES]
    means: dict[str, dict[str, float]] = {}
    by_query: dict[str, dict[str, dict[str, float]]] = {}
    for name, run in runs.items():
        # trec_eval sorts by score, and equal scores in its own way: so each place has its score.
        scores = {
            query: {document: float(-place) for place, document in enumerate(found)}
            for query, found in run.items()
        }
        calculated = ir_measures.calc(asked, judgements, scores)
        mean: Any = calculated.aggregated  # a dictionary, as several measures are asked for
        means[name] = {str(which): float(mean[which]) for which in asked}
        for metric in calculated.per_query:
            one = by_query.setdefault(metric.query_id, {})
            one.setdefault(name, dict.fromkeys(MEASURES, 0.0))[str(metric.measure)] = metric.value
    return means, by_query


def run(collection: Collection, embedding: "Embedding", progress: Progress) -> Outcome:
    """Index a collection if that has not been done, search it for each query, and measure.

    Parameters
    ----------
    progress
        Given what is being done and how much of it there is, it is a context in which the number of
        things done can be told (``rag.cli.terminal.progress``).
    """
    library = index(collection, embedding, progress)
    runs: dict[str, dict[str, list[str]]] = {}
    seconds = []
    with progress("Searching", len(collection.queries)) as done:
        for query, text in collection.queries.items():
            started = time.perf_counter()
            for name, found in rankings(text, library, embedding).items():
                runs.setdefault(name, {})[query] = found
            seconds.append(time.perf_counter() - started)
            done(1)
    return Outcome(collection, *measure(runs, collection.judgements), seconds)
