"""The day that a listing names, however it is written; nothing here knows which day is meant."""

import re
from datetime import date, datetime
from email.utils import parsedate_to_datetime

_PART = re.compile(r"(?P<year>\d{4})(?:[-/](?P<month>\d{1,2}))?(?:[-/](?P<day>\d{1,2}))?")
_NAMED = re.compile(
    r"(?:(?P<year>\d{4})[ -](?P<month>[a-z]{3})[a-z]*\.?(?:[ -](?P<day>\d{1,2}))?"
    r"|(?:(?P<first>\d{1,2})\.? )?(?P<name>[a-z]{3})[a-z]*\.?"
    r"(?: (?P<then>\d{1,2}))?,? (?P<last>\d{4}))",
    re.IGNORECASE,
)
# Of a quarter or a double number (2019 Mar-Apr, MAR-APR 2019, 2018 Winter) the beginning.
_SPAN = re.compile(
    r"(?:(?P<year>\d{4})[ ,]+)?(?:(?P<first>\d{1,2})(?:[-\u2013]\d{1,2})? )?"
    r"(?P<name>[a-z]{3})[a-z]*\.?"
    r"(?: (?P<then>\d{1,2}))?(?: ?[-/\u2013] ?(?:\d{1,2} )?(?:[a-z]{3,9}\.?)?(?: ?\d{1,2})?)?"
    r"(?:,? (?P<last>\d{4}))?",
    re.IGNORECASE,
)
_OF_YEAR = re.compile(r"(?P<month>\d{1,2})/(?P<year>\d{4})")
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b")
_MOST_MONTHS = 12
_SEASONS = {"win": 1, "spr": 4, "sum": 7, "aut": 10, "fal": 10}
_FIRST_OF_YEARS = re.compile(
    r"(\d{4}(?: [a-z]{3,9})?) ?[-\u2013] ?\d{4}(?: [a-z]{3,9})?", re.IGNORECASE
)
_FIRST = re.compile(r"(\d{4}-\d\d(?:-\d\d)?)/\d{4}.*")  # biblatex: from one day to another
_TURNED = re.compile(r"(?P<one>\d{1,2})(?P<mark>[/.])(?P<two>\d{1,2})(?P=mark)(?P<year>\d{4})")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()


def day(text: str) -> date | None:
    """Return the day of a text, as it is written there; of a month or a year the first one.

    >>> day("2021-06-25T02:00:47.701Z"), day("Mon, 2 Apr 2007 19:18:42 GMT"), day("2021-4")
    (datetime.date(2021, 6, 25), datetime.date(2007, 4, 2), datetime.date(2021, 4, 1))
    >>> day("2020 Mar 4") == day("4 March 2020") == day("Mar 4, 2020"), day("March 2020")
    (True, datetime.date(2020, 3, 1))
    >>> day("Apr 2nd, 2021") == day("2 Apr 2021")
    True
    >>> day("2019 Mar-Apr") == day("MAR-APR 2019") == day("3/2019"), day("2018 Winter")
    (True, datetime.date(2018, 1, 1))
    >>> day("April 2, 2021 → April 5, 2021")
    datetime.date(2021, 4, 2)
    >>> day("2019 Dec-2020 Jan"), day("1998-1999")
    (datetime.date(2019, 12, 1), datetime.date(1998, 1, 1))
    >>> day("29 May-3 June 2017"), day("June 18-22, 2018")
    (datetime.date(2017, 5, 29), datetime.date(2018, 6, 18))
    """
    text = text.partition("\u2192")[0]  # Notion's ranges
    text = _FIRST.sub(r"\1", text.strip().rstrip("/~?%"))  # RIS and biblatex end dates so
    text = _ORDINAL.sub("", text)
    if years := _FIRST_OF_YEARS.fullmatch(text):
        text = years[1]
    try:
        if part := _PART.fullmatch(re.sub(r"(?<=\d)-00(?=-|$)", "", text)):  # of no day: 2020-03-00
            return date(int(part["year"]), int(part["month"] or 1), int(part["day"] or 1))
        if named := _NAMED.fullmatch(text):
            return _named(named)
        if numbered := _OF_YEAR.fullmatch(text):
            return date(int(numbered["year"]), int(numbered["month"]), 1)
        if turned := _TURNED.fullmatch(text):
            return _turned(turned)
        if span := _spanned(text):
            return span
        return datetime.fromisoformat(text).date()
    except ValueError:
        pass
    try:  # Not strptime: its names of days and months follow the locale.
        return parsedate_to_datetime(text).date()
    except (ValueError, TypeError, OverflowError):
        return None


def _named(found: re.Match[str]) -> date:
    """Return the day of a date that names its month."""
    number = _number(found["month"] or found["name"])
    in_month = found["day"] or found["first"] or found["then"] or 1
    return date(int(found["year"] or found["last"]), number, int(in_month))


def _turned(found: re.Match[str]) -> date | None:
    """Return the day of 13.4.2021, 13/4/2021 or 4/13/2021; of 3/4/2021 it is not known."""
    one, two = int(found["one"]), int(found["two"])
    if found["mark"] == "." or one > _MOST_MONTHS or one == two:
        return date(int(found["year"]), two, one)
    return date(int(found["year"]), one, two) if two > _MOST_MONTHS else None


def _spanned(text: str) -> date | None:
    """Return the first day of some days or months, or of a season."""
    found = _SPAN.fullmatch(text)
    year = (found["year"] or found["last"]) if found else None
    if found is None or year is None or (found["year"] and found["last"]):
        return None
    return date(int(year), _number(found["name"]), int(found["first"] or found["then"] or 1))


def _number(name: str) -> int:
    """Return the number of a month, or of the first one of a season, by its first three letters."""
    name = name.lower()
    return _SEASONS.get(name) or _MONTHS.index(name) + 1


def month(text: str, otherwise: str = "1") -> str:
    """Return the number of a month that is written as a number or a name."""
    text = text.strip().lower()
    name = re.search(r"[a-z]{3}", text)
    if name and name[0] in _MONTHS:
        return str(_MONTHS.index(name[0]) + 1)
    return text if text.isdecimal() and 1 <= int(text) <= 12 else otherwise
