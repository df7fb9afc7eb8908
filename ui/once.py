"""What is worked out of an index once and kept in its folder: the map, the examples.

It can be worked out again at any time, so a file that is damaged, or an index that is only read
from, costs time and nothing else.
"""

import json
import zlib
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from rag.files import parsed_file
from rag.library import Library


def kept(library: Library, name: str) -> dict[str, Any] | None:
    """Return what was kept under a name; None if there is nothing that can be read."""
    with suppress(OSError, ValueError, RecursionError):
        found = parsed_file(library.path / name)
        if isinstance(found, dict) and found.pop("sum", None) == _sum(found):
            return found
    return None


def keep(library: Library, name: str, value: dict[str, Any]) -> None:
    """Keep something under a name, in place of what was there."""
    file = library.path / name
    with suppress(OSError):
        draft = file.with_suffix(".new")
        draft.write_text(json.dumps(value | {"sum": _sum(value)}), encoding="utf-8")
        draft.replace(file)


def _sum(value: Mapping[str, Any]) -> int:
    """Return a checksum: what has a number that has changed would show what is not so."""
    return zlib.crc32(json.dumps(value, sort_keys=True).encode())
