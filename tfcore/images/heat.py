"""One number a place as a picture: dark where there is nothing, bright where there is most."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
from PIL import Image

from tfcore.errors import UserError

Levels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.floating]

_STOPS = (0, 96, 160, 216, 255)
_COLOURS = ((10, 4, 32), (122, 24, 110), (212, 60, 56), (250, 150, 24), (255, 244, 168))
"""Each brighter than the one before, so that the scale reads without colours too."""


def levels(values: Floats) -> Levels:
    """Numbers to 8 bits: nothing, or less, is 0; the highest is 255; in proportion between.

    Args:
        values: Any shape, finite.

    Returns:
        ``uint8`` of the same shape; all 0 where no value is above 0.

    Raises:
        UserError: If a value is not finite.

    Example:
        >>> levels(np.array([-3.0, 0.0, 1.0, 2.0])).tolist()
        [0, 0, 128, 255]
    """
    known = np.asarray(values, np.float64)
    if not np.isfinite(known).all():
        raise UserError("values that are not finite numbers", "finite values", "try another photo")
    highest = known.max(initial=0.0)
    if highest <= 0:
        return np.zeros(known.shape, np.uint8)
    shown: Levels = np.rint(np.clip(known / highest, 0, 1) * 255).astype(np.uint8)
    return shown


def to_heat(shown: Levels, *, opaque: bool = False) -> bytes:
    """Encode levels as a coloured PNG of one byte a place, transparent where there is nothing.

    Laid over a photo it covers only what is strong; ``from_heat`` gives the levels back.

    Args:
        shown: ``uint8``, ``(height, width)``.
        opaque: Whether what is nothing is dark, and not transparent.

    Example:
        >>> from_heat(to_heat(np.array([[0, 7, 255]], np.uint8))).tolist()
        [[0, 7, 255]]
    """
    height, width = shown.shape
    image = Image.frombytes("P", (width, height), np.ascontiguousarray(shown).tobytes())
    every = np.arange(256)
    ramp = [np.interp(every, _STOPS, part) for part in zip(*_COLOURS, strict=True)]
    image.putpalette(np.rint(np.stack(ramp, -1)).astype(np.uint8).tobytes())
    out = io.BytesIO()
    image.save(out, "PNG", **({} if opaque else {"transparency": bytes(range(256))}))
    return out.getvalue()


def from_heat(data: bytes) -> Levels:
    """The levels of a PNG that ``to_heat`` wrote, ``uint8`` ``(height, width)``."""
    with Image.open(io.BytesIO(data)) as image:
        return np.array(image)
