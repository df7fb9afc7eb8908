"""The commands that measure: eval gold, eval bench."""

import contextlib
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from rag.cli.shared import Json

evaluation = typer.Typer(no_args_is_help=True, help="Measure answers and rankings.")


@evaluation.command()
def gold(
    files: Annotated[
        list[str],
        typer.Argument(
            help="JSON lines files of questions and what their answers are; LISTING:FILE asks "
            "about the papers of a listing, indexed for the time of the run, instead of the index.",
            metavar="[LISTING:]FILE...",
        ),
    ],
    llm: Annotated[
        str | None,
        typer.Option(
            help="The language model that writes, as in RAG_LLM; `none`: quotations alone.",
            metavar="MODEL",
            show_default="that of the settings",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Ask questions whose answers are known, and say what was wrong.

    Several files on one listing are put together; each listing has its figures.
    """
    from rag.assistant import Assistant
    from rag.cli import terminal
    from rag.evaluation import corpora, expected, report
    from rag.evaluation import gold as known

    open_assistant = partial(Assistant.open, llm=llm)
    wanted = corpora.by_listing(files)
    asked = {
        listing: [one for file in some for one in expected.read_file(file)]
        for listing, some in wanted.items()
    }
    results = {}
    with contextlib.ExitStack() as folders:
        for listing, questions in asked.items():
            with terminal.waiting("Opening the index"):
                assistant = folders.enter_context(corpora.opened(listing, open_assistant))
            with terminal.progress("Asking", len(questions)) as advance:
                results[corpora.name(listing)] = (
                    known.run(questions, assistant, advance),
                    assistant,
                )
        if json:
            for name, (found, assistant) in results.items():
                terminal.out(terminal.line({"corpus": name} | report.gold_object(found, assistant)))
        else:
            shown = {name: (found, one.library) for name, (found, one) in results.items()}
            report.show_gold(shown)


@evaluation.command()
def bench(
    folder: Annotated[
        Path,
        typer.Argument(
            help="A folder with corpus.jsonl, queries.jsonl and qrels.tsv.", metavar="DIR"
        ),
    ],
    json: Json = False,
) -> None:
    """Rank a collection whose relevant documents are known; its index is kept in the cache."""
    from rag.cli import terminal
    from rag.evaluation import bench as ranked
    from rag.evaluation import report
    from rag.models.embedding import Embedding
    from rag.settings import Settings

    collection = ranked.read_folder(folder)
    with terminal.waiting("Loading the embedding model") as say:
        embedding = Embedding.load(Settings().embedding, progress=say)
    outcome = ranked.run(collection, embedding, terminal.progress)
    if json:
        terminal.out(terminal.line(report.bench_object(outcome, embedding.name)))
    else:
        report.show_bench(outcome)
