"""Thumbnails of a data set's photos, one at a time: decoded as anything of unknown making is."""

from __future__ import annotations

import hashlib
from pathlib import Path

import streamlit as st

from tfcore import images
from tfcore.datasets import names, reading
from tfcore.datasets.records import Photo
from tfcore.errors import UserError
from tfcore.images.pixels import Pixels

SIDE = 112
_DECODED = 512


@st.cache_data(max_entries=1024, show_spinner=False)
def small(root: str, file: str, digest: str, side: int = SIDE) -> bytes | None:
    """A small square of a photo as JPEG; None if it has changed or gone since.

    Args:
        root: The data set's folder.
        file: Where the photo lies in it, as its listing says.
        digest: SHA-256 of the bytes that it had when the data set was looked through.
        side: Height and width in pixels.
    """
    pixels = square(root, file, digest, side)
    return None if pixels is None else images.to_jpeg(pixels)


def of(root: str | None, photo: Photo | None, side: int = SIDE) -> bytes | None:
    """The same of a listed photo; None where the data set is gone."""
    return None if root is None or photo is None else small(root, photo.file, photo.digest, side)


def square(root: str, file: str, digest: str, side: int) -> Pixels | None:
    """The centre square of a photo, ``(side, side, 3)``. Safe to call from any thread."""
    try:
        content = reading.read_capped(names.locate(Path(root), file), images.MAX_BYTES)
        if hashlib.sha256(content).hexdigest() != digest:
            return None
        return images.fit_square(images.decode(content, max_side=_DECODED), side)
    except (UserError, OSError, reading.NotAFile):
        return None
