"""Opening the papers' index as it is: nothing is made where there was something.

What is damaged is not opened: of damaged words tantivy panics, or finds the wrong papers without a
word. A library that has fewer papers than its journal says is not opened either. A folder that may
not be written is read through another one, of links to its files: tantivy makes a lock where it
reads.
"""

import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import LibraryError
from rag.files import text_of
from rag.library import disk, journal, segments, terms

if TYPE_CHECKING:
    import tantivy

MOST_CHECKED = 1 << 28
"""Bytes whose checksums are compared on opening: some 0.2 s, and 20,000 papers. Of the files of a
larger library those are compared that are smaller together; `rag doctor` compares all."""

_TRIES = 5  # somebody else may commit, and clear away old files, while this opens

Stamp = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """The papers' index as of one commit.

    Attributes
    ----------
    segments
        The names of its segments, in their order; none if another commit came between.
    """

    words: "tantivy.Index"
    searcher: "tantivy.Searcher"
    stamp: Stamp
    segments: tuple[str, ...]


def make(path: Path) -> None:
    """Make an empty index of papers; one that is there is left as it is."""
    folder = path / "words"
    folder.mkdir(exist_ok=True)
    disk.new_words(folder)


def now(path: Path, words: "tantivy.Index | None" = None, whole: set[str] | None = None) -> Opened:
    """Open what is committed now.

    Parameters
    ----------
    path
        Of the library.
    words
        The index, if it is open already.
    whole
        Names of files that were found to be whole before; what is found now is added.

    Raises
    ------
    LibraryError
        If files of it are lost or damaged.
    """
    whole = set() if whole is None else whole
    if is_writable(path):
        disk.check_locks(path, [disk.META_LOCK])
    else:
        words = None
    had = has = 0
    for _ in range(_TRIES):
        known, marked = journal.read(path), stamp(path)
        _check(path / "words", whole)
        if words is not None:
            words.reload()
        index = words or _open(path)
        searcher = index.searcher()
        had, has = known.fewest if known else 0, int(searcher.num_docs)
        if has >= had and (known or has or not holds_papers(path)):
            return Opened(index, searcher, marked, _segments(path, marked))
    before = f"{had:,} papers" if had else "papers"
    raise LibraryError(
        f"The index at {path} had {before} and has {has:,} now: files of it are lost. "
        "`rag doctor` says what is wrong, `rag doctor --repair` mends it."
    )


def _segments(path: Path, marked: Stamp) -> tuple[str, ...]:
    try:
        text = text_of(path / "words" / segments.META)
        return tuple(s.id for s in segments.of_meta(text)) if stamp(path) == marked else ()
    except (OSError, ValueError, LibraryError):
        return ()


def stamp(path: Path) -> Stamp:
    """Tell one commit from the next: tantivy replaces this file with each.

    The time alone would not do: a clock may jump back.
    """
    try:
        status = (path / "words" / segments.META).stat()
    except FileNotFoundError as error:
        raise LibraryError(
            f"The index at {path} has lost words/{segments.META}, which tells its papers' files: "
            "`rag doctor --repair` makes it again."
        ) from error
    return status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_size


def holds_papers(path: Path) -> bool:
    """Tell whether a folder has, or had, papers in it, whatever else it lacks."""
    known = journal.read(path)
    return bool(known and known.fewest) or disk.has_stored(path)


def is_writable(path: Path) -> bool:
    """Tell whether all that a library writes to may be written."""
    vectors = path / "vectors"
    places = (path, path / "words", vectors, vectors / "chroma.sqlite3")
    return all(os.access(place, os.W_OK) for place in places if place.exists())


def _check(words: Path, whole: set[str]) -> None:
    """Make sure that the files of the words are whole, as far as that is quick.

    Raises
    ------
    LibraryError
        If one is damaged.
    """
    check_are_files(words.parent, (words / name for name in (segments.META, segments.MANAGED)))
    try:
        named = segments.files_of(text_of(words / segments.META))
        sizes = {words / name: (words / name).stat().st_size for name in named if name not in whole}
    except (OSError, ValueError):  # tantivy says more of it, or somebody has just committed
        return
    files, total = [], 0
    for file in sorted(sizes, key=sizes.__getitem__):
        total += sizes[file]
        if total <= MOST_CHECKED:
            files.append(file)
    for file in files:
        if not segments.is_whole(file) and file.exists():
            raise LibraryError(
                f"The index at {words.parent} has a damaged file, words/{file.name}: `rag doctor` "
                "says what else is damaged, and `rag doctor --repair` mends it."
            )
    whole.update(named)


def check_are_files(path: Path, places: Iterable[Path]) -> None:
    """Make sure that an engine finds no pipe, which it would wait for, nor a device without end.

    Raises
    ------
    LibraryError
        If something of a library is neither a file nor a folder.
    """
    for place in places:
        if place.exists() and not (place.is_file() or place.is_dir()):
            raise LibraryError(
                f"The index at {path} has something in the place of {place.relative_to(path)} that "
                "is no file: `rag doctor --repair` puts it aside."
            )


def let_read(path: Path) -> bool:
    """Let everybody read tantivy's own files who may read the identity: it shuts others out.

    Returns whether they were: then the stamp is another one.
    """
    shut, mode = False, disk.identity_file(path).stat().st_mode & 0o777
    for name in (segments.META, segments.MANAGED):
        file = path / "words" / name
        if file.exists() and file.stat().st_mode & 0o777 != mode:
            file.chmod(mode)
            shut = True
    return shut


def _open(path: Path) -> "tantivy.Index":
    import tantivy

    if is_writable(path):
        index = tantivy.Index.open(str(path / "words"))
        index.register_tokenizer(terms.TOKENIZER, terms.tokenizer())
        return index
    for left in reversed(range(_TRIES)):
        try:
            return _through_links(path / "words")
        except (OSError, ValueError):  # its files were cleared away after a commit
            if not left:
                raise
    raise AssertionError("unreachable")


def _through_links(words: Path) -> "tantivy.Index":
    import tantivy

    meta = text_of(words / segments.META)
    # All files are opened at once and stay open, so the links are not needed for longer.
    with tempfile.TemporaryDirectory(prefix="rag-reading-", ignore_cleanup_errors=True) as folder:
        Path(folder, segments.META).write_text(meta, encoding="utf-8")
        for name in segments.files_of(meta):
            _link((words / name).absolute(), Path(folder, name))
        index = tantivy.Index.open(folder)
        index.register_tokenizer(terms.TOKENIZER, terms.tokenizer())
        index.searcher()
        return index


def _link(source: Path, target: Path) -> None:
    try:
        target.symlink_to(source)
    except OSError:  # a file system, or a user, without links
        shutil.copyfile(source, target)
