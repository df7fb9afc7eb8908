"""The commands that measure: eval gold, eval bench."""

from pathlib import Path
from typing import Annotated

import typer

from rag.cli.shared import Json, open_assistant

evaluation = typer.Typer(no_args_is_help=True, help="Measure answers and rankings.")


@evaluation.command()
def gold(
    file: Annotated[
        Path, typer.Argument(help="A JSON lines file of questions and what their answers are.")
    ],
    json: Json = False,
) -> None:
    """Ask questions whose answers are known, and say what was wrong."""
    from rag.cli import terminal
    from rag.evaluation import expected, report
    from rag.evaluation import gold as known

    asked = expected.read_file(file)
    with terminal.waiting("Opening the index"):
        assistant = open_assistant()
    with terminal.progress("Asking", len(asked)) as advance:
        results = known.run(asked, assistant, advance)
    if json:
        terminal.out(terminal.line(report.gold_object(results, assistant)))
    else:
        report.show_gold(results, assistant.library)


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
