"""The photos that are most like each photo, by the angle between their features."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]

_BLOCK_NUMBERS = 8_000_000
"""Similarities held at a time: 32 MB, however many photos there are."""
_SMALLEST = 1e-30  # a photo without any feature is like no other, not like all


@dataclass(frozen=True)
class Neighbours:
    """For each photo the others that are most like it, the most similar first.

    Attributes:
        rows: Their rows, ``(photos, count)``.
        similarity: Cosine of the angle between both, -1 to 1, of the same shape.
    """

    rows: Rows
    similarity: Floats


def lengths(values: Floats) -> Floats:
    """Euclidean length of each row, never 0."""
    # In float64: features of untrained networks may be so small that their squares are 0.
    squares = np.einsum("nd,nd->n", values, values, dtype=np.float64)
    found: Floats = np.maximum(np.sqrt(squares), _SMALLEST).astype(np.float32)
    return found


def nearest(values: Floats, count: int) -> Neighbours:
    """Find the most similar others of every photo.

    All pairs are compared, block by block: exact, and memory beside the features stays near
    100 MB. 20,000 photos of 1,280 numbers are 10**12 operations, some twenty seconds of two cores.

    Args:
        values: Features, ``(photos, dim)``.
        count: How many are wanted; where there are fewer others, all of them are given.

    Example:
        >>> nearest(np.array([[1, 0], [9, 1], [0, 1]], np.float32), 1).rows.ravel().tolist()
        [1, 0, 1]
    """
    photos = len(values)
    count = max(0, min(count, photos - 1))
    rows, similarity = np.empty((photos, count), np.int64), np.empty((photos, count), np.float32)
    if count == 0:
        return Neighbours(rows, similarity)
    scale = lengths(values)
    block = max(1, _BLOCK_NUMBERS // photos)
    for start in range(0, photos, block):
        part = slice(start, min(start + block, photos))
        cosines = np.asarray((values[part] / scale[part, None]) @ values.T, np.float32)
        cosines /= scale
        own = np.arange(part.stop - part.start)
        cosines[own, own + start] = -np.inf
        rows[part], similarity[part] = _largest(cosines, count)
    return Neighbours(rows, np.clip(similarity, -1, 1))


def like(values: Floats, one: Floats, count: int) -> Neighbours:
    """The photos of a data set that are most like one from elsewhere.

    Args:
        values: Features of the data set, ``(photos, dim)``.
        one: Features of the other photo, ``(dim,)``.
        count: How many are wanted at most.

    Returns:
        One row of neighbours.
    """
    cosines = (values @ one) / lengths(values) / lengths(one[None])
    row = np.clip(cosines[None], -1, 1).astype(np.float32)
    return Neighbours(*_largest(row, min(count, len(values))))


def _largest(cosines: Floats, count: int) -> tuple[Rows, Floats]:
    """Places and values of the largest of each row, largest first; of equals the first row."""
    if count < cosines.shape[1]:
        places = np.argpartition(cosines, -count, axis=1)[:, -count:]
    else:
        places = np.broadcast_to(np.arange(count), cosines.shape)
    places = np.sort(places, axis=1)
    found = np.take_along_axis(cosines, places, axis=1)
    order = np.argsort(-found, axis=1, kind="stable")
    return (
        np.take_along_axis(places, order, axis=1),
        np.take_along_axis(found, order, axis=1),
    )
