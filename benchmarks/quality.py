"""Measure the answers to the questions of tests/gold: which papers are cited, and what is said.

Papers that are merely acceptable count neither way. The constants of `rag.coverage` and
`rag.evidence` were set on these very questions, so take the figures as an upper bound.

    python -m benchmarks.quality [--llm none]
"""

import argparse
import json
import statistics
import tempfile
from collections import defaultdict
from pathlib import Path

from benchmarks.pipeline import ROOT, papers
from rag import Assistant
from rag.answers import Answer
from rag.embedding import Embedding
from rag.library import Library

GOLD = ROOT / "tests" / "gold"


def f1(gold: dict, answer: Answer) -> float:
    """Return the harmonic mean of precision and recall of the cited papers."""
    relevant = set(gold["relevant"])
    cited = {c.paper.id for c in answer.citations} - set(gold.get("acceptable", []))
    return 2 * len(cited & relevant) / (len(cited) + len(relevant))


def holds_fact(gold: dict, answer: Answer) -> float:
    """Return whether an answer says the fact and cites the paper that it is from."""
    cited = [c.paper.id for c in answer.citations]
    return float(
        cited == gold["relevant"] and any(fact in answer.text for fact in gold["answer_contains"])
    )


def main() -> None:
    """Ask all questions and print a row for each file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--llm", help="as RAG_LLM; `none` is quicker and cites the same papers")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        embedding = Embedding.load()
        Library.create(Path(folder), embedding).put(papers(), embedding)
        assistant = Assistant.open(folder, llm=options.llm)
        for file in sorted(GOLD.glob("*.jsonl")):
            found = defaultdict(list)
            for line in file.read_text(encoding="utf-8").splitlines():
                measure(json.loads(line), assistant, found)
            print(file.name)
            for name, values in found.items():
                print(f"    {name:44}{statistics.mean(values):8.3f}  of {len(values)}")


def measure(gold: dict, assistant: Assistant, found: dict[str, list[float]]) -> None:
    """Ask one question and add what was measured to the lists."""
    answer = assistant.ask(gold["question"])
    if gold["kind"] == "unanswerable":
        found["unanswerable: abstains"].append(float(answer.abstained))
        return
    if gold["kind"] == "set":
        found["which papers: F1 of the cited papers"].append(f1(gold, answer))
    else:
        found["fact: said, and rightly cited"].append(holds_fact(gold, answer))
    found["answerable: abstains wrongly"].append(float(answer.abstained))
    abstracts = {c.paper.id: c.paper.abstract for c in answer.citations}
    for claim in answer.claims:
        found["sentences in the model's words"].append(float(claim.support == "paraphrase"))
        for quote in claim.quotes:
            there = abstracts[quote.paper_id][quote.start : quote.end] == quote.text
            found["quotations verbatim at their offsets"].append(float(there))
    found["seconds an answer"].append(answer.seconds["total"])


if __name__ == "__main__":
    main()
