"""A small picture of a map: a dot for each photo, coloured by class."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from tfcore import palette

SIDE = 448
_SMOOTH = 2  # drawn larger and made smaller, so that dots are round
_MARGIN = 0.05


def draw(points: npt.NDArray[np.floating], classes: Sequence[int], side: int = SIDE) -> Image.Image:
    """Draw the points as large as they fit, with one scale for both directions.

    Args:
        points: ``(photos, 2)``; the second coordinate grows upwards.
        classes: Number of each photo's class, which gives its colour.
        side: Height and width in pixels.

    Example:
        >>> draw(np.array([[0.0, 0.0], [1.0, 1.0]]), [0, 1]).size
        (448, 448)
    """
    whole = side * _SMOOTH
    sheet = Image.new("RGB", (whole, whole), palette.GROUND)
    pen, reach = ImageDraw.Draw(sheet), _radius(len(points), side) * _SMOOTH
    for (x, y), number in zip(_fitted(points, whole), classes, strict=True):
        pen.ellipse((x - reach, y - reach, x + reach, y + reach), palette.colour(number))
    return sheet.resize((side, side), Image.Resampling.BOX)


def _fitted(points: npt.NDArray[np.floating], side: int) -> list[list[float]]:
    if not len(points):
        return []
    middle = (points.max(axis=0) + points.min(axis=0)) / 2
    reach = float(np.ptp(points, axis=0).max()) / 2 or 1.0
    unit = (points - middle) / reach * np.array([1, -1])
    fitted: list[list[float]] = (side * (0.5 + (0.5 - _MARGIN) * unit)).tolist()
    return fitted


def _radius(photos: int, side: int) -> float:
    """Smaller the more there are, so that together they cover about as much."""
    return side * min(0.012, max(0.003, 0.15 / math.sqrt(max(1, photos))))
