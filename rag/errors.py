"""The errors that a user can meet: each message is one line with the cause and what to do.

The command line prints the message and exits with status 2; a traceback is a defect.
"""

import re

LONGEST_LINE = 200
"""Characters of what another library says; the first sentence holds the cause."""


_SECRET = re.compile(
    r"(?<=://)[^/\s@]+@|(?<=[?&])(?:\w*(?:key|token|secret|password)\w*)=[^&\s]+", re.I
)


def masked(text: str) -> str:
    """Return a text without the passwords and keys in its addresses.

    >>> masked("http://ada:secret@host/v1 does not answer")
    'http://***@host/v1 does not answer'
    """
    return _SECRET.sub(lambda found: "***@" if found[0].endswith("@") else "***", text)


class RagError(Exception):
    """What went wrong and what to do about it, in one line, without anybody's passwords."""

    def __init__(self, message: str) -> None:
        super().__init__(masked(message))


class ListingError(RagError):
    """A source of papers cannot be read at all."""


class EmptyListingError(ListingError):
    """A source of papers is what it should be, and has no papers."""


class FetchError(RagError):
    """arXiv cannot be asked for papers, or it is not known how far that has come."""


class QuestionError(RagError):
    """A question is empty or too long."""


class EvaluationError(RagError):
    """A file of gold questions or the folder of a benchmark cannot be used."""


class SettingsError(RagError):
    """The user's settings file cannot be read or written."""


class ModelError(RagError):
    """An embedding or language model cannot be found, loaded or reached."""


class CollectionError(RagError):
    """The tags and watches beside an index cannot be read or written, or there is no such one."""


class LibraryError(RagError):
    """The index is missing, damaged, or was built in another way."""


class LibraryBusyError(LibraryError):
    """Another process is writing to the index."""


class ServingError(RagError):
    """The page must not, or cannot, be served where it was asked to be."""


def line(error: BaseException) -> str:
    """Return what an error of another library says, on one line."""
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(said.split())[:LONGEST_LINE] or type(error).__name__
