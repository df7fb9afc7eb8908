"""What `rag doctor` does: it looks at a library that perhaps cannot be opened, and mends it.

The files come first; a library whose files are whole is opened, and its halves are compared.
Chroma's graph has no checksums, and a damaged one can end the process that opens it: so another
process opens it first (`python -m rag.library.doctor`).
"""

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import RagError
from rag.library import Library, damage, disk, mending, opening
from rag.library.checking import Findings

if TYPE_CHECKING:
    from rag.models.embedding import Embedding

_LOOKED_AT = 2_000  # vectors
_SOUGHT = 50  # papers, from all over the graph: a search passes only some of its links
_PATIENCE, _READ = 120.0, 1e6  # seconds to open Chroma, and bytes that it reads in one more
_FATAL = "vectors/ is damaged: Chroma ends the process that opens it"


def look(path: Path) -> list[str]:
    """Return what is wrong with the files of a library; empty: it can be opened.

    Raises
    ------
    LibraryError
        If there is no library.
    """
    with disk.told(path, "read"):
        return damage.found(path)


def examine(path: Path, embedding: "Embedding", server: str | None = None) -> Findings:
    """Return what is wrong with a library, while nobody writes.

    Parameters
    ----------
    path
        Its folder.
    embedding
        The model that it was built with.
    server
        Address of the Chroma server that has the vectors; None: they are in the folder.

    Raises
    ------
    LibraryError
        If there is no library, or it was built with another model.
    LibraryBusyError
        If another process is writing.
    """
    if not opening.is_writable(path):
        wrong = look(path)
    else:
        with disk.writing(path):
            wrong = look(path)
    if wrong:
        return Findings(files=wrong)
    if server is None and opening.is_writable(path) and _ends(path):
        return Findings(files=[_FATAL])
    return Library.open(path, embedding, server).examine(embedding)


def repair(
    path: Path, embedding: "Embedding", server: str | None = None
) -> tuple[list[str], Findings]:
    """Mend what is wrong with a library, as far as it can be.

    Takes what `examine` takes, and raises what it raises.

    Returns
    -------
    tuple
        What was done to the files, in words, and what is wrong with the library afterwards.
    """
    with disk.told(path, "written"):
        freed = mending.free_locks(path)
    with disk.writing(path), disk.told(path, "written"):
        done = freed + mending.mend(path, embedding)
        if server is None and _ends(path):
            done.append(f"Chroma's files are kept in {mending.set_aside(path, path / 'vectors')}")
    return done, Library.open(path, embedding, server).repair(embedding)


def _ends(path: Path) -> bool:
    """Tell whether Chroma ends a process that opens the library to search."""
    if not (path / "vectors").exists():
        return False
    command = [sys.executable, "-m", "rag.library.doctor", str(path)]
    size = sum(file.stat().st_size for file in (path / "vectors").rglob("*") if file.is_file())
    try:
        done = subprocess.run(
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_PATIENCE + size / _READ,
        )
    except subprocess.TimeoutExpired:  # a circle of damaged links has no end
        return True
    return done.returncode < 0  # by a signal


def _search(path: Path) -> None:
    """Let Chroma do all that a search does, and say nothing of errors: the doctor meets them."""
    try:
        library = Library.open(path)
        names = library.identifiers()
        for record in library.records(names[:: max(1, len(names) // _SOUGHT)]).values():
            library.nearest(record.vectors[0], 100)
        vectors = library.store().vectors
        vectors.read(vectors.names()[:_LOOKED_AT])
    except RagError:
        return


if __name__ == "__main__":
    _search(Path(sys.argv[1]))
