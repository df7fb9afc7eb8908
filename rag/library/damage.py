"""Whether the files of a library are what they were when they were written.

What a file held is told by the journal, or by its own footer. Nothing is opened by the engines,
which panic at what is damaged, and nothing is changed.
"""

import os
from pathlib import Path

from rag.files import parsed_file, text_of
from rag.library import disk, journal, near, opening, segments
from rag.library.journal import Journal
from rag.library.segments import MANAGED, META


def found(path: Path) -> list[str]:
    """Return what is wrong with the files of a library, each in a few words; empty: nothing.

    Raises
    ------
    LibraryError
        If there is no library.
    """
    if not opening.holds_papers(path) and not disk.identity_file(path).exists():
        disk.read_identity(path)
    known = journal.read(path)
    wrongs = []
    if known is None and opening.holds_papers(path):
        there = journal.file(path).exists()
        wrongs.append(f"{journal.file(path).name} is {'damaged' if there else 'missing'}")
    if wrong := wrong_identity(path, known):
        wrongs.append(wrong)
    words = path / "words"
    if os.path.lexists(words / MANAGED) and not is_list(words / MANAGED):
        wrongs.append(f"words/{MANAGED} is damaged")
    meta, wrong = meta_of(words, known)
    if wrong:
        wrongs.append(wrong)
    if meta is not None:
        wrongs += wrong_files(words, meta, known)
    return wrongs + [f"{name} is damaged" for name in near.damaged(path)]


def wrong_identity(path: Path, known: Journal | None) -> str:
    """Return what is wrong with the identity of a library; empty: nothing."""
    name = disk.identity_file(path).name
    if not disk.identity_file(path).exists():
        return f"{name} is missing"
    try:
        kept = parsed_file(disk.identity_file(path))
    except (OSError, ValueError):
        return f"{name} is damaged"
    if known and known.identity:
        renewed = disk.renewed(known.identity)  # cut off before the journal told it
        return "" if kept in (known.identity, renewed) else f"{name} is not what it was"
    try:
        disk.Identity(**kept)
    except TypeError:
        return f"{name} is damaged"
    return ""


def is_list(file: Path) -> bool:
    """Tell whether a file holds a list, as that of tantivy's own files does."""
    try:
        return isinstance(parsed_file(file), list)
    except (OSError, ValueError):
        return False


def meta_of(words: Path, known: Journal | None) -> tuple[str | None, str]:
    """Return the text that tells the files of the papers, if it can be trusted, and what is wrong.

    While a commit is being made the journal does not know it, and it has to speak for itself.
    """
    file = words / META
    try:
        text = text_of(file)
        named = segments.of_meta(text)
    except FileNotFoundError:
        return None, f"words/{META} is missing"
    except (OSError, ValueError):
        return None, f"words/{META} is damaged"
    if known and known.meta and known.becoming is None:
        return (text, "") if text == known.meta else (None, f"words/{META} is not what it was")
    lying = {segment.id: segment for segment in segments.of_folder(words)}
    if not named and lying and not (known and known.fewest == 0):
        return None, f"words/{META} names no papers, and there are some"
    for segment in named:
        documents = lying[segment.id].documents if segment.id in lying else None
        if documents not in (None, segment.documents):
            return None, f"words/{META} is not what it was"
    return text, ""


def wrong_files(words: Path, meta: str, known: Journal | None) -> list[str]:
    """Return which files of the papers are missing or not what they were."""
    sums = known.files if known else {}
    found = []
    for name in segments.files_of(meta):
        file = words / name
        if not file.exists():
            found.append(f"words/{name} is missing")
        elif name in sums:
            if _digest(file) != sums[name]:
                found.append(f"words/{name} is damaged")
        elif not segments.is_whole(file):
            found.append(f"words/{name} is damaged")
    return found


def _digest(file: Path) -> str:
    """Return the SHA-256 of a file; nothing where something else lies in its place."""
    try:
        return journal.digest(file)
    except PermissionError:  # what may not be read is not damaged
        raise
    except OSError:
        return ""


def all_there(words: Path, meta: str) -> bool:
    """Tell whether all files are there that a ``meta.json`` names."""
    try:
        return all((words / name).exists() for name in segments.files_of(meta))
    except ValueError:
        return False
