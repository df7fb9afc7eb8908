"""What restricts a search, and what has to be known of an index to read it."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Protocol

from rag.core.papers import Paper

SHORT_NAME = 4
"""Words that a title's part before the colon may have to serve as the paper's name."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a paper has to be to be looked at; all of it, where it is given.

    Attributes
    ----------
    since, until
        First and last day of the listing.
    categories
        It is filed under one of these.
    ids, titles
        It is one of these, by identifier or by title.
    authors
        It is by all of these; part of a name will do.
    """

    since: date | None = None
    until: date | None = None
    categories: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.to_dict())

    def __str__(self) -> str:
        """Return the filters in words, to stand behind "papers"; empty if there are none."""
        said = ["named in the question"] if self.ids or self.titles else []
        if self.since and self.until:
            one = self.since == self.until
            said.append(f"on {self.since}" if one else f"from {self.since} to {self.until}")
        elif self.since or self.until:
            said.append(f"since {self.since}" if self.since else f"until {self.until}")
        if self.categories:
            said.append(f"in {' or '.join(self.categories)}")
        if self.authors:
            said.append(f"by {' and '.join(self.authors)}")
        return " ".join(said)

    def to_dict(self) -> dict[str, Any]:
        """Return what is given, as JSON takes it; an empty dict if nothing is."""
        return {
            name: value.isoformat() if isinstance(value, date) else list(value)
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
        return cls(**read)


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


def short_name(paper: Paper) -> str:
    """Return what a paper is called: the name before the colon of its title, or the title."""
    name, colon, _ = paper.title.partition(":")
    return name.strip() if colon and len(name.split()) <= SHORT_NAME else paper.title
