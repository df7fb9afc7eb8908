"""What restricts a search, and what has to be known of an index to read it."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Protocol

from rag.core.papers import Paper

SHORT_NAME = 4
"""Words that a title's part before the colon may have to serve as the paper's name."""


Period = tuple[date | None, date | None]
"""The first and the last day of a time; None: without an end on that side."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a paper has to be to be looked at; all of it, where it is given.

    Attributes
    ----------
    since
        It was listed on this day or later.
    until
        It was listed on this day or earlier.
    categories
        It is filed under one of these.
    ids, titles
        It is one of these, by identifier or by title.
    authors
        It is by all of these; part of a name will do.
    periods
        It was listed in one of these, where the days that are allowed are not one period.
    any_authors
        It is by at least one of these.
    not_authors
        It is by none of these.
    not_categories
        It is filed under none of these.
    not_ids, not_titles
        It is none of these.
    """

    since: date | None = None
    until: date | None = None
    categories: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    periods: tuple[Period, ...] = ()
    any_authors: tuple[str, ...] = ()
    not_authors: tuple[str, ...] = ()
    not_categories: tuple[str, ...] = ()
    not_ids: tuple[str, ...] = ()
    not_titles: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.to_dict())

    def __str__(self) -> str:
        """Return the filters in words, to stand behind "papers"; empty if there are none."""
        said = ["named in the question"] if self.ids or self.titles else []
        said += [when] if (when := _in_words((self.since, self.until))) else []
        said += [" or ".join(map(_in_words, self.periods))] if self.periods else []
        for word, names, link in (
            ("in", self.categories, "or"),
            ("not in", self.not_categories, "or"),
            ("by", self.authors, "and"),
            ("by", self.any_authors, "or"),
            ("not by", self.not_authors, "or"),
            ("other than", (*self.not_ids, *(f"“{t}”" for t in self.not_titles)), "and"),
        ):
            said += [f"{word} {f' {link} '.join(names)}"] if names else []
        return " ".join(said)

    def to_dict(self) -> dict[str, Any]:
        """Return what is given, as JSON takes it; an empty dict if nothing is."""
        return {
            name: _plain(value)
            for name in (f.name for f in fields(self))
            if (value := getattr(self, name))
        }

    @classmethod
    def from_dict(cls, kept: dict[str, Any]) -> "Filters":
        """Return the filters of which `to_dict` made this.

        Raises
        ------
        ValueError, TypeError
            If it is of another form.
        """
        read: dict[str, Any] = {
            name: date.fromisoformat(value) if isinstance(value, str) else tuple(value)
            for name, value in kept.items()
        }
        if "periods" in read:
            read["periods"] = tuple(_period(*ends) for ends in read["periods"])
        return cls(**read)

    def both(self, other: "Filters") -> "Filters":
        """Return what restricts as both do."""
        lists: dict[str, Any] = {
            f.name: tuple(dict.fromkeys(getattr(self, f.name) + getattr(other, f.name)))
            for f in fields(self)
            if f.name not in ("since", "until", "periods")
        }
        times = [
            (_latest(a[0], b[0]), _earliest(a[1], b[1]))
            for a in self._times()
            for b in other._times()
        ]
        possible = [t for t in times if not (t[0] and t[1] and t[0] > t[1])] or times[:1]
        if len(possible) == 1:
            return Filters(*possible[0], **lists)
        return Filters(periods=tuple(possible), **lists)

    def _times(self) -> tuple[Period, ...]:
        own = (self.since, self.until)
        if not self.periods:
            return (own,)
        return tuple((_latest(own[0], p[0]), _earliest(own[1], p[1])) for p in self.periods)


def _latest(a: date | None, b: date | None) -> date | None:
    return max((d for d in (a, b) if d), default=None)


def _earliest(a: date | None, b: date | None) -> date | None:
    return min((d for d in (a, b) if d), default=None)


def _in_words(period: Period) -> str:
    since, until = period
    if since and until:
        return f"on {since}" if since == until else f"from {since} to {until}"
    if since or until:
        return f"since {since}" if since else f"until {until}"
    return ""


def _plain(value: Any) -> Any:  # noqa: ANN401
    """Return a value of a filter as JSON takes it."""
    if isinstance(value, date):
        return value.isoformat()
    return [_plain(part) for part in value] if isinstance(value, tuple) else value


def _period(first: str | None, last: str | None) -> Period:
    return tuple(date.fromisoformat(day) if day else None for day in (first, last))  # type: ignore[return-value]


class Known(Protocol):
    """What has to be known of an index to read filters; a `Library` is one."""

    def newest(self) -> date | None:
        """Return the newest day of a listing."""

    def get(self, identifier: str) -> Paper | None:
        """Return a paper by its identifier."""

    def titled(self, text: str) -> list[Paper]:
        """Return the papers that a text is the title of, or its part before the colon."""

    def has_author(self, name: str) -> bool:
        """Tell whether a name, or part of one, is that of an author."""

    def has_word(self, word: str) -> bool:
        """Tell whether a paper has a word, in any of its forms."""

    def nearly(self, word: str, first: Collection[str] = ()) -> str:
        """Return the word of which a slip makes this one; or nothing."""


def short_name(paper: Paper) -> str:
    """Return what a paper is called: the name before the colon of its title, or the title."""
    name, colon, _ = paper.title.partition(":")
    return name.strip() if colon and len(name.split()) <= SHORT_NAME else paper.title
