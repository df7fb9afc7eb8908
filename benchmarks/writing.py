"""Measure what a language model writes: the check on the contrast set, paragraphs, and speed.

    python -m benchmarks.writing claims [--llm MODEL] [--kept FILE] [--most N] LISTING...
    python -m benchmarks.writing paragraphs [--llm MODEL] [--most N]
    python -m benchmarks.writing speed [--llm MODEL]

``claims`` asks a model about the statements of tests/gold/claims.jsonl that the check does not
refuse by itself, on the papers of the bundled listing and of those given; what it answered is kept
in FILE, so that it can go on another time. The threshold is judged on each listing with the other
ones deciding where it lies. ``paragraphs`` prints what the model writes about the relevant papers
of the development questions, to be read. ``speed`` writes ten sentences one by one and together.
"""

import argparse
import json
import statistics
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from benchmarks.pipeline import GOLD, LISTING
from rag import listings
from rag.core.answers import cited
from rag.core.papers import Paper
from rag.core.passages import Passage
from rag.core.questions import Question
from rag.judge.evidence import Evidence
from rag.library.records import Record
from rag.models import language, reranker
from rag.models.language import LanguageModel
from rag.text.sentences import sentences
from rag.write import agreement, drafts, synthesis, trial
from tests.write import claims as contrast
from tests.write.claims import Claim

