"""The day that a listing names, however it is written; nothing here knows which day is meant."""

import re
from datetime import date, datetime
from email.utils import parsedate_to_datetime

_PART = re.compile(r"(?P<year>\d{4})(?:[-/](?P<month>\d{1,2}))?(?:[-/](?P<day>\d{1,2}))?")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()


def day(text: str) -> date | None:
    """Return the day of a text, as it is written there; of a month or a year the first one.

    >>> day("2021-06-25T02:00:47.701Z"), day("Mon, 2 Apr 2007 19:18:42 GMT"), day("2021-4")
    (datetime.date(2021, 6, 25), datetime.date(2007, 4, 2), datetime.date(2021, 4, 1))
    """
    text = text.strip()
    try:
        if part := _PART.fullmatch(text):
            return date(int(part["year"]), int(part["month"] or 1), int(part["day"] or 1))
        return datetime.fromisoformat(text).date()
    except ValueError:
        pass
    try:  # Not strptime: its names of days and months follow the locale.
        return parsedate_to_datetime(text).date()
    except (ValueError, TypeError, OverflowError):
        return None


def month(text: str) -> str:
    """Return the number of a month that is written as a number or a name; "1" if it is neither."""
    text = text.strip().lower()
    if text[:3] in _MONTHS:
        return str(_MONTHS.index(text[:3]) + 1)
    return text if text.isdecimal() and 1 <= int(text) <= 12 else "1"
