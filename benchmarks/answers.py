"""Write docs/answers.md: ten answers to development questions, as they come.

The bundled listing is indexed anew in a temporary folder and asked with the models of the settings.
Nothing is chosen among several answers or edited: the questions below are all that is fixed.

    python -m benchmarks.answers
"""

import json
import tempfile
from importlib.metadata import version
from pathlib import Path

from benchmarks.pipeline import ROOT, papers
from rag import Assistant
from rag.library import Library
from rag.models.embedding import Embedding

GOLD = ROOT / "tests" / "gold" / "cs_cv_2021-04-02.dev.jsonl"
TARGET = ROOT / "docs" / "answers.md"
SHOWN = ("s01", "s03", "s08", "s14", "s20", "f01", "f15", "f19", "u04", "u11")
FOLLOW_UPS = ("which of them runs in real time?", "tell me more about the second one")


def main() -> None:
    """Ask, and write the file."""
    lines = GOLD.read_text(encoding="utf-8").splitlines()
    asked = {gold["id"]: gold["question"] for gold in map(json.loads, lines)}
    with tempfile.TemporaryDirectory() as folder:
        embedding = Embedding.load()
        Library.create(Path(folder), embedding).put(papers(), embedding)
        assistant = Assistant.open(folder)
        text = written(assistant, [asked[name] for name in SHOWN])
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(text, encoding="utf-8")
    print(f"written: {TARGET.relative_to(ROOT)}")


def written(assistant: Assistant, questions: list[str]) -> str:
    """Return the answers to questions, and to two follow-ups of the first, as Markdown."""
    model = assistant.model.name if assistant.model else "none"
    parts = [
        "# Ten answers",
        "Unedited, from the 108 papers of the bundled listing; written by "
        f"`python -m benchmarks.answers` with {assistant.embedding.name} and {model} "
        f"(arxiv-rag {version('arxiv-rag')}). Quotations are the words of the abstract, cut where "
        "there are dots; the other sentences are the model's and passed the check.",
    ]
    first = assistant.ask(questions[0])
    for question in questions:
        answer = first if question == questions[0] else assistant.ask(question)
        parts += [f"## {question}", answer.to_markdown().strip()]
    parts += ["# Two follow-ups", f"After “{questions[0]}”:"]
    for question in FOLLOW_UPS:
        parts += [f"## {question}", assistant.ask(question, [first]).to_markdown().strip()]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    main()
