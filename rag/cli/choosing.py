"""Which papers a command is about: the options that say so, and the papers that they choose."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from rag.core.filters import Filters
    from rag.core.papers import Paper
    from rag.library import Library

PAGE = 1_000
"""Papers that are read at once."""

Sort = Literal["listed", "title", "id"]

Categories = Annotated[list[str], typer.Option(help="Only papers in it; may be repeated.")]
Authors = Annotated[list[str], typer.Option(help="Only papers by all of these.")]
Tag = Annotated[str, typer.Option(help="Only papers with this tag.", show_default=False)]


def chosen(
    library: "Library",
    since: date | None,
    until: date | None,
    category: Sequence[str],
    author: Sequence[str],
    tag: str,
) -> "Filters":
    """Return the options as filters.

    Raises
    ------
    CollectionError
        If no paper has the tag.
    """
    from rag.core.filters import Filters
    from rag.search import tagged

    return Filters(
        since=since,
        until=until,
        categories=tuple(category),
        authors=tuple(author),
        ids=tuple(tagged.papers(library, tag)) if tag else (),
    )


def pages(
    library: "Library", words: str, filters: "Filters", sort: Sort, most: int | None = None
) -> tuple[int, Iterator["Paper"]]:
    """Return how many papers there are, and those of a list, read page by page."""
    total, _ = library.listing(words, filters, k=1)

    def read() -> Iterator["Paper"]:
        for skip in range(0, total, PAGE):
            yield from library.listing(words, filters, sort, sort == "listed", skip, PAGE)[1]

    return total, islice(read(), most)
