"""What a library looks like on disk: its identity, fields and writer's lock."""

import errno
import json
import os
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from rag.errors import LibraryBusyError, LibraryError, RagError, line
from rag.files import parsed_file
from rag.library import terms
from rag.library.passages import PASSAGE_RULE
from rag.library.records import Record
from rag.library.sameness import found_by

if TYPE_CHECKING:
    import tantivy

    from rag.models.embedding import Embedding

FORMAT = 5
"""Version of what is on disk."""

RENEWED = (terms.OLDER_FORMAT, 4)
"""Older versions that are read, and brought up to date by the next writer. The first differs by
`terms`; both have nothing but vectors in Chroma, under a name that nobody knows."""

OLDER_COLLECTION = re.compile(r"passages-[0-9a-f]{32}")
"""The name of a collection in Chroma that those versions made."""

LONGEST_HEADING = 200
"""Letters by which titles are sorted."""

WORDS, NEW_WORDS = "words", "words.new"
"""The folder of the papers, and of those that a repair is about to put in its place."""

META_LOCK = f"{WORDS}/.tantivy-meta.lock"
"""What tantivy locks while it opens the papers' index, also to read."""

LOCKS = (META_LOCK, f"{WORDS}/.tantivy-writer.lock", "writer.lock")
"""Files with nothing in them that are locked; the last one is this library's own."""

WRITER_MEMORY = 50_000_000
"""Bytes that tantivy may use to write; it asks for at least 15 MB a thread."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a library was built with. All of it has to agree for vectors to be comparable.

    ``collection`` tells its passages in Chroma from those of other libraries: one server may keep
    those of many.
    """

    model: str
    fingerprint: str
    dimensions: int
    collection: str
    passage_rule: str = PASSAGE_RULE
    format: int = FORMAT


def identity_of(embedding: "Embedding") -> Identity:
    """Return the identity of a new library that is built with an embedding."""
    return Identity(embedding.name, embedding.fingerprint, embedding.dimensions, new_collection())


def new_collection() -> str:
    """Return a name for the passages of a library in Chroma that no other one has."""
    return f"papers-{uuid.uuid4().hex}"


