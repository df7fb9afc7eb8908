"""The vectors of the papers themselves, compared with a query one by one.

It finds what Chroma finds, exactly, and needs nothing but the papers; it
costs the memory of all vectors in half precision, and a time that grows with them (200,000
passages: 150 MB, about a tenth of a second a query).
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from rag.library.records import Record, unpacked
from rag.library.vectors import batches

_AT_ONCE = 500  # papers; bounds what is unpacked at a time to some 10 MB


class Scan:
    """The passage vectors of records, to be read only.

    Parameters
    ----------
    records
        Read once; withdrawn papers have no vectors and take no part.
    """

    def __init__(self, records: Iterable[Record]) -> None:
        self._records = [record for record in records if record.count]
        counts = np.array([record.count for record in self._records], np.int64)
        self._starts = np.concatenate([[0], np.cumsum(counts)])

    def __len__(self) -> int:
        return int(self._starts[-1])

    def names(self) -> list[str]:
        """Return the identifiers of all vectors."""
        return [name for record in self._records for name in record.names]

    def nearest(self, query: NDArray[np.float32], k: int) -> list[tuple[str, float]]:
        """Return identifier and cosine of the k vectors nearest to a unit vector, best first."""
        if not self._records:
            return []
        cosines = np.concatenate([_passages(some) @ query for some in self._batches()])
        k = min(k, len(cosines))
        best = np.argpartition(-cosines, k - 1)[:k]
        best = best[np.lexsort((best, -cosines[best]))]  # of equals the first
        return [(self._name(row), float(cosines[row])) for row in best]

    def _batches(self) -> Iterable[list[Record]]:
        return batches(self._records, _AT_ONCE)

    def _name(self, row: int) -> str:
        number = int(np.searchsorted(self._starts, row, "right")) - 1
        return self._records[number].names[row - int(self._starts[number])]


def _passages(records: list[Record]) -> NDArray[np.float32]:
    """Return the vectors of the passages, without those of the papers as a whole."""
    wholes = np.cumsum([0, *(record.count + 1 for record in records[:-1])])
    return np.delete(unpacked(records), wholes, axis=0)
