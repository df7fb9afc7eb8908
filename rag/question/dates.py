"""Days in a question, read by rule: "since April 2021", "not older than 2020", "last week".

What is relative counts back from the newest day of the index, not from today: a listing that is a
month old has a last week too. A number is a year only where nothing else is counted by it: "in
2019" is, "PASCAL VOC 2007", "in 2000 images" and "the challenge in 2012" are not. A word that
denies turns a restriction round: "not before 2022" is since 2022. It is not known here what the
days are for.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from rag.core.filters import Period

_MONTHS = "january february march april may june july august september october november december"
_NAMES = {name[:3]: number for number, name in enumerate(_MONTHS.split(), start=1)}
_NUMBERS = {name: n for n, name in enumerate("one two three four five six".split(), start=1)} | {
    "a": 1, "an": 1, "few": 3, "a few": 3, "couple of": 2, "a couple of": 2,
}  # fmt: skip
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}

_YEAR = r"(?:199[1-9]|20[0-3]\d)"  # arXiv began in 1991; 2048 is a number of dimensions
_DAY = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_ALONE = "(?-i:" + "|".join(m.capitalize() for m in _MONTHS.split()) + ")"
_NUMBER_OF_MONTH = r"(?:0?[1-9]|1[0-2])"
_YEARLESS = rf"(?:{_DAY}\s(?:of\s)?{_ALONE}|{_ALONE}\s{_DAY})"
_FULL = rf"{_YEAR}-\d\d-\d\d|{_DAY}\s(?:of\s)?{_MONTH},?\s{_YEAR}|{_MONTH}\s{_DAY},?\s{_YEAR}"
_PRECISE = (
    rf"{_FULL}|{_YEAR}-(?:0[1-9]|1[0-2])|{_MONTH},?\s(?:of\s)?{_YEAR}|"
    rf"(?<![\d/]){_NUMBER_OF_MONTH}/{_YEAR}|{_YEAR}/(?:0[1-9]|1[0-2])(?![\d/])|"
    rf"Q[1-4][\s/]{_YEAR}"
)

# What may follow a bare year or month: the end, or a word that it cannot be counting or naming.
_END = (
    r"(?=\s*(?:$|[?.!,;:)]|\b(?:and|or|but|not|that|which|who|what|whose|on|about|uses?|using|used|with|"
    r"without|for|do|does|did|are|is|were|was|in|by|of|from|since|before|after|until|deals?|"
    r"address(?:es)?|there|have|has|can|to|the|only|papers?|works?|articles?|preprints?|[a-z]+ing)\b))"
)
_ANY = rf"(?:the\syear\s)?(?:{_PRECISE}|(?:{_YEARLESS}|{_YEAR}|{_ALONE}){_END})(?![\w-])"
_FIRST = (
    rf"(?:the\syear\s)?(?:{_PRECISE}|{_YEARLESS}|{_YEAR}|{_ALONE})"  # what follows is the other end
)
_VERB = (
    r"(?:(?:that\s(?:were|was|are|have\sbeen)\s|which\swere\s|(?:were\s|was\s)?(?=not\s))?"
    r"(?:published|listed|submitted|posted|released|announced|written|dated|appeared|appearing)\s)?"
)
_NOT = (
    r"(?:but\s)?(?P<not>(?:(?:that|which)\s(?:are|were|is|was)\s)?(?:not|nothing|no(?:\s(?:papers?|works?|ones))?|isn[’']t|aren[’']t|weren[’']t)\s"
    r"(?:from\s)?(?:(?:published|listed|submitted|posted|released)\s)?|(?:except|excluding|apart\sfrom|other\sthan)\s"
    r"(?:(?:for|those|ones|papers)\s)?)"
)
_PAPERS = r"(?:papers?|works?|articles?|preprints?|publications?|methods|surveys)"
_EVENT = re.compile(
    r"\b(?:challenge|competition|contest|edition|cup|conference|workshop|championships?|olympics|"
    r"benchmark|data\s?set|version|season|election|held)\s(?:of\s|held\s)?$",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"\b(?:i|he|she|we|you|some(?:one|body)|people)\s(?:told|said|asked|saw|heard|met|took|showed|gave|"
    r"bought|did|had|ate|learn(?:ed|t))(?:\s[\w']+){0,2}\s$",
    re.IGNORECASE,
)
"""What somebody did then, before "last week": no day of a paper."""

_CLAUSE = re.compile(
    r"\b(?:when|while|once|after)\s(?:they|it|he|she|we|people|somebody|someone)\s(?:[\w'’-]+\s){1,6}$",
    re.IGNORECASE,
)
"""What happened then, in a clause of its own: "when they ran it in 2024"."""

_ANDED = re.compile(r"\s*,?\s*(?:\b(?:and|but|yet)\b\s*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Days:
    """Words of a text, from ``start`` to ``end``, and the times that they allow, any of them."""

    start: int
    end: int
    periods: tuple[Period, ...]


_Bounds = tuple[Period, ...]
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
        In the order of the text; they do not overlap. All of them restrict. A word that only
        links one to the one before ("since 2020 but before 2022") belongs to the later.
    """
    found: list[Days] = []
    for pattern, rule in _RULES:
        for match in pattern.finditer(text):
            if any(match.start() < d.end and d.start < match.end() for d in found):
                continue
            before = text[: match.start()]
            if any(said.search(before) for said in (_EVENT, _TOLD, _CLAUSE)):
                continue
            periods = rule(match, newest)
            if periods is not None:
                found.append(Days(match.start(), match.end(), periods))
    found.sort(key=lambda days: days.start)
    for n, (a, b) in enumerate(pairwise(found), start=1):
        if _ANDED.fullmatch(text, a.end, b.start):
            found[n] = Days(a.end, b.end, b.periods)
    return found


