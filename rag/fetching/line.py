"""The line to arXiv: an answer that comes through it is a whole page.

What fails, is cut off, malformed or empty without reason is asked for again, after the wait that
arXiv names or a growing one. What is asked, and what the page says, is not known here.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rag.errors import FetchError, line

if TYPE_CHECKING:
    import requests
    from lxml import etree
    from tenacity import RetryCallState

PAUSE = 3.0
"""Seconds between two requests, as arXiv asks for (https://info.arxiv.org/help/api/tou.html)."""

TRIES = 6
"""How often to ask for a page; with waits that double from `PAUSE` on, for a minute and a half."""

LONGEST_WAIT = 86_400.0
"""Seconds to wait where arXiv names a time, a day; if it is longer, the run ends and says so."""

TIMEOUT = (10.0, 60.0)
"""Seconds for a connection to be made, and for the next part of an answer to come."""

_BUSY = {408, 425, 429}  # worth asking again, as is all from 500 on

_ATOM = "{http://www.w3.org/2005/Atom}"
_SEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
_API_ERROR = "arxiv.org/api/errors"


class TransientError(Exception):
    """What may be gone the next time; and for how long to wait, in seconds, if arXiv says so."""

    def __init__(self, said: str, wait: float = 0.0) -> None:
        super().__init__(said)
        self.wait = wait


class RefusedError(FetchError):
    """arXiv does not answer what it is asked, and asking again would not help."""


class Line:
    """The connection to arXiv: takes the place of the client's session.

    Parameters
    ----------
    say
        Is told when something has to be waited for.
    sleep
        Waits.
    counted
        Says how many papers an answer counts; raises `TransientError` if it is no whole page, and
        `FetchError` if it is a refusal. None: as the query API answers.
    """

    def __init__(
        self,
        say: Callable[[str], None],
        sleep: Callable[[float], None],
        counted: Callable[[bytes], int] | None = None,
    ) -> None:
        import requests
        from tenacity import Retrying, retry_if_exception_type, stop_after_attempt

        self.total = 0
        """Papers that the last answer counted."""
        self._counted = counted or _counted_by_query
        self._say = say
        self._session = requests.Session()
        self._session.headers["User-Agent"] = "arxiv-rag"  # harvesters are to name themselves
        self._retrying = Retrying(
            retry=retry_if_exception_type(TransientError),
            stop=stop_after_attempt(TRIES),
            wait=_wait,
            sleep=sleep,
            before_sleep=self._tell,
            reraise=True,
        )

    def get(self, url: str, headers: dict[str, str]) -> "requests.Response":
        """Return an answer with status 200 and a whole page."""
        try:
            return self._retrying(self._asked, url, headers)
        except TransientError as fault:
            raise FetchError(
                f"{fault}, {TRIES} times: check the network or run this again later; it goes on "
                "where it stopped."
            ) from fault

    def _asked(self, url: str, headers: dict[str, str]) -> "requests.Response":
        import requests

        try:
            answer = self._session.get(url, headers=headers, timeout=TIMEOUT)
        except requests.RequestException as error:
            where = urlsplit(url).netloc
            raise TransientError(f"The connection to {where} failed ({_cause(error)})") from error
        status = f"{answer.status_code} {answer.reason}"
        if answer.status_code in _BUSY or answer.status_code >= 500:
            raise TransientError(f"arXiv answered {status}", _named_wait(answer, status))
        if answer.status_code != 200:
            feed = _feed(answer.content)
            if feed is not None:
                _refuse(feed)
            raise RefusedError(
                f"arXiv answered {status}: run this again later; it goes on where it stopped."
            )
        self.total = self._counted(answer.content)
        return answer

    def _tell(self, state: "RetryCallState") -> None:
        wait = state.next_action.sleep if state.next_action else 0
        self._say(f"{_fault(state)}; asking again in {wait:.0f} s")


def _fault(state: "RetryCallState") -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def _wait(state: "RetryCallState") -> float:
    """Return the seconds to wait: twice as many each time, and no fewer than arXiv says."""
    fault = _fault(state)
    named = fault.wait if isinstance(fault, TransientError) else 0.0
    return max(named, PAUSE * 2.0 ** (state.attempt_number - 1))


def _named_wait(answer: "requests.Response", status: str) -> float:
    """Return the seconds that an answer says to wait, as a number or a date (RFC 9110, 10.2.3)."""
    said = answer.headers.get("Retry-After", "").strip()
    try:
        wait = float(said) if said.isdecimal() else _seconds_until(parsedate_to_datetime(said))
    except (ValueError, TypeError):
        return 0.0
    if wait > LONGEST_WAIT:
        raise FetchError(
            f"arXiv answered {status} and asks to wait for {wait / 60:,.0f} minutes: run this "
            "again then; it goes on where it stopped."
        )
    return wait


def _seconds_until(moment: datetime) -> float:
    return (moment.astimezone(UTC) - datetime.now(UTC)).total_seconds()


def _cause(error: BaseException) -> str:
    """Return what was at the bottom of an error."""
    while error.__context__ is not None:
        error = error.__context__
    return line(error)


def _feed(content: bytes) -> "etree._Element | None":
    """Return the feed in an answer; None if it is anything else, or broken anywhere."""
    from lxml import etree

    try:
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return None
    return root if root.tag == f"{_ATOM}feed" else None


def _counted_by_query(content: bytes) -> int:
    feed = _feed(content)
    if feed is not None:
        _refuse(feed)
    return _total(feed)


def _refuse(feed: "etree._Element") -> None:
    """Say what arXiv says is wrong with a question, if it says so."""
    if said := _refusal(feed):
        raise FetchError(f"arXiv refuses this ({said}): check --query and the categories.")


def _refusal(feed: "etree._Element") -> str:
    """Return what arXiv says is wrong with a question; it says so in an entry."""
    for entry in feed.iterfind(f"{_ATOM}entry"):
        if _API_ERROR in entry.findtext(f"{_ATOM}id", ""):
            return " ".join(entry.findtext(f"{_ATOM}summary", "").split()) or "it does not say why"
    return ""


def _total(feed: "etree._Element | None") -> int:
    """Return how many papers a feed counts, if it is one and its entries can be taken for whole."""
    if feed is None:
        raise TransientError("arXiv sent a broken page")
    entries = feed.findall(f"{_ATOM}entry")
    try:
        total = int(feed.findtext(f"{_SEARCH}totalResults", ""))
        first = int(feed.findtext(f"{_SEARCH}startIndex", "0"))
        for name in ("published", "updated"):
            for entry in entries:
                datetime.fromisoformat(entry.findtext(f"{_ATOM}{name}", "").strip())
    except ValueError as error:
        raise TransientError("arXiv sent a page without counts or days") from error
    if total > first and not entries:
        raise TransientError("arXiv sent an empty page")
    return total
