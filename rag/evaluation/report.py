"""What an evaluation shows: tables for readers, one object for programs."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from rag.evaluation.gold import Result, figures
from rag.output.screen import Screen

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.evaluation.bench import Outcome
    from rag.library import Library

GOLD_ROWS = (
    ("which papers: precision", "set", "precision", "questions"),
    ("which papers: recall", "set", "recall", "questions"),
    ("which papers: F1", "set", "f1", "questions"),
    ("facts: said", "fact", "said", "questions"),
    ("facts: the right paper cited", "fact", "right_paper_cited", "questions"),
    ("facts: said, and nothing else cited", "fact", "said_and_rightly_cited", "questions"),
    (
        "explained: said, and nothing else cited",
        "explain",
        "said_and_rightly_cited",
        "questions",
    ),
    ("compared: all cited, nothing else, and said", "compare", "both_cited_and_said", "questions"),
    ("yes or no: the right papers and what they say", "yes_no", "same", "told"),
    ("yes or no: the right papers, and something that settles it", "yes_no", "right", "told"),
    ("yes or no: said the other way round", "yes_no", "turned", "told"),
    ("yes or no: said where no abstract says it", "yes_no", "made_up", "untold"),
    ("unanswerable: abstains", "unanswerable", "abstains", "questions"),
    ("answerable: abstains wrongly", "answerable", "abstains", "questions"),
    ("citations not in the index", "citations", "not_in_index", "given"),
    ("quotations not verbatim", "quotations", "not_verbatim", "given"),
    ("sentences with an unsupported number or name", "sentences", "unsupported", "given"),
    ("sentences in the model's own words", "sentences", "own_words", "given"),
    ("seconds an answer, median", "seconds", "p50", ""),
    ("seconds an answer, 95th percentile", "seconds", "p95", ""),
)
"""Each row's name, where its figure is, and of how many it is one."""

MEASURE_NAMES = {"R@5": "recall@5", "R@20": "recall@20", "R@100": "recall@100", "AP": "MAP"}
"""What readers call the measures that ir-measures has another name for."""

_console = Screen(highlight=False)


def gold_rows(measured: dict[str, dict[str, float | None]]) -> list[tuple[str, str, str]]:
    """Return name, value and number of cases of each figure as they are shown."""
    rows = []
    for name, group, key, of in GOLD_ROWS:
        value = measured[group][key]
        shown = "–" if value is None else str(value) if isinstance(value, int) else f"{value:.3f}"
        rows.append((name, shown, f"{measured[group][of]}" if of else ""))
    return rows


def bench_rows(means: dict[str, dict[str, float]]) -> tuple[list[str], list[list[str]]]:
    """Return the heads of a table of rankings and measures, and its rows."""
    measures = list(next(iter(means.values())))
    heads = ["ranking", *(MEASURE_NAMES.get(name, name) for name in measures)]
    return heads, [
        [ranking, *(f"{values[name]:.3f}" for name in measures)]
        for ranking, values in means.items()
    ]


def show_gold(asked: Mapping[str, tuple[Sequence[Result], "Library"]]) -> None:
    """Print the figures of each corpus side by side, then each failed question.

    Parameters
    ----------
    asked
        By the name of a corpus what came of its questions, and its papers.
    """
    table = Table(box=None, pad_edge=False)
    table.add_column("", overflow="fold")
    columns = [gold_rows(figures(results)) for results, _ in asked.values()]
    for name in asked:
        table.add_column(name if len(asked) > 1 else "figure", justify="right")
        table.add_column("of", justify="right", style="dim")
    for rows in zip(*columns, strict=True):
        table.add_row(rows[0][0], *(cell for _, value, of in rows for cell in (value, of)))
    _console.print(table)
    for name, (results, library) in asked.items():
        _show_failed(name if len(asked) > 1 else "", results, library)


def _show_failed(name: str, results: Sequence[Result], library: "Library") -> None:
    on = f" on {name}" if name else ""
    failed = [result for result in results if not (result.right and result.sound)]
    if not failed:
        _console.print(f"\nAll {len(results)} questions{on} are answered as expected.")
        return
    _console.print(f"\n{len(failed)} of {len(results)} questions{on} failed:")
    for result in failed:
        _console.print()
        heading = Text(f"{result.gold.id}  ", style="cyan").append(result.gold.question, "bold")
        _console.print(heading, soft_wrap=True)
        for line in _failures(result, library):
            _console.print(Text(f"    {line}"), soft_wrap=True)


