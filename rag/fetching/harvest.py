"""Whole categories harvested from arXiv's OAI-PMH service, as it asks programs to do.

A page has some thousand records and a token for the next one. What comes is ordered by the day on
which a record changed, and a harvest asks for what changed since the last one: new papers, new
versions, withdrawals and deletions. How far that was is told by the service's own clock, at the
first page of a list. A token that has become invalid begins the list again; what is in the index by
then is not added again.
"""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from rag.core.identifiers import arxiv_id
from rag.core.papers import Paper
from rag.errors import FetchError
from rag.fetching.line import PAUSE, Line, RefusedError, TransientError
from rag.fetching.marks import Mark
from rag.listings import oai
from rag.listings.entries import Entry, Refused, papers

if TYPE_CHECKING:
    from lxml import etree

OAI_ADDRESS = "https://oaipmh.arxiv.org/oai"
"""Where arXiv is harvested (https://info.arxiv.org/help/oa/)."""

SOURCE = "arXiv"

_PHYSICS = (
    "astro-ph cond-mat gr-qc hep-ex hep-lat hep-ph hep-th math-ph nlin nucl-ex nucl-th physics "
    "quant-ph"
).split()
_FORMAT = "arXivRaw"  # with the versions, which tell a new text from a late listing
_MOST_RESTARTS = 3
_BAD_TOKEN = "badResumptionToken"
_NO_XML = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f]"
    rb"|&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|x0*(?:[0-8bcef]|1[0-9a-f]));",
    re.IGNORECASE,
)
"""Control characters, which stand in some abstracts and in no XML (XML 1.0, 2.2)."""


@dataclass(frozen=True, slots=True)
class Harvested:
    """A page of records: papers, what was refused, what is deleted, and the mark after it."""

    entries: tuple[Paper | Refused, ...]
    deleted: tuple[str, ...]
    left: int
    mark: Mark


def set_of(category: str) -> str:
    """Return the set in which arXiv keeps a category.

    >>> set_of("cs.CV"), set_of("hep-th"), set_of("astro-ph.GA"), set_of("cs.*")
    ('cs:cs:CV', 'physics:hep-th', 'physics:astro-ph:GA', 'cs:cs')
    """
    archive, _, subject = category.partition(".")
    group = "physics" if archive in _PHYSICS else archive
    named = f"{group}:{archive}"
    return named if subject in ("", "*") else f"{named}:{subject}"


