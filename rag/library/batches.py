"""Papers and vectors some hundreds at a time, since there may be more than the memory holds."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield the items in lists of a size, the last one shorter."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
