"""The papers of a listing so far, so that one that comes again is noticed.

A link that several papers give is known by the paper that gave it first.
"""

from dataclasses import replace

from rag.core.identifiers import addresses, doi_of, is_address, names_no_paper, own_address
from rag.core.papers import Paper

_REMEMBERED = 100_000
"""Papers back to which one that comes again is noticed: so many take about 20 MB, however long the
listing is."""


class Seen:
    """The papers of a listing so far, up to a number: in which line, and under which title."""

    def __init__(self) -> None:
        self._lines: dict[tuple[str, int | None], int] = {}
        self._titles: dict[str, str] = {}

    def line(self, paper: Paper) -> int:
        """Return the line in which this version of a paper was read before; 0 if in none."""
        return self._lines.get((paper.id, paper.version), 0)

    def add(self, paper: Paper, line: int) -> None:
        """Remember a paper."""
        if len(self._lines) == _REMEMBERED:
            oldest = next(iter(self._lines))
            del self._lines[oldest]
            self._titles.pop(oldest[0], None)
        self._lines[paper.id, paper.version] = line
        if is_address(paper.id):
            self._titles[paper.id] = paper.title

    def told_apart(self, paper: Paper) -> Paper:
        """Return a paper under an identifier of its own, if its link is that of another one."""
        other = self._titles.get(paper.id, paper.title) != paper.title
        shared = names_no_paper(paper.id) or (other and not doi_of(paper.id))
        if not shared:
            return paper
        identifier = own_address(paper.id, paper.title)
        url, pdf = addresses(identifier)
        return replace(paper, id=identifier, url=url, pdf=pdf)
