"""Input scaling: features brought to one size before anything is learned from them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from tfcore.errors import UserError
from tfcore.settings.train import Scaling

Floats = npt.NDArray[np.float32]

_LEAST = 0.01
"""A feature that varies less than this share of the mean one is noise, and not blown up further."""
_ALIGNED = 64
"""Bytes; TensorFlow takes over memory that begins at a multiple of them."""
_ROWS = 256
"""Photos that are summed in single precision before double takes over."""


def fitted(values: Floats, scaling: Scaling) -> tuple[Floats, Floats]:
    """Shift and scale such that ``(values - shift) * scale`` is what a head learns from.

    Both are measured on the photos that are learned from, and on no others.

    Args:
        values: Their features, ``(n, dim)``.
        scaling: See ``TrainSettings.scaling``.

    Raises:
        UserError: All photos have the same features, or some are no numbers.

    Example:
        >>> shift, scale = fitted(np.array([[0.0], [2.0]], np.float32), "standard")
        >>> shift.tolist(), scale.tolist()
        ([1.0], [1.0])
    """
    low, high, mean = _measured(values)
    if not np.isfinite(mean).all():
        raise UserError("features that are no numbers", "finite ones", "extract the features again")
    if (low == high).all():
        raise UserError(
            "photos whose features are all the same",
            "photos that the network tells apart",
            "choose another layer or network, or look at the photos",
        )
    if scaling == "none":
        return np.zeros_like(low), np.ones_like(low)
    shift = low if scaling == "unit" else mean
    spread = high - low if scaling == "unit" else _deviations(values, mean)
    spread = np.maximum(spread, _LEAST * spread.mean())
    return shift, (1.0 / spread).astype(np.float32)


def scaled(values: Floats, shift: Floats, scale: Floats) -> Floats:
    """``(values - shift) * scale``, placed in memory such that TensorFlow need not copy it.

    Example:
        >>> one = np.ones(2, np.float32)
        >>> scaled(np.array([[1.0, 3.0]], np.float32), one, 2 * one).tolist()
        [[0.0, 4.0]]
    """
    spare = _ALIGNED // values.itemsize
    memory = np.empty(values.size + spare, np.float32)
    start = -memory.ctypes.data % _ALIGNED // values.itemsize
    found = memory[start : start + values.size].reshape(values.shape)
    for block, into in zip(_blocks(values), _blocks(found), strict=True):
        np.multiply(np.subtract(block, shift, out=into), scale, out=into)
    return found


def _measured(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Lowest, highest and mean of each feature; the mean is no number where a feature is none."""
    low, high = values[0].copy(), values[0].copy()
    total = np.zeros(values.shape[1], np.float64)
    with np.errstate(all="ignore"):  # what is no number is told by the mean
        for block in _blocks(values):
            total += block.sum(axis=0)
            np.minimum(low, block.min(axis=0), out=low)
            np.maximum(high, block.max(axis=0), out=high)
        return low, high, (total / len(values)).astype(np.float32)


def _deviations(values: Floats, mean: Floats) -> Floats:
    """Standard deviation of each feature."""
    total = np.zeros(values.shape[1], np.float64)
    for block in _blocks(values):
        apart = block - mean
        total += np.einsum("ij,ij->j", apart, apart)
    return np.sqrt(total / len(values)).astype(np.float32)


def _blocks(values: Floats) -> Iterator[Floats]:
    """Rows that fit into a processor's cache: a mean in double precision is a sixth as quick."""
    for start in range(0, len(values), _ROWS):
        yield values[start : start + _ROWS]
