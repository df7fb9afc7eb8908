"""What it costs to start the command, and where what it prints goes."""

import subprocess
import sys

import pytest

from rag.library import Library
from tests.cli.running import ROOT, Run, objects, settings

TRACKING = "which papers use transformers for tracking"
HEAVY = ("torch", "chromadb", "tantivy", "langchain_core", "llama_cpp", "onnxruntime", "numpy")


# -- what it costs to start ------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [["--help"], ["ask", "--help"], ["nonsense"]])
def test_nothing_heavy_is_imported_for_help(arguments: list[str]) -> None:
    code = f"""
import os, resource, sys
from rag.cli import main
os._exit = sys.exit  # so that what was imported can be told
sys.argv = ["rag", *{arguments}]
try:
    main()
except SystemExit:
    pass
print([m for m in {HEAVY} if m in sys.modules])
used = resource.getrusage(resource.RUSAGE_SELF)
print(f"{{used.ru_utime + used.ru_stime:.2f}} s of processor time", file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    print(" ".join(arguments), done.stderr.splitlines()[-1])  # noqa: T201
    assert done.stdout.splitlines()[-1] == "[]", done.stdout


def test_help_names_the_commands_and_settings(rag: Run) -> None:
    done = rag("--help")
    assert done.returncode == 0
    for word in ("ask", "chat", "search", "index", "status", "show", "RAG_INDEX", "RAG_LLM"):
        assert word in done.stdout
    assert done.stderr == ""


# -- where the output goes -------------------------------------------------------------------------


@pytest.mark.slow
def test_a_reader_that_stops_early(library: Library) -> None:
    for command in ("search", "ask"):
        line = f"'{sys.executable}' -m rag {command} '{TRACKING}' --json -k 100 | head -c 20"
        done = subprocess.run(
            ["sh", "-c", line.replace(" -k 100", " -k 100" if command == "search" else "")],
            cwd=ROOT,
            env=settings(RAG_INDEX=str(library.path), RAG_RERANKER="none"),
            capture_output=True,
            text=True,
        )
        assert len(done.stdout) == 20
        assert done.stderr == ""


@pytest.mark.slow
def test_words_that_the_output_cannot_write_are_no_traceback(rag: Run) -> None:
    plain = {"env": {"PYTHONIOENCODING": "ascii", "RAG_RERANKER": "none"}}
    done = rag("ask", TRACKING, **plain)
    assert "Traceback" not in done.stderr
    assert done.returncode == 0
    (answer,) = objects(rag("ask", TRACKING, "--json", **plain))
    assert answer["claims"]
