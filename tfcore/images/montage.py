"""Several pictures of one size as one, and back."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]


def columns_of(count: int) -> int:
    """How many pictures stand side by side: as near to a square as can be.

    Example:
        >>> [columns_of(count) for count in (1, 2, 4, 5, 9)]
        [1, 2, 2, 3, 3]
    """
    return math.ceil(math.sqrt(count))


def montage(pictures: Sequence[Pixels]) -> Pixels:
    """Lay pictures out in rows, without gaps; empty places stay white.

    Args:
        pictures: RGB uint8 of one shape, ``(size, size, 3)``.

    Returns:
        RGB uint8; for one picture the picture itself.
    """
    side, columns = pictures[0].shape[0], columns_of(len(pictures))
    rows = math.ceil(len(pictures) / columns)
    sheet = np.full((rows * side, columns * side, 3), 255, np.uint8)
    for index, picture in enumerate(pictures):
        top, left = side * (index // columns), side * (index % columns)
        sheet[top : top + side, left : left + side] = picture
    return sheet


def pieces(sheet: Pixels, count: int) -> list[Pixels]:
    """The pictures of a montage again, without loss.

    Args:
        sheet: What ``montage`` made of ``count`` pictures.
        count: How many pictures there are.

    Example:
        >>> pictures = [np.full((2, 2, 3), n, np.uint8) for n in range(3)]
        >>> [piece[0, 0, 0].item() for piece in pieces(montage(pictures), 3)]
        [0, 1, 2]
    """
    columns = columns_of(count)
    side = sheet.shape[1] // columns
    corners = [(side * (index // columns), side * (index % columns)) for index in range(count)]
    return [sheet[top : top + side, left : left + side] for top, left in corners]
