"""Between the octaves of a dream: shrinking, growing, and the detail that shrinking loses."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import tensorflow as tf

Floats = npt.NDArray[np.float32]


def resized(pictures: Floats, size: int) -> Floats:
    """Square pictures at another size, smoothed so that shrinking does not alias.

    Args:
        pictures: Shape ``(batch, any, any, 3)``.
        size: Height and width of the result in pixels.
    """
    if pictures.shape[1] == size:
        return pictures
    return np.array(tf.image.resize(pictures, [size, size], "bicubic", antialias=True))


def grown(pictures: Floats, source: Floats, size: int) -> Floats:
    """Pictures of one octave at the size of another, with the source's detail in them again.

    What a picture of the source loses on the way down and up again is the detail; added back, only
    what was dreamt is blurred by growing (Mordvintsev et al., "Inceptionism", 2015, and their
    notebook's ``deepdream``).

    Args:
        pictures: RGB in [0, 1], shape ``(batch, small, small, 3)``.
        source: The same pictures before the first step, at full size.
        size: Height and width of the result in pixels.

    Example:
        >>> source = np.full((1, 8, 8, 3), 0.5, np.float32)
        >>> grown(resized(source, 4), source, 8).shape
        (1, 8, 8, 3)
    """
    small = pictures.shape[1]
    if small == size:
        return pictures
    detail = resized(source, size) - resized(resized(source, small), size)
    return np.clip(resized(pictures, size) + detail, 0.0, 1.0).astype(np.float32)
