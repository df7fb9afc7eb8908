"""CSV with a first row of names: a paper a row, with title, abstract and link.

Commas, semicolons and tabs divide the columns, whichever the first row has. What the columns are
called is known in `records.py`.
"""

import csv
from collections.abc import Iterable, Iterator

from rag.listings import records
from rag.listings.entries import Entry, Refused

FORMAT = "CSV with the columns title, abstract and url"

_DIVIDERS = ",;\t"


def matches(head: str) -> bool:
    """Tell whether the first row of a text names a title, an abstract and a link."""
    first = head.lstrip("\n").partition("\n")[0]
    return any(records.is_paper(_names(first, divider)) for divider in _DIVIDERS)


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the papers of a table, in its order."""
    numbered = iter(lines)
    blank, first = 0, next(numbered, "")
    while first and not first.strip():
        blank, first = blank + 1, next(numbered, "")
    divider = max(_DIVIDERS, key=lambda mark: len(_names(first, mark)))
    names = _names(first, divider)
    rows = csv.reader(numbered, delimiter=divider, strict=True)
    while True:
        line = blank + rows.line_num + 2
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield Refused(source, line, f"not a row of CSV: {error}")
            continue
        if len(row) == len(names):
            yield records.entry(line, dict(zip(names, row, strict=True)))
        elif row:
            yield Refused(source, line, f"{len(row)} columns instead of {len(names)}")


def _names(line: str, divider: str) -> list[str]:
    try:
        return [records.plain_name(n) for n in next(csv.reader([line], delimiter=divider), [])]
    except csv.Error:
        return []
