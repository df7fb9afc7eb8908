"""Papers as points in a plane, near ones alike: t-SNE, in a time that grows with their number.

Each paper is drawn to its nearest neighbours and pushed off by all others (van der Maaten and
Hinton, JMLR 9, 2008). What pushes is summed on a grid by the fast Fourier transform (Linderman et
al., Nature Methods 16, 2019), unless the papers are few; and the neighbours count alike, which
changes little to the eye (Böhm, Berens and Kobak, JMLR 23, 2022). t-SNE keeps neighbours together
and says little about what lies far apart. The same vectors give the same places.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NEIGHBOURS = 15
"""Papers that each paper is drawn to."""

COMPONENTS = 100
"""Principal components that neighbours are told by; the rest is mostly noise."""

EARLY, LATE = 150, 350
"""Steps in which groups form, and in which they spread."""

EXAGGERATION = 12.0
"""How much stronger neighbours draw in the early steps, as is usual."""

MOMENTA = 0.5, 0.8
"""Of a step, what is kept of the one before: in the early steps, and in the late."""

LONGEST = 5.0
"""How far a paper moves in one step at most, as in openTSNE: without it few papers fly apart."""

CLOSEST = 3
"""Neighbours among which a new paper is placed: more, and it falls between groups."""

_SPACING, _MOST_NODES, _FEWEST_NODES = 0.4, 384, 48  # of the grid
_FEW = 50  # papers that are compared in pairs: sooner done than a grid where two groups fly apart
_BLOCK = 512  # papers that are compared with all others at a time
_GAINS = 0.2, 0.8, 0.01  # as in van der Maaten's own programs

Places = NDArray[np.float32]


def laid_out(space: NDArray[np.float32], told: Callable[[float], None]) -> Places:
    """Return a place for each paper, shape (papers, 2).

    Parameters
    ----------
    space
        Their unit vectors, shape (papers, dimensions); at least three.
    told
        Called with how much is done, from 0 to 1.
    """
    from threadpoolctl import threadpool_limits

    places = np.zeros((len(space), 2), np.float32)
    with threadpool_limits(1):  # threads that wait for each other by spinning slow other work
        reduced = _principal(space)
        edges = _edges(_nearest(reduced, max(2, min(NEIGHBOURS, len(space) // 4))))
        small = (reduced[:, :2] / reduced[:, 0].std() * 1e-4).astype(np.float32)
        for step, moved in enumerate(_steps(small, edges), start=1):
            places = moved
            told(step / (EARLY + LATE))
    return places


def placed(new: NDArray[np.float32], space: NDArray[np.float32], places: Places) -> Places:
    """Return a place for each new paper among those that have one, which stay where they are.

    Parameters
    ----------
    new, space
        Unit vectors of the new papers, and of those that have places.
    """
    found = np.empty((len(new), 2), np.float32)
    some = min(CLOSEST, len(space))
    for start in range(0, len(new), _BLOCK):
        cosines = new[start : start + _BLOCK] @ space.T
        near = np.argpartition(-cosines, some - 1, axis=1)[:, :some]
        weights = np.maximum(np.take_along_axis(cosines, near, axis=1), 1e-3) ** 4
        weights /= weights.sum(axis=1, keepdims=True)
        found[start : start + _BLOCK] = (weights[:, :, None] * places[near]).sum(axis=1)
    return found


@dataclass(frozen=True, slots=True)
class _Edges:
    """What draws papers together, each pair in both directions, by the first paper.

    Attributes
    ----------
    starts
        Where each paper's edges begin, and where the last one's end.
    of, to
        The papers of each edge.
    weights
        Of each edge; together 1.
    """

    starts: NDArray[np.int32]
    of: NDArray[np.int32]
    to: NDArray[np.int32]
    weights: NDArray[np.float32]


def _principal(space: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the vectors by their principal components, the strongest first."""
    centred = space - space.mean(axis=0)
    values, axes = np.linalg.eigh((centred.T @ centred).astype(np.float64))
    axes = axes[:, np.argsort(-values)[: min(COMPONENTS, *space.shape)]]
    axes *= np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    return np.asarray(centred @ axes, np.float32)


def _nearest(vectors: NDArray[np.float32], count: int) -> NDArray[np.int32]:
    """Return the nearest others of each vector by cosine, shape (vectors, count), in any order."""
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    found = np.empty((len(unit), count), np.int32)
    for start in range(0, len(unit), _BLOCK):
        cosines = unit[start : start + _BLOCK] @ unit.T
        rows = np.arange(len(cosines))
        cosines[rows, start + rows] = -2.0
        found[start : start + _BLOCK] = np.argpartition(-cosines, count - 1, axis=1)[:, :count]
    return found


