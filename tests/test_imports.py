"""What a command imports: nothing that is heavy and that it does not need.

Each case runs in a Python of its own, and says in the end which heavy packages it has loaded.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from rag.library import Library

HEAVY = {
    "only the page": ("gradio", "latex2mathml", "plotly", "sklearn", "starlette"),
    "only the measuring": ("ir_measures",),
    "only a server's language model": ("langchain_openai", "openai"),
    "only LangChain programs": ("langchain", "langgraph"),
    "only preparing a model": ("sentence_transformers", "torch", "transformers"),
}

CODE = """
import json, sys
heavy, arguments = json.loads(sys.argv[1])
if arguments is None:
    import rag
else:
    from rag.cli import main
    sys.argv = ["rag", *arguments]
    try:
        main()
    except SystemExit as ended:
        if ended.code:
            raise
sys.stdout.write("\\n" + json.dumps([name for name in heavy if name in sys.modules]))
"""


def _loaded(arguments: list[str] | None, index: Path | None = None) -> tuple[str, list[str]]:
    """Return what a command printed, and which heavy packages it loaded."""
    heavy = [name for names in HEAVY.values() for name in names]
    settings = {"RAG_INDEX": str(index)} if index else {}
    run = subprocess.run(
        [sys.executable, "-c", CODE, json.dumps([heavy, arguments])],
        env=os.environ | settings,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    printed, _, loaded = run.stdout.rpartition("\n")
    return printed, json.loads(loaded)


def test_the_package_loads_nothing_heavy() -> None:
    assert _loaded(None) == ("", [])


def test_the_help_loads_nothing_heavy() -> None:
    printed, loaded = _loaded(["--help"])
    assert "Usage: rag" in printed
    assert not loaded


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["status"], "all-MiniLM-L6-v2"),
        (["list", "-k", "3"], "2104."),
        (["show", "2104.00194"], "TransMOT"),
        (["search", "visual tracking", "-k", "3"], "Track"),
    ],
    ids=lambda given: given[0] if isinstance(given, list) else "",
)
def test_a_command_loads_nothing_heavy_that_it_does_not_need(
    arguments: list[str], shown: str, library: Library
) -> None:
    printed, loaded = _loaded(arguments, library.path)
    assert shown in printed
    assert not loaded


def test_what_is_heavy_would_be_seen() -> None:
    """A command that does need one of them: the test would notice it elsewhere too."""
    heavy = json.dumps([["latex2mathml", "torch"], None])
    code = "import latex2mathml\n" + CODE
    run = subprocess.run([sys.executable, "-c", code, heavy], capture_output=True, text=True)
    assert json.loads(run.stdout.rpartition("\n")[2]) == ["latex2mathml"]