def renewed(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return the identity of an older library as it is once it has been brought up to date."""
    name = str(kept["collection"])
    if OLDER_COLLECTION.fullmatch(name):
        name = f"papers-{name.partition('-')[2]}"
    return {**kept, "format": FORMAT, "collection": name}


def schema() -> "tantivy.Schema":
    """Return the fields of the papers' index."""
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("title", tokenizer_name=terms.TOKENIZER)
    builder.add_text_field("text", tokenizer_name=terms.TOKENIZER)  # the title and the abstract
    builder.add_text_field("author", tokenizer_name=terms.TOKENIZER)
    for name in ("category", "heading"):  # the title as it is sorted
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("listed", indexed=True, fast=True)
    builder.add_unsigned_field("withdrawn", indexed=True, fast=True)
    builder.add_unsigned_field("passages", fast=True)
    builder.add_bytes_field("kept", stored=True)
    builder.add_bytes_field("vectors", stored=True)
    return builder.build()


def new_words(folder: Path) -> "tantivy.Index":
    """Make an empty index of papers in a folder; one that is there is left as it is."""
    import tantivy

    index = tantivy.Index(schema(), path=str(folder))
    index.register_tokenizer(terms.TOKENIZER, terms.tokenizer())
    return index


def to_document(record: Record) -> "tantivy.Document":
    """Return a record as tantivy keeps it; the paper itself as JSON beside its searchable words."""
    import tantivy

    paper = record.paper
    document = tantivy.Document(id=found_by(paper), heading=[heading(paper.title)])
    if not paper.withdrawn:  # what is withdrawn is found by its identifier alone
        for value in terms.values(paper.title):
            document.add_text("title", value)
            document.add_text("text", value)
        for value in terms.values(paper.abstract):
            document.add_text("text", value)
    for category in paper.categories:
        document.add_text("category", category)
    for author in paper.authors:
        for value in terms.name_values(author):
            document.add_text("author", value)
    if paper.listed:
        document.add_integer("listed", paper.listed.toordinal())
    document.add_unsigned("withdrawn", int(paper.withdrawn))
    document.add_unsigned("passages", record.count)
    document.add_bytes("kept", record.text)
    document.add_bytes("vectors", record.packed)
    return document


def from_document(document: "tantivy.Document", dimensions: int) -> Record:
    """Return the record that a document was made of."""
    return Record(str(document["id"][0]), document["kept"][0], document["vectors"][0], dimensions)


def heading(title: str) -> str:
    """Return a title as it is sorted: small letters, and no marks in front."""
    return re.sub(r"^\W+", "", title.casefold())[:LONGEST_HEADING]


def count_passages(searcher: "tantivy.Searcher") -> int:
    """Return how many passages the committed papers have."""
    import tantivy

    total = searcher.aggregate(tantivy.Query.all_query(), {"n": {"sum": {"field": "passages"}}})
    return int(total["n"]["value"] or 0)


def identity_file(path: Path) -> Path:
    """Return where the identity of the library at a path is kept."""
    return path / "identity.json"


def read_identity(path: Path) -> Identity:
    """Read the identity of a library.

    Raises
    ------
    LibraryError
        If there is no library, its identity cannot be read, or its format is another one.
    """
    file = identity_file(path)
    try:
        kept = parsed_file(file)
        if kept["format"] not in (FORMAT, *RENEWED):
            raise LibraryError(
                f"The index at {path} has format {kept['format']}, this version reads {FORMAT}: "
                "set RAG_INDEX to a new folder and build the index there with `rag index`."
            )
        return Identity(**kept)
    except FileNotFoundError as error:
        if is_nameless(path):
            raise LibraryError(nameless(path)) from error
        raise LibraryError(
            f"There is no index at {path}: build one with `rag index LISTING`."
        ) from error
    except (PermissionError, NotADirectoryError) as error:
        raise LibraryError(said(path, "read", error)) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        if not _is_name(path) or getattr(error, "errno", 0) in _NO_PLACE:
            raise LibraryError(said(path, "read", error)) from error
        raise LibraryError(
            f"{file} cannot be read ({line(error)}): `rag doctor --repair` makes it again."
        ) from error


def is_nameless(path: Path) -> bool:
    """Tell whether a folder has papers, and no identity."""
    return not identity_file(path).exists() and has_stored(path)


def has_stored(path: Path) -> bool:
    """Tell whether papers lie in a folder, also where a repair was cut off in its last step."""
    return any(any((path / name).glob("*.store")) for name in (WORDS, NEW_WORDS))


def nameless(path: Path) -> str:
    """Return what to say of a library that has lost its identity."""
    return (
        f"The index at {path} has papers, but has lost {identity_file(path).name}: "
        "`rag doctor --repair` makes it again."
    )


def write_identity(path: Path, identity: Identity) -> None:
    """Write the identity in one step, so that it is there whole or not at all."""
    write_whole(identity_file(path), json.dumps(asdict(identity), indent=2) + "\n")


def write_whole(path: Path, text: str) -> None:
    """Write a text in one step, see `written_whole`."""
    with written_whole(path) as opened:
        opened.write(text.encode())


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """Open a file to be written in one step: whole or not there, also after a power cut."""
    draft = path.with_name(f"{path.name}.new")
    with draft.open("wb") as opened:
        yield opened
        opened.flush()
        os.fsync(opened.fileno())
    draft.replace(path)


def check(identity: Identity, embedding: "Embedding", path: Path) -> None:
    """Make sure that an embedding is the one that a library was built with.

    Raises
    ------
    LibraryError
        If it is another model or other weights, or if passages are cut by another rule by now.
    """
    if identity.fingerprint != embedding.fingerprint or identity.dimensions != embedding.dimensions:
        raise LibraryError(
            f"The index at {path} was built with the embedding model {identity.model} "
            f"({identity.dimensions} dimensions), not with {embedding.name} "
            f"({embedding.dimensions}): set RAG_EMBEDDING to the former, or RAG_INDEX to a new "
            "folder and build the index there."
        )
    if identity.passage_rule != PASSAGE_RULE:
        raise LibraryError(
            f"The index at {path} cuts passages by an older rule: set RAG_INDEX to a new folder "
            "and build it again there, with `rag index` from what `rag export` prints of this one."
        )


@contextmanager
def writing(path: Path, patience: float = 0) -> Iterator[None]:
    """Hold the writer's lock of a library, against other processes too.

    Parameters
    ----------
    patience
        Seconds to wait for another writer.

    Raises
    ------
    LibraryBusyError
        If another writer holds it.
    LibraryError
        If the folder cannot be written.
    """
    from filelock import FileLock, Timeout

    try:
        path.mkdir(parents=True, exist_ok=True)
        check_locks(path, LOCKS)
        with FileLock(path / LOCKS[-1], timeout=patience):
            yield
    except Timeout as error:
        raise LibraryBusyError(
            f"Another process is writing to the index at {path}: "
            "wait until it has finished and run this again."
        ) from error
    except OSError as error:
        raise LibraryError(said(path, "written", error)) from error
    except ValueError as error:
        if _is_name(path):
            raise
        raise LibraryError(said(path, "written", error)) from error


def no_locks(path: Path) -> list[str]:
    """Return in which places of locks something lies that cannot be locked.

    It is a folder, a pipe or a circle of links, or may not be written where all else may.
    """

    def may_be_locked(lock: Path) -> bool:
        return lock.is_file() and (os.access(lock, os.W_OK) or not os.access(lock.parent, os.W_OK))

    return [n for n in LOCKS if os.path.lexists(path / n) and not may_be_locked(path / n)]


def check_locks(path: Path, names: Iterable[str]) -> None:
    """Make sure that nothing lies in the place of a lock that cannot be one.

    Raises
    ------
    LibraryError
        If something does.
    """
    if wrong := set(names).intersection(no_locks(path)):
        raise LibraryError(
            f"The index at {path} has something in the place of {min(wrong)} that cannot be "
            "locked: `rag doctor --repair` puts it aside."
        )


@contextmanager
def told(path: Path, done: str) -> Iterator[None]:
    """Say what Chroma or tantivy could not do (opened, read, written) as a `LibraryError`.

    Where tantivy meets what it cannot be it panics, which Python sees as no `Exception`.
    """
    try:
        yield
    except RagError:
        raise
    except Exception as error:
        raise LibraryError(said(path, done, error)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # it can be imported from nowhere
            raise
        raise LibraryError(said(path, done, error)) from error


def said(path: Path, done: str, error: BaseException) -> str:
    """Return what to say where something could not be done: the cause, and the remedy for it."""
    cause = line(error)
    if _NO_ROOM.search(cause):
        remedy = "make room on the disk and run this again."
    elif _TOO_MANY.search(cause):
        remedy = "let this program open more files (ulimit -n) and run this again."
    elif not _is_name(path):
        remedy = "set RAG_INDEX to a folder whose name is text."
    elif getattr(error, "errno", 0) in _NO_PLACE:
        remedy = "set RAG_INDEX to a folder."
    elif isinstance(error, OSError) or _FORBIDDEN.search(cause):
        remedy = (
            "let your account read its files."
            if done == "read"
            else "make room or set RAG_INDEX to a folder that can be written."
        )
    elif done == "written":
        remedy = "make room if the disk is full, else see what `rag doctor` says."
    else:
        remedy = "`rag doctor` says what is damaged, and `rag doctor --repair` mends it."
    return f"The index at {path} cannot be {done} ({cause}): {remedy}"


def _is_name(path: Path) -> bool:
    """Tell whether the engines can be told a path: text, without a NUL."""
    try:
        return b"\0" not in str(path).encode()
    except UnicodeEncodeError:
        return False


_NO_PLACE = (errno.ENOTDIR, errno.EEXIST, errno.ENAMETOOLONG, errno.ELOOP)
_NO_ROOM = re.compile(
    r"no space left|disk is full|quota exceeded|file too large|\(code: 778\)", re.I
)  # the last is what SQLite says where it cannot write
_TOO_MANY = re.compile(r"too many open files", re.I)
_FORBIDDEN = re.compile(r"permission ?denied|read-?only", re.I)