KINDS = ("true", "number", "name", "direction")
MOST_FALSE = 0.02
"""Share of the false statements that a threshold may let through."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("what", choices=["claims", "paragraphs", "speed"])
    parser.add_argument("listings", nargs="*", type=Path)
    parser.add_argument("--llm")
    parser.add_argument("--kept", type=Path)
    parser.add_argument("--most", type=int, default=10_000)
    given = parser.parse_intermixed_args()
    model = language.load(given.llm)
    if given.what == "claims":
        measure_claims(model, [LISTING, *given.listings], given.kept, given.most)
    elif given.what == "paragraphs":
        measure_paragraphs(trial.tried(model, print), given.most)
    else:
        measure_speed(model)


# -- the check -------------------------------------------------------------------------------------


def measure_claims(
    model: LanguageModel, files: Iterable[Path], kept: Path | None, most: int
) -> None:
    """Ask about at most so many statements, and print what the answers so far come to."""
    papers = {(file.name, paper.id): paper for file in files for paper in _papers(file)}
    known = [c for c in contrast.read() if (c.corpus, c.paper) in papers]
    refused = {c.id for c in known if agreement.contradicted(c.claim, papers[c.corpus, c.paper])}
    odds = _kept_odds(kept)
    left = [c for c in known if c.id not in refused and c.id not in odds]
    left.sort(key=lambda c: c.id[-3:-1])  # as far as it comes, something of each listing
    for claim in left[:most]:
        found = agreement.believed(claim.claim, papers[claim.corpus, claim.paper], model)
        if found is None:
            raise SystemExit(f"{model.name} does not say how sure it is.")
        odds[claim.id] = found
        if kept:
            with kept.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"id": claim.id, "odds": round(found, 4)}) + "\n")
    odds = {name: value for name, value in odds.items() if name not in refused}  # of older rules
    judged = [c for c in known if c.id in refused or c.id in odds]
    print(f"{model.name}: {len(judged)} of {len(known)} statements")
    print("not contradicted:", _shares(judged, lambda c: c.id not in refused))
    for corpus in dict.fromkeys(c.corpus for c in judged):
        others = [c for c in judged if c.corpus != corpus]
        own = [c for c in judged if c.corpus == corpus]
        threshold = _threshold(others or own, odds)
        shown = _shares(own, lambda c, t=threshold: odds.get(c.id, -np.inf) >= t)  # type: ignore[misc]
        print(f"{corpus}, threshold {threshold:.2f}: {shown}")
    whole = _threshold(judged, odds)
    print(f"all, threshold {whole:.2f}: {_shares(judged, lambda c: odds.get(c.id, -9) >= whole)}")


def _threshold(some: list[Claim], odds: dict[str, float]) -> float:
    """Return the lowest threshold that lets through no more than `MOST_FALSE` of the false ones."""
    false = sorted((odds[c.id] for c in some if not c.label and c.id in odds), reverse=True)
    allowed = int(MOST_FALSE * sum(not c.label for c in some))
    return false[allowed] + 1e-3 if len(false) > allowed else 0.0


def _shares(some: list[Claim], shown) -> str:  # noqa: ANN001
    counts = []
    for kind in KINDS:
        of = [c for c in some if c.kind == kind]
        counts.append(f"{kind} {sum(map(shown, of))}/{len(of)}")
    return ", ".join(counts)


def _kept_odds(file: Path | None) -> dict[str, float]:
    if file is None or not file.exists():
        return {}
    return {kept["id"]: kept["odds"] for kept in map(json.loads, file.read_text().splitlines())}


def _papers(file: Path) -> list[Paper]:
    return [entry for entry in listings.read(file) if isinstance(entry, Paper)]


# -- paragraphs ------------------------------------------------------------------------------------


def measure_paragraphs(model: LanguageModel, most: int) -> None:
    """Print the paragraph on each development question, and the shares over all of them."""
    if not model.capable:
        raise SystemExit(f"{model.name} did not pass the self-test.")
    judge = reranker.load()
    papers = {paper.id: paper for paper in _papers(LISTING)}
    said, shown, seconds = 0, 0, []
    for gold in list(map(json.loads, GOLD.read_text(encoding="utf-8").splitlines()))[:most]:
        evidence = [_evidence(papers[name], gold["question"], judge) for name in gold["relevant"]]
        question = Question(gold["question"], "fact" if gold["kind"] == "fact" else "papers", "it")
        seen: list[str] = []
        started = time.perf_counter()
        citations = cited(item.paper for item in evidence)
        score = judge.score if judge else None
        claims = list(synthesis.write(question, evidence, citations, model, score, seen.append))
        seconds.append(time.perf_counter() - started)
        said += len(sentences(seen[-1])) if seen else 0
        shown += len(claims)
        print(f"\n## {gold['question']}\nsaid: {' '.join(seen[-1].split()) if seen else ''}")
        for claim in claims:
            print(f"shown: {claim.text} {list(claim.citations)}")
    if seconds:
        print(
            f"\nsaid {said}, shown {shown}, median {statistics.median(seconds):.1f} s a paragraph"
        )


def _evidence(paper: Paper, question: str, judge: reranker.Reranker | None) -> Evidence:
    """Return a paper with the two sentences that the judge finds to answer a question best."""
    spans = sentences(paper.abstract)
    passages = [Passage(paper.id, a, b, paper.abstract[a:b]) for a, b in spans]
    if judge is not None:
        scores = judge.score([(question, f"{paper.title}: {p.text}") for p in passages])
        passages = [passages[n] for n in np.argsort(-scores, kind="stable")[:2]]
    return Evidence(Record.of(paper, spans, b"", 1), tuple(passages), 1.0)


# -- speed -----------------------------------------------------------------------------------------


def measure_speed(model: LanguageModel, rounds: int = 3) -> None:
    """Print the seconds to the first and the tenth sentence, one by one and together."""
    tasks = []
    for paper in _papers(LISTING):
        for start, end in sentences(paper.abstract):
            clause = paper.abstract[start:end]
            if clause.startswith("We ") and drafts.beginning(clause) and len(tasks) < 10:
                tasks.append((clause, drafts.beginning(clause)))
    found: dict[str, list[tuple[float, float, float]]] = {"one by one": [], "together": []}
    for _ in range(rounds):
        for name, size in (("one by one", 1), ("together", model.at_once)):
            started, times, tokens = time.perf_counter(), [], 0
            for first, last in [(0, 1), *((n, n + size) for n in range(1, len(tasks), size))]:
                for text in drafts.together(model, tasks[first:last]):
                    times.append(time.perf_counter() - started)
                    tokens += model.count(text)
            found[name].append((times[0], times[-1], tokens / times[-1]))
    for name, runs in found.items():
        first, last, rate = (statistics.median(column) for column in zip(*runs, strict=True))
        print(f"{name}: first {first:.2f} s, tenth {last:.2f} s, {rate:.1f} tokens a second")
    ratio = [a[1] / b[1] for a, b in zip(found["one by one"], found["together"], strict=True)]
    each_round = ", ".join(f"{r:.2f}" for r in ratio)
    print(f"the tenth {statistics.median(ratio):.2f} times as fast (each round: {each_round})")


if __name__ == "__main__":
    main()
