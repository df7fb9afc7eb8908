"""Listings: files that name papers, each read by the module that knows its format.

The format is told by the content of a file, not by its name; what is compressed with gzip is
unpacked on the way. A new format is one module here and its name in `READERS`.
"""

import glob
import io
import os
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TextIO

from rag.core.papers import STANDARD_INPUT, Paper
from rag.errors import EmptyListingError, ListingError
from rag.listings import (
    alerts,
    bibtex,
    chats,
    chinese,
    daily,
    details,
    endnote,
    exported,
    feed,
    grid,
    jats,
    jsonlines,
    limits,
    mail,
    mentions,
    messages,
    mods,
    notes,
    oai,
    objects,
    org,
    outlined,
    outlines,
    pages,
    pasted,
    proceedings,
    pubmed,
    pubmedtext,
    reporter,
    saved,
    savedlisting,
    table,
    tagged,
    unabstracted,
    webpage,
    xmlrecords,
    yamlist,
    zotero,
)
from rag.listings.entries import EVERYTHING, Reader, Refused, Wanted, papers
from rag.listings.opening import FAILURES, PIPE, TooMuchError, opened, unreadable
from rag.text.visible import visible

__all__ = ["PIPE", "READERS", "Refused", "Wanted", "files", "read"]

READERS: tuple[Reader, ...] = (
    messages, yamlist, notes, org, daily, reporter, details, chinese, grid, zotero, feed, oai,
    endnote, pubmed, jats, mods, outlined, exported, jsonlines, outlines, chats, objects, bibtex,
    tagged, mail, alerts, saved, savedlisting, proceedings, pubmedtext, webpage, pasted, table,
    xmlrecords, pages,
)  # fmt: skip
"""The formats, in the order in which they are tried."""

_HEAD = 4096  # characters: enough for the preamble of a feed, and read at once
_FAR = 200_000  # characters: a page may begin with badges, contents and a preface
_NEAREST = 3  # formats to name where none is known


def files(paths: Iterable[Path]) -> list[Path]:
    """Return the files that paths stand for: files, folders, patterns like `*.md`, and `-`.

    In a folder these are all files, in those within it too, but not what is hidden; in order.

    Raises
    ------
    ListingError
        If a folder has no files or a pattern matches none. A file need not exist.
    """
    return [file for path in paths for file in _files(path)]


def _files(path: Path) -> list[Path]:
    found = [path]
    if path != PIPE and not path.exists() and glob.has_magic(str(path)):
        found = _matching(path)
        if not found:
            raise ListingError(f"{path} matches no files; check the pattern")
    if not any(each.is_dir() for each in found):
        return found
    listed = [file for each in found for file in (_inside(each) if each.is_dir() else [each])]
    if not listed:
        raise ListingError(f"{path} is a folder without files; name one that has some")
    return listed


def _matching(pattern: Path) -> list[Path]:
    if any("**" in part and part != "**" for part in pattern.parts):  # not alike in all Pythons
        return []
    folder = Path(pattern.anchor)  # Path.glob, unlike glob, does not run in circles of links
    found = folder.glob(str(pattern.relative_to(folder)))
    return sorted(path for path in found if not _hidden(set(path.parts) - {*pattern.parts}))


def _inside(folder: Path) -> list[Path]:
    return sorted(
        file
        for file in folder.rglob("*")
        if file.is_file() and not _hidden(file.relative_to(folder).parts)
    )


def _hidden(parts: Iterable[str]) -> bool:
    return any(part.startswith(".") for part in parts)


def read(
    path: Path, wanted: Wanted = EVERYTHING, progress: Callable[[int], None] | None = None
) -> Generator[Paper | Refused, None, None]:
    """Read the papers of a listing one by one, and with them the entries that had to be refused.

    Parameters
    ----------
    path
        A file; `-` is standard input.
    wanted
        What else is in the file is passed over.
    progress
        Called with the number of bytes read since the last call, as they are on the disk.

    Raises
    ------
    ListingError
        At once if the file is missing, no file, no text or in no known format; while reading, if it
        turns out to be cut off or to have far more in it than a listing, or in the end if none of
        its papers could be read.
    EmptyListingError
        If there is nothing in it, or in the end if there was no paper in it.
    """
    name = _shown(path)
    try:
        file = opened(path, progress)
        head = file.read(_HEAD)
        head += file.readline(limits.LONGEST_LINE)  # so that the head ends where a line does
    except FAILURES as error:
        raise unreadable(name, error) from error
    if not head.strip():
        raise EmptyListingError(f"{name} is empty; give a file that lists papers")
    for reader in READERS:
        if reader.matches(head[:_HEAD]):
            return _read(head, file, path, reader, wanted)
    lacking = table.lacking(head[:_HEAD])
    head += _further(file, name)
    for reader in (
        (xmlrecords, alerts, saved, savedlisting, proceedings, pages) if not lacking else ()
    ):
        if reader.matches(head):
            return _read(head, file, path, reader, wanted)
    file.close()
    raise _unknown(path, head, lacking)


