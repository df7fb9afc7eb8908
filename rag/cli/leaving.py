"""How the command line ends before it is done: with one line, and without tearing Python down.

A thread that is inside a model while Python is torn down aborts the process, and an interruption
that is raised while a library is being imported comes out as whatever that library makes of it.
"""

import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

INTERRUPTED = 130
"""The status of a command that Ctrl-C has ended."""

STOPPED = "Interrupted; the index is as the last finished step left it: run it again to go on."

_CLEAN_LINE = b"\r\x1b[2K\x1b[?25h"
"""Takes away what showed that something takes its time, and shows the cursor again."""


def leave(status: int) -> NoReturn:
    """End the process without waiting for its threads, once all is written that was printed."""
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # what cannot be written, or is closed
            stream.flush()
    os._exit(status)


@contextmanager
def at_once() -> Iterator[None]:
    """Let Ctrl-C end the process right where it is, for what has nothing to put in order.

    A process that is to ignore Ctrl-C goes on doing so: `nohup`, or in the background of a script.
    """
    before = signal.getsignal(signal.SIGINT)
    if before == signal.SIG_IGN:
        yield
        return
    signal.signal(signal.SIGINT, _end)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _end(number: int, frame: FrameType | None) -> None:
    clean = _CLEAN_LINE if os.isatty(2) else b""
    with suppress(OSError):  # nobody may read it; sys.stderr itself may be in use just now
        os.write(2, clean + f"rag: {STOPPED}\n".encode())
    os._exit(INTERRUPTED)
