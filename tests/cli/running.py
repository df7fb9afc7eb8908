"""The command `rag` in a process of its own, and what may be expected of each run."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LISTING = ROOT / "index" / "listings" / "2021-04-02.cs.CV.md"

Run = Callable[..., "subprocess.CompletedProcess[str]"]
Here = Callable[..., str]


def settings(**more: str) -> dict[str, str]:
    """The environment without what would change how the command behaves."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("RAG_") and "COLOR" not in k}
    return {**kept, "RAG_LLM": "none", **more}


def objects(done: "subprocess.CompletedProcess[str]") -> list[dict[str, Any]]:
    """The JSON objects that a run printed, one a line, and nothing else."""
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def check_refused(done: "subprocess.CompletedProcess[str]", *parts: str) -> None:
    """One line on standard error that names the matter, nothing else, and status 2."""
    assert "Traceback" not in done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("rag: ")
    for part in parts:
        assert part in lines[0]
    assert done.stdout == ""
    assert done.returncode == 2
