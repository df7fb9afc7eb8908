"""What restricts a question to the papers that somebody has tagged: "in my reading list"."""

from rag.collections import Collections
from rag.collections.mentions import taken_out
from rag.core.filters import Filters
from rag.errors import CollectionError
from rag.library import Library
from rag.question import reading


def within(library: Library, question: str, filters: Filters | None) -> tuple[str, Filters | None]:
    """Return a question without its "in my NAME", and what then restricts the search.

    Parameters
    ----------
    filters
        Those that replace what the question says, as it is read elsewhere; None: the question's.

    Returns
    -------
    tuple
        What was given, if the question names no tag.

    Raises
    ------
    CollectionError
        If none of the papers with that tag is in the index.
    """
    if "my" not in question.lower().split():
        return question, filters
    rest, names = taken_out(question, Collections(library.path).tags())
    if not names:
        return question, filters
    ids = tuple(dict.fromkeys(found for name in names for found in papers(library, name)))
    own = reading.read(rest, library).filters if filters is None else filters
    return rest, own.both(Filters(ids=ids))


def papers(library: Library, tag: str) -> list[str]:
    """Return the identifiers of the papers of an index that have a tag.

    Raises
    ------
    CollectionError
        If there are none.
    """
    kept = Collections(library.path).tagged(tag)
    there = list(dict.fromkeys(library.resolved(kept).values()))
    if not there:
        raise CollectionError(f"No paper of the index is tagged {tag}: see `rag tag`.")
    return there
