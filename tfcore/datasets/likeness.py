"""What a picture looks like in 64 bits, so that near duplicates can be found among thousands.

The difference hash (dHash): the picture as 9 x 8 gray cells, and for each of the 64 neighbours in a
row whether it gets brighter to the right. Rescaling, recompression and small edits change few bits,
while two unrelated photos differ in about half of them. These few lines stand here because the
package for it brings wavelets along and has no word for a picture too flat to compare.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image

Pixels = npt.NDArray[np.uint8]

MOST_BITS = 3
"""Two pictures that differ in at most so many of the 64 bits look alike."""

SHORTEST = 36
"""Shortest side, in pixels, of a picture that is compared. Smaller ones, digits for instance, hold
hardly more than the 72 cells, and hundreds of different ones would look alike."""

_ACROSS, _DOWN = 9, 8
_STEP = 2  # levels between two neighbours that are more than rounding and compression
_FEWEST_STEPS = 32  # with fewer, most bits would tell noise, and flat pictures would all be alike
_BLOCK = 128  # 128 x 25,000 comparisons of 8 bytes: 26 MB at a time


def near_hash(rgb8: Pixels) -> int | None:
    """The hash of a picture; the fewer bits differ, the more two pictures look alike.

    Args:
        rgb8: ``uint8``, ``(height, width, 3)``.

    Returns:
        0 to 2^64 - 1; None for a picture that is too small or too flat to be compared, such as one
        of one colour.

    Example:
        >>> near_hash(np.full((32, 32, 3), 200, np.uint8)) is None
        True
    """
    if min(rgb8.shape[:2]) < SHORTEST:
        return None
    gray = Image.fromarray(rgb8).resize(
        (_ACROSS, _DOWN), Image.Resampling.BILINEAR, reducing_gap=3.0
    )
    cells = np.asarray(gray.convert("L"), np.int16)
    steps = np.diff(cells, axis=1)
    if np.count_nonzero(np.abs(steps) >= _STEP) < _FEWEST_STEPS:
        return None
    return int.from_bytes(np.packbits(steps > 0).tobytes(), "big")


def alike(
    hashes: Sequence[int], groups: Sequence[int], *, most_bits: int = MOST_BITS
) -> Iterator[tuple[int, int]]:
    """Every pair of pictures of different groups that look alike.

    Compares each with each, in blocks: 25,000 pictures are 300 million pairs, a matter of seconds.

    Args:
        hashes: One ``near_hash`` a picture.
        groups: A number for each picture's class.
        most_bits: Most bits that may differ.

    Yields:
        Two places in ``hashes``, the smaller first, in order.

    Example:
        >>> list(alike([0b0011, 0b0111, 0b0011], [0, 1, 0], most_bits=1))
        [(0, 1), (1, 2)]
    """
    values, owners = np.array(hashes, np.uint64), np.array(groups, np.int64)
    for start in range(0, len(values), _BLOCK):
        rows = slice(start, start + _BLOCK)
        differing = np.bitwise_count(values[rows, None] ^ values[None, start:])
        near = (differing <= most_bits) & (owners[rows, None] != owners[None, start:])
        for row, column in zip(*np.nonzero(np.triu(near, 1)), strict=True):
            yield start + int(row), start + int(column)
