"""The corpora that gold questions are about: the index of the settings, or a listing.

A listing is indexed into a temporary folder, so that questions on several of them can be asked in
one run and nothing is left behind.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from rag.errors import EvaluationError

if TYPE_CHECKING:
    from rag.assistant import Assistant


def by_listing(files: Sequence[str]) -> dict[Path | None, list[Path]]:
    """Return the gold files of each listing; None stands for the index of the settings.

    Parameters
    ----------
    files
        ``FILE``, or ``LISTING:FILE``.

    Raises
    ------
    EvaluationError
        If a listing is not there.
    """
    found: dict[Path | None, list[Path]] = {}
    for text in files:
        before, colon, after = text.rpartition(":")
        listing = Path(before) if colon and not Path(text).exists() else None
        if listing is not None and not listing.is_file():
            raise EvaluationError(f"There is no listing {listing}: give LISTING:FILE, or FILE.")
        found.setdefault(listing, []).append(Path(after if listing else text))
    return found


def name(listing: Path | None) -> str:
    """Return what the figures of a corpus are headed with."""
    return listing.name if listing else "index"


@contextmanager
def opened(
    listing: Path | None, open_assistant: Callable[[Path | None], "Assistant"]
) -> Iterator["Assistant"]:
    """Open an assistant on a listing, or on the index of the settings.

    Parameters
    ----------
    open_assistant
        Opens one on the index in a folder, None for that of the settings.
    """
    if listing is None:
        yield open_assistant(None)
        return
    from rag import listings
    from rag.core.papers import Paper
    from rag.library import Library
    from rag.models.embedding import Embedding
    from rag.settings import Settings

    embedding = Embedding.load(Settings().embedding)
    with TemporaryDirectory() as folder:
        library = Library.create(Path(folder) / "library", embedding)
        library.put((p for p in listings.read(listing) if isinstance(p, Paper)), embedding)
        yield open_assistant(library.path)
