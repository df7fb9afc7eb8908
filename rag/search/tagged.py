"""What restricts a question to papers that somebody keeps: "in my later", "in my reading list".

A name is that of a tag; the reading list, or saved papers, are those with a star.
"""

from rag.collections import Collections
from rag.collections.mentions import taken_out
from rag.collections.saved import ReadingList
from rag.core.filters import Filters
from rag.errors import CollectionError
from rag.library import Library
from rag.question import reading

STARRED = ("reading list", "saved papers", "saved")
"""What the papers with a star are called, unless a tag is called so."""


def within(
    library: Library, question: str, filters: Filters | None, user: str = ""
) -> tuple[str, Filters | None]:
    """Return a question without its "in my NAME", and what then restricts the search.

    Parameters
    ----------
    filters
        Those that replace what the question says, as it is read elsewhere; None: the question's.
    user
        Who asks, where there is a login.

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
    tags = list(Collections(library.path, user).tags())
    starred = [name for name in STARRED if name not in tags and name.split()[0] not in tags]
    starred = starred if ReadingList(library.path, user).starred() else []
    rest, names = taken_out(question, [*tags, *starred])
    if not names:
        return question, filters
    ids = tuple(dict.fromkeys(i for n in names for i in _named(library, n, n in starred, user)))
    own = reading.read(rest, library).filters if filters is None else filters
    return rest, own.both(Filters(ids=ids))


def _named(library: Library, name: str, starred: bool, user: str) -> list[str]:
    if not starred:
        return papers(library, name, user)
    kept = library.resolved(ReadingList(library.path, user).starred())
    if not kept:
        raise CollectionError("No paper of your reading list is in this index.")
    return list(dict.fromkeys(kept.values()))


def papers(library: Library, tag: str, user: str = "") -> list[str]:
    """Return the identifiers of the papers of an index that have a tag, of whoever is meant.

    Raises
    ------
    CollectionError
        If there are none.
    """
    kept = Collections(library.path, user).tagged(tag)
    there = list(dict.fromkeys(library.resolved(kept).values()))
    if not there:
        raise CollectionError(f"No paper of the index is tagged {tag}: see `rag tag`.")
    return there