def _unknown(path: Path, head: str, lacking: str) -> ListingError:
    """Return what to say of a file that no reader knows, by its beginning and what it lacks."""
    name, seen = _shown(path), mentions.mentioned(head.split("\n"))
    named = f"{name} has {mentions.said(seen)}"
    of = unabstracted.site(head)
    if of and head.lstrip("\ufeff \t\n")[:1] in "<{[@":
        advice = unabstracted.advice(of)
        return ListingError(f"{named}; {advice}" if seen else f"{name} has no abstracts: {advice}")
    if lacking:
        again = f"export it again with {lacking}"
        if seen:
            return ListingError(f"{named}; or {again}")
        return ListingError(f"{name} has a column of titles and none of {lacking}; {again}")
    lines = head.split("\n")
    if dois := mentions.dois(lines):
        s, how = "s" if len(dois) > 1 else "", unabstracted.advice("")
        named = f"{named}; and" if seen else f"{name} has"
        return ListingError(f"{named} {len(dois):,} DOI{s} without title or abstract: {how}")
    if seen:
        return ListingError(named)
    known = "; ".join(reader.FORMAT for reader in _nearest(path, head))
    return ListingError(f"{name} is in no format known here; the nearest are: {known}")


def _further(file: TextIO, name: str) -> str:
    """Read on, up to where the first paper of a page is found that begins with much else."""
    try:
        return file.read(_FAR) + file.readline(limits.LONGEST_LINE)
    except FAILURES as error:
        raise unreadable(name, error) from error


def _nearest(path: Path, head: str) -> list[Reader]:
    """Return the formats that a file is most like, by the end of its name and its first sign."""
    sign = head.lstrip("\ufeff \t\n")[:1]

    def likeness(reader: Reader) -> int:
        return 2 * (sign in reader.SIGNS) + (path.suffix.lower() in reader.ENDINGS)

    return sorted(READERS, key=likeness, reverse=True)[:_NEAREST]


def _shown(path: Path) -> str:
    return STANDARD_INPUT if path == PIPE else visible(str(path))


def _source(path: Path) -> str:
    """Return what a paper names as its source: the file and its folder, wherever they are."""
    if path == PIPE:
        return STANDARD_INPUT
    return visible(os.fsencode("/".join(path.absolute().parts[-2:])).decode("utf-8", "replace"))


def check(path: Path) -> None:
    """Make sure that a file can be read and lists papers, as far as its beginning tells.

    A pipe is not looked at: what is read of it is gone.

    Raises
    ------
    ListingError
        As `read` does.
    """
    if path != PIPE and (path.is_file() or path.is_dir() or not path.exists()):
        entries = read(path)
        next(entries, None)
        entries.close()


def size(paths: Iterable[Path]) -> int | None:
    """Return the number of bytes of files; None if that cannot be known."""
    try:
        return sum(path.stat().st_size for path in paths)
    except OSError:
        return None


def _read(
    head: str, rest: TextIO, path: Path, reader: Reader, wanted: Wanted
) -> Generator[Paper | Refused, None, None]:
    name, first = _shown(path), None
    count = in_a_row = 0
    lacking = list[Refused]()  # papers without abstracts, as long as there is nothing else
    try:
        with rest:
            entries = reader.read(chain(io.StringIO(head), _lines(rest)), name)
            for item in papers(entries, name, wanted, _source(path)):
                if isinstance(item, Paper):
                    count, in_a_row = count + 1, 0
                else:
                    first, in_a_row = first or item, in_a_row + 1
                if in_a_row > limits.MOST_REFUSED:
                    yield from lacking
                    raise ListingError(
                        f"{name} has more than {limits.MOST_REFUSED:,} entries in a row that "
                        f"cannot be read; the rest of it is left out"
                    )
                if isinstance(item, Refused) and (item.lacks or item.whole) and not count:
                    lacking.append(item)
                    continue
                yield from lacking
                lacking.clear()
                yield item
    except FAILURES as error:
        yield from lacking
        raise unreadable(name, error) from error
    links = [item.lacks for item in lacking if item.lacks]
    whole = [item.reason for item in lacking if item.whole]
    together = len(links) >= unabstracted.FEWEST if not whole else len(whole) == 1
    together = together and not count and wanted == EVERYTHING and first in lacking[:1]
    yield from (replace(item, grouped=together) for item in lacking)
    if count or wanted != EVERYTHING:
        return
    if first is None:
        raise EmptyListingError(f"{name} lists no papers; give a listing that has some")
    if together:
        told = [unabstracted.said(links, unabstracted.site(head))] if links else []
        raise ListingError(f"{name} has {'; and '.join(whole + told)}")
    raise ListingError(
        f"{name} has no paper that can be read (line {first.line}: {first.reason}); "
        f"correct it or give another listing"
    )


def _lines(file: TextIO) -> Iterator[str]:
    """Yield the lines of a file, a long one in pieces; not thousands of blank ones."""
    blank = 0
    while line := file.readline(limits.LONGEST_LINE):
        blank = blank + 1 if line == "\n" else 0
        if blank > limits.MOST_REFUSED:
            raise TooMuchError(f"has more than {limits.MOST_REFUSED:,} blank lines in a row")
        yield line
