"""Files that are read whole, whatever lies in their place: nothing waits, and memory has a bound.

A pipe would be waited for without end, a device has no end, and what is nested deeply enough is no
`ValueError` to the parser of JSON. Whoever reads with these meets nothing but `OSError` and
`ValueError`.
"""

import errno
import json
import os
import stat
from io import BufferedReader
from pathlib import Path
from typing import Any

LARGEST = 1 << 26
"""Bytes of a file of settings, marks or lists; none that is written here has a tenth of it."""


def opened(file: Path) -> BufferedReader:
    """Open a file to be read.

    Raises
    ------
    OSError
        If it cannot be read, or is a folder, a pipe or a device.
    """
    # Without waiting for somebody to write; a file that is one is read as ever.
    descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _BINARY)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "It is no file", str(file))
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def text_of(file: Path, most: int = LARGEST) -> str:
    """Return the text of a file.

    Raises
    ------
    OSError
        As `opened` does.
    ValueError
        If it has more bytes than so many, or is not UTF-8.
    """
    with opened(file) as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        raise ValueError(f"it has more than {most:,} bytes")
    return content.decode("utf-8")


def parsed(text: str | bytes) -> Any:  # noqa: ANN401 - what JSON can be
    """Return what a text in JSON says.

    Raises
    ------
    ValueError
        If it is none, or nested too deeply.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def parsed_file(file: Path) -> Any:  # noqa: ANN401 - what JSON can be
    """Return what a file in JSON says; raises what `text_of` and `parsed` raise."""
    return parsed(text_of(file))


_BINARY = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
