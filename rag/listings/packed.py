"""The parts of an office program's file: XML in a zip archive, no more of it than it may hold."""

import io
import zipfile
from collections.abc import Callable, Iterator
from typing import IO, TYPE_CHECKING

from rag.listings import limits

if TYPE_CHECKING:
    from lxml import etree

_LARGEST_TREE = 24_000_000
"""Bytes of a document that is looked at as a whole, which takes ten times the room: 2,000 pages."""


class TooLargeError(Exception):
    """An archive holds more than it may."""


class Parts:
    """The files in an archive, together no larger than they may be."""

    def __init__(self, archive: zipfile.ZipFile, most: int) -> None:
        self._archive, self._left = archive, min(most, 2 * limits.UNPACKED_FREELY)
        self.names = frozenset(archive.namelist())

    def elements(self, part: str, *tags: str) -> "Iterator[etree._Element]":
        """Yield the elements of a part with these names, emptied when the next is asked for."""
        from lxml import etree

        if part not in self.names:
            return
        with self._archive.open(part) as packed:
            found = etree.iterparse(
                _Counted(packed, self.take),
                tag=[f"{{*}}{tag}" for tag in tags],
                resolve_entities=False,
                load_dtd=False,
                no_network=True,
                remove_comments=True,
            )
            for _, element in found:
                yield element
                element.clear()
                while element.getprevious() is not None:
                    parent = element.getparent()
                    if parent is None:
                        break
                    del parent[0]

    def links(self, part: str) -> dict[str, str]:
        """Return the addresses outside that a part names, by how it names them."""
        folder, _, file = part.rpartition("/")
        return {
            element.get("Id", ""): element.get("Target", "")
            for element in self.elements(f"{folder}/_rels/{file}.rels", "Relationship")
        }

    def whole(self, part: str, *tags: str) -> "Iterator[etree._Element]":
        """Yield as `elements` does what is most of a part."""
        if self._archive.getinfo(part).file_size > _LARGEST_TREE:
            raise TooLargeError
        yield from self.elements(part, *tags)

    def take(self, size: int) -> None:
        """Count some bytes or characters more.

        Raises
        ------
        TooLargeError
            If there are more than there may be.
        """
        self._left -= size
        if self._left < 0:
            raise TooLargeError


class _Counted(io.RawIOBase):
    """A stream that tells how much was read of it."""

    def __init__(self, packed: IO[bytes], told: Callable[[int], None]) -> None:
        self._packed, self._told = packed, told

    def readable(self) -> bool:
        """Return true: it is there to be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Read some bytes."""
        found = self._packed.read(size if size >= 0 else 1 << 16)
        self._told(len(found))
        return found


def name(element: "etree._Element") -> str:
    """Return what an element is called, without its namespace."""
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def get(element: "etree._Element", name: str) -> str:
    """Return an attribute, in whatever namespace it is."""
    return next((str(v) for k, v in element.items() if str(k).rpartition("}")[2] == name), "")
