"""Input scaling: features brought to one size before anything is learned from them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tfcore.errors import UserError
from tfcore.settings.train import Scaling

Floats = npt.NDArray[np.float32]

_LEAST = 0.01
"""A feature that varies less than this share of the mean one is noise, and not blown up further."""


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
    if not np.isfinite(values).all():
        raise UserError("features that are no numbers", "finite ones", "extract the features again")
    low, high = values.min(axis=0), values.max(axis=0)
    if (low == high).all():
        raise UserError(
            "photos whose features are all the same",
            "photos that the network tells apart",
            "choose another layer or network, or look at the photos",
        )
    if scaling == "none":
        return np.zeros_like(low), np.ones_like(low)
    if scaling == "unit":
        shift, spread = low, high - low
    else:
        shift = values.mean(axis=0, dtype=np.float64).astype(np.float32)
        spread = values.std(axis=0, dtype=np.float64).astype(np.float32)
    spread = np.maximum(spread, _LEAST * spread.mean())
    return shift, (1.0 / spread).astype(np.float32)