def _edges(near: NDArray[np.int32]) -> _Edges:
    from scipy.sparse import csr_matrix

    papers, count = near.shape
    ones = np.ones(near.size, np.float32)
    starts = np.arange(0, near.size + 1, count)
    directed = csr_matrix((ones, near.ravel(), starts), (papers, papers))
    both = (directed + directed.T).tocsr()
    both.sort_indices()
    of = np.repeat(np.arange(papers, dtype=np.int32), np.diff(both.indptr))
    return _Edges(both.indptr, of, both.indices, (both.data / both.data.sum()).astype(np.float32))


def _steps(places: Places, edges: _Edges) -> Iterator[Places]:
    """Yield the places step by step."""
    less, more, least = _GAINS
    before, gains = np.zeros_like(places), np.ones_like(places)
    rate = len(places) / EXAGGERATION
    for step in range(EARLY + LATE):
        early = step < EARLY
        stronger = EXAGGERATION if early else 1.0
        slope = _drawing(places, edges) * stronger - _pushing(places)
        gains = np.where(np.sign(slope) == np.sign(before), gains * more, gains + less)
        before = MOMENTA[not early] * before - rate * np.maximum(gains, least) * slope
        length = np.linalg.norm(before, axis=1, keepdims=True)
        before *= np.minimum(1.0, LONGEST / np.maximum(length, 1e-12))
        places = (places + before).astype(np.float32)
        places -= places.mean(axis=0)
        yield places


def _drawing(places: Places, edges: _Edges) -> Places:
    """Return how each paper is drawn to its neighbours."""
    from scipy.sparse import csr_matrix

    apart = places[edges.of] - places[edges.to]
    weights = edges.weights / (1.0 + (apart * apart).sum(axis=1))
    size = len(places)
    drawing = csr_matrix((weights, edges.to, edges.starts), (size, size))
    sums = np.bincount(edges.of, weights, size)[:, None]
    return np.asarray(places * sums - drawing @ places, np.float32)


def _pushing(places: Places) -> Places:
    """Return how each paper is pushed off by all others."""
    return _pushing_pairs(places) if len(places) <= _FEW else _pushing_on_grid(places)


def _pushing_pairs(places: Places) -> Places:
    """Sum what pushes pair by pair."""
    apart = places[:, None] - places[None]
    near = 1.0 / (1.0 + (apart * apart).sum(axis=2))
    total = max(float(near.sum()) - len(places), 1e-9)
    return np.asarray(((near * near)[:, :, None] * apart).sum(axis=1) / total, np.float32)


def _pushing_on_grid(places: Places) -> Places:
    """Sum what pushes on a grid, in a time that grows with the papers, not with their pairs."""
    from scipy import fft

    low = places.min(axis=0)
    span = float((places.max(axis=0) - low).max()) or 1.0
    nodes = int(np.clip(span / _SPACING, _FEWEST_NODES, _MOST_NODES))
    spacing = span / (nodes - 2)
    at = (places - low) / spacing
    corner = at.astype(np.int32)
    right, up = (at - corner).T
    shares = np.stack([(1 - right) * (1 - up), (1 - right) * up, right * (1 - up), right * up])
    first = corner[:, 0] * nodes + corner[:, 1]
    cells = np.stack([first, first + 1, first + nodes, first + nodes + 1])
    size = fft.next_fast_len(2 * nodes, real=True)
    steps = np.minimum(np.arange(size), size - np.arange(size)).astype(np.float32) * spacing
    kernel = 1.0 / (1.0 + steps[:, None] ** 2 + steps[None, :] ** 2)
    charges = (np.ones(len(places), np.float32), places[:, 0], places[:, 1])
    grids = np.stack(
        [np.bincount(cells.ravel(), (shares * charge).ravel(), nodes * nodes) for charge in charges]
    ).astype(np.float32)
    spread = fft.rfft2(grids.reshape(3, nodes, nodes), (size, size))
    squared = fft.rfft2(kernel * kernel)
    fields = [*(spread * squared), spread[0] * fft.rfft2(kernel)]
    sums = fft.irfft2(np.stack(fields), (size, size))[:, :nodes, :nodes].reshape(4, -1)
    count, x, y, near = (sums[:, cells] * shares).sum(axis=1)
    total = max(float(near.sum()) - len(places), 1e-9)
    pushed = places * count[:, None] - np.stack([x, y], axis=1)
    return np.asarray(pushed / total, np.float32)
