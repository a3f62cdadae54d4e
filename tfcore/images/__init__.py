"""Untrusted bytes to an RGB array, and back to bytes that a browser can show.

Everywhere else in the product an image is RGB: ``uint8`` ``(height, width, 3)`` where it is shown
or stored, ``float32`` in [0, 1] of the same shape where it is computed with.

Example:
    >>> photo = decode(upload)                      # doctest: +SKIP
    >>> network_input = to_float(fit_square(photo, 224))  # doctest: +SKIP
"""

from tfcore.images.changes import amplified, as_jpeg, blurred, shifted
from tfcore.images.decoding import MAX_BYTES, MAX_PIXELS, MAX_SIDE, MIN_SIDE, decode
from tfcore.images.encoding import (
    data_url,
    from_png,
    png_digest,
    thumbnail,
    to_gif,
    to_jpeg,
    to_png,
)
from tfcore.images.heat import from_heat, levels, to_heat
from tfcore.images.montage import columns_of, montage, pieces
from tfcore.images.pixels import digest, fit_square, stretch, to_float, to_uint8

__all__ = [
    "MAX_BYTES",
    "MAX_PIXELS",
    "MAX_SIDE",
    "MIN_SIDE",
    "amplified",
    "as_jpeg",
    "blurred",
    "columns_of",
    "data_url",
    "decode",
    "digest",
    "fit_square",
    "from_heat",
    "from_png",
    "levels",
    "montage",
    "pieces",
    "png_digest",
    "shifted",
    "stretch",
    "thumbnail",
    "to_float",
    "to_gif",
    "to_heat",
    "to_jpeg",
    "to_png",
    "to_uint8",
]