class Harvest:
    """The service, asked patiently for one category after the other.

    Parameters
    ----------
    address
        Where it answers.
    say
        Is told when something has to be waited for.
    pause
        Seconds between two requests.
    sleep, now
        The clock: how to wait, and the time.
    """

    def __init__(
        self,
        address: str,
        say: Callable[[str], None],
        *,
        pause: float = PAUSE,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._address, self._pause, self._sleep, self._now = address, pause, sleep, now
        self._say = say
        self._line = Line(say, sleep, _counted)
        self._asked = False

    def pages(self, category: str, mark: Mark, until: date | None = None) -> Iterator[Harvested]:
        """Harvest what changed in a category since a mark.

        Parameters
        ----------
        mark
            Papers submitted before its first day are passed over; its `reached` is the day from
            which on changes are asked for. If a list was broken off, `seen` is the token to go on
            by, the day on which the list was begun, and the last day that it was for.
        until
            Last day of submission; None: all.

        Raises
        ------
        FetchError
            If arXiv cannot be reached, fails or refuses. The pages before are good.
        """
        token, began = _kept(mark, until)
        restarts = 0
        while True:
            root = self._asked_for(category, mark, token, last=restarts == _MOST_RESTARTS)
            if root is None:
                self._say("arXiv has forgotten how far this has come; it begins again.")
                token, began, restarts = "", None, restarts + 1
                continue
            began = began or _answered(root) or self._now().date()
            before, (token, left) = token, _next(root)
            if token and token == before:
                raise FetchError(
                    "arXiv gave the same token again, so that this would not end: run this again "
                    "later; it goes on where it stopped."
                )
            if token:
                told = (token, began.isoformat(), until.isoformat() if until else "")
                mark = replace(mark, seen=told)
            else:
                mark = _ended(mark, began, until)
            entries, deleted = _read(root)
            wanted = tuple(e for e in entries if _is_wanted(e, mark.since, until))
            yield Harvested(wanted, deleted, left, mark)
            if not token:
                return

    def _asked_for(
        self, category: str, mark: Mark, token: str, *, last: bool
    ) -> "etree._Element | None":
        """Return a page; None if the token is good for none, unless this is the last try."""
        try:
            root = self._ask(category, mark, token)
        except RefusedError:  # some services answer so where a token has become invalid
            if not token or last:
                raise
            return None
        error = _error(root)
        if error == _BAD_TOKEN:
            if last:
                raise FetchError(
                    f"arXiv refuses this ({_said(root)}): run this again later; it begins again."
                )
            return None
        if error and error != "noRecordsMatch":
            raise FetchError(f"arXiv refuses this ({_said(root)}): check the categories.")
        return root

    def _ask(self, category: str, mark: Mark, token: str) -> "etree._Element":
        if self._asked:
            self._sleep(self._pause)
        self._asked = True
        asked = {"verb": "ListRecords"}
        if token:
            asked |= {"resumptionToken": token}
        else:
            day = f"{mark.reached:%Y-%m-%d}"
            asked |= {"metadataPrefix": _FORMAT, "set": set_of(category), "from": day}
        answer = self._line.get(f"{self._address}?{urlencode(asked)}", {})
        return _root(answer.content)


def _kept(mark: Mark, until: date | None) -> tuple[str, date | None]:
    """Return the token of a list that was broken off, and when that was begun; "" if of none.

    That of a list with another last day is of no use: other papers of it were passed over.
    """
    if len(mark.seen) != 3 or mark.seen[2] != (until.isoformat() if until else ""):
        return "", None
    return mark.seen[0], date.fromisoformat(mark.seen[1])


def _ended(mark: Mark, began: date, until: date | None) -> Mark:
    """Return the mark after a whole list: the day on which it was begun is asked for once more.

    What was submitted after the last day was passed over, and changed no earlier than that.
    """
    day = min(began - timedelta(days=1), until or began)
    reached = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return Mark(mark.since, max(reached, mark.reached) if until else reached)


def _answered(root: "etree._Element") -> date | None:
    """Return the day on which the service says that it answered."""
    try:
        return datetime.fromisoformat((root.findtext("{*}responseDate") or "").strip()).date()
    except ValueError:
        return None


def _root(content: bytes) -> "etree._Element":
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root: etree._Element = etree.fromstring(_NO_XML.sub(b" ", content), parser)
    except etree.XMLSyntaxError as error:
        raise TransientError("arXiv sent a broken page") from error
    if etree.QName(root).localname != "OAI-PMH":
        raise TransientError("arXiv sent a page that is none of OAI-PMH")
    return root


def _counted(content: bytes) -> int:
    root = _root(content)
    if root.find("{*}ListRecords") is None and root.find("{*}error") is None:
        raise TransientError("arXiv sent a page without records")
    return 0


def _error(root: "etree._Element") -> str:
    error = root.find("{*}error")
    return "" if error is None else error.get("code") or "error"


def _said(root: "etree._Element") -> str:
    error = root.find("{*}error")
    return " ".join(f"{_error(root)}: {'' if error is None else error.text or ''}".split())


def _next(root: "etree._Element") -> tuple[str, int]:
    """Return the token of the next page, empty at the last one, and how many records are left."""
    token = root.find("{*}ListRecords/{*}resumptionToken")
    if token is None or not (token.text or "").strip():
        return "", 0
    records = len(root.findall("{*}ListRecords/{*}record"))
    size, cursor = token.get("completeListSize") or "", token.get("cursor") or ""
    left = int(size) - int(cursor) - records if size.isdecimal() and cursor.isdecimal() else 0
    return (token.text or "").strip(), max(left, 0)


def _read(root: "etree._Element") -> tuple[list[Paper | Refused], tuple[str, ...]]:
    """Return the papers of a page by the rules that hold for every source, and what is deleted."""
    from lxml import etree

    entries, deleted = list[Entry | Refused](), list[str]()
    for record in root.iterfind("{*}ListRecords/{*}record"):
        header = record.find("{*}header")
        if header is not None and header.get("status") == "deleted":
            name = arxiv_id((header.findtext("{*}identifier") or "").rpartition("oai:")[2])
            deleted += [name] if name else []
            continue
        text = etree.tostring(record, encoding="unicode")
        entries += oai.read([f"<ListRecords>{text}</ListRecords>"], SOURCE)
    told = papers(entries, SOURCE)
    found = [one for one in told if not (isinstance(one, Refused) and one.again)]
    named = (f"a record of {SOURCE}" for _ in found)
    return [
        replace(entry, source=name) if isinstance(entry, Refused) else entry
        for entry, name in zip(found, named, strict=True)
    ], tuple(deleted)


def _is_wanted(entry: Paper | Refused, since: date, until: date | None) -> bool:
    """Tell whether a paper was submitted in the days asked for; what cannot be read is told."""
    if isinstance(entry, Refused) or entry.listed is None:
        return True
    return since <= entry.listed <= (until or entry.listed)
