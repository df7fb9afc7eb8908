"""The paper that a text names: by its identifier, by a link to it, or by its DOI."""

from rag.core.identifiers import known_by
from rag.core.papers import Paper
from rag.errors import LibraryError
from rag.library import Library


def find(library: Library, text: str) -> Paper:
    """Return the paper of the index that a text names, also a withdrawn one.

    Parameters
    ----------
    text
        What the index knows it by, or any arXiv identifier, link or DOI of it, with or without
        version.

    Raises
    ------
    LibraryError
        If the index has no such paper.
    """
    text = text.strip()
    found = library.get(text) or library.get(known_by(text) or text)
    if found is None:
        raise LibraryError(f"The index has no paper {text}: search it, or list what it has.")
    return found
