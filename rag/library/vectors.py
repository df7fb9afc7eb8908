"""What finds the passages nearest to a query, wherever their vectors are.

Chroma finds them approximately, in the library's folder or on a server (`rag.library.chroma`); a
scan of the papers' own vectors finds them exactly (`rag.library.scan`). A vector is named after its
paper, a digest of the paper's text and its place in it (`2104.00194@0123456789ab#3`).
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")


class Vectors(Protocol):
    """The passage vectors of one library, to be searched."""

    def __len__(self) -> int:
        """Return how many vectors there are."""

    def names(self) -> list[str]:
        """Return the names of all vectors."""

    def nearest(self, query: NDArray[np.float32], k: int) -> list[tuple[str, float]]:
        """Return name and cosine of the k vectors nearest to a unit vector, best first."""


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield the items in lists of a size, the last one shorter."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