def _failures(result: Result, library: "Library") -> Iterator[str]:
    """Yield what was expected of an answer and what came, line by line."""
    gold = result.gold
    if not result.right:
        if gold.kind in ("fact", "explain", "compare"):
            expected = " or ".join(f"“{text}”" for text in gold.answer_contains)
            yield f"expected: {expected}"
            yield f"came: {' '.join(result.text.split())}"
        elif gold.kind == "yes-no":
            yield f"expected: {gold.verdict or 'nothing'}; came: {result.verdict or 'nothing'}"
        elif gold.kind == "set":
            yield (
                f"precision {result.precision:.2f}, recall {result.recall:.2f}, F1 {result.f1:.2f}"
            )
        elif not result.cited:
            yield f"expected: no answer; came: {' '.join(result.text.split())}"
        if result.abstained and gold.kind != "unanswerable":
            yield "it abstains"
        yield from (f"missing: {_titled(i, library)}" for i in sorted(result.missing))
        wrong = "wrong" if gold.relevant else "expected: no answer; cited"
        yield from (f"{wrong}: {_titled(i, library)}" for i in result.wrong)
    yield from (f"citation not in the index: {line}" for line in result.not_in_index)
    yield from (f"quotation not verbatim: {line}" for line in result.not_verbatim)
    yield from (f"not supported: {line}" for line in result.unsupported)


def _titled(identifier: str, library: "Library") -> str:
    paper = library.get(identifier)
    return f"{identifier} {paper.title}" if paper else f"{identifier} (not in the index)"


def gold_object(results: Sequence[Result], assistant: "Assistant") -> dict[str, Any]:
    """Return the figures, and what came of each question, for programs."""
    return {
        "models": {
            "embedding": assistant.embedding.name,
            "reranker": assistant.reranker.name if assistant.reranker else None,
            "llm": assistant.model.name if assistant.model else None,
        },
        "papers": len(assistant.library),
        "figures": figures(results),
        "questions": [_question(result, assistant.library) for result in results],
    }


def _question(result: Result, library: "Library") -> dict[str, Any]:
    gold = result.gold
    known: dict[str, Any] = {
        "id": gold.id,
        "kind": gold.kind,
        "question": gold.question,
        "right": result.right,
        "sound": result.sound,
        "abstained": result.abstained,
        "cited": list(result.cited),
        "missing": [_reference(i, library) for i in sorted(result.missing)],
        "wrong": [_reference(i, library) for i in result.wrong],
    }
    if gold.kind == "set":
        known |= {"precision": result.precision, "recall": result.recall, "f1": result.f1}
    if gold.kind == "yes-no":
        known |= {"verdict": result.verdict, "expected": gold.verdict}
    if gold.kind in ("fact", "explain", "compare"):
        known |= {"said": result.said, "expected": list(gold.answer_contains)}
    return known | {
        "text": result.text,
        "not_in_index": list(result.not_in_index),
        "not_verbatim": list(result.not_verbatim),
        "unsupported": list(result.unsupported),
        "sentences": result.sentences,
        "own_words": result.own_words,
        "quotations": result.quotations,
        "seconds": result.seconds,
    }


def _reference(identifier: str, library: "Library") -> dict[str, str | None]:
    paper = library.get(identifier)
    return {"id": identifier, "title": paper.title if paper else None}


def show_bench(outcome: "Outcome") -> None:
    """Print the measures of each ranking as a table."""
    heads, rows = bench_rows(outcome.means)
    table = Table(box=None, pad_edge=False)
    for n, head in enumerate(heads):
        table.add_column(head, justify="right" if n else "left")
    for row in rows:
        table.add_row(*row)
    _console.print(table)
    found = outcome.collection
    _console.print(
        Text(f"{len(found.queries):,} queries, {found.documents:,} documents", style="dim")
    )


def bench_object(outcome: "Outcome", embedding: str) -> dict[str, Any]:
    """Return the measures of each ranking, over all queries and of each, for programs."""
    collection = outcome.collection
    return {
        "collection": collection.folder.resolve().name,
        "documents": collection.documents,
        "queries": len(collection.queries),
        "models": {"embedding": embedding},
        "figures": outcome.means,
        "by_query": [
            {"id": query, "query": collection.queries[query], **measured}
            for query, measured in outcome.by_query.items()
        ],
    }