def _period(text: str, newest: date | None, like: date | None = None) -> tuple[date, date] | None:
    """Return the first and the last day of a day, month or year; None if there is no such day.

    A year that is not said is that of ``like``, else the latest that is not in the future.
    """
    if quarter := re.match(r"Q([1-4])", text, re.IGNORECASE):
        year, month = int(text[-4:]), 3 * int(quarter[1])
        return date(year, month - 2, 1), date(year, month, monthrange(year, month)[1])
    numbers = [int(n) for n in re.findall(r"\d+", text)]
    name = re.search(_MONTH, text, re.IGNORECASE)
    year = next((n for n in numbers if n > 1000), 0)
    rest = [n for n in numbers if n < 1000]
    month = _NAMES[name[0][:3].lower()] if name else rest.pop(0) if rest else 0
    if not year:
        if like is None and newest is None:
            return None
        year = like.year if like else newest.year - (month > newest.month)  # type: ignore[union-attr]
    try:
        if rest:
            return date(year, month, rest[0]), date(year, month, rest[0])
        if month:
            return date(year, month, 1), date(year, month, monthrange(year, month)[1])
    except ValueError:
        return None
    return date(year, 1, 1), date(year, 12, 31)


def _range(match: re.Match[str], newest: date | None) -> _Bounds | None:
    last = _period(match["last"], newest)
    first = _period(match["first"], newest, last[0] if last else None)
    if first is None or last is None or first[0] > last[1]:
        return None
    return ((first[0], last[1]),)


def _one_of(match: re.Match[str], newest: date | None) -> _Bounds | None:
    """Read "March or April 2021", "2019, 2020 and 2022": times that touch become one."""
    said = re.split(r"\s?(?:,|/|\band\b|\bor\b)\s?(?:in\s|from\s)?", match["all"])
    last = _period(said[-1], newest)
    times = [_period(one, newest, last[0] if last else None) for one in said if one.strip()]
    if not all(times):
        return None
    joined: list[tuple[date, date]] = []
    for first, end in sorted(time for time in times if time):
        if joined and first <= joined[-1][1] + timedelta(days=1):
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((first, end))
    return tuple(joined)


