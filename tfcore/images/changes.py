"""Changes to pictures: made visible, and the small ones that every picture meets on its way."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

Pixels = npt.NDArray[np.uint8]

_GRAY = 128


def amplified(after: Pixels, before: Pixels, factor: int) -> Pixels:
    """The change from one picture to another, enlarged around mid gray.

    Args:
        after: RGB uint8.
        before: RGB uint8 of the same shape.
        factor: How many levels one level of change is shown as; what leaves the range is cut off.

    Example:
        >>> amplified(np.full((1, 1, 3), 7, np.uint8), np.full((1, 1, 3), 5, np.uint8), 16)[0, 0, 0]
        np.uint8(160)
    """
    change = after.astype(np.int32) - before
    shown: Pixels = np.clip(_GRAY + factor * change, 0, 255).astype(np.uint8)
    return shown


def as_jpeg(picture: Pixels, quality: int) -> Pixels:
    """The picture after it was sent as a JPEG, colours halved as photos mostly are.

    Args:
        picture: RGB uint8.
        quality: 1 to 95.
    """
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "JPEG", quality=quality)
    with Image.open(out) as image:
        return np.array(image.convert("RGB"))


def shifted(picture: Pixels) -> Pixels:
    """The picture one pixel further to the right; its first column stands twice."""
    return np.concatenate([picture[:, :1], picture[:, :-1]], axis=1)


def blurred(picture: Pixels, radius: float = 1.0) -> Pixels:
    """The picture slightly out of focus: Gaussian, ``radius`` pixels of standard deviation."""
    return np.array(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(radius)))
