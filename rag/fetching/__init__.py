"""Papers asked of arXiv itself, through the `arxiv` client.

One request at a time, three seconds apart, the oldest submission first. arXiv does not count
reliably through thousands of papers, so each page begins in the minute in which the one before
ended: going on after a stop is the same as going on to the next page.

How far that has come is a `Mark`, given along with each page; it is for those who put the papers
into the index to keep it (`keep`), once they are in there.
"""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from rag.core.papers import Paper
from rag.errors import FetchError
from rag.fetching.harvest import OAI_ADDRESS, Harvest, Harvested
from rag.fetching.line import PAUSE, Line
from rag.fetching.marks import Mark, keep, minute, start
from rag.listings.entries import Entry, Refused, papers

if TYPE_CHECKING:
    import arxiv

__all__ = [
    "ADDRESS", "OAI_ADDRESS", "Arxiv", "Harvest", "Harvested", "Mark", "Page", "Request", "keep",
    "start",
]  # fmt: skip

ADDRESS = "https://export.arxiv.org/api/query"
"""Where arXiv answers programs."""

SOURCE = "arXiv"
"""What a paper from here names as its source."""

PAGE = 200
"""Papers to ask for at a time: as many as the library commits at once."""

AT_ONCE = 50
"""Single papers to ask for in one request."""

_ARCHIVES = (
    "astro-ph cond-mat cs econ eess gr-qc hep-ex hep-lat hep-ph hep-th math math-ph nlin nucl-ex "
    "nucl-th physics q-bio q-fin quant-ph stat"
).split()
_CATEGORY = re.compile(rf"(?:{'|'.join(_ARCHIVES)})(?:\.(?:[A-Za-z-]{{2,}}|\*))?")
_ARXIV_SYNTAX = re.compile(r"\b(?:ti|au|abs|co|jr|cat|rn|id|all):|\b(?:AND|OR|ANDNOT)\b")
_WORDS = re.compile(r'"[^"]+"|[^\s"]+')


@dataclass(frozen=True, slots=True)
class Request:
    """Which papers to ask for.

    Attributes
    ----------
    categories
        arXiv categories (``cs.CV``, ``hep-th``, ``cs.*``): papers in any of them.
    query
        Words that all have to be there, or a query as arXiv writes it (``abs:tracking AND
        ti:transformer``); empty: all papers.
    until
        Last day of submission, in UTC; None: now.

    Raises
    ------
    FetchError
        If one is no category.
    """

    categories: tuple[str, ...]
    query: str = ""
    until: date | None = None

    def __post_init__(self) -> None:
        for category in self.categories:
            if not _CATEGORY.fullmatch(category):
                raise FetchError(
                    f"{category} is no category of arXiv: give one such as cs.CV or hep-th "
                    "(https://arxiv.org/category_taxonomy)."
                )

    def __str__(self) -> str:
        """Return what is asked for as arXiv writes it, without the days."""
        asked = " OR ".join(f"cat:{category}" for category in sorted(set(self.categories)))
        query = self.query.strip()
        if query and not _ARXIV_SYNTAX.search(query):
            query = " AND ".join(f"all:{word}" for word in _WORDS.findall(query))
        return f"({asked}) AND ({query})" if query else asked

    def between(self, first: datetime, last: datetime) -> str:
        """Return the query for what was submitted from one minute to another, both included."""
        return f"({self}) AND submittedDate:[{first:%Y%m%d%H%M} TO {last:%Y%m%d%H%M}]"


@dataclass(frozen=True, slots=True)
class Page:
    """Some papers, how many are left to come, and the mark once these are in the index."""

    entries: tuple[Paper | Refused, ...]
    left: int
    mark: Mark


class Arxiv:
    """The service, asked patiently.

    Parameters
    ----------
    address
        Where it answers.
    say
        Is told when something has to be waited for.
    pause, page
        Seconds between two requests, and papers to ask for at a time.
    sleep, now
        The clock: how to wait, and the time.
    """

    def __init__(
        self,
        address: str,
        say: Callable[[str], None],
        *,
        pause: float = PAUSE,
        page: int = PAGE,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        import arxiv

        self._page, self._now = page, now
        self._line = Line(say, sleep)
        self._client = arxiv.Client(page_size=page, delay_seconds=pause, num_retries=0)
        self._client.query_url_format = f"{address}?{{}}"
        # By itself the client does not wait longer when told to, nor ask again after a cut, and it
        # takes half a page for a whole one and an error page for the end.
        self._client._session = self._line

    def pages(self, request: Request, mark: Mark, most: int | None = None) -> Iterator[Page]:
        """Ask for the papers from a mark on, oldest submission first.

        Parameters
        ----------
        most
            How many papers at most; None: all.

        Raises
        ------
        FetchError
            If arXiv cannot be reached, fails or refuses. The pages before are good.
        """
        end, offset, expected = minute(self._now()), 0, 1
        if request.until:
            day = request.until
            end = min(end, datetime(day.year, day.month, day.day, 23, 59, tzinfo=UTC))
        while mark.reached <= end and most != 0:
            count = self._page if most is None else min(self._page, most + len(mark.seen))
            query = request.between(mark.reached, end)
            found, total = self._ask(query, offset, count, expected)
            new = [result for result in found if result.entry_id not in mark.seen]
            taken = new[:most]
            left = max(0, total - offset - len(found)) + len(new) - len(taken)
            now = self._now()
            after = mark.after(((r.entry_id, r.published) for r in taken), now)
            if after.reached > mark.reached:
                offset, expected = 0, left + len(after.seen)
            else:
                offset, expected = offset + len(found), total
            mark = after if left else after.ended(end, now)
            if taken or not left:
                entries = tuple(entry for result in taken for entry in _read(result))
                yield Page(entries, left, mark)
            if not left:
                return
            most = None if most is None else most - len(taken)

    def singly(self, identifiers: Sequence[str]) -> Iterator[Paper | Refused]:
        """Ask for single papers by their identifiers; those that there are come.

        Raises
        ------
        FetchError
            If arXiv cannot be reached, fails or refuses.
        """
        import arxiv

        for at in range(0, len(identifiers), AT_ONCE):
            some = list(identifiers[at : at + AT_ONCE])
            self._client.page_size = len(some)
            for result in self._client.results(arxiv.Search(id_list=some, max_results=len(some))):
                yield from _read(result)

    def _ask(
        self, query: str, offset: int, count: int, expected: int
    ) -> "tuple[list[arxiv.Result], int]":
        """Return some results of a query, and how many there are in all.

        Where arXiv counts fewer than expected this may be a slip; it is believed the second time.
        """
        import arxiv

        self._client.page_size = count
        search = arxiv.Search(
            query,
            max_results=offset + count,
            sort_by=arxiv.SortCriterion.SubmittedDate,
            sort_order=arxiv.SortOrder.Ascending,
        )
        found = list(self._client.results(search, offset))
        if self._line.total < expected:
            found = list(self._client.results(search, offset))
        return found, self._line.total


def _read(result: "arxiv.Result") -> Iterator[Paper | Refused]:
    """Read a result by the rules that hold for every source."""
    entry = Entry(
        line=1,
        title=result.title,
        link=result.entry_id,
        abstract=result.summary,
        listed=result.published.date(),
        categories=(result.primary_category, *result.categories),
        authors=tuple(author.name for author in result.authors),
        updated=result.updated.date(),
        comment=result.comment or "",
    )
    for read in papers([entry], SOURCE):
        yield replace(read, source=result.entry_id) if isinstance(read, Refused) else read
