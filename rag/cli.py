"""The command ``rag``: ask, search, index, status, show, eval."""

import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.errors import RagError

if TYPE_CHECKING:
    from rag.assistant import Assistant

FAILED, INTERRUPTED = 2, 130
STOPPED = "Interrupted; the index is as the last finished step left it: run it again to go on."

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Answers questions about research papers from their abstracts, and proves every sentence.",
    epilog="Settings: RAG_INDEX (folder of the index), RAG_LLM (a GGUF file, repo_id:filename, "
    "http://host/v1, or none), RAG_EMBEDDING (a sentence-transformers model).",
)

Question = Annotated[
    str | None, typer.Argument(help="The question, in English.", show_default=False)
]
FromFile = Annotated[
    Path | None,
    typer.Option(
        "--from", help="Read questions from a JSON lines file (id, question).", metavar="FILE"
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]


@app.command()
def ask(
    question: Question = None,
    from_file: FromFile = None,
    json: Json = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown.")] = False,
    bibtex: Annotated[bool, typer.Option("--bibtex", help="Print the cited papers.")] = False,
    skip: Annotated[int, typer.Option(min=0, help="Leave out so many matching papers.")] = 0,
) -> None:
    """Answer a question, every sentence cited and checked."""
    from rag import terminal

    asked = list(_questions(question, from_file))
    with terminal.waiting("Opening the index"):
        assistant = _open()
    for name, text in asked:
        if not (json or markdown or bibtex):
            terminal.show_answer(terminal.watched(assistant, text, skip))
            continue
        with terminal.waiting("Reading"):
            answer = assistant.ask(text, skip=skip)
        if json:
            terminal.out(terminal.line(answer.to_dict() | _named("id", name)))
        else:
            terminal.out(answer.to_markdown() if markdown else answer.to_bibtex())


@app.command()
def search(
    question: Question = None,
    from_file: FromFile = None,
    json: Json = False,
    k: Annotated[int, typer.Option("-k", min=1, help="How many papers.")] = 10,
) -> None:
    """Rank the papers for a question, whether they answer it or not."""
    from rag import terminal
    from rag.assistant import Assistant

    asked = list(_questions(question, from_file))
    with terminal.waiting("Opening the index"):
        assistant = Assistant.open(llm="none")
    for name, text in asked:
        matches = assistant.search(text, k)
        if not json:
            terminal.show_matches(matches)
            continue
        for match in matches:
            paper = match.paper
            found = {
                "id": paper.id,
                "title": paper.title,
                "url": paper.url,
                "score": round(match.score, 4),
                "dense": round(match.dense, 4),
                "lexical": round(match.lexical, 4),
            }
            terminal.out(terminal.line(found | _named("query_id", name)))


@app.command()
def chat() -> None:
    """Ask one question after the other; "which of them" and "the second one" are understood."""
    from rag import chat, terminal

    with terminal.waiting("Opening the index"):
        assistant = _open()
    chat.run(assistant)


@app.command()
def index(
    paths: Annotated[
        list[Path],
        typer.Argument(help="Files, folders, patterns; - is standard input.", show_default=False),
    ],
) -> None:
    """Add the papers of listings to the index; what is there already is left alone."""
    from rag import listings, terminal
    from rag.embedding import Embedding
    from rag.library import Library
    from rag.papers import Paper
    from rag.settings import Settings

    settings = Settings()
    entries = [entry for path in listings.files(paths) for entry in listings.read(path)]
    papers = [entry for entry in entries if isinstance(entry, Paper)]
    terminal.show_refused([entry for entry in entries if not isinstance(entry, Paper)])
    with terminal.waiting("Loading the embedding model") as say:
        embedding = Embedding.load(settings.embedding, progress=say)
    library = Library.create(settings.index, embedding)
    with terminal.progress("Indexing", len(papers)) as advance:
        written = library.put(papers, embedding, advance)
    terminal.show_written(written, len(entries) - len(papers), library)


@app.command()
def status(json: Json = False) -> None:
    """Say what the index holds and which models are in use."""
    from rag import terminal
    from rag.library import Library
    from rag.settings import Settings

    settings = Settings()
    library = Library.open(settings.index)
    terminal.show_status(library, settings, json)


@app.command()
def show(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="An arXiv identifier or link.")],
    json: Json = False,
) -> None:
    """Show a paper of the index."""
    from rag import terminal
    from rag.library import Library
    from rag.papers import arxiv_id
    from rag.settings import Settings

    library = Library.open(Settings().index)
    paper = library.get(arxiv_id(identifier) or identifier)
    if paper is None:
        raise RagError(f"The index has no paper {identifier}: see `rag search` for what it has.")
    terminal.show_paper(paper, json)


evaluation = typer.Typer(no_args_is_help=True, help="Measure answers and rankings.")
app.add_typer(evaluation, name="eval")


@evaluation.command()
def gold(
    file: Annotated[
        Path, typer.Argument(help="A JSON lines file of questions and what their answers are.")
    ],
    json: Json = False,
) -> None:
    """Ask questions whose answers are known, and say what was wrong."""
    from rag import terminal
    from rag.evaluation import expected, report
    from rag.evaluation import gold as known

    asked = expected.read_file(file)
    with terminal.waiting("Opening the index"):
        assistant = _open()
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
    from rag import terminal
    from rag.embedding import Embedding
    from rag.evaluation import bench as ranked
    from rag.evaluation import report
    from rag.settings import Settings

    collection = ranked.read_folder(folder)
    with terminal.waiting("Loading the embedding model") as say:
        embedding = Embedding.load(Settings().embedding, progress=say)
    outcome = ranked.run(collection, embedding, terminal.progress)
    if json:
        terminal.out(terminal.line(report.bench_object(outcome, embedding.name)))
    else:
        report.show_bench(outcome)


def main() -> None:
    """Run the command line; every error is one line, and status 2 (130 for Ctrl-C)."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a letter that it cannot write is no failure
            stream.reconfigure(errors="replace")
    try:
        status = app(standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        _fail(STOPPED, INTERRUPTED)
    except RagError as error:
        _fail(str(error), FAILED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(FAILED)
    except Exception as error:
        if hasattr(error, "format_message"):  # what click says of wrong options
            _refuse(error.format_message())
        if os.environ.get("RAG_DEBUG"):
            raise
        _fail(f"Unexpected {type(error).__name__}: {error} (RAG_DEBUG=1 shows where.)", FAILED)
    if status == INTERRUPTED:  # typer says so by this number alone
        _fail(STOPPED, INTERRUPTED)
    sys.exit(status if isinstance(status, int) else 0)


def _refuse(said: str) -> None:
    if not said:  # there was no command, and the help has been printed
        sys.exit(FAILED)
    _fail(f"{said.rstrip('.')}: see `rag --help`.", FAILED)


def _fail(message: str, status: int) -> None:
    sys.stderr.write(f"rag: {' '.join(message.split())}\n")
    sys.exit(status)


def _named(key: str, name: str) -> dict[str, str]:
    """Return the identifier of a question from a file as a field; nothing for one without."""
    return {key: name} if name else {}


def _open() -> "Assistant":
    from rag.assistant import Assistant

    return Assistant.open()


def _questions(question: str | None, file: Path | None) -> Iterator[tuple[str, str]]:
    """Yield identifier and text of what is asked; all of it is checked before anything is done."""
    from rag.errors import QuestionError
    from rag.questions import read, read_file

    if (question is None) == (file is None):
        raise QuestionError('Ask one question, as in `rag ask "which papers ..."`, or give --from.')
    if question is not None:
        read(question)
        yield "", question
    if file is not None:
        yield from read_file(file)