def _since(match: re.Match[str], newest: date | None) -> _Bounds | None:
    period = _period(match["date"], newest)
    return ((period[0], None),) if period else None


def _after(match: re.Match[str], newest: date | None) -> _Bounds | None:
    period = _period(match["date"], newest)
    return ((period[1] + timedelta(days=1), None),) if period else None


def _before(match: re.Match[str], newest: date | None) -> _Bounds | None:
    period = _period(match["date"], newest)
    return ((None, period[0] - timedelta(days=1)),) if period else None


def _until(match: re.Match[str], newest: date | None) -> _Bounds | None:
    period = _period(match["date"], newest)
    return ((None, period[1]),) if period else None


def _within(match: re.Match[str], newest: date | None) -> _Bounds | None:
    period = _period(match["date"], newest)
    return (period,) if period else None


def _last(match: re.Match[str], newest: date | None) -> _Bounds | None:
    """Read "last week", "the last 30 days": so many days up to the newest, that one counted."""
    if newest is None:
        return None
    unit, said = match["unit"].lower(), (match["count"] or "").lower()
    if not said and unit in ("month", "year") and match["which"].lower() == "last":
        end = _first_of(unit, newest) - timedelta(days=1)  # "last month"; "the last" is no month
        return ((_first_of(unit, end), None if match["since"] else end),)
    return ((_days_ago(said, unit, newest), newest),)


def _younger(match: re.Match[str], newest: date | None) -> _Bounds | None:
    """Read "not older than a year", "at most two months old"."""
    if newest is None:
        return None
    return ((_days_ago(match["count"].lower(), match["unit"].lower(), newest), None),)


def _days_ago(count: str, unit: str, newest: date) -> date:
    days = (_NUMBERS.get(count) or int(count or 1)) * _DAYS[unit]
    return newest - timedelta(days=days - 1)


def _this(match: re.Match[str], newest: date | None) -> _Bounds | None:
    return ((_first_of(match["unit"].lower(), newest), newest),) if newest else None


def _first_of(unit: str, day: date) -> date:
    """Return the first day of the week, month or year that a day is in."""
    if unit == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit == "month" else day.replace(month=1, day=1)


def _one_day(match: re.Match[str], newest: date | None) -> _Bounds | None:
    if newest is None:
        return None
    day = newest - timedelta(days=match["day"].lower() == "yesterday")
    return ((day, day),)


def _denied(rule: _Rule) -> _Rule:
    """Return a rule that reads all days but those of another rule."""

    def turned(match: re.Match[str], newest: date | None) -> _Bounds | None:
        periods = rule(match, newest)
        if periods is None:
            return None
        left: list[Period] = []
        since: date | None = None
        for first, last in periods:
            if first:
                left.append((since, first - timedelta(days=1)))
            since = last + timedelta(days=1) if last else None
        return tuple(left if periods[-1][1] is None else [*left, (since, None)])

    return turned


def _patterns() -> Iterator[tuple[str, _Rule]]:
    """Yield what a denial may stand before, and how it is read."""
    dated = rf"(?P<date>{_ANY})"
    listed = rf"{_FIRST}(?:\s?(?:,|/|,?\s(?:and|or))\s?(?:in\s|from\s)?{_FIRST})*"
    to = r"(?:to|until|till|through|[-–])"
    yield rf"between\s(?P<first>{_FIRST})\s?(?:and|{to})\s?(?P<last>{_ANY})", _range
    yield rf"(?:from|in|during)\s(?P<first>{_FIRST})\s?{to}\s?(?P<last>{_ANY})", _range
    yield (
        rf"(?:in|from|during|of)\s(?:either\s)?(?P<all>{listed}"
        rf"\s?(?:,|/|,?\s(?:and|or))\s?(?:in\s|from\s)?{_ANY})",
        _one_of,
    )
    yield rf"(?:since|as\sof|as\sfrom|starting\s(?:in|from))\s{dated}", _since
    yield rf"on\sor\s(?:after|later\sthan)\s{dated}", _since
    yield rf"on\sor\s(?:before|earlier\sthan)\s{dated}", _until
    yield rf"(?:after|later\sthan|newer\sthan|younger\sthan|more\srecent\sthan)\s{dated}", _after
    yield rf"(?:before|prior\sto|earlier\sthan|older\sthan)\s{dated}", _before
    yield rf"(?:until|till|up\sto|up\suntil|by\sthe\send\sof)\s{dated}", _until
    yield rf"(?:in|during|from|(?<=papers\s)of)\s{dated}", _within
    yield rf"on\s(?P<date>{_FULL}|{_YEARLESS})\b", _within


