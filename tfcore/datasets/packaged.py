"""Data sets that other packages bring along, for a first try without any file of one's own.

* ``textures``: brick, grass and gravel, tiles of three photos of scikit-image. Tiles never overlap,
  so no split can put the same pixels on two sides.
* ``digits``: 1,797 handwritten digits of 8 x 8 cells in 17 shades (Alpaydin and Kaynak, UCI
  repository, 1998), from scikit-learn.
* ``faces``: 100 faces and 100 other cut-outs of 25 x 25 pixels, of Labeled Faces in the Wild (Huang
  et al., 2007), from scikit-image.

They are written as folders of PNG files, byte for byte the same on every machine, so that a seed
splits them the same everywhere.
"""

from __future__ import annotations

import importlib.util
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tfcore.datasets.whole import whole_folder
from tfcore.errors import UnknownName, UserError
from tfcore.images import decode

Gray = npt.NDArray[np.uint8]
Pictures = Iterator[tuple[str, Gray]]
"""A label and its gray picture, ``(height, width)``, one after the other."""

TILE = 64
"""Side of a tile of a texture, in pixels."""
DIGIT = 32
"""Side of a digit as written, in pixels: each of its cells is enlarged to 4 x 4."""

_TEXTURES = ("brick", "grass", "gravel")
_FACES = 100
_SHADES = 16


def names() -> tuple[str, ...]:
    """What ``write`` can write."""
    return tuple(_SETS)


def write(name: str, folder: Path) -> Path:
    """Write a data set into a folder, unless it is there already.

    Args:
        name: One of ``names()``.
        folder: Where its class folders shall be; it appears when it is whole.

    Returns:
        ``folder``, for ``Scan``.

    Raises:
        UnknownName: There is no such data set.
        UserError: The package that brings it is not installed.
        OSError: The folder cannot be written to.

    Example:
        >>> sorted(place.name for place in write("textures", Path("tiles")).iterdir())
        ... # doctest: +SKIP
        ['brick', 'grass', 'gravel']
    """
    if name not in _SETS:
        raise UnknownName.among("packaged data set", name, _SETS)
    with whole_folder(folder) as place:
        if place is not None:
            for number, (label, picture) in enumerate(_SETS[name]()):
                (place / label).mkdir(exist_ok=True)
                (place / label / f"{number:04d}.png").write_bytes(_png(picture))
    return folder


def _textures() -> Pictures:
    for label in _TEXTURES:
        gray = decode(_data("skimage", f"{label}.png").read_bytes())[..., 0]
        height, width = gray.shape
        for top in range(0, height - TILE + 1, TILE):
            for left in range(0, width - TILE + 1, TILE):
                yield label, gray[top : top + TILE, left : left + TILE]


def _digits() -> Pictures:
    from sklearn.datasets import load_digits  # takes a second, so only where it is wanted

    images, labels = load_digits(return_X_y=True)
    cells = np.rint(images.reshape(-1, 8, 8) * (255 / _SHADES)).astype(np.uint8)
    large = cells.repeat(DIGIT // 8, axis=1).repeat(DIGIT // 8, axis=2)
    for label, picture in zip(labels, large, strict=True):
        yield str(label), picture


def _faces() -> Pictures:
    values = np.load(_data("skimage", "lfw_subset.npy"), allow_pickle=False)
    for number, picture in enumerate(np.rint(values * 255).astype(np.uint8)):
        yield "face" if number < _FACES else "other", picture


_SETS: dict[str, Callable[[], Pictures]] = {
    "textures": _textures,
    "digits": _digits,
    "faces": _faces,
}


def _data(package: str, name: str) -> Path:
    """A file of a package's folder ``data``, without importing the package."""
    spec = importlib.util.find_spec(package)
    place = Path(spec.origin).parent / "data" / name if spec and spec.origin else None
    if place is None or not place.is_file():
        raise UserError(
            f"no file {name} of the package {package}",
            "a whole installation",
            "install what requirements.txt lists",
        )
    return place


def _png(gray: Gray) -> bytes:
    """A gray picture of at most 65,535 bytes as PNG, without compression.

    Compressors differ between machines and versions; a stored block does not (RFC 1951, 3.2.4).
    """
    height, width = gray.shape
    rows = b"".join(b"\0" + row.tobytes() for row in gray)
    stored = struct.pack("<BHH", 1, len(rows), len(rows) ^ 0xFFFF) + rows
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
        + _chunk(b"IDAT", b"\x78\x01" + stored + struct.pack(">I", zlib.adler32(rows)))
        + _chunk(b"IEND", b"")
    )


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
