"""Days in a question, read by rule: "since April 2021", "in 2020", "last week".

What is relative counts back from the newest day of the index, not from today: a listing that is a
month old has a last week too. A number is a year only where nothing else is counted by it: "in
2019" is, "PASCAL VOC 2007", "in 2000 images" and "the challenge in 2012" are not. It is not known
here what the days are for.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = "january february march april may june july august september october november december"
_NAMES = {name[:3]: number for number, name in enumerate(_MONTHS.split(), start=1)}
_NUMBERS = {name: n for n, name in enumerate("one two three four five six".split(), start=1)}
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}

_YEAR = r"(?:199[1-9]|20[0-3]\d)"  # arXiv began in 1991; 2048 is a number of dimensions
_DAY = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_ALONE = "(?-i:" + "|".join(m.capitalize() for m in _MONTHS.split()) + ")"
_FULL = rf"{_YEAR}-\d\d-\d\d|{_DAY}\s(?:of\s)?{_MONTH},?\s{_YEAR}|{_MONTH}\s{_DAY},?\s{_YEAR}"
_PRECISE = rf"{_FULL}|{_YEAR}-(?:0[1-9]|1[0-2])|{_MONTH},?\s(?:of\s)?{_YEAR}"

# What may follow a bare year or month: the end, or a word that it cannot be counting or naming.
_END = (
    r"(?=\s*(?:$|[?.!,;:)]|\b(?:and|or|that|which|who|what|whose|on|about|uses?|using|used|with|"
    r"without|for|do|does|did|are|is|were|was|in|by|of|from|since|before|after|until|deals?|"
    r"address(?:es)?|there|have|has|can|to|the|papers?|works?|articles?|preprints?|[a-z]+ing)\b))"
)
_ANY = rf"(?:{_PRECISE}|(?:{_YEAR}|{_ALONE}){_END})(?![\w-])"
_FIRST = rf"(?:{_PRECISE}|{_YEAR}|{_ALONE})"  # of a range: what follows is the other end
_VERB = (
    r"(?:(?:that\s(?:were|was|are|have\sbeen)\s|which\swere\s)?(?:published|listed|submitted|"
    r"posted|released|announced|written|dated|appeared|appearing)\s)?"
)
_PAPERS = r"(?:papers?|works?|articles?|preprints?|publications?|methods|surveys)"
_EVENT = re.compile(
    r"\b(?:challenge|competition|contest|edition|cup|conference|workshop|championships?|olympics|"
    r"benchmark|data\s?set|version|season|election|held)\s(?:of\s|held\s)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Days:
    """Words of a text, from ``start`` to ``end``, and the first and last day they allow."""

    start: int
    end: int
    since: date | None
    until: date | None


_Bounds = tuple[date | None, date | None]
_Rule = Callable[[re.Match[str], date | None], _Bounds | None]


def find(text: str, newest: date | None) -> list[Days]:
    """Find what restricts the days in a text whose white space is folded.

    Parameters
    ----------
    text
        A question.
    newest
        The newest day of the index; without one nothing relative is read.

    Returns
    -------
    list
        In the order of the text; they do not overlap.
    """
    found: list[Days] = []
    for pattern, rule in _RULES:
        for match in pattern.finditer(text):
            if any(match.start() < d.end and d.start < match.end() for d in found):
                continue
            if _EVENT.search(text[: match.start()]):
                continue
            bounds = rule(match, newest)
            if bounds is not None:
                found.append(Days(match.start(), match.end(), *bounds))
    return sorted(found, key=lambda days: days.start)


def _period(text: str, newest: date | None) -> tuple[date, date] | None:
    """Return the first and the last day of a day, month or year; None if there is no such day."""
    numbers = [int(n) for n in re.findall(r"\d+", text)]
    name = re.search(_MONTH, text, re.IGNORECASE)
    year = next((n for n in numbers if n > 1000), 0)
    rest = [n for n in numbers if n < 1000]
    month = _NAMES[name[0][:3].lower()] if name else rest.pop(0) if rest else 0
    if not year:
        if newest is None:
            return None
        year = newest.year - (month > newest.month)
    try:
        if rest:
            return date(year, month, rest[0]), date(year, month, rest[0])
        if month:
            return date(year, month, 1), date(year, month, monthrange(year, month)[1])
    except ValueError:
        return None
    return date(year, 1, 1), date(year, 12, 31)


def _range(match: re.Match[str], newest: date | None) -> _Bounds | None:
    first, last = _period(match["first"], newest), _period(match["last"], newest)
    return (first[0], last[1]) if first and last and first[0] <= last[1] else None


def _since(match: re.Match[str], newest: date | None) -> _Bounds | None:
    period = _period(match["date"], newest)
    return (period[0], None) if period else None


def _after(match: re.Match[str], newest: date | None) -> _Bounds | None:
    period = _period(match["date"], newest)
    return (period[1] + timedelta(days=1), None) if period else None


def _before(match: re.Match[str], newest: date | None) -> _Bounds | None:
    period = _period(match["date"], newest)
    return (None, period[0] - timedelta(days=1)) if period else None


def _until(match: re.Match[str], newest: date | None) -> _Bounds | None:
    period = _period(match["date"], newest)
    return (None, period[1]) if period else None


def _within(match: re.Match[str], newest: date | None) -> _Bounds | None:
    return _period(match["date"], newest)


def _last(match: re.Match[str], newest: date | None) -> _Bounds | None:
    """Read "last week", "the last 30 days": so many days up to the newest, that one counted."""
    if newest is None:
        return None
    unit, said = match["unit"].lower(), (match["count"] or "").lower()
    if not said and unit in ("month", "year") and match["which"].lower() == "last":
        end = _first_of(unit, newest) - timedelta(days=1)  # "last month"; "the last" is no month
        return _first_of(unit, end), None if match["since"] else end
    days = (_NUMBERS.get(said) or int(said or 1)) * _DAYS[unit]
    return newest - timedelta(days=days - 1), newest


def _this(match: re.Match[str], newest: date | None) -> _Bounds | None:
    return (_first_of(match["unit"].lower(), newest), newest) if newest else None


def _first_of(unit: str, day: date) -> date:
    """Return the first day of the week, month or year that a day is in."""
    if unit == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit == "month" else day.replace(month=1, day=1)


def _one_day(match: re.Match[str], newest: date | None) -> _Bounds | None:
    if newest is None:
        return None
    day = newest - timedelta(days=match["day"].lower() == "yesterday")
    return day, day


def _rules() -> Iterator[tuple[re.Pattern[str], _Rule]]:
    """Yield the patterns, the longer ones first, and how the days of a match are read."""
    dated = rf"(?P<date>{_ANY})"
    within = r"(?:(?:in|from|over|during|within|of|(?P<since>since))\s)?"
    count = rf"(?P<count>\d{{1,3}}|{'|'.join(_NUMBERS)})"
    for pattern, rule in (
        (
            rf"(?:between|from|in|during)\s(?P<first>{_FIRST})\s?(?:and|to|until|till|through|[-–])\s?"
            rf"(?P<last>{_ANY})",
            _range,
        ),
        (rf"from\s(?P<date>{_FIRST})\s(?:onwards?\b|on(?=[?.!,]|$))", _since),
        (rf"(?:since|starting\s(?:in|from))\s{dated}", _since),
        (rf"(?:after|later\sthan|newer\sthan)\s{dated}", _after),
        (rf"(?:before|prior\sto|earlier\sthan|older\sthan)\s{dated}", _before),
        (rf"(?:until|till|up\sto)\s{dated}", _until),
        (rf"(?:in|during|from|(?<=papers\s)of)\s{dated}", _within),
        (rf"on\s(?P<date>{_FULL})\b", _within),
        (rf"(?P<date>\b{_YEAR}-\d\d-\d\d)\b", _within),
        (
            rf"(?:^|(?<=\bwhich\s)|(?<=\bwhat\s)|(?<=\ball\s)|(?<=\bthe\s)|(?<=\bany\s)|(?<=\blist\s)"
            rf"|(?<=\bshow\s)|(?<=\bfind\s))(?P<date>{_PRECISE}|{_YEAR})(?=\s{_PAPERS}\b)",
            _within,
        ),
        (
            rf"{within}(?P<which>(?:the\s)?(?:last|past))\s{count}\s"
            r"(?P<unit>day|week|month|year)s?\b",
            _last,
        ),
        (
            rf"{within}(?P<which>(?:the\s)?(?:last|past))\s(?P<count>)"
            r"(?P<unit>week|month|year)(?:[’']s)?\b",
            _last,
        ),
        (rf"{within}this\s(?P<unit>week|month|year)(?:[’']s)?\b", _this),
        (r"(?P<day>today|yesterday)[’']s\b", _one_day),
        (
            r"(?:(?:from|since|of)\s|(?<=\bnew\s)|(?<=\bout\s)|(?<=\bpapers\s)|"
            r"(?<=\blisted\s)|(?<=\bpublished\s)|(?<=\bposted\s)|(?<=\bsubmitted\s))"
            r"(?P<day>today|yesterday)\b",
            _one_day,
        ),
    ):
        yield re.compile(rf"(?<![\w-]){_VERB}{pattern}", re.IGNORECASE), rule


_RULES = tuple(_rules())