def _rules() -> Iterator[tuple[re.Pattern[str], _Rule]]:
    """Yield the patterns, the longer ones first, and how the days of a match are read."""
    count = rf"(?P<count>\d{{1,3}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
    unit = r"(?P<unit>day|week|month|year)"
    within = r"(?:(?:in|from|over|during|within|of|(?P<since>since))\s)?"
    last = r"(?P<which>(?:the\s)?(?:last|past))"
    whole = rf"(?P<date>{_PRECISE}|{_YEAR})"
    first = (
        rf"(?:(?:not|no)\s(?:older|more)\sthan|at\smost|less\sthan|younger\sthan|newer\sthan)\s"
        rf"{count}\s{unit}s?(?:\sold)?\b"
    )
    yield re.compile(rf"(?<![\w-]){_VERB}{first}", re.IGNORECASE), _younger
    for pattern, rule in _patterns():
        yield re.compile(rf"(?<![\w-]){_VERB}{_NOT}{pattern}", re.IGNORECASE), _denied(rule)
    open_ended = (
        (rf"from\s(?P<date>{_FIRST})\s(?:onwards?\b|on(?=[?.!,]|$))", _since),
        (rf"(?:in\s|from\s)?{whole}\s(?:or|and)\s(?:later|newer|after|younger|since)\b", _since),
        (rf"(?:in\s|from\s)?{whole}\s(?:or|and)\s(?:earlier|older|before)\b", _until),
    )
    for pattern, rule in (
        *open_ended,
        *_patterns(),
        (rf"(?<=papers\s)(?P<first>{_FIRST})\s?[-–]\s?(?P<last>{_ANY})", _range),
        (rf"(?P<date>\b{_YEAR}-\d\d-\d\d)\b", _within),
        (
            rf"(?:^|(?<=\bwhich\s)|(?<=\bwhat\s)|(?<=\ball\s)|(?<=\bthe\s)|(?<=\bany\s)|(?<=\blist\s)"
            rf"|(?<=\bshow\s)|(?<=\bfind\s)){whole}(?=\s{_PAPERS}\b)",
            _within,
        ),
        (rf"{within}{last}\s{count}\s{unit}s?\b", _last),
        (rf"{within}{last}\s(?P<count>)(?P<unit>week|month|year)(?:[’']s)?\b", _last),
        (rf"{within}this\s(?P<unit>week|month|year)(?:[’']s)?\b", _this),
        (  # "today's vision-language models" are those that there are by now
            rf"(?P<day>today|yesterday)[’']s(?=(?:\s[\w.-]+){{0,3}}?\s(?:{_PAPERS}|listings?|lists?|batch|"
            r"submissions?|arxiv|issue|feed|news)\b|[?.!,]|$)",
            _one_day,
        ),
        (
            r"(?:(?:from|since)\s|of\s(?!\w+[’']s)|(?<=\bnew\s)|(?<=\bout\s)|(?<=\bpapers\s)|"
            r"(?<=\blisted\s)|(?<=\bpublished\s)|(?<=\bposted\s)|(?<=\bsubmitted\s))"
            r"(?P<day>today|yesterday)\b",
            _one_day,
        ),
    ):
        yield re.compile(rf"(?<![\w-]){_VERB}{pattern}", re.IGNORECASE), rule


_RULES = tuple(_rules())
