"""What `rag doctor` does: it looks at a library that perhaps cannot be opened, and mends it.

The files come first; a library whose files are whole is opened, and its halves are compared.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from rag.library import Library, disk, mending, opening
from rag.library.checking import Findings

if TYPE_CHECKING:
    from rag.models.embedding import Embedding


def look(path: Path) -> list[str]:
    """Return what is wrong with the files of a library; empty: it can be opened.

    Raises
    ------
    LibraryError
        If there is no library.
    """
    with disk.told(path, "read"):
        return mending.damage(path)


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
    with disk.writing(path), disk.told(path, "written"):
        done = mending.mend(path, embedding)
    return done, Library.open(path, embedding, server).repair(embedding)
