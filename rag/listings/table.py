"""CSV with a row of names: a paper a row, with title, abstract and link.

Commas, semicolons, tabs and bars divide the columns, whichever the row of names has; `sep=;` above
it is Excel's way to say so. A table may begin anew further down, with other columns, as where two
exports were put into one file. A row with a surplus or a missing cell is read if title, abstract
and link stand where their columns are. What the columns are called is known in `records.py`.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence

from rag.core.identifiers import known_by
from rag.listings import grid, limits, records
from rag.listings.entries import Entry, Refused
from rag.listings.fields import fields, plain_name

FORMAT = "CSV with the columns title, abstract and url"
ENDINGS = (".csv", ".tsv", ".txt", ".xls")
SIGNS = '"'

_DIVIDERS = ",;\t|"
_SEPARATOR = re.compile(r"sep=(.)\s*$", re.IGNORECASE)
_UNQUOTED = {"pt", "ut"}  # Web of Science writes quotation marks as they stand in the text
_CELL = re.compile(r'(?!")[^\0]*|"(?:[^"]|"")*"')
_FIRST_LINES = 5  # before the row of names may stand a title and blank lines


def matches(head: str) -> bool:
    """Tell whether one of the first rows of a text names a title, an abstract and a link."""
    lines = [line for line in head.split("\n") if line.strip()][:_FIRST_LINES]
    if grid.matches(head):
        return False
    return any(is_head(_names(line, mark)) for line in lines for mark in _DIVIDERS)


def lacking(head: str) -> str:
    r"""Return what a text that begins like a table of papers lacks; empty if nothing.

    >>> lacking("Title,Authors,DOI\n"), lacking("Highlight,Book Title\n"), lacking("Dear Sir,\n")
    ('abstracts', 'abstracts', '')
    """
    for line in [line for line in head.split("\n") if line.strip()][:_FIRST_LINES]:
        for mark in _DIVIDERS:
            names = {*fields(dict.fromkeys(_names(line, mark)))}
            titled = names & {*records.TITLES} or names >= {"booktitle", "highlight"}  # Readwise
            if len(names) > 1 and titled:
                return "links" if names & {*records.ABSTRACTS} else "abstracts"
    return ""


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the papers of a table, in its order."""
    numbered = limits.numbered(lines)
    start, names, divider = 0, list[str](), ","
    for start, first in numbered:  # noqa: B007 - the last one counts
        divider = max(_DIVIDERS, key=lambda mark: len(_names(first, mark)))
        if is_head(names := _names(first, divider)):
            break
    too_long = set[int]()
    kept, plain = _lines(numbered, too_long), {*map(plain_name, names)} >= _UNQUOTED
    rows = csv.reader(
        (_quoted(line, len(names)) for line in kept) if divider == "\t" and not plain else kept,
        delimiter=divider,
        quoting=csv.QUOTE_NONE if plain else csv.QUOTE_MINIMAL,
        strict=True,
    )
    while True:
        line = start + rows.line_num + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield Refused(source, line, f"not a row of CSV: {error}")
            continue
        if too_long:
            yield Refused(source, line, f"a line of more than {limits.LONGEST_LINE:,} characters")
            too_long.clear()
        elif row and is_head(row):
            names = row
        elif row and any(cell.strip() for cell in row):
            yield _entry(source, line, names, row)


def _lines(numbered: Iterable[tuple[int, str]], too_long: set[int]) -> Iterator[str]:
    for number, line in numbered:
        if limits.is_too_long(line):
            too_long.add(number)
        yield "\n" if limits.is_too_long(line) else line


def _quoted(line: str, columns: int) -> str:
    """Return a line of a table divided by tabs, quoted as CSV is where it was not.

    Google Sheets writes quotation marks as they stand in the text.
    """
    cells = line.rstrip("\n").split("\t")
    if len(cells) != columns or all(map(_CELL.fullmatch, cells)):
        return line
    return "\t".join(cell if _CELL.fullmatch(cell) else _doubled(cell) for cell in cells) + "\n"


def _doubled(cell: str) -> str:
    return '"{}"'.format(cell.replace('"', '""'))


def _entry(source: str, line: int, names: Sequence[str], row: Sequence[str]) -> Entry | Refused:
    if len(row) > limits.MOST_KEYS:
        return Refused(source, line, f"more than {limits.MOST_KEYS:,} columns")
    kept = len(row)
    while kept > len(names) and not row[kept - 1].strip():
        kept -= 1
    found = records.entry(line, dict(zip(names, row[:kept], strict=False)))
    if kept == len(names) or _lines_up(found):
        return found
    return Refused(source, line, f"{len(row)} columns instead of {len(names)}")


def _lines_up(entry: Entry) -> bool:
    """Tell whether what was read of a row with too many or too few cells can be what it is."""
    linked = known_by(entry.link[: limits.LONGEST_LINK])
    swapped = known_by(entry.title) or known_by(entry.abstract) or entry.title.isdecimal()
    return bool(linked and entry.title and entry.abstract and not swapped)


def _names(line: str, divider: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=divider), [])
    except csv.Error:
        return []


def is_head(names: Sequence[str]) -> bool:
    """Tell whether a row names the columns of a table of papers."""
    plain = {*fields(dict.fromkeys(names))}
    titled = plain & {*records.ABSTRACTS_OF_PAPERS} and plain & {*records.OTHER_TITLES}
    return records.is_paper(plain | ({"title"} if titled else set()))
