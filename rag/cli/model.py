"""The command that chooses the language model: model, model use, model none."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag.cli.shared import Json

if TYPE_CHECKING:
    from rag.models.language import LanguageModel
    from rag.write.trial import Outcome

model = typer.Typer(
    invoke_without_command=True, help="Say which language model writes, or choose another one."
)


@model.callback()
def list_(context: typer.Context, json: Json = False) -> None:
    """Say which language model is set, which are on the disk, and which suit a laptop."""
    if context.invoked_subcommand is not None:
        return
    from rag.cli import terminal

    known = status()
    if json:
        terminal.out(terminal.line(known))
        return
    terminal.out(f"Set: {known['set']} ({known['from']}).")
    if known["on_disk"]:
        terminal.out("On the disk:")
        for name in known["on_disk"]:
            terminal.out(f"  {name}")
    terminal.out("Known to suit a laptop (rag model use NAME):")
    for one in known["recommended"]:
        terminal.out(
            f"  {one['name']:<14} {one['gigabytes']:.1f} GB, {one['memory']:.1f} GB of memory, "
            f"{one['licence']}"
        )


@model.command()
def use(
    name: Annotated[
        str,
        typer.Argument(
            help="A name from the list, a GGUF file, repo_id:filename on the hub, or the address "
            "of an OpenAI-compatible server (http://host/v1).",
            metavar="NAME|PATH|REPO:FILE|URL",
        ),
    ],
) -> None:
    """Fetch a language model where that is needed, test it, and remember it."""
    from rag import settings
    from rag.cli import terminal
    from rag.models import language
    from rag.models.recommended import named
    from rag.write import trial

    recommended = named(name)
    wanted = recommended.file if recommended else name
    if not wanted.startswith(("http://", "https://")):
        wanted = str(language.file(wanted).resolve())
    with terminal.waiting("Loading the model") as say:
        loaded = language.load(wanted, settings.Settings().llm_key)
        say("Testing it: three questions")
        outcome = trial.kept(loaded) if loaded.name == language.PACKAGED else trial.test(loaded)
        if outcome is not None:
            trial.keep(loaded, outcome)
    path = settings.remember("llm", wanted)
    terminal.out(_told(loaded, outcome))
    terminal.out(f"Remembered in {path}.")
    _warn()


@model.command()
def none() -> None:
    """Do without a language model: answers are quotations alone, and at once."""
    from rag import settings
    from rag.cli import terminal

    path = settings.remember("llm", "none")
    terminal.out(f"No language model: answers are quotations. Remembered in {path}.")
    _warn()


def status() -> dict[str, Any]:
    """Return which language model is set, whence, which are on the disk and which suit a laptop."""
    from dataclasses import asdict

    from rag import settings
    from rag.errors import masked
    from rag.models.language import PACKAGED
    from rag.models.recommended import RECOMMENDED

    kept = settings.read(settings.file()).get("llm")
    whence = (
        "RAG_LLM" if os.environ.get("RAG_LLM") else str(settings.file()) if kept else "packaged"
    )
    return {
        "set": masked(settings.Settings().llm or PACKAGED),
        "from": whence,
        "on_disk": _on_disk(),
        "recommended": [asdict(one) for one in RECOMMENDED],
    }


def _on_disk() -> list[str]:
    """Return the packaged model, and the GGUF files that were fetched from the hub before."""
    from huggingface_hub import constants

    from rag.errors import ModelError
    from rag.models import language

    try:
        found = [str(language.packaged())]
    except ModelError:
        found = []
    fetched = Path(constants.HF_HUB_CACHE).glob("models--*/snapshots/*/*.gguf")
    return found + sorted(str(path) for path in fetched)


def _told(loaded: "LanguageModel", outcome: "Outcome | None") -> str:
    if outcome is None or not outcome.passed:
        why = outcome.reason if outcome else "it was not tested"
        return (
            f"{loaded.name} is set, and did not pass the self-test ({why}): it writes one sentence "
            "a paper, close to the words of the abstract."
        )
    return (
        f"{loaded.name} passed the self-test and writes a paragraph on each answer; a sentence, "
        f"check included, takes about {outcome.seconds:.0f} s here."
    )


def _warn() -> None:
    """Say so where a variable has the last word."""
    from rag.cli import terminal

    if told := os.environ.get("RAG_LLM"):
        terminal.note(f"RAG_LLM is set to {told}, and goes before what is remembered.")
