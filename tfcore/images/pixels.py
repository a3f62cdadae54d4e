"""Between 8-bit pixels and numbers: ranges, rounding, the network's square, and digests."""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt
from PIL import Image

from tfcore.errors import UserError

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.floating]


def check_pixels(rgb8: Pixels) -> None:
    """Refuse anything but one RGB image of bytes.

    Raises:
        UserError: If it is not ``uint8`` of shape ``(height, width, 3)`` with both sides above 0.
    """
    if rgb8.dtype != np.uint8 or rgb8.ndim != 3 or rgb8.shape[2] != 3 or not rgb8.size:
        raise UserError(
            f"an array of {rgb8.dtype} and shape {rgb8.shape}",
            "uint8 of shape (height, width, 3)",
            "convert it with to_uint8 first",
        )


def fit_square(rgb8: Pixels, size: int) -> Pixels:
    """Crop the centre square and resize it: what a network with a square input sees.

    The filter is bicubic, widened by the scale so that shrinking does not alias (Pillow's way): it
    is the filter of EfficientNet's evaluation code, and it rings less than Lanczos, whose halos a
    network would see as edges. The result is already rounded to 8 bits, so an attack that starts
    from it can count its budget from whole values.

    Args:
        rgb8: ``uint8``, ``(height, width, 3)``.
        size: Side of the result in pixels, at least 1.

    Returns:
        ``uint8``, ``(size, size, 3)``; the input's own values where it has that size already.

    Example:
        >>> fit_square(np.zeros((20, 30, 3), np.uint8), 8).shape
        (8, 8, 3)
    """
    check_pixels(rgb8)
    if size < 1:
        raise UserError(f"a side of {size} pixels", "at least 1", "give a size such as 224")
    height, width = rgb8.shape[:2]
    side = min(height, width)
    left, top = (width - side) // 2, (height - side) // 2
    square = Image.fromarray(np.ascontiguousarray(rgb8[top : top + side, left : left + side]))
    return np.array(square.resize((size, size), Image.Resampling.BICUBIC))


def to_float(rgb8: Pixels) -> npt.NDArray[np.float32]:
    """8-bit values to ``float32`` in [0, 1], by division by 255; any shape, a batch too.

    Raises:
        UserError: If the values are not ``uint8``, for which the range would be a guess.

    Example:
        >>> float(to_float(np.array([255], np.uint8))[0])
        1.0
    """
    if rgb8.dtype != np.uint8:
        raise UserError(
            f"an array of {rgb8.dtype}", "uint8 values 0 to 255", "convert it with to_uint8 first"
        )
    return rgb8.astype(np.float32) / np.float32(255)


def to_uint8(rgb01: Floats) -> Pixels:
    """Values in [0, 1] to 8 bits; the exact inverse of ``to_float``.

    Values outside are clipped; a value half-way between two levels goes to the even one, as IEEE
    754 and NumPy round. Any shape, a batch too.

    Raises:
        UserError: If a value is not finite.

    Example:
        >>> to_uint8(np.array([-1.0, 0.5, 2.0])).tolist()
        [0, 128, 255]
    """
    values = np.asarray(rgb01)
    _check_finite(values)
    return np.rint(np.clip(values, 0.0, 1.0) * 255).astype(np.uint8)


def stretch(raw: Floats) -> Pixels:
    """Show raw values of any range: the least becomes 0, the greatest 255.

    One scale for the whole array, so that hues keep their relation. For looking only: the range
    is lost. An array of one value becomes mid gray (128).

    Raises:
        UserError: If a value is not finite.

    Example:
        >>> stretch(np.array([-2.0, 0.0, 2.0])).tolist()
        [0, 128, 255]
    """
    values = np.asarray(raw, np.float64)
    _check_finite(values)
    if not values.size:
        return values.astype(np.uint8)
    values = values / max(float(np.abs(values).max()), np.finfo(np.float64).tiny)
    low, high = values.min(), values.max()
    if low == high:
        return np.full(values.shape, 128, np.uint8)
    return to_uint8((values - low) / (high - low))


def digest(rgb8: Pixels) -> str:
    """SHA-256 of shape and pixels, as 64 hexadecimal digits: equal images, equal digests.

    The shape is part of it, so that a row of pixels and a column of the same differ.

    Raises:
        UserError: If it is not one RGB image of bytes.
    """
    check_pixels(rgb8)
    height, width = rgb8.shape[:2]
    hashed = hashlib.sha256(f"rgb8 {height} {width} ".encode())
    hashed.update(rgb8.tobytes())
    return hashed.hexdigest()


def _check_finite(values: Floats) -> None:
    if not np.isfinite(values).all():
        raise UserError(
            "an image with values that are not finite numbers",
            "finite values",
            "lower the learning rate or a loss weight",
        )
