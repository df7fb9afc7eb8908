"""What tells a paper that nothing links to: its title, its first author and its year.

Notes and tables that people keep of papers often have no identifier and no address. Such a paper is
known by a name that is made of what it is; no link is made up for it.
"""

import hashlib
import re
import unicodedata

from rag.core.identifiers import OWN

FEWEST_WORDS = 3
"""Of a title that tells a paper: "Introduction" and "Book review" are many."""

_LONGEST = 60  # characters of a name that are there to be read; what follows tells the rest apart
_SUFFIXES = ("jr", "sr", "ii", "iii", "iv")


def title_key(title: str) -> str:
    """Return the letters and digits of a title.

    >>> title_key("Kites: a View")
    'kites a view'
    """
    return " ".join(re.findall(r"\w+", title.casefold()))


def family_key(name: str) -> str:
    """Return the family name of a person, in small letters without accents.

    >>> family_key("José Núñez Jr."), family_key("X.")
    ('nunez', '')
    """
    plain = unicodedata.normalize("NFKD", name.casefold())
    words = re.findall(r"[^\W\d_]+", "".join(c for c in plain if not unicodedata.combining(c)))
    words = [word for word in words if len(word) > 1 and word not in _SUFFIXES]
    return words[-1] if words else ""


def own_identifier(title: str, authors: tuple[str, ...], year: int | None, abstract: str) -> str:
    """Return the identifier of a paper that nothing links to, the same wherever it is met.

    The abstract counts only where the title alone tells no paper and no author is known.

    >>> own_identifier("Kites: a View", ("Ann Roe",), 2021, "We fly.")
    'title:roe-2021-kites-a-view-930a99c6'
    """
    family = family_key(authors[0]) if authors else ""
    told = [title_key(title), family, str(year or "")]
    if not family and len(told[0].split()) < FEWEST_WORDS:
        told.append(title_key(abstract))
    plain = unicodedata.normalize("NFKD", " ".join((family, told[2], told[0])))
    words = re.findall(r"[a-z0-9]+", plain.encode("ascii", "ignore").decode())
    shown = "-".join(words)[:_LONGEST].strip("-")
    digest = hashlib.sha256("\n".join(told).encode()).hexdigest()[:8]
    return f"{OWN}{f'{shown}-' if shown else ''}{digest}"
